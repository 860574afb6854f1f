"""The liver as a few hundred parts, so that a plan is counted without looking at voxels again.

A part is the set of voxels of one segment that the margins of the same lesions reach, on one side
of a cutting plane. A plan keeps or removes whole parts; its remnant is a sum of whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.anatomy import Anatomy, places, wider
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hilum.watch import Watch

# The widest margin that is computed: far above any that is cut.
MAX_MARGIN_MM = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Voxels by part.

    Parameters
    ----------
    segment : ndarray of uint8, shape (parts,)
        Segment of a part, 0 where none was given.
    beyond : ndarray of bool, shape (parts,)
        On the side that a cutting plane, or a drawn remnant, removes.
    zone : ndarray of bool, shape (parts, lesions)
        Whether a lesion's margin covers the part. The lesion itself is inside its margin.
    functional : ndarray of int64, shape (parts,)
        Voxels without tumour.
    tumour : ndarray of int64, shape (parts, lesions)
        Voxels of each lesion.
    ids : tuple of int
        Number of the lesion in each column.
    index, part : ndarray, shape (voxels of the liver,)
        Where each voxel of the liver lies in the flattened array, and its part.
    """

    segment: NDArray[np.uint8]
    beyond: NDArray[np.bool_]
    zone: NDArray[np.bool_]
    functional: NDArray[np.int64]
    tumour: NDArray[np.int64]
    ids: tuple[int, ...]
    margin_mm: float
    voxel_ml: float
    index: NDArray[np.intp]
    part: NDArray[np.intp]


def tally(
    anatomy: Anatomy,
    margin_mm: float = 0.0,
    *,
    plane: tuple[Sequence[float], Sequence[float]] | None = None,
    drawn_remnant: bool = False,
    watch: Watch = SILENT,
) -> Tally:
    """Count the parts of a liver once.

    Parameters
    ----------
    anatomy : Anatomy
    margin_mm : float
        Width of the zone around every lesion: distance between centres of voxels.
    plane : (point, normal), optional
        A cutting plane in RAS millimetres; voxels with dot(x - point, normal) >= 0 are removed.
    drawn_remnant : bool
        Whether what lies outside the drawn remnant is removed.
    watch : Watch
        Told of every lesion.

    Raises
    ------
    InputError
        A negative margin, a plane without a direction, no remnant label.
    """
    check_margin(margin_mm)
    index = np.flatnonzero(anatomy.liver.ravel())
    gone = _beyond(anatomy, index, plane, drawn_remnant=drawn_remnant)
    boxes = places(anatomy.lesions)
    ids = tuple(boxes)
    covered, sets = _covered(anatomy, boxes, margin_mm, watch)
    code = covered.ravel()[index].astype(np.int64) * 18
    if anatomy.segments is not None:
        code += anatomy.segments.ravel()[index]
    if gone is not None:
        code += 9 * gone
    present = np.flatnonzero(np.bincount(code))
    compact = np.zeros(int(code.max()) + 1, np.intp)
    compact[present] = np.arange(len(present))
    part = compact[code]
    zone = np.zeros((len(present), len(ids)), bool)
    for row, one in enumerate(present // 18):
        zone[row, list(sets[one])] = True
    counts = _counts(anatomy, index, part, ids, len(present))
    return Tally(
        segment=(present % 9).astype(np.uint8),
        beyond=(present % 18) >= 9,
        zone=zone,
        functional=counts[:, 0].astype(np.int64),
        tumour=counts[:, 1:].astype(np.int64),
        ids=ids,
        margin_mm=margin_mm,
        voxel_ml=anatomy.grid.voxel_ml,
        index=index,
        part=part,
    )


def check_margin(margin_mm: float) -> None:
    """Refuse a margin that nobody cuts.

    Raises
    ------
    InputError
        With the range.
    """
    if not 0 <= margin_mm <= MAX_MARGIN_MM:
        expected = phrased("a margin from 0 to {most:g} mm", most=MAX_MARGIN_MM)
        raise InputError(Fault("", None, "margin", str(margin_mm), expected))


def _covered(
    anatomy: Anatomy, boxes: dict[int, tuple[slice, slice, slice]], margin_mm: float, watch: Watch
) -> tuple[NDArray[np.uint32], list[tuple[int, ...]]]:
    """For every voxel the set of lesions whose margins reach it, by number, and those sets."""
    grid = anatomy.grid
    # Every set of lesions whose margins meet in some voxel has a number; 0 is the empty set.
    covered = np.zeros(grid.shape, np.uint32)
    sets: list[tuple[int, ...]] = [()]
    known: dict[tuple[int, ...], int] = {(): 0}
    reach = [int(np.ceil(margin_mm / edge)) + 1 for edge in grid.spacing]
    watch.stage("margins", len(boxes))
    for column, (number, place) in enumerate(boxes.items()):
        grown = wider(place, (reach[0], reach[1], reach[2]), grid.shape)
        inside = within(anatomy.lesions[grown] == number, grid.spacing, margin_mm, watch)
        inside &= anatomy.liver[grown]
        view = covered[grown]
        here = view[inside]
        renumber = np.zeros(len(sets), np.uint32)
        for old in np.flatnonzero(np.bincount(here, minlength=len(sets))):
            key = (*sets[old], column)
            if key not in known:
                known[key] = len(sets)
                sets.append(key)
            renumber[old] = known[key]
        view[inside] = renumber[here]
        watch.done()
    return covered, sets


def _counts(
    anatomy: Anatomy,
    index: NDArray[np.intp],
    part: NDArray[np.intp],
    ids: tuple[int, ...],
    parts: int,
) -> NDArray[np.intp]:
    """Voxels of each part, shape (parts, 1 + lesions): without tumour, then of each lesion."""
    owner = anatomy.lesions.ravel()[index]
    column_of = np.zeros(int(owner.max()) + 1, np.intp)
    column_of[list(ids)] = np.arange(1, len(ids) + 1)
    width = len(ids) + 1
    return np.bincount(part * width + column_of[owner], minlength=parts * width).reshape(
        parts, width
    )


def within(
    mask: NDArray[np.bool_],
    spacing: tuple[float, float, float],
    distance: float,
    watch: Watch = SILENT,
) -> NDArray[np.bool_]:
    """Voxels whose centre lies within a distance of some centre in a mask.

    Exact: the squared distance is the sum of three one-dimensional ones, each a minimum over the
    few steps that the distance allows. Around a sphere on voxels of edge h such a margin is about
    h/3 narrow; between the voxels' faces it would be as much too wide.
    """
    far = np.float32(np.inf)
    squared = np.where(mask, np.float32(0), far)
    # Half a thousandth of a voxel lets centres at exactly the distance in.
    limit = np.float32((distance + 5e-4 * min(spacing)) ** 2)
    for axis, edge in enumerate(spacing):
        nearest = squared.copy()
        for step in range(1, min(int((limit**0.5) / edge), mask.shape[axis] - 1) + 1):
            watch.done(0)
            more = np.float32((step * edge) ** 2)
            ahead = tuple(slice(step, None) if a == axis else slice(None) for a in range(3))
            behind = tuple(slice(None, -step) if a == axis else slice(None) for a in range(3))
            np.minimum(nearest[ahead], squared[behind] + more, out=nearest[ahead])
            np.minimum(nearest[behind], squared[ahead] + more, out=nearest[behind])
        squared = nearest
    return squared <= limit


def _beyond(
    anatomy: Anatomy,
    index: NDArray[np.intp],
    plane: tuple[Sequence[float], Sequence[float]] | None,
    *,
    drawn_remnant: bool,
) -> NDArray[np.bool_] | None:
    gone: NDArray[np.bool_] | None = None
    if plane is not None:
        point, normal = (np.asarray(one, float) for one in plane)
        if point.shape != (3,) or normal.shape != (3,) or not np.isfinite([point, normal]).all():
            expected = "a point and a direction of three numbers each"
            raise InputError(Fault("", None, "plane", str(plane), expected))
        if not np.linalg.norm(normal) > 0:
            raise InputError(Fault("", None, "plane", str(plane), "a direction that is not 0"))
        affine = anatomy.grid.affine
        # dot(x - point, normal) is linear in the voxel's indices.
        slopes = normal @ affine[:3, :3]
        start = float(normal @ (affine[:3, 3] - point))
        a, b, c = np.unravel_index(index, anatomy.grid.shape)
        gone = start + slopes[0] * a + slopes[1] * b + slopes[2] * c >= 0
    if drawn_remnant:
        if anatomy.remnant is None:
            expected = "a label map with a remnant"
            raise InputError(Fault(", ".join(anatomy.files), None, "remnant", "none", expected))
        outside = ~anatomy.remnant.ravel()[index]
        gone = outside if gone is None else gone | outside
    return gone
