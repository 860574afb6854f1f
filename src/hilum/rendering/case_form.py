"""A case as a form in one language: what decides most first, the rest by group, help and units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hilum.patient.deciding import most_deciding
from hilum.patient.form import Written, choices, shown, switch, ticks
from hilum.patient.labels import CHINESE, attribute_label, unit_label, word_label
from hilum.patient.lists import takes_treatments
from hilum.patient.measures import SI, si_first
from hilum.patient.template import BETWEEN, DECIDING, DERIVED, FIRST, GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.language import Words
    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables

# More words than this are a list to open, not buttons in a row.
ROW: Final = 5
# So are words that are longer than this together: they would not stand in one row.
ROW_LETTERS: Final = 20
UNKNOWN: Final = "unknown"
ONE_A_LINE: Final = "One a line."
NONE_IS: Final = "Write none where there is none."


def messages() -> set[str]:
    """Ids that stand in the tables above."""
    return {UNKNOWN, ONE_A_LINE, NONE_IS}


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that can be chosen."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One fact: ``kind`` is ``row``, ``select``, ``ticks``, ``lines`` or ``number``."""

    name: str
    label: str
    kind: str
    help: str
    why: str
    text: str
    unit: str = ""
    options: tuple[Choice, ...] = ()
    units: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under one title; ``derived`` are those that follow where they are empty."""

    code: str
    title: str
    fields: list[Field] = field(default_factory=list[Field])
    derived: list[Field] = field(default_factory=list[Field])

    @property
    def filled(self) -> int:
        """How many of its facts are given."""
        return sum(1 for one in (*self.fields, *self.derived) if one.text)


def form_sections(case: Mapping[str, Any], words: Words, tables: Tables) -> list[Section]:
    """Every fact that a case may say, in the order of ``hilum case new``."""
    said = shown(case, tables)
    first = most_deciding(tables)[:FIRST]
    found = [Section("first", words(DECIDING))]
    found[0].fields.extend(
        form_field(tables.attributes[name], said.get(name, Written()), words) for name in first
    )
    by_group: dict[str, Section] = {
        group: Section(group.replace(" ", "-"), words(title)) for group, title in GROUPS.items()
    }
    for one in tables.attributes.values():
        if one.name in first:
            continue
        section = by_group.setdefault(one.group, Section(one.group.replace(" ", "-"), one.group))
        made = form_field(one, said.get(one.name, Written()), words)
        (section.fields if one.asked else section.derived).append(made)
    return found + [one for one in by_group.values() if one.fields or one.derived]


def form_field(attribute: Attribute, said: Written, words: Words) -> Field:
    """One fact with what was written."""
    chinese = words.language == CHINESE
    helps = [attribute.help_zh if chinese else attribute.help_en]
    kind, options = _kind(attribute, said, words)
    if kind == "number" and attribute.numeric and attribute.type != "points":
        helps.append(words(BETWEEN, low=f"{attribute.low:g}", high=f"{attribute.high:g}"))
    if kind == "lines" and not takes_treatments(attribute):
        helps += [words(ONE_A_LINE), words(NONE_IS)]
    if not attribute.asked:
        helps.insert(0, words(DERIVED))
    units = tuple(
        Choice(unit, unit_label(unit, words.language), unit == _unit(attribute, said, words))
        for unit in _ordered(switch(attribute), attribute, words)
    )
    return Field(
        name=attribute.name,
        label=attribute_label(attribute, words.language),
        kind=kind,
        help=_sentences(helps, chinese=chinese),
        # Why it is asked is written in English only.
        why="" if chinese else attribute.why_needed,
        text=said.text,
        unit="" if units or kind != "number" else unit_label(attribute.unit, words.language),
        options=options,
        units=units,
    )


def _sentences(texts: Iterable[str], *, chinese: bool) -> str:
    said = [one.strip().rstrip(".。") for one in texts if one and one.strip()]
    return "".join(f"{one}。" for one in said) if chinese else " ".join(f"{one}." for one in said)


def _kind(attribute: Attribute, said: Written, words: Words) -> tuple[str, tuple[Choice, ...]]:
    if attribute.type == "list":
        offered = ticks(attribute)
        chosen = said.text.split("\n") if said.text else []
        if not offered or set(chosen) - {*offered, "none"}:
            return "lines", ()
        return "ticks", tuple(
            Choice(one, word_label(attribute.name, one, words.language), one in chosen)
            for one in (*offered, "none")
        )
    offered = choices(attribute)
    # What stands in the case and is no such word is typed on: nothing written is lost.
    if not offered or (said.text and said.text not in offered):
        return "number", ()
    found = tuple(
        Choice(one, word_label(attribute.name, one, words.language), one == said.text)
        for one in offered
    )
    letters = sum(len(one.label) * (2 if words.language == CHINESE else 1) for one in found)
    short = len(found) <= ROW and letters <= ROW_LETTERS
    return ("row" if short else "select"), found


def _ordered(units: tuple[str, ...], attribute: Attribute, words: Words) -> tuple[str, ...]:
    """The unit that language or setting has first stands first."""
    other = SI.get(attribute.name)
    if other in units and si_first(words):
        return (other, *(one for one in units if one != other))
    return units


def _unit(attribute: Attribute, said: Written, words: Words) -> str:
    """The unit that the switch stands on: the written one, else for an empty field the first."""
    if said.text:
        return said.unit
    ordered = _ordered(switch(attribute), attribute, words)
    return ordered[0] if ordered else ""
