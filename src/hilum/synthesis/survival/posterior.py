"""The joint model's posterior by importance sampling around its mode: no sampler to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.synthesis.survival.joint import POINTS, SurvivalFit, second_derivatives
from hilum.synthesis.survival.likelihood import MarginalLikelihood
from hilum.synthesis.survival.summary import Quantity, SurvivalCurve, pooled_survival

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

# Heavier tails than the posterior's, so that weights stay bounded.
PROPOSAL_DF = 5


@dataclass(frozen=True, slots=True)
class Priors:
    """Scales of the priors.

    Normal on the family's parameters (times relative to the crude mean survival), half-normal on
    tau, the standard deviation of log time between studies.
    """

    location: float = 5.0
    others: float = 1.5
    tau: float = 0.5


@dataclass(frozen=True)
class Posterior:
    """Equally weighted draws.

    Attributes
    ----------
    beta : ndarray, shape (draws, p)
    tau : ndarray, shape (draws,)
        0 throughout for one study.
    effective : float
        Effective number of independent draws behind the weights.
    """

    fit: SurvivalFit
    beta: Array
    tau: Array
    new: Array
    effective: float
    priors: Priors


def posterior(
    fit: SurvivalFit,
    *,
    priors: Priors | None = None,
    draws: int = 2000,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Posterior:
    """Sample the posterior of a model fitted with one random effect or none.

    Parameters
    ----------
    fit : SurvivalFit
        Gives the data, the family and where to begin.
    draws : int
        Of the proposal, a multivariate t around the posterior mode.
    progress : callable, optional
        Called with the number of draws weighed, every hundred.

    Raises
    ------
    NotEstimable
        A fit whose shape varies too (fit it with ``random="location"``), or a prior scale that
        is not above 0.
    NotConverged
        Where fewer than a tenth of the draws carry the weight.
    """
    prior = priors or Priors()
    _require_samplable(fit, prior)
    likelihood = MarginalLikelihood(fit.data, fit.family, fit.random, POINTS[len(fit.random)])
    p = likelihood.fixed
    density, log_posterior = _log_posterior(fit, likelihood, prior)
    mode, root = _around_mode(fit, p, log_posterior)
    rng = np.random.default_rng(seed)
    points, proposal = _proposed(rng, mode, root, draws)
    target = np.empty(draws)
    for i, point in enumerate(points):
        target[i] = density(point)
        if progress is not None and i % 100 == 99:
            progress(i + 1)
    weight, effective = _weights(target, proposal)
    # Systematic resampling keeps the weights' precision.
    places = (np.arange(draws) + rng.random()) / draws
    chosen = points[np.minimum(np.searchsorted(np.cumsum(weight), places), draws - 1)]
    tau = np.exp(chosen[:, p]) if fit.random else np.zeros(draws)
    return Posterior(fit, chosen[:, :p], tau, tau * rng.standard_normal(draws), effective, prior)


def _require_samplable(fit: SurvivalFit, prior: Priors) -> None:
    """One tau at most has a prior here, and a prior of no width leaves nothing to sample."""
    if len(fit.random) > 1:
        message = "the Bayesian option takes one random effect: fit with random='location'"
        raise NotEstimable(message)
    if not min(prior.location, prior.others, prior.tau) > 0:
        message = phrased("{prior}: expected scales above 0", prior=prior)
        raise NotEstimable(message)


def _log_posterior(
    fit: SurvivalFit, likelihood: MarginalLikelihood, prior: Priors
) -> tuple[Callable[[Array], float], Callable[[Array], tuple[float, Array]]]:
    """The density by which draws are weighed, and that with its gradient to seek the mode of.

    Both at (beta, log tau), the Jacobian of log tau in them.
    """
    p = likelihood.fixed
    scale = np.array([prior.location, *[prior.others] * (p - 1)])
    penalty = np.zeros((p, p)) if fit.family.penalty is None else fit.family.penalty
    varies = bool(fit.random)

    def natural(point: Array) -> Array:
        theta = point.copy()
        if varies:
            theta[p] = np.exp(np.clip(point[p], -30, 5))
        return theta

    def with_prior(value: float, point: Array, theta: Array) -> float:
        beta = point[:p]
        value -= float((beta**2 / scale**2).sum()) / 2 + float(beta @ penalty @ beta) / 2
        if varies:
            value += point[p] - (theta[p] / prior.tau) ** 2 / 2
        return value

    def density(point: Array) -> float:
        theta = natural(point)
        return with_prior(likelihood.value(theta), point, theta)

    def with_slope(point: Array) -> tuple[float, Array]:
        theta = natural(point)
        value, slope = likelihood(theta)
        beta = point[:p]
        slope[:p] -= beta / scale**2 + penalty @ beta
        if varies:
            tau = theta[p]
            slope[p] = slope[p] * tau + 1 - (tau / prior.tau) ** 2
        return with_prior(value, point, theta), slope

    return density, with_slope


def _around_mode(
    fit: SurvivalFit, p: int, log_posterior: Callable[[Array], tuple[float, Array]]
) -> tuple[Array, Array]:
    """The mode and a root of the covariance there: where to propose, and how widely."""

    def loss(point: Array) -> tuple[float, Array]:
        value, slope = log_posterior(point)
        return (-value, -slope) if np.isfinite(value) else (1e10, np.zeros_like(point))

    start = np.array(fit.theta)
    if fit.random:
        start[p] = np.log(max(abs(start[p]), 0.1))
    with np.errstate(all="ignore"):
        found = optimize.minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-4})
    mode = np.asarray(found.x, np.float64)
    return mode, np.linalg.cholesky(np.linalg.inv(second_derivatives(loss, mode)))


def _proposed(
    rng: np.random.Generator, mode: Array, root: Array, draws: int
) -> tuple[Array, Array]:
    """Draws of a multivariate t, and the log density of each but for a constant."""
    size = len(mode)
    normal = rng.standard_normal((draws, size))
    chi = rng.chisquare(PROPOSAL_DF, draws) / PROPOSAL_DF
    standard = normal / np.sqrt(chi)[:, None]
    points = mode + standard @ root.T
    density = -(PROPOSAL_DF + size) / 2 * np.log1p((standard**2).sum(1) / PROPOSAL_DF)
    return points, density


def _weights(target: Array, proposal: Array) -> tuple[Array, float]:
    """Of each draw, and how many independent ones they are worth: refused where a few have all."""
    draws = len(target)
    logs = np.where(np.isfinite(target), target - proposal, -np.inf)
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    effective = float(1 / (weight**2).sum())
    if effective < draws / 10:
        message = phrased(
            "importance weights: {effective:.0f} of {draws} draws carry the posterior",
            effective=effective,
            draws=draws,
        )
        raise NotConverged(message)
    return weight, effective


def posterior_curve(draws: Posterior, times: ArrayLike) -> SurvivalCurve:
    """Posterior median of survival with credible and prediction bands (central)."""
    shape = pooled_survival(draws.fit, times)
    middle, low, high = _quantiles(draws, _survival(draws, shape.time, new=False))
    new = None
    if draws.fit.random:
        _, *new = _quantiles(draws, _survival(draws, shape.time, new=True))
    return SurvivalCurve(
        shape.time,
        middle,
        low,
        high,
        new[0] if new else None,
        new[1] if new else None,
        shape.k,
        shape.n,
    )


def posterior_median(draws: Posterior) -> Quantity | None:
    """Posterior of the median; ``None`` where half of the draws never reach it."""
    both = [_median(draws, new) for new in (False, True)]
    middle, low, high = _quantiles(draws, both[0][None])
    if not np.isfinite(middle[0]):
        return None
    _, *new = _quantiles(draws, both[1][None])
    prediction = (float(new[0][0]), float(new[1][0])) if draws.fit.random else None
    return Quantity(float(middle[0]), (float(low[0]), float(high[0])), prediction)


def posterior_restricted_mean(draws: Posterior, horizon: float) -> Quantity:
    """Posterior of the mean survival time to ``horizon``."""
    nodes, weights = np.polynomial.legendre.leggauss(48)
    time = horizon * (nodes + 1) / 2
    found = [(weights * horizon / 2) @ _survival(draws, time, new=new) for new in (False, True)]
    middle, low, high = _quantiles(draws, found[0][None])
    _, *new = _quantiles(draws, found[1][None])
    prediction = (float(new[0][0]), float(new[1][0])) if draws.fit.random else None
    return Quantity(float(middle[0]), (float(low[0]), float(high[0])), prediction)


def _quantiles(draws: Posterior, values: Array) -> tuple[Array, Array, Array]:
    tail = (1 - draws.fit.level) / 2
    # Nearest ranks: a median not reached is infinite, which no interpolation may meet.
    low, middle, high = np.quantile(values, (tail, 0.5, 1 - tail), axis=1, method="inverted_cdf")
    return middle, low, high


def _total(draws: Posterior, time: Array, *, new: bool) -> Array:
    """Cumulative hazard, shape (times, draws); ``time`` (T, 1) or (T, draws)."""
    family, beta = draws.fit.family, draws.beta
    location = beta[:, 0] + (draws.new if new else 0.0)
    if not family.knots:
        return family.hazards(time, [location[None], *(one[None] for one in beta.T[1:])])[0]
    # A spline's hazard is a sum of one curve a parameter: each is found once for all draws.
    zeros = [np.zeros((1, 1))] * beta.shape[1]
    total, slopes = family.hazards(np.reshape(time, (-1, 1)), zeros)
    others = np.concatenate(slopes[1:], axis=1).reshape(*time.shape, -1)
    ratios = np.exp(np.clip(beta[:, 1:], -50, 50))
    first = total.reshape(time.shape) - others.sum(-1)
    return (first + (others * ratios).sum(-1)) * np.exp(-location)


def _survival(draws: Posterior, time: Array, *, new: bool) -> Array:
    relative = np.maximum(time / draws.fit.data.unit, 1e-12)[:, None]
    return np.exp(-_total(draws, relative, new=new))


def _median(draws: Posterior, new: bool) -> Array:
    target = float(np.log(2.0))
    low = np.full((1, len(draws.beta)), np.log(1e-6))
    high = np.full_like(low, np.log(1e6))
    reached = _total(draws, np.exp(high), new=new)[0] >= target
    for _ in range(60):
        middle = (low + high) / 2
        below = _total(draws, np.exp(middle), new=new) < target
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(reached, np.exp(high[0]) * draws.fit.data.unit, np.inf)
