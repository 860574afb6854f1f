"""Numbers at risk read from the heights of the steps themselves.

A step of d deaths among n at risk multiplies survival by 1 - d/n. Where the curve is known more
finely than 1/n, its steps therefore tell n, and with it how many patients were censored between
them, which spreading censoring evenly (Guyot 2012) leaves unused. The most probable path of n is
found by dynamic programming over whole numbers: a step costs its squared distance to the curve in
units of the reading error, a gap costs the Poisson probability of its censored patients.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import special

from hilum.synthesis.arrays import Array
from hilum.synthesis.survival.risk_interval import Filled, Interval, places
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch

Whole = NDArray[np.int64]

# A gap of more censored patients than this is cut by a column of any risk table.
MOST = 2000
_LOG_FACTORIAL: Array = special.gammaln(np.arange(1.0, MOST + 1.0))
# Expected censored patients of a gap is never quite 0: the prior has to let the steps speak.
FEWEST = 0.02
# Vector paths are at least as exact. Coarser readings may hold a point halfway down a step.
EXACT = 2e-4
# Images are at least as fine; coarser readings are clicks.
FINE = 1e-3
# Gaps are tried to this many censored patients on exact readings, whatever is expected.
WIDE = 400
# The cost of each further death at one time, on exact readings.
TIED = 4.0
# The cost of such a point: four standard errors.
STRAY = 8.0
# A tick is seldom misread: minus the log of one in three thousand. Pixels put one beside a step on
# its wrong side more often: one in seven.
UNSEEN, UNSEEN_PIXELS = 8.0, 2.0


def tells(interval: Interval, survival: float, precision: float, limit: float) -> bool:
    """Whether one death's step is known to within ``limit`` of its height."""
    return survival > 0 and 1.5 * precision * interval.n_start < limit * survival


def fill_by_steps(
    interval: Interval,
    survival: float,
    precision: float,
    expected: float,
    watch: Watch = SILENT,
) -> Filled | None:
    """As :func:`hilum.synthesis.survival.risk_interval.fill`, numbers at risk from the steps.

    Parameters
    ----------
    interval : Interval
        Where ``n_stop`` is None, those left after the last step are censored until ``stop``.
    survival : float
        Reconstructed survival at its start.
    precision : float
        Standard error of a level of the curve.
    expected : float
        Censored patients expected inside.
    watch : Watch
        Looked at for every step.

    Returns
    -------
    Filled or None
        None where no whole numbers meet both counts and have a death at each step.
    """
    n_start, n_stop = interval.n_start, interval.n_stop
    floor = n_stop or 0
    edges = [interval.start, *interval.times, interval.stop]
    shares = _shares(interval, edges, expected)
    width = n_start - floor + 1
    unseen = UNSEEN if precision <= EXACT else UNSEEN_PIXELS
    # State i: floor + i patients at risk.
    count = np.arange(floor, n_start + 1)
    cost = np.full(width, np.inf)
    gone = np.arange(width)
    cost[::-1] = _poisson(gone, shares[0] + 0.5) + _unseen(interval, edges, 0, gone, unseen)
    reached = np.full(width, survival)
    # The most probable count of a gap that expects a third of a patient is none, gap after gap;
    # what a gap did not get is carried to the next, as in rounding a running sum.
    carried = np.clip(0.5 + shares[0] - gone[::-1], 0.0, 1.0)
    scale = 0.5 / precision**2
    back: list[tuple[Whole, Whole, Whole]] = []
    steps = len(interval.times)
    at_risk = np.maximum(count, 1)
    for k, level in enumerate(interval.levels):
        watch.done(0)
        # A drop well above the error of a vector path is a death, whatever n is.
        fell = (interval.levels[k - 1] if k else survival) - level
        least = 1 if precision <= EXACT and fell > 3 * precision else 0
        d = _deaths(count, reached, level, least)
        after = reached * (1 - d / at_risk)
        misfit = (after - level) ** 2 * scale
        if precision <= EXACT:
            # Four deaths of forty fall as far as one of ten: fewer at one time are likelier.
            total = cost + misfit + TIED * np.maximum(d - 1, 0)
        else:
            total = cost + np.minimum(misfit, STRAY)
        left = count - d - floor
        total[(left < 0) | (count < least)] = np.inf
        left_cost, source = _cheapest(total, left)
        if k == steps - 1:
            back.append((source, d, source))
            cost, reached, carried = left_cost, after[source], carried[source]
            break
        longest = min(width, MOST, int(shares[k + 1] + 8 * (shares[k + 1] + 1) ** 0.5 + 8))
        if precision <= EXACT:
            # Where the data were cut, many leave at once; exact steps say so.
            longest = max(longest, min(width, WIDE))
        mean = carried[source] + shares[k + 1]
        short = _unseen(interval, edges, k + 1, gone[:longest], unseen)
        cost, lost = _over_gap(left_cost, mean, short)
        at = np.minimum(gone + lost, width - 1)
        back.append((source, d, at))
        reached = after[source[at]]
        carried = np.clip(mean[at] - lost, 0.0, 1.0)
    if not steps:
        return _without(interval, survival)
    if n_stop is not None or interval.ticks is not None:
        cost = (
            cost
            + _poisson(gone, carried + shares[-1])
            + _unseen(interval, edges, steps, gone, unseen)
        )
    last = int(cost.argmin())
    if not np.isfinite(cost[last]):
        return None
    return _trace(interval, back, last, float(reached[last]), floor)


def _deaths(count: Whole, reached: Array, level: float, least: int) -> Whole:
    """The whole number of deaths that comes nearest to the level, for each number at risk."""
    drop = np.where(reached > 0, 1 - level / np.maximum(reached, 1e-300), 0.0)
    d = np.rint(count * drop).astype(np.int64)
    return np.clip(d, least, count)


def _cheapest(total: Array, left: Whole) -> tuple[Array, Whole]:
    """Cost of each number left after a step, and the state before it that reaches it at that."""
    width = len(total)
    order = np.argsort(-total, kind="stable")
    order = order[np.isfinite(total[order])]
    left_cost = np.full(width, np.inf)
    source = np.zeros(width, np.int64)
    # Where several n leave the same number, the cheapest is written last and stays.
    left_cost[left[order]] = total[order]
    source[left[order]] = order
    return left_cost, source


def _over_gap(left_cost: Array, mean: Array, short: Array) -> tuple[Array, Whole]:
    """Cost of each number at risk after a gap, and how many censored patients make it so cheap.

    ``short`` is the cost of the ticks not met, for 0, 1, ... censored patients: the most tried.
    """
    longest = len(short)
    gone = np.arange(len(mean))
    moved = _windows(left_cost + mean, longest, np.inf)
    moved = moved - gone[:longest] * _windows(np.log(mean), longest, 0.0)
    moved += _LOG_FACTORIAL[:longest] + short
    lost = moved.argmin(axis=1)
    return moved[gone, lost], lost


def _trace(
    interval: Interval,
    back: list[tuple[Whole, Whole, Whole]],
    last: int,
    reached: float,
    floor: int,
) -> Filled:
    """Deaths and gaps along the cheapest path, read from its end."""
    steps = len(back)
    deaths = [0] * steps
    left = [0] * steps
    state = last
    for k in range(steps - 1, -1, -1):
        source, d, at = back[k]
        after = state if k == steps - 1 else int(at[state])
        left[k] = floor + after
        state = int(source[after])
        deaths[k] = int(d[state])
    before = [left[k] + deaths[k] for k in range(steps)]
    gaps = [interval.n_start - before[0]]
    gaps += [left[k] - before[k + 1] for k in range(steps - 1)]
    gaps.append(left[-1] - (interval.n_stop or 0))
    edges = [interval.start, *interval.times, interval.stop]
    censored: list[float] = []
    for k, gap in enumerate(gaps):
        censored += _inside(interval, edges, k, gap, last=k == steps)
    return Filled(deaths, censored, reached)


def _inside(
    interval: Interval, edges: list[float], k: int, count: int, *, last: bool
) -> list[float]:
    """Places of the patients censored between two steps."""
    ticks = None
    if interval.ticks is not None:
        low = bisect_left(interval.ticks, edges[k])
        high = bisect_left(interval.ticks, edges[k + 1])
        ticks = interval.ticks[low:] if last else interval.ticks[low:high]
    if last and interval.n_stop is None and ticks and count > len(ticks):
        # Those still followed when the data were cut share the last tick.
        return ticks + ticks[-1:] * (count - len(ticks))
    if last and interval.n_stop is None and not ticks and count > 0:
        # The curve is drawn to its end, so the last patient is seen until then.
        width = (interval.stop - edges[k]) / count
        return [edges[k] + (i + 1) * width for i in range(count)]
    return places(Interval(edges[k], edges[k + 1], 0, 0, [], [], ticks, []), count)


def _shares(interval: Interval, edges: list[float], expected: float) -> list[float]:
    """Expected censored patients of each gap."""
    length = interval.stop - interval.start
    if interval.ticks is not None:
        many = [float(_ticks_in(interval, edges, k)) for k in range(len(edges) - 1)]
        # Where the numbers ask for more than the ticks, some ticks lie on one another or were
        # not seen, which can be anywhere.
        extra = max(expected - sum(many), 0.0) / length if length > 0 else 0.0
        return [
            max(m + extra * (b - a), FEWEST)
            for m, (a, b) in zip(many, pairwise(edges), strict=True)
        ]
    if length <= 0:
        return [FEWEST] * (len(edges) - 1)
    return [max(expected * (b - a) / length, FEWEST) for a, b in pairwise(edges)]


def _ticks_in(interval: Interval, edges: list[float], k: int) -> int:
    ticks = interval.ticks or []
    high = bisect_left if k < len(edges) - 2 else bisect_right
    return high(ticks, edges[k + 1]) - bisect_left(ticks, edges[k])


def _windows(values: Array, length: int, beyond: float) -> Array:
    """Row i: the ``length`` values from the i-th on."""
    padded = np.concatenate([values, np.full(length - 1, beyond)])
    return sliding_window_view(padded, length)


def _poisson(count: Whole, mean: Array | float) -> Array:
    """Minus the log probability of counts."""
    return mean - count * np.log(mean) + special.gammaln(count + 1.0)


def _unseen(interval: Interval, edges: list[float], k: int, count: Whole, each: float) -> Array:
    """Cost of fewer censored patients than the figure shows ticks."""
    if interval.ticks is None:
        return np.zeros(len(count))
    return each * np.maximum(_ticks_in(interval, edges, k) - count, 0)


def _without(interval: Interval, survival: float) -> Filled:
    """No step: everybody who leaves is censored."""
    gone = interval.n_start - (interval.n_stop or 0)
    edges = [interval.start, interval.stop]
    return Filled([], _inside(interval, edges, 0, gone, last=True), survival)
