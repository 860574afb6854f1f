"""A case file from the disk to plain data; says which line a key stands in."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased
from hilum.patient.parse_faults import parse_fault
from hilum.tabular.small import has_endless_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path, PurePath

JSON_SUFFIX = ".json"


# Some hundred facts and a letter's worth of words; nothing a person writes is larger.
MAX_BYTES = 10_000_000


class Twice(dict[str, Any]):
    """An object of JSON with a key that stands twice; ``repeated`` holds all its values."""

    repeated: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a case file says: its data, name and text."""

    data: dict[str, Any]
    file: str
    stem: str
    text: str = field(default="", repr=False)

    def line(self, key: str, table: str = "patient") -> int | None:
        """The line in which a key of a table is set, the first being 1."""
        lines = self.text.splitlines()
        name = re.escape(table)
        start = _first(rf"""\s*(?:\[\s*["']?{name}["']?\s*\]|.*"{name}"\s*:)""", lines, 0) or 1
        pattern = rf"""(?:[\s{{,\[]*|.*[{{,]\s*)["']?{re.escape(key)}["']?\s*[=:\].]"""
        return _first(pattern, lines, start - 1) or _first(pattern, lines, 0)


def _first(pattern: str, lines: list[str], start: int) -> int | None:
    """The first line from ``start`` on that begins with a pattern, the first being 1."""
    found = re.compile(pattern)
    return next((n + 1 for n in range(start, len(lines)) if found.match(lines[n])), None)


def load_case(path: Path) -> CaseFile:
    """Read a TOML or JSON file; a byte order mark and any line end are accepted.

    Raises
    ------
    InputError
        When the file cannot be read or is not TOML or JSON.
    """
    try:
        with path.open("rb") as opened:
            # What is too large is not read; a pipe or a device does not say how large it is.
            raw = opened.read(MAX_BYTES + 1)
        text = raw.decode("utf-8-sig") if len(raw) <= MAX_BYTES else None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        fault = Fault(
            str(path),
            None,
            "file",
            path.name,
            phrased("a readable case file ({reason})", reason=reason),
        )
        raise InputError(fault) from error
    if text is None:
        expected = phrased("a case of at most {most:,} bytes", most=MAX_BYTES)
        raise InputError(Fault(str(path), None, "file", f"over {MAX_BYTES:,} bytes", expected))
    return parsed_case(text, path)


def parsed_case(text: str, path: Path | PurePath) -> CaseFile:
    """The case that a text says; of ``path`` only the name counts, and nothing is opened.

    Raises
    ------
    InputError
        When it is not TOML or JSON, whichever the name says.
    """
    text = text.replace("\r\n", "\n")
    is_json = path.suffix.lower() == JSON_SUFFIX
    kind = "JSON" if is_json else "TOML"
    try:
        data: Any = json.loads(text, object_pairs_hook=_pairs) if is_json else _toml(text)
    except RecursionError as error:
        raise InputError(
            Fault(
                path.name,
                None,
                "file",
                "",
                phrased("valid {kind} without so many nested lists", kind=kind),
            )
        ) from error
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        line, reason = parse_fault(error)
        expected = phrased("valid {kind}: {reason}", kind=kind, reason=reason)
        raise InputError(Fault(path.name, line, "file", "", expected)) from error
    except ValueError as error:  # a number of thousands of digits
        expected = phrased("valid {kind} without numbers of that length", kind=kind)
        raise InputError(Fault(path.name, None, "file", "", expected)) from error
    if not isinstance(data, dict):
        raise InputError(Fault(path.name, None, "file", "", "a table [patient]"))
    return CaseFile(cast("dict[str, Any]", data), path.name, path.stem, text)


def values_of(table: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Every key with its value, a repeated key with each of its values."""
    repeated = table.repeated if isinstance(table, Twice) else {}
    for key, value in table.items():
        for one in repeated.get(key, [value]):
            yield str(key), one


def _toml(text: str) -> dict[str, Any]:
    if has_endless_key(text):
        raise RecursionError
    return tomllib.loads(text)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice = Twice(found)
    values: dict[str, list[Any]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    twice.repeated = {key: many for key, many in values.items() if len(many) > 1}
    return twice
