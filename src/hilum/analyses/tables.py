"""Reading a user's table of effects: CSV or XLSX, every fault with its row and column."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest
from hilum.tabular import MISSING, UTF8, number, read_sheet, study_faults, visible


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text under their column names; ``lines`` are the file's row numbers."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def text(self, column: str) -> list[str]:
        """A column as written, stripped.

        Raises
        ------
        InputError
            No such column; the nearest names are suggested.
        """
        if column not in self.header:
            hint = nearest(column, self.header, 3)
            wanted = phrased("a column of {header}{hint}", header=", ".join(self.header), hint=hint)
            raise InputError(Fault(self.file, 1, column, "", wanted))
        place = self.header.index(column)
        return [row[place].strip() for row in self.rows]

    def numbers(self, column: str) -> list[float]:
        """A column as numbers, NaN where a cell is empty or says NA.

        Raises
        ------
        InputError
            Every cell that is neither.
        """
        faults: list[Fault] = []
        values: list[float] = []
        for line, cell in zip(self.lines, self.text(column), strict=True):
            if cell.lower() in MISSING:
                values.append(float("nan"))
                continue
            try:
                values.append(number(cell))
            except ValueError as error:
                faults.append(Fault(self.file, line, column, cell, error.args[0]))
        if faults:
            raise InputError(*faults)
        return values


def read_table(path: Path) -> Table:
    """Read a CSV (comma, semicolon or tab) or the first sheet of an XLSX file.

    Raises
    ------
    InputError
        No such file, no header, no row, a doubled column, a row of another length, a row of
        totals, or a row that stands there twice.
    """
    sheet = read_sheet(path)
    if sheet.encoding != UTF8:
        print(f"hilum: {path.name}: read as {sheet.encoding}, not UTF-8", file=sys.stderr)
    for one in sheet.asides:
        print(f"hilum: {path.name}: {visible(one)}", file=sys.stderr)
    filled = sheet.rows
    if not filled:
        raise InputError(Fault(path.name, None, "file", "", "a header and at least one row"))
    header = tuple(cell.strip() for cell in filled[0][1])
    faults = [
        Fault(path.name, filled[0][0], name, name, "each column once")
        for name in sorted({name for name in header if name and header.count(name) > 1})
    ]
    faults += [
        Fault(
            path.name,
            line,
            "row",
            f"{len(row)} cells",
            phrased("{number} cells as in the header", number=len(header)),
        )
        for line, row in filled[1:]
        if len(row) != len(header)
    ]
    if len(filled) == 1:
        faults.append(Fault(path.name, None, "file", "", "at least one row below the header"))
    if not faults:
        faults += study_faults(path.name, header, filled[1:])
    if faults:
        raise InputError(*faults)
    return Table(
        path.name,
        header,
        tuple(row for _, row in filled[1:]),
        tuple(line for line, _ in filled[1:]),
    )
