"""Small files of text (TOML, JSON, tables of choices): bounded before they are read.

What is wrong with them is an ``OSError`` or a ``ValueError`` with its reason, whatever it is, so
that each reader names the file in its own words.
"""

from __future__ import annotations

import errno
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, NoReturn, cast

from hilum.errors import phrased

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

MAX_BYTES = 10_000_000
# Lists in lists: no file that hilum reads has a tenth of it, and Python's own end is near 1,000.
DEEPEST = 100
# A key of parts with dots between; Python's reader takes memory by the square of their number.
_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*)+""")


def small_bytes(path: Path | Traversable, limit: int = MAX_BYTES) -> bytes:
    """A file's content, not read beyond ``limit`` bytes.

    Raises
    ------
    OSError
        A file that cannot be read or is larger.
    """
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"over {limit:,} bytes")
    return data


def small_text(path: Path | Traversable, limit: int = MAX_BYTES) -> str:
    """The same as UTF-8, with or without a byte order mark.

    Raises
    ------
    OSError, UnicodeDecodeError
        As :func:`small_bytes`; or another encoding.
    """
    return small_bytes(path, limit).decode("utf-8-sig")


def parse_toml(text: str) -> dict[str, Any]:
    """Plain data of TOML.

    Raises
    ------
    tomllib.TOMLDecodeError
        Whatever is wrong with it: also a number of thousands of digits, endless lists in lists.
    """
    if has_endless_key(text):
        raise tomllib.TOMLDecodeError("too many lists in lists")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("too many lists in lists") from None
    except ValueError as error:
        # Numbers of thousands of digits are refused without saying so as TOML.
        if isinstance(error, tomllib.TOMLDecodeError):
            raise
        raise tomllib.TOMLDecodeError("a number of that length") from None
    if _is_deep(data):
        raise tomllib.TOMLDecodeError("too many lists in lists")
    return data


def has_endless_key(text: str) -> bool:
    """Whether something in it, like ``a.b.c``, has more parts than tables may lie in each other."""
    return any(found[0].count(".") > DEEPEST for found in _KEY.finditer(text))


def parse_json(data: bytes) -> Any:
    """Plain data of JSON in UTF-8.

    Raises
    ------
    ValueError
        Whatever is wrong with it: also ``NaN``, which is no JSON, and endless lists in lists.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("too many lists in lists") from None
    if _is_deep(found):
        raise ValueError("too many lists in lists")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(phrased("{name} is no number", name=name))


def _is_deep(data: Any) -> bool:
    """Whether lists and tables lie in each other beyond the bound; layer by layer."""
    layer: list[Any] = [data]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for one in layer:
            if isinstance(one, dict):
                inner += cast("dict[str, Any]", one).values()
            elif isinstance(one, list):
                inner += cast("list[Any]", one)
        layer = [one for one in inner if isinstance(one, (dict, list))]
        if not layer:
            return False
    return True
