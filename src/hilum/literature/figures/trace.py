"""One line in an image, measured column by column to a fraction of a pixel.

A pixel at the edge of a line is a mixture of line and paper, and its share of line says where in
the pixel the edge lies. A line of width w that only goes right and down has, above a place x, its
upper edge at the level it had at x - w/2, raised by w/2: so the upper edge alone gives the level of
every column, also where steps share a few columns. Averages of columns keep the area under the
curve; where between two levels the fall stands follows from that area.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hilum.literature.figures.hidden import followed

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.way import Way


# Share of line from which a pixel belongs to it.
SHARE = 0.15
# Pixels: one level may waver by this much; a mark rises above it by at least that much.
WAVER, RISES = 0.3, 1.2
# A run whose shares add up to the width, to this, is the whole line and nothing else.
WHOLE = 0.5
# Where a line is hidden its row is known to a pixel: nearer to a level than this it is that level.
SNAP = 1.3
# Share of the rows of a fall in which its upright stroke is seen.
UPRIGHT = 0.3
# Columns by which a mark at the end of a line is wider than it is high.
AT_END = 2.0
# Rows beside its way that a line is looked for in, for the marks on it.
BESIDE = 14


@dataclass(frozen=True, slots=True)
class Trace:
    """Row of the line in each column, NaN where it could not be seen alone.

    ``ticks`` are columns of what rises above it, ``half`` is how far that reaches below it, rows;
    ``marks`` are those of censoring, ``told`` whether they can be told from what else rises.
    """

    row: Array
    ticks: list[float]
    width: float
    half: float = 0.0
    marks: list[float] = field(default_factory=list[float])
    told: bool = True


class _Run(NamedTuple):
    """Neighbouring rows of line in a column: ends, upper edge, middle, sum of shares."""

    first: int
    last: int
    upper: float
    middle: float
    total: float


def measured(ink: Ink, way: Way, start: int, width: float) -> Trace:
    """The rows of a line along its way, without the marks on it."""
    many = ink.share.shape[1]
    row, foot = np.full(many, np.nan), np.full(many, np.nan)
    before = int(way.row[0])
    across = int(width) + 2
    for i, at in enumerate(way.row.tolist()):
        c = way.first + i
        low, high = min(before, at), max(before, at)
        # Upright strokes are as wide as the line: their upper edge is the level before.
        top = max(int(way.row[max(i - across, 0)]) - BESIDE, 0)
        runs = _runs(ink.share[top : high + BESIDE + 1, c], top)
        on = [r for r in runs if r.first - 1 <= high and r.last + 1 >= low]
        before = at
        if not on:
            continue
        run = min(on, key=lambda r: abs(r.middle - at))
        # Beside another line the upper edge is that line's.
        hidden = bool(ink.other[max(run.first - 2, 0) : run.first, c].any())
        whole = abs(run.total - width) < WHOLE
        if whole or (not hidden and run.total >= width - 0.7):
            row[c] = run.middle if run.total <= width + 0.4 else run.upper + width / 2
            foot[c] = run.last
    placed, strokes = _placed(ink.share, way, width, followed(ink, way, width))
    if way.style != "solid":
        # What is seen of an upright stroke between gaps does not reach up to the level before.
        row[strokes] = np.nan
    if np.isfinite(row).sum() < 5:
        return Trace(row, [], width)
    hold = int(width) + 4
    marks, halves = _without_marks(row, foot, hold, int(start + width))
    marks += _end_mark(row, hold, halves)
    _filled(row, way.first, placed)
    half = float(np.median(halves)) if halves else 0.0
    return Trace(row, _centres(sorted(marks)), width, half)


def _placed(share: Array, way: Way, width: float, known: Mask) -> tuple[Array, list[int]]:
    """The rows of the way, each fall where an upper edge shows it, and the columns of strokes.

    A way falls at the first column it can. Where the upright stroke is seen, the fall is its
    middle; where a gap or another line hides it, the middle of what is hidden, but for what a line
    as thin hides (``known``): that falls with it.
    """
    out = np.full(len(way.row), float(way.row[0]))
    inked = np.flatnonzero(way.seen)
    strokes: list[int] = []
    at = 0.0
    for i in (np.flatnonzero(np.diff(way.row) > 0) + 1).tolist():
        high, low = int(way.row[i - 1]), int(way.row[i])
        middle = _stroke(share, way.first + i, high, low, width)
        if middle is None:
            last = inked[np.searchsorted(inked, i) - 1] if inked[0] < i else i - 1
            after = inked[min(np.searchsorted(inked, i), len(inked) - 1)]
            beside = after <= last + 1 or known[i]
            place = i + width if beside else (last + after) / 2 + 0.5 + width / 2
        else:
            place = middle - way.first + width / 2 + 0.5
            half = width / 2
            strokes += [c for c in range(way.first + i - 1, way.first + i + int(width) + 2)
                        if abs(c - middle) <= half]  # fmt: skip
        at = max(place, at)
        out[round(at) :] = low
    return out, strokes


def _stroke(share: Array, column: int, high: int, low: int, width: float) -> float | None:
    """Middle of the upright ink of a fall, where there is some between both levels."""
    margin = int(width / 2 + 1.5)
    if low - high <= 2 * margin:
        return None
    first = max(column - 1, 0)
    part = share[high + margin : low - margin + 1, first : column + int(width) + 2]
    if not part.size or (part.max(axis=1) > SHARE).mean() < UPRIGHT:
        return None
    weight = part.sum(axis=0)
    return first + float(weight @ np.arange(len(weight)) / weight.sum())


def _filled(row: Array, first: int, placed: Array) -> None:
    """Where the line was not seen alone, in place: along its way, between the levels beside."""
    seen = np.flatnonzero(np.isfinite(row))
    for a, b in pairwise(seen.tolist()):
        if b - a == 1:
            continue
        before, after = float(row[a]), float(row[b])
        for c in range(a + 1, b):
            at = float(placed[c - first])
            if abs(at - before) < SNAP or at < before:
                at = before
            elif abs(at - after) < SNAP or at > after:
                at = after
            row[c] = at
    begin = float(row[seen[0]])
    for c in range(int(seen[0]) - 1, first - 1, -1):
        at = float(placed[c - first])
        begin = at if at < begin - SNAP else begin
        row[c] = begin
    level = float(row[seen[-1]])
    for c in range(int(seen[-1]) + 1, first + len(placed)):
        at = float(placed[c - first])
        level = at if at > level + SNAP else level
        row[c] = level


def _without_marks(
    row: Array, foot: Array, hold: int, start: int
) -> tuple[list[tuple[int, float]], list[float]]:
    """Take out, in place, columns that rise above a level already reached: marks across the line.

    So are columns that fall and come back to the same level within the width of a mark: half a
    mark whose other half is hidden. Returned are columns with how far they leave the line, and
    how far marks reach below it.
    """
    marks: list[tuple[int, float]] = []
    halves: list[float] = []
    seen = np.flatnonzero(np.isfinite(row)).tolist()
    at = float(row[seen[0]])
    for i, c in enumerate(seen):
        level = float(row[c])
        if level < at - RISES and c > start:
            marks.append((c, at - level))
            halves.append(float(foot[c]) - at)
            row[c] = np.nan
        elif level > at + RISES:
            following = row[seen[i + 1 : i + 1 + hold]]
            if (np.abs(following - at) < WAVER).sum() >= 2:
                marks.append((c, level - at))
                row[c] = np.nan
            else:
                at = level
        else:
            at = max(at, level)
    return marks, halves


def _end_mark(row: Array, hold: int, halves: list[float]) -> list[tuple[int, float]]:
    """A fall in the last columns as long as half a mark is the mark at the end of follow-up."""
    seen = np.flatnonzero(np.isfinite(row))
    if len(seen) <= hold or not halves:
        return []
    level = float(np.median(row[seen[-2 * hold : -hold]]))
    last = seen[-hold:]
    low = last[row[last] > level + RISES]
    if not len(low) or abs(float(row[low].max()) - level - float(np.median(halves))) > RISES:
        return []
    row[low] = np.nan
    return [(int(c), 1.0) for c in low]


def _runs(column: Array, top: int) -> list[_Run]:
    """Runs of line in a part of a column that starts at ``top``, the highest first."""
    on = np.flatnonzero(column > SHARE)
    if not len(on):
        return []
    out: list[_Run] = []
    for rows in np.split(on, np.flatnonzero(np.diff(on) > 1) + 1):
        first, last = int(rows[0]), int(rows[-1])
        lo, hi = max(first - 1, 0), min(last + 2, len(column))
        weight = column[lo:hi]
        total = float(weight.sum())
        # Down to the first full row the shares add up to how far the edge is above its foot.
        full = int(np.argmax(weight >= 0.9 * weight.max()))
        upper = top + lo + full + 0.5 - float(weight[: full + 1].sum())
        middle = top + float(weight @ np.arange(lo, hi)) / total
        out.append(_Run(top + first, top + last, upper, middle, total))
    return out


def _centres(marks: list[tuple[int, float]]) -> list[float]:
    """Middle of each group of neighbouring columns that rise above the line."""
    out: list[float] = []
    group: list[tuple[int, float]] = []
    for mark in [*marks, (10**9, 0.0)]:
        if group and mark[0] - group[-1][0] > 1:
            weight = sum(w for _, w in group)
            if weight > 0:
                out.append(sum(c * w for c, w in group) / weight)
            group = []
        group.append(mark)
    return out


def falls(trace: Trace) -> list[tuple[float, float]]:
    """Where the line falls, and the row from then on, from its first column to its last."""
    seen = np.flatnonzero(np.isfinite(trace.row))
    rows = np.maximum.accumulate(trace.row[seen])
    # Levels held for more than a column, or the only one there is between two falls.
    held: list[tuple[int, int, float]] = []
    begin = 0
    while begin < len(seen):
        stop = begin + 1
        while stop < len(seen) and rows[stop] - rows[begin:stop].mean() < WAVER:
            stop += 1
        held.append((begin, stop - 1, float(np.median(rows[begin:stop]))))
        begin = stop
    plateaus = [
        one
        for i, one in enumerate(held)
        if one[1] > one[0] or i in (0, len(held) - 1) or _alone(held, i)
    ]
    left = trace.width / 2
    out = [(float(seen[0]), plateaus[0][2])]
    for (_, last, before), (first, _, after) in pairwise(plateaus):
        if after <= before:
            continue
        a, b = int(seen[last]), int(seen[first])
        between = np.interp(np.arange(a + 1, b), seen, rows)
        if b - a > trace.width + 6:
            # Hidden for longer than one fall takes: the way between is drawn straight.
            out += [
                (max(c - left, out[-1][0]), float(row))
                for c, row in zip(range(a + 1, b, 3), between[::3], strict=True)
            ]
            out.append((max(b - left, out[-1][0]), after))
            continue
        fallen = float(np.clip((between - before) / (after - before), 0, 1).sum())
        out.append((max(b - 0.5 - fallen - left, out[-1][0]), after))
    # A line ends at its last point or half its width beyond, by the program that drew it.
    out.append((max(_last(trace, float(seen[-1])) + 0.5 - left / 2, out[-1][0]), out[-1][1]))
    return out


def _last(trace: Trace, last: float) -> float:
    """Where a line ends: in the middle of a mark as wide as high, whose arm goes on behind it."""
    ticks = trace.ticks
    return ticks[-1] if ticks and 0 < last - ticks[-1] <= trace.half + AT_END else last


def _alone(held: list[tuple[int, int, float]], i: int) -> bool:
    """A column of its own level, not the partly covered column of one fall."""
    before, after = held[i - 1], held[i + 1]
    return before[1] == before[0] and after[1] == after[0]
