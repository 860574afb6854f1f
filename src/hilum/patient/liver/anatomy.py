"""A liver as labelled voxels: the one form that every reader makes and every measurement takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEGMENTS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
# Couinaud: the caudate lobe (I) belongs to neither side; IV is left of the Cantlie line.
LEFT, RIGHT = (2, 3, 4), (5, 6, 7, 8)
HEPATIC, PORTAL, VESSEL = 1, 2, 3
VESSELS = {"hepatic": HEPATIC, "portal": PORTAL, "vessel": VESSEL}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of a measurement must know: a code and its facts, no sentence."""

    code: str
    facts: tuple[tuple[str, str | float], ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """One label of the input and the role it was given: ``ignore`` is known and not measured."""

    file: str
    label: int
    name: str
    role: str
    number: int = 0

    @property
    def used(self) -> bool:
        """Whether its voxels count for anything."""
        return self.role != "ignore" and not self.role.endswith("?")

    @property
    def words(self) -> str:
        """The role as a mapping file writes it; ``?`` where it is not known."""
        if self.role == "segment" and self.number:
            return f"segment {SEGMENTS[self.number - 1]}"
        if self.role == "lesion" and self.number:
            return f"lesion {self.number}"
        return "?" if self.role.endswith("?") else self.role


@dataclass(frozen=True, slots=True)
class Grid:
    """Where voxels lie.

    Parameters
    ----------
    shape : tuple of int
        Voxels along the axes nearest to superior, anterior and right, in that order.
    affine : ndarray, shape (4, 4)
        From voxel indices, in the order of ``shape``, to millimetres: right, anterior, superior.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Millimetres between neighbours along each axis, in the order of ``shape``."""
        edges = np.sqrt((self.affine[:3, :3] ** 2).sum(axis=0))
        return float(edges[0]), float(edges[1]), float(edges[2])

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        return float(abs(np.linalg.det(self.affine[:3, :3]))) / 1000.0

    def to_ras(self, indices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Voxel indices, shape (n, 3), as millimetres right, anterior, superior, shape (n, 3)."""
        return indices @ self.affine[:3, :3].T + self.affine[:3, 3]


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """Labelled voxels around the liver; every array has the grid's shape and an empty rim.

    Parameters
    ----------
    grid : Grid
    liver : ndarray of bool
        The whole liver, lesions included.
    segments : ndarray of uint8 or None
        1 to 8 for Couinaud's segments, 0 where none was given; ``None`` without segments.
    lesions : ndarray of uint16
        Number of the lesion that holds a voxel, 0 for none. Always inside ``liver``.
    vessels : ndarray of uint8 or None
        ``HEPATIC``, ``PORTAL`` or ``VESSEL`` (kind not said); may reach beyond the liver.
    remnant : ndarray of bool or None
        A remnant that somebody drew.
    image_shape, image_spacing : tuple
        Of the file, in its own order, before it was cut to the liver.
    labels : tuple of Labelled
        Every label of the input, used or not.
    lesion_outside_ml : tuple of (number, mL)
        What of each lesion lies outside the liver.
    """

    grid: Grid
    liver: NDArray[np.bool_]
    segments: NDArray[np.uint8] | None
    lesions: NDArray[np.uint16]
    vessels: NDArray[np.uint8] | None
    remnant: NDArray[np.bool_] | None
    image_shape: tuple[int, ...]
    image_spacing: tuple[float, ...]
    outside_ml: float
    notices: tuple[Notice, ...]
    files: tuple[str, ...]
    labels: tuple[Labelled, ...] = ()
    lesion_outside_ml: tuple[tuple[int, float], ...] = ()


def box(mask: NDArray[np.bool_]) -> tuple[slice, slice, slice] | None:
    """The smallest box that holds a mask; ``None`` for an empty one."""
    sides: list[slice] = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        found = np.flatnonzero(mask.any(axis=others))
        if not found.size:
            return None
        sides.append(slice(int(found[0]), int(found[-1]) + 1))
    return sides[0], sides[1], sides[2]


def wider(
    place: tuple[slice, slice, slice], by: tuple[int, int, int], shape: tuple[int, ...]
) -> tuple[slice, slice, slice]:
    """A box grown by voxels on each side, kept inside the array."""
    a, b, c = (
        slice(max(0, one.start - more), min(size, one.stop + more))
        for one, more, size in zip(place, by, shape, strict=True)
    )
    return a, b, c


def places(lesions: NDArray[np.uint16]) -> dict[int, tuple[slice, slice, slice]]:
    """The box of every lesion number that occurs."""
    from scipy import ndimage

    found: list[tuple[slice, slice, slice] | None] = ndimage.find_objects(lesions)  # pyright: ignore[reportAssignmentType]
    return {number: one for number, one in enumerate(found, start=1) if one is not None}
