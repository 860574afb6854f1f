"""The line of the axis of time at survival 0: what lies on it or hangs from it is no curve.

A curve that is black as its axes are is seen down to that line. It may end there, in a fall to 0,
and has no way along it to the ticks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.ink import RULED

if TYPE_CHECKING:
    from hilum.literature.figures.ink import Ink

# Rows by which an axis' line lies off survival 0.
OFF = 4


def above_ground(ink: Ink, zero: float, first: int, wide: float) -> Ink:
    """The ink above the axis of time, where that was taken out of the ink as a line all along.

    Parameters
    ----------
    ink : Ink
        Of one colour, upside down where its lines rise.
    zero : float
        Row of survival 0; infinite where there is none.
    first : int
        Column of time 0.
    wide : float
        Columns of the axis of time.
    """
    rows = len(ink.share)
    if not np.isfinite(zero) or zero - OFF >= rows:
        return ink
    begin, stop = max(round(zero) - OFF, 0), min(round(zero) + OFF + 1, rows)
    along = slice(max(first, 0), max(first + round(wide) + 1, 1))
    on, own = ink.other[begin:stop, along], ink.share[begin:stop, along] > 0
    ruled = np.flatnonzero((on.mean(axis=1) > RULED) & ~own.any(axis=1))
    if not len(ruled):
        return ink
    ground = begin + int(ruled[0])
    return replace(
        ink,
        share=ink.share[:ground],
        other=ink.other[:ground],
        depth=ink.depth[:ground],
        tint=None if ink.tint is None else ink.tint[:ground],
    )
