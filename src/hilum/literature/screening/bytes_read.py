"""Text of files whose lines are not all in one encoding."""

from __future__ import annotations

from typing import Final

from hilum.errors import InputError
from hilum.tabular.encoding import MARKS, UTF8, decode

OTHER: Final = "cp1252"
OTHERS_NAME: Final = "Windows-1252"


def text_of(data: bytes, file: str) -> tuple[str, int, str]:
    """A file's text, how many of its lines are no UTF-8, and what those were read as.

    A file in one encoding is read as :func:`hilum.tabular.encoding.decode` reads it. In one where
    some lines with more than ASCII are UTF-8 and some are not, the others are Windows-1252. What
    is no character in its encoding becomes the replacement character: no record is refused for it.
    """
    if any(data.startswith(mark) for mark, _, _ in MARKS) or b"\0" in data[:4096]:
        return _lenient(data, file)[0], 0, UTF8
    try:
        return data.decode("utf-8"), 0, UTF8
    except UnicodeDecodeError:
        pass
    lines = data.split(b"\n")
    beyond = [at for at, line in enumerate(lines) if not line.isascii()]
    wrong = {at for at in beyond if not _is_utf8(lines[at])}
    if len(wrong) == len(beyond):
        text, name = _lenient(data, file)
        return text, len(wrong), name
    text = "\n".join(
        line.decode(OTHER, "replace") if at in wrong else line.decode("utf-8")
        for at, line in enumerate(lines)
    )
    return text, len(wrong), OTHERS_NAME


def _lenient(data: bytes, file: str) -> tuple[str, str]:
    try:
        return decode(data, file)
    except InputError:
        pass
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace"), name
    return data.decode(OTHER, "replace"), OTHERS_NAME


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
