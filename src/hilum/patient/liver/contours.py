"""Filling the contours of one structure on one slice: united, with holes, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

# Contours drawn through voxel centres come back from text with an error of a few micrometres.
SNAP = 1e-3
# Two contours whose areas share this much are one, stored twice.
SAME = 0.98


@dataclass(frozen=True, slots=True)
class Filled:
    """What a slice gained: voxels, the contours' own area in voxels, contours stored twice.

    ``area`` is ``None`` where contours overlap in part and polygons alone do not give it.
    """

    voxels: int
    area: float | None
    twice: int


def polygon_area(points: Points) -> float:
    """Area of a polygon, shape (n, 2), by the shoelace formula."""
    x, y = points[:, 0], points[:, 1]
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def polygon_length(points: Points) -> float:
    """Length of a closed line, shape (n, 2)."""
    return float(np.sqrt(((points - np.roll(points, -1, axis=0)) ** 2).sum(axis=1)).sum())


def fill_plane(target: NDArray[np.bool_], contours: list[Points], *, exclusive: bool) -> Filled:
    """Fill contours, in voxel indices (x, y), into a slice indexed y, x.

    The largest first: one that lies inside another is a hole in it, one inside a hole is filled
    again; others are united. Voxels on a contour belong to the structure. ``exclusive`` combines
    them by exclusive or, as the file asks.
    """
    ordered = sorted(contours, key=lambda one: -polygon_area(one))
    kept: list[tuple[NDArray[np.bool_], int, float]] = []
    inside = np.zeros(target.shape, bool)
    edges = np.zeros(target.shape, bool)
    twice, partial = 0, False
    for points in ordered:
        filled, edge = _mask(target.shape, points)
        whole = filled | edge
        size, area = int(np.count_nonzero(whole)), polygon_area(points)
        if any(_same(whole, size, area, other) for other in kept):
            twice += 1
            continue
        depth = 0
        for other, _, _ in kept:
            common = int(np.count_nonzero(whole & other))
            if common == size:
                depth += 1
            elif common and not _touch(filled, other):
                partial = True
        kept.append((whole, depth, area))
        edges |= edge
        if exclusive:
            inside ^= filled
        elif depth % 2:
            inside &= ~filled
        else:
            inside |= filled
    before = int(np.count_nonzero(target))
    target |= inside | edges
    voxels = int(np.count_nonzero(target)) - before
    signed = sum(area * (-1 if depth % 2 else 1) for _, depth, area in kept)
    return Filled(voxels, None if partial else signed, twice)


def _same(
    whole: NDArray[np.bool_], size: int, area: float, other: tuple[NDArray[np.bool_], int, float]
) -> bool:
    common = int(np.count_nonzero(whole & other[0]))
    union = size + int(np.count_nonzero(other[0])) - common
    larger = max(area, other[2])
    alike = larger == 0 or min(area, other[2]) >= SAME * larger
    return alike and common >= SAME * union


def _touch(filled: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    """Whether two contours share their edge alone."""
    return not (filled & other).any()


def _mask(shape: tuple[int, ...], points: Points) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Voxels inside one contour, and those on it."""
    from skimage.measure import grid_points_in_poly

    inside, edge = np.zeros(shape, bool), np.zeros(shape, bool)
    flat = points[:, ::-1]  # rows, columns
    snapped = np.rint(flat)
    flat = np.where(np.abs(flat - snapped) < SNAP, snapped, flat)
    low = np.maximum(np.floor(flat.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(flat.max(axis=0)).astype(int) + 1, shape)
    place = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    if len(flat) < 3:  # a voxel or two: a contour without area
        rows, columns = np.clip(np.rint(flat).astype(int), 0, np.array(shape) - 1).T
        edge[rows, columns] = True
        return inside, edge
    found: Any = grid_points_in_poly(tuple(high - low), flat - low, binarize=False)
    inside[place] = found == 1
    edge[place] = found > 1
    return inside, edge
