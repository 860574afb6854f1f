"""Intervals that hold with few studies: of the mean, and of a new study.

Mean: Hartung and Knapp's (2001), or the normal one where that is wider (the hybrid of Jackson et
al. 2017, Stat Med 36:3923). New study: t with k - 2 degrees of freedom (Higgins, Thompson and
Spiegelhalter 2009), and never narrower than what the confidence distribution of tau2 says
(Nagashima, Noma and Furukawa 2019, Stat Methods Med Res 28:1689), so that it is more than the
interval of the mean where tau2 is estimated as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.synthesis.heterogeneity import generalised_q_root
from hilum.synthesis.least_squares import orthonormal
from hilum.synthesis.roots import brentq

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.two_stage import Fit

FEWEST_NEW: Final = 4
"""Studies from which on an interval of a new study is shown."""
NODES: Final = 30
T_NODES: Final = 24
# Below this part of the mean's error, tau widens its t distribution and no more.
SMALL: Final = 0.1


def half_width(se: Array, q: Array, k: int, level: float = 0.95) -> Array:
    """Half of the mean's interval: the wider of Hartung-Knapp's and the normal one.

    Parameters
    ----------
    se, q : ndarray
        The model's own standard error, and Hartung and Knapp's factor of its square.
    """
    z, t = special.ndtri(0.5 + level / 2), special.stdtrit(k - 1, 0.5 + level / 2)
    return np.maximum(z, t * np.sqrt(q)) * se


def half_new(se: Array, q: Array, tau2: Array, k: int, level: float = 0.95) -> Array:
    """Half of a new study's interval by t with k - 2; the mean's error is never scaled down."""
    t = special.stdtrit(k - 2, 0.5 + level / 2)
    return t * np.sqrt(tau2 + np.maximum(q, 1.0) * se**2)


@dataclass(frozen=True, slots=True)
class Spread:
    """A confidence distribution of tau: equal shares of probability by ``weight``.

    Given each tau the mean is t with k - 1 degrees of freedom around ``mean`` with error ``se``,
    and a new study normal around it. Arrays end in (nodes,).
    """

    tau: Array
    mean: Array
    se: Array
    weight: Array
    df: int

    def cdf(self, value: Array) -> Array:
        """Probability that a new study's effect is below ``value``, shape (...)."""
        t, share = _t_nodes(self.df)
        away = np.asarray(value)[..., None] - self.mean
        tau = np.maximum(self.tau, 1e-300)
        parts = (away[..., None] - self.se[..., None] * t) / tau[..., None]
        spread = special.ndtr(parts) @ share
        whole = np.maximum(np.hypot(self.se, self.tau), 1e-300)
        plain = special.stdtr(self.df, away / whole)
        return np.where(self.tau < SMALL * self.se, plain, spread) @ self.weight

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The central interval of a new study's effect, for one meta-analysis."""
        reach = float((np.abs(self.mean - self.mean[0]) + self.se + self.tau).max()) or 1.0
        middle = float(self.mean[0])
        # Where the studies leave less room than a float has there, a step must still move.
        reach = max(reach, 1e-12 * abs(middle))

        def end(p: float) -> float:
            low, high = middle - reach, middle + reach
            while float(self.cdf(np.asarray(low))) > p:
                low -= 2 * (middle - low)
            while float(self.cdf(np.asarray(high))) < p:
                high += 2 * (high - middle)
            return float(
                brentq(lambda x: float(self.cdf(np.asarray(x))) - p, low, high, xtol=1e-10)
            )

        return end(0.5 - level / 2), end(0.5 + level / 2)


def shares() -> tuple[Array, Array]:
    """Where the distribution function of tau is read, and the weight of each place."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2


@lru_cache
def _t_nodes(df: int) -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(T_NODES)
    return special.stdtrit(df, (nodes + 1) / 2), weights / 2


def spread_of(y: Array, v: Array) -> Spread:
    """Of effects and variances, shape (B, k): Q at tau2 is chi-squared with k - 1."""
    k = y.shape[1]
    places, weight = shares()
    tau2, mean, se = (np.empty((len(y), NODES)) for _ in range(3))
    for i, place in enumerate(places):
        target = np.full(len(y), special.chdtri(k - 1, place))
        tau2[:, i] = generalised_q_root(y, v, None, target)
        w = 1 / (v + tau2[:, i : i + 1])
        total = w.sum(1)
        mean[:, i] = (w * y).sum(1) / total
        q = (w * (y - mean[:, i : i + 1]) ** 2).sum(1) / (k - 1)
        se[:, i] = np.sqrt(q / total)
    return Spread(np.sqrt(tau2), mean, se, weight, k - 1)


def new_study_ends(fit: Fit) -> tuple[float, float]:
    """Ends of a new study's interval on the model's scale, from four studies on."""
    se = 1 / np.sqrt((1 / (fit.vi + fit.tau2)).sum())
    half = float(half_new(se, np.asarray(fit.scale), np.asarray(fit.tau2), fit.k, fit.level))
    made = spread_of(fit.yi[None], fit.vi[None])
    one = Spread(made.tau[0], made.mean[0], made.se[0], made.weight, made.df)
    return joined(float(fit.beta[0]), half, one, fit.level)


def half_at(se: Array, q: Array, df: int, level: float = 0.95) -> Array:
    """Half of an interval of a regression: the wider of Knapp-Hartung's and the normal one.

    Parameters
    ----------
    se, q : ndarray
        The model's own standard error of a coefficient or a prediction, and Knapp and Hartung's
        factor (2003, Stat Med 22:2693) of its square.
    df : int
        Studies less coefficients.
    """
    return half_width(se, q, df + 1, level)


def new_study_at(fit: Fit, rows: Array) -> list[tuple[float, float]]:
    """Ends of a new study's interval at rows of moderators (m, p): with k - p of 3 or more.

    As :func:`new_study_ends`, whose k - 1 and k - 2 degrees of freedom become k - p and k - p - 1.
    """
    df = fit.k - fit.p
    w = 1 / (fit.vi + fit.tau2)
    inverse = np.linalg.inv((w[:, None] * fit.design).T @ fit.design)
    se = np.sqrt(np.einsum("mi,ij,mj->m", rows, inverse, rows))
    half = half_new(se, np.asarray(fit.scale), np.asarray(fit.tau2), df + 1, fit.level)
    return [
        joined(float(beta), float(wide), one, fit.level)
        for beta, wide, one in zip(rows @ fit.beta, half, spreads_at(fit, rows), strict=True)
    ]


def spreads_at(fit: Fit, rows: Array) -> list[Spread]:
    """The confidence distribution of tau beyond moderators, with the mean at each of ``rows``."""
    df = fit.k - fit.p
    places, weight = shares()
    basis, back = orthonormal(fit.design, np.ones(fit.k, np.bool_))
    target = special.chdtri(df, places)
    y, v = np.tile(fit.yi, (NODES, 1)), np.tile(fit.vi, (NODES, 1))
    tau2 = generalised_q_root(y, v, np.broadcast_to(basis, (NODES, *basis.shape)), target)
    w = 1 / (v + tau2[:, None])
    inverse = np.linalg.inv(np.einsum("nk,ki,kj->nij", w, basis, basis))
    beta = np.einsum("nij,kj,nk->ni", inverse, basis, w * y)
    q = (w * (y - beta @ basis.T) ** 2).sum(1) / df
    turned = rows @ back
    mean = turned @ beta.T
    se = np.sqrt(np.einsum("mi,nij,mj->mn", turned, inverse, turned) * q)
    tau = np.sqrt(tau2)
    return [Spread(tau, mean[i], se[i], weight, df) for i in range(len(rows))]


def joined(beta: float, half: float, spread: Spread, level: float) -> tuple[float, float]:
    """The ends that lie further out, of both ways."""
    low, high = spread.interval(level)
    return min(low, beta - half), max(high, beta + half)
