"""Bare numbers that look as if they were in another of the attribute's units.

The ranges are a convention of hilum's (``pathway/plausible.csv``): they ask back, they never
change a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.spoken import Plausible, spoken, unit_key

if TYPE_CHECKING:
    from hilum.patient.records import Attribute


def named_unit(name: str, attribute: Attribute) -> bool:
    """Whether a key says the attribute's unit itself, as ``bilirubin_mg_dl`` does."""
    unit = "".join(one for one in unit_key(attribute.unit) if one.isalnum())
    return bool(unit) and name.replace("_", "").casefold().endswith(unit)


def fitting_unit(value: float, attribute: Attribute) -> str:
    """Another unit in which a number would be plausible, empty where there is none."""
    found = spoken().plausible.get(attribute.name)
    if found is None:
        return ""
    return _other_unit(value, attribute, found.low, found.high)


def asks_unit(value: float, attribute: Attribute) -> str:
    """The unit to ask for: the number is not plausible in its own unit, and is in another."""
    found = spoken().plausible.get(attribute.name)
    if found is None or found.low <= value <= found.high:
        return ""
    return _other_unit(value, attribute, found.low, found.high)


def confirms_unit(value: float, attribute: Attribute) -> str:
    """The unit to confirm: the number is unusual in its own unit, and usual in another."""
    found: Plausible | None = spoken().plausible.get(attribute.name)
    if found is None or found.usual_low <= value <= found.usual_high:
        return ""
    return _other_unit(value, attribute, found.usual_low, found.usual_high)


def _other_unit(value: float, attribute: Attribute, low: float, high: float) -> str:
    for unit, factor in attribute.units.items():
        if unit and unit != attribute.unit and factor != 1 and low <= value * factor <= high:
            return unit
    return ""
