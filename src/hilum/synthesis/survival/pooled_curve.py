"""A pooled survival curve without a distribution (Combescure, Foucher & Jackson 2014).

Each study gives the conditional survival from one time of a grid to the next. These are pooled
on the arcsine scale, time by time with fixed effects or all times together with random effects
(multivariate DerSimonian-Laird, Jackson, White & Riley 2010), and multiplied up as Kaplan and
Meier multiply theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import coverage
from hilum.synthesis.survival.kaplan_meier import kaplan_meier, patients
from hilum.synthesis.survival.reports import told_of_both

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.survival.reports import Grouped

BOOTSTRAP = 4000


@dataclass(frozen=True, slots=True)
class ConditionalSurvival:
    """Survival of each study from one time of the grid to the next; shape (k, T).

    ``p`` and ``m`` (effective patients) are NaN where a study says nothing of an interval.
    """

    studies: tuple[str, ...]
    time: Array
    p: Array
    m: Array


@dataclass(frozen=True, slots=True)
class PooledCurve:
    """The pooled curve at each time of the grid, shape (T,).

    Attributes
    ----------
    survival, ci_lb, ci_ub : ndarray
        Limits on the log-log scale.
    median : float or None
        By linear interpolation; ``None`` where the curve stays above one half.
    median_ci : (float or None, float or None)
        Percentiles of the parametric bootstrap; an end not reached is ``None``.
    tau2 : ndarray, shape (T, T)
        Between-study covariance of the arcsine conditional survival (zero for fixed effects).
    q, df, q_p, h2, i2 : float
        Heterogeneity over all times together (Higgins & Thompson 2002); ``i2`` in percent.
    k : ndarray
        Studies in each interval.
    """

    time: Array
    survival: Array
    ci_lb: Array
    ci_ub: Array
    median: float | None
    median_ci: tuple[float | None, float | None]
    tau2: Array
    q: float
    df: int
    q_p: float
    h2: float
    i2: float
    k: Array
    method: str
    studies: tuple[str, ...]


def conditional_survival(
    studies: Sequence[tuple[str, ArrayLike, ArrayLike]], times: ArrayLike | None = None
) -> ConditionalSurvival:
    """Conditional survival of studies whose patients are known.

    Parameters
    ----------
    studies : sequence of (name, time, status)
    times : array_like, optional
        The grid. By default quantiles of the deaths, so that a middle study has some four in
        each interval: the arcsine scale is biased where a study's deaths are rarer than that.

    Raises
    ------
    NotEstimable
        No study, no death, or a grid that does not rise from above 0.
    """
    known = [(name, *patients(time, status)) for name, time, status in studies]
    if not known:
        message = "no study to pool"
        raise NotEstimable(message)
    grid = _default_grid(known) if times is None else _grid(times)
    p = np.full((len(known), len(grid)), np.nan)
    m = np.full_like(p, np.nan)
    for i, (_, time, status) in enumerate(known):
        curve = kaplan_meier(time, status)
        steps = np.concatenate([[1.0], curve.survival])
        at = steps[np.searchsorted(curve.time, grid, side="right")]
        before = np.concatenate([[1.0], at[:-1]])
        risk = np.array([float((time > t).sum()) for t in np.concatenate([[0.0], grid])])
        # A study ends where nobody is followed, unless everybody has died by then.
        reaches = (grid <= time.max()) & (before > 0) & (risk[:-1] > 0)
        share = np.divide(at, before, out=np.ones_like(at), where=before > 0)
        p[i] = np.where(reaches, share, np.nan)
        effective = np.minimum(risk[:-1], (risk[:-1] + risk[1:]) / (1 + share))
        m[i] = np.where(reaches, effective, np.nan)
    return ConditionalSurvival(tuple(name for name, _, _ in known), grid, p, m)


def conditional_from_pieces(
    arms: Sequence[Grouped], times: ArrayLike | None = None
) -> ConditionalSurvival:
    """The same from printed rates: a piece counts where both its ends stand on the grid.

    Arms with patients are read at the grid as well. By default the grid holds the times that at
    least two arms report, or all times where none is shared.
    """
    used = [arm for arm in arms if arm.used]
    ends = [piece.end for arm in used for piece in arm.pieces if piece.kind != "floor"]
    if times is None:
        values, counts = np.unique(np.array(ends), return_counts=True)
        grid = values[counts > 1] if np.any(counts > 1) else values
        if not len(grid):
            known = [arm for arm in used if len(arm.times)]
            found = conditional_survival([(arm.study, arm.times, arm.status) for arm in known])
            weight = np.array([arm.weight for arm in known])
            return replace(found, m=found.m * weight[:, None])
    else:
        grid = _grid(times)
    p = np.full((len(used), len(grid)), np.nan)
    m = np.full_like(p, np.nan)
    places = {0.0: -1} | {float(t): j for j, t in enumerate(grid)}
    for i, arm in enumerate(used):
        if len(arm.times):
            one = conditional_survival([(arm.study, arm.times, arm.status)], grid)
            p[i], m[i] = one.p[0], one.m[0] * arm.weight
            continue
        # Pieces between two times of the grid are joined, so that their product is kept.
        share, size, start = 1.0, np.inf, 0.0
        for piece in arm.pieces:
            if piece.kind == "floor":
                break
            share, size = share * piece.p, min(size, piece.m)
            if piece.end in places:
                j = places[piece.end]
                if start in places and places[start] == j - 1:
                    p[i, j], m[i, j] = share, size
                share, size, start = 1.0, np.inf, piece.end
    keep = np.isfinite(p).sum(1) > 0
    if not keep.any():
        message = "no study reports survival between two neighbouring times of the grid"
        raise NotEstimable(message)
    names = tuple(
        f"{arm.study} {arm.arm}".strip() for arm, kept in zip(used, keep, strict=True) if kept
    )
    return ConditionalSurvival(names, grid, p[keep], m[keep])


def pooled_curve(
    data: ConditionalSurvival,
    *,
    method: Literal["random", "fixed"] = "random",
    level: float = 0.95,
    seed: int = 1,
) -> PooledCurve:
    """Pool conditional survival over studies and multiply it up.

    Raises
    ------
    NotEstimable
        An unknown method, a first interval that no study covers, no death or nobody alive.
    """
    if method not in ("random", "fixed"):
        message = phrased("method {method!r}: expected random or fixed", method=method)
        raise NotEstimable(message)
    coverage(level)
    seen = np.isfinite(data.p) & (np.nan_to_num(data.m) > 0)
    reach = int(np.argmin(seen.any(0))) if not seen.any(0).all() else seen.shape[1]
    if reach == 0:
        message = "no study covers the first interval of the grid"
        raise NotEstimable(message)
    seen, time = seen[:, :reach], data.time[:reach]
    p, m = (np.where(seen, one[:, :reach], 1.0) for one in (data.p, data.m))
    told_of_both(float((m * (1 - p))[seen].sum()), float((m * p)[seen].sum()))
    # Anscombe 1948: the arcsine with 3/8 has variance 1 / (4 m + 2) down to few patients.
    y = np.arcsin(np.sqrt((m * p + 0.375) / (m + 0.75)))
    w = np.where(seen, 4 * m + 2, 0.0)
    mean = (w * y).sum(0) / w.sum(0)
    q = float((w * (y - mean) ** 2).sum())
    df = int((seen.sum(0) - 1).sum())
    tau2 = np.zeros((reach, reach))
    if method == "random" and df > 0:
        tau2 = multivariate_dl(y, w)
    mean, covariance = _gls(y, w, seen, tau2)
    angle = np.clip(mean, 1e-6, np.pi / 2 - 1e-9)
    logs = np.cumsum(2 * np.log(np.sin(angle)))
    slope = np.tril(np.ones((reach, reach))) * (2 / np.tan(angle))
    se = np.sqrt(np.maximum(np.einsum("ti,ij,tj->t", slope, covariance, slope), 0.0))
    z = float(special.ndtri(0.5 + level / 2))
    eta, spread = np.log(np.maximum(-logs, 1e-12)), z * se / np.maximum(-logs, 1e-12)
    rng = np.random.default_rng(seed)
    draws = rng.multivariate_normal(mean, covariance, BOOTSTRAP, method="svd")
    steps = np.sin(np.clip(draws, 1e-6, np.pi / 2)) ** 2
    curves = np.asarray(np.cumprod(steps, axis=1), np.float64)
    tail = (1 - level) / 2
    return PooledCurve(
        time,
        np.exp(logs),
        np.exp(-np.exp(eta + spread)),
        np.exp(-np.exp(eta - spread)),
        _median(time, np.exp(logs)[None])[0],
        _percentiles(_median(time, curves), tail),
        tau2,
        q,
        df,
        float(special.chdtrc(df, q)) if df else float("nan"),
        q / df if df else float("nan"),
        max(0.0, 100 * (1 - df / q)) if df and q > 0 else 0.0,
        seen.sum(0),
        f"Combescure, {method} effects",
        data.studies,
    )


def multivariate_dl(y: Array, w: Array) -> Array:
    """Between-study covariance by moments, independent within studies (Jackson 2010).

    Parameters
    ----------
    y, w : ndarray, shape (k, T)
        Effects and weights 1 / variance; weight 0 where an effect is missing.

    Returns
    -------
    ndarray, shape (T, T)
        Negative roots set to 0, so that it is a covariance.
    """
    t = y.shape[1]
    total = w.sum(0)
    away = np.where(w > 0, y - (w * y).sum(0) / total, 0.0)
    share = w / total
    out = np.zeros((t, t))
    for j in range(t):
        for other in range(j + 1):
            root = np.sqrt(w[:, j] * w[:, other])
            both = root > 0
            if both.sum() < 2:
                continue
            q = float((root * away[:, j] * away[:, other]).sum())
            shared = float((share[both, j] * share[both, other]).sum())
            scale = float((root[both] * (1 - share[both, j] - share[both, other] + shared)).sum())
            # Within a study different intervals are independent: only the diagonal has noise.
            noise = float((w[:, j] > 0).sum() - 1) if j == other else 0.0
            out[j, other] = out[other, j] = (q - noise) / scale if scale > 1e-12 else 0.0
    roots, vectors = np.linalg.eigh(out)
    return (vectors * np.maximum(roots, 0.0)) @ vectors.T


def _gls(y: Array, w: Array, seen: Mask, tau2: Array) -> tuple[Array, Array]:
    t = y.shape[1]
    precision, right = np.zeros((t, t)), np.zeros(t)
    for yi, wi, here in zip(y, w, seen.astype(bool), strict=True):
        at = np.flatnonzero(here)
        if not len(at):
            continue
        inverse = np.linalg.inv(np.diag(1 / wi[at]) + tau2[np.ix_(at, at)])
        precision[np.ix_(at, at)] += inverse
        right[at] += inverse @ yi[at]
    covariance = np.linalg.inv(precision)
    return covariance @ right, covariance


def _median(time: Array, curves: Array) -> list[float | None]:
    """Where each curve crosses one half, straight between the times of the grid."""
    grid = np.concatenate([[0.0], time])
    out: list[float | None] = []
    for curve in np.column_stack([np.ones(len(curves)), curves]):
        below = np.flatnonzero(curve <= 0.5)
        if not len(below):
            out.append(None)
            continue
        j = int(below[0])
        share = (curve[j - 1] - 0.5) / (curve[j - 1] - curve[j])
        out.append(float(grid[j - 1] + share * (grid[j] - grid[j - 1])))
    return out


def _percentiles(values: list[float | None], tail: float) -> tuple[float | None, float | None]:
    ordered = np.sort([np.inf if value is None else value for value in values])
    ends = [
        float(ordered[min(round(s * len(ordered)), len(ordered) - 1)]) for s in (tail, 1 - tail)
    ]
    low, high = (None if np.isinf(end) else end for end in ends)
    return low, high


def _default_grid(studies: Sequence[tuple[str, Array, Array]]) -> Array:
    deaths = [time[status > 0] for _, time, status in studies]
    middle = float(np.median([len(one) for one in deaths]))
    every = np.concatenate(deaths)
    if not len(every):
        message = "no death in any study"
        raise NotEstimable(message)
    count = int(np.clip(middle // 4, 2, 12))
    return np.unique(np.quantile(every, np.linspace(0, 1, count + 1)[1:]))


def _grid(times: ArrayLike) -> Array:
    grid = np.asarray(times, np.float64)
    if grid.ndim != 1 or not len(grid) or not np.all(np.isfinite(grid)):
        message = "times: expected one dimension of finite numbers"
        raise NotEstimable(message)
    if grid[0] <= 0 or np.any(np.diff(grid) <= 0):
        message = phrased(
            "times {grid}: expected to rise from above 0", grid=", ".join(f"{t:g}" for t in grid)
        )
        raise NotEstimable(message)
    return grid
