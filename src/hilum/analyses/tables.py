"""Reading a user's table of effects: CSV or XLSX, every fault with its row and column."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from pathlib import Path

from hilum.errors import Fault, InputError, MissingExtra

MISSING = frozenset({"", "na", "nan", "n/a", "null", ".", "-"})


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
            near = difflib.get_close_matches(column, self.header, 3)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            wanted = f"a column of {', '.join(self.header)}{hint}"
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
                value = float(cell)
            except ValueError:
                faults.append(Fault(self.file, line, column, cell, "a number, or empty"))
                continue
            if value in (float("inf"), float("-inf")):
                faults.append(Fault(self.file, line, column, cell, "a finite number"))
            values.append(value)
        if faults:
            raise InputError(*faults)
        return values


def read_table(path: Path) -> Table:
    """Read a CSV (comma, semicolon or tab) or the first sheet of an XLSX file.

    Raises
    ------
    InputError
        No such file, no header, no row, a doubled column, or a row of another length.
    MissingExtra
        XLSX without the extra ``tables``.
    """
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing CSV or XLSX file"))
    rows = _sheet(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _text(path)
    filled = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise InputError(Fault(path.name, None, "file", "", "a header and at least one row"))
    header = tuple(cell.strip() for cell in filled[0][1])
    faults = [
        Fault(path.name, filled[0][0], name, name, "each column once")
        for name in sorted({name for name in header if name and header.count(name) > 1})
    ]
    faults += [
        Fault(path.name, line, "row", f"{len(row)} cells", f"{len(header)} cells as in the header")
        for line, row in filled[1:]
        if len(row) != len(header)
    ]
    if len(filled) == 1:
        faults.append(Fault(path.name, None, "file", "", "at least one row below the header"))
    if faults:
        raise InputError(*faults)
    return Table(
        path.name,
        header,
        tuple(tuple(row) for _, row in filled[1:]),
        tuple(line for line, _ in filled[1:]),
    )


def _text(path: Path) -> list[tuple[int, list[str]]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        wanted = "text in UTF-8"
        raise InputError(Fault(path.name, None, "file", f"byte {error.start}", wanted)) from None
    first = content.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(content.splitlines(keepends=True), delimiter=delimiter)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        wanted = f"readable CSV ({error})"
        raise InputError(Fault(path.name, reader.line_num, "row", "", wanted)) from None


def _sheet(path: Path) -> list[tuple[int, list[str]]]:
    try:
        from openpyxl import load_workbook  # pyright: ignore[reportMissingModuleSource]
    except ImportError:
        message = "XLSX needs the extra tables: pip install 'hilum[tables]'"
        raise MissingExtra(message) from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets every kind of error out
        wanted = f"a readable XLSX file ({type(error).__name__})"
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    sheet = book.worksheets[0]
    return [
        (line, ["" if cell is None else str(cell) for cell in row])
        for line, row in enumerate(sheet.iter_rows(values_only=True), start=1)
    ]
