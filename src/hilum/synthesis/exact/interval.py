"""The exact interval of one proportion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy import special

if TYPE_CHECKING:
    from hilum.synthesis.estimate import Interval


def exact_interval(events: int, n: int, level: float = 0.95) -> Interval:
    """Clopper-Pearson interval of one proportion (Clopper & Pearson 1934)."""
    alpha = 1 - level
    low = 0.0 if events == 0 else float(special.betaincinv(events, n - events + 1, alpha / 2))
    high = 1.0 if events == n else float(special.betaincinv(events + 1, n - events, 1 - alpha / 2))
    return low, high
