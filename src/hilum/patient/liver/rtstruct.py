"""Reading DICOM RTSTRUCT with pydicom: closed planar contours filled on the image's own grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import Fault, InputError
from hilum.patient.liver.anatomy import Notice
from hilum.patient.liver.layers import MAX_VOXELS, Layer, check_affine, check_size
from hilum.patient.liver.series import series_grid
from hilum.patient.liver.volumes import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Contours = list[tuple[str, list[NDArray[np.float64]]]]

# Contours drawn through voxel centres come back from text with an error of a few micrometres.
SNAP = 1e-4
FREE_GRID_MM = 1.0


def read_rtstruct(path: Path, series: Path | None, wanted: Callable[[str], bool]) -> list[Layer]:
    """Structures as layers; a voxel is inside when its centre is, or lies on a contour.

    Several contours of one structure on one plane are combined by exclusive or, so that an inner
    one is a hole. Without ``series`` the grid is the one on which the contours' own points lie,
    or, where they lie on none, one of 1 mm.
    """
    with reading(path, "DICOM RTSTRUCT"):
        found = _contours(path, wanted)
        if not found:
            return []
        notices: tuple[Notice, ...] = ()
        if series is not None:
            grid = series_grid(series, "--series", "series")
            shape, affine = grid.shape, grid.affine
        else:
            shape, affine, exact = _own_grid(path.name, found)
            notices = () if exact else (Notice("grid_assumed", (("mm", FREE_GRID_MM),)),)
        check_size(path.name, shape)
        check_affine(path.name, affine)
        if len(found) * int(np.prod(shape)) > MAX_VOXELS:
            expected = "fewer structures, or a coarser image series"
            raise InputError(
                Fault(path.name, None, "ROIContourSequence", str(len(found)), expected)
            )
        inverse = np.linalg.inv(affine)
        layers: list[Layer] = []
        for name, contours in found:
            array = np.zeros(shape[::-1], np.uint8)
            for points in contours:
                _fill(array, points @ inverse[:3, :3].T + inverse[:3, 3], path.name, name)
            # Bit 0 counts insides by exclusive or, bit 1 remembers edges.
            mask = (array != 0).view(np.uint8).transpose()
            layers.append(Layer(mask, affine, path.name, {1: name}, False, notices))
    return layers


def _contours(path: Path, wanted: Callable[[str], bool]) -> Contours:
    """Name and contours (RAS millimetres) of each wanted structure."""
    import pydicom

    data: Any = pydicom.dcmread(path)
    names = {int(one.ROINumber): str(one.ROIName) for one in data.StructureSetROISequence}
    found: Contours = []
    for roi in data.get("ROIContourSequence", []):
        name = names.get(int(roi.ReferencedROINumber), "")
        if not wanted(name):
            continue
        contours: list[NDArray[np.float64]] = []
        for contour in roi.get("ContourSequence", []):
            if not str(contour.ContourGeometricType).startswith("CLOSED"):
                continue
            points = np.array(contour.ContourData, dtype=np.float64).reshape(-1, 3)
            if not np.isfinite(points).all():
                raise InputError(Fault(path.name, None, "ContourData", name, "finite coordinates"))
            contours.append(points * [-1.0, -1.0, 1.0])
        if contours:
            found.append((name, contours))
    return found


def _own_grid(file: str, found: Contours) -> tuple[tuple[int, int, int], NDArray[np.float64], bool]:
    """The grid on which the contours' points lie; whether they do."""
    points = np.concatenate([contour for _, contours in found for contour in contours])
    if any(np.ptp(contour[:, 2]) > 0.01 for _, contours in found for contour in contours):
        expected = "axial contours, or the folder of their image series (--series)"
        raise InputError(Fault(file, None, "ContourData", "", expected))
    steps: list[float] = []
    exact = True
    for axis in range(3):
        values = np.unique(np.round(points[:, axis], 3))
        gaps = np.diff(values)
        gaps = gaps[gaps > 0.02]
        step = float(gaps.min()) if gaps.size else FREE_GRID_MM
        # The mean over many whole steps is sharper than one difference of rounded numbers.
        count = np.rint(np.ptp(values) / step) or 1.0
        step = float(np.ptp(values) / count) or step
        on_grid = np.abs((values - values[0]) / step - np.rint((values - values[0]) / step)) < 0.05
        if not on_grid.all() and axis == 2:
            expected = "planes at one distance, or the folder of their image series (--series)"
            raise InputError(Fault(file, None, "ContourData", "", expected))
        if not on_grid.all() or (axis < 2 and step < 0.1):
            step, exact = FREE_GRID_MM, False
        steps.append(step)
    low, high = points.min(axis=0), points.max(axis=0)
    sizes = [int(np.rint((b - a) / step)) + 3 for a, b, step in zip(low, high, steps, strict=True)]
    affine = np.diag([*steps, 1.0])
    affine[:3, 3] = low - np.array(steps)
    return (sizes[0], sizes[1], sizes[2]), affine, exact


def _fill(array: NDArray[np.uint8], points: NDArray[np.float64], file: str, name: str) -> None:
    """Add one contour, in voxel indices (x, y, z), to an array indexed z, y, x."""
    from skimage.measure import grid_points_in_poly

    depth = points[:, 2].mean()
    plane = round(float(depth))
    if np.ptp(points[:, 2]) > 0.2 or abs(depth - plane) > 0.2:
        expected = "contours on the planes of the image series"
        raise InputError(Fault(file, None, "ContourData", name, expected))
    flat = points[:, 1::-1]  # rows, columns
    snapped = np.rint(flat)
    flat = np.where(np.abs(flat - snapped) < max(SNAP, 1e-3), snapped, flat)
    low = np.floor(flat.min(axis=0)).astype(int)
    high = np.ceil(flat.max(axis=0)).astype(int) + 1
    if plane < 0 or plane >= len(array) or (low < 0).any() or (high > array.shape[1:]).any():
        expected = "contours inside the image series"
        raise InputError(Fault(file, None, "ContourData", name, expected))
    target = array[plane, low[0] : high[0], low[1] : high[1]]
    if len(flat) < 3:  # a voxel or two: a contour without area
        rows, columns = np.rint(flat - low).astype(int).T
        target[rows, columns] |= 2
        return
    inside: Any = grid_points_in_poly(tuple(high - low), flat - low, binarize=False)
    target ^= (inside == 1).astype(np.uint8)
    target |= ((inside > 1) * 2).astype(np.uint8)
