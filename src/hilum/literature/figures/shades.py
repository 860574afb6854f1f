"""Lines of one hue that differ in shade, as two arms do in a greyscale print.

The pixels at the edge of a line mix line and paper, and those of a dark line look like those of a
pale one. Its core does not: where a column crosses a level line, the deepest pixel has the line's
own shade (or, in a line thinner than two pixels, the sum over the crossing has its shade times its
width). Medians of cores along the line fall into one heap for each shade; every pixel of the hue
then belongs to the shade of the core nearest to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hilum.literature.figures.ink import Ink

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

# Depth (share of the asked colour) from which a pixel belongs to a line of the hue, or is its edge.
ON, EDGE = 0.25, 0.08
# Pixels along the line of which the median is taken, and the fewest there that have one.
ALONG, FEWEST = 15, 5
# Bins of depth; heaps nearer than this, or with less of a valley between them, are one.
BIN, APART, VALLEY = 0.01, 0.03, 0.4
# A shade is that of a line along so much of the axis.
LEAST = 0.2
# Lines whose deepest pixels differ by less are of one shade.
THINNER = 0.1
# Pixels across of a line that surely has some of nothing but itself, and of what is no line.
FULL, WIDEST = 3, 12
# A row or column with cores along so much of it is a frame or a grid line.
RULED = 0.85


class _Cores(NamedTuple):
    """Crossings of lines: row and column of the middle, deepest pixel, sum, pixels across."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    depth: Array
    total: Array
    length: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shade:
    """One shade of the hue: its depth (1 is the colour asked for), and the bounds of its heap."""

    depth: float
    low: float
    high: float


def own_shade(ink: Ink, start: int, wide: float) -> tuple[Ink, tuple[float, ...]]:
    """The ink of the shade nearest to the colour asked for, and the depths of the other shades.

    Parameters
    ----------
    ink : Ink
        Of the hue.
    start : int
        First column of the axis.
    wide : float
        Its columns.
    """
    cores = _cores(_unruled(ink.depth))
    if len(cores.row) < LEAST * wide:
        return ink, ()
    full = (cores.length >= FULL).mean() > 0.5
    if full:
        # Of three pixels across the middle one is nothing but line.
        cores = _Cores(*(part[cores.length >= FULL] for part in cores))
        feature = cores.depth
    else:
        feature = cores.total / _width(cores)
    middle = _along(cores, feature, ink.depth.shape)
    shades = _heaps(middle, cores, wide)
    if len(shades) < 2:
        return ink, ()
    own = min(shades, key=lambda one: abs(one.depth - 1))
    others = [s for s in shades if s is not own]
    if not full and min(abs(s.depth - own.depth) for s in others) < THINNER:
        # As deep at their deepest: a thin line beside a thick one.
        return ink, ()
    return _only(ink, cores, middle, own), tuple(s.depth for s in others)


def _unruled(depth: Array) -> Array:
    """Without frames and grid lines."""
    on = depth > ON
    rows, columns = on.mean(axis=1) > RULED, on.mean(axis=0) > RULED
    if not rows.any() and not columns.any():
        return depth
    out = depth.copy()
    out[rows] = 0
    out[:, columns] = 0
    return out


def _cores(depth: Array) -> _Cores:
    """Where a column crosses ink, the highest crossing of the first column first."""
    padded = np.pad(depth, ((1, 1), (0, 0))).T
    flat = padded.ravel()
    edges = np.flatnonzero(np.diff((flat > ON).astype(np.int8))) + 1
    first, stop = edges[::2], edges[1::2]
    if not len(first):
        none = np.zeros(0, np.int64)
        return _Cores(none, none, none.astype(float), none.astype(float), none)
    # The edges below the threshold belong to the line too.
    spans = np.c_[first - 1, stop + 1].ravel().clip(max=len(flat) - 1)
    total = np.add.reduceat(flat, spans)[::2]
    most = np.maximum.reduceat(flat, edges)[::2]
    column, row = np.divmod((first + stop - 1) // 2, padded.shape[1])
    length = stop - first + (flat[spans[::2]] > EDGE) + (flat[(spans[1::2] - 1)] > EDGE)
    kept = length <= WIDEST
    return _Cores(row[kept] - 1, column[kept], most[kept], total[kept], length[kept])


def _width(cores: _Cores) -> float:
    """The commonest sum of depths."""
    values, counts = np.unique(np.round(cores.total * 4) / 4, return_counts=True)
    return max(float(values[counts.argmax()]), 0.5)


def _along(cores: _Cores, feature: Array, shape: tuple[int, ...]) -> Array:
    """Median of a feature over each level piece of a line, NaN where it is short."""
    from scipy.ndimage import label

    here = np.zeros(shape, bool)
    here[cores.row, cores.column] = True
    pieces, _ = label(here, np.ones((3, 3)))
    group = pieces[cores.row, cores.column].astype(np.int64) * shape[1] + cores.column // ALONG
    order = np.lexsort((feature, group))
    _, first, back, counts = np.unique(
        group[order], return_index=True, return_inverse=True, return_counts=True
    )
    middle = np.where(counts >= FEWEST, feature[order][first + counts // 2], np.nan)
    out = np.empty(len(feature))
    out[order] = middle[back]
    return out


def _heaps(middle: Array, cores: _Cores, wide: float) -> list[Shade]:
    """Heaps of depths, each along enough of the axis."""
    from scipy.ndimage import gaussian_filter1d

    known = np.isfinite(middle)
    values = middle[known]
    counts, edges = np.histogram(values, bins=np.arange(0, 3 + BIN, BIN))
    dense = gaussian_filter1d(counts.astype(float), 1.2)
    peaks = [
        i
        for i in range(1, len(dense) - 1)
        if dense[i] > dense[i - 1] and dense[i] >= dense[i + 1] and dense[i] > 0.02 * dense.max()
    ]
    # Neighbours without a valley are one.
    merged: list[int] = []
    for peak in peaks:
        while merged:
            before = merged[-1]
            valley = float(dense[before : peak + 1].min())
            if (peak - before) * BIN >= APART and valley < VALLEY * min(dense[before], dense[peak]):
                break
            peak = before if dense[before] >= dense[peak] else peak
            merged.pop()
        merged.append(peak)
    cuts = [a + int(np.argmin(dense[a : b + 1])) for a, b in zip(merged, merged[1:], strict=False)]
    bounds = [0.0, *(float(edges[c]) for c in cuts), np.inf]
    out: list[Shade] = []
    for low, high in zip(bounds, bounds[1:], strict=False):
        here = (values >= low) & (values < high)
        if len(np.unique(cores.column[known][here])) >= LEAST * wide:
            # The deepest of them: what is thinner than two pixels is nowhere all of the line.
            depth = float(np.quantile(cores.depth[known][here], 0.8))
            out.append(Shade(depth, low, high))
    return out


def _only(ink: Ink, cores: _Cores, middle: Array, own: Shade) -> Ink:
    """Without the pixels nearest to a core of another shade."""
    from scipy.ndimage import distance_transform_edt

    known = np.isfinite(middle)
    shape = ink.depth.shape
    none = np.ones(shape, bool)
    none[cores.row[known], cores.column[known]] = False
    nearest = distance_transform_edt(none, return_distances=False, return_indices=True)
    mine = np.zeros(shape, bool)
    mine[cores.row[known], cores.column[known]] = (middle[known] >= own.low) & (
        middle[known] < own.high
    )
    foreign = ~mine[nearest[0], nearest[1]]
    share = np.where(foreign, 0.0, ink.share)
    other = ink.other | (foreign & (ink.depth > ON))
    return replace(ink, share=share, other=other)
