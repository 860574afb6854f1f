"""What became of a FHIR file, and what a written one holds, in lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.patient.fhir.lines import messages as line_messages
from hilum.patient.labels import unit_label
from hilum.patient.tables import read_tables
from hilum.patient.values import Range
from hilum.patient.wording import value_words
from hilum.rendering.case_file import labels, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.analyses.from_fhir import FromFhirAnswered, ReadFact, SaidLine
    from hilum.analyses.to_fhir import ToFhirAnswered
    from hilum.language import Words
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

# What is shown, in this order, with its heading; what is used is shown as facts.
HEADINGS: Final = {
    "question": "To ask or to confirm",
    "carried": "Carried; no rule reads it",
    "history": "Kept as history",
    "not_used": "Not used",
}
FACTS: Final = "Facts as read"
CODED: Final = "With a published code: {facts}"
OWN: Final = "Under hilum's own code alone; other systems will not know it: {facts}"
LEFT_OUT: Final = "Not written: {keys}"


def messages() -> set[str]:
    """Ids that stand in the tables."""
    return {FACTS, CODED, OWN, LEFT_OUT, *HEADINGS.values()} | line_messages()


def from_fhir_lines(answer: FromFhirAnswered, words: Words) -> list[str]:
    """Facts with what was written, then questions, what is carried, history, what is not used."""
    tables = read_tables()
    names = labels(words, tables)
    out = [words(FACTS)]
    out += [f"  {_fact(one, words, tables, names)}" for one in answer.facts]
    for state, heading in HEADINGS.items():
        shown = list(_grouped([one for one in answer.lines if one.state == state], words, names))
        if shown:
            out += [words(heading), *(f"  {one}" for one in shown)]
    return out


def to_fhir_lines(answer: ToFhirAnswered, words: Words) -> list[str]:
    """Which facts other systems know, which they do not, and what is not written."""
    names = labels(words, read_tables())
    comma = words(", ")
    out: list[str] = []
    for message, facts in ((CODED, answer.coded), (OWN, answer.own)):
        if facts:
            out.append(words(message, facts=comma.join(names[one] for one in facts)))
    if answer.left_out:
        out.append(words(LEFT_OUT, keys=comma.join(answer.left_out)))
    return out


def _fact(one: ReadFact, words: Words, tables: Tables, names: dict[str, str]) -> str:
    attribute = tables.attributes[one.fact]
    value = _bounded(one, words) or value_words(_value(one), attribute, tables, words)
    text = f"{names[one.fact]}{words(': ')}{value}"
    if one.written and one.written.casefold() != value.casefold():
        text += f" ({words('written: {text}', text=one.written)})"
    return f"{text} [{one.date}]" if one.date else text


def _bounded(one: ReadFact, words: Words) -> str:
    """A bound as one, with the digits that it carries: *< 1.99 mg/dL*, never 0 to 2."""
    attribute = read_tables().attributes[one.fact]
    value = _value(one)
    if not isinstance(value, Range):
        return ""
    unit = unit_label(attribute.unit, words.language)
    if value.low == attribute.low and value.high < attribute.high:
        return f"< {value.high:.3g} {unit}".rstrip()
    if value.high == attribute.high and value.low > attribute.low:
        return f"≥ {value.low:.3g} {unit}".rstrip()
    return ""


def _value(one: ReadFact) -> Value:
    value = one.value
    if not isinstance(value, list):
        return value
    figures = [each for each in value if isinstance(each, float | int)]
    if len(figures) == len(value) == 2:
        return Range(float(figures[0]), float(figures[1]))
    return frozenset(str(each) for each in value)


def _grouped(lines: list[SaidLine], words: Words, names: dict[str, str]) -> Iterator[str]:
    """Lines that say the same of several places as one."""
    told: dict[str, list[str]] = {}
    for one in lines:
        told.setdefault(sentence(one, words, names), []).append(_place(one))
    for text, places in told.items():
        yield f"{', '.join(dict.fromkeys(places))}{words(': ')}{text}"


def _place(one: SaidLine) -> str:
    return " ".join(part for part in (one.resource, one.id, one.element) if part)
