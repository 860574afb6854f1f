"""Layers with known meanings become one anatomy: same grid, cut to the liver, lesions counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.patient.liver.anatomy import (
    SEGMENTS,
    VESSELS,
    Anatomy,
    Grid,
    Notice,
    box,
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
from hilum.patient.liver.plausible import (
    border,
    check_lesions,
    check_liver,
    check_segments,
    gaps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hilum.patient.liver.layers import Layer
    from hilum.patient.liver.names import Role

    Place = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """A layer and what its labels stand for; ``name`` is the structure that its file is called."""

    layer: Layer
    roles: dict[int, Role]
    notices: tuple[Notice, ...] = ()
    name: str = ""

    def table(self, *kinds: str) -> NDArray[np.bool_]:
        """Which labels have one of these roles, as a table indexed by label."""
        size = 65536 if self.layer.array.dtype.itemsize > 1 else 256
        found = np.zeros(size, bool)
        for label, role in self.roles.items():
            if label < size:
                found[label] = role.kind in kinds
        return found


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
    notices = list(dict.fromkeys(notice for one in meanings for notice in one.notices))
    if not any(role.kind in ("liver", "segment") for one in useful for role in one.roles.values()):
        found = sorted({str(label) for one in meanings for label in one.roles})
        names = [name for one in meanings for name in one.layer.names.values()]
        shown = ", ".join(names or found) or "none"
        expected = "a label for the liver or its segments"
        raise InputError(Fault(", ".join(files), None, "labels", shown, expected))
    first = turned(useful[0].layer, axes_like(useful[0].layer.affine, TURNED))[1]
    orders = [axes_like(one.layer.affine, first[:3, :3]) for one in useful]
    parts = [turned(one.layer, order) for one, order in zip(useful, orders, strict=True)]
    starts = [
        start_in(one.layer.file, array.shape, affine, parts[0])
        for one, (array, affine) in zip(useful, parts, strict=True)
    ]
    place, image = None, None
    for one, (array, _), start in zip(useful, parts, starts, strict=True):
        place = union(place, moved(_extent(array, one), start))
        image = union(image, moved(tuple(slice(0, n) for n in array.shape), start))
    if place is None or image is None:
        raise InputError(Fault(", ".join(files), None, "labels", "none", "voxels of the liver"))
    check_size(", ".join(files), [side.stop - side.start + 2 for side in place])
    grid = grid_of(first, place)
    targets = _Targets(grid.shape)
    for one, (array, _), start in zip(useful, parts, starts, strict=True):
        targets.add(one, array, place, start)
    notices += targets.notices(grid.voxel_ml)
    named = targets.numbered.copy()
    liver, lesions = targets.liver, targets.lesion_numbers()
    notices += gaps(liver, named, files)
    filled = fill_holes(liver, lesions)
    if filled:
        notices.append(Notice("lesion_holes", (("ml", filled * grid.voxel_ml),)))
    beyond = np.bincount(lesions[~liver])
    beyond[:1] = 0
    inside = np.bincount(lesions[liver], minlength=len(beyond))
    outside_ml = int(beyond.sum()) * grid.voxel_ml
    if beyond.any():
        notices.append(Notice(f"lesions_outside_{outside}", (("ml", outside_ml),)))
        gone = [str(n) for n in np.flatnonzero(beyond) if not inside[n]]
        if gone and outside == "drop":
            notices.append(Notice("lesions_gone", (("numbers", ", ".join(gone)),)))
        if outside == "keep":
            liver |= lesions > 0
        else:
            lesions[~liver] = 0
    check_liver(int(np.count_nonzero(liver)), plausible_ml, files, grid)
    notices += check_lesions(lesions, liver, files, int(beyond.sum()))
    segments = targets.segments if targets.has_segments else None
    if segments is not None:
        check_segments(segments, files)
        notices += _complete(segments, lesions, liver, grid)
    holders = [
        (one, order)
        for one, order in zip(useful, orders, strict=True)
        if any(role.kind in ("liver", "segment") for role in one.roles.values())
    ]
    unseen = [
        all(one.layer.open_ends and order[axis][0] == 0 for one, order in holders)
        for axis in range(3)
    ]
    notices += border(liver, place, image, tuple((one, one) for one in unseen))
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
        outside_ml=outside_ml,
        notices=tuple(dict.fromkeys(notices)),
        files=files,
        lesion_outside_ml=tuple(
            (int(n), int(beyond[n]) * grid.voxel_ml) for n in np.flatnonzero(beyond)
        ),
    )


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


class _Targets:
    """The arrays of an anatomy while layers are added to them."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.liver = np.zeros(shape, bool)
        self.segments = np.zeros(shape, np.uint8)
        self.vessels = np.zeros(shape, np.uint8)
        self.remnant = np.zeros(shape, bool)
        self.numbered = np.zeros(shape, np.uint16)
        self.loose = np.zeros(shape, bool)
        self.has_segments = self.has_vessels = self.has_remnant = False
        self.overlap = {"segment": 0, "lesion": 0}

    def add(
        self, one: Meaning, array: NDArray[np.unsignedinteger], place: Place,
        start: tuple[int, ...],
    ) -> None:  # fmt: skip
        """Add what of a layer lies in the box; the layer's first voxel is at ``start``."""
        own: list[slice] = []
        into: list[slice] = []
        for side, size, by in zip(place, array.shape, start, strict=True):
            low, high = max(side.start, by), min(side.stop, by + size)
            if low >= high:
                return
            own.append(slice(low - by, high - by))
            into.append(slice(low - side.start + 1, high - side.start + 1))
        cut, inner = array[tuple(own)], tuple(into)
        kinds = {role.kind for role in one.roles.values()}
        whole = ["liver", "segment"]
        if one.layer.exclusive and kinds & {"liver", "segment"}:
            whole += ["lesion", "remnant"]
        if kinds & set(whole):
            self.liver[inner] |= one.table(*whole)[cut]
        if "segment" in kinds:
            self.has_segments = True
            self._number(self.segments[inner], cut, one, "segment")
        if "lesion" in kinds:
            loose = [
                k for k, role in one.roles.items() if role.kind == "lesion" and not role.number
            ]
            if loose:
                table = np.zeros(65536, bool)
                table[loose] = True
                self.loose[inner] |= table[cut]
            self._number(self.numbered[inner], cut, one, "lesion")
        if "remnant" in kinds:
            self.has_remnant = True
            self.remnant[inner] |= one.table("remnant")[cut]
        for kind in sorted(kinds & set(VESSELS)):
            self.has_vessels = True
            target = self.vessels[inner]
            target[one.table(kind)[cut] & (target == 0)] = VESSELS[kind]

    def _number(
        self, target: NDArray[np.unsignedinteger], cut: NDArray[np.unsignedinteger],
        one: Meaning, kind: str,
    ) -> None:  # fmt: skip
        table = np.zeros(65536, target.dtype)
        for label, role in one.roles.items():
            if role.kind == kind:
                table[label] = role.number
        if not table.any():
            return
        new = table[cut]
        if target.any():
            # A voxel that two labels claim stays with the first; how many is reported.
            self.overlap[kind] += int(np.count_nonzero((target > 0) & (new > 0) & (target != new)))
            np.copyto(target, new, where=target == 0)
        else:
            target[...] = new

    def lesion_numbers(self) -> NDArray[np.uint16]:
        """Lesions told apart: given numbers kept, the rest by 26-connected components.

        Components are numbered by falling volume, after the given numbers.
        """
        rest = self.loose & (self.numbered == 0)
        place = box(rest)
        if place is None:
            return self.numbered
        import cc3d

        parts, count = cc3d.connected_components(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportGeneralTypeIssues]
            np.ascontiguousarray(rest[place]), connectivity=26, return_N=True
        )
        sizes = np.bincount(parts.ravel(), minlength=count + 1)[1:]
        start = int(self.numbered.max())
        if start + count > 65535:
            raise InputError(
                Fault("labels", None, "lesions", f"{count}", "fewer than 65,536 separate lesions")
            )
        rank = np.zeros(count + 1, np.uint16)
        rank[1 + np.argsort(-sizes, kind="stable")] = np.arange(start + 1, start + count + 1)
        view = self.numbered[place]
        np.copyto(view, rank[parts], where=parts > 0)
        return self.numbered

    def notices(self, voxel_ml: float) -> list[Notice]:
        """What overlapped."""
        return [
            Notice(f"{kind}s_overlap", (("ml", voxels * voxel_ml),))
            for kind, voxels in self.overlap.items()
            if voxels
        ]


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
