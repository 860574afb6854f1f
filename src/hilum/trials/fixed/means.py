"""Sizes for means by the exact noncentral t distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Callable

# Patients in all whose t test has a degree of freedom; and those that nobody could recruit.
FEWEST, MOST = 3.0, 1e9


def two_means(
    difference: float,
    sd: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    margin: float = 0.0,
) -> SampleSize:
    """Two-sample t test; with a ``margin`` above 0, non-inferiority (higher is better).

    Power counts rejection in the right direction only, as rpact's and R's ``power.t.test``.

    Raises
    ------
    InputError
        No difference beyond the margin, a standard deviation or ratio not above 0.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("sd", sd)
    check.above_zero("ratio", ratio)
    check.not_negative("margin", margin)
    if margin > 0:
        check.need(sided == 1, "sided", sided, "1 with a margin")
        check.need(
            difference > -margin,
            "difference",
            difference,
            phrased("a value above -margin ({margin:g})", margin=-margin),
        )
    else:
        check.need(
            difference != 0 and bool(np.isfinite(difference)),
            "difference", difference, "a difference other than 0",
        )  # fmt: skip
    check.done()
    effect = abs(difference + margin) / sd

    def reached(n2: float) -> float:
        n1 = ratio * n2
        return _passes(n1 + n2 - 2, effect * (n2 * (ratio / (1 + ratio))) ** 0.5, alpha / sided)

    n2 = _smallest(reached, power, FEWEST / (1 + ratio))
    n1 = ratio * n2
    a, b = whole(n1), whole(n2)
    return SampleSize(
        n1 + n2, n1, n2, alpha, power, sided, "t test",
        actual_power=_passes(a + b - 2, effect * (a * b / (a + b)) ** 0.5, alpha / sided),
    )  # fmt: skip


def one_mean(
    difference: float, sd: float, *, alpha: float = 0.025, power: float = 0.8, sided: int = 1
) -> SampleSize:
    """One-sample or paired t test; ``sd`` that of the (paired) differences.

    Raises
    ------
    InputError
        No difference, or a standard deviation not above 0.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("sd", sd)
    check.need(
        difference != 0 and bool(np.isfinite(difference)),
        "difference", difference, "a difference other than 0",
    )  # fmt: skip
    check.done()
    n = _smallest(lambda n: one_mean_power(n, abs(difference), sd, alpha / sided), power, 2.0)
    return SampleSize(
        n, n, 0, alpha, power, sided, "t test",
        actual_power=one_mean_power(whole(n), abs(difference), sd, alpha / sided),
    )  # fmt: skip


def one_mean_power(n: float, difference: float, sd: float, alpha: float) -> float:
    """Power of the one-sided one-sample t test of n patients against a mean above 0."""
    return _passes(n - 1, difference / sd * n**0.5, alpha)


def _passes(df: float, delta: float, alpha: float) -> float:
    """Chance that a noncentral t passes the critical value of the central one."""
    critical = float(special.stdtrit(df, 1 - alpha))
    if not math.isfinite(critical):
        return 0.0
    below = float(special.nctdtr(df, delta, critical))
    if math.isfinite(below):
        return 1 - below
    # Where the series fails the noncentrality is large: what its normal part adds is nothing
    # beside it, and the chance is that of the variance alone.
    return float(special.chdtr(df, df * (delta / critical) ** 2)) if delta > 0 else 0.0


def equivalent_means(
    difference: float,
    sd: float,
    margin: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
) -> SampleSize:
    """Two one-sided t tests (Schuirmann 1987), power exact by integrating over the variance.

    Raises
    ------
    InputError
        A margin not above the difference; as :func:`two_means`.
    """
    check = Requirements()
    check.errors(alpha, power)
    check.above_zero("sd", sd)
    check.above_zero("ratio", ratio)
    if check.above_zero("margin", margin):
        gap = abs(difference)
        check.need(
            gap < margin,
            "margin",
            margin,
            phrased("a margin above the difference ({gap:g})", gap=gap),
        )
    check.done()
    nodes, weights = np.polynomial.legendre.leggauss(200)

    def within(n1: float, n2: float) -> float:
        df = n1 + n2 - 2
        root = (1 / n1 + 1 / n2) ** 0.5
        critical = float(special.stdtrit(df, 1 - alpha))
        if not 0 < critical < math.inf:
            # At a level of a half each test rejects on its side of the margin.
            return 0.0 if critical else _within(margin, difference, sd * root)
        # s / sigma beyond which the two rejection regions no longer meet.
        end = margin / sd / (critical * root)
        s = end * (nodes + 1) / 2
        logs = (
            (df - 1) * np.log(s) - df * s**2 / 2 + df / 2 * np.log(df)
            - (df / 2 - 1) * np.log(2) - special.gammaln(df / 2)
        )  # fmt: skip
        low = (-margin - difference) / sd / root + critical * s
        high = (margin - difference) / sd / root - critical * s
        inside = special.ndtr(high) - special.ndtr(low)
        return float((weights * end / 2 * np.exp(logs) * inside).sum())

    n2 = _smallest(lambda n2: within(ratio * n2, n2), power, FEWEST / (1 + ratio))
    n1 = ratio * n2
    return SampleSize(
        n1 + n2, n1, n2, alpha, power, 1, "two one-sided t tests",
        actual_power=within(whole(n1), whole(n2)),
    )  # fmt: skip


def _within(margin: float, difference: float, error: float) -> float:
    """Chance that an estimate lies within the margin on both sides."""
    high, low = (margin - difference) / error, (-margin - difference) / error
    return float(special.ndtr(high) - special.ndtr(low))


def _smallest(reached: Callable[[float], float], power: float, low: float) -> float:
    """The size that has the power, from the fewest that leave a degree of freedom.

    Raises
    ------
    NotEstimable
        More than :data:`MOST` patients in a group would be needed.
    """
    from hilum.trials.sequential.recursion import solve

    if reached(low) >= power:
        return low
    high = max(4.0, 2 * low)
    while not reached(high) >= power:
        low, high = high, 2 * high
        if high > MOST:
            message = phrased(
                "a trial of these values would need over {most:g} patients", most=MOST
            )
            raise NotEstimable(message)
    return solve(lambda n: reached(n) - power, low, high)
