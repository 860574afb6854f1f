"""Cells of a survival table as papers print them: a figure with its unit, percent sign, limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hilum.analyses.survival_words import not_reached, unit_of, units
from hilum.tabular import MISSING, limits_in, number, plain_level

NR: Final = "NR"
# Signs of full width, as Chinese keyboards type them.
NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LEVEL: Final = re.compile(
    r"(\d\d(?:[.,]\d+)?)\s*%?\s*(?:c\.?i\.?|confidence interval|ki|ic|置信区间|可信区间)"
    r"(?![^\W\d_])\s*[:,=]?\s*",
    re.IGNORECASE,
)
_WITH: Final = re.compile(r"([^(\[]*)[(\[](.*)[)\]]")
_COMMA: Final = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})", re.ASCII)
_PEOPLE: Final = re.compile(
    r"(?:n\s*=\s*)?(\d[\d ,.'’\u00a0\u2009\u202f]*)\s*(?:patients|patient|pts|例|人|名)?",
    re.IGNORECASE | re.ASCII,
)
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[, '’\u00a0\u2009\u202f]\d{3})+", re.ASCII)
_TIME_THOUSANDS: Final = re.compile(
    r"(?<![\d.,])[1-9]\d{0,2}(?:[,'’\u00a0\u2009\u202f]\d{3})+(?![\d.,])", re.ASCII
)
_POINTED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``value`` (NaN where it says NR), limits that stand in it, its unit, its scale.

    ``low`` and ``high`` are None where the cell holds none; ``high`` infinite where it says NR.
    ``level`` is the percent of the limits that the cell states, empty where it states none.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    percent: bool = False
    open: bool = False
    level: str = ""


def read_cell(text: str) -> Cell:
    """A figure, alone or with its unit, a percent sign and limits in brackets, with their level.

    Raises
    ------
    ValueError
        Anything else.
    """
    if text.strip().lower() in MISSING:
        return Cell()
    plain = text.translate(NARROW).strip()
    levels = {plain_level(one) for one in _LEVEL.findall(plain)}
    if len(levels) > 1 or "0" in levels:
        raise ValueError
    level = levels.pop() if levels else ""
    plain = _LEVEL.sub("", plain)
    percent, plain = "%" in plain, plain.replace("%", "")
    named = {unit_of(one) for one in units().findall(plain)}
    if len(named) > 1 or (named and percent):
        raise ValueError
    plain = re.sub(r"(?<=\d)\s*-\s*$", "", units().sub("", plain).strip())
    told = percent or bool(named)
    low = high = None
    both = _WITH.fullmatch(plain)
    is_open = False
    if both is not None:
        plain, told, found = both[1].strip(), True, limits_in(both[2].strip())
        if found is None:
            raise ValueError
        low, is_open = number(found[0]), not_reached(found[1])
        high = None if is_open else number(found[1])
    unit = named.pop() if named else None
    if not_reached(plain):
        return Cell(float("nan"), low, high, unit, percent, is_open, level)
    return Cell(_figure(plain.strip(), told), low, high, unit, percent, is_open, level)


def _figure(text: str, told: bool) -> float:
    """A number; beside a unit, a percent sign or limits also with a decimal comma."""
    if told and _COMMA.fullmatch(text):
        return number(text.replace(",", "."))
    return number(text)


def plain_times(text: str) -> str:
    """A cell of times without the signs between their thousands (``1,095 days``)."""
    return _TIME_THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), text.translate(NARROW))


def read_people(text: str) -> tuple[float | None, bool]:
    """A number of patients, and whether a sign between thousands was taken out of it.

    Raises
    ------
    ValueError
        No number; or one that may be thousands or decimals.
    """
    if text.strip().lower() in MISSING:
        return None, False
    found = _PEOPLE.fullmatch(text.translate(NARROW).strip())
    if found is None:
        return number(text), False
    digits = found[1].strip()
    if _POINTED.fullmatch(digits):
        raise ValueError
    if _THOUSANDS.fullmatch(digits):
        return float(re.sub(r"\D", "", digits)), True
    return number(digits), False


def is_figure(text: str) -> bool:
    """Whether a cell holds a figure, and is no name."""
    try:
        return read_cell(text).value is not None
    except ValueError:
        return False
