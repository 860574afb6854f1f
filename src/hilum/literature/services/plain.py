"""Answers as plain data: JSON that may hold anything, its leaves as fields, words of markup."""

from __future__ import annotations

import html
import json
import re
from typing import Any, cast

from hilum.errors import phrased
from hilum.literature.bibliography.record import Field
from hilum.literature.services.fault import Passing

DEEPEST = 40
_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
SHOWN = 160


def read_json(body: bytes) -> dict[str, Any]:
    """One JSON object.

    Raises
    ------
    Passing
        It is none: cut short, or a sentence where JSON was asked for.
    """
    try:
        # Some services let control characters stand in their texts.
        found = json.loads(body.decode("utf-8", "strict"), strict=False)
    except (ValueError, RecursionError):
        raise Passing(phrased("no whole JSON object: {seen}", seen=shown(body))) from None
    if not isinstance(found, dict):
        raise Passing(phrased("no whole JSON object: {seen}", seen=shown(body)))
    return cast("dict[str, Any]", found)


def shown(body: bytes) -> str:
    """The beginning of a body, on one line."""
    text = line(body[: 4 * SHOWN].decode("utf-8", "replace"))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def line(text: str) -> str:
    """A text on one line, without characters that command a terminal or stand for no letter."""
    return " ".join(_COMMANDS.sub(" ", text).split())


def obj(value: Any) -> dict[str, Any]:
    """An object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def arr(value: Any) -> list[Any]:
    """A list, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def txt(value: Any) -> str:
    """A text or a number as text, on one line; else empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return line(str(value))


def whole(value: Any) -> int | None:
    """A whole number, also written as text."""
    text = txt(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def year(value: Any) -> int | None:
    """A year in a date or by itself."""
    found = _YEAR.search(txt(value))
    return int(found[1]) if found else None


def doi(value: Any) -> str:
    """A DOI in lower case without its resolver; empty where it is none."""
    text = _DOI.sub("", txt(value)).casefold()
    return text if text.startswith("10.") and "/" in text else ""


def unmarked(value: Any) -> str:
    """A text without its markup."""
    return line(html.unescape(_TAG.sub(" ", txt(value))))


def untagged(value: Any) -> str:
    """A title without inline markup: ``CO<sub>2</sub>`` is one word."""
    return line(html.unescape(_TAG.sub("", txt(value))))


def leaves(value: Any, path: str = "", depth: int = 0) -> list[Field]:
    """Every leaf of plain data as a field under its path, in order."""
    if depth > DEEPEST:
        return [Field(path, "…")]
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return [
            leaf
            for name, one in pairs
            for leaf in leaves(one, f"{path}.{name}" if path else str(name), depth + 1)
        ]
    if isinstance(value, list):
        return [leaf for one in cast("list[Any]", value) for leaf in leaves(one, path, depth + 1)]
    if value is None:
        return []
    text = str(value).lower() if isinstance(value, bool) else str(value)
    # Half of a pair of characters can be written nowhere.
    return [Field(path, text.encode("utf-8", "replace").decode())]


def known(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Identifiers that are there, each once."""
    return tuple(dict.fromkeys(pair for pair in pairs if pair[1]))
