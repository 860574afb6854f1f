"""Reading NIfTI with nibabel; NRRD, MetaImage and folders of DICOM slices without C readers."""

from __future__ import annotations

import math
import re
import warnings
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import Fault, HilumError, InputError, MissingExtra, phrased
from hilum.patient.liver.anatomy import Notice
from hilum.patient.liver.geometry import Trouble, nifti_trouble, settle
from hilum.patient.liver.headers import stated
from hilum.patient.liver.layers import Layer, as_labels, check_affine, check_size
from hilum.patient.liver.series import series_grid
from hilum.patient.liver.streams import in_memory
from hilum.patient.liver.voxels import shape_of, unpack

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from hilum.patient.liver.geometry import Spacing

UNITS = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
EXTRA = "label maps need the 'liver' extra: pip install 'hilum[liver]'"


@contextmanager
def reading(path: Path, kind: str) -> Generator[None]:
    """Turn what a reader raises on a broken file into a message that names the file.

    Raises
    ------
    InputError
        The file is missing, truncated or not of its kind.
    MissingExtra
        The reader is not installed.
    """
    try:
        with warnings.catch_warnings():
            # What it says of headers it mends; what cannot be read is an error all the same.
            warnings.filterwarnings("ignore", module="pydicom")
            yield
    except HilumError:
        raise
    except ImportError as error:
        raise MissingExtra(EXTRA) from error
    except MemoryError as error:
        expected = "a label map that fits in memory"
        raise InputError(Fault(str(path), None, "file", path.name, expected)) from error
    except (zlib.error, EOFError) as error:
        expected = phrased("a whole {kind} file (it ends too early or is damaged)", kind=kind)
        raise InputError(Fault(str(path), None, "file", path.name, expected)) from error
    except Exception as error:  # a reader may raise anything on a hostile file
        reason = " ".join(str(error).split())[-160:] or type(error).__name__
        expected = phrased("a readable {kind} file ({reason})", kind=kind, reason=reason)
        raise InputError(Fault(str(path), None, "file", path.name, expected)) from error


def read_nifti(path: Path, spacing: Spacing | None = None) -> Layer:
    """One NIfTI label map; the header's unit of length is honoured.

    ``spacing`` is the user's, in millimetres along the file's axes, and overrules the header's.
    """
    with reading(path, "NIfTI"):
        import nibabel as nib

        image: Any = nib.load(path)  # pyright: ignore[reportPrivateImportUsage]
        check_size(path.name, image.shape, image.header.get_data_dtype().itemsize)
        trouble = nifti_trouble(image, path.name)
        affine = np.array(image.affine, dtype=np.float64)
        unit = "unknown"
        notices: list[Notice] = []
        if hasattr(image.header, "get_xyzt_units"):
            unit = str(image.header.get_xyzt_units()[0])
            notices += _forms(image.header, path.name)
        affine[:3] *= UNITS.get(unit, 1.0)
        if spacing is None and (unit not in UNITS or unit == "unknown"):
            notices.append(Notice("unit_unset", (("file", path.name),)))
        affine, more = settle(path.name, affine, trouble, spacing)
        notices += more
        check_affine(path.name, affine)
        array = as_labels(path.name, np.asanyarray(image.dataobj))
    return Layer(array, affine, path.name, notices=tuple(notices))


def _forms(header: Any, file: str) -> list[Notice]:
    """Whether a NIfTI header says where left and right are, and says it once."""
    sform, scode = header.get_sform(coded=True)
    qform, qcode = header.get_qform(coded=True)
    if not scode and not qcode:
        return [Notice("orientation_unset", (("file", file),))]
    if scode and qcode and not np.allclose(sform, qform, atol=1e-2 * float(np.abs(sform).max())):
        return [Notice("forms_differ", (("file", file),))]
    return []


def read_plain(path: Path, spacing: Spacing | None = None) -> list[Layer]:
    """NRRD or MetaImage; a Slicer ``.seg.nrrd`` with its names and overlapping layers.

    ``spacing`` as for :func:`read_nifti`.
    """
    with reading(path, "NRRD or MetaImage"):
        header = stated(path)
        trouble = Trouble(tuple(header.broken), tuple(header.geometry))
        settle(path.name, np.eye(4), trouble, spacing)
        sizes, _ = shape_of(header)
        check_size(path.name, sizes)
        named = _slicer_segments(header.fields)
        volume = unpack(path, header)
        parts = len(volume.array)
        if parts > 1 and not named:
            expected = "one label a voxel (colours or vectors are no label map)"
            raise InputError(Fault(path.name, None, "components", str(parts), expected))
        check_size(path.name, [*sizes[:2], math.prod(sizes[2:]) * parts])
        affine, notices = settle(path.name, volume.affine, trouble, spacing)
        if header.geometry or not header.oriented:
            notices = (Notice("orientation_unset", (("file", path.name),)), *notices)
        check_affine(path.name, affine)
        layers: list[Layer] = []
        for part in range(parts):
            array = as_labels(path.name, volume.array[part])
            own = [one for one in named if one[0] == part]
            names = {label: title for _, label, title, _ in own}
            codes = {label: code for _, label, _, code in own if code}
            layers.append(Layer(array, affine, path.name, names, notices=notices, codes=codes))
    return layers


def _slicer_segments(meta: dict[str, str]) -> list[tuple[int, int, str, str]]:
    """Layer, label, name and type code of each segment that a Slicer segmentation describes."""
    found: list[tuple[int, int, str, str]] = []
    for key, name in meta.items():
        match = re.match(r"^(segment\d+)_name$", key)
        if match:
            layer = int(meta.get(f"{match[1]}_layer", "0"))
            label = int(meta.get(f"{match[1]}_labelvalue", "1"))
            # TerminologyEntry: context ~ category ~ type ~ ..., each scheme ^ code ^ meaning
            tags = re.search(r"TerminologyEntry:([^|]*)", meta.get(f"{match[1]}_tags", ""))
            parts = tags[1].split("~") if tags else []
            code = parts[2].split("^") if len(parts) > 2 else []
            found.append((layer, label, name, code[1] if code[:1] == ["SCT"] else ""))
    return found


def read_series(folder: Path) -> Layer:
    """A folder of DICOM slices in which any value but 0 belongs to one structure (3D-IRCADb)."""
    with reading(folder, "DICOM series"):
        import pydicom

        series = series_grid(folder, str(folder), "folder")
        array = np.zeros(series.shape, np.uint8, order="F")
        for number, path in enumerate(series.files):
            array[..., number] = (pydicom.dcmread(in_memory(path)).pixel_array != 0).T
    return Layer(array, series.affine, folder.name, {1: folder.name}, exclusive=False)
