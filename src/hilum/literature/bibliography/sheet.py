"""The first sheet of a workbook as lines of CSV, one a row: it is read as any table is."""

from __future__ import annotations

import csv
import zipfile
from io import StringIO
from typing import TYPE_CHECKING, BinaryIO, Final

from hilum.errors import Phrase, joined, phrased
from hilum.tabular.encoding import read_bytes
from hilum.tabular.workbook import MAX_TEXT, read_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORKBOOK: Final = b"PK\x03\x04"
CUT: Final = (
    "row {row}: a cell has {most:,} characters, the most that a workbook holds: it may be cut"
)

CELL: Final = "{cell}: {expected}, where {seen} stands"


def is_workbook(file: BinaryIO) -> bool:
    """Whether an archive is a workbook, whatever the name of the file."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


Lines = tuple[tuple[int, str], ...]


def sheet_lines(path: Path) -> tuple[Lines, tuple[Phrase, ...], dict[int, str]]:
    """Number and text of each row that holds something, what is to be told, and rows at fault.

    Raises
    ------
    InputError
        A workbook that cannot be read, or whose first row is at fault.
    """
    book = read_workbook(read_bytes(path), path.name, by_row=True)
    spoilt = {
        number: joined(
            phrased(CELL, cell=one.column, seen=one.value, expected=one.expected) for one in faults
        )
        for number, faults in book.spoilt.items()
    }
    cut = tuple(
        phrased(CUT, row=number, most=MAX_TEXT)
        for number, cells in book.rows
        if any(len(one) >= MAX_TEXT for one in cells)
    )
    lines = tuple((number, _line(cells)) for number, cells in book.rows)
    return lines, (*book.asides, *cut), spoilt


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue()
