"""One patient's verdicts on one screen of the terminal."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from hilum.cli.case_text import confirm_lines, warning_lines
from hilum.cli.lines import fold, width_of
from hilum.cli.rules_text import overlay_lines
from hilum.patient.because import because
from hilum.patient.judge import OPEN, Status
from hilum.patient.labels import CHINESE, attribute_label, region_label, treatment_label
from hilum.patient.merging import merged
from hilum.patient.report import ASKED_NEXT, nobody_open
from hilum.patient.resting import NEEDED, SPARED, bound_of, bounded, rested
from hilum.patient.sources import brief
from hilum.patient.wording import (
    FACTS,
    GROUND,
    LINE,
    LIVER,
    STATUS,
    number,
    opening_condition,
    opening_words,
    reason_words,
    statement,
    value_words,
    with_unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words
    from hilum.patient.case import Case
    from hilum.patient.merging import Reason
    from hilum.patient.remarks import Remark
    from hilum.patient.resectability import Obstacle
    from hilum.patient.taken import Rests
    from hilum.patient.values import Value
    from hilum.patient.verdict import Verdict, Verdicts

# What one screen has room for: steps, facts that an option waits for, and fewer where many wait.
MOST_STEPS = 3
DECIDING, FEW, MANY = 3, 2, 8
CLOSED = frozenset({Status.CONDITIONAL, Status.ADVISED_AGAINST, Status.EXCLUDED})
SUPPORTIVE = "supportive_care"
INDENT = "  "
HANGING = "    "


class Screen:
    """Writes the lines of one patient in one language."""

    def __init__(self, found: Verdicts, words: Words, width: int) -> None:
        self.found, self.words, self.width = found, words, width
        self.tables = found.tables
        self.comma = "、" if words.language == CHINESE else ", "
        self.joint = "；" if words.language == CHINESE else "; "
        self.colon = "：" if words.language == CHINESE else ": "

    def lines(self, case: Case) -> list[str]:
        """Everything a board hears first."""
        out = [typer.style(case.name, bold=True)] if case.name else []
        out += warning_lines(case, self.found, self.words, self.width)
        out += self._liver() + self._nobody()
        for status, options in groupby(self.found.options, key=lambda one: one.status):
            out += self._heading(self.words(STATUS[status.value]))
            if status is Status.NO_INDICATION:
                out += self._fold(self._names(one.treatment for one in options))
            else:
                out += self._options(status, list(options))
        return out + self._before() + self._to_check() + self._would_change() + self._tables()

    def _options(self, status: Status, options: list[Verdict]) -> list[str]:
        """One entry for options of which the same is said; what is closed takes one line."""
        groups: dict[str, list[Verdict]] = {}
        for one in options:
            groups.setdefault(self._said(one, FEW if len(options) > MANY else DECIDING), []).append(
                one
            )
        out: list[str] = []
        for said, group in groups.items():
            text = f"{self._names(one.treatment for one in group)}{self.colon}{said}"
            if status is Status.UNDECIDED:
                out += self._fold(text)
                continue
            source = f" [{self._source(group[0])}]" if group[0].said else ""
            out += self._closed(text, source) if status in CLOSED else self._fold(text + source)
        return out

    def _closed(self, text: str, source: str) -> list[str]:
        """An entry with its source where there is room for it."""
        plain, whole = self._fold(text), self._fold(text + source)
        return whole if len(whole) == len(plain) else plain

    def _heading(self, text: str) -> list[str]:
        return [typer.style(text[:1].upper() + text[1:], bold=True)]

    def _fold(self, text: str, first: str = INDENT) -> list[str]:
        return fold(self.words.line(text), self.width, first, HANGING)

    def _label(self, fact: str) -> str:
        return attribute_label(self.tables.attributes[fact], self.words.language)

    def _names(self, treatments: Iterable[str]) -> str:
        names = (self.tables.treatments[one] for one in treatments)
        return self.comma.join(treatment_label(one, self.words.language) for one in names)

    def _fact(self, fact: str, value: Value) -> str:
        attribute = self.tables.attributes[fact]
        said = value_words(value, attribute, self.tables, self.words)
        between = " " if attribute.numeric else self.colon
        return f"{self._label(fact)}{between}{said}"

    def to_confirm(self, remarks: Iterable[Remark]) -> list[str]:
        """What is used but looks as if something else were meant."""
        return confirm_lines(remarks, self.found, self.words, self.width)

    def _liver(self) -> list[str]:
        words, found = self.words, self.found.resectability
        text = f"{words('Liver metastases')}{self.colon}{words(LIVER[found.verdict.value])}"
        reasons = self.liver_reasons()
        between = self.joint if words.language == CHINESE else self.colon
        return self._fold(f"{text}{between}{reasons}" if reasons else text, "")

    def liver_reasons(self) -> str:
        """What stands in the way of resection, or would decide it."""
        found = self.found.resectability
        reasons = list(dict.fromkeys(self._obstacle(one) for one in found.in_the_way))
        if len(reasons) > DECIDING:
            more = self.words("and {count} more", count=len(reasons) - DECIDING)
            reasons = [*reasons[:DECIDING], more]
        if found.stated:
            reasons.insert(0, self.words("as the case states"))
        if found.decided_by:
            facts = self.comma.join(self._label(fact) for fact in found.decided_by[:DECIDING])
            reasons.append(self.words("decided by {facts}", facts=facts))
        return self.joint.join(reasons)

    def name(self, treatment: str) -> str:
        """Name of a treatment."""
        return self._names([treatment])

    def reason(self, one: Verdict) -> str:
        """The strongest reason of an option, with its source."""
        said = self._said(one, DECIDING)
        return f"{said} [{self._source(one)}]" if one.said and one.best is None else said

    def _obstacle(self, one: Obstacle) -> str:
        """What is in the way: the cut-offs of its rows, or the facts themselves."""
        for reason in merged(one.rules, self.found.patient.facts):
            if reason.measured:
                return reason_words(reason, self.tables, self.words)
        said = [self._in_the_way(fact, value, one) for fact, value in one.facts]
        return self._rested(self.comma.join(said), [fact for fact, _ in one.facts])

    def _in_the_way(self, fact: str, value: Value, one: Obstacle) -> str:
        """A value of an obstacle, against the cut-off of the formula where that is a number."""
        if one.limit is None or len(one.facts) != 1:
            return self._fact(fact, value)
        attribute = self.tables.attributes[fact]
        sign, cut = one.limit
        text = value_words(value, attribute, self.tables, self.words)
        return self.words(
            NEEDED[SPARED[sign]],
            label=self._label(fact),
            value=bounded(text, bound_of(self._resting([fact])), self.words),
            limit=with_unit(number(cut), attribute, self.words, cut),
        )

    def _resting(self, facts: Iterable[str]) -> list[Rests]:
        return [self.found.resting[one] for one in facts if one in self.found.resting]

    def _rested(self, text: str, facts: Iterable[str]) -> str:
        """A reason with what it rests on that was not given."""
        return rested(text, self._resting(facts), self.tables, self.words)

    def _nobody(self) -> list[str]:
        words = self.words
        if not nobody_open(self.found):
            return []
        text = words("No treatment directed at the tumour is open for this patient.")
        if SUPPORTIVE in self.tables.treatments:
            care = self._names([SUPPORTIVE])
            status = words(STATUS[self.found.option(SUPPORTIVE).status.value])
            text += " " + words("What remains: {care} ({status}).", care=care, status=status)
        return self._fold(text, "! ")

    def _said(self, one: Verdict, most: int) -> str:
        """The strongest reason of an option in one sentence; ``most`` facts that it waits for."""
        words = self.words
        if one.status is Status.UNDECIDED:
            return self._if(one, most)
        if not one.said:
            return ""
        reason = one.said[0]
        text = reason_words(reason, self.tables, words) + self._here(reason)
        if one.status in CLOSED:
            text = self._rested(text, sorted(because(reason.first.holds, self.found.patient.facts)))
        if one.status in (Status.SUPPORTED, Status.POSSIBLE):
            return f"{words(LINE[one.line])}{self.colon}{text}" if one.line in LINE else text
        return f"{words(GROUND[one.ground])}{self.colon}{text}" if one.ground else text

    def _here(self, reason: Reason) -> str:
        """The patient's own values behind what is required: *tumour of low grade* is not his."""
        if reason.measured or reason.first.role != "requires":
            return ""
        patient = self.found.patient
        facts = [
            self._fact(name, value)
            for name in sorted(because(reason.first.holds, patient.facts))
            if name not in patient.assumed and (value := patient.get(name)) is not None
        ]
        if not facts:
            return ""
        return self.words(" (here: {facts})", facts=self.comma.join(facts[:DECIDING]))

    def _source(self, one: Verdict) -> str:
        """Who says the strongest reason, in a few words."""
        rule = one.said[0].first
        english, chinese = brief(rule.source, rule.authority, rule.region)
        return chinese if self.words.language == CHINESE else english

    def _if(self, one: Verdict, most: int) -> str:
        """What an undecided option waits for."""
        words = self.words
        if one.contradicted:
            facts = self.comma.join(self._label(fact) for fact in one.contradicted)
            return words("the facts contradict each other: {facts}", facts=facts)
        said = {
            opening_words(each, self.tables, words): bool(
                opening_condition(each, self.tables, words)
            )
            for each in one.openings
        }
        shown = list(said)[:most]
        conditions = words(" and ").join(text for text in shown if said[text])
        named = words.within(FACTS, " and ").join(text for text in shown if not said[text])
        more = words(", and {count} more", count=len(said) - most) if len(said) > most else ""
        best = words(STATUS[one.best.value]) if one.best else ""
        if not conditions:
            return words("would be {best}; decided by {facts}", best=best, facts=named + more)
        if not named:
            return words("would be {best}, if {facts}", best=best, facts=conditions + more)
        return words(
            "would be {best}, if {facts}; also decided by {others}",
            best=best, facts=conditions, others=named + more,
        )  # fmt: skip

    def _shown(self) -> list[Verdict]:
        return [
            one
            for one in self.found.options
            if one.status in OPEN or one.status is Status.UNDECIDED
        ]

    def _before(self) -> list[str]:
        count: Counter[int] = Counter()
        rules = {rule.number: rule for one in self._shown() for rule in one.before}
        for one in self._shown():
            count.update({rule.number for rule in one.before})
        ranked = sorted(rules.values(), key=lambda rule: (-count[rule.number], rule.number))
        if not ranked:
            return []
        title = self.words("Before")
        if len(ranked) > MOST_STEPS:
            title = self.words("Before ({count} of {total})", count=MOST_STEPS, total=len(ranked))
        out = self._heading(self.words.line(title))
        for rule in ranked[:MOST_STEPS]:
            out += self._fold(statement(rule, self.tables, self.words))
        return out

    def _to_check(self) -> list[str]:
        count = Counter(fact for one in self._shown() for fact in one.to_check)
        if not count:
            return []
        names = [self._label(fact) for fact, _ in count.most_common()]
        text = f"{self.words('To check before')}{self.colon}"
        for place, name in enumerate(names):
            more = self.words(", and {count} more", count=len(names) - place)
            if width_of(text + self.comma + name + more) > self.width:
                return [text + more.removeprefix(self.comma)] if not place else [text + more]
            text += f"{self.comma if place else ''}{name}"
        return [text]

    def _would_change(self) -> list[str]:
        words, facts = self.words, self.found.would_change[:ASKED_NEXT]
        if not facts:
            return []
        said = [
            words("{fact} decides {count}", fact=self._label(one.fact), count=len(one.treatments))
            for one in facts
        ]
        text = f"{words('What would change it')}{self.colon}{self.comma.join(said)}"
        return self._fold(text, "")

    def _tables(self) -> list[str]:
        """Rows in force elsewhere, rows of a hospital's own, rows switched off."""
        words, out = self.words, list[str]()
        region = self.found.patient.get("region")
        elsewhere = Counter(
            hit.rule.region
            for one in self._shown()
            for hit in one.fired
            if hit.effect == "note" and hit.rule.region not in ("", region)
        )
        if elsewhere:
            regions = self.comma.join(
                f"{region_label(name, words.language)} {count}"
                for name, count in sorted(elsewhere.items())
            )
            said = words("In force elsewhere, only notes here: {regions}", regions=regions)
            out += self._fold(said, "")
        return out + overlay_lines(self.tables, self.words, self.width)
