"""Estimators of tau2, the between-study variance, for one meta-analysis or a batch of them.

Shapes and masking are those of :mod:`hilum.synthesis.least_squares`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import special

from hilum.errors import NotConverged, phrased
from hilum.records import found
from hilum.synthesis.least_squares import loglik, score, solve, traces
from hilum.synthesis.likelihood_one import Likelihood

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array, Mask

    Number = Array | float

Engine = Literal["numpy", "jax"]
# A code of ESTIMATORS.
Method = str
MAX_ITERATIONS = 200
TINY = float(np.finfo(np.float64).tiny)
# Steps of Newton's method before the bracket is halved instead.
PATIENCE = 100
# Newton's last step: its square is below rounding.
STEP = 1e-7
# Where to look for other maxima: points between a hundredth of the typical sampling variance and
# twice the crude variance of the effects, and the hills among them that are climbed at most.
GRID = np.linspace(0.0, 1.0, 25)
HILLS = 3
# A point of the grid stands this little below the top of its hill.
BELOW = 0.5
# Heights that differ by less are alike.
ALIKE = 1e-12
# The share of tau2 below which a step of Newton's method on Q is none.
STILL = 1e-12


@dataclass(frozen=True, slots=True)
class Start:
    """What an iteration may use: a tau2 it is expected to be near, and what it runs on."""

    near: float | None = None
    engine: Engine = "numpy"


@dataclass(frozen=True, slots=True)
class Estimator:
    """One way to estimate tau2.

    Parameters
    ----------
    code : str
        What it is asked for by.
    tau2 : callable (y, v, basis, p, start) -> Array, shape (...,)
    error : callable (y, v, basis, p, tau2) -> Array, or None
        Large-sample standard error of tau2: that of the quadratic form, or from the information.
    iterative : bool
        Settles by steps, not in closed form.
    random : bool
        Effects may differ between studies; False for equal effects, which have no tau2.
    source : str
    """

    code: str
    tau2: Callable[[Array, Array, Array | None, int, Start], Array]
    error: Callable[[Array, Array, Array | None, int, Array], Array] | None
    iterative: bool
    source: str
    random: bool = True


def tau2_of(
    y: Array,
    v: Array,
    basis: Array | None,
    p: int,
    method: Method,
    near: float | None = None,
    engine: Engine = "numpy",
) -> Array:
    """tau2, never negative, shape (...,), by one of :data:`ESTIMATORS`.

    ``near`` is where ML and REML start, if known.

    Raises
    ------
    UnknownCode
        An estimator that is not in the table.
    NotConverged
        When an iteration does not settle.
    """
    return found(ESTIMATORS, method, "method").tau2(y, v, basis, p, Start(near, engine))


def standard_error(
    y: Array, v: Array, basis: Array | None, p: int, method: Method, tau2: Array
) -> Array | None:
    """Large-sample standard error of tau2; ``None`` where the estimator has none."""
    error = found(ESTIMATORS, method, "method").error
    return None if error is None else error(y, v, basis, p, tau2)


def generalised_q_root(y: Array, v: Array, basis: Array | None, target: Array) -> Array:
    """tau2 >= 0 where Q(tau2) = ``target``; 0 where Q(0) is below it.

    Q falls and is convex, so Newton's steps from 0 never overshoot (DerSimonian & Kacker 2007).
    """
    tau2 = np.zeros(target.shape)
    for _ in range(MAX_ITERATIONS):
        w = 1 / (v + tau2[..., None])
        fitted = solve(y, w, basis)
        wr = w * fitted.residual
        step = np.maximum((fitted.rss - target) / np.maximum(np.vecdot(wr, wr), TINY), 0.0)
        tau2 = tau2 + step
        if bool(np.all(step <= STILL * tau2)):
            return tau2
    message = phrased(
        "tau2: Q(tau2) = {target:g} not reached after {max_iterations} steps",
        target=float(np.max(target)),
        max_iterations=MAX_ITERATIONS,
    )
    raise NotConverged(message)


def crude_variance(y: Array, v: Array) -> Array:
    """Sidik & Jonkman's starting value: the variance of yi with divisor k."""
    taking = np.isfinite(v)
    k = taking.sum(-1)
    mean = np.where(taking, y, 0.0).sum(-1) / k
    return np.where(taking, (y - mean[..., None]) ** 2, 0.0).sum(-1) / k


def _df(v: Array, p: int) -> Array:
    return np.isfinite(v).sum(-1) - p


def _equal(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del v, basis, p, start
    return np.zeros(y.shape[:-1])


def _hedges_olkin(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    return np.maximum(_hedges(y, v, basis, _df(v, p)), 0.0)


def _dersimonian_laird(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    w = 1 / v
    excess = solve(y, w, basis).rss - _df(v, p)
    return np.maximum(excess / traces(w, basis)[0], 0.0)


def _hunter_schmidt(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    w = 1 / v
    excess = solve(y, w, basis).rss - (_df(v, p) + p)
    return np.maximum(excess / w.sum(-1), 0.0)


def _paule_mandel(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    return generalised_q_root(y, v, basis, np.asarray(_df(v, p), np.float64))


def _median_unbiased(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    target = special.chdtri(_df(v, p), 0.5)
    return generalised_q_root(y, v, basis, np.asarray(target, np.float64))


def _ml(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    return _likelihood(y, v, basis, _df(v, p), start.near, start.engine, restricted=False)


def _reml(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    return _likelihood(y, v, basis, _df(v, p), start.near, start.engine, restricted=True)


def _ml_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y, basis, p
    w = 1 / (v + tau2[..., None])
    return np.sqrt(2 / np.vecdot(w, w))


def _reml_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y, p
    w = 1 / (v + tau2[..., None])
    return np.sqrt(2 / traces(w, basis)[1])


def _hedges_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    return _quadratic_error(y, v, basis, _df(v, p), tau2, None)


def _sidik_jonkman_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    return _quadratic_error(y, v, basis, _df(v, p), tau2, crude_variance(y, v))


def _profile_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y, basis
    df = _df(v, p)
    return np.sqrt(2 / df) * (df + p) / (1 / (v + tau2[..., None])).sum(-1)


def _moment_error(v: Array, basis: Array | None, p: int, tau2: Array) -> tuple[Array, Array]:
    """The root of the variance of Q at weights 1 / v, and the trace of P."""
    trace, square = traces(1 / v, basis)
    return np.sqrt(2 * _df(v, p) + 4 * tau2 * trace + 2 * tau2**2 * square), trace


def _dersimonian_laird_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y
    root, trace = _moment_error(v, basis, p, tau2)
    return root / trace


def _hunter_schmidt_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y
    return _moment_error(v, basis, p, tau2)[0] / (1 / v).sum(-1)


def _hedges(y: Array, v: Array, basis: Array | None, df: Array) -> Array:
    taking = np.isfinite(v)
    ones = taking.astype(np.float64)
    rss = solve(y, ones, basis).rss
    hat = ones / ones.sum(-1)[..., None] if basis is None else np.vecdot(basis, basis)
    return (rss - np.where(taking, v * (1 - hat), 0.0).sum(-1)) / df


def _sidik_jonkman(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    crude = crude_variance(y, v)
    # Of equal effects throughout it is 0, and so is what is found.
    return crude * solve(y, 1 / (v + crude[..., None]), basis).rss / _df(v, p)


def _quadratic_error(
    y: Array, v: Array, basis: Array | None, df: Array, tau2: Array, crude: Array | None
) -> Array:
    """Standard error of scale * y'Ay for A = P at the method's own weights: k x k, diagonal V."""
    del y
    taking = np.isfinite(v)
    known = np.where(taking, v, 0.0)
    w = taking.astype(np.float64) if crude is None else 1 / (v + crude[..., None])
    x = np.ones((*w.shape, 1)) if basis is None else basis
    weighted = w[..., None] * x
    projection = (w[..., None] * np.eye(w.shape[-1])) - weighted @ (
        np.linalg.inv(weighted.mT @ x) @ weighted.mT
    )
    a, b = projection * known[..., None, :], projection * taking[..., None, :]
    trace = np.einsum("...ij,...ji->...", a, a) + 2 * tau2 * np.einsum("...ij,...ji->...", a, b)
    trace += tau2**2 * np.einsum("...ij,...ji->...", b, b)
    return np.sqrt(2 * trace) * (1.0 if crude is None else crude) / df


def _likelihood(
    y: Array,
    v: Array,
    basis: Array | None,
    df: Array,
    near: float | None,
    engine: Engine,
    *,
    restricted: bool,
) -> Array:
    if y.ndim == 1 and basis is None and np.maximum.reduce(v) < np.inf:
        return _likelihood_one(y, v, near, restricted)
    w = 1 / v
    moments = (solve(y, w, basis).rss - df) / traces(w, basis)[0]
    start = np.maximum(np.maximum(_hedges(y, v, basis, df), moments), 0.0)
    small = 1e-3 * (np.isfinite(v).sum(-1) / w.sum(-1))

    slope = _slope(y, v, basis, restricted)
    begin = np.full(y.shape[:-1], near) if near else start
    if engine == "jax" and basis is None and y.ndim == 2:
        from hilum.synthesis.batch_jax import climb as climb_on_device

        best = climb_on_device(y, v, begin, small, restricted=restricted)
    else:
        best = (_climb_one if y.ndim == 1 else _climb)(slope, begin, small, 0.0)
    # The likelihood can have several hills, at 0 among others. Where the climb ended far from the
    # moment estimates look for higher ground, and climb from there without leaps.
    odd = (best < 0.7 * start) | (best > 1.4 * start) | (start == 0)
    # With moderators there are more hills, wherever the climb ended.
    odd = odd | (basis is not None)
    # A hill at 0 may be the higher one wherever the climb ended.
    nothing = loglik(y, v, np.zeros_like(best), basis, restricted=restricted)
    odd = odd | (nothing > loglik(y, v, best, basis, restricted=restricted) + ALIKE)
    if odd.any():
        if y.ndim == 1:
            return _higher(y, v, basis, best, small, restricted)
        own = _of_rows(basis, odd)
        best[odd] = _higher(y[odd], v[odd], own, best[odd], small[odd], restricted)
    return best


def _of_rows(basis: Array | None, rows: Mask) -> Array | None:
    """The design of some meta-analyses of a batch: each has its own, or all have one."""
    return basis if basis is None or basis.ndim < 3 else basis[rows]


def _slope(
    y: Array, v: Array, basis: Array | None, restricted: bool
) -> Callable[..., tuple[Array, Array, Array]]:
    """The score in tau2 and its curvature; in a batch of the rows that are asked for."""

    def slope(tau2: Number, rows: Mask | None = None) -> tuple[Array, Array, Array]:
        if rows is None:
            return score(y, v, tau2, basis, restricted=restricted)
        own = _of_rows(basis, rows)
        return score(y[rows], v[rows], tau2, own, restricted=restricted)

    return slope


def _likelihood_one(y: Array, v: Array, near: float | None, restricted: bool) -> Array:
    """The same for one meta-analysis without moderators: a sixth of the time."""
    own = Likelihood(y, v, restricted=restricted)
    found = own.beginning()
    start = max(found.hedges, found.moments, 0.0)
    small = 1e-3 * own.k / found.total
    best = _climb_one(own.at, near or start, small, 0.0)
    settled = float(best)
    odd = settled < 0.7 * start or settled > 1.4 * start or start == 0
    if odd or own.value(0.0) > own.value(settled) + ALIKE:
        return _higher(y, v, None, best, np.asarray(small), restricted)
    return best


def _higher(
    y: Array, v: Array, basis: Array | None, best: Array, small: Array, restricted: bool
) -> Array:
    """``best``, or the top of another hill where that is higher: each hill of a grid is climbed."""
    low = 10 * small
    high = np.maximum(2 * crude_variance(y, v), 100 * small)
    tops = low * (high / low) ** GRID[(..., *(None,) * best.ndim)]
    tops = np.concatenate([np.zeros_like(best)[None], tops])
    heights = loglik(y, v, tops, basis, restricted=restricted)
    reached = loglik(y, v, best, basis, restricted=restricted)
    edge = np.full_like(heights[:1], -np.inf)
    before, after = np.concatenate([edge, heights[:-1]]), np.concatenate([heights[1:], edge])
    end = np.full_like(tops[:1], np.inf)
    # The hill that was climbed already is the one whose neighbours stand around it.
    around = np.concatenate([edge, tops[:-1]]) <= best
    around &= best <= np.concatenate([tops[1:], end])
    peaks = (heights >= before) & (heights >= after) & ~around
    # Or the climb left its hill: then any point above it is where to start.
    peaks = (peaks & (heights > reached - BELOW)) | (heights > reached + ALIKE)
    if not peaks.any():
        return best

    slope = _slope(y, v, basis, restricted)
    climb = _climb_one if y.ndim == 1 else _climb
    order = np.argsort(np.where(peaks, -heights, np.inf), axis=0, kind="stable")
    best = best.copy()
    for rank in range(HILLS):
        place = order[rank][None]
        here = np.take_along_axis(peaks, place, 0)[0]
        if not here.any():
            break
        top = np.take_along_axis(tops, place, 0)[0]
        found = climb(slope, np.where(here, top, best), small, 0.5)
        height = loglik(y, v, found, basis, restricted=restricted)
        better = here & (height > reached + ALIKE)
        best, reached = np.where(better, found, best), np.where(better, height, reached)
    return best


def _climb_one(
    slope: Callable[[float], tuple[Number, Number, Number]],
    start: Number,
    small: Number,
    least: float,
) -> Array:
    """Newton's method on the score, kept inside a bracket where the score changes sign.

    A step down keeps at least the share ``least`` of tau2, until that is next to nothing.
    """
    low, high, tau2, floor = -np.inf, np.inf, float(start), float(small)
    for i in range(MAX_ITERATIONS):
        g, observed, expected = map(float, slope(tau2))
        if g > 0:
            low = tau2
        else:
            high = tau2
        new = min(tau2 + g / (observed if observed > 0 else expected), 10 * (tau2 + floor * 1e3))
        if least and tau2 > 1e-6 * floor:
            new = max(new, least * tau2)
        if new <= max(low, 0.0):
            new = (low + tau2) / 2 if low >= 0 else 0.0
        elif new >= high:
            new = (tau2 + high) / 2
        if i > PATIENCE and high < np.inf:
            # Newton's steps may go back and forth where the curvature changes its sign.
            new = (max(low, 0.0) + high) / 2
        if abs(new - tau2) <= STEP * (new + floor):
            return np.asarray(new)
        tau2 = new
    message = phrased(
        "tau2 {tau2:g}: not settled after {max_iterations} steps",
        tau2=tau2,
        max_iterations=MAX_ITERATIONS,
    )
    raise NotConverged(message)


def _climb(
    slope: Callable[[Array, Mask], tuple[Array, Array, Array]],
    start: Array,
    small: Array,
    least: float,
) -> Array:
    """The same for a batch; rows that have settled are computed no more."""
    tau2 = start.copy()
    low, high = np.full_like(tau2, -np.inf), np.full_like(tau2, np.inf)
    going = np.isfinite(tau2)
    for i in range(MAX_ITERATIONS):
        t, lo, hi = tau2[going], low[going], high[going]
        g, observed, expected = slope(t, going)
        up = g > 0
        lo, hi = np.where(up, t, lo), np.where(up, hi, t)
        new = t + g / np.where(observed > 0, observed, expected)
        new = np.minimum(new, 10 * (t + small[going] * 1e3))
        if least:
            new = np.where(t > 1e-6 * small[going], np.maximum(new, least * t), new)
        short = new <= np.maximum(lo, 0.0)
        new = np.where(short, np.where(lo >= 0, (lo + t) / 2, 0.0), new)
        new = np.where(~short & (new >= hi), (t + hi) / 2, new)
        if i > PATIENCE:
            new = np.where(hi < np.inf, (np.maximum(lo, 0.0) + hi) / 2, new)
        settled = np.abs(new - t) <= STEP * (new + small[going])
        tau2[going], low[going], high[going] = new, lo, hi
        going[going] = ~settled
        if not going.any():
            return tau2
    row = int(np.flatnonzero(going)[0])
    message = phrased("meta-analysis {row}: tau2 {tau2:g} not settled", row=row + 1, tau2=tau2[row])
    raise NotConverged(message)


# Networks climb their own likelihood with it.
climb_one = _climb_one

ESTIMATORS: Final[dict[str, Estimator]] = {
    one.code: one
    for one in (
        Estimator("EE", _equal, None, iterative=False, random=False, source="equal effects"),
        Estimator(
            "DL",
            _dersimonian_laird,
            _dersimonian_laird_error,
            iterative=False,
            source="DerSimonian & Laird 1986",
        ),
        Estimator(
            "HE", _hedges_olkin, _hedges_error, iterative=False, source="Hedges & Olkin 1985"
        ),
        Estimator(
            "HS",
            _hunter_schmidt,
            _hunter_schmidt_error,
            iterative=False,
            source="Hunter & Schmidt 2004",
        ),
        # From the crude variance.
        Estimator(
            "SJ",
            _sidik_jonkman,
            _sidik_jonkman_error,
            iterative=False,
            source="Sidik & Jonkman 2005",
        ),
        Estimator("ML", _ml, _ml_error, iterative=True, source="Viechtbauer 2005"),
        Estimator("REML", _reml, _reml_error, iterative=True, source="Viechtbauer 2005"),
        # Morris's equation is Paule & Mandel's.
        Estimator("EB", _paule_mandel, _profile_error, iterative=True, source="Morris 1983"),
        Estimator(
            "PM", _paule_mandel, _profile_error, iterative=True, source="Paule & Mandel 1982"
        ),
        # The median-unbiased variant.
        Estimator(
            "PMM", _median_unbiased, _profile_error, iterative=True, source="Viechtbauer 2021"
        ),
    )
}
"""Estimators of tau2 by their code; a new one is one record here."""
