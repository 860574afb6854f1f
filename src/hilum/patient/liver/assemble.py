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

# Grids coincide where some corner lies within a twentieth of a voxel of a voxel's centre and none
# further than a fifth: spacing rounded to four decimals drifts that far over 512 voxels, a shift of
# a quarter voxel does not.
SAME, DRIFT = 0.05, 0.2
# Superior, anterior and right as columns in RAS.
TURNED = np.eye(3)[:, ::-1]


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
    first = _turned(useful[0].layer, _order(useful[0].layer.affine, TURNED))[1]
    orders = [_order(one.layer.affine, first[:3, :3]) for one in useful]
    parts = [_turned(one.layer, order) for one, order in zip(useful, orders, strict=True)]
    starts = [
        _start(one.layer.file, array.shape, affine, parts[0])
        for one, (array, affine) in zip(useful, parts, strict=True)
    ]
    place, image = None, None
    for one, (array, _), start in zip(useful, parts, starts, strict=True):
        place = _union(place, _moved(_extent(array, one), start))
        image = _union(image, _moved(tuple(slice(0, n) for n in array.shape), start))
    if place is None or image is None:
        raise InputError(Fault(", ".join(files), None, "labels", "none", "voxels of the liver"))
    check_size(", ".join(files), [side.stop - side.start + 2 for side in place])
    grid = _grid(first, place)
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


def _order(affine: NDArray[np.float64], like: NDArray[np.float64]) -> list[tuple[int, bool]]:
    """For each of three directions: the voxel axis nearest to it, and whether to flip it."""
    from itertools import permutations

    axes = affine[:3, :3] / np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    along = (like / np.sqrt((like**2).sum(axis=0))).T @ axes
    best = max(permutations(range(3)), key=lambda p: sum(abs(along[i, p[i]]) for i in range(3)))
    return [(best[one], bool(along[one, best[one]] < 0)) for one in range(3)]


def _turned(
    layer: Layer, order: list[tuple[int, bool]]
) -> tuple[NDArray[np.unsignedinteger], NDArray[np.float64]]:
    """A view with axes superior, anterior, right, and the affine of that view."""
    array = layer.array.transpose([axis for axis, _ in order])
    affine = layer.affine.copy()
    columns: list[NDArray[np.float64]] = []
    for place, (axis, flip) in enumerate(order):
        column = layer.affine[:3, axis]
        if flip:
            affine[:3, 3] += column * (array.shape[place] - 1)
            column = -column
            array = np.flip(array, place)
        columns.append(column)
    affine[:3, :3] = np.stack(columns, axis=1)
    return array, affine


def _start(
    file: str,
    shape: tuple[int, ...],
    affine: NDArray[np.float64],
    first: tuple[NDArray[np.unsignedinteger], NDArray[np.float64]],
) -> tuple[int, ...]:
    """Where a layer's first voxel lies in the first layer's voxels; both turned alike.

    Maps cut to their extent, stored along other axes or with rounded spacing coincide. Any other
    grid is refused: nothing is resampled behind the user's back.
    """
    array, other = first
    corners = np.array(np.meshgrid(*[[0, n - 1] for n in shape], indexing="ij"))
    corners = corners.reshape(3, -1).T.astype(float)
    into = np.linalg.inv(other)
    world = corners @ affine[:3, :3].T + affine[:3, 3]
    voxels = world @ into[:3, :3].T + into[:3, 3]
    start = np.rint((voxels - corners).mean(axis=0))
    apart = np.abs(voxels - corners - start).max(axis=1)
    if apart.min() > SAME or apart.max() > DRIFT:
        edges = np.sqrt((other[:3, :3] ** 2).sum(axis=0))
        own = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
        mm = float(np.abs((voxels - corners - start) * edges).max())
        spacings = [" x ".join(f"{edge:.4g}" for edge in one[::-1]) for one in (own, edges)]
        seen = f"{shape[::-1]}, voxels of {spacings[0]} mm, off by {mm:.2f} mm"
        expected = (
            f"the geometry of the first label map {array.shape[::-1]}, voxels of {spacings[1]} mm, "
            "or a part of it: resample one of them"
        )
        raise InputError(Fault(file, None, "geometry", seen, expected))
    return tuple(int(one) for one in start)


def _moved(place: tuple[slice, ...] | None, start: tuple[int, ...]) -> Place | None:
    if place is None:
        return None
    a, b, c = (slice(one.start + by, one.stop + by) for one, by in zip(place, start, strict=True))
    return a, b, c


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


def _union(one: Place | None, other: Place | None) -> Place | None:
    if one is None or other is None:
        return one or other
    a, b, c = (
        slice(min(p.start, q.start), max(p.stop, q.stop)) for p, q in zip(one, other, strict=True)
    )
    return a, b, c


def _grid(affine: NDArray[np.float64], place: Place) -> Grid:
    """The grid of a cut with an empty voxel around it."""
    moved = affine.copy()
    moved[:3, 3] += affine[:3, :3] @ np.array([side.start - 1 for side in place], float)
    a, b, c = (side.stop - side.start + 2 for side in place)
    return Grid((a, b, c), moved)


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
