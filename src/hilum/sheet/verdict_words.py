"""The verdict half of the sheet in words: codes, values and reasons as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.evidence import labels as evidence_labels
from hilum.patient.labels import (
    CHINESE,
    attribute_label,
    phrase,
    short_label,
    unit_label,
    word_label,
)
from hilum.patient.measures import both, with_both
from hilum.patient.openings import Opening
from hilum.patient.resting import NEEDED, bound_of, bounded, rested
from hilum.patient.resting import messages as resting_messages
from hilum.patient.tables import read_tables
from hilum.patient.taken import AT_LEAST
from hilum.patient.wording import COUNTED, FACTS, opening_condition
from hilum.sheet.verdict_numbers import child_pugh, plain_number, sided
from hilum.sheet.verdict_part import REMNANT, patient_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.language import Words
    from hilum.patient.tables import Tables
    from hilum.sheet.sheet_verdict import (
        InTheWay,
        LineFact,
        OpensIf,
        OptionVerdict,
        RestsOn,
        RuleLine,
        Short,
        Stands,
        Value,
    )

STATUS = {
    "supported": "Supported",
    "possible": "Possible",
    "conditional": "Possible, with conditions",
    "undecided": "Undecided",
    "advised_against": "Advised against",
    "no_indication": "No published indication",
    "excluded": "Excluded",
}
RESECTABILITY = {
    "resectable": "Resectable",
    "after_growth": "Resectable after growth of the remnant",
    "borderline": "Borderline resectable",
    "not_resectable": "Not resectable",
    "undecided": "Cannot be decided yet",
}
# The sign of a resectability is that of a verdict.
SIGN_OF = {
    "resectable": "supported",
    "after_growth": "conditional",
    "borderline": "conditional",
    "undecided": "undecided",
    "not_resectable": "excluded",
}
GROUNDS = {
    "harm": "dangerous",
    "futility": "of little use here",
    "feasibility": "not feasible",
    "licence": "outside the licence",
}
EFFECTS = {
    "excludes": "Rules it out",
    "advises_against": "Advises against it",
    "condition": "Speaks against it or sets a condition",
    "softened": "Stricter than another source of the same rank: a condition",
    "indicates": "Supports it",
    "before": "To be done first",
    "note": "Notes, which move nothing",
}
SEEN = {
    "full_text": "read in full",
    "abstract": "abstract read",
    "secondary": "read in a secondary text",
}
TOPICS = {
    "tumour": "Tumour",
    "hormones": "Hormones",
    "liver": "Liver",
    "elsewhere": "Elsewhere",
    "course": "Course",
    "function": "Function",
}
# On the patient's lines these stand without their unit.
BARE = frozenset({"egfr"})
# The fact that the box above the table answers.
ANSWER = "resectability"
# Deciding facts that a row names; what else decides stands where it opens.
DECIDING = 2
NARROW = "\u202f"


class VerdictWords:
    """Facts, values, rules and reasons in one language."""

    def __init__(self, words: Words, tables: Tables | None = None) -> None:
        self.words = words
        self.language = words.language
        self.chinese = words.language == CHINESE
        self.tables = tables or read_tables()

    def attribute(self, name: str) -> str:
        """Label of a fact."""
        known = self.tables.attributes.get(name)
        return attribute_label(known, self.language) if known else name

    def facts(self, names: list[str]) -> str:
        """Several facts, joined."""
        return self.joined([self.attribute(name) for name in names])

    def joined(self, parts: list[str]) -> str:
        """Parts of an enumeration."""
        return ("、" if self.chinese else ", ").join(part for part in parts if part)

    def statement(self, rule: RuleLine) -> str:
        """What the source says."""
        text = rule.statement_zh if self.chinese else rule.statement
        return with_both(text, self.tables.attributes, self.words)

    def brief(self, rule: RuleLine) -> str:
        """The source in a few words."""
        return rule.brief[1 if self.chinese else 0]

    def value(self, name: str, value: Value) -> str:
        """A patient's value with its unit."""
        if value is None:
            return self.words("not known")
        if isinstance(value, bool):
            return word_label(name, "true" if value else "false", self.language)
        if isinstance(value, int | float):
            return self._number(name, float(value))
        if isinstance(value, str):
            return word_label(name, value, self.language)
        if value and all(isinstance(one, int | float) for one in value):
            return self._range(name, float(value[0]), float(value[-1]))
        if not value:
            return word_label(name, "none", self.language)
        return self.joined([self._word(name, str(one)) for one in value])

    def treatment(self, name: str) -> str:
        """A treatment in a word or two."""
        return short_label(self.tables.treatments[name], self.language)

    def _word(self, name: str, word: str) -> str:
        if name != "prior_treatments" or word == "none":
            return word_label(name, word, self.language)
        if word in self.tables.treatments:
            return self.treatment(word)
        label = evidence_labels().get(("modality", word))
        return self.words(label) if label else word.replace("_", " ")

    def _number(self, name: str, value: float) -> str:
        known = self.tables.attributes.get(name)
        unit = known.unit if known else ""
        text = self.with_unit(plain_number(value), unit)
        return both(known, text, (value,), self.words) if known else text

    def _range(self, name: str, low: float, high: float) -> str:
        known = self.tables.attributes.get(name)
        unit = known.unit if known else ""
        if known and high >= known.high:
            lowest = both(known, self.with_unit(plain_number(low), unit), (low,), self.words)
            return self.words("{lowest} or more", lowest=lowest)
        if known and low <= known.low:
            highest = both(known, self.with_unit(plain_number(high), unit), (high,), self.words)
            return self.words("at most {highest}", highest=highest)
        text = self.with_unit(f"{plain_number(low)}–{plain_number(high)}", unit)
        return both(known, text, (low, high), self.words) if known else text

    def with_unit(self, number: str, unit: str | None) -> str:
        """A number and its unit, spaced as the language does."""
        shown = unit_label(unit or "", self.language)
        if not shown:
            return number
        if shown.startswith("%"):
            return f"{number}{'' if self.chinese else NARROW}{shown}"
        return f"{number}{'' if self.chinese and shown.startswith('×') else ' '}{shown}"

    def short(self, one: Short) -> str:
        """A reason by its numbers: what the patient has against what is asked."""
        low, high = sided(one)
        resting = list(one.rests_on.values())
        bound = self.bound(resting)
        low, high = (low, low) if bound == AT_LEAST else (high, high) if bound else (low, high)
        patient = self.with_unit(low if low == high else f"{low}–{high}", one.unit)
        return self.rested(self._measured(one, self.bounded(patient, bound)), resting)

    def _measured(self, one: Short, patient: str) -> str:
        cuts = [plain_number(cut) for cut in one.cut_offs]
        label = self.label_of(one.facts)
        if len(one.rules) > 1 and len(cuts) > 1:
            message = BELOW if one.side == "below" else ABOVE
            limits = self.with_unit(cuts[-1], one.unit)
            return self.words(
                message,
                label=label,
                value=patient,
                count=self.words(COUNTED[len(one.rules) - 2])
                if len(one.rules) - 2 < len(COUNTED)
                else self.words("all {count}", count=len(one.rules)),
                lowest=cuts[0],
                highest=limits,
            )
        message = NEEDED[one.needed] if one.needed else LIMIT
        limit = self.with_unit(cuts[0] if len(cuts) == 1 else f"{cuts[0]}–{cuts[-1]}", one.unit)
        known = self.tables.attributes.get(one.facts[0])
        if known is not None and len(one.facts) == 1:
            if not one.rests_on:
                patient = both(known, patient, (one.low, one.high), self.words)
            ends = (one.cut_offs[0], one.cut_offs[-1])
            limit = both(known, limit, ends, self.words, inside=True)
        return self.words(message, label=label, value=patient, limit=limit)

    def held(self, name: str, value: Value, resting: RestsOn | None) -> str:
        """A value with its unit; what can only be higher, or lower, by its one end."""
        bound = self.bound([resting])
        if bound and isinstance(value, list):
            value = value[0] if bound == AT_LEAST else value[-1]
        return self.bounded(self.value(name, value), bound)

    def bound(self, resting: Iterable[RestsOn | None]) -> str | None:
        """Which way values can only move once what they rest on is given."""
        return bound_of(resting)

    def in_the_way(self, one: InTheWay) -> str:
        """One thing in the way of resection, by the patient's values."""
        if one.short is not None:
            return self.short(one.short)
        colon = "：" if self.chinese else ": "
        values = [
            f"{self.attribute(name)}{colon}{self.held(name, value, one.rests_on.get(name))}"
            for name, value in one.facts.items()
        ]
        return self.rested(self.joined(values), one.rests_on.values())

    def bounded(self, value: str, bound: str | None) -> str:
        """A value as the lower or upper end of what it may be."""
        return bounded(value, bound, self.words)

    def rested(self, text: str, resting: Iterable[RestsOn | None]) -> str:
        """A sentence with the facts that were not given and on which it rests."""
        return rested(text, resting, self.tables, self.words)

    def label_of(self, facts: list[str]) -> str:
        """The name of facts that a reason measures together."""
        if set(facts) <= set(REMNANT):
            return self.words("Future liver remnant")
        return self.facts(facts)

    def reason(self, option: OptionVerdict) -> str:
        """The strongest reason of an open or undecided option in one sentence."""
        if option.contradicted:
            return self.words(
                "Depends on which is true: {facts}", facts=self.facts(option.contradicted)
            )
        if option.status == "undecided":
            shown = option.opens_if[:DECIDING]
            said = {one.fact: self.condition(one) for one in shown}
            best = self.words(STATUS[option.best]) if option.best else ""
            conditions = self.words(" and ").join(filter(None, said.values())) if best else ""
            # Facts beside each other are joined otherwise than conditions.
            named = self.words.within(FACTS, " and ").join(
                self.attribute(fact) for fact, text in said.items() if not (text and best)
            )
            more = ""
            if len(option.opens_if) > DECIDING:
                more = self.words(" and {count} more", count=len(option.opens_if) - DECIDING)
            if not conditions:
                return self.words("Decided by: {facts}", facts=named + more)
            if not named:
                return self.words("{best}, if: {facts}", best=best, facts=conditions + more)
            return self.words(
                "{best}, if: {facts}; also decided by: {others}",
                best=best, facts=conditions, others=named + more,
            )  # fmt: skip
        if option.reason is None:
            return ""
        # What resectability rests on stands in the box above, once.
        resting = [one.rests_on for one in option.stands if one.fact != ANSWER]
        return self.with_ground(option.ground, self.rested(self.statement(option.reason), resting))

    def condition(self, one: OpensIf) -> str:
        """What a deciding fact would have to be; empty where only its name can be said."""
        low = one.at_least if one.above is None else one.above
        high = one.at_most if one.below is None else one.below
        asked = [frozenset(map(str, x)) if isinstance(x, list) else x for x in one.one_of]
        found = Opening(
            one.fact,
            low,
            one.above is None,
            high,
            one.below is None,
            tuple(x for x in asked if x is not None),
            one.through or "",
        )
        return opening_condition(found, self.tables, self.words)

    def closed(self, option: OptionVerdict) -> str:
        """Why an option is closed, by the patient's own values where the rule tests them."""
        if option.reason is None:
            return ""
        if option.short is not None:
            text = self.short(option.short)
        elif [one.fact for one in option.stands] == [ANSWER]:
            # The row of a resection is the box above it: said once, and only there with reasons.
            word = RESECTABILITY[str(option.stands[0].value)]
            return self.words("{answer}, see above", answer=self.words(word))
        elif option.stands:
            colon = "：" if self.chinese else ": "
            text = self.joined([self.stood(one, colon) for one in option.stands])
            text = self.rested(text, [one.rests_on for one in option.stands if one.fact != ANSWER])
        else:
            text = self.statement(option.reason)
        return self.with_ground(option.ground, text)

    def stood(self, one: Stands, colon: str) -> str:
        """A value that closed an option, with its limit where it is a number."""
        label = self.attribute(one.fact)
        value = self.held(one.fact, one.value, one.rests_on)
        if one.limit is None:
            return f"{label}{colon}{value}"
        known = self.tables.attributes[one.fact]
        limit = both(
            known, self.with_unit(plain_number(one.limit), known.unit), (one.limit,), self.words,
            inside=True,
        )  # fmt: skip
        message = NEEDED[one.needed] if one.needed else LIMIT
        return self.words(message, label=label, value=value, limit=limit)

    def with_ground(self, ground: str | None, text: str) -> str:
        """A reason after the word for its ground."""
        if ground is None:
            return text
        colon = "：" if self.chinese else ": "
        return f"{self.words(GROUNDS[ground])}{colon}{text}"

    def missing(self, one: LineFact) -> str:
        """What a fact is called where it is not given."""
        row = next(row for row in patient_lines() if row["fact"] == one.fact)
        return row["missing_zh" if self.chinese else "missing_en"]

    def line_fact(
        self, one: LineFact, *, carcinoma: bool = False, named: frozenset[str] = frozenset()
    ) -> str:
        """A fact on the patient's lines; of a carcinoma the site is not said to bear a tumour."""
        row = next(row for row in patient_lines() if row["fact"] == one.fact)
        word = str(one.value).lower() if isinstance(one.value, bool) else str(one.value)
        if isinstance(one.value, float | int) and not isinstance(one.value, bool):
            word = plain_number(float(one.value))
        if isinstance(one.value, list):
            word = "none" if not one.value else ""
        own = phrase(one.fact, word, self.language)
        value = self.value(one.fact, one.value)
        bound = self.bound([one.rests_on])
        shown = one.value
        if bound and isinstance(shown, list):
            shown = shown[0] if bound == AT_LEAST else shown[-1]
            value = self.value(one.fact, shown)
        if one.fact in BARE and isinstance(shown, int | float):
            value = plain_number(float(shown))
        if one.fact == "child_pugh":
            value = child_pugh(shown) or value
        value = self.bounded(value, bound)
        text = row["text_zh" if self.chinese else "text_en"]
        if carcinoma:
            text = row["carcinoma_zh" if self.chinese else "carcinoma_en"] or text
        # What the page names as not given elsewhere is not named again.
        again = one.rests_on is not None and named.issuperset(one.rests_on.facts)
        return self.rested(own or text.format(value), [] if again else [one.rests_on])


BELOW = "{label} {value}: below {count} cut-offs, {lowest} to {highest}"
ABOVE = "{label} {value}: above {count} limits, {lowest} to {highest}"
# Where a source warns: on which side of its limit the patient lies is seen from the numbers.
LIMIT = "{label} {value} (limit: {limit})"


def verdict_messages() -> set[str]:
    """Every message id of these words, for the catalogue."""
    tables: tuple[Mapping[str, str], ...] = (
        STATUS,
        RESECTABILITY,
        GROUNDS,
        EFFECTS,
        SEEN,
        TOPICS,
    )
    single = {BELOW, ABOVE, LIMIT, *resting_messages()}
    return {text for table in tables for text in table.values()} | {*single, *COUNTED}
