"""Reading a person's changes of certainty from a TOML or CSV file."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest
from hilum.synthesis.certainty import Override
from hilum.tabular.quoting import csv_faults
from hilum.tabular.small import parse_toml, small_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEYS = ("subject", "domain", "from", "to", "reason", "who", "when")
FIELDS = {"from": "before", "to": "after"}


def read_overrides(source: str | Path | Iterable[Override] | None) -> tuple[Override, ...]:
    """Overrides of a file: TOML with ``[[override]]`` tables, or CSV with the same keys as header.

    Raises
    ------
    InputError
        With every fault of the file: a missing or unknown key, a value that is not text.
    """
    if source is None:
        return ()
    if not isinstance(source, str | Path):
        return tuple(source)
    path = Path(source)
    try:
        text = small_text(path)
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or "not UTF-8"
        raise InputError(
            Fault(
                path.name,
                None,
                "file",
                str(path),
                phrased("a file of overrides ({problem})", problem=problem),
            )
        ) from None
    if path.suffix.lower() == ".csv":
        rows = _csv(text, path.name)
    elif path.suffix.lower() == ".toml":
        rows = _toml(text, path.name)
    else:
        raise InputError(Fault(path.name, None, "file", path.name, "a .toml or .csv file"))
    faults: list[Fault] = []
    found: list[Override] = []
    for number, row in rows:
        wrong = list(_faults(row, path.name, number))
        faults += wrong
        if not wrong:
            text_of = {FIELDS.get(key, key): _text(row[key]) for key in KEYS}
            found.append(Override(**text_of, file=path.name, row=number))
    if faults:
        raise InputError(*faults)
    return tuple(found)


def _csv(text: str, name: str) -> list[tuple[int | None, Mapping[str, object]]]:
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    rows: list[tuple[int | None, Mapping[str, object]]] = []
    try:
        for cells in reader:
            if None in cells or any(cell is None for cell in cells.values()):
                raise InputError(
                    Fault(name, reader.line_num, "row", "", "as many cells as in the header")
                )
            rows.append((reader.line_num, dict(cells)))
    except csv.Error as error:
        raise InputError(*csv_faults(text, name, reader.line_num, error)) from None
    return rows


def _toml(text: str, name: str) -> list[tuple[int | None, Mapping[str, object]]]:
    try:
        raw: dict[str, Any] = parse_toml(text)
    except ValueError as error:
        raise InputError(
            Fault(name, None, "file", name, phrased("well-formed TOML ({error})", error=error))
        ) from None
    unknown = [key for key in raw if key != "override"]
    tables = raw.get("override", [])
    if unknown or not isinstance(tables, list):
        value = unknown[0] if unknown else "override"
        raise InputError(Fault(name, None, value, value, "[[override]] tables only"))
    found: list[tuple[int | None, Mapping[str, object]]] = []
    # A table has no line of its own to point at; its place in the file is the next best.
    for number, table in enumerate(cast("list[object]", tables), 1):
        if not isinstance(table, dict):
            raise InputError(Fault(name, number, "override", str(table), "a table"))
        found.append((number, cast("dict[str, object]", table)))
    return found


def _faults(row: Mapping[str, object], name: str, number: int | None) -> Iterable[Fault]:
    for key in KEYS:
        if key not in row:
            yield Fault(
                name,
                number,
                key,
                "",
                phrased("this key; each override has {keys}", keys=", ".join(KEYS)),
            )
        elif not isinstance(row[key], str | date):
            yield Fault(name, number, key, str(row[key]), "text")
    for key in row:
        if key not in KEYS:
            hint = nearest(key, KEYS, 1)
            yield Fault(
                name,
                number,
                key,
                key,
                phrased("one of {known}{hint}", known=", ".join(KEYS), hint=hint),
            )


def _text(value: object) -> str:
    return value.isoformat()[:10] if isinstance(value, date) else str(value).strip()
