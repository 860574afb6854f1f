"""Several outcomes a study with known sampling covariances and an unstructured tau2 matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.records import found as record
from hilum.synthesis.arrays import columns, coverage
from hilum.synthesis.least_squares import RESTRICTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from hilum.synthesis.arrays import Array, Indices


# A variance between studies below this share of the typical one within them is 0 where the
# log-likelihood falls by less than ALIKE without it.
NOUGHT: Final = 1e-4
ALIKE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class MultivariateFit:
    """One mean an outcome; ``G`` is the between-study covariance, shape (m, m).

    Where a ``tau2`` is 0 its correlations ``rho`` are NaN.
    """

    outcomes: tuple[str, ...]
    beta: Array
    vb: Array
    se: Array
    zval: Array
    pval: Array
    ci_lb: Array
    ci_ub: Array
    tau2: Array
    rho: Array
    G: Array
    loglik: float
    k: int


def multivariate(
    yi: ArrayLike,
    covariance: ArrayLike,
    outcome: ArrayLike,
    study: ArrayLike,
    *,
    method: Literal["REML", "ML"] = "REML",
    level: float = 0.95,
) -> MultivariateFit:
    """Multivariate random-effects model (van Houwelingen, Arends & Stijnen 2002; Jackson 2011).

    Parameters
    ----------
    yi : array_like, shape (k,)
        Effects of all outcomes of all studies; a study need not report every outcome.
    covariance : array_like, shape (k, k)
        Sampling covariance, 0 between studies.
    outcome, study : array_like, shape (k,)
        What each effect is of.

    Raises
    ------
    NotEstimable
        Shapes that do not fit, a covariance that is not positive definite, or an outcome that
        fewer than two studies report.
    NotConverged
        When the likelihood is not maximised.
    """
    coverage(level)
    (y,) = columns(yi=yi)
    v = np.asarray(covariance, np.float64)
    names, code = np.unique(np.asarray(outcome), return_inverse=True)
    _, group = np.unique(np.asarray(study), return_inverse=True)
    k, m = len(y), len(names)
    _require_shapes(y, v, code, group)
    _require_usable(y, v, group)
    _require_reported(names, code, group)
    _require_positive_definite(v)
    x = (code[:, None] == np.arange(m)).astype(np.float64)
    blocks = [np.flatnonzero(group == g) for g in range(int(group.max()) + 1)]
    parts: list[tuple[Array, Array, Array]] = [(y[b], v[np.ix_(b, b)], x[b]) for b in blocks]
    restricted = record(RESTRICTED, method, "method")
    lower = np.tril_indices(m)

    def between(theta: Array) -> Array:
        root = np.zeros((m, m))
        root[lower] = theta
        return root @ root.T

    def loss(theta: Array) -> float:
        return -_loglik(parts, between(theta), restricted, k)[0]

    starts = [start[lower] for start in _starts(y, v, code, m)]
    theta = _newton(loss, _lowest(loss, starts))
    g = _without_noughts(parts, between(theta), restricted, k)
    value, beta, vb = _loglik(parts, g, restricted, k)
    _require_maximum(loss, theta, value)
    se = np.sqrt(np.diagonal(vb))
    z = float(special.ndtri(0.5 + level / 2))
    tau = np.sqrt(np.diagonal(g))
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = g / np.outer(tau, tau)
    return MultivariateFit(
        tuple(str(name) for name in names),
        beta,
        vb,
        se,
        beta / se,
        2 * special.ndtr(-np.abs(beta / se)),
        beta - z * se,
        beta + z * se,
        tau**2,
        rho,
        g,
        value,
        k,
    )


def _without_noughts(
    parts: list[tuple[Array, Array, Array]], g: Array, restricted: bool, k: int
) -> Array:
    """The covariance with 0 for each variance that the likelihood cannot tell from 0."""
    sizes = [np.einsum("ij,i->j", x, np.diagonal(v)) for _, v, x in parts]
    typical = np.sum(sizes, 0) / np.sum([x.sum(0) for _, _, x in parts], 0)
    none = np.diagonal(g) < NOUGHT * typical
    if not none.any():
        return g
    clean = np.where(none[:, None] | none[None, :], 0.0, g)
    lost = _loglik(parts, g, restricted, k)[0] - _loglik(parts, clean, restricted, k)[0]
    return clean if lost < ALIKE else g


def _require_shapes(y: Array, v: Array, code: Indices, group: Indices) -> None:
    """Before anything is indexed: one effect, one outcome and one study a row of the covariance."""
    k = len(y)
    if v.shape != (k, k) or len(code) != k or len(group) != k:
        message = phrased(
            "yi {shape}, covariance {shape_2}, outcome {shape_3}, study {shape_4}",
            shape=y.shape,
            shape_2=v.shape,
            shape_3=code.shape,
            shape_4=group.shape,
        )
        raise NotEstimable(message)


def _require_usable(y: Array, v: Array, group: Indices) -> None:
    """The likelihood is a product over studies of finite numbers, so it needs both."""
    if not bool(np.isfinite(y).all() and np.isfinite(v).all()):
        message = "yi and covariance: expected finite values; leave missing rows out"
        raise NotEstimable(message)
    if bool(np.any(v[group[:, None] != group] != 0)):
        message = "covariance: expected 0 between studies"
        raise NotEstimable(message)


def _require_reported(names: NDArray[Any], code: Indices, group: Indices) -> None:
    """One study cannot tell how its outcome varies between studies."""
    for j, name in enumerate(names):
        if len(set(group[code == j])) < 2:
            message = phrased("outcome {name}: reported by fewer than two studies", name=name)
            raise NotEstimable(message)


def _require_positive_definite(v: Array) -> None:
    """A covariance that is none is refused here, where it can be named."""
    try:
        np.linalg.cholesky(v)
    except np.linalg.LinAlgError:
        message = "covariance: expected a positive definite matrix"
        raise NotEstimable(message) from None


def _starts(y: Array, v: Array, code: Indices, m: int) -> list[Array]:
    """Roots of much and of little variation: the likelihood may have a maximum near each."""
    spread = [
        max(float(y[code == j].var()), float(v.diagonal()[code == j].mean())) for j in range(m)
    ]
    return [np.diag(np.sqrt(np.array(spread) * share)) for share in (0.7, 0.2)]


def _lowest(loss: Callable[[Array], float], starts: list[Array]) -> Array:
    """The lowest of the minima that the starts lead to; the first of equals."""
    from scipy.optimize import minimize

    ends = [minimize(loss, start, method="BFGS", options={"gtol": 1e-8}) for start in starts]
    return np.asarray(min(ends, key=lambda end: end.fun).x, np.float64)


def _require_maximum(loss: Callable[[Array], float], theta: Array, value: float) -> None:
    """A search that stalled returns numbers too; the slope where it stopped gives it away."""
    slope = max(abs(_difference(loss, theta, i)) for i in range(len(theta)))
    if slope > 1e-3 * (1 + abs(value)):
        message = phrased(
            "log-likelihood {value:g}, slope {slope:g}: not at its maximum",
            value=value,
            slope=slope,
        )
        raise NotConverged(message)


def _loglik(
    parts: list[tuple[Array, Array, Array]], g: Array, restricted: bool, k: int
) -> tuple[float, Array, Array]:
    m = len(g)
    a, b, c, logs, xx = np.zeros((m, m)), np.zeros(m), 0.0, 0.0, np.zeros((m, m))
    for y, v, x in parts:
        root = np.linalg.cholesky(v + x @ g @ x.T)
        white = np.linalg.solve(root, np.column_stack([x, y]))
        a += white[:, :m].T @ white[:, :m]
        b += white[:, :m].T @ white[:, m]
        c += float(white[:, m] @ white[:, m])
        logs += 2 * float(np.log(np.diagonal(root)).sum())
        xx += x.T @ x
    inverse = np.linalg.inv(a)
    beta = inverse @ b
    value = logs + c - float(b @ beta) + k * float(np.log(2 * np.pi))
    if restricted:
        value += float(np.linalg.slogdet(a)[1] - np.linalg.slogdet(xx)[1])
        value -= m * float(np.log(2 * np.pi))
    return -value / 2, beta, inverse


def _difference(loss: Callable[[Array], float], theta: Array, i: int, h: float = 1e-4) -> float:
    e = np.zeros(len(theta))
    e[i] = h
    near, far = loss(theta + e) - loss(theta - e), loss(theta + 2 * e) - loss(theta - 2 * e)
    return (8 * near - far) / (12 * h)


def _newton(loss: Callable[[Array], float], theta: Array) -> Array:
    """A few Newton's steps on differences, as far as they help."""
    n = len(theta)
    for _ in range(5):
        gradient = np.array([_difference(loss, theta, i) for i in range(n)])
        hessian = np.empty((n, n))
        for j in range(n):
            e = np.zeros(n)
            e[j] = 1e-3
            up = np.array([_difference(loss, theta + e, i) for i in range(n)])
            down = np.array([_difference(loss, theta - e, i) for i in range(n)])
            hessian[j] = (up - down) / 2e-3
        roots, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        if roots[0] <= 1e-8 * roots[-1]:
            return theta
        step = vectors @ ((vectors.T @ gradient) / roots)
        if loss(theta - step) > loss(theta) + 1e-13:
            return theta
        theta = theta - step
        if float(np.abs(step).max()) < 1e-10:
            return theta
    return theta
