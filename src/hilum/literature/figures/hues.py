"""Lines of two hues that are nearly one: each pixel belongs to that of the line it is nearest to.

What a line takes from the paper has its own direction in RGB, whatever share of a pixel it covers.
Summed over the crossing of a column and a level line, and its median taken along the line, that
direction falls into one heap for each hue, where the tolerance for a single pixel holds both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.ink import TINTED
from hilum.literature.figures.picture import background_of, paper_of
from hilum.literature.figures.shades import (
    BETWEEN,
    LEAST,
    TOGETHER,
    along,
    cores_of,
    heaps,
    inside,
    only,
    side_by_side,
    unruled,
)

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.shades import Cores
    from hilum.literature.figures.way import Way

# Pixels of what is no line.
WIDEST = 13
# Degrees by which the hue of a line is nearer to the colour asked for than that of another, whose
# edges look like it; and level columns that tell a hue at least.
NEARER, TELL = 8.0, 20
# Where the mean direction lies on the line along which directions differ: heaps are of positive
# numbers.
MIDDLE = 1.0


def own_hue(ink: Ink, part: Array, line: Array, start: int, wide: float) -> Ink:
    """The ink of the hue nearest to the colour asked for, where two lie within its tolerance.

    Parameters
    ----------
    ink : Ink
        Of the colour.
    part : array
        RGB.
    line : array
        The colour asked for.
    start : int
        First column of the axis.
    wide : float
        Its columns.
    """
    if ink.shaded:
        return ink
    depth = unruled(ink.depth)
    cores = cores_of(depth)
    both = np.bincount(cores.column) > 1 if len(cores.column) else np.zeros(0, bool)
    if both.sum() < TOGETHER * LEAST * wide:
        # Two lines of the colour stand in more columns together.
        return ink
    behind = background_of(part, WIDEST)
    differs, asked = behind - part, paper_of(part) - line
    here = behind[cores.row, cores.column] - line
    off = _from_asked(_taken(cores, differs), here, asked)
    middle = off.mean(axis=0)
    _, _, ways = np.linalg.svd(off - middle, full_matrices=False)
    where = (off - middle) @ ways[0] + MIDDLE
    medians = along(cores, where, ink.depth.shape)
    found = heaps(medians, cores, wide)
    if len(found) < 2:
        return ink
    place = float(-middle @ ways[0]) + MIDDLE
    known = np.isfinite(medians)
    at = [float(np.median(medians[known & heap.holds(medians)])) for heap in found]
    own = int(np.argmin(np.abs(np.array(at) - place)))
    others = [
        i for i, heap in enumerate(found)
        if i != own and side_by_side(found[own], heap, medians, cores)
    ]  # fmt: skip
    if not others:
        return ink
    next_ = min(abs(at[i] - place) for i in others)
    unsure = abs(at[own] - place) > BETWEEN * next_
    alone = np.full(ink.depth.shape, np.nan)
    whole = inside(ink.depth)
    off = _from_asked(differs[whole], behind[whole] - line, asked)
    alone[whole] = (off - middle) @ ways[0] + MIDDLE
    return replace(only(ink, cores, medians, found[own], alone), unsure=unsure)


def of_hue(ways: list[Way], ink: Ink, part: Array, line: Array) -> tuple[list[Way], bool]:
    """The lines without those of another hue, and whether the colour asked for lies between two.

    What looks like a broken line of the colour may be the edges of a line of a hue nearby.

    Parameters
    ----------
    ways : list of Way
        Lines found in the ink.
    ink : Ink
        Of the colour.
    part : array
        RGB, upside down where the ink is.
    line : array
        The colour asked for.
    """
    if len(ways) < 2:
        return ways, False
    differs = background_of(part, WIDEST) - part
    asked = _units(paper_of(part) - line)
    off = [_off(way, ink, differs, asked) for way in ways]
    known = [angle for angle in off if angle is not None]
    nearest = min(known, default=0.0)
    kept = [
        way for way, angle in zip(ways, off, strict=True)
        if angle is None or angle <= nearest + NEARER
    ]  # fmt: skip
    left = [angle for angle in known if angle > nearest + NEARER]
    return kept, bool(left) and nearest > BETWEEN * min(left)


def _off(way: Way, ink: Ink, differs: Array, asked: Array) -> float | None:
    """Degrees between the hue of a line, where it is level on paper, and the colour asked for."""
    level = np.flatnonzero((np.diff(way.row, prepend=-1) == 0) & (way.seen | way.hidden))
    columns, rows = way.first + level, way.row[level]
    if ink.tint is not None:
        bare = ink.tint[rows, columns] <= TINTED
        columns, rows = columns[bare], rows[bare]
    if len(columns) < TELL:
        return None
    around = np.clip(rows[:, None] + np.arange(-2, 3), 0, len(differs) - 1)
    hue = np.median(_units(differs[around, columns[:, None]].sum(axis=1)), axis=0)
    return float(np.degrees(np.arccos(np.clip(_units(hue) @ asked, -1, 1))))


def _from_asked(taken: Array, here: Array, asked: Array) -> Array:
    """How far the directions of what is taken are from that of the colour asked for.

    A line over a band takes from it what the colour lacks of the band (``here``), one under it what
    it lacks of paper (``asked``): the nearer counts.
    """
    over, under = _units(taken) - _units(here), _units(taken) - _units(asked)
    nearer = np.linalg.norm(over, axis=-1) <= np.linalg.norm(under, axis=-1)
    return np.where(nearer[:, None], over, under)


def _units(taken: Array) -> Array:
    """Directions."""
    return taken / np.maximum(np.linalg.norm(taken, axis=-1), 1e-9)[..., None]


def _taken(cores: Cores, differs: Array) -> Array:
    """What each crossing takes from what is behind it: red, green and blue summed over its rows."""
    half = cores.length // 2 + 1
    out = np.zeros((len(cores.row), 3))
    for off in range(-int(half.max()), int(half.max()) + 1):
        row = cores.row + off
        inside = (np.abs(off) <= half) & (row >= 0) & (row < len(differs))
        out[inside] += differs[row[inside], cores.column[inside]]
    return out
