"""Bayesian normal-normal random-effects model, by quadrature: no sampling, no Monte-Carlo error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.arrays import coverage
from hilum.synthesis.roots import brentq
from hilum.synthesis.two_stage import effects

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

# A code of PRIORS.
Prior = str
PANELS, ORDER = 40, 20


@dataclass(frozen=True, slots=True)
class Posterior:
    """Summaries of one quantity; the interval is central."""

    mean: float
    sd: float
    median: float
    ci: tuple[float, float]


@dataclass(frozen=True, slots=True)
class BayesFit:
    """Posterior of the mean effect, of tau, and of the effect in a new study.

    ``theta`` are the studies' own effects (posterior means), ``loglik`` the log marginal
    likelihood of the data (``None`` with a flat prior on the mean, where it has no scale).
    ``weights`` are the studies' percent of the mean, posterior means too (Röver 2020); with a
    normal prior of the mean they do not add up to 100.
    """

    mu: Posterior
    tau: Posterior
    prediction: Posterior
    theta: Array
    loglik: float | None
    prior: str
    k: int
    weights: Array


def bayes(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    prior: Prior = "half-normal",
    scale: float = 0.5,
    mean: float = 0.0,
    sd: float | None = None,
    level: float = 0.95,
) -> BayesFit:
    """Random-effects model with a prior on tau (Röver 2020).

    Given tau, mean and new effect are normal; tau is integrated out by composite Gauss-Legendre
    quadrature on a rational map of [0, inf), so that heavy tails are not cut.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    prior : {"half-normal", "half-cauchy", "uniform"}
        On tau, with ``scale``; the uniform runs from 0 to ``scale``. Half-normal 0.5 suits log
        odds and hazard ratios (Röver 2021).
    mean, sd : float
        Normal prior of the mean effect; flat where ``sd`` is None.

    Raises
    ------
    NotEstimable
        ``scale`` or ``sd`` not above 0, or what :func:`hilum.synthesis.two_stage.fit` refuses.
    """
    y, v = effects(yi, vi)
    coverage(level)
    spread = found(PRIORS, prior, "prior")
    if not (0 < scale < np.inf) or (sd is not None and not 0 < sd < np.inf):
        message = phrased("scale {scale:g}, sd {sd}: expected numbers above 0", scale=scale, sd=sd)
        raise NotEstimable(message)
    precision = 0.0 if sd is None else sd**-2

    def conditional(tau: Array) -> tuple[Array, Array, Array]:
        """Mean and variance of mu given tau, and the log of likelihood times prior."""
        w = 1 / (v + tau[:, None] ** 2)
        total = w.sum(1) + precision
        centre = (w @ y + precision * mean) / total
        rss = (w * (y - centre[:, None]) ** 2).sum(1) + precision * (centre - mean) ** 2
        logs = (np.log(w).sum(1) - np.log(total) - rss) / 2
        return centre, 1 / total, logs + spread.log_density(tau, scale)

    tau, weight = _nodes(spread, scale, y, v)
    centre, variance, logs = conditional(tau)
    top = float(logs.max())
    mass = weight * np.exp(logs - top)
    total = float(mass.sum())
    mass = mass / total
    tail = (1 - level) / 2
    probabilities = (tail, 0.5, 1 - tail)
    mu = _mixture(mass, centre, variance, probabilities)
    new = _mixture(mass, centre, variance + tau**2, probabilities)
    quantiles = _tau_quantiles(tau, mass, probabilities)
    tau_mean = float(mass @ tau)
    share = v / (v + tau[:, None] ** 2)
    theta = mass @ (share * centre[:, None] + (1 - share) * y)
    inverse = 1 / (v + tau[:, None] ** 2)
    weights = 100 * (mass @ (inverse / (inverse.sum(1) + precision)[:, None]))
    loglik = None
    if sd is not None:
        loglik = (
            top + float(np.log(total)) - len(y) / 2 * float(np.log(2 * np.pi)) - float(np.log(sd))
        )
    return BayesFit(
        mu,
        Posterior(
            tau_mean,
            float(np.sqrt(mass @ (tau - tau_mean) ** 2)),
            quantiles[1],
            (quantiles[0], quantiles[2]),
        ),
        new,
        theta,
        loglik,
        f"{prior}({scale:g})",
        len(y),
        weights,
    )


@dataclass(frozen=True, slots=True)
class TauPrior:
    """A prior of tau: its log density (tau, scale), and whether it ends at ``scale``."""

    log_density: Callable[[Array, float], Array]
    bounded: bool = False


def _half_normal(tau: Array, scale: float) -> Array:
    return 0.5 * np.log(2 / np.pi) - np.log(scale) - (tau / scale) ** 2 / 2


def _half_cauchy(tau: Array, scale: float) -> Array:
    return np.log(2 / np.pi) - np.log(scale) - np.log1p((tau / scale) ** 2)


def _uniform(tau: Array, scale: float) -> Array:
    return np.full_like(tau, -np.log(scale))


PRIORS: Final[dict[str, TauPrior]] = {
    "half-normal": TauPrior(_half_normal),
    "half-cauchy": TauPrior(_half_cauchy),
    "uniform": TauPrior(_uniform, bounded=True),
}
"""Priors of tau by their code; a new one is one record here."""


def _nodes(prior: TauPrior, scale: float, y: Array, v: Array) -> tuple[Array, Array]:
    """Nodes and weights on [0, scale] (uniform) or [0, inf) by tau = c x / (1 - x)."""
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    edges = np.linspace(0.0, 1.0, PANELS + 1)
    width = np.diff(edges)
    x = (edges[:-1, None] + width[:, None] * (nodes + 1) / 2).ravel()
    w = (width[:, None] * weights / 2).ravel()
    spread = float(np.sqrt(max(float(np.var(y)), float(v.min()))))
    if prior.bounded:
        # Panels crowd towards 0, where narrow posteriors lie.
        return scale * x**2, w * 2 * scale * x
    middle = min(scale, 2 * spread) if len(y) > 1 else scale
    return middle * x / (1 - x), w * middle / (1 - x) ** 2


def _mixture(
    mass: Array, centre: Array, variance: Array, probabilities: tuple[float, ...]
) -> Posterior:
    mean = float(mass @ centre)
    sd = float(np.sqrt(mass @ (variance + (centre - mean) ** 2)))
    root = np.sqrt(variance)

    def quantile(p: float) -> float:
        def off(value: float) -> float:
            return float(mass @ special.ndtr((value - centre) / root)) - p

        width = 4 * sd if np.isfinite(sd) else 4 * float(root[0])
        low, high = mean - width, mean + width
        while off(low) > 0:
            low -= width
        while off(high) < 0:
            high += width
        return brentq(off, low, high, xtol=1e-13, rtol=1e-13)

    low, median, high = (quantile(p) for p in probabilities)
    return Posterior(mean, sd, median, (low, high))


def _tau_quantiles(tau: Array, mass: Array, probabilities: tuple[float, ...]) -> list[float]:
    """Invert the distribution function: exact at panel ends, smooth between them."""
    from scipy.interpolate import PchipInterpolator

    # Within a panel the antiderivative of the nodes' interpolating polynomial is used.
    nodes, weights = np.polynomial.legendre.leggauss(ORDER)
    grid = np.linspace(-1.0, 1.0, 33)
    to_legendre = np.linalg.inv(np.polynomial.legendre.legvander(nodes, ORDER - 1))
    density = (mass.reshape(-1, ORDER) / weights) @ to_legendre.T
    integral = np.polynomial.legendre.legint(density, axis=1, lbnd=-1)
    inside = np.polynomial.legendre.legval(grid, integral.T)
    places = np.polynomial.legendre.legval(grid, (tau.reshape(-1, ORDER) @ to_legendre.T).T)
    before = np.concatenate([[0.0], np.cumsum(mass.reshape(-1, ORDER).sum(1))[:-1]])
    x, f = places[:, :-1].ravel(), (before[:, None] + inside)[:, :-1].ravel()
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(f)) > 1e-13])
    inverse = PchipInterpolator(np.maximum.accumulate(f)[rising], x[rising])
    return [float(inverse(p)) for p in probabilities]
