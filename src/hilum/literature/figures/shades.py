"""Lines of one hue that differ in shade, as two arms do in a greyscale print.

The pixels at the edge of a line mix line and paper, and those of a dark line look like those of a
pale one. Its core does not: where a column crosses a level line, the deepest pixel has the line's
own shade (or, in a line thinner than two pixels, the sum over the crossing has its shade times its
width). Medians of cores along the line fall into one heap for each shade; every pixel of the hue
then belongs to the shade of the core nearest to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask, Rows
    from hilum.literature.figures.ink import Ink


# Depth (share of the asked colour) from which a pixel belongs to a line of the hue, or is its edge.
ON, EDGE = 0.25, 0.08
# Pixels along the line of which the median is taken, and the fewest there that have one.
ALONG, FEWEST = 15, 5
# Bins of depth; heaps with less of a valley between them are one.
BIN, VALLEY = 0.01, 0.4
# A shade is that of a line along so much of the axis.
LEAST = 0.2
# Share of its own shade that the deepest pixels of a line show at least (of a thin one, of its
# width, or half of that where it lies on two pixels all along), and by what they may be deeper.
SHOWN, DEEPER = 0.9, 0.08
# The paler pixels of a line are at least such a share of its deep ones where it is even.
EVEN = 0.9
# The shade asked for is surely the nearest where it is so much nearer than the next.
BETWEEN = 0.5
# The deepest pixels of a line in the colour asked for are as deep as that, to this, where it is
# wider than what may be a darker line that lies on two pixels all along.
ASKED, WHOLE = 0.03, 2.5
# Two lines share so many of their columns.
TOGETHER = 0.4
# Lines whose deepest pixels differ by less are of one shade.
THINNER = 0.1
# Pixels across of a line that surely has some of nothing but itself, and of what is no line.
FULL, WIDE, WIDEST = 3, 1.8, 12
# A row or column with cores along so much of it is a frame or a grid line.
RULED = 0.85


@dataclass(frozen=True, slots=True)
class Cores:
    """Crossings of lines: row and column of the middle, deepest pixel, sum, pixels across."""

    row: Rows
    column: Rows
    depth: Array
    total: Array
    length: Rows

    def where(self, kept: Mask) -> Cores:
        """Some of them."""
        return Cores(
            self.row[kept],
            self.column[kept],
            self.depth[kept],
            self.total[kept],
            self.length[kept],
        )


@dataclass(frozen=True, slots=True)
class Shade:
    """One shade of the hue: where it lies in its heap and at its deepest, and the heap's bounds.

    A depth of 1 is the colour asked for; ``even`` says whether it is as deep all along, as a line
    is that a program puts on whole pixels or half of them.
    """

    middle: float
    depth: float
    even: bool
    low: float
    high: float

    def holds(self, values: Array) -> Mask:
        """Which lie in its heap."""
        return (values >= self.low) & (values < self.high)


def own_shade(ink: Ink, start: int, wide: float, deepest: float) -> Ink:
    """The ink of the shade nearest to the colour asked for, where the hue has several.

    Parameters
    ----------
    ink : Ink
        Of the hue.
    start : int
        First column of the axis.
    wide : float
        Its columns.
    deepest : float
        Depth of the darkest colour of the hue.
    """
    cores = cores_of(unruled(ink.depth))
    if len(cores.row) < LEAST * wide:
        return ink
    # Of three pixels across the middle one is nothing but line, if all together are wide enough.
    sure = (cores.length >= FULL) & (cores.total >= WIDE * cores.depth)
    full, width = bool(sure.mean() > 0.5), _width(cores)
    if full:
        cores = cores.where(sure)
        feature = cores.depth
    else:
        feature = cores.total / width
    middle = along(cores, feature, ink.depth.shape)
    shades = heaps(middle, cores, wide)
    if len(shades) < 2:
        return ink
    own, unsure = _asked_for(shades, full=full, width=width, deepest=deepest)
    plain = full or _plain(own, width)
    others = [s for s in shades if s is not own and side_by_side(own, s, middle, cores)]
    if not others:
        return ink
    if not plain and min(abs(s.depth - own.depth) for s in others) < THINNER:
        # As deep at their deepest: a thin line beside a thick one.
        return ink
    if not plain and any((s.depth - own.depth) * (s.low - own.low) < 0 for s in others):
        # Deeper and yet less of it: lines that differ in width.
        return ink
    if unsure is None:
        return replace(ink, unsure=True)
    alone = np.where(inside(ink.depth), ink.depth, np.nan) if full else None
    return replace(only(ink, cores, middle, own, alone), unsure=unsure)


def _asked_for(
    shades: list[Shade], *, full: bool, width: float, deepest: float
) -> tuple[Shade, bool | None]:
    """The shade asked for, and whether it may be another; None where that cannot be told.

    A line thinner than two pixels shows no pixel of its own shade for sure: it may as well be a
    thinner one of a darker shade. What it can be is told by its sum over a crossing and its deepest
    pixel, and by the others: none of them is darker than a colour can be.

    Parameters
    ----------
    shades : list of Shade
        All there are.
    full : bool
        Whether each shows pixels of its own shade.
    width : float
        Sum of depths over a crossing of which the middles are shares.
    deepest : float
        Depth of the darkest colour of the hue.
    """
    # How much paler than the lines the deepest pixels are is the same for lines of one width, and
    # is least for the one that lies on whole pixels.
    scale = 1.0 if full else max(s.depth / s.middle for s in shades)
    depths = [scale * s.middle for s in shades]
    (first, own), (second, _) = sorted((abs(d - 1), i) for i, d in enumerate(depths))[:2]
    between = first > BETWEEN * second
    if full:
        return shades[own], between
    plain = [s for s in shades if _plain(s, width)]
    if len(plain) == 1:
        return plain[0], False
    can = [
        i
        for i, (depth, s) in enumerate(zip(depths, shades, strict=True))
        if depth >= SHOWN * min(s.middle * width / (2 if s.even else 1), 1.0)
        and depth - 1 <= min(DEEPER, *(abs(d - depth) / 2 for d in depths if d != depth))
        and max(depths) / depth <= deepest * (1 + DEEPER)
    ]
    if len(can) == 1:
        return shades[can[0]], False
    return shades[own], None if between or own not in can or first > DEEPER else True


def _plain(shade: Shade, width: float) -> bool:
    """Whether a line is wide enough to show its colour all along, and that is the one asked for.

    ``width`` is the sum of depths over a crossing of which its middle is a share.
    """
    near = abs(shade.depth - 1) <= ASKED
    return shade.even and near and shade.middle * width >= WHOLE


def deepest_of(line: Array, paper: Array) -> float:
    """How deep the darkest colour of a hue is, where the line's is 1."""
    towards = (line - paper) / 255
    room = np.where(towards < 0, paper, 255 - paper) / 255
    return float(np.min(room[towards != 0] / np.abs(towards[towards != 0]), initial=np.inf))


def unruled(depth: Array) -> Array:
    """Without frames and grid lines."""
    on = depth > ON
    rows, columns = on.mean(axis=1) > RULED, on.mean(axis=0) > RULED
    if not rows.any() and not columns.any():
        return depth
    out = depth.copy()
    out[rows] = 0
    out[:, columns] = 0
    return out


def cores_of(depth: Array) -> Cores:
    """Where a column crosses ink, the highest crossing of the first column first."""
    padded = np.pad(depth, ((1, 1), (0, 0))).T
    flat = padded.ravel()
    edges = np.flatnonzero(np.diff((flat > ON).astype(np.int8))) + 1
    first, stop = edges[::2], edges[1::2]
    if not len(first):
        none = np.zeros(0, np.int64)
        return Cores(none, none, none.astype(float), none.astype(float), none)
    # The edges below the threshold belong to the line too.
    spans = np.c_[first - 1, stop + 1].ravel().clip(max=len(flat) - 1)
    total = np.add.reduceat(flat, spans)[::2]
    most = np.maximum.reduceat(flat, edges)[::2]
    column, row = np.divmod((first + stop - 1) // 2, padded.shape[1])
    length = stop - first + (flat[spans[::2]] > EDGE) + (flat[(spans[1::2] - 1)] > EDGE)
    return Cores(row - 1, column, most, total, length).where(length <= WIDEST)


def _width(cores: Cores) -> float:
    """The commonest sum of depths."""
    values, counts = np.unique(np.round(cores.total * 4) / 4, return_counts=True)
    return max(float(values[counts.argmax()]), 0.5)


def along(cores: Cores, feature: Array, shape: tuple[int, ...]) -> Array:
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


def heaps(middle: Array, cores: Cores, wide: float) -> list[Shade]:
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
    merged = _merged(peaks, dense)
    cuts = [a + int(np.argmin(dense[a : b + 1])) for a, b in pairwise(merged)]
    bounds = [0.0, *(float(edges[c]) for c in cuts), np.inf]
    out: list[Shade] = []
    for low, high in pairwise(bounds):
        here = (values >= low) & (values < high)
        if len(np.unique(cores.column[known][here])) >= LEAST * wide:
            # The deepest of them: what is thinner than two pixels is nowhere all of the line.
            pale, depth = (float(v) for v in np.quantile(cores.depth[known][here], [0.2, 0.8]))
            out.append(Shade(float(np.median(values[here])), depth, pale > EVEN * depth, low, high))
    return out


def _merged(peaks: list[int], dense: Array) -> list[int]:
    """Peaks with a valley between them; of neighbours without one the higher."""
    out: list[int] = []
    for peak in peaks:
        highest = peak
        while out:
            before = out[-1]
            valley = float(dense[before : highest + 1].min())
            lower = min(dense[before], dense[highest])
            if valley < VALLEY * lower:
                break
            highest = before if dense[before] >= dense[highest] else highest
            out.pop()
        out.append(highest)
    return out


def side_by_side(one: Shade, other: Shade, middle: Array, cores: Cores) -> bool:
    """Whether both stand in the same columns: two lines, not one whose shade wavers."""
    a, b = (np.unique(cores.column[s.holds(middle)]) for s in (one, other))
    return len(np.intersect1d(a, b)) >= TOGETHER * min(len(a), len(b))


def inside(depth: Array) -> Mask:
    """Pixels with line on all sides: nothing of paper is mixed into them."""
    from scipy.ndimage import minimum_filter

    return np.asarray(minimum_filter(depth, size=3) > ON, np.bool_)


def only(ink: Ink, cores: Cores, middle: Array, own: Shade, alone: Array | None = None) -> Ink:
    """Without the pixels nearest to a core of another shade.

    ``alone`` is what single pixels say that hold nothing but line, NaN elsewhere: they tell it
    where a line is too steep to be crossed.
    """
    from scipy.ndimage import distance_transform_edt

    known = np.isfinite(middle)
    shape = ink.depth.shape
    values = np.full(shape, np.nan) if alone is None else alone
    values[cores.row[known], cores.column[known]] = middle[known]
    seeds = np.isfinite(values)
    nearest = distance_transform_edt(~seeds, return_distances=False, return_indices=True)
    mine = seeds & own.holds(values)
    foreign = ~mine[nearest[0], nearest[1]]
    share = np.where(foreign, 0.0, ink.share)
    other = ink.other | (foreign & (ink.depth > ON))
    return replace(ink, share=share, other=other, shaded=True)
