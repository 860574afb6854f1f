"""Estimates and intervals after a group sequential trial has ended, early or not.

The trial that stops at a bound has, by that choice, an estimate that is too good. Stage-wise
ordering (Tsiatis, Rosner & Mehta 1984; Jennison & Turnbull 1999, section 8.4): a result is the
more extreme the earlier the efficacy bound was crossed, then by its statistic. The median-unbiased
estimate is the effect under which so extreme a result has probability one half, the ends of the
interval those under which it has half the error. Repeated intervals (Jennison & Turnbull 1989)
hold at every analysis at once, whatever made the trial stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.parameters import Requirements
from hilum.trials.sequential.recursion import Ongoing, above, advance, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

# Drifts beyond this many standard deviations are no trial's.
FAR = 40.0


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What a result at one analysis says of the drift (the mean of z at full information).

    Parameters
    ----------
    naive : float
        ``z / sqrt(t)``: the estimate as if nothing had been looked at before.
    median_unbiased : float
    interval : (float, float)
        By stage-wise ordering.
    repeated : (float, float)
        ``(z +- bound) / sqrt(t)``, its confidence that of the bounds.
    p_value : float
        One-sided, by stage-wise ordering.
    """

    naive: float
    median_unbiased: float
    interval: tuple[float, float]
    repeated: tuple[float, float]
    p_value: float


def adjusted(
    rates: Sequence[float],
    efficacy: Sequence[float],
    stage: int,
    z: float,
    *,
    futility: Sequence[float] | None = None,
    level: float = 0.95,
) -> Adjusted:
    """Estimate and intervals of a trial that ended at an analysis.

    Parameters
    ----------
    rates, efficacy : sequence of float, length K
        Information rates and efficacy bounds on the z scale.
    stage : int
        From 1: the analysis at which it ended.
    z : float
        The statistic there.
    futility : sequence of float, optional
        Bounds below which a trial ended before; leave out what need not be obeyed: the lower limit
        and the p value then hold whether or not it is. For two-sided tests: minus the efficacy
        bounds.
    level : float
        Of the stage-wise interval.

    Raises
    ------
    InputError
        No such analysis, bounds of another number, a level outside 0 to 1.
    """
    check = Requirements()
    check.need(1 <= stage <= len(rates), "stage", stage, "one of the analyses")
    check.need(len(efficacy) == len(rates), "efficacy", len(efficacy), "one bound an analysis")
    check.need(0 < level < 1, "level", level, "a number above 0 and below 1")
    check.need(bool(np.isfinite(z)), "z", z, "a finite number")
    check.done()
    low = [-np.inf] * len(rates) if futility is None else list(futility)
    t = rates[stage - 1]
    naive = z / t**0.5
    half = (1 - level) / 2

    def where(chance: float) -> float:
        def off(drift: float) -> float:
            return extreme(rates, efficacy, low, stage, z, drift) - chance

        return solve(off, naive - FAR, naive + FAR, 1e-10)

    bound = efficacy[stage - 1]
    return Adjusted(
        naive,
        where(0.5),
        (where(half), where(1 - half)),
        ((z - bound) / t**0.5, (z + bound) / t**0.5),
        extreme(rates, efficacy, low, stage, z, 0.0),
    )


def extreme(
    rates: Sequence[float],
    efficacy: Sequence[float],
    futility: Sequence[float],
    stage: int,
    z: float,
    drift: float,
) -> float:
    """Probability of a result at least as extreme: stopped for efficacy before, or z reached."""
    found = 0.0
    ongoing: Ongoing | None = None
    for k in range(stage - 1):
        found += above(ongoing, rates[k], efficacy[k], drift)
        ongoing = advance(ongoing, rates[k], futility[k], efficacy[k], drift, rates[k + 1])
    return found + above(ongoing, rates[stage - 1], z, drift)
