"""Proportions whose study probabilities follow a beta distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.synthesis.arrays import Array, columns, coverage, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class BetaBinomialFit:
    """The mean proportion itself, not that of a typical study as in the logit-normal model.

    ``rho`` is the intra-study correlation, 0 for a binomial; ``prediction`` the central interval
    of the fitted beta distribution, without the uncertainty of its parameters.
    """

    mean: float
    ci: tuple[float, float]
    rho: float
    beta: float
    se: float
    prediction: tuple[float, float] | None
    loglik: float
    k: int


def beta_binomial(xi: ArrayLike, ni: ArrayLike, *, level: float = 0.95) -> BetaBinomialFit:
    """Maximum likelihood of mean and correlation (Griffiths 1973).

    The interval of the mean is Wald's on the logit. Studies without events need no correction.

    Raises
    ------
    NotEstimable
        Fewer than two studies, a value that is no count, or all events or none in every study.
    NotConverged
        When the optimiser stops short of a maximum.
    """
    from scipy.optimize import minimize

    coverage(level)
    x, n = columns(xi=xi, ni=ni)
    whole = (x == np.rint(x)) & (n == np.rint(n)) & (x >= 0) & (x <= n) & (n > 0)
    refuse(~whole, "whole numbers, 0 <= xi <= ni", xi=x, ni=n)
    if len(x) < 2 or bool(np.isnan(x + n).any()):
        message = phrased("{number} studies: at least two complete ones are needed", number=len(x))
        raise NotEstimable(message)
    if bool(np.all((x == 0) | (x == n))):
        message = "every study has no events or nothing else: no finite maximum"
        raise NotEstimable(message)
    p = x.sum() / n.sum()
    z = float(special.ndtri(0.5 + level / 2))
    choose = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    binomial = float((choose + special.xlogy(x, p) + special.xlogy(n - x, 1 - p)).sum())

    def loss(theta: Array) -> tuple[float, Array]:
        value, gradient = _loglik(theta, x, n)
        return -(value + float(choose.sum())), -gradient

    best = None
    for log_size in (0.0, 2.0, 4.0):
        start = np.array([special.logit(p), log_size])
        found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-9})
        if np.isfinite(found.fun) and (best is None or found.fun < best.fun):
            best = found
    if best is None:
        message = "beta-binomial: no start leads to a finite likelihood"
        raise NotConverged(message)
    theta = np.asarray(best.x, np.float64)
    # Towards log_size = infinity the model becomes the binomial, its boundary.
    if theta[1] > 15 or -best.fun <= binomial + 1e-9:
        beta, se = float(special.logit(p)), float((n.sum() * p * (1 - p)) ** -0.5)
        ci = (float(special.expit(beta - z * se)), float(special.expit(beta + z * se)))
        return BetaBinomialFit(float(p), ci, 0.0, beta, se, None, binomial, len(x))
    theta, information = _polish(theta, x, n)
    covariance = np.linalg.inv(information)
    if not covariance[0, 0] > 0 or np.abs(_loglik(theta, x, n)[1]).max() > 1e-5:
        message = phrased("beta-binomial: stopped at mean {expit:g}", expit=special.expit(theta[0]))
        raise NotConverged(message)
    beta, se = float(theta[0]), float(np.sqrt(covariance[0, 0]))
    mean, size = float(special.expit(beta)), float(np.exp(theta[1]))
    tail = (1 - level) / 2
    ends = special.betaincinv(mean * size, (1 - mean) * size, np.array([tail, 1 - tail]))
    return BetaBinomialFit(
        mean,
        (float(special.expit(beta - z * se)), float(special.expit(beta + z * se))),
        1 / (1 + size),
        beta,
        se,
        (float(ends[0]), float(ends[1])),
        -loss(theta)[0],
        len(x),
    )


def _loglik(theta: Array, x: Array, n: Array) -> tuple[float, Array]:
    """Without the binomial coefficients; gradient in (logit mean, log(a + b))."""
    mean, size = special.expit(theta[0]), np.exp(np.minimum(theta[1], 40.0))
    a, b = mean * size, (1 - mean) * size
    value = special.betaln(x + a, n - x + b) - special.betaln(a, b)
    joint = special.digamma(n + size) - special.digamma(size)
    da = special.digamma(x + a) - special.digamma(a) - joint
    db = special.digamma(n - x + b) - special.digamma(b) - joint
    slope = mean * (1 - mean) * size * (da - db)
    return float(value.sum()), np.array([slope.sum(), (a * da + b * db).sum()])


def _polish(theta: Array, x: Array, n: Array) -> tuple[Array, Array]:
    """Newton's steps on central differences of the gradient."""
    information = np.eye(2)
    for _ in range(20):
        h = 1e-5
        rows = [
            (_loglik(theta + e, x, n)[1] - _loglik(theta - e, x, n)[1]) / (2 * h)
            for e in np.eye(2) * h
        ]
        information = -(np.array(rows) + np.array(rows).T) / 2
        step = np.linalg.solve(information, _loglik(theta, x, n)[1])
        if np.linalg.eigvalsh(information)[0] <= 0 or np.abs(step).max() > 1:
            break
        theta = theta + step
        if np.abs(step).max() < 1e-10:
            break
    return theta, information
