"""Voxels of NRRD and MetaImage unpacked with numpy alone, as their checked header says.

The readers written in C++ end the whole process on some damaged headers; this one cannot.
"""

from __future__ import annotations

import bz2
import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.patient.liver.headers import META_BYTES, NRRD_BYTES, NRRD_LISTS, Stated, floats, vectors
from hilum.patient.liver.layers import LPS_TO_RAS, MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# To LPS, the space that both formats are turned into.
SPACES = {
    "left-posterior-superior": (1.0, 1.0), "lps": (1.0, 1.0),
    "right-anterior-superior": (-1.0, -1.0), "ras": (-1.0, -1.0),
    "left-anterior-superior": (1.0, -1.0), "las": (1.0, -1.0),
}  # fmt: skip
# The most bytes of voxels as text, and how many are turned into numbers at once.
MAX_TEXT, PIECE = MAX_BYTES // 16, 2**20
_CODES = {
    "signed char": "i1", "int8": "i1", "int8_t": "i1", "char": "i1",
    "uchar": "u1", "unsigned char": "u1", "uint8": "u1", "uint8_t": "u1",
    "short": "i2", "short int": "i2", "signed short": "i2", "signed short int": "i2",
    "int16": "i2", "int16_t": "i2", "ushort": "u2", "unsigned short": "u2",
    "unsigned short int": "u2", "uint16": "u2", "uint16_t": "u2",
    "int": "i4", "signed int": "i4", "int32": "i4", "int32_t": "i4", "uint": "u4",
    "unsigned int": "u4", "uint32": "u4", "uint32_t": "u4", "float": "f4", "double": "f8",
}  # fmt: skip
_META = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4",
    "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Voxels, shape (parts, x, y, z), and the affine to RAS millimetres where the header has one.

    ``parts`` are the layers of a segmentation; one for a plain map.
    """

    array: NDArray[np.generic]
    affine: NDArray[np.float64]


def shape_of(header: Stated) -> tuple[tuple[int, ...], int | None]:
    """Sizes of the axes in space, and which axis of the file holds parts, if one does.

    Raises
    ------
    InputError
        Another number of axes in space than three.
    """
    if "ndims" in header.fields:
        sizes = [int(word) for word in header.fields["dimsize"].split()]
        return tuple(sizes), None
    sizes = [int(word) for word in header.fields["sizes"].split()]
    kinds = header.fields.get("kinds", "").lower().split()
    parts = [n for n, kind in enumerate(kinds[: len(sizes)]) if kind in NRRD_LISTS]
    if len(sizes) == 4 and not parts and "none" in header.fields.get("space directions", ""):
        parts = [vectors(header.fields["space directions"]).index(None)]
    if len(parts) > 1:
        expected = "one axis of parts at most"
        raise InputError(Fault(header.file, None, "kinds", " ".join(kinds), expected))
    part = parts[0] if parts else None
    return tuple(size for n, size in enumerate(sizes) if n != part), part


def unpack(path: Path, header: Stated) -> Volume:
    """The voxels of a file whose header was found sound.

    Raises
    ------
    InputError
        Fewer or more voxels than the header says.
    """
    sizes, part = shape_of(header)
    length = path.stat().st_size
    if length > MAX_BYTES:
        expected = phrased("a file of at most {max_bytes:,} bytes", max_bytes=MAX_BYTES)
        raise InputError(Fault(header.file, None, "file", f"{length:,} bytes", expected))
    with path.open("rb") as file:
        file.seek(header.start)
        content = file.read()
    if "ndims" in header.fields:
        return _meta(header, sizes, content)
    every = [int(word) for word in header.fields["sizes"].split()]
    kind = header.fields["type"].lower()
    code = _CODES.get(kind, "u8" if kind.startswith("u") else "i8")
    assert int(code[1]) == NRRD_BYTES[kind], kind
    order = ">" if header.fields.get("endian", "little").lower() == "big" else "<"
    count = math.prod(every)
    encoding = header.fields["encoding"].lower()
    for _ in range(_number(header, "line skip", "lineskip")):
        content = content.partition(b"\n")[2]
    skip = _number(header, "byte skip", "byteskip")
    if encoding in ("txt", "text", "ascii"):
        flat = _numbers(header, content, count, code)
    else:
        need = count * int(code[1])
        data = _decoded(header, content, encoding, need, skip)
        flat = np.frombuffer(data, f"{order}{code}", count)
    array = flat.reshape(every, order="F")
    array = array[None] if part is None else np.moveaxis(array, part, 0)
    return Volume(array, _nrrd_affine(header, part))


def _number(header: Stated, *names: str) -> int:
    found = next((header.fields[name] for name in names if header.has(name)), "0")
    return int(found)


def _decoded(header: Stated, content: bytes, encoding: str, need: int, skip: int) -> bytes:
    """As many bytes as the header says, however they were packed."""
    if encoding == "raw":
        data = content[-need:] if skip == -1 else content[skip : skip + need]
        return _exactly(header, data, need)
    if encoding == "hex":
        return _exactly(header, bytes.fromhex(content.decode("ascii", "replace")), need)
    skip = max(skip, 0)
    if encoding in ("bzip2", "bz2"):
        packed = bz2.BZ2Decompressor()
        data = packed.decompress(content, need + skip + 1)
        return _exactly(header, data[skip:], need)
    return _exactly(header, inflate(content, need + skip)[skip:], need)


def inflate(content: bytes, need: int) -> bytes:
    """Gzip or zlib, stopped one byte after what is needed; several members are joined."""
    found: list[bytes] = []
    left = need + 1
    while content and left > 0:
        # 47: either header, whichever is there.
        packed = zlib.decompressobj(47)
        piece = packed.decompress(content, left)
        found.append(piece)
        left -= len(piece)
        content = packed.unused_data
        if not packed.eof and left > 0:
            raise EOFError
        if not content.startswith(b"\x1f\x8b"):
            break
    return b"".join(found)


def _exactly(header: Stated, data: bytes, need: int) -> bytes:
    if len(data) != need:
        seen = f"{len(data):,} bytes" if len(data) < need else f"over {need:,} bytes"
        expected = phrased("{need:,} bytes of voxels, as the sizes say", need=need)
        raise InputError(Fault(header.file, None, "voxels", seen, expected))
    return data


def _numbers(header: Stated, content: bytes, count: int, code: str) -> NDArray[np.generic]:
    if len(content) > MAX_TEXT:
        expected = phrased("at most {most:,} bytes of voxels as text, else binary", most=MAX_TEXT)
        raise InputError(Fault(header.file, None, "voxels", f"{len(content):,} bytes", expected))
    # A number takes two bytes at least, with the blank before it.
    values = np.empty(min(count, len(content) // 2 + 1), np.float64)
    found, start = 0, 0
    while start < len(content):
        # A piece ends at a blank, so that no number is cut; words are large beside their numbers.
        end = min(start + PIECE, len(content))
        while end < len(content) and not content[end : end + 1].isspace():
            end += 1
        words = content[start:end].split()
        if found + len(words) <= len(values):
            values[found : found + len(words)] = np.array(words, dtype=np.float64)
        found, start = found + len(words), end
    if found != count:
        expected = phrased("{count:,} numbers, as the sizes say", count=count)
        raise InputError(Fault(header.file, None, "voxels", f"{found:,}", expected))
    return values if not np.isfinite(values).all() else values.astype(code)


def _meta(header: Stated, sizes: tuple[int, ...], content: bytes) -> Volume:
    fields = header.fields
    code = _META[fields["elementtype"].upper()]
    # MET_LONG was written with eight bytes by some programs: then the file is longer.
    assert int(code[1]) == META_BYTES[fields["elementtype"].upper()]
    big = any(
        fields.get(name, "False").lower() in ("true", "1", "t")
        for name in ("elementbyteordermsb", "binarydatabyteordermsb")
    )
    channels = int(fields.get("elementnumberofchannels", "1"))
    count = math.prod(sizes) * channels
    if fields.get("binarydata", "False").lower() not in ("true", "1", "t"):
        flat = _numbers(header, content, count, code)
    else:
        need = count * int(code[1])
        if fields.get("compresseddata", "False").lower() in ("true", "1", "t"):
            data = _exactly(header, inflate(content, need), need)
        else:
            data = _exactly(header, content[:need], need)
        flat = np.frombuffer(data, f"{'>' if big else '<'}{code}", count)
    array = flat.reshape((channels, *sizes), order="F")
    return Volume(array, _meta_affine(header, len(sizes)))


def _nrrd_affine(header: Stated, part: int | None) -> NDArray[np.float64]:
    """The header's geometry; where it has none, voxels of 1 mm, which nobody may measure on."""
    fields = header.fields
    affine = np.eye(4)
    axes = [one for n, one in enumerate(vectors(fields.get("space directions", "")))
               if n != part]  # fmt: skip
    if header.geometry:
        return LPS_TO_RAS @ affine
    if axes:
        affine[:3, :3] = np.array(axes, dtype=np.float64).T
    else:
        words = [word for n, word in enumerate(fields["spacings"].split()) if n != part]
        affine[:3, :3] = np.diag([float(word) for word in words])
    origin = vectors(fields.get("space origin", ""))
    if origin and origin[0] is not None:
        affine[:3, 3] = origin[0]
    x, y = SPACES.get(fields.get("space", "").lower().removesuffix("-time"), (1.0, 1.0))
    return LPS_TO_RAS @ np.diag([x, y, 1.0, 1.0]) @ affine


def _meta_affine(header: Stated, count: int) -> NDArray[np.float64]:
    fields = header.fields
    affine = np.eye(4)
    if header.geometry or count < 3:
        return LPS_TO_RAS @ affine
    turn = next((fields[n] for n in ("transformmatrix", "rotation", "orientation") if n in fields),
                None)  # fmt: skip
    # Each row of the matrix is the direction of one axis.
    axes = np.eye(count) if turn is None else np.array(floats(turn)).reshape(count, count).T
    spacing = floats(fields.get("elementspacing", fields.get("elementsize", ""))) or []
    affine[:3, :3] = (axes * np.array(spacing))[:3, :3]
    place = next((fields[n] for n in ("offset", "origin", "position") if n in fields), None)
    if place is not None:
        affine[:3, 3] = (floats(place) or [0.0, 0.0, 0.0])[:3]
    return LPS_TO_RAS @ affine
