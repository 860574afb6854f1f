"""What follows a deep fall at the end of a broken line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.way import BARE_DASHED, INKED, Way, one_way

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask

# Half the height of a mark, in pixels, and then some: a fall is longer.
MARK = 7.0
# Pixels by which dashes may be further apart than usual.
FURTHER = 2
# Columns by which a line must be longer for it.
FEWEST = 4


def longer(share: Array, other: Mask, way: Way, width: float) -> Way:
    """A broken line with what follows a deep fall at its end.

    The gaps of a fall's dashes may cost more than the few columns behind it add: the fall is gone
    down by itself, and what is level at its foot is looked for from there.
    """
    while way.style != "solid":
        foot = _foot(share, way, width)
        if foot is None:
            break
        left, row = max(way.last - round(width) - 1, 0), int(way.row[-1])
        high = foot - round(width) - 1
        part, over = share[high:, left:], other[high:, left:]
        rest = one_way(part, over, float(foot - high), 0, BARE_DASHED, width)[1]
        if rest is None or left + rest.last < way.last + FEWEST:
            break
        if rest.row[0] < foot - high - width or rest.first > _dash(way) + width + FURTHER:
            break
        begin = max(left + rest.first, way.last + 1) - left
        kept = slice(begin - rest.first, None)
        between = left + begin - way.last - 1
        none = np.zeros(between, bool)
        way = Way(
            way.first,
            left + rest.last,
            np.r_[way.row, np.full(between, row), rest.row[kept] + high],
            np.r_[way.seen, none, rest.seen[kept]],
            np.r_[way.hidden, none, rest.hidden[kept]],
            way.bare + rest.bare,
            float(rest.row[-1] + high - way.row[0]),
        )
    return way


def _dash(way: Way) -> float:
    """The usual gap between dashes."""
    edges = np.flatnonzero(np.diff(np.r_[0, way.seen.astype(np.int8), 0]))
    gaps = edges[2::2] - edges[1:-1:2]
    return float(np.quantile(gaps, 0.8)) if len(gaps) else 0.0


def _foot(share: Array, way: Way, width: float) -> int | None:
    """Row in which the dashes of a fall from the end of a line stop; None where there are none."""
    gap = 1.5 * _dash(way) + FURTHER
    last, top = way.last, int(way.row[-1])
    columns = slice(max(last - round(width), 0), last + round(gap) + 1)
    drawn = share[top:, columns]
    # The column that has ink furthest down without a gap too long.
    best = top
    for c in range(drawn.shape[1]):
        inked = np.flatnonzero(drawn[:, max(c - 1, 0) : c + 2].max(axis=1) > INKED)
        breaks = np.flatnonzero(np.diff(np.r_[0, inked]) > gap + 1)
        stop = inked[: breaks[0]] if len(breaks) else inked
        if len(stop):
            best = max(best, top + int(stop[-1]))
    # What reaches down to the axis is a fall to 0, or none of its.
    fits = MARK + 2 * width < best - top and best < len(share) - 2 * width - FURTHER
    return best if fits else None
