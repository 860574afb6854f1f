"""Reading DICOM RTSTRUCT with pydicom: closed planar contours filled on the image's own grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.patient.liver.anatomy import Notice
from hilum.patient.liver.contours import Filled, fill_plane, polygon_length
from hilum.patient.liver.layers import Layer, check_affine, check_layers, check_size
from hilum.patient.liver.series import series_grid
from hilum.patient.liver.streams import in_memory
from hilum.patient.liver.volumes import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

FREE_GRID_MM = 1.0
# A grid is read off contours only where they hold this many of its lines, this close together:
# the corners of a box lie on a grid too.
OWN_LINES, OWN_STEP_MM = 8, 5.0
# Of a structure's slices, the share that may be missing between slices that hold it.
MISSING = 0.1
# Filled area against the contour's: half a voxel along its length, and a tenth for its corners.
EDGE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """A structure's number, name and closed contours in RAS millimetres.

    ``exclusive`` says that the file itself combines them by exclusive or.
    """

    number: int
    name: str
    contours: tuple[Points, ...]
    exclusive: bool
    open_count: int


def read_rtstruct(
    path: Path, series: Path | None, wanted: Callable[[int, str, str], bool]
) -> list[Layer]:
    """Structures as layers; a voxel is inside when its centre is, or lies on a contour.

    Contours of one structure on one plane are united; one that lies wholly inside another is a
    hole, and one stored twice counts once. Without ``series`` the grid is the one on which the
    contours' own points lie, or, where they lie on none, one of 1 mm. The filled volume is compared
    with the contours' areas times the distance of their planes.

    Raises
    ------
    InputError
        Contours on every other slice, on one plane alone, or whose volume is another than filled.
    """
    with reading(path, "DICOM RTSTRUCT"):
        found = _structures(path, wanted)
        points = [contour for one in found for contour in one.contours]
        if not points:
            return []
        notices: tuple[Notice, ...] = ()
        if series is not None:
            grid = series_grid(series, "", "series")
            shape, affine = grid.shape, grid.affine
        else:
            shape, affine, exact = _own_grid(path.name, points)
            notices = () if exact else (Notice("grid_assumed", (("mm", FREE_GRID_MM),)),)
        check_size(path.name, shape)
        check_affine(path.name, affine)
        check_layers(path.name, "ROIContourSequence", len(found), shape)
        return [_layer(path.name, one, shape, affine, notices, series) for one in found]


def _structures(path: Path, wanted: Callable[[int, str, str], bool]) -> list[Structure]:
    """Each wanted structure, with or without contours."""
    import pydicom

    data: Any = pydicom.dcmread(in_memory(path))
    held = {int(one.ReferencedROINumber): one for one in data.get("ROIContourSequence", [])}
    found: list[Structure] = []
    for roi in data.StructureSetROISequence:
        number, name = int(roi.ROINumber), str(roi.get("ROIName", ""))
        if not wanted(number, name, ""):
            continue
        contours: list[Points] = []
        exclusive, left = False, 0
        for contour in held[number].get("ContourSequence", []) if number in held else []:
            kind = str(contour.ContourGeometricType)
            if not kind.startswith("CLOSED"):
                left += 1
                continue
            exclusive = exclusive or kind.endswith("XOR")
            points = np.array(contour.ContourData, dtype=np.float64).reshape(-1, 3)
            if not np.isfinite(points).all():
                raise InputError(Fault(path.name, None, "ContourData", name, "finite coordinates"))
            contours.append(points * [-1.0, -1.0, 1.0])
        found.append(Structure(number, name, tuple(contours), exclusive, left))
    return found


def _own_grid(
    file: str, contours: list[Points]
) -> tuple[tuple[int, int, int], NDArray[np.float64], bool]:
    """The grid on which the contours' points lie; whether they do."""
    points = np.concatenate(contours)
    if any(np.ptp(contour[:, 2]) > 0.01 for contour in contours):
        expected = phrased(
            "axial contours, or the folder of their image series ({series})",
            series=Parameter("series"),
        )
        raise InputError(Fault(file, None, "ContourData", "", expected))
    steps: list[float] = []
    on: list[bool] = []
    for axis in range(3):
        values = np.unique(np.round(points[:, axis], 3))
        gaps = np.diff(values)
        gaps = gaps[gaps > 0.02]
        if axis == 2 and not gaps.size:
            expected = phrased(
                "contours on two planes or more, or the folder of their series ({series})",
                series=Parameter("series"),
            )
            raise InputError(Fault(file, None, "ContourData", "one plane", expected))
        step = float(gaps.min()) if gaps.size else FREE_GRID_MM
        # The mean over many whole steps is sharper than one difference of rounded numbers.
        count = np.rint(np.ptp(values) / step) or 1.0
        step = float(np.ptp(values) / count) or step
        places = (values - values[0]) / step
        steps.append(step)
        on.append(bool((np.abs(places - np.rint(places)) < 0.05).all()))
        if axis < 2:
            lines = len(np.unique(np.rint(places)))
            on[axis] = on[axis] and 0.1 <= step <= OWN_STEP_MM and lines >= OWN_LINES
        elif not on[2]:
            expected = phrased(
                "planes at one distance, or the folder of their image series ({series})",
                series=Parameter("series"),
            )
            raise InputError(Fault(file, None, "ContourData", "", expected))
    exact = on[0] and on[1]
    low, high = points.min(axis=0), points.max(axis=0)
    start = low - np.array(steps)
    if not exact:
        steps[:2] = [FREE_GRID_MM] * 2
        # Half a step off, so that no voxel's centre lies on a straight edge.
        start = low - np.array([0.5, 0.5, 1.0]) * steps
    sizes = [int(np.rint((b - a) / step)) + 3 for a, b, step in zip(low, high, steps, strict=True)]
    affine = np.diag([*steps, 1.0])
    affine[:3, 3] = start
    return (sizes[0], sizes[1], sizes[2]), affine, exact


def _layer(
    file: str,
    one: Structure,
    shape: tuple[int, int, int],
    affine: NDArray[np.float64],
    notices: tuple[Notice, ...],
    series: Path | None,
) -> Layer:
    """A structure filled on a grid, its slices and volume checked."""
    inverse = np.linalg.inv(affine)
    array = np.zeros(shape[::-1], bool)
    planes: dict[int, list[Points]] = {}
    for contour in one.contours:
        index = contour @ inverse[:3, :3].T + inverse[:3, 3]
        planes.setdefault(_plane(index, shape, file, one.name), []).append(index[:, :2])
    twice = 0
    area = allowed = counted = 0.0
    for plane, contours in planes.items():
        filled: Filled = fill_plane(array[plane], contours, exclusive=one.exclusive)
        twice += filled.twice
        if filled.area is not None:
            area += filled.area
            counted += filled.voxels
            allowed += sum(EDGE * polygon_length(points) + 2 for points in contours)
    _check_slices(file, one.name, array, sorted(planes), series)
    if abs(counted - area) > allowed:
        ml = float(abs(np.linalg.det(affine[:3, :3]))) / 1000
        seen = f"{one.name}: {counted * ml:.1f} mL filled"
        expected = phrased(
            "the {area:.1f} mL of the contours' areas times the distance of slices", area=area * ml
        )
        raise InputError(Fault(file, None, "ContourData", seen, expected))
    more: list[Notice] = []
    if twice:
        facts = (("file", file), ("name", one.name), ("count", twice))
        more.append(Notice("contours_twice", facts))
    if one.open_count:
        facts = (("file", file), ("name", one.name), ("count", one.open_count))
        more.append(Notice("contours_open", facts))
    mask = array.view(np.uint8).transpose()
    return Layer(mask, affine, file, {1: one.name}, False, (*notices, *more), segment=one.number)


def _plane(index: Points, shape: tuple[int, int, int], file: str, name: str) -> int:
    """The slice that a contour, in voxel indices, lies on."""
    depth = float(index[:, 2].mean())
    plane = round(depth)
    if np.ptp(index[:, 2]) > 0.2 or abs(depth - plane) > 0.2:
        expected = "contours on the planes of the image series"
        raise InputError(Fault(file, None, "ContourData", name, expected))
    low, high = index[:, :2].min(axis=0), index[:, :2].max(axis=0)
    if not 0 <= plane < shape[2] or (low < -0.5).any() or (high > np.array(shape[:2]) - 0.5).any():
        expected = "contours inside the image series"
        raise InputError(Fault(file, None, "ContourData", name, expected))
    return plane


def _check_slices(
    file: str, name: str, array: NDArray[np.bool_], planes: list[int], series: Path | None
) -> None:
    """Refuse a structure that was drawn on some of its slices only."""
    gaps = np.diff(planes)
    skipped = 0
    for plane, gap in zip(planes, gaps, strict=False):
        # Up to three slices apart and one above the other: the same body, not the next one.
        if 2 <= gap <= 4 and (array[plane] & array[plane + int(gap)]).any():
            skipped += int(gap) - 1
    every = int(gaps.min()) if gaps.size else 1
    if skipped > MISSING * (len(planes) + skipped) or (every > 1 and skipped):
        seen = f"{name}: {len(planes)} slices with contours, {skipped} without between them"
        expected = "contours on every slice of the image series"
        if series:
            expected = phrased(
                "contours on every slice of the image series "
                "(without {series} the planes of the contours are the slices)",
                series=Parameter("series"),
            )
        raise InputError(Fault(file, None, "ContourData", seen, expected))
