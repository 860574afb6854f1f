"""Sizes where hazards are not proportional: MaxCombo tests and restricted mean survival times."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.course import quadrature
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.trials.fixed.course import Course, Hazard

WEIGHTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
"""Fleming-Harrington weights (rho, gamma) of the usual MaxCombo test (Lin et al. 2020)."""
# Points of each dimension of the normal law that is left, by how many there are, and their reach.
POINTS = {0: 1, 1: 400, 2: 240, 3: 60}
REACH = 7.5
MOST = 1e7
_NODES, _GAUSS = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True, slots=True)
class Combo:
    """What one patient adds to several weighted log-rank tests, and their correlation.

    ``events``; ``shift``, the mean of each standardised statistic times ``1 / sqrt(n)`` (above 0
    where the treatment is better); ``correlation``, shape (K, K).
    """

    events: float
    shift: Array
    correlation: Array


def combo(
    treatment: Hazard,
    control: Hazard,
    course: Course,
    weights: Sequence[tuple[float, float]] = WEIGHTS,
    *,
    ratio: float = 1.0,
) -> Combo:
    """Joint moments of Fleming-Harrington tests on the same patients.

    Numerators are integrals of the weights over one martingale, so that their covariance is the
    integral of the product of two weights (Fleming & Harrington 1991; Karrison 2016), here with
    the numbers at risk of :func:`hilum.trials.fixed.lakatos.information`.
    """
    t, w = quadrature((treatment, control), course, None)
    share = ratio / (1 + ratio)
    first, second = share * treatment.survival(t), (1 - share) * control.survival(t)
    h1, h2 = treatment.at(t), control.at(t)
    deaths = w * course.followed(t) * (h1 * first + h2 * second)
    phi = first / np.maximum(second, 1e-300)
    theta = h1 / np.maximum(h2, 1e-300)
    drift = phi * theta / (1 + phi * theta) - phi / (1 + phi)
    pooled = first + second
    each = np.array([pooled**rho * (1 - pooled) ** gamma for rho, gamma in weights])
    shift = (deaths * drift * each).sum(axis=1)
    spread = (deaths * phi / (1 + phi) ** 2 * each) @ each.T
    root = np.sqrt(np.diag(spread))
    return Combo(float(deaths.sum()), -shift / root, spread / np.outer(root, root))


class Largest:
    """The largest of correlated standard normal statistics.

    The leading factor of a positive correlation has positive loadings, so that given the others
    the largest is below a bound where that factor is: its integral is in closed form, the others
    are by quadrature. Factors without variance (a weight that is the sum of others) are left out.
    """

    def __init__(self, correlation: Array) -> None:
        values, vectors = np.linalg.eigh(correlation)
        order = np.argsort(values)[::-1]
        kept = order[values[order] > 1e-9]
        loads = vectors[:, kept] * np.sqrt(values[kept])
        if loads[0, 0] < 0:
            loads[:, 0] *= -1
        if not bool((loads[:, 0] > 0).all()) or len(kept) - 1 not in POINTS:
            message = "the tests are too many, or not all correlated in the same direction"
            raise NotEstimable(message)
        self.first = loads[:, 0]
        nodes, gauss = np.polynomial.legendre.leggauss(POINTS[len(kept) - 1])
        x = REACH * nodes
        mass = REACH * gauss * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
        dims = len(kept) - 1
        self.mass, self.rest = np.ones(1), np.zeros((len(loads), 1))
        if dims:
            grid = np.array(np.meshgrid(*[x] * dims, indexing="ij")).reshape(dims, -1)
            masses = np.array(np.meshgrid(*[mass] * dims, indexing="ij")).reshape(dims, -1)
            self.mass, self.rest = masses.prod(axis=0), loads[:, 1:] @ grid

    def above(self, bound: float, mean: Array | float = 0.0) -> float:
        """Chance that the largest is above a bound, the statistics having this mean."""
        room = (bound - np.broadcast_to(mean, self.first.shape))[:, None] - self.rest
        edge = (room / self.first[:, None]).min(axis=0)
        return float(1 - self.mass @ special.ndtr(edge) / self.mass.sum())

    def critical(self, alpha: float) -> float:
        """The bound that the largest of them passes with this chance under no effect."""
        from hilum.trials.sequential.recursion import solve

        return solve(lambda bound: self.above(bound) - alpha, -8.0, 12.0)


@dataclass(frozen=True, slots=True)
class ComboSize:
    """A trial with a MaxCombo test; ``logrank`` is the power of the log-rank test in it."""

    size: SampleSize
    critical: float
    moments: Combo
    logrank: float


def maxcombo(
    treatment: Hazard,
    control: Hazard,
    course: Course,
    *,
    weights: Sequence[tuple[float, float]] = WEIGHTS,
    alpha: float = 0.025,
    power: float = 0.8,
    ratio: float = 1.0,
) -> ComboSize:
    """Patients of a one-sided test by the largest of several weighted log-rank statistics.

    Its critical value follows from the correlation of the statistics (Lin et al. 2020, Stat
    Biopharm Res 12:187; Ghosh et al. 2022), which the trial estimates again.

    Raises
    ------
    InputError
        Parameters that cannot be.
    NotEstimable
        No test of these that could be expected to show the effect.
    """
    check = Requirements()
    check.errors(alpha, power)
    check.above_zero("ratio", ratio)
    check.need(0 < len(weights) <= 4, "weights", len(weights), "1 to 4 pairs of weights")
    for rho, gamma in weights:
        check.not_negative("weights", rho)
        check.not_negative("weights", gamma)
    course.require(check)
    check.done()
    one = combo(treatment, control, course, weights, ratio=ratio)
    largest = Largest(one.correlation)
    critical = largest.critical(alpha)
    n = _patients(lambda n: largest.above(critical, one.shift * n**0.5), power)
    n1, n2 = n * ratio / (1 + ratio), n / (1 + ratio)
    total = whole(n1) + whole(n2)
    plain = combo(treatment, control, course, ((0.0, 0.0),), ratio=ratio)
    za = quantiles(alpha, power, 1)[0]
    size = SampleSize(
        n, n1, n2, alpha, power, 1, "maxcombo", events=n * one.events, critical=critical,
        actual_power=largest.above(critical, one.shift * total**0.5),
    )  # fmt: skip
    return ComboSize(
        size, critical, one, float(special.ndtr(float(plain.shift[0]) * total**0.5 - za))
    )


def _patients(reached: object, power: float) -> float:
    from collections.abc import Callable
    from typing import cast

    from hilum.trials.sequential.recursion import solve

    f = cast("Callable[[float], float]", reached)
    high = 8.0
    while not f(high) >= power:
        high *= 2
        if high > MOST:
            message = phrased(
                "a trial of these values would need over {most:g} patients", most=MOST
            )
            raise NotEstimable(message)
    return solve(lambda n: f(n) - power, 1e-6, high)


@dataclass(frozen=True, slots=True)
class MeanSize:
    """A trial of restricted mean survival times: months of both groups up to ``horizon``."""

    size: SampleSize
    horizon: float
    treatment: float
    control: float


def restricted_mean(hazard: Hazard, t: Array | float) -> Array:
    """Area under a survival curve up to times t, in closed form."""
    at = np.asarray(t, float)
    total = np.zeros(at.shape)
    ends = (*hazard.starts[1:], np.inf)
    for start, end, rate in zip(hazard.starts, ends, hazard.rates, strict=True):
        left = float(hazard.survival(np.array(start)))
        spent = np.clip(np.minimum(at, end) - start, 0, None)
        total = total + left * (-np.expm1(-rate * spent) / rate if rate > 0 else spent)
    return total


def mean_variance(hazard: Hazard, course: Course, horizon: float) -> float:
    """Variance of a group's restricted mean times its patients.

    ``int_0^h (int_t^h S)^2 dLambda(t) / P(at risk at t)``, the limit of the Kaplan-Meier
    integral's (Gill 1983; Royston & Parmar 2013).
    """
    edges = sorted(
        {0.0, horizon, *(one for one in (course.follow_up, *hazard.starts) if 0 < one < horizon)}
    )
    total, whole_area = 0.0, float(restricted_mean(hazard, horizon))
    for low, high in pairwise(edges):
        for left, right in pairwise(np.linspace(low, high, 41).tolist()):
            t = left + (right - left) * (_NODES + 1) / 2
            w = _GAUSS * (right - left) / 2
            after = whole_area - restricted_mean(hazard, t)
            at_risk = hazard.survival(t) * course.followed(t)
            total += float((w * after**2 * hazard.at(t) / at_risk).sum())
    return total


def rmst(
    treatment: Hazard,
    control: Hazard,
    course: Course,
    horizon: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
) -> MeanSize:
    """Patients of a test of the difference of restricted mean survival times.

    Raises
    ------
    InputError
        Parameters that cannot be; a horizon at or beyond the end of the trial.
    NotEstimable
        Groups whose restricted means do not differ.
    """
    from hilum.trials.fixed.course import event_probability

    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("ratio", ratio)
    course.require(check)
    wanted = phrased("months above 0 and below the trial's end ({end:g})", end=course.total)
    check.need(0 < horizon < course.total, "horizon", horizon, wanted)
    check.done()
    first, second = (float(restricted_mean(one, horizon)) for one in (treatment, control))
    if not abs(first - second) > 1e-9 * horizon:
        message = "the groups do not differ in the mean over the trial"
        raise NotEstimable(message)
    share = ratio / (1 + ratio)
    parts = [mean_variance(one, course, horizon) for one in (treatment, control)]
    za, zb = quantiles(alpha, power, sided)
    n = ((za + zb) / (first - second)) ** 2 * (parts[0] / share + parts[1] / (1 - share))
    n1, n2 = n * share, n * (1 - share)
    error = (parts[0] / whole(n1) + parts[1] / whole(n2)) ** 0.5
    events = n1 * event_probability(treatment, course) + n2 * event_probability(control, course)
    size = SampleSize(
        n, n1, n2, alpha, power, sided, "rmst", events=events, critical=za,
        actual_power=float(special.ndtr(abs(first - second) / error - za)),
    )  # fmt: skip
    return MeanSize(size, horizon, first, second)
