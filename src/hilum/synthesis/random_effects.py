"""Inverse-variance pooling of effects with known sampling variances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis.estimate import Estimate, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

Method = Literal["EE", "DL", "ML", "REML", "PM"]
MAX_ITERATIONS = 500


def random_effects(
    yi: ArrayLike,
    vi: ArrayLike,
    labels: Sequence[str],
    *,
    method: Method = "REML",
    test: Literal["z", "knha"] = "knha",
    level: float = 0.95,
    n: int | None = None,
    back: Literal["none", "exp"] = "none",
) -> Estimate:
    """Pool effects ``yi`` with sampling variances ``vi``.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and variances, finite, ``vi > 0``.
    method : {"EE", "DL", "ML", "REML", "PM"}
        Equal effects, or tau2 by DerSimonian & Laird 1986, maximum likelihood, restricted
        maximum likelihood (Viechtbauer 2005) or Paule & Mandel 1982.
    test : {"z", "knha"}
        Normal intervals, or Hartung & Knapp 2001 with t on k - 1 degrees of freedom.
    back : {"none", "exp"}
        Scale of ``value`` and intervals: as pooled, or exponentiated.

    Returns
    -------
    Estimate
        With one study its own effect and normal interval, ``method="single"``, no tau2.

    Raises
    ------
    NotEstimable
        No study, or an effect or variance that is not finite or not above 0.
    NotConverged
        When tau2 does not settle.
    """
    y, v = _effects(yi, vi, labels)
    k = len(y)
    z = float(special.ndtri(0.5 + level / 2))
    if k == 1:
        beta, se = float(y[0]), float(np.sqrt(v[0]))
        ci = _scaled(beta, z * se, back)
        value = float(np.exp(beta)) if back == "exp" else beta
        return Estimate(value, ci, None, beta, se, None, None, 1, n, "single", tuple(labels))
    w = 1 / v
    q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
    tau2 = 0.0 if method == "EE" else _TAU2[method](y, v)
    w = 1 / (v + tau2)
    beta = float((w * y).sum() / w.sum())
    se = float(w.sum() ** -0.5)
    quantile = z
    if test == "knha" and method != "EE":
        se *= float(np.sqrt((w * (y - beta) ** 2).sum() / (k - 1)))
        quantile = float(special.stdtrit(k - 1, 0.5 + level / 2))
    fixed = 1 / v
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    i2 = max(0.0, 100 * (q - (k - 1)) / q) if method == "EE" and q > 0 else 0.0
    if method != "EE":
        i2 = 100 * tau2 / (tau2 + typical)
    spread = float(np.sqrt(se**2 + tau2))
    return Estimate(
        value=float(np.exp(beta)) if back == "exp" else beta,
        ci=_scaled(beta, quantile * se, back),
        prediction=_scaled(beta, quantile * spread, back) if method != "EE" else None,
        beta=beta,
        se=se,
        tau2=tau2,
        i2=float(i2),
        k=k,
        n=n,
        method=f"{method}, {'Hartung-Knapp' if test == 'knha' and method != 'EE' else 'z'}",
        labels=tuple(labels),
        q=q,
        q_p=float(special.chdtrc(k - 1, q)),
    )


def log_effect_from_interval(
    value: float, low: float, high: float, level: float = 0.95
) -> tuple[float, float]:
    """Log ratio and its variance from a printed estimate and interval (Parmar 1998).

    Raises
    ------
    NotEstimable
        When ``0 < low <= value <= high`` does not hold or the interval has no width.
    """
    if not 0 < low <= value <= high < float("inf") or low == high:
        message = f"{value:g} ({low:g} to {high:g}): expected 0 < low <= value <= high"
        raise NotEstimable(message)
    z = float(special.ndtri(0.5 + level / 2))
    width = float(np.log(high) - np.log(low))
    return float(np.log(value)), (width / (2 * z)) ** 2


def pool_medians(
    median: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    labels: Sequence[str],
    *,
    n: int | None = None,
) -> Estimate:
    """Pool median times on the log scale, REML with Hartung-Knapp; intervals as reported."""
    pairs = [log_effect_from_interval(*triple) for triple in zip(median, low, high, strict=True)]
    pooled = random_effects(
        [yi for yi, _ in pairs], [vi for _, vi in pairs], labels, n=n, back="exp"
    )
    if pooled.k > 1:
        return pooled
    # The one study's own figures, not an interval made symmetric on the log scale.
    return Estimate(
        median[0],
        (low[0], high[0]),
        None,
        pooled.beta,
        pooled.se,
        None,
        None,
        1,
        n,
        "single",
        tuple(labels),
    )


def _effects(yi: ArrayLike, vi: ArrayLike, labels: Sequence[str]) -> tuple[Array, Array]:
    y, v = np.asarray(yi, np.float64), np.asarray(vi, np.float64)
    if y.ndim != 1 or y.shape != v.shape or len(y) != len(labels):
        message = f"yi, vi and labels must be of one length: {y.shape}, {v.shape}, {len(labels)}"
        raise NotEstimable(message)
    if not len(y):
        message = "no study to pool"
        raise NotEstimable(message)
    for name, effect, variance in zip(labels, y, v, strict=True):
        if not (np.isfinite(effect) and np.isfinite(variance) and variance > 0):
            message = f"{name}: yi {effect:g}, vi {variance:g}: expected finite yi and vi > 0"
            raise NotEstimable(message)
    return y, v


def _dl(y: Array, v: Array) -> float:
    w = 1 / v
    q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
    scale = float(w.sum() - (w**2).sum() / w.sum())
    return max(0.0, (q - (len(y) - 1)) / scale)


def _pm(y: Array, v: Array) -> float:
    """Q(tau2) = k - 1 by Newton; Q is convex and falls, so steps from 0 never overshoot."""
    tau2 = 0.0
    for _ in range(MAX_ITERATIONS):
        w = 1 / (v + tau2)
        residual = y - (w * y).sum() / w.sum()
        excess = float((w * residual**2).sum()) - (len(y) - 1)
        if excess <= 0:
            return tau2
        step = excess / float((w**2 * residual**2).sum())
        tau2 += step
        if step <= 1e-14 * tau2:
            return tau2
    message = f"PM: tau2 {tau2:g} after {MAX_ITERATIONS} steps"
    raise NotConverged(message)


def _likelihood(y: Array, v: Array, tau2: float, restricted: bool) -> float:
    w = 1 / (v + tau2)
    residual = y - (w * y).sum() / w.sum()
    value = float(np.log(w).sum() - (w * residual**2).sum()) / 2
    return value - float(np.log(w.sum())) / 2 if restricted else value


def _scoring(y: Array, v: Array, *, restricted: bool) -> float:
    """Fisher scoring on tau2 >= 0 with halved steps, from the Hedges and DL moments.

    Scoring crawls or overshoots where expected and observed curvature differ much; the root of
    the score near the point it reached is then bracketed instead.
    """
    starts = (max(0.0, float(y.var(ddof=1) - v.mean())), _dl(y, v), 0.0)
    tau2 = max(starts, key=lambda start: _likelihood(y, v, start, restricted))
    value = _likelihood(y, v, tau2, restricted)
    small = 1e-3 * float(v.mean())
    for _ in range(40):
        slope, information = _score(y, v, tau2, restricted)
        step = max(slope / information, -tau2)
        if abs(step) <= 1e-12 * (small + tau2):
            return tau2
        for _ in range(60):
            new = _likelihood(y, v, tau2 + step, restricted)
            if new >= value - 1e-14 * abs(value):
                break
            step /= 2
        else:
            break
        tau2, value = tau2 + step, new
    return _root(y, v, tau2, small, restricted)


def _score(y: Array, v: Array, tau2: float, restricted: bool) -> tuple[float, float]:
    """Twice the score of tau2, and twice its expected information (Viechtbauer 2005)."""
    w = 1 / (v + tau2)
    total, square = float(w.sum()), float((w**2).sum())
    residual = y - (w * y).sum() / total
    trace, information = total, square
    if restricted:
        trace -= square / total
        information += (square / total) ** 2 - 2 * float((w**3).sum()) / total
    return float((w**2 * residual**2).sum()) - trace, information


def _root(y: Array, v: Array, tau2: float, small: float, restricted: bool) -> float:
    from scipy.optimize import brentq  # pyright: ignore[reportUnknownVariableType]

    def score(value: float) -> float:
        return _score(y, v, value, restricted)[0]

    width = 1e-6 * (small + tau2)
    for _ in range(60):
        low, high = max(0.0, tau2 - width), tau2 + width
        if low == 0.0 and score(0.0) <= 0 and tau2 <= width:
            return 0.0
        if score(low) > 0 > score(high):
            return float(brentq(score, low, high, xtol=1e-300, rtol=1e-14))  # pyright: ignore[reportUnknownArgumentType, reportArgumentType]
        width *= 2
    message = f"tau2 {tau2:g}: no stationary point found"
    raise NotConverged(message)


def _ml(y: Array, v: Array) -> float:
    return _scoring(y, v, restricted=False)


def _reml(y: Array, v: Array) -> float:
    return _scoring(y, v, restricted=True)


_TAU2 = {"DL": _dl, "ML": _ml, "PM": _pm, "REML": _reml}


def _scaled(beta: float, half: float, back: str) -> Interval:
    low, high = beta - half, beta + half
    return (float(np.exp(low)), float(np.exp(high))) if back == "exp" else (low, high)
