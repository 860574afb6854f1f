"""What an observation holds, as a letter would write it: the case file's readers do the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.patient.fhir.codes import OWN_WORD, UCUM, meanings, system_of, units
from hilum.patient.numbers import factor_of
from hilum.patient.spoken import clean

if TYPE_CHECKING:
    from hilum.patient.fhir.models import Concept, Quantity, Valued
    from hilum.patient.records import Attribute

# UCUM's units of what has none.
UNITY = frozenset({"1", "{score}", "{ratio}"})
# FHIR's comparators; "ad" (sufficient to reach) is R5's.
COMPARATORS = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as a case file writes it, and what has to be said of it.

    ``code`` is the line that speaks of it where it is no plain value: ``absent``, ``no_value``,
    ``ask_unit``, ``unknown_unit``, ``malformed``.
    """

    value: str | float | bool | None
    text: str
    code: str = ""
    unitless: bool = False


def raw_value(one: Valued, attribute: Attribute) -> Raw:
    """The value of an observation or a component, for an attribute."""
    if one.valueQuantity is not None:
        return _quantity(one.valueQuantity, attribute)
    if one.valueRange is not None:
        return _range(one.valueRange.low, one.valueRange.high, attribute)
    if one.valueRatio is not None:
        return _ratio(one, attribute)
    number = one.valueInteger if one.valueInteger is not None else one.valueDecimal
    if number is not None:
        return _bare(f"{number:.15g}", attribute)
    if one.valueBoolean is not None:
        return Raw(one.valueBoolean, str(one.valueBoolean).lower())
    if one.valueCodeableConcept is not None:
        return _concept(one.valueCodeableConcept, attribute)
    if one.valueString is not None:
        return Raw(clean(one.valueString), one.valueString)
    if one.dataAbsentReason is not None:
        return Raw(None, one.dataAbsentReason.called, "absent")
    return Raw(None, "", "no_value")


def unit_of(quantity: Quantity, attribute: Attribute) -> str:
    """The unit of a quantity as hilum writes it: UCUM where the record says that it is."""
    if quantity.code and system_of(quantity.system) in (UCUM, ""):
        for one in units():
            if one.ucum == quantity.code and one.of == attribute.unit:
                return _spelled(quantity.unit, one.written, attribute)
        if quantity.unit is None or system_of(quantity.system) == UCUM:
            return quantity.code
    return quantity.unit or quantity.code or ""


def _spelled(unit: str | None, written: str, attribute: Attribute) -> str:
    """A unit as the record spells it, where that says the same as its code."""
    if not unit or unit == written:
        return written
    factor = factor_of(unit, attribute)
    return unit if factor is not None and factor == factor_of(written, attribute) else written


def _quantity(quantity: Quantity, attribute: Attribute) -> Raw:
    if quantity.value is None:
        return Raw(None, "", "malformed")
    sign = ""
    if quantity.comparator is not None:
        if quantity.comparator not in COMPARATORS:
            return Raw(None, f"{quantity.comparator} {quantity.value:g}", "malformed")
        sign = COMPARATORS[quantity.comparator]
    figure = f"{sign}{quantity.value:.15g}"
    unit = unit_of(quantity, attribute)
    if unit in UNITY and attribute.unit:
        # 0.05 of a whole and 5 % are both written "1": only the writer knows.
        return Raw(None, f"{figure} {unit}", "ask_unit")
    if not unit or unit in UNITY:
        return _bare(figure, attribute)
    return Raw(f"{figure} {unit}".strip(), f"{figure} {quantity.code or quantity.unit}")


def _bare(figure: str, attribute: Attribute) -> Raw:
    """A figure without a unit: asked for where the fact may be in several."""
    different = {factor for unit, factor in attribute.units.items() if unit}
    if len(different) > 1:
        return Raw(None, figure, "ask_unit")
    whole = attribute.type == "integer" or not attribute.unit
    plain = float(figure) if figure.lstrip("-").replace(".", "", 1).isdigit() else None
    value = figure if plain is None else int(plain) if plain.is_integer() else plain
    return Raw(value, figure, unitless=not whole and bool(attribute.unit))


def _range(low: Quantity | None, high: Quantity | None, attribute: Attribute) -> Raw:
    ends = [one for one in (low, high) if one is not None and one.value is not None]
    if not ends:
        return Raw(None, "", "malformed")
    known = {unit_of(one, attribute) for one in ends} - {""}
    if len(known) > 1:
        return Raw(
            None, " - ".join(f"{one.value:g} {one.unit or one.code}" for one in ends), "malformed"
        )
    unit = next(iter(known), "")
    if low is not None and low.value is not None and high is not None and high.value is not None:
        figure = f"{low.value:.15g}-{high.value:.15g}"
    else:
        sign = "<=" if low is None or low.value is None else ">="
        figure = f"{sign}{ends[0].value:.15g}"
    if not unit:
        return _bare(figure, attribute)
    return Raw(f"{figure} {unit}", f"{figure} {unit}")


def _ratio(one: Valued, attribute: Attribute) -> Raw:
    ratio = one.valueRatio
    above = ratio.numerator if ratio else None
    below = ratio.denominator if ratio else None
    if above is None or below is None or above.value is None or not below.value:
        return Raw(None, "", "malformed")
    text = f"{above.value:g} / {below.value:g}"
    same = (above.code or above.unit or "1") == (below.code or below.unit or "1")
    if not same or above.comparator or below.comparator:
        return Raw(None, text, "malformed")
    if attribute.unit == "percent":
        return Raw(f"{100 * above.value / below.value:.12g} percent", text)
    return (
        Raw(None, text, "malformed")
        if attribute.unit
        else _bare(f"{above.value / below.value:.12g}", attribute)
    )


def _concept(concept: Concept, attribute: Attribute) -> Raw:
    """A coded value: by the table of codes, else the record's words, read as a letter's."""
    for one in concept.coding:
        if system_of(one.system) == OWN_WORD and one.code in attribute.allowed:
            return Raw(one.code, concept.called)
    own = [one for one in meanings(concept, ("word",)) if one.fact in (attribute.name, "")]
    words = {one.means for one in own}
    if len(words) > 1:
        return Raw(None, concept.called, "two_facts")
    if words:
        word = words.pop()
        return Raw(word, concept.called) if word else Raw(None, concept.called, "absent")
    if not concept.names:
        return Raw(None, concept.called, "not_read")
    return Raw(clean(concept.names[0]), concept.called)
