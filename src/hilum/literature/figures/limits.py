"""Which lines of one colour are the confidence limits of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.way import Way


# Share of common columns in which a limit lies on its side of the curve.
SIDE, MOSTLY = 0.95, 0.8
# A line of less than this share of another's width is thinner.
THIN = 0.85
# Pixels beside a line's row that belong to it.
BESIDE = 4
# Columns that tell a line's width at least; share of ink of a pixel that is its, least width, and
# by how much widths of one line differ.
FEW, INKED, LEAST, SPREAD = 20, 0.15, 0.4, 0.3


def without_limits(ways: list[Way], share: Array) -> tuple[list[Way], list[Way]]:
    """The lines that are no limits, and those that are.

    Where a line has one above and one below it all the way, these are its limits if they are drawn
    alike or are both thinner than it. Two broken lines that are thinner are so too where they lie
    above and below for most of the way: close to it they may take each other's ink.
    """
    weights = {id(w): weight_of(w, share) for w in ways}
    solid = [w for w in ways if w.style == "solid"]
    rest = [w for w in ways if w.style != "solid"]
    if len(solid) == 1 and len(rest) == 2 and _mostly_beside(solid[0], rest):
        thin = max(weights[id(w)] for w in rest) < THIN * weights[id(solid[0])]
        if thin or rest[0].style == rest[1].style:
            return solid, rest
    for one in ways:
        above = [w for w in ways if w is not one and _over(w, one)]
        below = [w for w in ways if w is not one and _over(one, w)]
        if len(above) != 1 or len(below) != 1:
            continue
        limits = [above[0], below[0]]
        thin = max(weights[id(w)] for w in limits) < THIN * weights[id(one)]
        if thin or limits[0].style == limits[1].style:
            return [one, *(w for w in ways if w not in (one, *limits))], limits
    return ways, []


def heaviest(ways: list[Way], share: Array) -> list[Way]:
    """Those that are not thinner than others."""
    weights = [weight_of(w, share) for w in ways]
    most = max(weights, default=0.0)
    return [w for w, weight in zip(ways, weights, strict=True) if weight >= THIN * most]


def _mostly_beside(one: Way, rest: list[Way]) -> bool:
    """Whether one of two lines lies above most of a third, and the other below."""
    high = [_over(w, one, MOSTLY) for w in rest]
    low = [_over(one, w, MOSTLY) for w in rest]
    return sorted(high) == [False, True] and [not h for h in high] == low


def weight_of(way: Way, share: Array) -> float:
    """Width of a line in pixels: the median sum of its shares in columns where it is level."""
    level = np.flatnonzero((np.diff(way.row, prepend=-1) == 0) & way.seen)
    if not len(level):
        return 0.0
    rows = way.row[level][:, None] + np.arange(-BESIDE, BESIDE + 1)
    inside = (rows >= 0) & (rows < len(share))
    columns = (way.first + level)[:, None]
    drawn = share[np.clip(rows, 0, len(share) - 1), columns] * inside
    return float(np.median(drawn.sum(axis=1)))


def width_of(way: Way, share: Array, usual: float) -> float:
    """Width of one line in pixels: the commonest sum of its shares where it is level and seen.

    ``usual`` is that of all lines of the colour, and its own where it has too few such columns.
    """
    level = np.flatnonzero((np.diff(way.row, prepend=-1) == 0) & way.seen)
    if len(level) < FEW:
        return usual
    rows = way.row[level][:, None] + np.arange(-2 * BESIDE, 2 * BESIDE + 1)
    inside = (rows >= 0) & (rows < len(share))
    drawn = share[np.clip(rows, 0, len(share) - 1), (way.first + level)[:, None]] * inside
    on = drawn > INKED
    middle = 2 * BESIDE
    # From the row of the way outwards as far as there is ink without a break.
    up = np.cumprod(on[:, middle::-1], axis=1)[:, ::-1]
    down = np.cumprod(on[:, middle:], axis=1)
    whole = np.concatenate([up, down[:, 1:]], axis=1)
    totals = (drawn * whole).sum(axis=1)
    totals = totals[(totals > LEAST) & (whole.sum(axis=1) < 2 * middle)]
    if len(totals) < FEW:
        return usual
    values, counts = np.unique(np.round(totals * 4) / 4, return_counts=True)
    near = values[counts.argmax()]
    return float(np.median(totals[np.abs(totals - near) <= SPREAD]))


def _over(high: Way, low: Way, side: float = SIDE) -> bool:
    first, last = max(high.first, low.first), min(high.last, low.last)
    if last - first < 0.5 * (min(high.last - high.first, low.last - low.first) + 1):
        return False
    upper = high.row[first - high.first : last + 1 - high.first]
    lower = low.row[first - low.first : last + 1 - low.first]
    return bool((upper <= lower + 1).mean() > side)
