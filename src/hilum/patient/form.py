"""A case as a form shows it, and a case from what a form sends: each fact a text and a unit.

What a form did not change stays in the case as it was written, also what no fact is known for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from hilum.errors import InputError
from hilum.patient.edit import plain_value
from hilum.patient.lists import items, takes_treatments
from hilum.patient.naming import attribute_of
from hilum.patient.plausibility import named_unit
from hilum.patient.reading import ValueNotRead, read_value
from hilum.patient.spoken import printable, unit_key
from hilum.patient.template import written_name
from hilum.patient.vocabulary import is_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables

# What belongs to the case and not to the patient.
TITLES: Final = ("name", "id", "date", "question")
# A whole number with this many values or fewer is chosen, not typed.
CHOSEN: Final = 6
# Words of a list up to this many are ticked, not typed.
TICKED: Final = 12
# A number or a range, with what stands before and behind it: `<3`, `10-20`, `20+`; then a unit.
NUMBER_AND_UNIT = re.compile(
    r"(?P<number>[^\d\s]{0,2}\s*\d[\d.,]*(?:\s*(?:-|–|to|至)\s*\d[\d.,]*)?\+?)\s*(?P<unit>\D.*)?"
)
LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Written:
    """A fact as a form holds it; ``unit`` is one of the attribute's, or none is said."""

    text: str = ""
    unit: str = ""


def choices(attribute: Attribute) -> tuple[str, ...]:
    """Words of which a form offers one; none where a value is typed."""
    if attribute.type == "boolean":
        return ("true", "false")
    if attribute.type == "integer" and attribute.high - attribute.low < CHOSEN:
        return tuple(f"{one}" for one in range(int(attribute.low), int(attribute.high) + 1))
    return attribute.allowed if attribute.type == "enum" else ()


def ticks(attribute: Attribute) -> tuple[str, ...]:
    """Words of a list that a form offers to tick; none where they are typed."""
    short = attribute.type == "list" and len(attribute.allowed) <= TICKED
    return attribute.allowed if short and not takes_treatments(attribute) else ()


def switch(attribute: Attribute) -> tuple[str, ...]:
    """Units to choose from, of two spellings of one the first; none where there is one."""
    if not attribute.numeric:
        return ()
    found: dict[float, str] = {}
    for unit, factor in attribute.units.items():
        if unit:
            found.setdefault(factor, unit)
    return tuple(found.values()) if len(found) > 1 else ()


def shown(case: Mapping[str, Any], tables: Tables) -> dict[str, Written]:
    """What a form shows of each fact that the case says; the first key of a fact counts."""
    found: dict[str, Written] = {}
    for name, raw in _patient(case).items():
        alias = attribute_of(name, tables)
        if alias is None or alias.name in found:
            continue
        attribute = tables.attributes[alias.name]
        meant = raw
        if isinstance(raw, str | bool):
            word = str(raw).lower() if isinstance(raw, bool) else raw.strip()
            meant = alias.words.get(word, raw)
        if not is_unknown(meant, attribute):
            found[alias.name] = _shown(name, meant, attribute, alias.unit, tables)
    return found


def _shown(name: str, raw: Any, attribute: Attribute, unit: str, tables: Tables) -> Written:
    if attribute.type == "list":
        return Written(_listed(raw, attribute, tables))
    if choices(attribute):
        try:
            value = read_value(raw, attribute, tables, unit)
        except ValueNotRead:
            value = None
        if isinstance(value, bool | str):
            return Written(str(value).lower() if isinstance(value, bool) else value)
        if isinstance(value, float) and value.is_integer():
            return Written(f"{value:.0f}")
    if isinstance(raw, dict):
        table = cast("dict[str, Any]", raw)
        unit = str(table.get("unit") or unit)
        raw = table.get("value", "")
    text = " ".join(printable(_plain(raw)).split())
    units = switch(attribute)
    if not units:
        return Written(text)
    parts = NUMBER_AND_UNIT.fullmatch(text)
    if parts is not None and parts["unit"]:
        said = next((one for one in units if unit_key(one) == unit_key(parts["unit"])), "")
        return Written(parts["number"].strip(), said) if said else Written(text)
    said = unit or (attribute.unit if named_unit(name, attribute) else "")
    return Written(text, said if said in units else "")


def _plain(raw: object) -> str:
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _listed(raw: object, attribute: Attribute, tables: Tables) -> str:
    """A list a line an item; one without items says so."""
    if isinstance(raw, list) and not raw:
        return "none"
    if ticks(attribute):
        try:
            value = read_value(raw, attribute, tables)
        except ValueNotRead:
            value = None
        if isinstance(value, frozenset):
            return "\n".join(one for one in attribute.allowed if one in value) or "none"
    texts = (
        " ".join(str(one) for one in cast("dict[str, Any]", item).values())
        if isinstance(item, dict)
        else str(item)
        for item in items(raw)
    )
    return "\n".join(" ".join(printable(one).split()) for one in texts)


def with_written(
    case: Mapping[str, Any],
    facts: Mapping[str, Written],
    titles: Mapping[str, str],
    tables: Tables,
) -> dict[str, Any]:
    """The case with what a form sends; facts that the form shows unchanged stay as written.

    Parameters
    ----------
    facts : mapping
        By attribute; others than hilum's are left aside. An empty text takes the fact out.
    titles : mapping
        Name, number, day and question of the case; others are left aside.
    """
    before = shown(case, tables)
    # A unit chosen without a number says nothing.
    said = {
        name: (Written(one.text.strip()[:LONGEST], one.unit) if one.text.strip() else Written())
        for name, one in facts.items()
        if name in tables.attributes
    }
    changed = {name: one for name, one in said.items() if one != before.get(name, Written())}
    patient: dict[str, Any] = {}
    for key, raw in _patient(case).items():
        alias = attribute_of(key, tables)
        if alias is None or alias.name not in changed:
            patient[key] = raw
        elif changed[alias.name].text:
            # In the place of the first key that said it.
            attribute = tables.attributes[alias.name]
            patient.setdefault(_key(attribute), _value(attribute, changed[alias.name], tables))
    for name, one in changed.items():
        attribute = tables.attributes[name]
        if one.text and _key(attribute) not in patient:
            patient[_key(attribute)] = _value(attribute, one, tables)
    made: dict[str, Any] = {key: value for key, value in case.items() if key != "patient"}
    for key in TITLES:
        if key in titles:
            made[key] = " ".join(printable(titles[key]).split())[:LONGEST]
    made = {key: value for key, value in made.items() if key not in TITLES or value != ""}
    return made | {"patient": patient}


def _key(attribute: Attribute) -> str:
    return written_name(attribute)


def _value(attribute: Attribute, one: Written, tables: Tables) -> Any:
    if attribute.type == "list":
        listed = [" ".join(printable(line).split()) for line in one.text.splitlines()]
        kept = [line for line in listed if line]
        return [] if kept == ["none"] else kept
    text = " ".join(printable(one.text).split())
    if one.unit in switch(attribute) and re.search(r"\d\+?$", text):
        return f"{text} {one.unit}"
    try:
        return plain_value(attribute.name, text, tables)
    except InputError:
        return text


def _patient(case: Mapping[str, Any]) -> dict[str, Any]:
    inner = case.get("patient")
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
