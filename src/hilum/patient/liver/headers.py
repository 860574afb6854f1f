"""Headers of NRRD and MetaImage read as text, before a reader written in C sees the file.

Two kinds of fault are told apart. A header that is broken is refused. A header whose geometry is
missing or impossible is refused too, unless the user states the spacing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hilum.errors import Fault, Parameter, Phrase, phrased
from hilum.patient.liver.layers import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# The longest header read: Slicer writes a few kilobytes a segment.
HEADER_BYTES = 2**20
# Axes are unit vectors to the precision that headers are written with.
UNIT = 1e-3
NRRD_BYTES = {
    **dict.fromkeys(("signed char", "int8", "int8_t", "uchar", "unsigned char", "uint8"), 1),
    **dict.fromkeys(("uint8_t", "char"), 1),
    **dict.fromkeys(("short", "short int", "signed short", "signed short int", "int16"), 2),
    **dict.fromkeys(("int16_t", "ushort", "unsigned short", "unsigned short int", "uint16"), 2),
    **dict.fromkeys(("uint16_t",), 2),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t", "uint", "unsigned int"), 4),
    **dict.fromkeys(("uint32", "uint32_t", "float"), 4),
    **dict.fromkeys(("longlong", "long long", "long long int", "signed long long", "int64"), 8),
    **dict.fromkeys(("int64_t", "ulonglong", "unsigned long long", "uint64", "uint64_t"), 8),
    **dict.fromkeys(("signed long long int", "unsigned long long int", "double"), 8),
}
NRRD_ENCODINGS = ("raw", "gzip", "gz", "txt", "text", "ascii", "hex", "bzip2", "bz2")
# Kinds of axes along which a file may have neither direction nor spacing.
NRRD_LISTS = frozenset(
    (
        "list", "vector", "point", "color", "scalar", "complex", "stub", "2-vector", "3-vector",
        "4-vector", "3-color", "4-color", "rgb-color", "rgba-color", "none",
    )
)  # fmt: skip
META_BYTES = {
    "MET_CHAR": 1, "MET_UCHAR": 1, "MET_SHORT": 2, "MET_USHORT": 2, "MET_INT": 4, "MET_UINT": 4,
    "MET_LONG": 4, "MET_ULONG": 4, "MET_LONG_LONG": 8, "MET_ULONG_LONG": 8, "MET_FLOAT": 4,
    "MET_DOUBLE": 8,
}  # fmt: skip
MILLIMETRES = ("mm", "millimeter", "millimetre", "millimeters", "millimetres", "")


@dataclass(slots=True)
class Stated:
    """What a header says: its fields, what is broken, and what is wrong with its geometry.

    ``start`` is where the voxels begin; ``oriented`` whether it says where left and right are.
    """

    file: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    start: int = 0
    oriented: bool = False
    broken: list[Fault] = field(default_factory=list[Fault])
    geometry: list[Fault] = field(default_factory=list[Fault])

    def breaks(self, name: str, expected: str) -> None:
        """Note a field that no reader should be given."""
        self.broken.append(Fault(self.file, None, name, self.shown(name), expected))

    def misplaces(self, name: str, expected: str) -> None:
        """Note a field that leaves the size of a voxel open."""
        value = self.shown(name)
        self.geometry.append(Fault(self.file, None, name, value, or_stated(expected)))

    def shown(self, name: str) -> str:
        """A field as written, cut short."""
        text = self.fields.get(name.lower(), "")
        return text if len(text) <= 80 else f"{text[:80]}..."

    def has(self, name: str) -> bool:
        """Whether the header has a field."""
        return name.lower() in self.fields


def or_stated(expected: str) -> Phrase:
    """What a header should say, or the user instead of it."""
    return phrased(
        "{expected}; or state it: {spacing} X,Y,Z (mm, in the order of the file's axes)",
        expected=expected,
        spacing=Parameter("spacing"),
    )


def stated(path: Path) -> Stated:
    """Read and check the header of an NRRD or MetaImage file."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        size = file.seek(0, 2)
    if path.name.lower().endswith(".nrrd"):
        return _nrrd(path.name, head, size)
    return _meta(path.name, head, size)


def has_names(path: Path) -> bool:
    """Whether the file names its segments, as Slicer does."""
    fields = stated(path).fields
    return any(re.fullmatch(r"segment\d+_name", key) for key in fields)


def floats(text: str) -> list[float] | None:
    """Numbers apart by blanks or commas; ``None`` where a word is none."""
    try:
        return [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        return None


def _whole(text: str) -> list[int] | None:
    try:
        return [int(word) for word in text.split()]
    except ValueError:
        return None


def positive(values: Sequence[float] | None, count: int) -> bool:
    """As many finite numbers above 0 as there should be."""
    return (
        values is not None
        and len(values) == count
        and all(math.isfinite(one) and one > 0 for one in values)
    )


def _sizes(found: Stated, dimension: str, sizes: str, most: int) -> list[int] | None:
    """Voxels along each axis by the two fields that state them; ``None`` where one is broken."""
    count = _whole(found.fields.get(dimension.lower(), "")) or [0]
    if len(count) != 1 or not 1 <= count[0] <= most:
        found.breaks(dimension, phrased("a whole number from 1 to {most}", most=most))
        return None
    values = _whole(found.fields.get(sizes.lower(), ""))
    if values is None or len(values) != count[0] or min(values) < 1:
        found.breaks(sizes, phrased("{count} whole numbers above 0", count=count[0]))
        return None
    return values


def _nrrd(file: str, head: bytes, size: int) -> Stated:
    found = Stated(file)
    end = re.search(rb"\r?\n\r?\n", head)
    text = head[: end.start() if end else len(head)].decode("utf-8", "replace")
    lines = text.splitlines()
    if not lines or not re.fullmatch(r"NRRD000[1-5]", lines[0].strip()) or end is None:
        found.breaks("magic", "a NRRD header that ends in an empty line")
        return found
    found.start = end.end()
    for line in lines[1:]:
        match = re.match(r"^([^#:]+): ?(?!=)(.*)$", line)
        pair = re.match(r"^([^#:]+):=(.*)$", line)
        if match or pair:
            key, value = (match or pair).groups()  # pyright: ignore[reportOptionalMemberAccess]
            found.fields.setdefault(key.strip().lower(), value.strip())
    sizes = _sizes(found, "dimension", "sizes", 16)
    if sizes is None:
        return found
    count = len(sizes)
    kind = found.fields.get("type", "").lower()
    if kind not in NRRD_BYTES:
        found.breaks("type", "a type of number")
    if found.fields.get("encoding", "").lower() not in NRRD_ENCODINGS:
        found.breaks("encoding", phrased("one of {known}", known=", ".join(NRRD_ENCODINGS)))
    for name in ("byte skip", "byteskip", "line skip", "lineskip"):
        whole = _whole(found.fields.get(name, "0"))
        if whole is None or len(whole) != 1 or not -1 <= whole[0] <= HEADER_BYTES:
            expected = phrased("a whole number from -1 to {most:,}", most=HEADER_BYTES)
            found.breaks(name, expected)
    _room(found, math.prod(sizes), NRRD_BYTES.get(kind, 1))
    if found.fields.get("endian", "little").lower() not in ("little", "big"):
        found.breaks("endian", "little or big")
    if found.fields.get("encoding", "").lower() == "raw":
        need = math.prod(sizes) * NRRD_BYTES.get(kind, 1)
        if size - end.end() < need:
            expected = phrased(
                "{need:,} bytes of voxels; the file holds {held:,}",
                need=need,
                held=size - end.end(),
            )
            found.breaks("sizes", expected)
    _nrrd_geometry(found, count)
    found.oriented = found.has("space") and found.has("space directions")
    return found


def _room(found: Stated, voxels: int, itemsize: int) -> None:
    if voxels * itemsize > MAX_BYTES:
        expected = phrased("at most {max_bytes:,} bytes once unpacked", max_bytes=MAX_BYTES)
        found.breaks("dimsize" if found.has("dimsize") else "sizes", expected)


def _nrrd_geometry(found: Stated, count: int) -> None:
    kinds = found.fields.get("kinds", "").lower().split()
    axes_of = vectors(found.fields.get("space directions", ""))
    spacings = found.fields.get("spacings", "").split()
    # An axis of parts (Slicer's layers, colours) has no place in space.
    parts = [number for number, kind in enumerate(kinds) if kind in NRRD_LISTS]
    if len(kinds) != count:
        rest = count - 3
        bare = [n for n, one in enumerate(axes_of or spacings) if one in (None, "none", "nan")]
        parts = bare if rest > 0 and len(bare) == rest else []
    axes = [number for number in range(count) if number not in parts]
    if axes_of:
        wrong = [n for n in axes if n >= len(axes_of) or not _is_vector(axes_of[n])]
        if len(axes_of) != count or wrong:
            found.misplaces("space directions", "a vector of three finite numbers for each axis")
    elif spacings:
        words = [spacings[n] for n in axes if n < len(spacings)]
        if len(spacings) != count or not positive(floats(" ".join(words)), len(axes)):
            found.misplaces("spacings", "a finite number above 0 for each axis")
    else:
        found.misplaces("space directions", "the spacing of the voxels")
    origin = found.fields.get("space origin", "")
    if origin and not _is_vector((vectors(origin) or [None])[0], zero=True):
        found.misplaces("space origin", "three finite numbers")
    for name in ("space units", "units"):
        words = re.findall(r'"([^"]*)"', found.fields.get(name, ""))
        if any(word.strip().lower() not in MILLIMETRES for word in words):
            found.misplaces(name, "millimetres")


def vectors(text: str) -> list[list[float] | None]:
    """Vectors in brackets; ``None`` for the word none and for one that is no list of numbers."""
    found: list[list[float] | None] = []
    for word in re.findall(r"none|\([^)]*\)", text, re.IGNORECASE):
        found.append(None if word.lower() == "none" else floats(word.strip("()")))
    return found


def _is_vector(vector: list[float] | None, *, zero: bool = False) -> bool:
    return (
        vector is not None
        and len(vector) == 3
        and all(math.isfinite(one) for one in vector)
        and (zero or any(vector))
    )


def _meta(file: str, head: bytes, size: int) -> Stated:
    found = Stated(file)
    start = 0
    for match in re.finditer(rb"([^\n]*)\n", head):
        name, sign, value = match[1].decode("latin-1").partition("=")
        if sign:
            found.fields.setdefault(name.strip().lower(), value.strip())
        if name.strip().lower() == "elementdatafile":
            start = match.end()
            break
    if not start:
        found.breaks("ElementDataFile", "a MetaImage header that ends in ElementDataFile = LOCAL")
        return found
    sizes = _sizes(found, "NDims", "DimSize", 10)
    if sizes is None:
        return found
    count = len(sizes)
    kind = found.fields.get("elementtype", "").upper()
    if kind not in META_BYTES:
        found.breaks("ElementType", phrased("one of {known}", known=", ".join(META_BYTES)))
    if found.fields.get("objecttype", "Image").lower() != "image":
        found.breaks("ObjectType", "Image")
    channels = _whole(found.fields.get("elementnumberofchannels", "1")) or [0]
    if len(channels) != 1 or not 1 <= channels[0] <= 256:
        found.breaks("ElementNumberOfChannels", "a whole number from 1 to 256")
    if found.has("HeaderSize") and found.fields["headersize"] not in ("0", "-1"):
        found.breaks("HeaderSize", "0: the voxels follow the header")
    if found.has("CompressedDataSize") and (
        (_whole(found.fields["compresseddatasize"]) or [-1])[0] < 0
    ):
        found.breaks("CompressedDataSize", "a whole number from 0")
    need = math.prod(sizes) * META_BYTES.get(kind, 1) * channels[0]
    _room(found, math.prod(sizes) * max(channels[0], 1), META_BYTES.get(kind, 1))
    packed = found.fields.get("compresseddata", "false").lower() in ("true", "1", "t")
    binary = found.fields.get("binarydata", "false").lower() in ("true", "1", "t")
    if binary and not packed and size - start < need:
        found.breaks(
            "DimSize",
            phrased(
                "{need:,} bytes of voxels; the file holds {size:,}", need=need, size=size - start
            ),
        )
    _meta_geometry(found, count)
    found.start = start
    found.oriented = any(map(found.has, ("TransformMatrix", "Rotation", "Orientation")))
    return found


def _meta_geometry(found: Stated, count: int) -> None:
    spacing = next((n for n in ("ElementSpacing", "ElementSize") if found.has(n)), None)
    if spacing is None:
        found.misplaces("ElementSpacing", "the spacing of the voxels")
    elif not positive(floats(found.fields[spacing.lower()]), count):
        found.misplaces(spacing, phrased("{count} finite numbers above 0", count=count))
    for name in ("TransformMatrix", "Rotation", "Orientation"):
        if found.has(name) and not _turns(floats(found.fields[name.lower()]), count):
            found.misplaces(name, "axes of length 1 at right angles")
    for name in ("Offset", "Origin", "Position"):
        values = floats(found.fields.get(name.lower(), "0"))
        wrong = values is None or not all(map(math.isfinite, values))
        if found.has(name) and (wrong or len(values or ()) != count):
            found.misplaces(name, phrased("{count} finite numbers", count=count))
    unit = found.fields.get("distanceunits", "mm").lower()
    if unit not in MILLIMETRES:
        found.misplaces("DistanceUnits", "mm")


def _turns(values: list[float] | None, count: int) -> bool:
    """Whether numbers are the rows of a rotation or reflection."""
    if values is None or len(values) != count * count or not all(map(math.isfinite, values)):
        return False
    rows = [values[n * count : (n + 1) * count] for n in range(count)]
    return all(
        abs(sum(a * b for a, b in zip(one, other, strict=True)) - (i == j)) <= UNIT
        for i, one in enumerate(rows)
        for j, other in enumerate(rows)
    )
