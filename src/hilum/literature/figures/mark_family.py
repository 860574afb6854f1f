"""Which of the things that rise above a line in an image are its censoring marks.

All marks of a curve are one shape: they cross the line by the same length on both sides, all alike.
Corners of other lines, dashes of another arm and what JPEG leaves beside a stroke are not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.trace import Trace

# Ink that counts as seen; rows that a mark reaches above and below its line, at least and at most.
INKED, SHORTEST, TALLEST = 0.35, 2, 20
# Rows by which the middle of a mark is off its line, and by which marks of one curve differ above
# it and in all.
OFF, ALIKE, IN_ALL = 1.25, 1.25, 2
# Columns beside a mark in which no fall is away from the falls, and rows of a fall.
BESIDE, FALL = 8, 1.0
# Marks that make a family.
FEWEST = 3


class _Shape(NamedTuple):
    """Rows that a mark reaches above its line and below it, and whether it is away from falls."""

    up: int
    down: int
    away: bool

    @property
    def whole(self) -> bool:
        """It crosses the line by one length."""
        least, most = sorted((self.up, self.down))
        return least >= SHORTEST and most <= TALLEST and most - least <= 2 * OFF

    def like(self, other: _Shape) -> bool:
        """Both are whole and reach as far above their line."""
        return self.whole and other.whole and abs(self.up - other.up) <= ALIKE


def with_marks(share: Array, trace: Trace) -> Trace:
    """The trace with the family of marks among its ticks, or none, told or not."""
    if not trace.ticks:
        return trace
    shapes = [_shape(share, trace, column) for column in trace.ticks]
    family = max(([other for other in shapes if other.like(one)] for one in shapes), key=len)
    if len(family) < FEWEST or not any(one.away for one in family):
        return replace(trace, marks=[], told=False)
    up = float(np.median([one.up for one in family]))
    tall = float(np.median([one.up + one.down for one in family]))
    kept = [
        column for column, one in zip(trace.ticks, shapes, strict=True)
        if abs(one.up - up) <= ALIKE or one.up + one.down >= tall - IN_ALL
    ]  # fmt: skip
    return replace(trace, marks=kept)


def _shape(share: Array, trace: Trace, place: float) -> _Shape:
    column = round(place)
    row = float(trace.row[column])
    ends = trace.row[[max(column - BESIDE, 0), min(column + BESIDE, len(trace.row) - 1)]]
    away = bool(np.abs(ends - row).max() <= FALL)
    on = share[:, max(column - 1, 0) : column + 2].max(axis=1) >= INKED
    half = trace.width / 2 + 0.5
    above, below = on[: max(round(row - half) + 1, 0)][::-1], on[round(row + half) :]
    return _Shape(int(np.argmin(np.r_[above, False])), int(np.argmin(np.r_[below, False])), away)
