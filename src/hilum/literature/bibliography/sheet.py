"""The first sheet of a workbook as lines of CSV, one a row: it is read as any table is."""

from __future__ import annotations

import csv
import zipfile
from io import StringIO
from typing import TYPE_CHECKING, BinaryIO, Final

from hilum.errors import Phrase, phrased
from hilum.tabular.encoding import read_bytes
from hilum.tabular.workbook import MAX_TEXT, read_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORKBOOK: Final = b"PK\x03\x04"
CUT: Final = (
    "row {row}: a cell has {most:,} characters, the most that a workbook holds: it may be cut"
)


def is_workbook(file: BinaryIO) -> bool:
    """Whether an archive is a workbook, whatever the name of the file."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def sheet_lines(path: Path) -> tuple[tuple[tuple[int, str], ...], tuple[Phrase, ...]]:
    """Number and text of each row that holds something, and what is to be told of the workbook.

    Raises
    ------
    InputError
        A workbook that cannot be read; formulas without a stored value, merged cells.
    """
    book = read_workbook(read_bytes(path), path.name)
    cut = tuple(
        phrased(CUT, row=number, most=MAX_TEXT)
        for number, cells in book.rows
        if any(len(one) >= MAX_TEXT for one in cells)
    )
    return tuple((number, _line(cells)) for number, cells in book.rows), (*book.asides, *cut)


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue()
