"""Text as people have it: UTF-8, UTF-16, GB18030 and the Windows code page of Western Europe."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.tabular.not_text import not_text

if TYPE_CHECKING:
    from pathlib import Path

UTF8 = "UTF-8"
# Beyond any table of studies; the bound is in the message.
MAX_BYTES = 2**28
# Byte order marks, the longest first: UTF-32's begins as UTF-16's does.
MARKS = (
    (b"\xef\xbb\xbf", "utf-8", UTF8),
    (b"\xff\xfe\x00\x00", "utf-32-le", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "UTF-32"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
# Beyond line ends and tabs: what moves a terminal's cursor is in no table.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
# What acts on a terminal: control characters but tabs and line ends, marks that turn the direction
# of a line, halves of a character.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# Of the characters beyond ASCII, the share that has to be common Chinese for GB18030.
CHINESE = 0.8
SAMPLE = 1_000_000  # characters looked at


def read_text(path: Path, limit: int = MAX_BYTES) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    Raises
    ------
    InputError
        A file that cannot be read, is larger than ``limit`` bytes or in another encoding.
    """
    return decode(read_bytes(path, limit), path.name)


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """A file's content, refused above ``limit`` bytes before it is read.

    Raises
    ------
    InputError
        A file that cannot be read or is larger.
    """
    try:
        with path.open("rb") as file:
            # Room for what there is, not for the bound; a pipe says no size.
            size = os.fstat(file.fileno()).st_size
            data = file.read(min(size, limit) + 1)
            if len(data) > size:
                data += file.read(limit + 1 - len(data))
    except OSError as error:
        expected = phrased("a readable file ({value})", value=error.strerror or error)
        raise InputError(Fault(path.name, None, "file", str(path), expected)) from None
    if len(data) > limit:
        expected = phrased("at most {limit:,} bytes", limit=limit)
        raise InputError(Fault(path.name, None, "file", f"over {limit:,} bytes", expected))
    return data


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Text, and the name of the encoding it was in.

    A byte order mark decides; without one UTF-8 where it fits, UTF-16 by its zero bytes, GB18030
    where what is not ASCII is common Chinese, else Windows-1252.

    Raises
    ------
    InputError
        None of them fits; or the text holds control characters.
    """
    text, name = _decoded(data, file)
    found = CONTROL.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        expected = "text without control characters"
        raise InputError(Fault(file, line, "text", f"U+{ord(found[0]):04X}", expected))
    return text, name


def _decoded(data: bytes, file: str) -> tuple[str, str]:
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(codec), name
            except UnicodeDecodeError as error:
                expected = phrased("{name}, as its byte order mark says", name=name)
                seen = f"byte {error.start + len(mark)}"
                raise InputError(Fault(file, None, "file", seen, expected)) from None
    if b"\x00" in data[:4096]:
        return _wide(data, file)
    try:
        return data.decode("utf-8"), UTF8
    except UnicodeDecodeError as error:
        start = error.start
    if is_chinese(data):
        return data.decode("gb18030"), "GB18030"
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        expected = "text in UTF-8, UTF-16, GB18030 or Windows-1252 (save it as UTF-8)"
        raise InputError(Fault(file, None, "file", f"byte {start}", expected)) from None


def _wide(data: bytes, file: str) -> tuple[str, str]:
    """UTF-16 without its mark: of Western text every other byte is 0."""
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    codec = "utf-16-le" if odd > even else "utf-16-be"
    fewer, more = sorted((even, odd))
    if more > 0 and fewer * 8 <= more and len(data) % 2 == 0:
        try:
            return data.decode(codec), "UTF-16"
        except UnicodeDecodeError:
            pass
    raise InputError(not_text(data, file))


def is_chinese(data: bytes) -> bool:
    """Whether bytes beyond ASCII come in the pairs of common Chinese (GB 2312)."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    beyond = [one for one in text[:SAMPLE] if one > "\x7f"]
    common = 0
    for one in beyond:
        try:
            common += len(one.encode("gb2312")) == 2
        except UnicodeEncodeError:
            continue
    return bool(beyond) and common >= CHINESE * len(beyond)


def visible(text: str) -> str:
    """Text without characters that act on a terminal: they are shown by their number."""
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
