"""Proportions by exact likelihood: binomial within studies, normal between them on the logit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis.estimate import Estimate, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

# Starting values of tau; the likelihood is symmetric in tau, so 0 is always stationary and must
# be compared with, never started from.
STARTS = (0.1, 0.5, 1.0, 2.0)
MAX_ITERATIONS = 100
# Newton decrement at which the estimate is within 1e-7 standard errors of the maximum.
DECREMENT = 1e-14
# Rare events with a wide spread make the study effects' posterior skew: the derivatives, moments
# of that posterior, then need more points than the value; doubled until the climb ends.
MOST_POINTS = 200
# Below this tau the likelihood cannot be told from that of tau = 0 in double precision.
SMALLEST_TAU = 1e-4


def exact_interval(events: int, n: int, level: float = 0.95) -> Interval:
    """Clopper-Pearson interval of one proportion (Clopper & Pearson 1934)."""
    alpha = 1 - level
    low = 0.0 if events == 0 else float(special.betaincinv(events, n - events + 1, alpha / 2))
    high = 1.0 if events == n else float(special.betaincinv(events + 1, n - events, 1 - alpha / 2))
    return low, high


def binomial_normal(
    events: ArrayLike,
    n: ArrayLike,
    labels: Sequence[str],
    *,
    level: float = 0.95,
    points: int = 21,
) -> Estimate:
    """Pool proportions by the random-intercept logistic model (Stijnen 2010, equation 5).

    The marginal likelihood is integrated by adaptive Gauss-Hermite quadrature (Pinheiro & Bates
    1995) and maximised by Newton's method; arms without events, or with nothing but events, need
    no correction.

    Parameters
    ----------
    events, n : array_like, shape (k,)
        Whole numbers, ``0 <= events <= n`` and ``n > 0``.
    labels : sequence of str, length k
        Ids of the rows.
    level : float
        Coverage of the intervals.
    points : int
        Quadrature points a study.

    Returns
    -------
    Estimate
        On the proportion scale. Two degenerate answers carry ``method="exact-binomial"`` and no
        tau2: one study, and studies each with no events or nothing else, where the likelihood of
        the mixed model has no finite maximum; the interval is Clopper-Pearson's on the totals.

    Raises
    ------
    NotEstimable
        No study, or a value that is not a count.
    NotConverged
        When no start reaches a stationary point.
    """
    x, size = _counts(events, n, labels)
    total, patients = float(x.sum()), float(size.sum())
    names = tuple(labels)
    if len(x) == 1 or bool(np.all((x == 0) | (x == size))):
        return Estimate(
            value=total / patients,
            ci=exact_interval(int(total), int(patients), level),
            prediction=None,
            beta=None,
            se=None,
            tau2=None,
            i2=None,
            k=len(x),
            n=int(patients),
            method="exact-binomial",
            labels=names,
        )
    fit = _fit(x, size, points)
    z = float(special.ndtri(0.5 + level / 2))
    spread = float(np.sqrt(fit.se**2 + fit.tau2))
    return Estimate(
        value=float(special.expit(fit.beta)),
        ci=_back(fit.beta, z * fit.se),
        prediction=_back(fit.beta, z * spread),
        beta=fit.beta,
        se=fit.se,
        tau2=fit.tau2,
        i2=_i2(x, size, fit.tau2),
        k=len(x),
        n=int(patients),
        method="binomial-normal",
        labels=names,
        loglik=fit.loglik,
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    beta: float
    se: float
    tau2: float
    loglik: float


def _counts(events: ArrayLike, n: ArrayLike, labels: Sequence[str]) -> tuple[Array, Array]:
    x, size = np.asarray(events, np.float64), np.asarray(n, np.float64)
    if x.ndim != 1 or x.shape != size.shape or len(x) != len(labels):
        message = (
            f"events, n and labels must be of one length: {x.shape}, {size.shape}, {len(labels)}"
        )
        raise NotEstimable(message)
    if not len(x):
        message = "no study to pool"
        raise NotEstimable(message)
    for name, one, of in zip(labels, x, size, strict=True):
        if not (np.isfinite(one) and np.isfinite(of) and one == round(one) and of == round(of)):
            message = f"{name}: {one:g} of {of:g}: expected whole numbers"
            raise NotEstimable(message)
        if not 0 <= one <= of or of == 0:
            message = f"{name}: {one:g} of {of:g}: expected 0 <= events <= n and n > 0"
            raise NotEstimable(message)
    return x, size


def _fit(x: Array, size: Array, points: int) -> _Fit:
    while True:
        try:
            return _maximise(x, size, points)
        except NotConverged:
            if points * 2 > MOST_POINTS:
                raise
            points *= 2


def _maximise(x: Array, size: Array, points: int) -> _Fit:
    nodes, weights = np.polynomial.hermite.hermgauss(points)
    log_weights = np.log(weights) + nodes**2
    constant = float(
        (special.gammaln(size + 1) - special.gammaln(x + 1) - special.gammaln(size - x + 1)).sum()
    )
    start = float(special.logit(x.sum() / size.sum()))
    p = special.expit(start)
    fixed = _Fit(
        start,
        float((size.sum() * p * (1 - p)) ** -0.5),
        0.0,
        float((x * start - size * np.logaddexp(0, start)).sum()) + constant,
    )
    best = fixed
    for tau in STARTS:
        found = _climb(x, size, start, tau, nodes, log_weights, constant)
        # A gain below rounding error is no evidence against tau2 = 0.
        if found is not None and found.loglik > best.loglik + 1e-10:
            best = found
    return best


def _climb(
    x: Array,
    size: Array,
    beta: float,
    tau: float,
    nodes: Array,
    log_weights: Array,
    constant: float,
) -> _Fit | None:
    """Newton's method with halved steps; ``None`` when tau runs into 0."""
    theta = np.array([beta, tau])
    value, gradient, hessian = _loglik(theta, x, size, nodes, log_weights)
    for _ in range(MAX_ITERATIONS):
        roots, vectors = np.linalg.eigh(-hessian)
        if roots[0] > 0 and float(((vectors.T @ gradient) ** 2 / roots).sum()) < DECREMENT:
            break
        # Away from the maximum the curvature may have the wrong sign: climb along |curvature|.
        step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(roots), 1e-8))
        step *= min(1.0, 2.0 / float(np.abs(step).max()))
        for _ in range(40):
            trial = theta + step
            if trial[1] > 0:
                new = _loglik(trial, x, size, nodes, log_weights)
                if new[0] >= value - 1e-13 * abs(value):
                    break
            step = step / 2
        else:
            break
        theta, (value, gradient, hessian) = trial, new
        if theta[1] < SMALLEST_TAU:
            return None
    else:
        message = (
            f"binomial-normal: beta {theta[0]:g}, tau {theta[1]:g} after {MAX_ITERATIONS} steps"
        )
        raise NotConverged(message)
    information = np.linalg.inv(-hessian)
    if not information[0, 0] > 0:
        return None
    return _Fit(
        float(theta[0]),
        float(np.sqrt(information[0, 0])),
        float(theta[1] ** 2),
        float(value) + constant,
    )


def _loglik(
    theta: Array, x: Array, size: Array, nodes: Array, log_weights: Array
) -> tuple[float, Array, Array]:
    """Log-likelihood (without the binomial constant), gradient and Hessian in (beta, tau).

    Derivatives are those of the integral, as moments of the study effects' posterior at the
    quadrature nodes (Louis 1982).
    """
    beta, tau = float(theta[0]), float(theta[1])
    mode = np.zeros_like(x)
    for _ in range(60):
        p = special.expit(beta + tau * mode)
        slope = tau * (x - size * p) - mode
        move = slope / (1 + tau**2 * size * p * (1 - p))
        # The log-posterior is concave; a bounded step cannot leave its maximum for good.
        mode = mode + np.clip(move, -3, 3)
        if float(np.abs(move).max()) < 1e-11:
            break
    p = special.expit(beta + tau * mode)
    scale = np.sqrt(2 / (1 + tau**2 * size * p * (1 - p)))
    u = mode[:, None] + scale[:, None] * nodes
    eta = beta + tau * u
    terms = x[:, None] * eta - size[:, None] * np.logaddexp(0, eta) - u**2 / 2 + log_weights
    each: Array = np.logaddexp.reduce(terms, axis=1)
    posterior = np.exp(terms - each[:, None])
    value = float((each + np.log(scale) - 0.5 * np.log(2 * np.pi)).sum())
    p = special.expit(eta)
    residual = x[:, None] - size[:, None] * p
    weight = size[:, None] * p * (1 - p)
    first = np.stack([residual, u * residual])
    mean = np.einsum("ikj,kj->ik", first, posterior)
    second = np.einsum("ikj,lkj,kj->il", first, first, posterior) - mean @ mean.T
    basis = np.stack([np.ones_like(u), u])
    second -= np.einsum("ikj,lkj,kj->il", basis, basis, posterior * weight)
    return value, mean.sum(axis=1), second


def _back(beta: float, half: float) -> Interval:
    return float(special.expit(beta - half)), float(special.expit(beta + half))


def _i2(x: Array, size: Array, tau2: float) -> float:
    """I2 against the typical sampling variance (Higgins & Thompson 2002, equation 9).

    Logit variances with 1/2 added to both cells where one is 0, as the two-stage model has them.
    """
    add = np.where((x == 0) | (x == size), 0.5, 0.0)
    w = 1 / (1 / (x + add) + 1 / (size - x + add))
    typical = (len(x) - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum())
    return float(100 * tau2 / (tau2 + typical))
