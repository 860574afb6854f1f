"""The rate to expect in the next study, from published series: the meta-analytic-predictive prior.

Neuenschwander, Capkun-Niggli, Branson & Spiegelhalter 2010. Binomial likelihoods, a normal
distribution of true log odds between studies; everything by quadrature, so that the prior has no
Monte-Carlo error and is the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import columns, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

# Places of tau, of mu given tau, and of the standardised deviation of a new study.
TAU_PANELS, TAU_ORDER, MU_POINTS, NEW_POINTS = 8, 10, 101, 61
WIDTH = 10.0
# Grid of log odds on which the predictive distribution is kept.
GRID = np.linspace(-16.0, 16.0, 3201)


@dataclass(frozen=True, slots=True)
class MapPrior:
    """Predictive distribution of the rate in a new study, and what it came from.

    Parameters
    ----------
    rates, mass : ndarray, shape (m,)
        The distribution: places (rates, ascending) and probabilities.
    mean, sd : float
        Of the rate in a new study.
    interval : (float, float)
        Central 95 % of it.
    tau_mean, tau_sd, tau_interval
        Posterior of the spread between studies, on the log-odds scale.
    mu_mean, mu_sd
        Posterior of the mean log odds.
    labels : tuple of str
        The studies behind it.
    events, n : tuple of int
        Their counts.
    tau_scale, mu_sd_prior : float
        Half-normal scale of tau and standard deviation of the normal prior of mu.
    """

    rates: Array
    mass: Array
    mean: float
    sd: float
    interval: tuple[float, float]
    tau_mean: float
    tau_sd: float
    tau_interval: tuple[float, float]
    mu_mean: float
    mu_sd: float
    labels: tuple[str, ...]
    events: tuple[int, ...]
    n: tuple[int, ...]
    tau_scale: float
    mu_sd_prior: float


def map_prior(
    events: ArrayLike,
    n: ArrayLike,
    labels: Sequence[str],
    *,
    tau_scale: float = 1.0,
    mu_mean: float = 0.0,
    mu_sd: float = 2.0,
) -> MapPrior:
    """Predictive distribution of a new study's rate.

    Parameters
    ----------
    events, n : array_like, shape (k,)
        Whole numbers, ``0 <= events <= n``.
    labels : sequence of str, length k
    tau_scale : float
        Of the half-normal prior of the spread (log odds); 1 admits very different studies,
        0.5 is moderate.
    mu_mean, mu_sd : float
        Normal prior of the mean log odds.

    Raises
    ------
    NotEstimable
        No study, values that are no counts, scales not above 0.
    """
    x, size = columns(events=events, n=n)
    whole = (x == np.rint(x)) & (size == np.rint(size)) & (x >= 0) & (x <= size) & (size > 0)
    refuse(~whole, "whole numbers, 0 <= events <= n, n > 0", events=x, n=size)
    if not len(x) or len(labels) != len(x) or bool(np.isnan(x + size).any()):
        message = phrased(
            "{number} studies and {number_2} labels: at least one complete study needed",
            number=len(x),
            number_2=len(labels),
        )
        raise NotEstimable(message)
    if not (0 < tau_scale < np.inf and 0 < mu_sd < np.inf):
        message = phrased(
            "tau_scale {tau_scale:g}, mu_sd {mu_sd:g}: expected numbers above 0",
            tau_scale=tau_scale,
            mu_sd=mu_sd,
        )
        raise NotEstimable(message)
    tau, tau_weight = _tau_nodes(tau_scale)
    mu = _mu_nodes(x, size, tau, mu_mean, mu_sd)
    step = mu[:, 1] - mu[:, 0]
    logs = -(((mu - mu_mean) / mu_sd) ** 2) / 2 + np.log(step * tau_weight)[:, None]
    logs += -((tau / tau_scale) ** 2 / 2)[:, None]
    logs += _log_likelihood(x, size, mu, tau)
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    by_tau = mass.sum(1)
    u = np.linspace(-7.5, 7.5, NEW_POINTS)
    u_mass = np.exp(-(u**2) / 2)
    u_mass /= u_mass.sum()
    fine_mu, fine = _refined(mu, logs)
    places = fine_mu[:, :, None] + tau[:, None, None] * u
    on_grid = _spread_on_grid(places.ravel(), (fine[:, :, None] * u_mass).ravel())
    keep = on_grid > 1e-15
    rates, weights = special.expit(GRID[keep]), on_grid[keep] / on_grid[keep].sum()
    mean = float(weights @ rates)
    tau_mean, mu_hat = float(by_tau @ tau), float((mass * mu).sum())
    return MapPrior(
        rates,
        weights,
        mean,
        float(np.sqrt(weights @ (rates - mean) ** 2)),
        (_quantile(rates, weights, 0.025), _quantile(rates, weights, 0.975)),
        tau_mean,
        float(np.sqrt(by_tau @ (tau - tau_mean) ** 2)),
        (_quantile(tau, by_tau, 0.025), _quantile(tau, by_tau, 0.975)),
        mu_hat,
        float(np.sqrt((mass * (mu - mu_hat) ** 2).sum())),
        tuple(labels),
        tuple(int(value) for value in x),
        tuple(int(value) for value in size),
        tau_scale,
        mu_sd,
    )


def _tau_nodes(scale: float) -> tuple[Array, Array]:
    """Gauss-Legendre panels of tau = 7 scale s^2, crowding towards 0."""
    nodes, weights = np.polynomial.legendre.leggauss(TAU_ORDER)
    edges = np.linspace(0.0, 1.0, TAU_PANELS + 1)
    width = np.diff(edges)
    s = (edges[:-1, None] + width[:, None] * (nodes + 1) / 2).ravel()
    w = (width[:, None] * weights / 2).ravel()
    return 7 * scale * s**2, 14 * scale * s * w


def _mu_nodes(x: Array, n: Array, tau: Array, mean: float, sd: float) -> Array:
    """Equal steps around where normal approximations put mu, given each tau; shape (tau, mu)."""
    yi = np.log((x + 0.5) / (n - x + 0.5))
    vi = 1 / (x + 0.5) + 1 / (n - x + 0.5)
    w = 1 / (vi + tau[:, None] ** 2)
    total = w.sum(1) + sd**-2
    centre = (w @ yi + mean / sd**2) / total
    return centre[:, None] + np.linspace(-WIDTH, WIDTH, MU_POINTS) / np.sqrt(total)[:, None]


def _log_likelihood(x: Array, n: Array, mu: Array, tau: Array) -> Array:
    """Sum over studies of log int Bin(x | expit(theta)) N(theta; mu, tau^2), shape (tau, mu).

    The trapezoid rule on log odds converges at once where tau spans a step and a half; below
    that Gauss-Hermite's rule, whose points then lie close together, takes over.
    """
    spread = 1 / (x + 0.5) + 1 / (n - x + 0.5)
    step = max(0.4 * float(np.sqrt(spread.min())), 0.002)
    low, high = float(mu.min()) - 8 * float(tau.max()), float(mu.max()) + 8 * float(tau.max())
    low, high = max(low, -30.0), min(high, 30.0)
    theta = np.arange(low, high + step, step)
    # Beyond 30 the log odds of a study say nothing that the ends do not.
    logs = x * special.log_expit(theta[:, None]) + (n - x) * special.log_expit(-theta[:, None])
    top = special.xlogy(x, x / n) + special.xlogy(n - x, 1 - x / n)
    likelihood = np.exp(logs - top)
    u, w = np.polynomial.hermite_e.hermegauss(40)
    w = w / w.sum()
    out = np.zeros(mu.shape)
    for i, spread_here in enumerate(tau):
        if spread_here < 1.5 * step:
            at = mu[i][:, None] + spread_here * u
            part = np.zeros(mu.shape[1])
            for events, size, best in zip(x, n, top, strict=True):
                value = events * special.log_expit(at) + (size - events) * special.log_expit(-at)
                part += np.log(np.maximum(np.exp(value - best) @ w, 1e-300))
            out[i] = part
        else:
            kernel = np.exp(-(((mu[i][:, None] - theta) / spread_here) ** 2) / 2)
            kernel *= step / (spread_here * np.sqrt(2 * np.pi))
            out[i] = np.log(np.maximum(kernel @ likelihood, 1e-300)).sum(1)
    return out


def _refined(mu: Array, logs: Array) -> tuple[Array, Array]:
    """The same density of mu at five times as many places, so that its steps vanish on the grid.

    Matters where tau is near 0 and nothing else smooths mu.
    """
    from scipy.interpolate import CubicSpline

    index = np.arange(MU_POINTS)
    fine = np.linspace(0, MU_POINTS - 1, 5 * (MU_POINTS - 1) + 1)
    density = np.exp(np.asarray(CubicSpline(index, logs - logs.max(), axis=1)(fine)))
    places = mu[:, :1] + (mu[:, 1:2] - mu[:, :1]) * fine
    return places, density / density.sum()


def _spread_on_grid(places: Array, mass: Array) -> Array:
    """Put masses on the grid, each split between its two neighbours."""
    step = float(GRID[1] - GRID[0])
    at = np.clip((places - GRID[0]) / step, 0, len(GRID) - 1.000001)
    left = at.astype(np.intp)
    share = at - left
    found = np.zeros(len(GRID))
    found += np.bincount(left, mass * (1 - share), len(GRID))
    found += np.bincount(left + 1, mass * share, len(GRID))
    return found


def _quantile(places: Array, mass: Array, q: float) -> float:
    """Where the distribution function, halved at each place, passes q."""
    upto = np.cumsum(mass) - mass / 2
    return float(np.interp(q, upto, places))
