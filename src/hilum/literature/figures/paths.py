"""The lines of one colour in a picture: of all ways that never rise, those on most ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.broken_end import longer
from hilum.literature.figures.hidden import ASIDE, falls_at_once, hangs, with_start
from hilum.literature.figures.limits import width_of
from hilum.literature.figures.way import (
    BARE_DASHED,
    BARE_SOLID,
    EARLY,
    INKED,
    SOLID,
    Way,
    best_way,
)

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask
    from hilum.literature.figures.ink import Ink


# A line goes along at least this share of the axis.
SHORTEST = 0.1
# A solid piece is the beginning of a line that has so much more ink and goes along so much of it.
MORE_SOLID, MORE_DASHED = (1.04, 0.85), ((2.0, 0.6), (1.25, 0.9))
# A line of which less is seen, and whose rest lies under others, is none.
LEAST_SEEN = 0.45
# Rows from the top, and share of what lies before it that is covered, of a line that begins later.
ATOP, COVERED = 4, 0.8
# Share of the axis along which a line goes that begins later with nothing over what was before.
LONG = 0.3
# Share of all gaps that the two longest are, and of the line, where it is not broken by dashes.
ODD, ODDEST = 0.7, 0.2
# Share of an edge that lies below what it is the edge of, and of the width of a line that it has.
EDGE, THINNER = 0.3, 0.6
# Half the height of a mark, in pixels, and then some.
MARK = 7.0
# More lines of one colour are not told apart.
MOST_LINES = 6


def ways_of(ink: Ink, top: float, start: int, wide: float) -> list[Way]:
    """The lines that start at the top left, solid ones first.

    Parameters
    ----------
    ink : Ink
        Of one colour.
    top : float
        Row of survival 1.
    start : int
        Column of time 0.
    wide : float
        Columns of the axis.
    """
    share = np.array(ink.share)
    taken = np.zeros(share.shape, bool)
    width = line_width(share)
    height = share.shape[0] - top
    found: list[Way] = []
    for _ in range(2 * MOST_LINES):
        way = _longest(share, ink.other, top, start, width, wide, taken)
        if way is None or len(found) == MOST_LINES:
            break
        way = longer(share, ink.other, way, top, start, width, taken)
        tall = 2 * MARK if _of_marks(share, way, width, beside=bool(found)) else MARK
        _take(share, way, width, taken)
        near = 2 * width + tall
        at_once = falls_at_once(ink, way, start, top, width) and not _peeps_out(way)
        late = hangs(ink, way, way.first, top, ASIDE)
        if not at_once and not _is_curve(way, ink.other, top, height, start, wide, late=late):
            line = _falls(way) and way.coverage > LEAST_SEEN and not _peeps_out(way)
            whole = with_start(ink, way, start, top, width) if line else None
            if whole is None:
                continue
            way = whole
        edge = bool(found) and _is_edge(way, found[0], ink.share, width)
        if not edge and _stands_off(way, found, near):
            found.append(way)
    return found


def late_way(ink: Ink, top: float, start: int, wide: float) -> Way | None:
    """The line that is seen from later on, where none is from the start."""
    way = _longest(np.array(ink.share), ink.other, top, start, line_width(ink.share), wide)
    return way if way is not None and _falls(way) else None


def _longest(
    share: Array,
    other: Mask,
    top: float,
    start: int,
    width: float,
    wide: float,
    taken: Mask | None = None,
) -> Way | None:
    """The best solid line, or the best broken one where that is no more than its beginning."""
    solid = best_way(share, other, top, start, BARE_SOLID, width, taken)
    inked = int((share > INKED / 3).any(axis=0).sum())
    if solid is not None and solid.coverage >= SOLID:
        # No way is on ink in more columns than have some.
        seen = int(solid.seen.sum())
        if seen >= SHORTEST * wide and inked <= MORE_SOLID[0] * seen:
            return solid
    broken = best_way(share, other, top, start, BARE_DASHED, width, taken)
    ways = [w for w in (solid, broken) if w and w.seen.sum() >= SHORTEST * wide * w.coverage]
    line = solid is not None and solid in ways and solid.coverage >= SOLID
    if line and solid is not None and (broken is None or not _is_more(solid, broken)):
        return solid
    return broken if broken in ways else None


def _is_more(piece: Way, line: Way) -> bool:
    """Whether a solid piece is but the beginning of a line: of a solid one, or of dashes."""
    first, last = max(piece.first, line.first), min(piece.last, line.last)
    if last < first:
        return False
    own = piece.row[first - piece.first : last + 1 - piece.first]
    gap = np.abs(own - line.row[first - line.first : last + 1 - line.first])
    same, more = (gap <= 2).sum() / len(piece.row), line.seen.sum() / max(piece.seen.sum(), 1)
    ways = (MORE_SOLID,) if line.coverage >= 0.9 else MORE_DASHED
    return any(more > a and same > b for a, b in ways)


def _of_marks(share: Array, way: Way, width: float, *, beside: bool) -> bool:
    """Whether a line is what stands up from another: strokes far higher than a line.

    Many of them side by side look whole, where there is a line ``beside``.
    """
    if way.style == "solid" and not beside:
        return False
    columns = np.flatnonzero(way.seen)
    rows = way.row[columns][:, None] + np.arange(-int(MARK), int(MARK) + 1)
    inside = (rows >= 0) & (rows < len(share))
    drawn = share[np.clip(rows, 0, len(share) - 1), (way.first + columns)[:, None]] * inside
    return float(np.median(drawn.sum(axis=1))) > 1.6 * width


def _is_curve(
    way: Way,
    other: Mask,
    top: float,
    height: float,
    start: int,
    wide: float,
    *,
    late: bool = False,
) -> bool:
    """It begins high and early, and falls more than once; words and median lines do not.

    At the very top it may begin later, where a frame or another line lies over it until then, or
    where it falls from there: before, it can have been nowhere else. ``late`` says that its first
    stroke hangs from the very top.
    """
    early = way.first <= start + EARLY * wide and way.row[0] <= top + 0.3 * height
    atop = late or abs(way.row[0] - top) <= ATOP
    if not early and atop and way.first <= start + wide / 2:
        row = round(top) if late else int(way.row[0])
        over = other[max(row - 3, 0) : row + 4, max(start, 0) : way.first]
        long = way.last - way.first > LONG * wide
        early = (long and _falls(way)) or bool(over.any(axis=0).mean() > COVERED)
    if _peeps_out(way) or _broken_oddly(way):
        return False
    return bool(early and (_falls(way) or way.coverage > SOLID))


def _peeps_out(way: Way) -> bool:
    """Whether it is what is seen beside another line: its marks and the edges of that one."""
    return bool(way.seen.mean() < LEAST_SEEN and way.hidden.mean() > 0.5)


def _is_edge(way: Way, line: Way, share: Array, usual: float) -> bool:
    """Whether a line is the edge of something else: far thinner than another, and half below it."""
    beside = way.hidden.mean() > EDGE
    return beside and width_of(way, share, usual) < THINNER * width_of(line, share, usual)


def _broken_oddly(way: Way) -> bool:
    """Whether most of what a line lacks is in one gap or two: a stretch of it and other ink."""
    edges = np.flatnonzero(np.diff(np.r_[0, (way.seen | way.hidden).astype(np.int8), 0]))
    gaps = np.sort(edges[2::2] - edges[1:-1:2])
    return bool(len(gaps) and gaps[-2:].sum() > max(ODD * gaps.sum(), ODDEST * len(way.row)))


def _falls(way: Way) -> bool:
    """Whether a line falls more than once."""
    return int(np.count_nonzero(np.diff(way.row[way.seen]) > 0)) >= 2


def _stands_off(way: Way, found: list[Way], near: float) -> bool:
    """Not what is left of the marks on another line, or of its edges."""
    for other in found:
        first, last = max(way.first, other.first), min(way.last, other.last)
        if last < first:
            continue
        own = slice(first - way.first, last + 1 - way.first)
        gap = np.abs(way.row[own] - other.row[first - other.first : last + 1 - other.first])
        far = (gap > near) & way.seen[own]
        beyond = int(way.seen[last + 1 - way.first :].sum())
        if far.sum() + beyond < max(0.25 * way.seen.sum(), 15):
            return False
    return True


def _take(share: Array, way: Way, width: float, taken: Mask) -> None:
    """Rub out a line, in place, its falls with it, and note where."""
    reach = int(width / 2 + 2)
    before = int(way.row[0])
    for i, r in enumerate(way.row.tolist()):
        c = way.first + i
        here = slice(max(min(before, r) - reach, 0), r + reach + 1), slice(max(c - 1, 0), c + 2)
        taken[here] |= share[here] > INKED
        share[here] = 0
        before = r


def line_width(share: Array) -> float:
    """The commonest sum of shares of a run: most columns of a curve are flat."""
    # Every second column after another, a bare row between them.
    flat = np.pad(share[:, ::2], ((1, 1), (0, 0))).T.ravel()
    on = flat > 0.15
    edges = np.flatnonzero(np.diff(on.astype(np.int8))) + 1
    totals = np.add.reduceat(flat, edges)[::2] if len(edges) else np.zeros(0)
    heights = totals[(totals > 0.5) & (totals < 15)]
    if not len(heights):
        return 1.0
    values, counts = np.unique(np.round(heights * 4) / 4, return_counts=True)
    near = values[counts.argmax()]
    return float(np.median(heights[np.abs(heights - near) <= 0.3]))
