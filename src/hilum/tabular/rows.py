"""Rows of a CSV file or of the first sheet of a workbook, with their line numbers."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, Phrase, phrased
from hilum.tabular.cells import LONGEST_FIGURE
from hilum.tabular.columns import bare
from hilum.tabular.encoding import UTF8, decode, read_bytes
from hilum.tabular.quoting import DOUBTFUL, quote_faults, rows_in
from hilum.tabular.revman_web import analysis_rows, is_analysis_data
from hilum.tabular.totals import SURE, added_up, begins_as_total, doubt_of, is_sum, plain_label
from hilum.tabular.totals import TOTALS as TOTALS
from hilum.tabular.workbook import MAX_CELLS, read_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = tuple[int, tuple[str, ...]]
# A file of Review Manager 5 says so at its head.
REVIEW, HEAD = b"<COCHRANE_REVIEW", 4096
WORKBOOK, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DELIMITERS = (",", ";", "\t")
COMMA = re.compile(r"[+-]?\d+,(\d+)(?:[eE][+-]?\d+)?", re.ASCII)
POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
DECIMAL_COMMAS = phrased("numbers have decimal commas: 0,5 is read as 0.5")
# Columns that name the study of a row.
STUDY_COLUMNS = ("study", "studlab", "slab", "trial", "author", "reference", "studie", "estudio",
                 "etude", "étude", "研究", "研究名称", "作者", "第一作者",
                 "study or subgroup", "study id", "study name", "first author")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that hold something, with the file's line numbers, and the encoding they were in.

    ``asides`` are sentences on what is hidden in a workbook, or was not read of it. ``labels`` are
    what a review calls its two groups, and what it favours on either side of no effect.
    """

    file: str
    rows: tuple[Row, ...]
    encoding: str
    asides: tuple[Phrase, ...] = ()
    labels: tuple[str, ...] = ()


def read_sheet(path: Path) -> Sheet:
    """Read a CSV (comma, semicolon or tab) or the first sheet of an XLSX file.

    The content decides what a file is, not its name.

    Raises
    ------
    InputError
        A file that cannot be read, is damaged or too large, or whose cells do not hold what they
        show (formulas without a stored value, merged cells): each with its place.
    """
    name, _, part = path.name.partition("#")
    if part and not path.is_file() and name.lower().endswith((".rm5", ".csv")):
        # One analysis of a review: FILE.rm5#1.2, or of RevMan Web's data: FILE.csv#1.2.
        review = path.with_name(name)
        if review.is_file():
            return sheet_of(read_bytes(review), name, part)
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing CSV or XLSX file"))
    return sheet_of(read_bytes(path), path.name)


def sheet_of(data: bytes, name: str, part: str = "") -> Sheet:
    """Rows of a file that is in memory already; ``name`` is for its ending and for messages.

    ``part`` names one analysis of a review that holds several.

    Raises
    ------
    InputError
        As :func:`read_sheet`.
    """
    if data.startswith(WORKBOOK):
        book = read_workbook(data, name)
        return Sheet(name, book.rows, UTF8, book.asides)
    if data.startswith(OLD_OFFICE):
        expected = "CSV or XLSX (an old or encrypted workbook: save it as XLSX without a password)"
        raise InputError(Fault(name, None, "file", name, expected))
    if REVIEW in data[:HEAD]:
        from hilum.tabular.revman import review_rows, review_said

        rows = review_rows(data, name, part)
        return Sheet(name, rows, UTF8, *review_said(data, name, part))
    if name.lower().endswith((".xlsx", ".xlsm")):
        expected = "a readable XLSX file (this is no workbook)"
        raise InputError(Fault(name, None, "file", name, expected))
    text, encoding = decode(data, name)
    rows = _csv(text, name)
    if is_analysis_data(rows):
        rows = analysis_rows(rows, name, part)
    elif part:
        expected = "a file of RevMan: no other has several analyses"
        raise InputError(Fault(name, None, "analysis", part, expected))
    pointed = with_points(rows)
    asides = (*_doubts(text, rows), *(() if pointed is None else (DECIMAL_COMMAS,)))
    return Sheet(name, pointed or rows, encoding, asides)


def _csv(text: str, file: str) -> tuple[Row, ...]:
    delimiter = _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[Row] = []
    cells = begun = 0
    try:
        for row in reader:
            begun, line = reader.line_num, begun + 1
            cells += len(row)
            if cells > MAX_CELLS:
                raise InputError(
                    Fault(file, reader.line_num, "cells", f"over {MAX_CELLS:,}", "fewer cells")
                )
            longest = max(map(len, row), default=0)
            if longest > LONGEST_FIGURE:
                wanted = phrased("at most {most} characters in a cell", most=f"{LONGEST_FIGURE:,}")
                faults = quote_faults(text, file, delimiter) if _is_long(row) else []
                raise InputError(*faults or [Fault(file, line, "cell", f"{longest:,}", wanted)])
            if any(cell.strip() for cell in row):
                found.append((reader.line_num, tuple(row)))
    except csv.Error:
        faults = quote_faults(text, file, delimiter)
        if faults:
            raise InputError(*faults) from None
        # Blanks behind a closing quotation mark, which the strict reader refuses, are none.
        return tuple((one.last, one.cells) for one in rows_in(text, delimiter))
    if any(len(row) != len(found[0][1]) and _is_long(row) for _, row in found):
        faults = quote_faults(text, file, delimiter)
        if faults:
            raise InputError(*faults)
    return tuple(found)


def _delimiter(text: str) -> str:
    """What the first line that holds something has most of."""
    first, _, _ = text.lstrip("\r\n").partition("\n")
    return max(DELIMITERS, key=first.count)


def _is_long(row: Sequence[str]) -> bool:
    return any("\n" in cell or "\r" in cell for cell in row)


def _doubts(text: str, rows: Sequence[Row]) -> tuple[Phrase, ...]:
    """What may be rows in a cell of several lines."""
    if not any(_is_long(row) for _, row in rows):
        return ()
    return tuple(
        phrased("line {line}: {reason}", line=one.line, reason=one.doubt)
        for one in rows_in(text, _delimiter(text))
        if one.doubt == DOUBTFUL
    )


def with_points(rows: tuple[Row, ...]) -> tuple[Row, ...] | None:
    """The rows with points where their numbers have decimal commas; None where they have none.

    A comma is a decimal one where some number has one and not three digits behind it (``1,234`` may
    be a thousand), and no number of the file has a point.
    """
    cells = [cell.strip() for _, row in rows[1:] for cell in row]
    commas = [cell for cell in cells if COMMA.fullmatch(cell)]
    if all(len(COMMA.fullmatch(cell)[1]) == 3 for cell in commas):  # pyright: ignore[reportOptionalSubscript]
        return None
    if any(POINT.fullmatch(cell) for cell in cells):
        return None
    return (
        *rows[:1],
        *(
            (line, tuple(_pointed(cell) if COMMA.fullmatch(cell.strip()) else cell for cell in row))
            for line, row in rows[1:]
        ),
    )


def _pointed(cell: str) -> str:
    return cell.replace(",", ".")


def study_faults(file: str, header: Sequence[str], rows: Sequence[Row]) -> list[Fault]:
    """Rows that would count studies twice: one of totals, and one that stands there before.

    Looked for where a column names the study of a row; several rows of one study are its arms,
    outcomes or times, and differ somewhere.
    """
    place = studies_at(header)
    if place is None:
        return []
    column = header[place].strip()
    sums = {i: lines for i, lines, columns in added_up(rows, place) if columns >= SURE}
    faults: list[Fault] = []
    seen: dict[tuple[str, ...], int] = {}
    for count, (line, row) in enumerate(rows):
        label = plain_label(row[place])
        above = [one for _, one in rows[:count]] if not label else []
        if label in TOTALS or (not label and is_sum(row, above, place)):
            expected = "a study: a row of totals counts every study twice (leave it out)"
            faults.append(Fault(file, line, column, row[place], expected))
        elif begins_as_total(label):
            expected = (
                "a study: it begins as a row of totals does, which counts every study twice "
                "(leave it out; a study of such a name has its year behind it)"
            )
            faults.append(Fault(file, line, column, row[place], expected))
        elif count in sums:
            first, last = sums[count]
            expected = phrased(
                "a study: each of its counts is the sum of rows {first} to {last}, so that it "
                "counts every study twice (leave it out)",
                first=first, last=last,
            )  # fmt: skip
            faults.append(Fault(file, line, column, row[place], expected))
        key = (label, *(cell.strip() for n, cell in enumerate(row) if n != place))
        before = seen.setdefault(key, line)
        if before != line and label:
            expected = phrased("each row once (line {before} is the same)", before=before)
            faults.append(Fault(file, line, column, row[place], expected))
    return faults


def study_doubts(header: Sequence[str], rows: Sequence[Row]) -> list[Phrase]:
    """Rows that may be of totals: two counts add up, which chance can do."""
    place = studies_at(header)
    if place is None:
        return []
    return [
        doubt_of(rows[i][0], rows[i][1][place].strip(), lines)
        for i, lines, columns in added_up(rows, place)
        if columns < SURE
    ]


def studies_at(header: Sequence[str]) -> int | None:
    """The column that names the study of a row."""
    names = [bare(cell) for cell in header]
    return next((names.index(bare(one)) for one in STUDY_COLUMNS if bare(one) in names), None)
