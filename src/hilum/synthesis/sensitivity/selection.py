"""The three-parameter selection model: one cut of the p value decides who is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.records import found as found_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.two_stage import Fit

CUT = 0.025
SIDES: Final = {"greater": 1.0, "less": -1.0}
"""Which effects small p values belong to, by metafor's ``alternative``: above or below 0."""


@dataclass(frozen=True, slots=True)
class SelectionFit:
    """Effect and tau2 under selection, and ``delta``, the relative chance of p above the cut.

    ``LRT`` compares with the same model without selection (1 degree of freedom).
    """

    beta: float
    se: float
    tau2: float
    delta: float
    LRT: float
    LRTp: float
    loglik: float


def three_parameter(fit: Fit, alternative: str = "greater") -> SelectionFit:
    """Maximum likelihood of mean, tau2 and delta (Vevea & Hedges 1995; Hedges & Vevea 1996).

    One-sided p values (of effects above 0, or below 0 with ``less``) below 0.025 are published with
    certainty, others with relative probability delta. With fewer than some twenty studies the
    estimates are unstable.

    Raises
    ------
    UnknownCode
        Another ``alternative``.
    NotEstimable
        Moderators, fewer than four studies, or all p values on one side of the cut.
    NotConverged
        When no maximum is found, which then lies at infinity for delta.
    """
    from scipy.optimize import minimize  # pyright: ignore[reportUnknownVariableType]

    sign = found_in(SIDES, alternative, "alternative")
    y, v = sign * fit.yi, fit.vi
    if fit.p > 1 or fit.k < 4:
        message = "the selection model takes no moderators and needs four studies"
        raise NotEstimable(message)
    high = special.ndtr(-y / np.sqrt(v)) > CUT
    if bool(high.all()) or not bool(high.any()):
        message = phrased(
            "all p values lie on one side of {cut}: selection cannot be estimated", cut=CUT
        )
        raise NotEstimable(message)
    limit = special.ndtri(1 - CUT) * np.sqrt(v)

    def loss(theta: Array) -> float:
        return -_loglik(theta, y, v, high, limit)

    unselected = _ml(fit)
    scale = float(v.mean())
    best = None
    for tau in (np.sqrt(max(unselected.tau2, 0.01 * scale)), np.sqrt(scale)):
        for log_delta in (0.0, -1.5, 1.5):
            start = np.array([sign * unselected.beta[0], tau, log_delta])
            found = minimize(
                loss,
                start,
                method="Nelder-Mead",
                options={"maxiter": 4000, "fatol": 1e-12, "xatol": 1e-9},
            )
            if best is None or found.fun < best.fun:
                best = found
    assert best is not None
    theta, information = _polish(loss, np.asarray(best.x, np.float64))
    value = -loss(theta)
    # At tau2 = 0 the likelihood is flat in tau: the other two parameters' information stands alone.
    keep = [0, 2] if abs(theta[1]) < 1e-4 * np.sqrt(scale) else [0, 1, 2]
    covariance = np.linalg.inv(information[np.ix_(keep, keep)])
    if abs(theta[2]) > 25 or not covariance[0, 0] > 0:
        message = phrased(
            "selection model: delta {exp:g} has no finite estimate", exp=np.exp(theta[2])
        )
        raise NotConverged(message)
    lrt = max(0.0, 2 * (value - unselected.loglik_ml))
    return SelectionFit(
        float(sign * theta[0]),
        float(np.sqrt(covariance[0, 0])),
        float(theta[1] ** 2),
        float(np.exp(theta[2])),
        float(lrt),
        float(special.chdtrc(1, lrt)),
        float(value),
    )


def _ml(fit: Fit) -> Fit:
    from hilum.synthesis.two_stage import fit as refit

    return refit(fit.yi, fit.vi, method="ML")


def _loglik(theta: Array, y: Array, v: Array, high: Mask, limit: Array) -> float:
    mean, tau, log_delta = theta
    spread = np.sqrt(v + tau**2)
    z = (y - mean) / spread
    far = (limit - mean) / spread
    # log(1 - above + delta * above), above = Phi(far): the share of such studies that is published.
    published = np.logaddexp(special.log_ndtr(-far), log_delta + special.log_ndtr(far))
    each = -(z**2) / 2 - np.log(spread) - 0.5 * np.log(2 * np.pi) - published
    return float(each.sum() + log_delta * high.sum())


def _polish(loss: Callable[[Array], float], theta: Array) -> tuple[Array, Array]:
    """Newton's steps on fourth-order differences; also the information there."""
    information = _hessian(loss, theta)
    for _ in range(20):
        gradient = _gradient(loss, theta)
        roots, vectors = np.linalg.eigh(information)
        step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(roots), 1e-8))
        if roots[0] <= 0 or loss(theta - step) > loss(theta) + 1e-12:
            break
        theta = theta - step
        if float(np.abs(step).max()) < 1e-9:
            break
        information = _hessian(loss, theta)
    return theta, _hessian(loss, theta)


def _gradient(loss: Callable[[Array], float], theta: Array, h: float = 1e-3) -> Array:
    out = np.empty(len(theta))
    for i in range(len(theta)):
        e = np.zeros(len(theta))
        e[i] = h
        near, far = loss(theta + e) - loss(theta - e), loss(theta + 2 * e) - loss(theta - 2 * e)
        out[i] = (8 * near - far) / (12 * h)
    return out


def _hessian(loss: Callable[[Array], float], theta: Array, h: float = 1e-3) -> Array:
    n = len(theta)
    out = np.empty((n, n))
    for i in range(n):
        e = np.zeros(n)
        e[i] = h
        near = _gradient(loss, theta + e) - _gradient(loss, theta - e)
        far = _gradient(loss, theta + 2 * e) - _gradient(loss, theta - 2 * e)
        out[i] = (8 * near - far) / (12 * h)
    return (out + out.T) / 2
