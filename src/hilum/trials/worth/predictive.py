"""From the figures of single series to draws of what a treatment would achieve elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import columns, refuse
from hilum.synthesis.two_stage import effects

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

# Half-normal prior of tau on log odds and log hazards (Roever and others 2021); normal prior of
# the mean log odds, nearly flat between 1 and 99 per cent.
TAU_SCALE, LOGIT_SD = 0.5, 2.5
# Log odds every 0.025 (a fifth of the standard error of 1,000 patients at 10 %), the mean within 8
# of 0, a setting's own within 12.
STEP, MEAN_END, OWN_END, TAU_NODES = 0.025, 8.0, 12.0, 30


def proportion_draws(
    events: ArrayLike,
    n: ArrayLike,
    draws: int,
    rng: np.random.Generator,
    *,
    bias_sd: float = 0.0,
    tau_scale: float = TAU_SCALE,
) -> Array:
    """Draws of a treatment's chance of response in a new setting, shape (draws,).

    Exact binomial-normal likelihood on a grid of mean and tau, predictive distribution of a new
    setting, then a normal distortion of the log odds with standard deviation ``bias_sd``.

    Parameters
    ----------
    events, n : array_like, shape (k,)
        Of each series; 0 <= events <= n, n >= 1.
    bias_sd : float
        What the absence of a comparison may hide, on log odds: patients chosen for the treatment,
        outcomes judged by those who gave it. Not shared between treatments.
    tau_scale : float
        Of the half-normal prior of tau.

    Raises
    ------
    NotEstimable
        No series, counts out of range, ``bias_sd`` below 0.
    """
    x, size = columns(events=events, n=n)
    if not len(x):
        message = "no series to draw from"
        raise NotEstimable(message)
    wrong = ~((x >= 0) & (x <= size) & (size >= 1) & np.isfinite(size))
    refuse(wrong, "0 <= events <= n and n >= 1", events=x, n=size)
    if bool(np.isnan(x + size).any()):
        message = "events, n: a value is missing; leave the row out"
        raise NotEstimable(message)
    _check_sd(bias_sd, tau_scale)
    tau = (np.arange(TAU_NODES) + 0.5) / TAU_NODES * 4 * tau_scale
    own = np.arange(-round(OWN_END / STEP), round(OWN_END / STEP) + 1) * STEP
    inside = np.abs(own) <= MEAN_END + STEP / 2
    mu = own[inside]
    logs = -((mu / LOGIT_SD) ** 2) / 2 - ((tau / tau_scale) ** 2 / 2)[:, None]
    # A setting's log odds given mean and tau: masses of a normal in the cells of the grid, so the
    # marginal likelihood of a series is a convolution, exact for any tau.
    edges = np.append(own - STEP / 2, own[-1] + STEP / 2) / tau[:, None]
    kernels = np.diff(special.ndtr(edges), axis=1)
    for events_i, n_i in zip(x, size, strict=True):
        likelihood = -events_i * np.logaddexp(0, -own) - (n_i - events_i) * np.logaddexp(0, own)
        top = float(likelihood.max())
        likelihood = np.exp(likelihood - top)
        marginal = np.array([np.convolve(likelihood, kernel, "same") for kernel in kernels])
        logs += np.log(np.maximum(marginal[:, inside], 1e-300))
    mass = np.exp(logs - logs.max())
    pick = rng.choice(mass.size, draws, p=(mass / mass.sum()).ravel())
    place_tau, place_mu = np.unravel_index(pick, mass.shape)
    # Spread over the grid's cells, so that draws are continuous.
    mean = mu[place_mu] + rng.uniform(-0.5, 0.5, draws) * (mu[1] - mu[0])
    spread = tau[place_tau] + rng.uniform(-0.5, 0.5, draws) * (tau[1] - tau[0])
    distorted = np.sqrt(spread**2 + bias_sd**2)
    return special.expit(mean + distorted * rng.normal(size=draws))


def median_draws(
    median: ArrayLike,
    ci_low: ArrayLike,
    ci_high: ArrayLike,
    draws: int,
    rng: np.random.Generator,
    *,
    bias_sd: float = 0.0,
    tau_scale: float = TAU_SCALE,
) -> Array:
    """Draws of a treatment's median survival in a new setting, months, shape (draws,).

    Normal-normal model of log medians whose variances come from 95 % intervals; tau on a grid
    with a half-normal prior, flat prior of the mean; predictive distribution and distortion as in
    :func:`proportion_draws`.

    Raises
    ------
    NotEstimable
        No series; a median or limit not above 0, or an interval without width.
    """
    middle, low, high = columns(median=median, ci_low=ci_low, ci_high=ci_high)
    wrong = ~((low > 0) & (low <= middle) & (middle <= high) & (low < high) & np.isfinite(high))
    refuse(wrong, "0 < ci_low <= median <= ci_high", median=middle, ci_low=low, ci_high=high)
    _check_sd(bias_sd, tau_scale)
    z = float(special.ndtri(0.975))
    y, v = effects(np.log(middle), (np.log(high / low) / (2 * z)) ** 2)
    tau = (np.arange(400) + 0.5) / 400 * 4 * tau_scale
    w = 1 / (v + tau[:, None] ** 2)
    total = w.sum(axis=1)
    centre = w @ y / total
    rss = (w * (y - centre[:, None]) ** 2).sum(axis=1)
    logs = (np.log(w).sum(axis=1) - np.log(total) - rss - (tau / tau_scale) ** 2) / 2
    mass = np.exp(logs - logs.max())
    pick = rng.choice(len(tau), draws, p=mass / mass.sum())
    spread = np.sqrt(1 / total[pick] + tau[pick] ** 2 + bias_sd**2)
    return np.exp(centre[pick] + spread * rng.normal(size=draws))


def _check_sd(bias_sd: float, tau_scale: float) -> None:
    if not (0 <= bias_sd < np.inf and 0 < tau_scale < np.inf):
        message = phrased(
            "bias_sd {bias_sd:g}, tau_scale {tau_scale:g}: expected 0 or more, and above 0",
            bias_sd=bias_sd,
            tau_scale=tau_scale,
        )
        raise NotEstimable(message)
