"""Valid inputs made invalid: a seed's bytes, and what is done to them, drawn by hypothesis."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

# What people, programs and attackers put where a number or a word is expected.
NASTY = (
    "", " ", "nan", "NaN", "inf", "-inf", "-1", "0", "-0", "1e999", "1e308", "-1e308", "1e-320",
    "1_041", "1,041", "1.5", "0.5", "1000000000", "9" * 30, "9" * 400, "9" * 5000, "2147483648",
    "-2147483649",
    "18446744073709551616", "0x10", "١٢", "１２", "12%", "<5", ">=3", "3/20", "1e5", "true",
    "false", "null", "None", "NA", "2026-02-30", "0000-00-00", "9999-12-31", "[/]",
    "[red]x[/red]",
    "{}", "{x}", "{0}", "%s", "%n", "$(id)", "=1+2", "../../x", "/dev/null",
    "/dev/zero", "\x00", "\x1b[31m",
    "\u202e", "\u2028", "\ufeff", "\ufffe", "\U0001f9ec", "e\u0301" * 40, "<script>",
    "&amp;", "]]>",
    "a" * 70_000, "b" * 140_000, "[" * 3000, "{" * 3000, '"', "'", "\\",
    "\\ud83e", "\n", "\r", ",", ";", "\t",
    "total", "合计", "肝", "Größe", "<!DOCTYPE x>", "--help", "-", "#", "N/A", "1 2", "01", "+5",
)  # fmt: skip
BYTES = (b"", b"\0", b"\0" * 64, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\r\n", b"%PDF",
         b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"PK\x03\x04", b"\x1f\x8b")  # fmt: skip
CODECS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "gb18030", "cp1252", "latin-1",
          "shift_jis", "utf-7", "cp037")  # fmt: skip
TOKEN = re.compile(r"[\w.+\-%]+|[^\w\s]")

SHARE = st.integers(0, 9999)
NASTY_WORD = st.sampled_from(NASTY)


@st.composite
def flipped(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes set, cut, doubled, moved; without a notion of what they are."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(SHARE) * len(found) // 10_000
        act = draw(st.integers(0, 6))
        if act == 0 and found:
            found[at] ^= 1 << draw(st.integers(0, 7))
        elif act == 1 and found:
            found[at] = draw(st.integers(0, 255))
        elif act == 2:
            del found[at:]
        elif act == 3:
            del found[at : at + draw(st.sampled_from((1, 2, 4, 16, 256)))]
        elif act == 4:
            found[at:at] = draw(st.sampled_from(BYTES))
        elif act == 5:
            size = draw(st.sampled_from((1, 4, 16, 256)))
            found[at:at] = found[at : at + size]
        elif found:
            other = draw(SHARE) * len(found) // 10_000
            found[at : at + 8], found[other : other + 8] = (
                found[other : other + 8],
                found[at : at + 8],
            )
    return bytes(found)


@st.composite
def retyped(draw: st.DrawFn, text: str, first: int = 6) -> str:
    """Words, numbers and marks replaced; lines doubled, dropped, moved; columns swapped."""
    for _ in range(draw(st.integers(1, first))):
        act = draw(st.integers(0, 9))
        lines = text.split("\n")
        at = draw(SHARE) * len(lines) // 10_000
        if act <= 4:
            tokens = list(TOKEN.finditer(text))
            if not tokens:
                return draw(NASTY_WORD)
            one = tokens[draw(SHARE) * len(tokens) // 10_000]
            if act == 4:
                other = tokens[draw(SHARE) * len(tokens) // 10_000]
                word = other[0]
            else:
                word = draw(NASTY_WORD)
            text = text[: one.start()] + word + text[one.end() :]
            continue
        if act == 5:
            lines.insert(at, lines[at])
        elif act == 6:
            del lines[at]
        elif act == 7:
            lines.insert(at, draw(NASTY_WORD))
        elif act == 8:
            other = draw(SHARE) * len(lines) // 10_000
            lines[at], lines[other] = lines[other], lines[at]
        else:
            cut = draw(SHARE) * len(text) // 10_000
            text = text[:cut]
            continue
        text = "\n".join(lines)
    return text


@st.composite
def text_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    """Mostly text retyped; now and then in another encoding, or as bytes."""
    act = draw(st.integers(0, 9))
    if act == 0:
        return draw(flipped(data))
    text = draw(retyped(data.decode("utf-8", "replace")))
    if act == 1:
        return text.encode(draw(st.sampled_from(CODECS)), "replace")
    return text.encode("utf-8", "surrogatepass")


@st.composite
def nested(draw: st.DrawFn, data: bytes) -> bytes:
    """A case as JSON or TOML, sometimes with one value made of many brackets."""
    if draw(st.integers(0, 12)):
        return draw(text_bytes(data))
    depth = draw(st.sampled_from((10, 200, 1000, 20_000)))
    if data.lstrip()[:1] == b"{":
        opened = draw(st.sampled_from(("[", '{"a":')))
        closed = "]" if opened == "[" else "}"
        value = opened * depth + "1" + closed * depth
        return data.replace(b"{", ('{"x": ' + value + ", ").encode(), 1)
    form = draw(st.integers(0, 2))
    if form == 0:
        return data + b"\nx = " + b"[" * depth + b"1" + b"]" * depth
    if form == 1:
        return data + b"\n" + b".".join([b"a"] * depth) + b" = 1\n"
    return data + b"\nx = " + b"{a=" * depth + b"1" + b"}" * depth


@st.composite
def workbook(draw: st.DrawFn, data: bytes) -> bytes:
    """One part of the archive retyped and packed again, or the archive itself spoilt."""
    if draw(st.integers(0, 3)) == 0:
        return draw(flipped(data))
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = draw(st.sampled_from(sorted(parts)))
    act = draw(st.integers(0, 7))
    if act == 0:
        parts.pop(name)
    elif act == 1:
        parts[name] = draw(flipped(parts[name]))
    else:
        parts[name] = draw(retyped(parts[name].decode("utf-8", "replace"), 3)).encode(
            "utf-8", "replace"
        )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one, content in parts.items():
            new.writestr(one, content)
    return made.getvalue()


ZIP_NAMES = ("../x.nii.gz", "/etc/x.nii", "a/../../x.nii", "x", "x.zip", "a" * 300, "肝.nii.gz",
             "x\x00.nii", "CON.nii", "s.nii.gz", "S.NII.GZ", ".nii", "a/b/c/d/e/f/g.nii",
             "C:\\x.nii", "__MACOSX/s.nii.gz", "[/].nii.gz", "m.mha", "x.dcm")  # fmt: skip
KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@st.composite
def zipped(draw: st.DrawFn, data: bytes) -> bytes:
    """Names that lead elsewhere, files of other kinds beside, damaged parts; else bytes."""
    if draw(st.integers(0, 2)) == 0:
        return draw(flipped(data))
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = [(name, old.read(name)) for name in old.namelist()]
    for _ in range(draw(st.integers(1, 3))):
        name, content = draw(st.sampled_from(parts))
        act = draw(st.integers(0, 2))
        if act == 0:
            parts.append((draw(st.sampled_from(ZIP_NAMES)), content))
        elif act == 1:
            parts.append((name, draw(flipped(content))))
        else:
            parts.append((draw(st.sampled_from(ZIP_NAMES)), b"\0" * draw(st.sampled_from((0, 9)))))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", draw(st.sampled_from(KINDS))) as new, catch_warnings():
        simplefilter("ignore")  # of names that are there twice
        for name, content in parts:
            new.writestr(name, content)
    packed = made.getvalue()
    return draw(flipped(packed)) if draw(st.integers(0, 3)) == 0 else packed


# NIfTI-1: offset and form of the fields a reader depends on.
NIFTI = ((0, "i"), *((40 + 2 * i, "h") for i in range(8)), (70, "h"), (72, "h"),
         *((76 + 4 * i, "f") for i in range(8)), (108, "f"), (112, "f"), (116, "f"), (123, "b"),
         (252, "h"), (254, "h"), *((256 + 4 * i, "f") for i in range(18)), (344, "i"))  # fmt: skip
NUMBERS = (0, 1, -1, 2, 3, 127, -128, 255, 32767, -32768, 2**31 - 1, -(2**31), 1e-30, 1e30,
           float("nan"), float("inf"), -0.5, 0.333, 4, 16, 64, 512)  # fmt: skip


@st.composite
def nifti(draw: st.DrawFn, data: bytes) -> bytes:
    """Header fields set to what they must not be; the body cut or spoilt; packed again."""
    if draw(st.integers(0, 5)) == 0:
        return draw(flipped(data))
    found = bytearray(gzip.decompress(data))
    for _ in range(draw(st.integers(1, 3))):
        act = draw(st.integers(0, 6))
        if act == 0:
            del found[draw(SHARE) * len(found) // 10_000 :]
        elif act == 1:
            head = draw(flipped(bytes(found[:352])))
            found[:352] = head
        elif len(found) >= 352:
            place, form = draw(st.sampled_from(NIFTI))
            value = draw(st.sampled_from(NUMBERS))
            try:
                packed = struct.pack("<" + form, value if form == "f" else int(value))
            except (struct.error, ValueError, OverflowError):
                continue
            found[place : place + len(packed)] = packed
    return gzip.compress(bytes(found), 1)


def headed(end: bytes) -> Callable[[bytes], st.SearchStrategy[bytes]]:
    """Formats of a text header before a body; ``end`` is what the header ends with."""

    @st.composite
    def drawn(draw: st.DrawFn, data: bytes) -> bytes:
        if draw(st.integers(0, 5)) == 0:
            return draw(flipped(data))
        place = data.index(end) + len(end)
        head = draw(retyped(data[:place].decode("latin-1"), 3)).encode("latin-1", "replace")
        body = data[place:]
        if draw(st.integers(0, 5)) == 0:
            body = draw(flipped(body))
        return head + body

    return drawn


nrrd, metaimage = headed(b"\n\n"), headed(b"LOCAL\n")


@st.composite
def dicom(draw: st.DrawFn, data: bytes) -> bytes:
    """One element deleted, emptied, doubled or set to something else; else bytes."""
    from pydicom import dcmread
    from pydicom.sequence import Sequence

    if draw(st.integers(0, 2)) == 0:
        return draw(flipped(data))
    found = dcmread(io.BytesIO(data))
    for _ in range(draw(st.integers(1, 3))):
        owner = found
        # Down into a sequence, at most three deep.
        for _ in range(3):
            elements = [one for one in owner if one.tag.element or one.tag.group]
            if not elements:
                break
            one = elements[draw(SHARE) * len(elements) // 10_000]
            if one.VR == "SQ" and one.value and draw(st.integers(0, 4)):
                owner = one.value[draw(SHARE) * len(one.value) // 10_000]
                continue
            act = draw(st.integers(0, 4))
            if act == 0:
                del owner[one.tag]
            elif act == 1:
                one.value = Sequence() if one.VR == "SQ" else None
            elif act == 2 and one.VR == "SQ":
                one.value = Sequence([*one.value, *one.value[:1]])
            elif one.VR not in ("SQ", "OB", "OW", "OB or OW"):
                number = draw(st.sampled_from(NUMBERS))
                word = draw(NASTY_WORD)
                try:
                    one.value = number if one.VR in ("US", "UL", "FD", "FL", "SS", "IS") else word
                except (TypeError, ValueError, OverflowError):
                    continue
            break
    made = io.BytesIO()
    try:
        found.save_as(made)
    except Exception:  # what cannot be written this way is spoilt as bytes
        return draw(flipped(data))
    return made.getvalue()


@st.composite
def pdf(draw: st.DrawFn, data: bytes) -> bytes:
    """Words of the file's own text retyped, or of an unpacked stream; else bytes."""
    act = draw(st.integers(0, 4))
    if act == 0:
        return draw(flipped(data))
    text = data.decode("latin-1")
    streams = list(re.finditer(r"stream\r?\n(.*?)\r?\nendstream", text, re.S))
    if act <= 2 and streams:
        one = draw(st.sampled_from(streams))
        raw = one[1].encode("latin-1")
        try:
            raw = zlib.compress(
                draw(retyped(zlib.decompress(raw).decode("latin-1"), 3)).encode(
                    "latin-1", "replace"
                )
            )
        except zlib.error:
            raw = draw(retyped(raw.decode("latin-1"), 3)).encode("latin-1", "replace")
        return data[: one.start(1)] + raw + data[one.end(1) :]
    return draw(retyped(text, 3)).encode("latin-1", "replace")


@st.composite
def png(draw: st.DrawFn, data: bytes) -> bytes:
    """A chunk's content changed with its checksum put right; else bytes."""
    if draw(st.integers(0, 2)) == 0:
        return draw(flipped(data))
    chunks: list[tuple[bytes, bytes]] = []
    at = 8
    while at + 12 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    place = draw(st.integers(0, len(chunks) - 1))
    kind, content = chunks[place]
    if kind == b"IHDR" and draw(st.booleans()):
        sides = tuple(draw(st.sampled_from((0, 1, 200, 30_000, 2**31 - 1))) for _ in range(2))
        content = struct.pack(">II", *sides) + content[8:]
    else:
        content = draw(flipped(content))
    chunks[place] = kind, content
    made = data[:8]
    for kind, content in chunks:
        made += struct.pack(">I", len(content)) + kind + content
        made += struct.pack(">I", zlib.crc32(kind + content))
    return made


WAYS: dict[str, Callable[[bytes], st.SearchStrategy[bytes]]] = {
    "bytes": flipped, "text": text_bytes, "nested": nested, "workbook": workbook, "nifti": nifti,
    "nrrd": nrrd, "metaimage": metaimage, "dicom": dicom, "pdf": pdf, "png": png,
    "zip": zipped,
}  # fmt: skip
