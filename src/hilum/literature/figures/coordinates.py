"""Files of clicked coordinates: a table with names, or an export of a digitising program."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.tabular import number as as_number
from hilum.tabular import read_text

if TYPE_CHECKING:
    from pathlib import Path

TIME = ("time", "months", "month", "years", "year", "weeks", "days", "x")
SURVIVAL = ("survival", "surv", "s", "y", "os", "pfs", "surv_percent")
MARKS = ("curve", "censor")
# A table of coordinates is small; a larger file is something else.
LARGEST_FILE = 20_000_000


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Points of one curve as they stand in a file.

    Attributes
    ----------
    file, name : str
        Where they were read and which curve of the file they are ("" where it has one).
    time, survival : tuple of float
        As written; survival may be in percent.
    lines : tuple of int
        Line of the file of each point.
    censor_time, censor_lines
        Censoring ticks, where a column ``kind`` says ``censor``.
    unit : str or None
        Unit of time, where the file states it.
    precision : float or None
        Standard error of survival as a share, where the file states it.
    """

    file: str
    name: str
    time: tuple[float, ...]
    survival: tuple[float, ...]
    lines: tuple[int, ...]
    censor_time: tuple[float, ...] = ()
    censor_lines: tuple[int, ...] = ()
    unit: str | None = None
    precision: float | None = None


def read_coordinates(path: Path) -> list[Coordinates]:
    """Every curve of a file of coordinates.

    Read are: a table with the columns ``time`` and ``survival`` (and, where present, ``arm``,
    ``kind`` = curve or censor, ``unit``, ``precision``); exports of WebPlotDigitizer (pairs of
    columns under ``X,Y``, the names of the data sets above, or two bare columns) and of DigitizeIt
    (x and one column a curve, or two bare columns). Cells are parted by comma, semicolon, tab or
    blanks; a comma is a decimal point where another sign parts the cells.

    Raises
    ------
    InputError
        Every cell that is not a number, a file without curve, or one that is not text.
    """
    rows = _rows(path)
    first = [cell.lower() for cell in rows[0][1]]
    if not any(_is_number(cell) for cell in first):
        time = next((i for name in TIME for i, cell in enumerate(first) if cell == name), None)
        survival = next(
            (i for name in SURVIVAL for i, cell in enumerate(first) if cell == name), None
        )
        pairs = len(rows) > 1 and {cell.lower() for cell in rows[1][1] if cell} == {"x", "y"}
        if pairs:
            return _pairs(path.name, rows[0][1], rows[2:])
        if first.count("x") > 1:
            return _pairs(path.name, [""] * len(first), rows[1:])
        if time is not None and survival is not None:
            return _named(path.name, first, time, survival, rows[1:])
        if time is not None and first[time] == "x":
            return _shared(path.name, rows[0][1], time, rows[1:])
        wanted = "columns time and survival (or x and y)"
        found = ", ".join(rows[0][1])
        raise InputError(Fault(path.name, rows[0][0], "header", found, wanted))
    if len(first) == 2:
        return _pairs(path.name, ["", ""], rows)
    return _shared(path.name, [f"curve {i}" for i in range(len(first))], 0, rows)


def choose(curves: list[Coordinates], wanted: str | None) -> Coordinates:
    """The curve of that name or number (from 1); the only one where nothing is asked.

    Raises
    ------
    InputError
        None of that name, or several and none asked for.
    """
    names = [curve.name or str(i) for i, curve in enumerate(curves, start=1)]
    if wanted is None and len(curves) == 1:
        return curves[0]
    for i, name in enumerate(names):
        if wanted in (name, str(i + 1)):
            return curves[i]
    expected = phrased("one of {known}", known=", ".join(names))
    raise InputError(Fault("", None, "curve", wanted or "", expected))


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing file"))
    if path.stat().st_size > LARGEST_FILE:
        size = f"{path.stat().st_size / 1e6:.0f} MB"
        raise InputError(Fault(path.name, None, "file", size, "coordinates (at most 20 MB)"))
    content, _ = read_text(path)
    lines = [
        (number, line)
        for number, line in enumerate(content.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith(("#", "//"))
    ]
    if len(lines) < 2:
        wanted = "at least two points"
        raise InputError(Fault(path.name, None, "file", f"{len(lines)} lines", wanted))
    signs = (";", "\t", ",")
    sign = next((s for s in signs if all(s in line for _, line in lines)), None)
    if sign is None:
        # A line that lacks its sign is a fault to be named, not another form.
        sign = next((s for s in signs if s in lines[0][1]), None)
    out: list[tuple[int, list[str]]] = []
    for number, line in lines:
        if sign is None:
            cells = line.split()
        else:
            try:
                cells = next(csv.reader([line], delimiter=sign, skipinitialspace=True))
            except csv.Error as error:
                wanted = phrased("readable cells ({error})", error=error)
                raise InputError(Fault(path.name, number, "row", line[:40], wanted)) from None
        cells = [cell.strip() for cell in cells]
        if sign != ",":
            # 3,5 is how half of Europe writes 3.5.
            cells = [
                cell.replace(",", ".") if re.fullmatch(r"-?\d*,\d+(e-?\d+)?", cell) else cell
                for cell in cells
            ]
        out.append((number, cells))
    return out


def _is_number(cell: str) -> bool:
    try:
        as_number(cell)
    except ValueError:
        return False
    return True


# What a number of a table may be, where an empty cell may not stand.
NOT_EMPTY = {
    "a finite number": "a finite number",
    "a number without signs between thousands, or empty": "a number without signs between "
    "thousands",
    "a number with a point before its decimals, or empty": "a number with a point before its "
    "decimals",
    "a number, or empty": "a number",
}


def _value(cell: str, file: str, line: int, column: str, faults: list[Fault]) -> float:
    try:
        return as_number(cell)
    except ValueError as error:
        faults.append(Fault(file, line, column, cell, NOT_EMPTY[error.args[0]]))
        return math.nan


def _named(
    file: str, header: list[str], time: int, survival: int, rows: list[tuple[int, list[str]]]
) -> list[Coordinates]:
    at = {name: i for i, name in enumerate(header)}
    faults: list[Fault] = []
    arms: dict[str, dict[str, list[float]]] = {}
    units: dict[str, str] = {}
    if header[time] in ("month", "months", "year", "years", "weeks", "days"):
        units[""] = header[time].rstrip("s") + "s"
    for line, cells in rows:
        if len(cells) != len(header):
            wanted = phrased("{number} cells as in the header", number=len(header))
            faults.append(Fault(file, line, "row", f"{len(cells)} cells", wanted))
            continue
        name = cells[at["arm"]] if "arm" in at else ""
        kind = cells[at["kind"]].lower() if "kind" in at else "curve"
        if kind not in MARKS:
            faults.append(Fault(file, line, "kind", kind, "curve or censor"))
            continue
        own = arms.setdefault(
            name,
            {"time": [], "survival": [], "line": [], "tick": [], "tick_line": [], "precision": []},
        )
        when = _value(cells[time], file, line, header[time], faults)
        if "unit" in at and cells[at["unit"]]:
            known = units.setdefault(name, cells[at["unit"]])
            if known != cells[at["unit"]]:
                wanted = phrased("{known} as above", known=known)
                faults.append(Fault(file, line, "unit", cells[at["unit"]], wanted))
        if "precision" in at and cells[at["precision"]]:
            own["precision"].append(_value(cells[at["precision"]], file, line, "precision", faults))
        if kind == "censor":
            own["tick"].append(when)
            own["tick_line"].append(line)
            continue
        own["time"].append(when)
        own["survival"].append(_value(cells[survival], file, line, header[survival], faults))
        own["line"].append(line)
    if faults:
        raise InputError(*faults)
    return [
        Coordinates(
            file,
            name,
            tuple(own["time"]),
            tuple(own["survival"]),
            tuple(int(line) for line in own["line"]),
            tuple(own["tick"]),
            tuple(int(line) for line in own["tick_line"]),
            units.get(name, units.get("")),
            max(own["precision"]) if own["precision"] else None,
        )
        for name, own in arms.items()
    ]


def _pairs(file: str, names: list[str], rows: list[tuple[int, list[str]]]) -> list[Coordinates]:
    """Columns x, y, x, y, ...; shorter curves end with empty cells."""
    faults: list[Fault] = []
    curves: list[Coordinates] = []
    many = max([len(names), *(len(cells) for _, cells in rows)]) // 2
    for i in range(many):
        label = next((name for name in names[2 * i : 2 * i + 2] if name), "")
        curves += _curve(file, label, 2 * i, 2 * i + 1, rows, faults)
    return _all_or_none(file, curves, faults)


def _shared(
    file: str, names: list[str], time: int, rows: list[tuple[int, list[str]]]
) -> list[Coordinates]:
    """One column of x, and one of y a curve."""
    faults: list[Fault] = []
    curves: list[Coordinates] = []
    for i, name in enumerate(names):
        if i != time:
            curves += _curve(file, name, time, i, rows, faults)
    return _all_or_none(file, curves, faults)


def _curve(
    file: str, name: str, x: int, y: int, rows: list[tuple[int, list[str]]], faults: list[Fault]
) -> list[Coordinates]:
    times: list[float] = []
    values: list[float] = []
    lines: list[int] = []
    for line, cells in rows:
        pair = [cells[i] if i < len(cells) else "" for i in (x, y)]
        if not pair[1] or not any(pair):
            continue
        times.append(_value(pair[0], file, line, "x", faults))
        values.append(_value(pair[1], file, line, "y", faults))
        lines.append(line)
    if not times:
        return []
    return [Coordinates(file, name, tuple(times), tuple(values), tuple(lines))]


def _all_or_none(file: str, curves: list[Coordinates], faults: list[Fault]) -> list[Coordinates]:
    if faults:
        raise InputError(*faults)
    if not curves:
        raise InputError(Fault(file, None, "file", "no point", "x and y of at least one curve"))
    return curves
