"""Labels of a logarithmic axis that are spelled by their first digit: 1 2 5 10 2 5 100."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.page import Word

FEWEST = 4
"""Labels of which one falls behind the one before it, that are taken for an axis."""


def in_full(words: list[Word], values: list[float], along: int) -> list[Word]:
    """The labels of a line, those that a power of ten stands before in full: 10 2 5 as 10 20 50.

    Only a line whose every number then grows; any other comes back as it is. ``values`` are the
    numbers of the words, ``along`` is 0 for a line across, 1 for one upwards.
    """
    order = words if along == 0 else words[::-1]
    values = values if along == 0 else values[::-1]
    if len(values) < FEWEST or min(values) <= 0 or all(b > a for a, b in pairwise(values)):
        return words
    spelled = _spelled(values)
    if spelled is None or any(b <= a for a, b in pairwise(spelled)):
        return words
    full = [
        word if own == value else replace(word, text=f"{own:g}")
        for word, value, own in zip(order, values, spelled, strict=True)
    ]
    return full if along == 0 else full[::-1]


def _spelled(values: Sequence[float]) -> list[float] | None:
    """Each digit times the power of ten before it; None where a number is neither."""
    first = next((v for v in values if _power(v)), None)
    if first is None:
        return None
    # What stands before the first power is of the decade below it.
    decade, out = first / 10, list[float]()
    for value in values:
        if _power(value):
            decade = value
            out.append(value)
        elif value in range(2, 10):
            out.append(value * decade)
        else:
            return None
    return out


def _power(value: float) -> bool:
    exponent = round(log10(value))
    return abs(value / 10.0**exponent - 1) < 1e-9
