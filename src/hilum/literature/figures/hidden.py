"""What a line may have done where another line, a mark or a band hides it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hilum.literature.figures.ink import TINTED

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Mask
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.way import Way


# Share of the columns without ink of a stretch in which something else lies there.
MOSTLY = 0.5
# Ink that counts as seen; pixels by which a line may leave its row, or what hides it have a hole.
INKED, NEAR = 0.35, 3
# Pixels around the end of a line in which bands are looked at; share of the axis before which an
# end is early; and by how much more a background differs from the paper where a band begins.
AROUND, EARLY, DEEPER = 10, 0.5, 15.0
# Share of the plot's height that a hidden line falls at once, at most.
TALLEST = 0.25
# Share of a stretch in which what hides it is as thin as a line.
FOLLOWED = 0.7
# Pixels by which an upright stroke is longer than a line is thick.
THICKER = 3
# Share of the rows above a line's start that its upright stroke at time 0 takes, where nothing lies
# over it and in all, and columns by which it stands off.
STANDS, OPEN, ASIDE = 0.9, 0.4, 2


class Hidden(NamedTuple):
    """Root mean square of survival that may be wrong; first and last column of the worst part."""

    lost: float
    first: int
    last: int


def followed(ink: Ink, way: Way, width: float) -> Mask:
    """Columns in which a line lies below another as thin: it can be nowhere but where that is.

    Whole stretches without ink of its own, from one that is seen to the next.
    """
    out = np.zeros(len(way.row), bool)
    for begin, stop in _stretches(way):
        thin, bare = 0, 0
        for i in range(begin, stop):
            high, low = _run(ink.other[:, way.first + i], int(way.row[i]))
            bare += low < high
            thin += 0 <= low - high <= 2 * width + THICKER
        if bare <= NEAR and thin >= FOLLOWED * (stop - begin):
            out[begin:stop] = True
    return out


def _stretches(way: Way) -> list[tuple[int, int]]:
    """Begin and end of what is mostly hidden between ink."""
    edges = np.diff(np.r_[0, (~way.seen).astype(np.int8), 0])
    pairs = zip(np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist(), strict=True)
    return [(a, b) for a, b in pairs if way.hidden[a:b].mean() >= MOSTLY]


def _run(on: Mask, row: int) -> tuple[int, int]:
    """First and last row of what lies at a row or right beside it; none where last is before."""
    near = [r for r in (row, row - 1, row + 1) if 0 <= r < len(on) and on[r]]
    if not near:
        return 0, -1
    high = low = near[0]
    while high > 0 and on[high - 1]:
        high -= 1
    while low + 1 < len(on) and on[low + 1]:
        low += 1
    return high, low


def hidden_falls(ink: Ink, way: Way, width: float, wide: float, height: float) -> Hidden:
    """What hidden falls may change: in each stretch the line lies anywhere between its two ends.

    A stretch of L of the axis over which survival falls by d is wrong by d times the root of L at
    most; stretches add up by their squares. What is hidden by a line as thin lies where that does.

    Parameters
    ----------
    ink, way, width : Ink, Way, float
        Of the line.
    wide, height : float
        Columns of the axis of time, and rows from survival 1 to 0.
    """
    squares, worst = 0.0, Hidden(0.0, way.first, way.first)
    known = followed(ink, way, width)
    for begin, stop in _stretches(way):
        if known[begin]:
            continue
        before, after = way.row[max(begin - 1, 0)], way.row[min(stop, len(way.row) - 1)]
        square = float(((after - before) / height) ** 2 * (stop - begin) / wide)
        squares += square
        if square > worst.lost:
            worst = Hidden(square, way.first + begin, way.first + stop - 1)
    return worst._replace(lost=squares**0.5)


def hidden_end(ink: Ink, way: Way, wide: float) -> bool:
    """Whether a line ends where a band begins, or early in one that goes on: it may go on below."""
    if ink.tint is None:
        return False
    row, end = int(way.row[-1]), way.last
    rows = slice(max(row - AROUND, 0), row + AROUND + 1)
    before = ink.tint[rows, max(end - AROUND, 0) : max(end - NEAR, 1)]
    after = ink.tint[rows, end + NEAR : end + 3 * AROUND]
    if not before.size or after.shape[1] < AROUND:
        return False
    gone, comes = float(np.median(before)), float(np.median(after))
    early = end - way.first < EARLY * wide
    return comes > TINTED and (early or comes > gone + DEEPER)


def falls_at_once(ink: Ink, way: Way, start: int, top: float, width: float) -> bool:
    """Whether a line begins with an upright stroke of its own from survival 1, at time 0.

    Parameters
    ----------
    ink : Ink
        Of the line.
    way : Way
        The line from where it is level.
    start : int
        Column of time 0.
    top : float
        Row of survival 1.
    width : float
        Of the line.
    """
    reach = round(width) + ASIDE
    return way.first <= start + reach and hangs(ink, way, start, top, reach)


def hangs(ink: Ink, way: Way, column: int, top: float, reach: int) -> bool:
    """Whether a line's upright stroke goes from survival 1, at a column or near it, to its start.

    ``top`` is the row of survival 1, ``reach`` how many columns off the stroke may stand.
    """
    rows = slice(max(round(top), 0), int(way.row[0]) + 1)
    columns = slice(max(column - reach, 0), max(column, 0) + reach + 1)
    drawn = ink.share[rows, columns] > INKED
    if not drawn.size:
        return False
    at = int(np.argmax(drawn.sum(axis=0)))
    own, over = drawn.any(axis=1), ink.other[rows, columns][:, at]
    return bool(own.mean() >= OPEN and (own | over).mean() >= STANDS)


def with_start(ink: Ink, way: Way, start: int, top: float, width: float) -> Way | None:
    """The line from time 0 on, where until its first ink it lies below another; else None.

    Gone back from its first ink it stays on what hides it, and goes up where that does, to the top.

    Parameters
    ----------
    ink : Ink
        Of the line.
    way : Way
        The line as far as it is seen.
    start : int
        Column of time 0.
    top : float
        Row of survival 1.
    width : float
        Of the line.
    """
    rows: list[int] = []
    row, bare = int(way.row[0]), 0
    for column in range(way.first - 1, max(start, 0) - 1, -1):
        on = ink.other[:, column] | (ink.share[:, column] > INKED)
        near = np.flatnonzero(on[max(row - NEAR, 0) : row + NEAR + 1]) + max(row - NEAR, 0)
        if len(near):
            upper, lower = _run(on, int(near[np.argmin(np.abs(near - row))]))
            if row - upper > TALLEST * len(on):
                # A frame or an axis.
                return None
            thick = lower - upper + 1 > width + THICKER
            row = min(row, upper + round(width / 2) if thick else (upper + lower) // 2)
            bare = 0
        else:
            bare += 1
            if bare > NEAR:
                return None
        rows.append(row)
    if not rows or abs(row - top) > max(2 * NEAR, width + NEAR):
        return None
    # A way goes down a stroke at its left edge; gone back it was met at its right one.
    before = np.array(rows[::-1])
    before = before[np.minimum(np.arange(len(rows)) + round(width), len(rows) - 1)]
    unseen = np.zeros(len(rows), bool)
    return replace(
        way,
        first=way.first - len(rows),
        row=np.r_[before, way.row],
        seen=np.r_[unseen, way.seen],
        hidden=np.r_[~unseen, way.hidden],
        fall=float(way.row[-1] - before[0]),
    )
