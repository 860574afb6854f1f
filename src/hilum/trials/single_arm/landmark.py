"""Single-arm trials of survival: Kaplan-Meier at a landmark, and the one-sample log-rank test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.course import Course, Hazard, event_probability
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import SampleSize, of_whole, whole
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

Transform = Literal["arcsine", "loglog"]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def landmark(
    s0: float,
    s1: float,
    time: float,
    course: Course,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    sided: int = 1,
    transform: Transform = "arcsine",
) -> SampleSize:
    """Survival at ``time`` months against a fixed share ``s0``, estimated by Kaplan-Meier.

    The variance is Greenwood's in the limit, ``int_0^t dLambda / (S G)``, with G the chance to be
    under observation (drop-out and staggered entry), under the alternative. ``arcsine`` tests
    ``asin(sqrt(S))``, whose power is nearest to the promised one (Nagashima et al. 2021);
    ``loglog`` tests ``log(-log S)`` and asks for more patients than it needs.

    Raises
    ------
    InputError
        ``s1 <= s0``, shares outside 0 to 1, no patient observed until the landmark.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    if check.rate("s0", s0) & check.rate("s1", s1):
        check.need(s1 > s0, "s1", s1, phrased("a share above s0 ({s0:g})", s0=s0))
    check.one_of("transform", transform, ("arcsine", "loglog"))
    check.above_zero("time", time, "months")
    course.require(check)
    check.need(
        course.total > time,
        "follow_up",
        course.follow_up,
        phrased(
            "accrual and follow-up that reach beyond the landmark ({time:g} months)", time=time
        ),
    )
    check.done()
    hazard = Hazard((0.0,), (-float(np.log(s1)) / time,))
    za, zb = quantiles(alpha, power, sided)
    shift, spread = standardised(s0, s1, hazard, course, time, transform)
    n = ((za + zb) / shift) ** 2 * spread
    return SampleSize(
        n, n, 0, alpha, power, sided, f"kaplan-meier, {transform}",
        events=n * event_probability(hazard, course), critical=za,
        actual_power=of_whole((za, zb), n),
    )  # fmt: skip


def standardised(
    s0: float, s1: float, hazard: Hazard, course: Course, time: float, transform: Transform
) -> tuple[float, float]:
    """Difference of the transformed shares, and n times the variance of the estimate."""
    spread = relative_variance(hazard, course, time)
    if transform == "loglog":
        return float(np.log(np.log(s0) / np.log(s1))), spread
    # Var asin(sqrt(S)) = Var(S) / (4 S (1 - S)), and Var(S) = (S log S)^2 Var log(-log S).
    shift = float(np.arcsin(s1**0.5) - np.arcsin(s0**0.5))
    return shift, spread * s1 * float(np.log(s1)) ** 2 / (4 * (1 - s1))


def relative_variance(hazard: Hazard, course: Course, time: float) -> float:
    """Variance of ``log(-log S(time))`` times n."""

    def integral(low: float, high: float) -> float:
        t = low + (high - low) * (_NODES + 1) / 2
        w: Array = _WEIGHTS * (high - low) / 2
        return float((w * hazard.at(t) / (hazard.survival(t) * course.followed(t))).sum())

    # Entry only thins the risk set once the last patient's follow-up is over.
    edge = min(max(course.follow_up, 0.0), time)
    total = (integral(0.0, edge) if edge > 0 else 0.0) + (
        integral(edge, time) if edge < time else 0.0
    )
    return total / float(hazard.cumulative(np.array([time]))[0]) ** 2


def one_sample_logrank(
    hazard_ratio: float,
    historical: Hazard | float,
    course: Course,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    sided: int = 1,
) -> SampleSize:
    """One-sample log-rank test against a known curve (Finkelstein 2003; Wu 2015).

    ``n = (z_a s0 + z_b s1)^2 / w^2`` with the exact moments of the observed less the expected
    events under the alternative (Wu 2015).

    Raises
    ------
    InputError
        A hazard ratio of 1 or not above 0, a median not above 0, negative accrual.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    if check.above_zero("hazard_ratio", hazard_ratio):
        check.need(hazard_ratio != 1, "hazard_ratio", hazard_ratio, "a ratio other than 1")
    if not isinstance(historical, Hazard):
        check.above_zero("historical_median", historical, "months")
    course.require(check)
    check.done()
    null = historical if isinstance(historical, Hazard) else Hazard.from_median(historical)
    other = null.scaled(hazard_ratio)
    from hilum.trials.fixed.course import quadrature

    t, w = quadrature((null, other), course, None)
    seen = course.followed(t) * other.survival(t)
    # O - E of one patient is N(X) - Lambda0(X): moments of a marked point process under H1.
    observed = float((w * other.at(t) * seen).sum())
    expected = float((w * null.at(t) * seen).sum())
    square = float((w * null.cumulative(t) * null.at(t) * seen).sum())
    cross = float((w * null.cumulative(t) * other.at(t) * seen).sum())
    shift = observed - expected
    variance = observed + 2 * square - 2 * cross - shift**2
    if not (expected > 0 and variance > 0 and shift != 0):
        message = "no events to be expected in this time, or none to tell from those of the curve"
        raise NotEstimable(message)
    za, zb = quantiles(alpha, power, sided)
    n = ((za * expected**0.5 + zb * variance**0.5) / shift) ** 2
    reached = special.ndtr((abs(shift) * whole(n) ** 0.5 - za * expected**0.5) / variance**0.5)
    return SampleSize(
        n, n, 0, alpha, power, sided, "one-sample log-rank", events=n * observed, critical=za,
        actual_power=float(reached),
    )  # fmt: skip
