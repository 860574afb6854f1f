"""Layers with known meanings become one anatomy: same grid, cut to the liver, lesions counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.patient.liver.anatomy import (
    SEGMENTS,
    Anatomy,
    Grid,
    Notice,
    places,
    wider,
)
from hilum.patient.liver.grids import (
    TURNED,
    axes_like,
    grid_of,
    moved,
    start_in,
    turned,
    union,
)
from hilum.patient.liver.holes import fill_holes
from hilum.patient.liver.layers import check_size
from hilum.patient.liver.meaning import Meaning
from hilum.patient.liver.plausible import (
    border,
    check_lesions,
    check_liver,
    check_segments,
    gaps,
)
from hilum.patient.liver.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Place = tuple[slice, slice, slice]


def assemble(
    meanings: Sequence[Meaning], outside: str, plausible_ml: tuple[float, float]
) -> Anatomy:
    """One anatomy from layers of one geometry.

    Raises
    ------
    InputError
        No liver, geometries that differ, or a liver outside ``plausible_ml``.
    """
    useful = [one for one in meanings if any(role.kind != "ignore" for role in one.roles.values())]
    files = tuple(dict.fromkeys(one.layer.file for one in meanings))
    _needs_a_liver(meanings, useful, files)
    laid = _laid(useful)
    place, image = _boxes(laid, files)
    grid = grid_of(laid[0].affine, place)
    targets = Targets(grid.shape)
    for one in laid:
        targets.add(one.meaning, one.array, place, one.start)
    notices = list(dict.fromkeys(notice for one in meanings for notice in one.notices))
    notices += targets.notices(grid.voxel_ml)
    named = targets.numbered.copy()
    liver, lesions = targets.liver, targets.lesion_numbers()
    notices += gaps(liver, named, files)
    filled = fill_holes(liver, lesions)
    if filled:
        notices.append(Notice("lesion_holes", (("ml", filled * grid.voxel_ml),)))
    beyond, more = _beyond(liver, lesions, outside, grid.voxel_ml)
    notices += more
    check_liver(int(np.count_nonzero(liver)), plausible_ml, files, grid)
    notices += check_lesions(lesions, liver, files, int(beyond.sum()))
    segments = targets.segments if targets.has_segments else None
    if segments is not None:
        check_segments(segments, files)
        notices += _complete(segments, lesions, liver, grid)
    notices += border(liver, place, image, _unseen(laid))
    layer = useful[0].layer
    return Anatomy(
        grid=grid,
        liver=liver,
        segments=segments,
        lesions=lesions,
        vessels=targets.vessels if targets.has_vessels else None,
        remnant=targets.remnant if targets.has_remnant else None,
        image_shape=tuple(int(size) for size in layer.array.shape),
        image_spacing=tuple(float(v) for v in np.sqrt((layer.affine[:3, :3] ** 2).sum(axis=0))),
        outside_ml=int(beyond.sum()) * grid.voxel_ml,
        notices=tuple(dict.fromkeys(notices)),
        files=files,
        lesion_outside_ml=tuple(
            (int(n), int(beyond[n]) * grid.voxel_ml) for n in np.flatnonzero(beyond)
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A layer turned as the first one, and where its first voxel lies in the first one's."""

    meaning: Meaning
    order: list[tuple[int, bool]]
    array: NDArray[np.unsignedinteger]
    affine: NDArray[np.float64]
    start: tuple[int, ...]

    @property
    def holds_liver(self) -> bool:
        """Whether the liver or its segments are in it."""
        return any(role.kind in ("liver", "segment") for role in self.meaning.roles.values())


def _needs_a_liver(
    meanings: Sequence[Meaning], useful: Sequence[Meaning], files: tuple[str, ...]
) -> None:
    """Refuse label maps without a liver, with the labels found."""
    if any(role.kind in ("liver", "segment") for one in useful for role in one.roles.values()):
        return
    found = sorted({str(label) for one in meanings for label in one.roles})
    names = [name for one in meanings for name in one.layer.names.values()]
    shown = ", ".join(names or found) or "none"
    expected = "a label for the liver or its segments"
    raise InputError(Fault(", ".join(files), None, "labels", shown, expected))


def _laid(useful: Sequence[Meaning]) -> list[_Laid]:
    """Every layer turned alike, on the grid of the first."""
    first = turned(useful[0].layer, axes_like(useful[0].layer.affine, TURNED))[1]
    found: list[_Laid] = []
    for one in useful:
        order = axes_like(one.layer.affine, first[:3, :3])
        array, affine = turned(one.layer, order)
        origin = (found[0].array, found[0].affine) if found else (array, affine)
        start = start_in(one.layer.file, array.shape, affine, origin)
        found.append(_Laid(one, order, array, affine, start))
    return found


def _boxes(laid: Sequence[_Laid], files: tuple[str, ...]) -> tuple[Place, Place]:
    """The box of everything that matters, and of everything that was imaged."""
    place, image = None, None
    for one in laid:
        place = union(place, moved(_extent(one.array, one.meaning), one.start))
        image = union(image, moved(tuple(slice(0, n) for n in one.array.shape), one.start))
    if place is None or image is None:
        raise InputError(Fault(", ".join(files), None, "labels", "none", "voxels of the liver"))
    check_size(", ".join(files), [side.stop - side.start + 2 for side in place])
    return place, image


def _beyond(
    liver: NDArray[np.bool_], lesions: NDArray[np.uint16], outside: str, voxel_ml: float
) -> tuple[NDArray[np.intp], list[Notice]]:
    """Voxels of each lesion outside the liver; drops them, or keeps them, in place."""
    beyond = np.bincount(lesions[~liver])
    beyond[:1] = 0
    if not beyond.any():
        return beyond, []
    inside = np.bincount(lesions[liver], minlength=len(beyond))
    notices = [Notice(f"lesions_outside_{outside}", (("ml", int(beyond.sum()) * voxel_ml),))]
    if outside == "keep":
        liver |= lesions > 0
        return beyond, notices
    gone = [str(n) for n in np.flatnonzero(beyond) if not inside[n]]
    if gone:
        notices.append(Notice("lesions_gone", (("numbers", ", ".join(gone)),)))
    lesions[~liver] = 0
    return beyond, notices


def _unseen(laid: Sequence[_Laid]) -> tuple[tuple[bool, bool], ...]:
    """For both ends of each axis, whether the files leave open how far the liver was imaged."""
    holders = [one for one in laid if one.holds_liver]
    flags = [
        all(one.meaning.layer.open_ends and one.order[axis][0] == 0 for one in holders)
        for axis in range(3)
    ]
    return tuple((one, one) for one in flags)


def _extent(array: NDArray[np.unsignedinteger], one: Meaning) -> Place | None:
    """The box of what matters in a layer, slice by slice along the axis stored outermost."""
    table = one.table("liver", "segment", "lesion", "hepatic", "portal", "vessel", "remnant")
    outer = int(np.argmax(np.abs(array.strides)))
    inner = [axis for axis in range(3) if axis != outer]
    along = np.zeros(array.shape[outer], bool)
    sides = [np.zeros(array.shape[axis], bool) for axis in inner]
    moved = np.moveaxis(array, outer, 0)
    for number, plane in enumerate(moved):
        if not plane.any():
            continue
        hit = table[plane]
        if hit.any():
            along[number] = True
            sides[0] |= hit.any(axis=1)
            sides[1] |= hit.any(axis=0)
    found: list[slice] = [slice(0)] * 3
    for axis, seen in zip((outer, *inner), (along, *sides), strict=True):
        where = np.flatnonzero(seen)
        if not where.size:
            return None
        found[axis] = slice(int(where[0]), int(where[-1]) + 1)
    return found[0], found[1], found[2]


def _complete(
    segments: NDArray[np.uint8], lesions: NDArray[np.uint16], liver: NDArray[np.bool_], grid: Grid
) -> list[Notice]:
    """Give lesion voxels without a segment the nearest one; say what else has none.

    In a map where a voxel holds one label, a lesion is a hole in its segment.
    """
    from scipy import ndimage

    holes = (lesions > 0) & (segments == 0) & liver
    notices: list[Notice] = []
    filled = int(np.count_nonzero(holes))
    if filled:
        for number, place in places(lesions).items():
            if not holes[place].any():
                continue
            grown = wider(place, (2, 2, 2), segments.shape)
            while not segments[grown].any():
                grown = wider(grown, (8, 8, 8), segments.shape)
            near = ndimage.distance_transform_edt(
                segments[grown] == 0, grid.spacing, return_distances=False, return_indices=True
            )
            mine = holes[grown] & (lesions[grown] == number)
            segments[grown][mine] = segments[grown][tuple(near[:, mine])]
        notices.append(Notice("lesion_segments_filled", (("ml", filled * grid.voxel_ml),)))
    rest = int(np.count_nonzero(liver & (segments == 0)))
    if rest:
        notices.append(Notice("liver_without_segment", (("ml", rest * grid.voxel_ml),)))
    found = np.bincount(segments.ravel(), minlength=9)[1:9]
    absent = [SEGMENTS[i] for i in range(8) if not found[i]]
    if absent:
        notices.append(Notice("segments_absent", (("segments", ", ".join(absent)),)))
    return notices
