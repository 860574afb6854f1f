"""A figure as the case wrote it, beside the quantity that other systems read.

A quantity says *43 umol/L*; what FHIR has no place for, the key of the case and the last zero of
*0.90*, stands in an extension of hilum's own. It is believed only where it still says the same as
the quantity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from hilum.patient.fhir.codes import OWN, units
from hilum.patient.naming import attribute_of
from hilum.patient.numbers import ValueNotRead, factor_of, written_number
from hilum.patient.reading import read_value
from hilum.patient.spoken import unit_key
from hilum.patient.values import Range, span

if TYPE_CHECKING:
    from hilum.patient.case import Fact
    from hilum.patient.numbers import Written
    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

AS_WRITTEN: Final = f"{OWN}/as-written"
KEY, VALUE = "key", "value"
# What a text may hold besides a figure, its sign and its unit: words about a person may not go out.
LONGEST: Final = 32
CLOSE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Given:
    """What a case wrote of a fact: its key, the scalar, its parts and the unit it is in."""

    key: str
    scalar: str | int | float
    parts: Written
    unit: str


def given_of(fact: Fact, attribute: Attribute, tables: Tables) -> Given | None:
    """A fact as it was written, where that is a plain figure that says what the fact holds."""
    scalar = fact.given
    if not attribute.numeric or isinstance(scalar, bool) or scalar is None:
        return None
    if isinstance(scalar, str) and (len(scalar) > LONGEST or "(" in scalar or "（" in scalar):
        return None
    alias = attribute_of(fact.key, tables)
    try:
        parts = written_number(scalar, attribute)
        unit = parts.unit or (alias.unit if alias else "") or attribute.unit
        read = read_value(scalar, attribute, tables, alias.unit if alias else "")
    except ValueNotRead:
        return None
    if factor_of(unit, attribute) is None or not same(read, fact.value):
        return None
    return Given(fact.key, scalar, parts, unit)


def ucum_of(unit: str, attribute: Attribute) -> str | None:
    """UCUM's code of a unit as written: the row of that spelling, else one of the same size."""
    of_fact = [one for one in units() if one.of == attribute.unit]
    for one in of_fact:
        if unit_key(one.written) == unit_key(unit):
            return one.ucum
    factor = factor_of(unit, attribute)
    return next((one.ucum for one in of_fact if factor_of(one.written, attribute) == factor), None)


def extension(given: Given) -> dict[str, Any]:
    """The extension that holds the key and the scalar."""
    scalar = given.scalar
    kind = "valueString" if isinstance(scalar, str) else "valueDecimal"
    return {
        "url": AS_WRITTEN,
        "extension": [{"url": KEY, "valueString": given.key}, {"url": VALUE, kind: scalar}],
    }


def said_in(raw: object, read: Value, attribute: Attribute, tables: Tables) -> tuple[str, Any]:
    """Key and scalar of a resource's extension; empty where it says otherwise than the quantity."""
    found: dict[str, Any] = {}
    for one in _dicts(raw):
        if one.get("url") == AS_WRITTEN:
            for part in _dicts(one.get("extension")):
                value = part.get("valueString", part.get("valueDecimal"))
                found[str(part.get("url"))] = value
    key, scalar = found.get(KEY), found.get(VALUE)
    if not isinstance(key, str) or isinstance(scalar, bool):
        return "", None
    if not isinstance(scalar, str | int | float) or len(str(scalar)) > LONGEST:
        return "", None
    alias = attribute_of(key, tables)
    if alias is None or alias.name != attribute.name:
        return "", None
    try:
        again = read_value(scalar, attribute, tables, alias.unit)
    except ValueNotRead:
        return "", None
    return (key, scalar) if same(again, read) else ("", None)


def same(one: Value, other: Value) -> bool:
    """Whether two readings are one number or one range, the dust of a factor aside."""
    if isinstance(one, float | int | Range) and isinstance(other, float | int | Range):
        if isinstance(one, bool) or isinstance(other, bool):
            return one is other
        a, b = span(one), span(other)
        return math.isclose(a.low, b.low, rel_tol=CLOSE, abs_tol=CLOSE) and math.isclose(
            a.high, b.high, rel_tol=CLOSE, abs_tol=CLOSE
        )
    return one == other


def _dicts(raw: object) -> list[dict[str, Any]]:
    if not isinstance(raw, list):
        return []
    listed = cast("list[object]", raw)
    return [cast("dict[str, Any]", one) for one in listed if isinstance(one, dict)]
