"""Whether a line in an image falls in steps, or along straight slopes between points.

Where a line is straight and slanted over a dozen columns there are no steps: those of a staircase
leave its rows off any straight line by a third of their height.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array

# Columns of a stretch, its least fall in rows, and share of it that is seen.
LONG, LEAST, SEEN = 16, 5.0, 0.6
# Root mean square, in rows, by which the rows of a straight stretch are off a line.
STRAIGHT = 0.2


def sloped(row: Array, fall: float) -> float:
    """Share of a line's fall along straight slopes.

    Parameters
    ----------
    row : array
        Of the line in each column, parts of a pixel; NaN where it is not seen.
    fall : float
        Of all of it, rows.
    """
    if len(row) < LONG or fall <= 0:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view(row, LONG)
    seen = np.isfinite(windows)
    many = seen.sum(axis=1)
    enough = many > SEEN * LONG
    if not enough.any():
        return 0.0
    rows, seen, many = windows[enough], seen[enough], many[enough]
    column = np.arange(LONG) * seen
    x = column - (column.sum(axis=1) / many)[:, None]
    y = np.where(seen, rows, 0.0)
    y = y - (y.sum(axis=1) / many)[:, None]
    x, y = x * seen, y * seen
    slope = (x * y).sum(axis=1) / np.maximum((x**2).sum(axis=1), 1e-9)
    off = np.sqrt(((y - slope[:, None] * x) ** 2).sum(axis=1) / many)
    straight = (off < STRAIGHT) & (slope * LONG >= LEAST)
    most = np.zeros(len(row))
    for first, steep in zip(np.flatnonzero(enough)[straight], slope[straight], strict=True):
        here = slice(first, first + LONG)
        most[here] = np.maximum(most[here], steep)
    return float(min(most.sum() / fall, 1.0))
