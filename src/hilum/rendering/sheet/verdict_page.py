"""The verdict half of the sheet as strings in one language, for every format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.patient.expected import Expected
from hilum.patient.labels import region_label, word_label
from hilum.patient.remarks import Remark, sentence
from hilum.patient.rule_kinds import kind_of
from hilum.patient.tables import with_rows
from hilum.rendering.sheet.remnant import remnant_scale
from hilum.rendering.sheet.signs import COLOURS, sign
from hilum.sheet.verdict_numbers import plain_number
from hilum.sheet.verdict_words import (
    ANSWER,
    EFFECTS,
    GROUNDS,
    RESECTABILITY,
    SEEN,
    SIGN_OF,
    STATUS,
    TOPICS,
    VerdictWords,
)

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.sheet import Sheet
    from hilum.sheet.sheet_verdict import (
        Contradiction,
        Family,
        Fired,
        InTheWay,
        LineFact,
        NotUsed,
        OptionVerdict,
        ResectabilityPart,
        RuleLine,
        WouldChange,
    )

Cell = dict[str, Any]
NEC = "NEC"
OPEN_ROWS = ("supported", "possible", "conditional", "undecided")
MOST_DECISIVE = 3
UNHINDERED = ("supported", "possible")
STEPS = 3
ASKED = 3
NAMED = 3


class VerdictPage:
    """What the rules say, ready to be set; ``names`` gives each treatment's label."""

    def __init__(self, sheet: Sheet, words: Words) -> None:
        self.sheet, self.words = sheet, words
        self.tongue = VerdictWords(words, with_rows(sheet.own_rows))
        self.names = {one.treatment: self.label(one) for one in sheet.options}
        self.family = {name: one for one in sheet.families for name in one.treatments}

    def label(self, option: OptionVerdict) -> str:
        """Name of a treatment."""
        return option.label_zh if self.tongue.chinese else option.label

    def context(self) -> Cell:
        """Variables of ``verdict.html.j2``."""
        sheet, words = self.sheet, self.words
        return {
            "heading": self.heading(),
            "question": sheet.case.question or "",
            "topics": self.topics(),
            "alerts": self.alerts(),
            "answer": self.resectability(sheet.resectability),
            "change": [
                {
                    "fact": self.tongue.attribute(one.fact),
                    "decides": one.decides,
                    "names": self.decided(one),
                }
                for one in sheet.would_change[:MOST_DECISIVE]
            ],
            "change_more": len(sheet.would_change) - MOST_DECISIVE,
            "steps": [
                {"text": self.tongue.statement(one), "brief": self.tongue.brief(one)}
                for one in sheet.before[:STEPS]
            ],
            "steps_more": len(sheet.before) - STEPS,
            "ask": self.tongue.facts([one.fact for one in sheet.to_check if one.assumed][:ASKED]),
            "nobody": words(NOBODY) if sheet.nobody_open else "",
            "groups": self.groups(),
            "switched_off": [
                words("Switched off here: {rule} ({reason})", rule=one.rule_id, reason=one.reason)
                for one in sheet.switched_off
            ],
            "rules_folder": words("With the rows of {folder}", folder=sheet.rules_folder)
            if sheet.rules_folder
            else "",
            "given": self.given(),
            "derived": self.derived(),
            "assumed": self.tongue.facts(sheet.assumed),
        }

    def heading(self) -> str:
        """Who it is: name, number, age and sex, performance status."""
        known = {one.name: one.value for one in self.sheet.facts}
        parts = [one for one in (self.sheet.case.name, self.sheet.case.id) if one]
        if "age" in known:
            parts.append(self.tongue.value("age", known["age"]))
        if "sex" in known:
            parts.append(self.tongue.value("sex", known["sex"]))
        if "ecog" in known:
            parts.append(f"ECOG {self.tongue.value('ecog', known['ecog'])}")
        return " · ".join(parts)

    def topics(self) -> list[Cell]:
        """The patient's six pairs of lines."""
        return [
            {
                "name": self.words(TOPICS[topic.topic]),
                "lines": [self.line_of(line) for line in topic.lines],
            }
            for topic in self.sheet.patient
        ]

    def line_of(self, line: list[LineFact]) -> list[Cell]:
        """One line of the patient; its first word begins with a capital."""
        known = {one.name: one.value for one in self.sheet.facts}
        carcinoma = known.get("grade") == NEC
        named = self.named_at_answer()
        found = [
            {
                "text": self.tongue.line_fact(one, carcinoma=carcinoma, named=named),
                "state": one.state,
            }
            for one in line
            if one.state in ("given", "derived")
        ]
        missing = [self.tongue.missing(one) for one in line if one.state in ("assumed", "missing")]
        if missing:
            text = self.words("{fact} not given", fact=self.tongue.joined(missing))
            found.append({"text": text, "state": "missing"})
        if found and found[0]["text"].split(" ")[0].islower():
            found[0]["text"] = found[0]["text"][0].upper() + found[0]["text"][1:]
        return found

    def decided(self, one: WouldChange) -> str:
        """The treatments that a fact decides, or how many where they are many."""
        if one.decides > NAMED:
            return self.words("{count} treatments", count=one.decides)
        return self.tongue.joined([self.tongue.treatment(name) for name in one.treatments])

    def alerts(self) -> list[Cell]:
        """What must be seen before any answer: contradictions, remarks on the case."""
        words = self.words
        found = [
            {"kind": "contradiction", "name": words("Contradiction"), "text": text}
            for text in map(self.contradiction, self.sheet.contradictions)
        ]
        found += [
            {"kind": "not_used", "name": words("Not used"), "text": self.remark(one)}
            for one in self.sheet.not_used
        ]
        found += [
            {"kind": "confirm", "name": words("To be confirmed"), "text": self.remark(one)}
            for one in self.sheet.to_confirm
        ]
        return found

    def contradiction(self, one: Contradiction) -> str:
        """Facts that cannot all be true, with their values and what follows for the first."""
        tongue = self.tongue
        known = {fact.name: fact.value for fact in self.sheet.facts}
        colon = "：" if tongue.chinese else ": "
        text = tongue.joined(
            [
                f"{tongue.attribute(name)}{colon}{tongue.value(name, known[name])}"
                for name in one.facts
                if name in known
            ]
        )
        own = one.statement_zh if tongue.chinese else one.statement
        if own:
            return f"{own}（{text}）" if tongue.chinese else f"{own} ({text})"
        if one.other is None:
            return text
        value = tongue.value(one.facts[0], one.other)
        return text + self.words("; the other facts say: {value}", value=value)

    def remark(self, one: NotUsed, *, named: bool = True) -> str:
        """A remark with what was written; at the field itself its name is not said again."""
        expected = one.expected
        if one.expected_message is not None:
            expected = Expected(one.expected_message, **one.expected_places)
        found = Remark(
            one.key, one.text, one.code, expected, one.nearest or "", one.line, one.fact or ""
        )
        colon = "：" if self.tongue.chinese else ": "
        if not named:
            return f"{one.text}{colon}{sentence(found, self.words)}"
        key = self.tongue.attribute(one.fact) if one.fact else one.key
        return f"{key} = {one.text}{colon}{sentence(found, self.words)}"

    def resectability(self, found: ResectabilityPart) -> Cell:
        """The answer, what is in the way and what would open it."""
        words, tongue = self.words, self.tongue
        kind = SIGN_OF[found.verdict]
        said = ""
        if found.stated and found.derived and found.derived != found.verdict:
            said = words(
                "Stated by the board; the facts alone would say: {answer}",
                answer=words(RESECTABILITY[found.derived]),
            )
        elif found.stated:
            said = words("Stated by the board")
        return {
            "kind": kind,
            "sign": sign(kind),
            "word": words(RESECTABILITY[found.verdict]),
            "said": said,
            "rests": "" if found.stated else self.rests_of_answer(found),
            "reasons": [self.obstacle(one) for one in found.in_the_way],
            "opens": self.opens(found),
            "decided": tongue.facts(found.decided_by[:MOST_DECISIVE]),
            "scale": remnant_scale(found.remnant, tongue, COLOURS[kind]) if found.remnant else "",
        }

    def named_at_answer(self) -> frozenset[str]:
        """Facts that the box of resectability names as not given."""
        if self.sheet.resectability.stated:
            return frozenset()
        rests = [one.rests_on for one in self.sheet.derived if one.fact == ANSWER and one.rests_on]
        return frozenset(fact for one in rests for fact in one.facts)

    def rests_of_answer(self, found: ResectabilityPart) -> str:
        """What the answer rests on that was not given and that no reason names."""
        named = {
            x for one in found.in_the_way for rest in one.rests_on.values() for x in rest.facts
        }
        for one in self.sheet.derived:
            if one.fact == ANSWER and one.rests_on and not named >= {*one.rests_on.facts}:
                return self.tongue.rested("", [one.rests_on])
        return ""

    def obstacle(self, one: InTheWay) -> Cell:
        """One thing in the way, by the patient's values, with its strongest rule."""
        rules = [rule for rule in one.rules if not one.short or rule.rule_id in one.short.rules]
        first = rules[0] if rules else None
        return {
            "text": self.tongue.in_the_way(one),
            "statement": self.tongue.statement(first) if first and not one.short else "",
            "brief": self.tongue.brief(first) if first else "",
            "ground": self.words(GROUNDS[first.ground]) if first and first.ground else "",
            "rules": [self.line(rule) for rule in one.rules],
            "makes": self.words(RESECTABILITY[one.makes]),
        }

    def opens(self, found: ResectabilityPart) -> str:
        """What the remnant would have to reach, where it is what is in the way."""
        small = any("remnant_sufficiency" in one.facts for one in found.in_the_way)
        scale = found.remnant
        if not small or scale is None or not scale.cut_offs:
            return ""
        low, high = scale.cut_offs[0].percent, scale.cut_offs[-1].percent
        span = plain_number(low) if low == high else f"{plain_number(low)}–{plain_number(high)}"
        percent = self.tongue.with_unit(span, "percent")
        if scale.ml is None or scale.ml_needed is None:
            return self.words("a remnant of {percent}", percent=percent)
        least, most = (f"{ml:.0f}" for ml in scale.ml_needed)
        return self.words(
            "growth of the remnant from {now} mL to {needed} mL ({percent})",
            now=f"{scale.ml:.0f}",
            needed=least if least == most else f"{least}–{most}",
            percent=percent,
        )

    def groups(self) -> list[Cell]:
        """Options by verdict, in the order of the sheet; closed groups hold names and reasons."""
        found: list[Cell] = []
        for status, word in STATUS.items():
            options = [one for one in self.sheet.options if one.status == status]
            if options:
                found.append(
                    {
                        "status": status,
                        "word": self.words(word),
                        "sign": sign(status),
                        "rows": status in OPEN_ROWS,
                        "options": [self.row(one) for one in options],
                    }
                )
        return found

    def apart(self, one: Family) -> str:
        """What tells the members of a family apart, and whether a comparison favours one."""
        text = one.apart_zh if self.tongue.chinese else one.apart
        if not one.favoured:
            return f"{text}{self.words('; ')}{self.words('no comparison favours one')}"
        names = self.tongue.joined([self.tongue.treatment(name) for name in one.favoured])
        return f"{text}{self.words('; ')}{self.words('a comparison favours {names}', names=names)}"

    def row(self, option: OptionVerdict) -> Cell:
        """One treatment in the table: its strongest reason and the source of it.

        The first of a family names it and gives its reason; the next says what tells them apart
        where both are open for the same reason: what speaks against it, or a reason of its own,
        stands on every row.
        """
        family = self.family.get(option.treatment)
        place = family.treatments.index(option.treatment) if family else 0
        reason = self.strongest(option)
        if family and place and option.status in UNHINDERED:
            first = next(x for x in self.sheet.options if x.treatment == family.treatments[0])
            if reason == self.strongest(first):
                reason = self.apart(family) if place == 1 else ""
        return {
            "treatment": option.treatment,
            "label": self.names[option.treatment],
            "short": self.tongue.treatment(option.treatment),
            "status": option.status,
            "reason": reason,
            "family": (family.label_zh if self.tongue.chinese else family.label)
            if family and not place
            else "",
            "joined": bool(place),
            "brief": self.tongue.brief(option.reason)
            if option.reason and option.status != "undecided"
            else "",
            "more": max(0, len(option.reasons) - 1) if option.status == "conditional" else 0,
        }

    def strongest(self, option: OptionVerdict) -> str:
        """The strongest reason, by the patient's own values where the option is closed."""
        return self.sentence(option) if option.status in OPEN_ROWS else self.tongue.closed(option)

    def sentence(self, option: OptionVerdict) -> str:
        """The strongest reason in one sentence."""
        return self.tongue.reason(option)

    def opened(self, option: OptionVerdict) -> Cell:
        """A treatment when opened: every rule that speaks of the patient, by what it does."""
        effects: dict[str, list[Fired]] = {name: [] for name in EFFECTS}
        for hit in option.fired:
            effects[hit.effect].append(hit)
        taken = set(self.sheet.assumed)
        assumed = [name for name in option.to_check if name in taken]
        return {
            **self.row(option),
            "word": self.words(STATUS[option.status]),
            "sign": sign(option.status),
            "sentence": self.sentence(option),
            "effects": [
                {"name": self.words(EFFECTS[name]), "rows": [self.hit(one) for one in hits]}
                for name, hits in effects.items()
                if hits
            ],
            "assumed": self.tongue.facts(assumed),
            "measured": self.tongue.facts([x for x in option.to_check if x not in taken]),
            "decided": self.tongue.facts(option.decided_by),
        }

    def hit(self, one: Fired) -> Cell:
        """A rule with the patient's values beside it."""
        colon = "：" if self.tongue.chinese else ": "
        values = [
            f"{self.tongue.attribute(name)}{colon}{self.tongue.value(name, value)}"
            for name, value in one.patient_value.items()
        ]
        return {
            **self.line(one),
            "kind": self.words(kind_of(one.kind).word),
            "values": values,
            "region": region_label(one.region or "", self.tongue.language),
        }

    def line(self, rule: RuleLine) -> Cell:
        """A rule: what it says, who says it, how it was read."""
        tongue = self.tongue
        return {
            "rule_id": rule.rule_id,
            "statement": tongue.statement(rule),
            "ground": self.words(GROUNDS[rule.ground]) if rule.ground else "",
            "source": rule.source,
            "link": rule.url_or_id if rule.url_or_id.startswith("https://") else "",
            "where": rule.url_or_id,
            "brief": tongue.brief(rule),
            "authority": word_label("authority", rule.called, tongue.language),
            "strength": rule.strength or "",
            "seen": self.words(SEEN[rule.seen]),
            "origin": rule.origin or "",
        }

    def given(self) -> list[Cell]:
        """Everything given, with how it was written."""
        return [
            {
                "label": self.tongue.attribute(one.name),
                "value": self.tongue.value(one.name, one.value),
                "written": one.written or "",
                "origin": ", ".join(one.origin),
            }
            for one in self.sheet.facts
        ]

    def derived(self) -> list[Cell]:
        """Everything that follows, with what it follows from."""
        return [
            {
                "label": self.tongue.attribute(one.fact),
                "value": self.tongue.held(one.fact, one.value, one.rests_on),
                "from": self.tongue.rested(self.tongue.facts(one.from_), [one.rests_on]),
                "kind": self.words(DERIVED[one.kind]),
                "source": one.source,
            }
            for one in self.sheet.derived
        ]


DERIVED = {
    "definition": "by definition",
    "formula": "by a published formula",
    "convention": "by a convention of hilum",
    "inference": "inferred by hilum; a stated value overrules it",
}
NOBODY = (
    "No treatment directed at the tumour stands for this patient as described. Symptom control "
    "and best supportive care come first; the reasons stand below."
)


def page_messages() -> set[str]:
    """Message ids of the tables above, for the catalogue."""
    return {NOBODY, *DERIVED.values()}
