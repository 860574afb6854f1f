"""The exact intervals of one proportion and of one rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy import special

from hilum.synthesis.arrays import coverage

if TYPE_CHECKING:
    from hilum.synthesis.estimate import Interval


def poisson_interval(events: float, time: float, level: float = 0.95) -> Interval:
    """Garwood's exact interval of one rate (Garwood 1936)."""
    alpha = 1 - coverage(level)
    low = 0.0 if events == 0 else float(special.chdtri(2 * events, 1 - alpha / 2)) / 2
    high = float(special.chdtri(2 * (events + 1), alpha / 2)) / 2
    return low / time, high / time


def exact_interval(events: int, n: int, level: float = 0.95) -> Interval:
    """Clopper-Pearson interval of one proportion (Clopper & Pearson 1934)."""
    alpha = 1 - coverage(level)
    low = 0.0 if events == 0 else float(special.betaincinv(events, n - events + 1, alpha / 2))
    high = 1.0 if events == n else float(special.betaincinv(events + 1, n - events, 1 - alpha / 2))
    return low, high
