"""Grids of several label maps: turned alike, and one where their voxels coincide."""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.anatomy import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.patient.liver.layers import Layer

    Place = tuple[slice, slice, slice]

# Grids coincide where some corner lies within a twentieth of a voxel of a voxel's centre and none
# further than a fifth: spacing rounded to four decimals drifts that far over 512 voxels, a shift of
# a quarter voxel does not.
SAME, DRIFT = 0.05, 0.2
# Superior, anterior and right as columns in RAS.
TURNED = np.eye(3)[:, ::-1]


def axes_like(affine: NDArray[np.float64], like: NDArray[np.float64]) -> list[tuple[int, bool]]:
    """For each of three directions: the voxel axis nearest to it, and whether to flip it."""
    turn = affine[:3, :3]
    along = (like / _lengths(like)).T @ (turn / _lengths(turn))
    best = max(permutations(range(3)), key=lambda p: sum(abs(along[i, p[i]]) for i in range(3)))
    return [(best[one], bool(along[one, best[one]] < 0)) for one in range(3)]


def _lengths(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How long each column is; the last row of an affine adds nothing to its axes."""
    return np.sqrt((axes**2).sum(axis=0))


def turned(
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


def start_in(
    file: str,
    shape: tuple[int, ...],
    affine: NDArray[np.float64],
    first: tuple[NDArray[np.unsignedinteger], NDArray[np.float64]],
) -> tuple[int, ...]:
    """Where a layer's first voxel lies in the first layer's voxels; both turned alike.

    Maps cut to their extent, stored along other axes or with rounded spacing coincide.

    Raises
    ------
    InputError
        Any other grid: nothing is resampled behind the user's back.
    """
    array, other = first
    corners = np.array([*product(*[(0.0, n - 1.0) for n in shape])])
    into = np.linalg.inv(other)
    world = corners @ affine[:3, :3].T + affine[:3, 3]
    voxels = world @ into[:3, :3].T + into[:3, 3]
    start = np.rint((voxels - corners).mean(axis=0))
    apart = np.abs(voxels - corners - start).max(axis=1)
    if apart.min() > SAME or apart.max() > DRIFT:
        edges, own = _lengths(other[:, :3]), _lengths(affine[:, :3])
        mm = float(np.abs((voxels - corners - start) * edges).max())
        spacings = [" x ".join(f"{edge:.4g}" for edge in one[::-1]) for one in (own, edges)]
        seen = f"{shape[::-1]}, voxels of {spacings[0]} mm, off by {mm:.2f} mm"
        expected = phrased(
            "the geometry of the first label map {shape}, voxels of {spacings} "
            "mm, or a part of it: resample one of them",
            shape=array.shape[::-1],
            spacings=spacings[1],
        )
        raise InputError(Fault(file, None, "geometry", seen, expected))
    return tuple(int(one) for one in start)


def moved(place: tuple[slice, ...] | None, start: tuple[int, ...]) -> Place | None:
    """A box in the voxels of a layer as one in those of the first layer."""
    if place is None:
        return None
    a, b, c = (slice(one.start + by, one.stop + by) for one, by in zip(place, start, strict=True))
    return a, b, c


def union(one: Place | None, other: Place | None) -> Place | None:
    """The smallest box around two."""
    if one is None or other is None:
        return one or other
    a, b, c = (
        slice(min(p.start, q.start), max(p.stop, q.stop)) for p, q in zip(one, other, strict=True)
    )
    return a, b, c


def grid_of(affine: NDArray[np.float64], place: Place) -> Grid:
    """The grid of a cut with an empty voxel around it."""
    cut = affine.copy()
    cut[:3, 3] += affine[:3, :3] @ np.array([side.start - 1 for side in place], float)
    a, b, c = (side.stop - side.start + 2 for side in place)
    return Grid((a, b, c), cut)
