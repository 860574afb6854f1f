"""Numbers as letters write them: ranges, bounds, decimal commas, any usual unit."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hilum.patient.expected import (
    BOUNDS,
    BOUNDS_WITH_UNIT,
    EITHER,
    LOWER_FIRST,
    NUMBER,
    NUMBER_WITH_UNIT,
    UNITLESS,
    Expected,
)
from hilum.patient.spoken import clean, spoken, unit_key
from hilum.patient.values import Range

if TYPE_CHECKING:
    from hilum.patient.records import Attribute

FIGURE = r"[-+]?(?:\d+(?:[.,]\d+)?|[.,]\d+)"
# "1,200" may be 1200 or 1.2, "150.000" 150000 or 150; "0,125" is 0.125.
AMBIGUOUS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3}|\.000)")
# "150 000", but not the "200 109/L" of a text that has lost its superscripts.
THOUSANDS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?: (?!10[39]/)\d{3})+)(?![\d.,])")
# "1e1", "2.1E5"
EXPONENT = re.compile(r"(?<![\w.,])[-+]?\d+(?:\.\d+)?e[-+]?\d{1,2}(?![\w.])", re.IGNORECASE)
# "15 % (hot spot)": words behind a number.
ASIDE = re.compile(r"\s*\([^()\d]*\)$")
# "46 x 32 mm", "4.6 cm × 3.2 cm": the largest of the diameters counts.
DIMENSIONS = re.compile(
    rf"({FIGURE})(?:\s*[a-z]*\s*[x*×]\s*({FIGURE}))(?:\s*[a-z]*\s*[x*×]\s*({FIGURE}))?\s*([a-z]+)?",
    re.I,
)
LENGTH = "mm"
# A figure that touches the upper bound after a change of units is not refused for its last digit.
ROUNDING = 1.0001


class ValueNotRead(ValueError):
    """A value that was not understood: a code, what was expected, the nearest word or unit."""

    def __init__(self, code: str, expected: str, nearest: str = "") -> None:
        super().__init__(
            f"{code}: expected {expected}" + (f"; nearest {nearest}" if nearest else "")
        )
        self.code, self.expected, self.nearest = code, expected, nearest


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written: its ends, the sign before it and the unit after it."""

    low: float
    high: float
    bound: str
    unit: str


def read_number(raw: object, attribute: Attribute, unit: str = "") -> float | Range:
    """A number or a range of numbers in the attribute's unit.

    ``<3`` and ``>20`` are open at that end: the range holds every number up to, but without, the
    bound, and ends at the attribute's own bound on the other side.

    Raises
    ------
    ValueNotRead
        ``not_understood``, ``unknown_unit`` or ``out_of_range``.
    """
    written = written_number(raw, attribute)
    factor = factor_of(written.unit or unit, attribute)
    if factor is None:
        raise ValueNotRead("unknown_unit", units_of(attribute))
    low, high = _times(written.low, factor), _times(written.high, factor)
    for end in (low, high):
        if not attribute.low <= end <= _upper(attribute):
            raise ValueNotRead(
                "out_of_range", bounds_of(attribute), _fitting_unit(written, attribute)
            )
    if attribute.type == "integer":
        return _whole(low, high, written.bound, attribute)
    return _opened(low, high, written.bound, attribute)


def written_number(raw: object, attribute: Attribute) -> Written:
    """The parts of a number as written.

    Raises
    ------
    ValueNotRead
        ``not_understood`` where it is no number.
    """
    expected = _between(NUMBER, NUMBER_WITH_UNIT, attribute)
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueNotRead("not_understood", expected)
    if not isinstance(raw, str):
        try:
            value = float(raw)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise ValueNotRead("not_understood", expected)
        return Written(value, value, "", "")
    text = ASIDE.sub("", clean(raw))
    text = EXPONENT.sub(lambda one: f"{float(one[0]):f}".rstrip("0").rstrip("."), text)
    text = THOUSANDS.sub(lambda one: one[1] + one[2].replace(" ", ""), text)
    if attribute.unit == LENGTH and (sizes := DIMENSIONS.fullmatch(text)):
        largest = max(_figure(one) for one in sizes.groups()[:3] if one)
        return Written(largest, largest, "", sizes[4] or "")
    bound, text = _bound(text)
    match = _pattern().fullmatch(text)
    if match is None:
        raise ValueNotRead("not_understood", expected)
    first, between_unit, second, rest = match.groups()
    after, rest = _bound_after(rest)
    if any(AMBIGUOUS.fullmatch(one) for one in (first, second) if one):
        plain = re.sub("[,.]", "", first)
        either = Expected(EITHER, first=plain, second=f"{_figure(first):g}")
        raise ValueNotRead("not_understood", either)
    if (after and (bound or second)) or (bound not in ("", "~") and second):
        raise ValueNotRead("not_understood", expected)
    if second and between_unit and unit_key(between_unit) != unit_key(rest):
        raise ValueNotRead("not_understood", expected)
    low = _figure(first)
    high = _figure(second) if second else low
    if high < low:
        raise ValueNotRead("not_understood", Expected(LOWER_FIRST))
    return Written(low, high, after or bound, rest)


def factor_of(unit: str, attribute: Attribute) -> float | None:
    """The factor from a unit as written into the attribute's own; nothing for a foreign unit."""
    if unit in attribute.units:
        return attribute.units[unit]
    wanted = unit_key(unit)
    if not wanted:
        return 1.0
    for name, factor in attribute.units.items():
        if name and unit_key(name) == wanted:
            return factor
    for name, factor in spoken().units.get(wanted, ()):
        if name in attribute.units and (name or not attribute.unit):
            return factor * attribute.units[name]
    return None


def units_of(attribute: Attribute) -> str:
    """The units that a value may be written in."""
    return ", ".join(one for one in attribute.units if one) or Expected(UNITLESS)


def bounds_of(attribute: Attribute) -> str:
    """The attribute's bounds with its unit."""
    return _between(BOUNDS, BOUNDS_WITH_UNIT, attribute)


def _between(plain: str, with_unit: str, attribute: Attribute) -> Expected:
    low, high = f"{attribute.low:g}", f"{attribute.high:g}"
    if not attribute.unit:
        return Expected(plain, low=low, high=high)
    return Expected(with_unit, low=low, high=high, unit=attribute.unit)


def _times(figure: float, factor: float) -> float:
    """A figure in another unit, without the dust of the factor: 28 g/L is 2.8 g/dL and no more."""
    return figure if factor == 1 else float(f"{figure * factor:.12g}")


def _upper(attribute: Attribute) -> float:
    return attribute.high * ROUNDING if attribute.high > 0 else attribute.high


def _fitting_unit(written: Written, attribute: Attribute) -> str:
    """For a bare number that is out of range: the unit in which it would be a plausible one."""
    from hilum.patient.plausibility import fitting_unit

    return "" if written.unit else fitting_unit(written.low, attribute)


def _whole(low: float, high: float, bound: str, attribute: Attribute) -> float | Range:
    if bound == ">":
        low, bound = low + 1, ">="
    elif bound == "<":
        low, high, bound = low - 1, high - 1, "<="
    return _opened(low, high, bound, attribute)


def _opened(low: float, high: float, bound: str, attribute: Attribute) -> float | Range:
    if bound == "<":
        low, high = attribute.low, math.nextafter(high, -math.inf)
    elif bound == "<=":
        low = attribute.low
    elif bound == ">":
        low, high = math.nextafter(low, math.inf), attribute.high
    elif bound == ">=":
        high = attribute.high
    if low > high:
        raise ValueNotRead("out_of_range", bounds_of(attribute))
    return low if low == high else Range(low, high)


def _bound(text: str) -> tuple[str, str]:
    plain = text.casefold()
    for word, sign in spoken().bounds:
        if plain.startswith(word):
            rest = text[len(word) :]
            # "c" of "c. 12", not of a word that begins with it
            if not (word[-1].isalpha() and word.isascii() and rest[:1].isalpha()):
                return sign, rest.strip()
    return "", text


def _bound_after(rest: str) -> tuple[str, str]:
    plain = rest.casefold().strip()
    for word, sign in spoken().bounds_after:
        if plain == word:
            return sign, ""
        if plain.startswith(f"{word} ") or (plain.endswith(word) and not word.isascii()):
            return sign, plain.removeprefix(word).removesuffix(word).strip()
        if plain.endswith(f" {word}"):
            return sign, plain.removesuffix(word).strip()
    return "", rest.strip()


@cache
def _pattern() -> re.Pattern[str]:
    """A number, maybe its unit and a second number, and what follows."""
    words = "|".join(re.escape(word) for word in sorted(spoken().between, key=len, reverse=True))
    return re.compile(
        rf"({FIGURE})(?:\s*([^\d\s][^\d]*?)?\s*(?:-|~|{words})\s*({FIGURE}))?\s*(.*)",
        re.IGNORECASE,
    )


def _figure(text: str) -> float:
    return float(text.replace(",", "."))
