"""What every design is asked for: one way to refuse the impossible, with the value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = ""
# What is smaller or larger is a slip of the pen, and beyond what the methods compute.
SMALLEST, LARGEST = 1e-9, 1e9


class Requirements:
    """Collects every parameter that cannot be, then raises once.

    A comparison with NaN is false, so that a missing number never passes.
    """

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def need(self, holds: bool, name: str, value: object, expected: str) -> bool:
        """Note a fault unless ``holds``; returns ``holds``. Numbers have an ordinary size."""
        if holds and isinstance(value, (int, float)) and not _ordinary(value):
            holds = False
            expected = phrased(
                "0, or a number of {low:g} to {high:g} in size", low=SMALLEST, high=LARGEST
            )
        if not holds:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            self._found.append(Fault(WHERE, None, name, text, expected))
        return holds

    def rate(self, name: str, value: float) -> bool:
        """A probability strictly between 0 and 1."""
        return self.need(0 < value < 1, name, value, "a rate above 0 and below 1")

    def above_zero(self, name: str, value: float, unit: str = "") -> bool:
        """A finite number above 0."""
        text = phrased("a number above 0 {unit}", unit=unit) if unit else "a number above 0"
        return self.need(0 < value < math.inf, name, value, text)

    def not_negative(self, name: str, value: float, unit: str = "") -> bool:
        """A finite number of at least 0."""
        text = phrased("a number of at least 0 {unit}", unit=unit) if unit else "a number from 0"
        return self.need(0 <= value < math.inf, name, value, text)

    def one_of(self, name: str, value: object, known: Sequence[object]) -> bool:
        """A value of a closed list."""
        return self.need(
            value in known, name, value, phrased("one of {known}", known=", ".join(map(str, known)))
        )

    def errors(self, alpha: float, power: float, sided: int = 1) -> None:
        """Alpha between 0 and a half a side, power above it."""
        self.one_of("sided", sided, (1, 2))
        self.need(
            0 < alpha < 1 and alpha / sided <= 0.5,
            "alpha", alpha, "a level above 0 and of at most 0.5 on each side",
        )  # fmt: skip
        if self.need(0 < power < 1, "power", power, "a power above 0 and below 1"):
            self.need(
                power > alpha,
                "power",
                power,
                phrased("a power above alpha ({alpha:g})", alpha=alpha),
            )

    def information_rates(self, rates: Sequence[float]) -> bool:
        """Increasing shares of the maximum information, the last one 1."""
        shown = " ".join(f"{rate:g}" for rate in rates)
        increasing = all(a < b for a, b in zip((0.0, *rates), rates, strict=False))
        return self.need(
            len(rates) > 0 and increasing and abs(rates[-1] - 1) < 1e-12,
            "information_rates", shown, "increasing shares above 0 that end at 1",
        )  # fmt: skip

    def done(self) -> None:
        """Raise what was found.

        Raises
        ------
        InputError
            At least one requirement did not hold; carries all that did not.
        """
        if self._found:
            raise InputError(*self._found)


def require_rates(check: Requirements, p1: float, p2: float, other: float) -> None:
    """The control rate ``p2``, the rate hoped for, and an uninteresting one between both.

    Parameters
    ----------
    other : float
        Of treatments that are not the one hoped for, from ``p2`` to short of ``p1``.
    """
    check.rate("p1", p1)
    check.rate("p2", p2)
    if p1 < p2:
        wanted = phrased("from above p1 ({p1:g}) to p2 ({p2:g})", p2=p2, p1=p1)
        check.need(p1 < other <= p2, "uninteresting", other, wanted)
    else:
        check.need(p1 != p2, "p1", p1, phrased("a rate other than p2 ({p2:g})", p2=p2))
        wanted = phrased("from p2 ({p2:g}) to below p1 ({p1:g})", p2=p2, p1=p1)
        check.need(p2 <= other < p1, "uninteresting", other, wanted)


def _ordinary(value: float) -> bool:
    return value == 0 or SMALLEST <= abs(value) <= LARGEST
