"""The numbers at risk under a survival curve, from a small table."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.tabular import number, read_text
from hilum.tabular.quoting import csv_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# Days of each unit of time; a column of times may be headed by one of them.
DAYS: Final = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
HEADED: Final = {head: unit for unit in DAYS for head in (unit, unit.rstrip("s"))}
# Of one arm, each reconstructed: some 20 kB a patient while they are laid out.
MOST = 50_000
DIGITS = 12

Entry = tuple[float, int, int]
"""Time, number at risk, line."""


@dataclass(frozen=True, slots=True)
class RiskTable:
    """Numbers at risk of one arm; ``lines`` are rows of the file; ``unit`` None where not said."""

    file: str
    arm: str
    time: tuple[float, ...]
    n: tuple[int, ...]
    lines: tuple[int, ...]
    unit: str | None = None

    def within(self, unit: str) -> RiskTable:
        """The same with times in another unit; as it is where it says none."""
        if self.unit in (None, unit):
            return self
        ratio = DAYS[self.unit] / DAYS[unit]
        return replace(self, time=tuple(t * ratio for t in self.time), unit=unit)


def read_risk_table(path: Path) -> dict[str, RiskTable]:
    """The table of each arm ("" where there is no column ``arm``).

    Its unit of time stands in a column ``unit``, or heads the column of times (``years``).

    Raises
    ------
    InputError
        A column missing, a cell that is not a time or a whole number, a time given twice or below
        0, a number that rises, an unknown unit or several.
    """
    rows = _rows(path)
    header = [cell.lower() for cell in rows[0][1]] if rows else []
    heads = [cell for cell in header if cell in HEADED]
    if "time" not in header and len(heads) == 1:
        header[header.index(heads[0])] = "time"
    else:
        heads = []
    if "time" not in header or "n" not in header or len(rows) < 2:
        wanted = "a header time,n and at least one row"
        raise InputError(Fault(path.name, 1, "header", ",".join(header), wanted))
    faults: list[Fault] = []
    arms: dict[str, list[Entry]] = {}
    unit = HEADED[heads[0]] if heads else None
    for line, row in rows[1:]:
        cells = dict(zip(header, row, strict=False))
        said = cells.get("unit", "").lower()
        if said and (HEADED.get(said) is None or unit not in (None, HEADED[said])):
            known = phrased("{known} as above", known=unit) if unit else _known()
            faults.append(Fault(path.name, line, "unit", cells["unit"], known))
        elif said:
            unit = HEADED[said]
        entry = _entry(path.name, line, cells)
        if isinstance(entry, Fault):
            faults.append(entry)
        else:
            arms.setdefault(cells.get("arm", ""), []).append(entry)
    for own in arms.values():
        own.sort(key=lambda entry: entry[0])
        faults += _order(path.name, own)
    if faults:
        raise InputError(*faults)
    return {
        name: RiskTable(
            path.name,
            name,
            tuple(t for t, _, _ in own),
            tuple(n for _, n, _ in own),
            tuple(line for _, _, line in own),
            unit,
        )
        for name, own in arms.items()
    }


def _known() -> str:
    return phrased("one of {known}", known=", ".join(DAYS))


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of the file that hold something, each with its line."""
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing CSV file"))
    content, _ = read_text(path)
    first = content.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(content.splitlines(), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        faults = csv_faults(content, path.name, reader.line_num, error, delimiter)
        raise InputError(*faults) from None
    return [(line, row) for line, row in rows if any(row)]


def _entry(file: str, line: int, cells: Mapping[str, str]) -> Entry | Fault:
    """Time, number and line of one row, or what is wrong with it."""
    try:
        time = number(cells.get("time", ""))
    except ValueError:
        time = -1.0
    if not 0 <= time < float("inf"):
        return Fault(file, line, "time", cells.get("time", ""), "a time from 0")
    count = cells.get("n", "")
    if not count.isdecimal():
        return Fault(file, line, "n", count, "a whole number from 0")
    # Its length first: thousands of digits are no number to Python.
    if len(count) > DIGITS or int(count) > MOST:
        return Fault(file, line, "n", count, phrased("at most {most:,} patients", most=MOST))
    return time, int(count), line


def _order(file: str, own: Sequence[Entry]) -> Iterator[Fault]:
    """Times of one arm that stand twice, and numbers that rise; the entries are in order."""
    for (t0, n0, _), (t1, n1, line) in pairwise(own):
        if t1 == t0:
            yield Fault(file, line, "time", f"{t1:g}", "each time once")
        if n1 > n0:
            wanted = phrased(
                "at most {n0}, the number at risk at {t0:g}: it never rises", n0=n0, t0=t0
            )
            yield Fault(file, line, "n", str(n1), wanted)
