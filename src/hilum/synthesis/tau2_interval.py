"""Intervals of tau2, I2 and H2: Q-profile and generalised Q."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.synthesis.heterogeneity import generalised_q_root
from hilum.synthesis.roots import brentq

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.exact.fit import ExactFit
    from hilum.synthesis.two_stage import Fit

Limits = tuple[float, float, float]
NODES = 32
# From so many weights on the transform decays fast along a vertical line.
MANY = 24
# Along that line: steps of the saddle's own width, how many to either side, how far it is bent.
STRIDE, STRIDES, BEND = 0.1, 2000, 1e-3
# How exactly an end of the interval is found.
XTOL, RTOL = 1e-14, 1e-13


@dataclass(frozen=True, slots=True)
class HeterogeneityInterval:
    """Estimate, lower and upper limit of each; I2 in percent."""

    tau2: Limits
    I2: Limits
    H2: Limits


def q_profile(fit: Fit) -> HeterogeneityInterval:
    """Invert Cochran's generalised Q with weights 1 / (vi + tau2) (Viechtbauer 2007).

    Exact under normality whatever estimator gave tau2. Where Q(0) is below even the upper
    limit's quantile the data are more alike than chance allows, and both limits are 0.

    Raises
    ------
    NotEstimable
        With no degree of freedom left.
    """
    df = _df(fit)
    tail = (1 - fit.level) / 2
    targets = special.chdtri(df, np.array([tail, 1 - tail]))
    y, v = np.broadcast_to(fit.yi, (2, fit.k)), np.broadcast_to(fit.vi, (2, fit.k))
    low, high = generalised_q_root(y, v, fit._basis, targets)  # pyright: ignore[reportPrivateUsage]
    return scaled(fit, float(low), float(high))


def generalised_q(fit: Fit) -> HeterogeneityInterval:
    """Invert the distribution of Q with the weights 1 / vi (Jackson 2013), as DL uses them.

    Q is a weighted sum of chi-squared variables, whose distribution function comes from its
    Laplace transform (Talbot's contour: Weideman & Trefethen 2007). Cubic in k.
    """
    _df(fit)
    w = np.reciprocal(fit.vi)
    x = fit.design
    weighted = w[:, None] * x
    projection = np.diag(w) - weighted @ np.linalg.solve(weighted.T @ x, weighted.T)
    q = float(fit.yi @ projection @ fit.yi)
    tail = (1 - fit.level) / 2

    def below(tau2: float) -> float:
        root = np.sqrt(fit.vi + tau2)
        values = np.linalg.eigvalsh(root[:, None] * projection * root)
        # In ascending order; those of the coefficients are 0 but for rounding.
        return weighted_chi2_cdf(q, values[fit.p :])

    low, high = (_crossing(below, target, q) for target in (1 - tail, tail))
    return scaled(fit, low, high)


def weighted_chi2_cdf(x: float, weights: Array) -> float:
    """P(sum of weights_j * chi2_1 <= x), weights above 0; absolute error below 1e-11."""
    if x <= 0:
        return 0.0
    if len(weights) >= MANY:
        return _vertical(x, weights)
    # Only the upper half of the contour: the integrand is conjugate symmetric.
    theta = (2 * np.arange(NODES // 2) + 1) * np.pi / NODES
    turn = 0.6407 * theta
    cot = 1 / np.tan(turn)
    z = NODES * (0.5017 * theta * cot - 0.6122 + 0.2645j * theta)
    slope = NODES * (0.5017 * (cot - turn / np.sin(turn) ** 2) + 0.2645j)
    s = z / x
    transform = np.exp(z - 0.5 * np.log(1 + 2 * weights[:, None] * s).sum(0)) / s
    return float(min(max(2 / (NODES * x) * np.imag(transform * slope).sum(), 0.0), 1.0))


def _vertical(x: float, weights: Array) -> float:
    """The same integral on a line through the saddle point, where many weights decay fast."""
    c, spread = _saddle(x, weights)
    # Bent to the left, by 40 / x at its ends: where x is far out, or one weight outweighs the
    # others, the transform alone falls too slowly along a straight line.
    u = STRIDE * np.arange(-STRIDES, STRIDES + 1)
    bend = BEND / (x * spread)
    s = c + spread * (1j * u - bend * u**2)
    terms = np.exp(s * x - 0.5 * np.log(1 + 2 * weights[:, None] * s).sum(0)) / s
    area = np.real(terms * (1 + 2j * bend * u)).sum()
    return float(min(max(STRIDE * spread * area / (2 * np.pi), 0.0), 1.0))


def _saddle(x: float, weights: Array) -> tuple[float, float]:
    """Where the transform times exp(s x) is lowest on the axis, and how narrow it is there.

    The exponent is s x - log(s) - sum(log(1 + 2 w s)) / 2; its width is its curvature's to the
    power of -1/2.
    """

    def fall(c: float) -> float:
        return x - float((weights / (1 + 2 * weights * c)).sum()) - 1 / c

    # Each weight takes something, and at most 1 / 2 c.
    c = brentq(fall, 1 / x, (len(weights) / 2 + 1) / x)
    curvature = float((2 * (weights / (1 + 2 * weights * c)) ** 2).sum() + 1 / c**2)
    return c, 1 / math.sqrt(curvature)


def _crossing(below: Callable[[float], float], target: float, scale: float) -> float:
    if below(0.0) <= target:
        return 0.0
    high = 1.0
    for _ in range(200):
        if below(high) < target:
            return brentq(lambda t: below(t) - target, 0.0, high, xtol=XTOL, rtol=RTOL)
        high *= 4
    message = phrased("tau2: no upper limit below {high:g} (Q {scale:g})", high=high, scale=scale)
    raise NotConverged(message)


def _df(fit: Fit) -> int:
    df = fit.k - fit.p
    if df < 1:
        message = phrased("{k} study, {p} coefficient: no interval of tau2", k=fit.k, p=fit.p)
        raise NotEstimable(message)
    return df


def scaled(fit: Fit | ExactFit, low: float, high: float) -> HeterogeneityInterval:
    """The interval of tau2 as one of I2 and H2 too; ``high`` may be infinite."""
    values = (fit.tau2, low, high)
    typical = fit.typical
    return HeterogeneityInterval(
        tau2=values,
        I2=tuple(100 / (1 + typical / t) if t else 0.0 for t in values),  # pyright: ignore[reportArgumentType]
        H2=tuple(t / typical + 1 for t in values),  # pyright: ignore[reportArgumentType]
    )
