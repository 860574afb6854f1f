"""The CT beneath a liver's label maps: cut to the liver as its view is, in Hounsfield units.

Nothing is resampled and nothing is measured on it: it is there to be looked at. Of a file no more
than the slices of the liver is held at once.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.patient.liver.geometry import SCALE, nifti_trouble, settle
from hilum.patient.liver.layers import check_affine, check_size
from hilum.patient.liver.series import series_grid
from hilum.patient.liver.streams import in_memory
from hilum.patient.liver.volumes import EXTRA, UNITS, reading
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from hilum.patient.liver.geometry import Trouble
    from hilum.patient.liver.view import LiverView
    from hilum.watch import Watch

LOWEST, HIGHEST = -1024, 3071
"""What a scanner gives: air and less, metal and more are drawn as these."""
# Slices that are unpacked at once.
TOGETHER: Final = 16
# Below this part of the liver's box it is the CT of something else.
LEAST_COVERED: Final = 0.5
# Fat and liver lie a hundred units apart; a map of labels has fewer.
LEAST_RANGE: Final = 100
FILE: Final = "ct"


@dataclass(frozen=True, slots=True)
class Window:
    """Level and width in Hounsfield units, and the key that chooses it."""

    code: str
    name: str
    level: int
    width: int
    key: str

    @property
    def low(self) -> int:
        """What is drawn black."""
        return self.level - self.width // 2

    @property
    def high(self) -> int:
        """What is drawn white."""
        return self.level + self.width // 2


WINDOWS: Final = (
    Window("liver", "liver", 30, 150, "1"),
    Window("soft", "soft tissue", 50, 400, "2"),
    Window("bone", "bone", 400, 1800, "3"),
)
"""Usual windows of the abdomen (Murphy A, Baba Y. Windowing (CT), Radiopaedia rID-52108)."""


@dataclass(frozen=True, slots=True, eq=False)
class Ct:
    """A cut CT: Hounsfield units by voxel, and from indices to millimetres R, A, S."""

    voxels: NDArray[np.int16]
    affine: NDArray[np.float64]

    def nifti(self) -> bytes:
        """As NIfTI-1, packed with gzip: position by sform, millimetres.

        Raises
        ------
        MissingExtra
            When nibabel is not installed.
        """
        try:
            import nibabel
        except ImportError as error:
            raise MissingExtra(EXTRA) from error
        made: Any = nibabel.Nifti1Image(self.voxels, self.affine)
        made.header.set_xyzt_units("mm")
        made.set_sform(self.affine, code=1)
        return gzip.compress(made.to_bytes(), compresslevel=1, mtime=0)


def read_ct(path: Path, view: LiverView, watch: Watch = SILENT) -> Ct:
    """A CT cut to what a view shows.

    Parameters
    ----------
    path : Path
        A NIfTI file, or a folder of DICOM slices of one series.
    view : LiverView
        Of the label maps that were drawn on it.
    watch : Watch

    Raises
    ------
    InputError
        It cannot be read, lies elsewhere, or is no CT.
    MissingExtra
        The extra ``liver`` is not installed.
    """
    made = _series(path, view, watch) if path.is_dir() else _nifti(path, view, watch)
    low, high = (int(made.voxels.min()), int(made.voxels.max()))
    if high - low < LEAST_RANGE:
        expected = "Hounsfield units of a CT (a label map is none)"
        raise InputError(Fault(FILE, None, "values", f"{low} to {high}", expected))
    return made


def _nifti(path: Path, view: LiverView, watch: Watch) -> Ct:
    with reading(path, "NIfTI"):
        import nibabel as nib

        # Slices are read forwards from one open file: a packed one is unpacked once.
        image: Any = nib.load(path, keep_file_open=True)  # pyright: ignore[reportPrivateImportUsage]
        check_size(path.name, image.shape, image.header.get_data_dtype().itemsize)
        if image.header.get_data_dtype().kind not in "iuf":
            expected = "one number a voxel"
            raise InputError(
                Fault(path.name, None, "type", str(image.header.get_data_dtype()), expected)
            )
        affine = np.array(image.affine, dtype=np.float64)
        unit = "unknown"
        if hasattr(image.header, "get_xyzt_units"):
            unit = str(image.header.get_xyzt_units()[0])
        affine[:3] *= UNITS.get(unit, 1.0)
        affine, _ = settle(path.name, affine, _geometry(image, path.name), None)
        check_affine(path.name, affine)
        place = _place(view, affine, image.shape[:3])
        rest = (0,) * (len(image.shape) - 3)
        across, down, up = place
        out = np.empty([one.stop - one.start for one in place], np.int16, order="F")
        watch.stage("reading", up.stop - up.start)
        for start in range(up.start, up.stop, TOGETHER):
            stop = min(start + TOGETHER, up.stop)
            piece = np.asanyarray(image.dataobj[(across, down, slice(start, stop), *rest)])
            out[..., start - up.start : stop - up.start] = _units(piece)
            watch.done(stop - start)
    return Ct(out, _moved(affine, place))


def _geometry(image: Any, file: str) -> Trouble:
    """What is wrong with a header; a scale of its values is right here, labels have none."""
    found = nifti_trouble(image, file)
    return replace(found, broken=tuple(one for one in found.broken if one.column != SCALE))


def _series(folder: Path, view: LiverView, watch: Watch) -> Ct:
    with reading(folder, "DICOM series"):
        import pydicom

        found = series_grid(folder, FILE, "folder")
        place = _place(view, found.affine, found.shape)
        across, down, up = place
        out = np.empty([one.stop - one.start for one in place], np.int16, order="F")
        watch.stage("reading", up.stop - up.start)
        for number in range(up.start, up.stop):
            head: Any = pydicom.dcmread(in_memory(found.files[number]))
            _is_ct(head)
            slope, start = (float(head.get(name) or usual) for name, usual in
                            (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0)))  # fmt: skip
            piece = head.pixel_array[down, across].astype(np.float32) * slope + start
            out[..., number - up.start] = _units(piece).T
            watch.done()
    return Ct(out, _moved(found.affine, place))


def _is_ct(head: Any) -> None:
    kind = str(head.get("Modality", ""))
    if kind != "CT":
        raise InputError(Fault(FILE, None, "Modality", kind[:16], "CT"))


def _units(values: NDArray[Any]) -> NDArray[np.int16]:
    """Whole Hounsfield units between the lowest and the highest; what is none is air."""
    known = np.nan_to_num(values.astype(np.float32), nan=LOWEST, posinf=HIGHEST, neginf=LOWEST)
    return np.rint(np.clip(known, LOWEST, HIGHEST)).astype(np.int16)


def _place(
    view: LiverView, affine: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[slice, slice, slice]:
    """The voxels of a CT around the box of a view.

    Raises
    ------
    InputError
        Less than half of the box is there.
    """
    ends = np.stack(np.meshgrid(*[(-0.5, size - 0.5) for size in view.voxels.shape],
                                indexing="ij"), axis=-1).reshape(-1, 3)  # fmt: skip
    where = ends @ view.affine[:3, :3].T + view.affine[:3, 3]
    inside = (where - affine[:3, 3]) @ np.linalg.inv(affine[:3, :3]).T
    low, high = np.floor(inside.min(axis=0)), np.ceil(inside.max(axis=0)) + 1
    first, last = np.maximum(low, 0), np.minimum(high, np.array(shape, float))
    covered = float(np.prod(np.maximum(last - first, 0)) / np.prod(high - low))
    if covered < LEAST_COVERED:
        expected = phrased("a CT in which the liver of the label maps lies ({percent} % of it is "
                           "there)", percent=f"{100 * covered:.0f}")  # fmt: skip
        raise InputError(Fault(FILE, None, "position", "", expected))
    across, down, up = (slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    return across, down, up


def _moved(affine: NDArray[np.float64], place: tuple[slice, slice, slice]) -> NDArray[np.float64]:
    made = affine.copy()
    made[:3, 3] += made[:3, :3] @ np.array([one.start for one in place], float)
    return made
