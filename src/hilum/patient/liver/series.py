"""The grid of a folder of DICOM slices, from headers alone: every slice there, evenly apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.layers import LPS_TO_RAS, check_affine, check_size

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TAGS = (
    "Rows", "Columns", "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient",
    "SeriesInstanceUID", "NumberOfFrames",
)  # fmt: skip
# Slices of one series lie this evenly, in parts of their distance.
EVEN = 0.02
MAX_SLICES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class SeriesGrid:
    """Files from the first slice to the last, the shape (columns, rows, slices) and RAS affine."""

    files: tuple[Path, ...]
    shape: tuple[int, int, int]
    affine: NDArray[np.float64]


def series_grid(folder: Path, file: str, column: str) -> SeriesGrid:
    """Read the headers of a folder's one series.

    Raises
    ------
    InputError
        No series, more than one, a slice without its place, slices missing or unevenly apart.
    """
    heads = _heads(folder) if folder.is_dir() else []
    if not heads:
        expected = "a folder of DICOM slices: the image series that the structures were drawn on"
        raise InputError(Fault(file, None, column, str(folder), expected))
    if len({str(head.get("SeriesInstanceUID", "")) for _, head in heads}) > 1:
        expected = "slices of one series in the folder"
        raise InputError(Fault(file, None, "SeriesInstanceUID", folder.name, expected))
    first: Any = heads[0][1]
    faults = [fault for path, head in heads for fault in _missing(path, head)]
    if faults:
        raise InputError(*faults[:10])
    same = ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient")
    for path, head in heads:
        for tag in same:
            if not np.allclose(_numbers(head[tag].value), _numbers(first[tag].value), atol=1e-4):
                expected = "the same for every slice of the series"
                raise InputError(Fault(path.name, None, tag, str(head[tag].value), expected))
    along, down = np.array(_numbers(first.ImageOrientationPatient)).reshape(2, 3)
    normal = np.cross(along, down)
    where = [np.array(_numbers(head.ImagePositionPatient)) for _, head in heads]
    order = sorted(range(len(heads)), key=lambda n: float(where[n] @ normal))
    depth = np.array([float(where[n] @ normal) for n in order])
    step = _step(folder.name, depth)
    spacing = _numbers(first.PixelSpacing)
    affine = np.eye(4)
    # The line from the first slice to the last: a tilted gantry shears it, and is then refused.
    start, end = where[order[0]], where[order[-1]]
    across = (end - start) / (len(order) - 1) if len(order) > 1 else normal * step
    affine[:3, :3] = np.stack([along * spacing[1], down * spacing[0], across], axis=1)
    affine[:3, 3] = start
    affine = LPS_TO_RAS @ affine
    check_affine(folder.name, affine)
    shape = (int(first.Columns), int(first.Rows), len(order))
    check_size(folder.name, shape)
    return SeriesGrid(tuple(heads[n][0] for n in order), shape, affine)


def _heads(folder: Path) -> list[tuple[Path, Any]]:
    import pydicom
    from pydicom.errors import InvalidDicomError

    found: list[tuple[Path, Any]] = []
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            continue
        if len(found) >= MAX_SLICES:
            expected = phrased("at most {max_slices:,} slices", max_slices=MAX_SLICES)
            raise InputError(Fault(str(folder), None, "folder", folder.name, expected))
        try:
            head = pydicom.dcmread(path, specific_tags=list(TAGS), stop_before_pixels=True)
        except (InvalidDicomError, EOFError):
            continue
        if "Rows" in head or "ImagePositionPatient" in head:
            found.append((path, head))
    return found


def _numbers(value: Any) -> list[float]:
    return [float(one) for one in np.atleast_1d(np.array(value, dtype=np.float64))]


def _missing(path: Path, head: Any) -> list[Fault]:
    faults: list[Fault] = []
    wanted = {"PixelSpacing": 2, "ImageOrientationPatient": 6, "ImagePositionPatient": 3}
    for tag, count in wanted.items():
        values = _numbers(head[tag].value) if tag in head and head[tag].value is not None else []
        good = len(values) == count and bool(np.isfinite(values).all())
        if tag == "PixelSpacing":
            good = good and min(values) > 0
        if good and tag == "ImageOrientationPatient":
            turn = np.array(values).reshape(2, 3)
            good = bool(np.allclose(turn @ turn.T, np.eye(2), atol=1e-3))
        if not good:
            sentence = (
                "{count} finite numbers, unit vectors at right angles"
                if count == 6
                else "{count} finite numbers"
            )
            expected = phrased(sentence, count=count)
            faults.append(Fault(path.name, None, tag, ", ".join(map(str, values)), expected))
    if int(head.get("Rows", 0) or 0) < 1 or int(head.get("Columns", 0) or 0) < 1:
        faults.append(Fault(path.name, None, "Rows, Columns", "", "numbers above 0"))
    if int(head.get("NumberOfFrames", 1) or 1) > 1:
        faults.append(Fault(path.name, None, "NumberOfFrames", "", "one slice a file"))
    return faults


def _step(name: str, depth: NDArray[np.float64]) -> float:
    """The distance of slices; refused where one is missing or stored twice."""
    if len(depth) == 1:
        expected = "at least two slices: one says nothing of its thickness"
        raise InputError(Fault(name, None, "slices", "1", expected))
    gaps = np.diff(depth)
    step = float(np.median(gaps))
    if step <= 0 or float(gaps.min()) < step * (1 - EVEN) or step < 1e-3:
        expected = "slices at different places"
        raise InputError(Fault(name, None, "ImagePositionPatient", "", expected))
    wide = [f"{depth[n]:g} to {depth[n + 1]:g}" for n in np.flatnonzero(gaps > step * (1 + EVEN))]
    if wide:
        expected = phrased("slices {step:g} mm apart (a slice is missing between these)", step=step)
        raise InputError(Fault(name, None, "ImagePositionPatient", "; ".join(wide[:5]), expected))
    return step
