"""The way on most ink through a picture, by dynamic programming, and where it leaves its line.

Every column adds what ink lies at the row taken; a fall costs what of it is drawn on bare paper, so
that marks, crossings, dashes and other lines in between do not lead astray as they do when a line
is followed from pixel to pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask, Rows


# What a column behind another line adds, and what one on bare paper costs a solid line and a
# dashed one (whose ink is a third of its length at least).
HIDDEN, BARE_SOLID, BARE_DASHED = 0.3, 3.0, 0.12
# Ink that counts as seen.
INKED = 0.35
# A solid line is seen in at least this share of its columns that nothing hides.
SOLID = 0.93
# A curve begins within this share of the axis.
EARLY = 0.15
# What stands alone before a line, and is less than this share of it, is a crumb of another.
CRUMB = 0.06
# Gaps of one length that are no accident.
RECURRING = 5
# Share of a way behind where it leaves its line, from which the line is looked for again, and how
# often it is looked for.
LEFT, TRIES = 0.1, 3


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


def best_way(
    share: Array,
    other: Mask,
    top: float,
    start: int,
    bare: float,
    width: float,
    taken: Mask | None = None,
) -> Way | None:
    """The way on most ink up to where it leaves its line; of several that leave, the longest.

    A way may go over bare paper to what has more ink than the rest of its line, such as the box of
    a legend: without that ink it is looked for again.
    """
    best: Way | None = None
    for _ in range(TRIES):
        row, way = one_way(share, other, top, start, bare, width, taken)
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


def one_way(
    share: Array,
    other: Mask,
    top: float,
    start: int,
    bare: float,
    width: float,
    taken: Mask | None = None,
    fall: float = 1.0,
) -> tuple[Rows, Way | None]:
    """The way of most ink: its row in every column from ``start`` on, and what of it is a line.

    ``taken`` is where another line of the colour was rubbed out: a gap there is none; ``fall`` what
    a row on bare paper costs.
    """
    rows, columns = share.shape
    # A thin line is spread over two rows or columns.
    padded = np.pad(share, 1)
    ink = np.minimum(padded[:-2, 1:-1] + padded[1:-1, 1:-1] + padded[2:, 1:-1], 1.0)
    beside = np.minimum(padded[1:-1, :-2] + padded[1:-1, 1:-1] + padded[1:-1, 2:], 1.0)
    gain = np.where(ink > INKED, ink, np.where(other, HIDDEN, -bare)) + 0.2 * share
    cost = np.cumsum(fall * (1.02 - np.maximum(beside, 0.8 * other)), axis=0)
    first = max(start - 1, 0)
    score = -np.abs(np.arange(rows) - top)
    # A column a row: what is next to one another in memory is quicker.
    gain, cost = np.ascontiguousarray(gain.T), np.ascontiguousarray(cost.T)
    reached = np.empty((columns, rows))
    kept = np.full((columns, rows), -np.inf)
    for c in range(first, columns):
        np.add(score, cost[c], out=reached[c])
        score = np.maximum.accumulate(reached[c]) - cost[c] + gain[c]
        kept[c] = score
    kept[ink.T <= INKED] = -np.inf
    c, r = (int(v) for v in np.unravel_index(int(np.argmax(kept)), kept.shape))
    if not np.isfinite(kept[c, r]):
        return np.zeros(0, np.int64), None
    row = np.empty(c - first + 1, np.int64)
    for i in range(c, first - 1, -1):
        row[i - first] = r
        # The lowest of the rows above from which it is reached best.
        r -= int(np.argmax(reached[i, r::-1]))
    over = other if taken is None else other | taken
    return row, trimmed(row, first, ink, beside, over, width)


def trimmed(
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
