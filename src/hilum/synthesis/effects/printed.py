"""Printed ratios and their limits: whether they fit one another, rounding allowed for.

Figures are strings, as they stand in print, since their decimals say how far they are rounded.
"""

from __future__ import annotations

import math
from typing import Final

ASYMMETRIC: Final = 0.25
"""A ratio may lie so far from the geometric middle of its limits, in half widths, beyond what
rounding explains: profile and exact intervals are not symmetric, misprints are further off."""
SIGNIFICANT: Final = 0.05


def decimals(text: str) -> int:
    """Digits behind the point of a printed figure."""
    plain = text.strip().lower().partition("e")[0]
    return len(plain.partition(".")[2])


def room(text: str) -> float:
    """Half a unit of the last printed digit."""
    return 0.5 * 10.0 ** -decimals(text)


def rounding_of(ratio: float, places: int) -> float:
    """How far the logarithm of a ratio rounded to so many decimals may be from the unrounded."""
    half = 0.5 * 10.0**-places
    return math.log(ratio / (ratio - half)) if ratio > half else math.inf


def off_middle(value: str, low: str, high: str) -> bool:
    """Whether a ratio is further from the middle of its limits than rounding and shape explain."""
    printed = (value, low, high)
    if min(map(float, printed)) <= 0:
        return False
    logs = [math.log(float(part)) for part in printed]
    rounding = 0.0
    for part in printed:
        half = room(part)
        rounding += math.log((float(part) + half) / max(float(part) - half, 1e-12)) / 2
    width = (logs[2] - logs[1]) / 2
    return abs(logs[0] - (logs[1] + logs[2]) / 2) > rounding + ASYMMETRIC * width


def against_limits(p: float, low: str, high: str, bound: str = "") -> bool:
    """Whether a p value and a 95 % interval of a ratio contradict each other on no effect.

    ``bound`` is ``<`` or ``>`` where the p value is printed as one.
    """
    certain = float(low) - room(low) > 1 or float(high) + room(high) < 1
    none = float(low) + room(low) < 1 < float(high) - room(high)
    return (none and p < SIGNIFICANT and bound != ">") or (
        certain and p > SIGNIFICANT and bound != "<"
    )


def off_log(yi: str, ratio: str) -> bool:
    """Whether a log effect is not the logarithm of the ratio beside it, rounding allowed for."""
    value, half = float(ratio), room(ratio)
    least = math.log(max(value - half, 1e-300)) - room(yi)
    most = math.log(value + half) + room(yi)
    return not least - 1e-9 <= float(yi) <= most + 1e-9
