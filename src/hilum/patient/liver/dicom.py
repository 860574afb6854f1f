"""Reading DICOM SEG with highdicom: one layer a segment, so that segments may overlap."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.layers import (
    LPS_TO_RAS,
    MAX_BYTES,
    Layer,
    as_labels,
    check_affine,
    check_layers,
    check_size,
)
from hilum.patient.liver.rtstruct import read_rtstruct
from hilum.patient.liver.streams import in_memory
from hilum.patient.liver.volumes import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Wanted = Callable[[int, str, str], bool]

SEG = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
RTSTRUCT = "1.2.840.10008.5.1.4.1.1.481.3"
DEFLATED = "1.2.840.10008.1.2.1.99"
# Coding schemes whose codes are SNOMED CT's numbers.
SNOMED = ("SCT", "2.16.840.1.113883.6.96")


def read_dicom(path: Path, series: Path | None, wanted: Wanted) -> list[Layer]:
    """A DICOM segmentation or structure set; ``series`` is the folder of the image it belongs to.

    Only the file and the folder named are opened: no path written inside a file is followed.
    ``wanted`` is told the number, name and code of every segment; the others are not unpacked.
    """
    with reading(path, "DICOM"):
        import pydicom

        _check_deflated(path)
        head = pydicom.dcmread(in_memory(path), stop_before_pixels=True)
        kind = str(head.get("SOPClassUID", ""))
    if kind == RTSTRUCT:
        return read_rtstruct(path, series, wanted)
    if kind in SEG:
        return _read_seg(path, head, wanted)
    expected = "a DICOM segmentation (SEG) or structure set (RTSTRUCT)"
    raise InputError(Fault(str(path), None, "SOPClassUID", kind, expected))


def _read_seg(path: Path, head: Any, wanted: Wanted) -> list[Layer]:
    file = path.name
    with reading(path, "DICOM SEG"):
        # An element may be there and empty.
        columns, rows, frames = (
            int(head.get(name) or 0) for name in ("Columns", "Rows", "NumberOfFrames")
        )
    check_size(file, (columns, rows, frames))
    with reading(path, "DICOM SEG"):
        import highdicom as hd

        segmentation: Any = hd.seg.segread(in_memory(path))
        geometry: Any = segmentation.get_volume_geometry()
        if geometry is None:
            expected = "frames that lie evenly on parallel planes"
            raise InputError(Fault(file, None, "frames", str(frames), expected))
        shape = tuple(int(size) for size in geometry.spatial_shape)
        check_size(file, shape)
        affine = LPS_TO_RAS @ np.array(geometry.affine, dtype=np.float64)
        check_affine(file, affine)
        named = [
            (int(one.SegmentNumber), _name(one), _code(one))
            for one in head.SegmentSequence
            if wanted(int(one.SegmentNumber), _name(one), _code(one))
        ]
        check_layers(file, "SegmentSequence", len(named), shape)
        layers: list[Layer] = []
        # In a label map a voxel holds one segment: a lesion is a hole in the liver around it.
        together = str(head.get("SegmentationType", "")) == "LABELMAP"
        for group in [named] if together and named else [[one] for one in named]:
            volume: Any = segmentation.get_volume(
                segment_numbers=[number for number, _, _ in group],
                combine_segments=True,
                relabel=not together,
                dtype=np.uint16 if together else np.uint8,
            )
            array = np.ascontiguousarray(volume.array)
            if together:
                names = {number: name for number, name, _ in group}
                codes = {number: code for number, _, code in group if code}
                layers.append(Layer(as_labels(file, array), affine, file, names, codes=codes))
            else:
                number, name, code = group[0]
                layers.append(
                    Layer(
                        array,
                        affine,
                        file,
                        {1: name},
                        exclusive=False,
                        codes={1: code} if code else {},
                        segment=number,
                    )
                )
    if not any(one.array[0].any() for one in layers) and layers:
        return layers  # slices without a voxel were kept
    return [replace(one, open_ends=True) for one in layers]


def _check_deflated(path: Path) -> None:
    """Refuse a deflated file that grows beyond bounds, before a reader unpacks it whole."""
    import zlib

    from pydicom.filereader import (
        _read_file_meta_info,  # pyright: ignore[reportPrivateUsage, reportUnknownVariableType]
        read_preamble,
    )

    # The public function takes no stream.
    stream = in_memory(path)
    read_preamble(stream, force=False)
    meta = _read_file_meta_info(stream)
    if str(meta.get("TransferSyntaxUID", "")) != DEFLATED:
        return
    # The deflated part starts after the preamble, the prefix and the group of file meta.
    start = 132 + 12 + int(meta.FileMetaInformationGroupLength)
    unpack, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(2**20)
        while data and not unpack.eof:
            size += len(unpack.decompress(data, 2**20))
            if size > MAX_BYTES // 2:
                expected = phrased(
                    "at most {max_bytes:,} bytes once unpacked", max_bytes=MAX_BYTES // 2
                )
                raise InputError(Fault(path.name, None, "file", f"over {size:,}", expected))
            data = unpack.unconsumed_tail or file.read(2**20)


def _name(segment: Any) -> str:
    return str(segment.get("SegmentLabel", "") or segment.get("SegmentDescription", ""))


def _code(segment: Any) -> str:
    codes = segment.get("SegmentedPropertyTypeCodeSequence") or []
    if not codes or str(codes[0].get("CodingSchemeDesignator", "")) not in SNOMED:
        return ""
    return str(codes[0].get("CodeValue", ""))
