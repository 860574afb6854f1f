"""The tau2 of highest likelihood, for one meta-analysis or a batch of them.

Newton's method inside a bracket, from moment estimates; and from other hills where there may be
some. Shapes and masking are those of :mod:`hilum.synthesis.least_squares`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.errors import NotConverged, phrased
from hilum.synthesis.least_squares import loglik, score, solve, traces
from hilum.synthesis.likelihood_one import Likelihood

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array, Mask

    Number = Array | float

Engine = Literal["numpy", "jax"]
MAX_ITERATIONS = 200
# Steps of Newton's method before the bracket is halved instead.
PATIENCE = 100
# Newton's last step: its square is below rounding.
STEP = 1e-7
# Or one whose square is, where steps fall off as their squares: that to come is below NEXT.
SURE = 2e-6
NEXT = 1e-12
# Where to look for other maxima: points between a hundredth of the typical sampling variance and
# twice the crude variance of the effects, and the hills among them that are climbed at most.
GRID = np.linspace(0.0, 1.0, 25)
HILLS = 3
# A point of the grid stands this little below the top of its hill.
BELOW = 0.5
# Heights that differ by less are alike.
ALIKE = 1e-12


def crude_variance(y: Array, v: Array) -> Array:
    """Sidik & Jonkman's starting value: the variance of yi with divisor k."""
    taking = np.isfinite(v)
    k = taking.sum(-1)
    mean = np.where(taking, y, 0.0).sum(-1) / k
    return np.where(taking, (y - mean[..., None]) ** 2, 0.0).sum(-1) / k


def degrees(v: Array, p: int) -> Array:
    """Studies that take part less coefficients."""
    return np.isfinite(v).sum(-1) - p


def hedges(y: Array, v: Array, basis: Array | None, df: Array) -> Array:
    """Hedges & Olkin's tau2, which may be negative."""
    taking = np.isfinite(v)
    ones = taking.astype(np.float64)
    rss = solve(y, ones, basis).rss
    hat = ones / ones.sum(-1)[..., None] if basis is None else np.vecdot(basis, basis)
    return (rss - np.where(taking, v * (1 - hat), 0.0).sum(-1)) / df


def likeliest(
    y: Array,
    v: Array,
    basis: Array | None,
    p: int,
    near: float | None,
    engine: Engine,
    *,
    restricted: bool,
) -> Array:
    """The tau2 >= 0 at the highest maximum of the (restricted) likelihood.

    Parameters
    ----------
    near : float or None
        Where to start, if known.

    Raises
    ------
    NotConverged
        When the climb does not settle.
    """
    if y.ndim == 1 and basis is None:
        own = Likelihood(y, v, restricted=restricted)
        if own.variances < np.inf:
            return _likelihood_one(own, y, v, near)
    w, df = 1 / v, degrees(v, p)
    moments = (solve(y, w, basis).rss - df) / traces(w, basis)[0]
    start = np.maximum(np.maximum(hedges(y, v, basis, df), moments), 0.0)
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


def _likelihood_one(own: Likelihood, y: Array, v: Array, near: float | None) -> Array:
    """The same for one meta-analysis without moderators: a sixth of the time."""
    found = own.beginning()
    start = max(found.hedges, found.moments, 0.0)
    small = 1e-3 * own.k / found.total
    best = _climb_one(own.at, near or start, small, 0.0)
    settled = float(best)
    odd = settled < 0.7 * start or settled > 1.4 * start or start == 0
    # The last place of the climb is as high as its end, but for rounding, and is known already.
    if odd or (own.fall(own.last) > -1e-9 and own.fall(settled) > ALIKE):
        return _higher(y, v, None, best, np.asarray(small), own.restricted)
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
    low, high, tau2, floor = -math.inf, math.inf, float(start), float(small)
    before = 0.0
    for i in range(MAX_ITERATIONS):
        g, observed, expected = map(float, slope(tau2))
        if g > 0:
            low = tau2
        else:
            high = tau2
        curvature = observed if observed > 0 else expected
        # Where one study outweighs all others by far, rounding leaves nothing of either.
        plain = tau2 + g / curvature if curvature > 0 else math.inf if g > 0 else 0.0
        new = min(plain, 10 * (tau2 + floor * 1e3))
        if least and tau2 > 1e-6 * floor:
            new = max(new, least * tau2)
        if new <= max(low, 0.0):
            new = (low + tau2) / 2 if low >= 0 else 0.0
        elif new >= high:
            new = (tau2 + high) / 2
        if i > PATIENCE and high < np.inf:
            # Newton's steps may go back and forth where the curvature changes its sign.
            new = (max(low, 0.0) + high) / 2
        step, scale = abs(new - tau2), new + floor
        if step <= STEP * scale:
            return np.asarray(new)
        exact = new == plain and observed > 0
        if exact and step <= SURE * scale and step**3 <= NEXT * scale * before**2:
            return np.asarray(new)
        tau2, before = new, step if exact else 0.0
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
        curvature = np.where(observed > 0, observed, expected)
        flat = curvature <= 0
        leap = np.where(up, np.inf, 0.0)
        new = np.where(flat, leap, t + g / np.where(flat, 1.0, curvature))
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
