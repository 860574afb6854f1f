"""Outlines of a liver's regions on a slice, and seen from the front: for a picture as vectors.

Slices follow the radiological convention: the patient's right is on the left of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.patient.liver.view import LiverView

# Millimetres of a pixel of which the outlines are made; a thick slice is not shown as steps.
PIXEL: Final = 1.2
# Outlines are as near as this to the pixels' own, in pixels.
NEAR: Final = 0.35
# Rings smaller than this many square pixels are noise of a segmentation.
SMALLEST: Final = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """One number of a view on a picture: rings in mm, x to the right and y down, and its middle."""

    number: int
    rings: tuple[NDArray[np.float64], ...]
    middle: tuple[float, float]
    area: float


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture of ``width`` by ``height`` mm; ``index`` of ``count`` slices, from below."""

    width: float
    height: float
    regions: tuple[Region, ...]
    index: int = 0
    count: int = 0


def slice_count(view: LiverView) -> int:
    """How many axial slices hold some of the liver."""
    return len(_filled(view))


def axial(view: LiverView, number: int) -> Still:
    """An axial slice by its number among those that hold the liver, 1 being the lowest."""
    filled = _filled(view)
    index = filled[min(max(number, 1), len(filled)) - 1]
    plane = view.voxels[::-1, ::-1, index].T
    edges = _edges(view)
    regions, width, height = _drawn(plane, (edges[1], edges[0]))
    return Still(width, height, regions, min(max(number, 1), len(filled)), len(filled))


def front(view: LiverView) -> Still:
    """What is seen from the front; lesions are seen through the liver."""
    lesions = np.array([one.kind == "lesion" for one in view.labels])
    is_lesion = np.concatenate(([False], lesions))
    # From the front to the back.
    turned = view.voxels[::-1, ::-1, ::-1].transpose(2, 0, 1)
    solid = np.where(is_lesion[turned], 0, turned)
    first = (solid > 0).argmax(axis=2)
    plane = np.take_along_axis(solid, first[..., None], axis=2)[..., 0]
    edges = _edges(view)
    size = (edges[2], edges[0])
    regions, width, height = _drawn(plane, size)
    shown = list(regions)
    for number in np.flatnonzero(is_lesion):
        shadow = (turned == number).any(axis=2).astype(np.uint8) * np.uint8(number)
        shown += _drawn(shadow, size)[0]
    return Still(width, height, tuple(shown))


def _filled(view: LiverView) -> list[int]:
    return [int(one) for one in np.flatnonzero(view.voxels.any(axis=(0, 1)))]


def _edges(view: LiverView) -> NDArray[np.float64]:
    return np.sqrt((view.affine[:3, :3] ** 2).sum(axis=0))


def _drawn(
    plane: NDArray[np.uint8], size: tuple[float, float]
) -> tuple[tuple[Region, ...], float, float]:
    """Regions of a plane whose pixels have this size (down, across), and its size in mm."""
    down, across = size
    shape = tuple(
        max(2, round(n * edge / PIXEL)) for n, edge in zip(plane.shape, size, strict=True)
    )
    fine = _fine(plane, shape)
    step = (plane.shape[0] * down / shape[0], plane.shape[1] * across / shape[1])
    found: list[Region] = []
    for number in np.flatnonzero(np.bincount(fine.ravel(), minlength=2)[1:]) + 1:
        rings = tuple(_rings(fine == number, step))
        if rings:
            inside = fine == number
            found.append(Region(int(number), rings, _middle(inside, step),
                                float(inside.sum()) * step[0] * step[1]))  # fmt: skip
    return tuple(found), plane.shape[1] * across, plane.shape[0] * down


def _fine(plane: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A plane on finer or coarser pixels: each takes the label that fills most of it."""
    from scipy import ndimage

    rows, columns = (
        (np.arange(n) + 0.5) * old / n - 0.5 for n, old in zip(shape, plane.shape, strict=True)
    )
    where = np.meshgrid(rows, columns, indexing="ij")
    best = np.full(shape, 0.5, np.float32)
    out = np.zeros(shape, np.uint8)
    for number in np.flatnonzero(np.bincount(plane.ravel(), minlength=2)[1:]) + 1:
        share = np.asarray(
            ndimage.map_coordinates(
                (plane == number).astype(np.float32), where, order=1, mode="nearest"
            )
        )
        # Where several meet, none may fill half.
        more = share > np.where(out > 0, best, 0.34)
        out[more], best[more] = number, share[more]
    return out


def _rings(mask: NDArray[np.bool_], step: tuple[float, float]) -> list[NDArray[np.float64]]:
    from skimage import measure

    found: list[NDArray[np.float64]] = []
    contours: Any = measure.find_contours(np.pad(mask, 1).astype(np.float32), 0.5)
    for one in contours:
        if abs(_area(one)) < SMALLEST:
            continue
        ring: Any = measure.approximate_polygon(one, NEAR)
        # Back from the rim, to the middles of pixels, to millimetres; x before y.
        found.append((np.asarray(ring)[:, ::-1] - 0.5) * np.array([step[1], step[0]]))
    return found


def _area(ring: NDArray[np.float64]) -> float:
    a, b = ring[:, 0], ring[:, 1]
    return float(np.dot(a[:-1], b[1:]) - np.dot(a[1:], b[:-1])) / 2


def _middle(mask: NDArray[np.bool_], step: tuple[float, float]) -> tuple[float, float]:
    """The place that is deepest inside."""
    from scipy import ndimage

    depth: Any = ndimage.distance_transform_edt(np.pad(mask, 1))
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return (float(column) - 0.5) * step[1], (float(row) - 0.5) * step[0]
