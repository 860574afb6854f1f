"""Henmi and Copas's interval: the common-effect mean, with heterogeneity in its error.

Weights that do not depend on tau2 keep small studies, which selection touches most, from pulling
the mean (Henmi & Copas 2010, Stat Med 29:2969).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis.arrays import coverage
from hilum.synthesis.roots import brentq
from hilum.synthesis.two_stage import effects

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

# Above it no quantile of a level that anybody asks for lies.
MOST = 60.0
# The normal density is integrated over panels that reach 1e-30 of it.
PANELS, ORDER, REACH = 120, 8, 12.0


def _rule() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    edges = np.linspace(0.0, REACH, PANELS + 1)[:-1, None]
    width = REACH / PANELS
    return (edges + width * (nodes + 1) / 2).ravel(), np.tile(width * weights / 2, PANELS)


PLACES, WEIGHTS = _rule()


@dataclass(frozen=True)
class HenmiCopasFit:
    """One coefficient; ``se`` is its standard error with heterogeneity.

    ``tau2`` is DerSimonian and Laird's.

    There is no test and no interval of a new study: the method has neither.
    """

    yi: Array
    vi: Array
    level: float
    beta: Array
    se: Array
    ci_lb: Array
    ci_ub: Array
    tau2: float
    QE: float

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.yi)

    @property
    def QEp(self) -> float:  # noqa: N802
        """P value of heterogeneity."""
        return float(special.chdtrc(self.k - 1, self.QE))

    @property
    def weights(self) -> Array:
        """Weight of each study in percent: 1 / vi, normed."""
        return 100 / self.vi / float((1 / self.vi).sum())


def henmi_copas(yi: ArrayLike, vi: ArrayLike, *, level: float = 0.95) -> HenmiCopasFit:
    """Mean weighted by 1 / vi with Henmi and Copas's interval.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, finite, ``vi > 0``.

    Raises
    ------
    NotEstimable
        Fewer than two studies, or a value out of range.
    NotConverged
        When no quantile is found.
    """
    y, v = effects(yi, vi)
    coverage(level)
    k = len(y)
    if k < 2:
        message = "Henmi and Copas's interval needs at least two studies"
        raise NotEstimable(message)
    w = 1 / v
    total = float(w.sum())
    beta = float(w @ y) / total
    q = float(w @ (y - beta) ** 2)
    # Ratios of power sums: w2 is the mean weight, as weighed by itself.
    w2, w3, w4 = (float((w**power).sum()) / total for power in (2, 3, 4))
    tau2 = max(0.0, (q - (k - 1)) / (total - w2))
    vr = 1 + tau2 * w2
    quantile = _quantile(_Sums(k, total, w2, w3, w4, tau2, vr), (1 - level) / 2)
    se = float(np.sqrt(vr / total))
    half = quantile * se
    one = np.array([beta])
    return HenmiCopasFit(y, v, level, one, np.array([se]), one - half, one + half, tau2, q)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the joint distribution of the mean and Q depends on; ``vr``: variance of the mean."""

    k: int
    w1: float
    w2: float
    w3: float
    w4: float
    tau2: float
    vr: float

    def moments(self, r: Array) -> tuple[Array, Array]:
        """Mean and variance of Q, given the mean's deviate ``r`` in common-effect errors.

        Deviations of effects are normal; given ``r`` they are normal around a line in ``r``, and
        Q is a quadratic form of them.
        """
        t, vr = self.tau2, self.vr
        bend = self.w3 - self.w2**2
        away = (r / vr) ** 2 - 1 / vr
        mean = (self.k - 1) + t * (self.w1 - self.w2) + t**2 * away * bend
        variance = 2 * (self.k - 1) + 4 * t * (self.w1 - self.w2)
        variance += 2 * t**2 * (self.w1 * self.w2 - 2 * self.w3 + self.w2**2)
        variance += 4 * t**2 * away * bend
        variance += 4 * t**3 * away * (self.w4 - 2 * self.w2 * self.w3 + self.w2**3)
        variance += 2 * t**4 * (1 / vr**2 - 2 * r**2 / vr**3) * bend**2
        return mean, variance


def _quantile(sums: _Sums, tail: float) -> float:
    """Multiplier of the standard error: where mean over its estimated error leaves ``tail``."""
    root = float(np.sqrt(sums.vr))

    def beyond(x: float) -> float:
        """Probability that the mean's deviate is more than ``x`` estimated standard errors."""
        z = x / root + PLACES
        mean, variance = sums.moments(root * z)
        # Q below this makes the estimated error small enough.
        most = (sums.w1 / sums.w2 - 1) * ((root * z / x) ** 2 - 1) + sums.k - 1
        share = special.gammainc(mean**2 / variance, np.maximum(most, 0.0) * mean / variance)
        return float(WEIGHTS @ (share * np.exp(-(z**2) / 2))) / np.sqrt(2 * np.pi)

    try:
        return brentq(lambda x: beyond(x) - tail, 1e-3, MOST, xtol=1e-10, rtol=1e-12)
    except ValueError:
        message = "Henmi and Copas's interval: no quantile found"
        raise NotConverged(message) from None
