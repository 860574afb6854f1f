"""Label maps as read from a file, before their labels are given a meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.anatomy import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# 1024 x 1024 x 512: beyond any liver scan, and half a gigabyte of one-byte labels.
MAX_VOXELS = 2**29
# As stored: eight-byte numbers for a scan of 512 x 512 x 1000.
MAX_BYTES = 2**31
# A voxel of a label map of the liver: finer or coarser is a unit or a header gone wrong.
EDGE_MM = (0.05, 50.0)
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One label map: unsigned integers by voxel, where they lie, and names of labels if known.

    ``affine`` maps voxel indices to millimetres right, anterior, superior. ``exclusive`` says
    that one voxel can hold one label only, so that a lesion's voxels are not labelled liver.
    ``codes`` are SNOMED CT codes of labels; ``segment`` is the number that the file gives a layer
    of one segment; ``open_ends`` says that slices without a voxel may have been left out at both
    ends.
    """

    array: NDArray[np.unsignedinteger]
    affine: NDArray[np.float64]
    file: str
    names: dict[int, str] = field(default_factory=dict[int, str])
    exclusive: bool = True
    notices: tuple[Notice, ...] = ()
    codes: dict[int, str] = field(default_factory=dict[int, str])
    segment: int = 0
    open_ends: bool = False


def check_size(file: str, shape: Sequence[int], itemsize: int = 1) -> None:
    """Refuse what is not one volume, or too large to hold, before reading it.

    ``itemsize`` is the number of bytes that one voxel is stored in.

    Raises
    ------
    InputError
        With the dimensions found.
    """
    dimensions = list(shape)
    while len(dimensions) > 3 and dimensions[-1] == 1:
        dimensions.pop()
    text = " x ".join(str(size) for size in shape)
    if len(dimensions) != 3 or min(dimensions) < 1:
        expected = "one three-dimensional label map (a series over time has to be split first)"
        raise InputError(Fault(file, None, "dimensions", text, expected))
    voxels = int(np.prod([int(size) for size in dimensions], dtype=object))
    if voxels > MAX_VOXELS:
        expected = phrased(
            "at most {max_voxels:,} voxels (cut to the abdomen, or resample)", max_voxels=MAX_VOXELS
        )
        raise InputError(Fault(file, None, "dimensions", text, expected))
    if voxels * itemsize > MAX_BYTES:
        seen = f"{text} voxels of {itemsize} bytes"
        expected = phrased("at most {max_bytes:,} bytes once unpacked", max_bytes=MAX_BYTES)
        raise InputError(Fault(file, None, "dimensions", seen, expected))


def check_layers(file: str, column: str, layers: int, shape: Sequence[int]) -> None:
    """Refuse so many layers of one shape as cannot be held together.

    Raises
    ------
    InputError
        With the bound.
    """
    if layers * int(np.prod([int(size) for size in shape], dtype=object)) > MAX_VOXELS:
        expected = phrased(
            "at most {max_voxels:,} voxels in all of them together", max_voxels=MAX_VOXELS
        )
        seen = f"{layers} x {' x '.join(str(size) for size in shape)}"
        raise InputError(Fault(file, None, column, seen, expected))


def as_labels(file: str, array: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
    """Whole, non-negative numbers in the smallest type that holds them.

    Raises
    ------
    InputError
        Fractions (a map that was interpolated), negative numbers or numbers that are none.
    """
    while array.ndim > 3:
        array = array[..., 0]
    if array.dtype.kind == "b":
        return array.view(np.uint8)  # pyright: ignore[reportReturnType]
    if array.dtype.kind == "f":
        return _from_floats(file, array)
    if array.dtype.kind not in "iu":
        expected = "numbers, one label a voxel"
        raise InputError(Fault(file, None, "labels", str(array.dtype), expected))
    if array.dtype == np.uint8:
        return array  # pyright: ignore[reportReturnType]
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    if low < 0 or high > 65535:
        expected = "labels from 0 to 65535 (an image is not a label map)"
        raise InputError(Fault(file, None, "labels", f"{low} to {high}", expected))
    return array.astype(np.uint8 if high < 256 else np.uint16)


def _from_floats(file: str, array: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
    """Whole numbers stored as fractions, plane by plane so that memory stays small."""
    outer = int(np.argmax(np.abs(array.strides)))
    found = np.zeros(array.shape, np.uint16, order="F" if outer == array.ndim - 1 else "C")
    for plane, target in zip(
        np.moveaxis(array, outer, 0), np.moveaxis(found, outer, 0), strict=True
    ):
        whole = np.rint(plane)
        # Scaled storage leaves a relative rounding error, and background exactly 0; anything else,
        # 1e-13 beside 0 included, is the trace of an interpolation.
        bad = ~(np.abs(plane - whole) <= 1e-5 * np.abs(whole))
        if bad.any():
            value = str(plane[bad].flat[0])
            expected = "whole labels; this map was interpolated: resample with nearest neighbour"
            raise InputError(Fault(file, None, "labels", value, expected))
        if whole.size and (whole.min() < 0 or whole.max() > 65535):
            shown = f"{whole.min():g} to {whole.max():g}"
            expected = "labels from 0 to 65535 (an image is not a label map)"
            raise InputError(Fault(file, None, "labels", shown, expected))
        target[...] = whole
    return found if found.size and int(found.max()) > 255 else found.astype(np.uint8)


def check_affine(file: str, affine: NDArray[np.float64]) -> None:
    """Refuse axes that are missing or not at right angles: distances would be wrong.

    Raises
    ------
    InputError
        With what was found.
    """
    axes = affine[:3, :3]
    # What is too large for a float is too large for a voxel, and is refused below.
    with np.errstate(over="ignore"):
        volume, edges = abs(np.linalg.det(axes)), np.sqrt((axes**2).sum(axis=0))
    if not np.isfinite(affine).all() or volume < 1e-12:
        raise InputError(Fault(file, None, "orientation", "", "three axes with a spacing above 0"))
    low, high = EDGE_MM
    if edges.min() < low or edges.max() > high:
        seen = " x ".join(f"{edge:.4g}" for edge in edges)
        expected = phrased(
            "voxels of {low:g} to {high:g} mm (the spacing or its unit is wrong)",
            low=low,
            high=high,
        )
        raise InputError(Fault(file, None, "spacing", seen, expected))
    cosines = np.abs((axes / edges).T @ (axes / edges) - np.eye(3))
    if cosines.max() > 1e-3:
        angle = float(np.degrees(np.arcsin(min(cosines.max(), 1.0))))
        expected = "axes at right angles (resample a sheared or tilted image first)"
        raise InputError(Fault(file, None, "orientation", f"{angle:.1f} degrees off", expected))
