"""Text of files whose lines are not all in one encoding."""

from __future__ import annotations

from typing import Final

from hilum.errors import InputError
from hilum.tabular.encoding import MARKS, decode

OTHER: Final = "cp1252"


def text_of(data: bytes, file: str) -> tuple[str, int]:
    """A file's text, and how many of its lines are no UTF-8 though others are.

    A file in one encoding is read as :func:`hilum.tabular.encoding.decode` reads it. In one where
    some lines with more than ASCII are UTF-8 and some are not, the others are Windows-1252. What
    is no character in its encoding becomes the replacement character: no record is refused for it.
    """
    if any(data.startswith(mark) for mark, _, _ in MARKS) or b"\0" in data[:4096]:
        return _lenient(data, file), 0
    try:
        return data.decode("utf-8"), 0
    except UnicodeDecodeError:
        pass
    lines = data.split(b"\n")
    beyond = [at for at, line in enumerate(lines) if not line.isascii()]
    wrong = {at for at in beyond if not _is_utf8(lines[at])}
    if len(wrong) == len(beyond):
        return _lenient(data, file), len(wrong)
    return "\n".join(
        line.decode(OTHER, "replace") if at in wrong else line.decode("utf-8")
        for at, line in enumerate(lines)
    ), len(wrong)


def _lenient(data: bytes, file: str) -> str:
    try:
        return decode(data, file)[0]
    except InputError:
        pass
    for mark, codec, _ in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    return data.decode(OTHER, "replace")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
