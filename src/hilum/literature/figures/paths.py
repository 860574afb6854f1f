"""The way of a curve through a picture: of all ways that never rise, the one on most ink.

Every column adds what ink lies at the row taken; a fall costs what of it is drawn on bare paper.
The best way is found by dynamic programming, so that marks, crossings, dashes and other lines in
between do not lead astray as they do when a line is followed from pixel to pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.hidden import with_start

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask, Rows
    from hilum.literature.figures.ink import Ink


# What a column behind another line adds, and what one on bare paper costs a solid line and a
# dashed one (whose ink is a third of its length at least).
HIDDEN, BARE_SOLID, BARE_DASHED = 0.3, 3.0, 0.12
# Ink that counts as seen.
INKED = 0.35
# A solid line is seen in at least this share of its columns that nothing hides.
SOLID = 0.93
# A line goes along at least this share of the axis.
SHORTEST = 0.1
# A solid piece is the beginning of a line that has so much more ink and goes along so much of it.
MORE_SOLID, MORE_DASHED = (1.04, 0.85), ((2.0, 0.6), (1.25, 0.9))
# A line of which less is seen, and whose rest lies under others, is none.
LEAST_SEEN = 0.45
# A curve begins within this share of both axes.
EARLY = 0.15
# Rows from the top, and share of what lies before it that is covered, of a line that begins later.
ATOP, COVERED = 4, 0.8
# What stands alone before a line, and is less than this share of it, is a crumb of another.
CRUMB = 0.06
# Share of all gaps that the two longest are, and of the line, where it is not broken by dashes.
ODD, ODDEST = 0.7, 0.2
# Gaps of one length that are no accident.
RECURRING = 5
# Share of a way behind where it leaves its line, from which the line is looked for again, and how
# often it is looked for.
LEFT, TRIES = 0.1, 3
# Half the height of a mark, in pixels, and then some.
MARK = 7.0
# More lines of one colour are not told apart.
MOST_LINES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Rows of a line from its first to its last column (both in the picture's part).

    ``seen`` says in which of them its ink is seen, ``hidden`` in which something else lies there;
    ``bare`` how many pixels of its falls lie on paper, ``fall`` how far it falls.
    """

    first: int
    last: int
    row: Rows
    seen: Mask
    hidden: Mask
    bare: float
    fall: float

    @property
    def coverage(self) -> float:
        """Share of the columns that nothing hides in which ink is seen."""
        open_ = ~self.hidden | self.seen
        return float(self.seen[open_].mean()) if open_.any() else 0.0

    @property
    def style(self) -> str:
        """solid, dashed or dotted, by the lengths of its stretches of ink."""
        if self.coverage >= SOLID:
            return "solid"
        edges = np.flatnonzero(np.diff(np.r_[0, self.seen.astype(np.int8), 0]))
        runs, gaps = edges[1::2] - edges[::2], edges[2::2] - edges[1:-1:2]
        if not len(gaps):
            return "solid"
        return "dotted" if np.median(runs) <= 1.2 * np.median(gaps) + 1 else "dashed"


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
    width = line_width(share)
    height = share.shape[0] - top
    found: list[Way] = []
    for _ in range(2 * MOST_LINES):
        way = _longest(share, ink.other, top, start, width, wide)
        if way is None or len(found) == MOST_LINES:
            break
        tall = 2 * MARK if _of_marks(share, way, width) else MARK
        _take(share, way, width)
        near = 2 * width + tall
        if not _is_curve(way, ink.other, top, height, start, wide):
            line = _falls(way) and way.coverage > LEAST_SEEN and not _peeps_out(way)
            whole = with_start(ink, way, start, top, width) if line else None
            if whole is None:
                continue
            way = whole
        if _stands_off(way, found, near):
            found.append(way)
    return found


def late_way(ink: Ink, top: float, start: int, wide: float) -> Way | None:
    """The line that is seen from later on, where none is from the start."""
    way = _longest(np.array(ink.share), ink.other, top, start, line_width(ink.share), wide)
    return way if way is not None and _falls(way) else None


def _longest(
    share: Array, other: Mask, top: float, start: int, width: float, wide: float
) -> Way | None:
    """The best solid line, or the best broken one where that is no more than its beginning."""
    solid = _best(share, other, top, start, BARE_SOLID, width)
    inked = int((share > INKED / 3).any(axis=0).sum())
    if solid is not None and solid.coverage >= SOLID:
        # No way is on ink in more columns than have some.
        seen = int(solid.seen.sum())
        if seen >= SHORTEST * wide and inked <= MORE_SOLID[0] * seen:
            return solid
    broken = _best(share, other, top, start, BARE_DASHED, width)
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


def _of_marks(share: Array, way: Way, width: float) -> bool:
    """Whether a broken line is what stands up from another: strokes far higher than a line."""
    if way.style == "solid":
        return False
    columns = np.flatnonzero(way.seen)
    rows = way.row[columns][:, None] + np.arange(-int(MARK), int(MARK) + 1)
    inside = (rows >= 0) & (rows < len(share))
    drawn = share[np.clip(rows, 0, len(share) - 1), (way.first + columns)[:, None]] * inside
    return float(np.median(drawn.sum(axis=1))) > 1.6 * width


def _is_curve(way: Way, other: Mask, top: float, height: float, start: int, wide: float) -> bool:
    """It begins high and early, and falls more than once; words and median lines do not.

    At the very top it may begin later, where a frame or another line lies over it until then.
    """
    early = way.first <= start + EARLY * wide and way.row[0] <= top + 0.3 * height
    if not early and abs(way.row[0] - top) <= ATOP and way.first <= start + wide / 2:
        over = other[max(int(way.row[0]) - 3, 0) : int(way.row[0]) + 4, max(start, 0) : way.first]
        early = bool(over.any(axis=0).mean() > COVERED)
    if _peeps_out(way) or _broken_oddly(way):
        return False
    return bool(early and (_falls(way) or way.coverage > SOLID))


def _peeps_out(way: Way) -> bool:
    """Whether it is what is seen beside another line: its marks and the edges of that one."""
    return bool(way.seen.mean() < LEAST_SEEN and way.hidden.mean() > 0.5)


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


def _take(share: Array, way: Way, width: float) -> None:
    """Rub out a line, in place, its falls with it."""
    reach = int(width / 2 + 2)
    before = int(way.row[0])
    for i, r in enumerate(way.row.tolist()):
        c = way.first + i
        share[max(min(before, r) - reach, 0) : r + reach + 1, max(c - 1, 0) : c + 2] = 0
        before = r


def _best(
    share: Array, other: Mask, top: float, start: int, bare: float, width: float
) -> Way | None:
    """The way on most ink up to where it leaves its line; of several that leave, the longest.

    A way may go over bare paper to what has more ink than the rest of its line, such as the box of
    a legend: without that ink it is looked for again.
    """
    best: Way | None = None
    for _ in range(TRIES):
        row, way = _once(share, other, top, start, bare, width)
        if way is not None and (best is None or way.seen.sum() > best.seen.sum()):
            best = way
        last = max(start - 1, 0) + len(row) - 1
        if way is None or last - way.last < LEFT * len(row):
            break
        share = share.copy()
        reach = int(width / 2 + 2)
        for c in range(way.last + 1, last + 1):
            r = int(row[c - last - 1])
            share[max(r - reach, 0) : r + reach + 1, c] = 0
    return best


def _once(
    share: Array, other: Mask, top: float, start: int, bare: float, width: float
) -> tuple[Rows, Way | None]:
    rows, columns = share.shape
    # A thin line is spread over two rows or columns.
    padded = np.pad(share, 1)
    ink = np.minimum(padded[:-2, 1:-1] + padded[1:-1, 1:-1] + padded[2:, 1:-1], 1.0)
    beside = np.minimum(padded[1:-1, :-2] + padded[1:-1, 1:-1] + padded[1:-1, 2:], 1.0)
    gain = np.where(ink > INKED, ink, np.where(other, HIDDEN, -bare)) + 0.2 * share
    cost = np.cumsum(1.02 - np.maximum(beside, 0.8 * other), axis=0)
    first = max(start - 1, 0)
    score = -np.abs(np.arange(rows) - top)
    back = np.zeros((columns, rows), np.int32)
    kept = np.full((columns, rows), -np.inf)
    every = np.arange(rows)
    for c in range(first, columns):
        reach = score + cost[:, c]
        best = np.maximum.accumulate(reach)
        back[c] = np.maximum.accumulate(np.where(reach == best, every, 0))
        score = best - cost[:, c] + gain[:, c]
        kept[c] = np.where(ink[:, c] > INKED, score, -np.inf)
    c, r = (int(v) for v in np.unravel_index(int(np.argmax(kept)), kept.shape))
    if not np.isfinite(kept[c, r]):
        return np.zeros(0, np.int64), None
    row = np.empty(c - first + 1, np.int64)
    for i in range(c, first - 1, -1):
        row[i - first] = r
        r = int(back[i, r])
    return row, _trimmed(row, first, ink, beside, other, width)


def _trimmed(
    row: Rows, first: int, ink: Array, beside: Array, other: Mask, width: float
) -> Way | None:
    """From the first ink to the last before a gap or a fall that no line makes."""
    columns = np.arange(first, first + len(row))
    seen = ink[row, columns] > INKED
    hidden = other[row, columns] & ~seen
    inked = np.flatnonzero(seen)
    if len(inked) < 5:
        return None
    gaps = np.diff(inked) - 1
    usual = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 0.0
    longest = 3.0 * usual + 2 * width + 6
    if len(gaps) > RECURRING:
        # As long as gaps come again and again they are those of the dashes.
        longest = max(longest, 1.2 * float(np.partition(gaps, -RECURRING)[-RECURRING]))
    begin, stop = int(inked[0]), len(row)
    for a, b in zip(inked[:-1].tolist(), inked[1:].tolist(), strict=True):
        open_ = b - a - 1 - int(hidden[a + 1 : b].sum())
        if open_ > max(longest, 0.02 * len(row)):
            if a - begin < CRUMB * len(row) and b < EARLY * len(row):
                begin = b
                continue
            stop = a + 1
            break
    # A fall on bare paper, longer than a gap of dashes, is a jump to another line.
    bare_total = 0.0
    for i in np.flatnonzero(np.diff(row[:stop]) > 0).tolist():
        c = columns[i + 1]
        span = slice(int(row[i]) + 1, int(row[i + 1]) + 1)
        bare = (beside[span, c] < INKED) & ~other[span, c]
        if _longest_run(bare) > max(longest, 2 * width + 4):
            if i - begin < CRUMB * len(row):
                begin, bare_total = i + 1, 0.0
                continue
            stop = i + 1
            break
        # What is shorter than a line is thick lies at a corner.
        bare_total += float(bare.sum()) if _longest_run(bare) > width + 2 else 0.0
    inked = inked[(inked >= begin) & (inked < stop)]
    if len(inked) < 5:
        return None
    begin, end = int(inked[0]), int(inked[-1]) + 1
    return Way(
        int(columns[begin]),
        int(columns[end - 1]),
        row[begin:end],
        seen[begin:end],
        hidden[begin:end],
        bare_total,
        float(row[end - 1] - row[begin]),
    )


def _longest_run(mask: Mask) -> int:
    """Most neighbours that are true."""
    edges = np.flatnonzero(np.diff(np.r_[0, mask.astype(np.int8), 0]))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


def line_width(share: Array) -> float:
    """The commonest sum of shares of a run: most columns of a curve are flat."""
    heights: list[float] = []
    for c in range(0, share.shape[1], 2):
        column = share[:, c]
        on = np.flatnonzero(column > 0.15)
        for rows in np.split(on, np.flatnonzero(np.diff(on) > 1) + 1) if len(on) else []:
            total = float(column[rows].sum())
            if 0.5 < total < 15:
                heights.append(total)
    if not heights:
        return 1.0
    values, counts = np.unique(np.round(np.array(heights) * 4) / 4, return_counts=True)
    near = values[counts.argmax()]
    return float(np.median([h for h in heights if abs(h - near) <= 0.3]))
