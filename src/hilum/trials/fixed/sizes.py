"""The size of a fixed trial, as every function of this room returns it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Patients of a fixed design.

    Parameters
    ----------
    n : float
        Patients in all, before rounding up where the formula is continuous.
    n1, n2 : float
        Treatment and control group; ``n2`` is 0 with one group.
    alpha, power, sided
        As asked; exact methods have the level and power they reach in ``actual_alpha`` and
        ``actual_power``.
    method : str
        Name of the formula.
    events : float or None
        Events at the analysis, of survival designs.
    critical : float or None
        What the test statistic (or the count of responders) is compared with.
    """

    n: float
    n1: float
    n2: float
    alpha: float
    power: float
    sided: int
    method: str
    events: float | None = None
    critical: float | None = None
    actual_alpha: float | None = None
    actual_power: float | None = None

    @property
    def patients(self) -> int:
        """Patients in all, each group rounded up."""
        return whole(self.n1) + whole(self.n2)


def whole(value: float) -> int:
    """Round up, forgiving rounding error of the formula."""
    return math.ceil(value - 1e-9)


def sized(
    n: float,
    events: float,
    ratio: float,
    alpha: float,
    power: float,
    sided: int,
    method: str,
    critical: float,
    reached: float | None = None,
) -> SampleSize:
    """Patients and events as the record every survival design returns."""
    return SampleSize(
        n, n * ratio / (1 + ratio), n / (1 + ratio), alpha, power, sided, method,
        events=events, critical=critical, actual_power=reached,
    )  # fmt: skip


def of_whole(quantiles: tuple[float, float], exact: float) -> float:
    """Power when a size, of patients or events, is rounded up.

    The distance of the alternative from the null grows with the root of the size.
    """
    za, zb = quantiles
    return float(special.ndtr((za + zb) * (whole(exact) / exact) ** 0.5 - za))
