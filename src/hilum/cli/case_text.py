"""How a case was read, in lines for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from hilum.cli.lines import fold
from hilum.patient.contradictions import NOT_APPLICABLE, NOTE_ASSUMED, NOTE_CONVENTION, TWICE
from hilum.patient.labels import CHINESE, attribute_label
from hilum.patient.remarks import sentence
from hilum.patient.resting import bound_of, bounded, rested
from hilum.patient.taken import AT_LEAST
from hilum.patient.values import Range
from hilum.patient.wording import value_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words
    from hilum.patient.case import Case, Fact
    from hilum.patient.contradictions import Contradiction
    from hilum.patient.remarks import Remark
    from hilum.patient.values import Value
    from hilum.patient.verdict import Verdicts

FACTS, DERIVED, ASSUMED = "Facts as read", "What follows from them", "Taken as absent or normal"
DECIDES = "What would decide most"
ORIGINS = {
    "imaging": "measured from label maps",
    "courses": "from the dates of earlier treatments",
}
NOTES = {
    NOTE_ASSUMED: "it rests on facts that nobody mentioned",
    NOTE_CONVENTION: "by a convention of hilum's",
}
MOST = 5
INDENT, HANGING = "  ", "      "


def messages() -> set[str]:
    """Message ids that are looked up in tables."""
    return {FACTS, DERIVED, ASSUMED, DECIDES, *ORIGINS.values(), *NOTES.values()}


def check_lines(case: Case, found: Verdicts, words: Words, width: int) -> list[str]:
    """What is doubtful first, then facts, what follows, what is assumed and what decides."""
    page = _Page(found, words, width)
    out = [typer.style(case.name, bold=True)] if case.name else []
    out += warning_lines(case, found, words, width)
    out += page.heading(FACTS, (page.stated(one) for one in case.facts))
    out += page.heading(DERIVED, (page.derived(name) for name in found.patient.origin))
    if found.patient.assumed:
        order = [name for name in found.tables.attributes if name in found.patient.assumed]
        out += page.heading(ASSUMED, [page.comma.join(page.label(name) for name in order)])
    deciding = [
        words("{label} ({count} options)", label=page.label(one.fact), count=len(one.treatments))
        for one in found.would_change[:MOST]
    ]
    return out + page.heading(DECIDES, [page.comma.join(deciding)] if deciding else [])


def warning_lines(case: Case, found: Verdicts, words: Words, width: int) -> list[str]:
    """What contradicts itself, what is not used, and what should be confirmed."""
    page, out = _Page(found, words, width), list[str]()
    for one in _each_pair_once(found.contradictions):
        out += page.fold(f"{words('contradiction')}{page.colon}{page.contradiction(one)}", "! ")
    for one in case.not_used:
        out += page.fold(f"{words('not used')}{page.colon}{page.remark(one)}", "! ")
    return out + confirm_lines(case.to_confirm, found, words, width)


def confirm_lines(
    remarks: Iterable[Remark], found: Verdicts, words: Words, width: int
) -> list[str]:
    """What is used but looks as if something else were meant."""
    page, out = _Page(found, words, width), list[str]()
    for one in remarks:
        out += page.fold(f"{words('to confirm')}{page.colon}{page.remark(one)}", "! ")
    return out


def _each_pair_once(found: Iterable[Contradiction]) -> Iterable[Contradiction]:
    """Facts that contradict each other both ways are said once."""
    seen: set[frozenset[str]] = set()
    for one in found:
        facts = frozenset(one.facts)
        if facts not in seen:
            yield one
        seen.add(facts)


class _Page:
    """Writes the lines of one case in one language."""

    def __init__(self, found: Verdicts, words: Words, width: int) -> None:
        self.found, self.words, self.width = found, words, width
        self.tables = found.tables
        chinese = words.language == CHINESE
        self.comma, self.colon = ("、", "：") if chinese else (", ", ": ")
        self.joint = "；" if chinese else "; "
        self.brackets = "（{}）" if chinese else " ({})"

    def fold(self, text: str, first: str = INDENT) -> list[str]:
        return fold(self.words.line(text), self.width, first, HANGING)

    def heading(self, title: str, lines: Iterable[str]) -> list[str]:
        """A title and its lines; nothing where there are none."""
        found = [line for one in lines for line in self.fold(one)]
        return [typer.style(self.words(title), bold=True), *found] if found else []

    def label(self, name: str) -> str:
        return attribute_label(self.tables.attributes[name], self.words.language)

    def value(self, name: str, value: Value) -> str:
        return value_words(value, self.tables.attributes[name], self.tables, self.words)

    def stated(self, fact: Fact) -> str:
        """A fact with what was written, where that is not the same, or how it was measured."""
        value = self.value(fact.name, fact.value)
        text = f"{self.label(fact.name)}{self.colon}{value}"
        where = [self.words(ORIGINS[one]) for one in fact.origin]
        if fact.text and not _same(fact, value):
            where.append(self.words("written: {text}", text=fact.text))
        return text + self.brackets.format(self.joint.join(where)) if where else text

    def derived(self, name: str) -> str:
        row = self.found.patient.origin[name]
        behind = self.comma.join(
            self.label(one) for one in self.tables.attributes
            if one in row.needs and one != name and self.found.patient.get(one) is not None
            and one not in self.found.patient.assumed
        )  # fmt: skip
        value = self.found.patient.facts[name]
        resting = [self.found.resting.get(name)]
        bound = bound_of(resting)
        if bound and isinstance(value, Range):
            value = value.low if bound == AT_LEAST else value.high
        text = bounded(self.value(name, value), bound, self.words)
        from_ = self.words("from {facts}", facts=behind) if behind else self.words("not stated")
        why = rested(from_, resting, self.tables, self.words)
        return f"{self.label(name)}{self.colon}{text}{self.brackets.format(why)}"

    def contradiction(self, one: Contradiction) -> str:
        """Both readings, and what the other one rests on."""
        given = self.found.patient.given
        facts = self.comma.join(
            f"{self.label(name)} {self.value(name, given[name])}"
            for name in one.facts
            if name in given
        )
        text = one.statement_zh if self.words.language == CHINESE else one.statement_en
        if one.code == NOT_APPLICABLE:
            text = self.words(
                "{label} cannot apply to this patient", label=self.label(one.facts[0])
            )
        elif one.code == TWICE and one.other is not None:
            other = self.value(one.facts[0], one.other)
            text = self.words("stated twice, also as {value}", value=other)
        elif not text and one.other is not None:
            text = self.words(
                "the other facts give {label} {value}",
                label=self.label(one.facts[0]),
                value=self.value(one.facts[0], one.other),
            )
        notes = [self.words(NOTES[note]) for note in one.notes]
        return self.joint.join([facts, text, *notes])

    def remark(self, one: Remark) -> str:
        line = self.words("line {number}", number=one.line) if one.line else ""
        where = self.brackets.format(line) if line else ""
        return f"{one.key} = {one.text}{where}{self.colon}{sentence(one, self.words)}"


def _same(fact: Fact, value: str) -> bool:
    """Whether what was written is what is printed, in one of its units."""
    written = _plain(fact.text)
    try:
        return float(written) == fact.value
    except ValueError:
        said = {_plain(part) for part in (value, *re.split(r"[()（）]", value))}
        return written in {*said, str(fact.value).casefold()}


def _plain(text: str) -> str:
    """A text without spaces and case, and with one sign for micro."""
    return re.sub(r"\s+", "", text.casefold()).replace("µ", "u").replace("μ", "u")
