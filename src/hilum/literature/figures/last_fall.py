"""The fall at the very end of a line: the last patient dies, and an upright stroke ends at 0.

Nothing level follows it, so that a way of most ink need not go down it. It is a fall where the
stroke goes on without a break (or with the breaks of the line's dashes) from the line to the axis,
whose own line may hide its foot, and does not stand above the line as censoring marks, grid lines
and frames do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask, Rows
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.way import Way

# Ink across a stroke that counts as seen.
INKED = 0.35
# Half the height of a mark in pixels, and the most that any has.
MARK, TALLEST = 7, 20
# Rows by which a stroke reaches further below the line than above it, or ends before the axis.
FURTHER, FOOT = 3, 3
# Share of the rows of an unbroken stroke that are seen, of a broken one, that are not
# hidden, and of a broken one below a line that looks whole.
WHOLE, BROKEN, OPEN, DASHES = 0.93, 0.25, 0.3, 0.5
# Rows of each part of a stroke that stands in two columns, and how far these are apart.
SHORTEST, ASIDE = 4, 1.2
# Pixels by which a stroke is wider than the line.
WIDER = 3.0


@dataclass(frozen=True, slots=True)
class End:
    """How a line ends.

    Attributes
    ----------
    column : float or None
        Middle of the upright stroke down to 0, where there is one.
    level : int
        Row of the line before it.
    told : bool
        Whether it can be told that there is one, or none.
    step : tuple of (float, float) or None
        Column and row of a fall right before it, whose level is hardly longer than the line thick.
    low : float or None
        Row that the stroke ends in, where that is above 0.
    """

    column: float | None
    level: int
    told: bool = True
    step: tuple[float, float] | None = None
    low: float | None = None


def level_end(way: Way, end: End) -> Way:
    """The way as it is level up to its last fall, which is its own."""
    if end.column is None:
        return way
    return replace(way, row=np.minimum(way.row, end.level))


def with_dashes_below(end: End, share: Array, way: Way, width: float) -> End:
    """The end, untold where dashes of a broken line stand below it within a gap.

    ``share`` is without other lines of the colour. Ink above the line there is a mark's.
    """
    gap = 0 if way.style == "solid" else _gap(way)
    if end.column is not None or not end.told or not gap:
        return end
    across, half, far = math.ceil(width) + 2, math.ceil(width / 2) + 1, FOOT + math.ceil(1.5 * gap)
    row = int(way.row[-1])
    columns = slice(max(way.last - across, 0), way.last + across + far)
    below = share[row + half : row + half + far + SHORTEST, columns] > INKED
    above = share[max(row - half - SHORTEST, 0) : max(row - half, 0), columns] > INKED
    return replace(end, told=bool(above.any() or below.any(axis=1).sum() < SHORTEST))


def end_of(ink: Ink, way: Way, width: float, zero: float) -> End:
    """Whether a line ends in a fall to 0.

    Parameters
    ----------
    ink : Ink
        Of its colour, upside down where it rises.
    way : Way
        Of the line.
    width : float
        Of the line, pixels.
    zero : float
        Row of survival 0; below the part where the axis is cut off above it.
    """
    across = math.ceil(width) + 2
    foot = min(round(zero), len(ink.share) - 1) if math.isfinite(zero) else len(ink.share) - 1
    half = math.ceil(width / 2) + 1
    here = _stroke_column(ink.share, way, across, int(way.row[-1]) + half, foot)
    # A way goes down a stroke at its left edge; what it fell shortly before is not of this stroke.
    level = _row_at(way, here - math.ceil(width / 2) - 1)
    before = _row_at(way, here - across)
    none, unknown = End(None, level), End(None, level, told=False)
    top = level + half
    if foot - top < FOOT:
        return none
    seen = _inked(ink.share, here)
    beside = np.asarray(ink.other[:, max(here - 1, 0) : here + 2].any(axis=1), np.bool_)
    hidden = _near(beside) & ~seen
    gap = 0 if way.style == "solid" else _gap(way)
    reaches = _reaches(seen[top : foot + 1], hidden[top : foot + 1], gap)
    if reaches is None:
        return unknown
    up = _up(seen, before - half)
    if not reaches:
        stops = up == 0 and way.last - here <= across and int(way.row[-1]) <= level + FOOT
        return _stopping(ink.share, seen, none, here, top, across, gap) if stops else none
    if up > TALLEST or not math.isfinite(zero):
        # A frame, or a grid line; an axis cut off does not say where the fall ends.
        return unknown
    if up > 0 and foot - top <= up + FURTHER:
        # A mark.
        return none
    rows = np.arange(top, foot + 1)[seen[top : foot + 1]]
    left = max(here - across, 0)
    weight = np.median(ink.share[rows, left : here + across + 1], axis=0)
    if (weight > INKED).sum() > width + WIDER:
        return none
    middle = left + float(weight @ np.arange(len(weight)) / max(weight.sum(), 1e-9))
    part = ink.share[rows, left : here + across + 1]
    return _in_steps(End(middle, level), rows, left + _middles(part))


def _stopping(
    share: Array, seen: Mask, end: End, column: int, top: int, across: int, gap: int
) -> End:
    """The end in a stroke that stops above the axis, where nothing goes on from its foot.

    Half a dash may be missing there: how far a broken line falls is not told.
    """
    long = int(np.argmin(np.r_[seen[top:], False]))
    if long < SHORTEST:
        return end
    foot = top + long
    beside = share[max(foot - across, 0) : foot + across, :]
    away = (
        beside[:, max(column - 2 * across, 0) : max(column - across, 0)],
        beside[:, column + across : column + 2 * across],
    )
    if any(one.size and one.max() > INKED for one in away):
        return end
    if gap:
        return replace(end, told=False)
    left = max(column - across, 0)
    part = share[top:foot, left : column + across + 1]
    weight = np.median(part, axis=0)
    if (weight > INKED).sum() > across + 1:
        return end
    middle = left + float(weight @ np.arange(len(weight)) / max(weight.sum(), 1e-9))
    stroke = share[top : foot + 2, left : column + across + 1].sum(axis=1)
    low = top - 0.5 + float(np.minimum(stroke / max(np.median(stroke[:long]), 1e-9), 1.0).sum())
    return replace(end, column=middle, low=low)


def _middles(part: Array) -> Array:
    """Middle of the ink of each row."""
    return part @ np.arange(part.shape[1]) / np.maximum(part.sum(axis=1), 1e-9)


def _in_steps(end: End, rows: Rows, columns: Array) -> End:
    """The end, with a fall right before it where the stroke stands further left above some row."""
    if len(rows) < 2 * SHORTEST:
        return end
    cuts = range(SHORTEST, len(rows) - SHORTEST + 1)
    gaps = [float(np.median(columns[i:]) - np.median(columns[:i])) for i in cuts]
    # The cut at which each part is most of one column.
    off = [float(np.abs(columns[:i] - np.median(columns[:i])).sum()
                 + np.abs(columns[i:] - np.median(columns[i:])).sum()) for i in cuts]  # fmt: skip
    best = int(np.argmin(off))
    cut = cuts[best]
    if gaps[best] < ASIDE:
        return end
    step = float(np.median(columns[:cut])), float(rows[cut])
    return replace(end, column=float(np.median(columns[cut:])), step=step)


def _row_at(way: Way, column: int) -> int:
    return int(way.row[min(max(column - way.first, 0), len(way.row) - 1)])


def _inked(share: Array, column: int) -> Mask:
    """Rows with ink in a column or those beside it."""
    return share[:, max(column - 1, 0) : column + 2].sum(axis=1) > INKED


def _stroke_column(share: Array, way: Way, across: int, low: int, foot: int) -> int:
    """The column near the end of a line with most ink below it; the last of those alike."""
    first = max(way.last - across - MARK, way.first)
    columns = range(first, min(way.last + 2, share.shape[1]))
    many = [int(_inked(share, c)[low : foot + 1].sum()) for c in columns]
    most = max(many)
    best = [c for c, n in zip(columns, many, strict=True) if n >= most - 1]
    return best[len(best) // 2]


def _near(mask: Mask) -> Mask:
    """Rows of what hides a line, and its edges, which are like neither."""
    return np.convolve(mask, np.ones(2 * FOOT + 1), "same") > 0


def _gap(way: Way) -> int:
    """The usual gap between dashes."""
    edges = np.flatnonzero(np.diff(np.r_[0, way.seen.astype(np.int8), 0]))
    gaps = edges[2::2] - edges[1:-1:2]
    return int(np.quantile(gaps, 0.8)) if len(gaps) else 0


def _up(seen: Mask, row: int) -> int:
    """Rows of ink right above a line."""
    above = seen[: max(row + 1, 0)][::-1]
    if not above[:3].any():
        return 0
    start = int(np.argmax(above[:3]))
    bare = np.flatnonzero(~above[start:])
    return start + (int(bare[0]) if len(bare) else len(above) - start)


def _reaches(seen: Mask, hidden: Mask, gap: int) -> bool | None:
    """Whether a stroke goes from the line to the axis; None where that cannot be told."""
    open_ = ~hidden
    if open_.mean() < OPEN:
        return None
    inked = seen[open_]
    if not inked.any():
        return False if len(inked) > 1.5 * gap + FOOT else None
    # Rows without ink between those with some, those before the axis last.
    bare = np.diff(np.r_[0, np.flatnonzero(inked) + 1, len(inked) + 1]) - 1
    most = FOOT + 1.5 * gap
    enough = inked.mean() > (BROKEN if gap else WHOLE) or (~inked).sum() <= 1
    if enough and bare.max() <= most:
        return True
    begun = int(np.argmin(np.r_[seen, False]))
    if gap:
        # Of dashes: down to where they stop.
        stops = np.flatnonzero(bare > most)
        begun = int(np.flatnonzero(inked)[stops[0] - 1]) if len(stops) and stops[0] else begun
    # Longer than any mark and lost on the way; or broken below a whole line, all the way: its own
    # dashes or those of a median's line.
    if begun > 2 * TALLEST or (bare[-1] <= most and inked.mean() > DASHES):
        return None
    return False
