"""Which of two lines that differ in nothing but their shade has that of the colour asked for.

Where the pixels of two shades do not fall into heaps, as those of thin lines do not, the two lines
may still be told as wholes: what a line takes from the paper, summed across it, is in proportion to
its shade, and over many levels its deepest pixels are nothing but line.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hilum.literature.figures.shades import BETWEEN

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.way import Way

# Pixels beside a line's row that are its, and by which two lines are apart at least.
BESIDE, CLEAR = 3, 8
# Parts of the axis in each of which the same line must be the deeper one, level columns that tell
# it there, and the fewest parts that do.
PARTS, FEWEST, TOLD = 8, 12, 3
# Share by which one line is deeper at least, and by which sums and deepest pixels differ in that.
DEEPER, ALIKE = 0.03, 0.08
# Share of a line's columns whose deepest pixel is no deeper than what is called its depth.
DEEPEST = 0.9


class _Depth(NamedTuple):
    """Of each level column of a line apart from the other: column, deepest pixel and sum."""

    column: Array
    most: Array
    total: Array


def as_deep(ways: list[Way], ink: Ink) -> Way | None:
    """Of two lines the one as deep as the colour asked for; None where that cannot be told.

    The same one is the deeper in every part of the axis, or they may have been mixed up.

    Parameters
    ----------
    ways : list of Way
        Two lines.
    ink : Ink
        Of the colour, the right way up for them.
    """
    one, other = ways
    a, b = _depth(one, other, ink), _depth(other, one, ink)
    if min(len(a.column), len(b.column)) < TOLD * FEWEST or not _one_deeper(a, b):
        return None
    deep = [float(np.quantile(each.most, DEEPEST)) for each in (a, b)]
    total = [float(np.median(each.total)) for each in (a, b)]
    apart = log(deep[0] / deep[1])
    if abs(apart) < DEEPER or abs(log(total[0] / total[1]) - apart) > ALIKE:
        # As deep as one another, or of two widths.
        return None
    near, far = sorted(range(2), key=lambda i: abs(deep[i] - 1))
    return ways[near] if abs(deep[near] - 1) <= BETWEEN * abs(deep[far] - 1) else None


def _depth(way: Way, other: Way, ink: Ink) -> _Depth:
    first, last = max(way.first, other.first), min(way.last, other.last)
    columns = np.arange(first, last + 1)
    row = way.row[columns - way.first]
    level = (np.diff(row, prepend=-1) == 0) & (np.diff(row, append=-1) == 0)
    away = np.abs(row - other.row[columns - other.first]) >= CLEAR
    kept = level & away & way.seen[columns - way.first]
    rows = np.clip(row[:, None] + np.arange(-BESIDE, BESIDE + 1), 0, len(ink.depth) - 1)
    depth = ink.depth[rows, columns[:, None]]
    kept &= ~ink.other[rows, columns[:, None]].any(axis=1) & (depth.sum(axis=1) > 0)
    return _Depth(columns[kept], depth[kept].max(axis=1), depth[kept].sum(axis=1))


def _one_deeper(a: _Depth, b: _Depth) -> bool:
    """Whether one line takes more from the paper than the other in every part of the axis."""
    first = min(a.column.min(), b.column.min())
    last = max(a.column.max(), b.column.max())
    signs: set[bool] = set()
    told = 0
    for low, high in zip(*_bounds(float(first), float(last)), strict=True):
        sums = [each.total[(each.column >= low) & (each.column < high)] for each in (a, b)]
        if min(map(len, sums)) < FEWEST:
            continue
        told += 1
        signs.add(bool(np.median(sums[0]) > np.median(sums[1])))
    return told >= TOLD and len(signs) == 1


def _bounds(first: float, last: float) -> tuple[Array, Array]:
    edges = np.linspace(first, last + 1, PARTS + 1)
    return edges[:-1], edges[1:]
