"""Figures as a journal prints them: one number of decimals in a column, never with an E."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words

# Beyond these, decimals of a ratio say too little, or too much.
SMALL: Final = 0.01
LARGE: Final = 1000
# And beyond these a figure is a power of ten.
TINY: Final = 1e-4
HUGE: Final = 1e6
# Smaller p values are said to be below it.
LEAST_P: Final = 0.001
NO_EFFECT: Final = {"ratio": 1.0, "linear": 0.0}
"""What no effect is, by the unit of a measure."""
# So many decimals more are printed to tell an end from no effect.
MORE: Final = 3
# More decimals than these are told by a power of ten.
LONGEST: Final = 10
# So many decimals a coefficient has, and digits of its error where these are too few.
USUAL, LEAST = 4, 3
RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Printed:
    """How the figures of one column are printed: ``unit`` as of a measure, and its decimals.

    ``to`` stands between the ends of an interval where a dash would meet a sign.
    """

    unit: str
    decimals: int
    to: str = " to "

    def figure(self, value: float) -> str:
        """Percent with one decimal, ratios with two, others with those that their column has."""
        if self.unit == "proportion":
            return f"{100 * value:.1f}"
        if self.unit == "ratio" and value != 0 and not SMALL <= abs(value) < LARGE:
            return powered(value)
        if abs(value) >= HUGE:
            return powered(value)
        if self.decimals > LONGEST:
            return _fine(value, self.decimals)
        return minus(f"{value:.{self.decimals}f}")

    def ends(self, low: float, high: float) -> tuple[str, str]:
        """Both ends; more decimals where both lie on one side of no effect and one rounds to it."""
        none = NO_EFFECT.get(self.unit)
        if none is None or (low - none) * (high - none) <= 0:
            return self.figure(low), self.figure(high)
        return self._apart(low, none), self._apart(high, none)

    def _apart(self, value: float, none: float) -> str:
        """A figure that rounding does not put on no effect."""
        told = self.figure(value)
        if self.decimals > LONGEST:
            return told
        for more in range(1, MORE + 1):
            if told.strip("−") != f"{none:.{self.decimals + more - 1}f}":
                break
            told = minus(f"{value:.{self.decimals + more}f}")
        return told

    def between(self, low: float, high: float) -> str:
        """Both ends in brackets; in words where one is negative, so that no sign meets the dash."""
        first, last = self.ends(low, high)
        dash = self.to if "−" in (first[:1], last[:1]) else "–"
        return f"({first}{dash}{last})"

    def said(self, value: float, low: float, high: float) -> str:
        """A figure with its ends."""
        return f"{self.figure(value)} {self.between(low, high)}"


def printed(unit: str, widths: Iterable[float], words: Words | None = None) -> Printed:
    """The decimals of a column from the widths of its intervals: two digits of half a width."""
    to = " to " if words is None else words("{first} to {last}", first="", last="")
    if unit == "ratio":
        return Printed(unit, 2, to)
    halves = sorted(one / 2 for one in widths if math.isfinite(one) and one > 0)
    if not halves:
        return Printed(unit, 2, to)
    middle = halves[len(halves) // 2]
    return Printed(unit, max(1 - math.floor(math.log10(middle)), 0), to)


def _fine(value: float, decimals: int) -> str:
    """A figure of a column with so many decimals, by its power of ten; 0 where these are 0."""
    if abs(value) < 0.5 * 10.0**-decimals:
        return "0"
    power = math.floor(math.log10(abs(value)))
    first = f"{value * 10.0**-power:.{max(decimals + power, 0)}f}"
    if first.lstrip("-").startswith("10"):
        power += 1
        first = f"{value * 10.0**-power:.{max(decimals + power, 0)}f}"
    return minus(f"{first}·10{str(power).translate(RAISED)}")


def coefficient(value: float, se: float) -> str:
    """Four decimals, or those that three digits of its error need; far from 1 by its power."""
    if not (math.isfinite(value) and math.isfinite(se)):
        return "-"
    digits = LEAST - 1 - math.floor(math.log10(se)) if se > 0 else USUAL
    decimals = USUAL if se >= 10.0**-LEAST else digits
    if decimals > LONGEST:
        return _fine(value, decimals).replace("−", "-")
    return (powered(value) if abs(value) >= HUGE else f"{value:.{decimals}f}").replace("−", "-")


def powered(value: float) -> str:
    """Three digits of a large figure, two of a small one; far from 1 with a power of ten."""
    if not math.isfinite(value):
        return "-" if math.isnan(value) else minus(f"{'-' if value < 0 else ''}∞")
    size = abs(value)
    if TINY <= size < HUGE:
        digits = 2 if size < 1 else 3
        places = digits - 1 - math.floor(math.log10(size))
        return minus(f"{round(value, places):.{max(places, 0)}f}")
    power = math.floor(math.log10(size))
    first = f"{value / 10.0**power:.1f}"
    if first.lstrip("-") == "10.0":
        power, first = power + 1, first.replace("10.0", "1.0")
    return minus(f"{first}·10{str(power).translate(RAISED)}")


def short(value: float) -> str:
    """Three digits, never with an E."""
    if not math.isfinite(value):
        return "-"
    return powered(value) if value and not 0.01 <= abs(value) < 1000 else f"{value:.3g}"


def minus(text: str) -> str:
    """With the sign of minus that print has; nothing is less than no difference by 0."""
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return text.replace("-", "−")


def probable(p: float | None) -> str:
    """What stands behind the letter p: two decimals, three below 0.01, none below 0.001."""
    if p is None or math.isnan(p):
        return "-"
    if p < LEAST_P:
        return f"< {LEAST_P}"
    return f"{p:.3f}" if p < 0.01 else f"{p:.2f}"


def chance(p: float) -> str:
    """A p value with its letter."""
    return f"p {probable(p)}"
