"""Reading a user's table of effects: CSV or XLSX, every fault with its row and column."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.analyses.column_words import HOLDS, USUAL
from hilum.analyses.columns_read import left_unread, read
from hilum.analyses.pooled_row import pooled_doubts
from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest
from hilum.tabular import (
    MISSING,
    REPORTED,
    UTF8,
    given_names,
    limits_read,
    names_intervals,
    number,
    part_intervals,
    read_sheet,
    renamed,
    stated_level,
    study_doubts,
    study_faults,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from hilum.errors import Phrase
    from hilum.tabular import Sheet

    Say = Callable[[Phrase], None]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text under their column names; ``lines`` are the file's row numbers.

    ``renamed`` holds, beside the name under which a column stands in ``header``, the one that the
    file has; either finds it. ``levels``: percent that columns of limits state, by
    the file's name (where any level is read). ``labels`` as in :class:`hilum.tabular.Sheet`.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()

    def text(self, column: str) -> list[str]:
        """A column as written, stripped.

        Raises
        ------
        InputError
            No such column; the nearest names are suggested.
        """
        name = {own: name for name, own in self.renamed}.get(column, column)
        if name not in self.header:
            known = tuple(dict(self.renamed).get(one, one) for one in self.header)
            hint = nearest(column, known, 3)
            wanted = phrased(
                "a column that holds {column}; there are: {header}{hint}",
                column=column,
                header=", ".join(known),
                hint=hint,
            )
            if column in HOLDS:
                wanted = phrased(
                    "{expected}; it holds the {what} and is usually named {usual}",
                    expected=wanted,
                    what=HOLDS[column],
                    usual=USUAL[column],
                )
            raise InputError(Fault(self.file, 1, column, "", wanted))
        read(name)
        place = self.header.index(name)
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
        own = dict(self.renamed).get(column, column)
        for line, cell in zip(self.lines, self.text(column), strict=True):
            if cell.lower() in MISSING:
                values.append(float("nan"))
                continue
            try:
                values.append(number(cell))
            except ValueError as error:
                faults.append(Fault(self.file, line, own, cell, error.args[0]))
        if faults:
            raise InputError(*faults)
        return values


def read_table(
    path: Path,
    wanted: Iterable[str] = (),
    say: Say | None = None,
    named: Mapping[str, str] | None = None,
    level: float | None = None,
) -> Table:
    """Read a CSV (comma, semicolon or tab) or the first sheet of an XLSX file.

    Parameters
    ----------
    wanted : iterable of str
        Columns that an analysis asks for; one that the file has under another known name
        (:mod:`hilum.tabular.columns`) is found, and said.
    say : callable, optional
        Takes each sentence on how the file was read; by default standard error gets it.
    named : mapping, optional
        The file's columns by what they hold, as the user says.
    level : float, optional
        Coverage of the limits that are looked for, where a table has some of several.

    Raises
    ------
    InputError
        No such file, no header, no row, a doubled column, a row of another length, a row of
        totals, or a row that stands there twice.
    """
    return table_of(read_sheet(path), wanted, say, named, level)


def table_of(
    sheet: Sheet,
    wanted: Iterable[str] = (),
    say: Say | None = None,
    named: Mapping[str, str] | None = None,
    level: float | None = None,
) -> Table:
    """The table of a sheet that is read; parameters and errors as :func:`read_table`."""
    say = say or _said
    for one in sheet.asides:
        say(phrased("{file}: {reason}", file=sheet.file, reason=one))
    if sheet.encoding != UTF8:
        message = "{file}: read as {encoding}, not UTF-8"
        say(phrased(message, file=sheet.file, encoding=sheet.encoding))
    filled = sheet.rows
    if not filled:
        raise InputError(Fault(sheet.file, None, "file", "", "a header and at least one row"))
    header = tuple(cell.strip() for cell in filled[0][1])
    faults = [
        Fault(sheet.file, filled[0][0], name, name, "each column once")
        for name in sorted({name for name in header if name and header.count(name) > 1})
    ]
    faults += [
        Fault(
            sheet.file,
            line,
            "row",
            f"{len(row)} cells",
            phrased("{number} cells as in the header", number=len(header)),
        )
        for line, row in filled[1:]
        if len(row) != len(header)
    ]
    if len(filled) == 1:
        faults.append(Fault(sheet.file, None, "file", "", "at least one row below the header"))
    if not faults:
        faults += study_faults(sheet.file, header, filled[1:])
    if faults:
        raise InputError(*faults)
    for one in study_doubts(header, filled[1:]):
        say(phrased("{file}: {reason}", file=sheet.file, reason=one))
    wanted = tuple(wanted)
    named = dict(named or {})
    own = [named.pop(name) for name in tuple(named) if names_intervals(name)]
    asked = "" if level is None else f"{100 * level:g}"
    parted = part_intervals(sheet.file, filled, wanted, own[0] if own else None, asked)
    filled, header = parted.rows, tuple(cell.strip() for cell in parted.rows[0][1])
    for one in parted.said:
        say(one)
    given = given_names(sheet.file, header, wanted, named)
    # A column that is named for one thing is none of another, whatever it is called.
    taken = {own: name for name, own in given.items()}
    free = [taken.get(name, "" if name in given else name) for name in header]
    found = renamed(sheet.file, free, wanted)
    if set(REPORTED) <= set(wanted):
        found |= limits_read(sheet.file, free, found, asked)
    if found:
        columns = ", ".join(f"{column} = {own}" for column, own in found.items())
        say(phrased("{file}: columns: {columns}", file=sheet.file, columns=columns))
    found = {**given, **found}
    names = {own: column for column, own in found.items()}
    limits = [found.get(name, name) for name in REPORTED if set(REPORTED) <= set(wanted)]
    levels = {own: stated for own in limits if (stated := stated_level(own))}
    if parted.level:
        levels[parted.column] = parted.level
    table = Table(
        sheet.file,
        tuple(names.get(name, name) for name in header),
        tuple(row for _, row in filled[1:]),
        tuple(line for line, _ in filled[1:]),
        tuple(found.items()),
        sheet.labels,
        tuple(levels.items()),
    )
    for one in pooled_doubts(table):
        say(phrased("{file}: {reason}", file=sheet.file, reason=one))
    return table


def say_unread(table: Table, known: Iterable[str], say: Say) -> None:
    """Name the columns that nothing asks for, where every row counts whatever they say."""
    for one in unread_said(table, left_unread(table, known)):
        say(one)


def unread_said(table: Table, unread: Iterable[str]) -> tuple[Phrase, ...]:
    """What is told of columns that were left unread; nothing where there is none."""
    columns = ", ".join(unread)
    if not columns:
        return ()
    message = "{file}: left unread, whatever stands in them: columns {columns}"
    return (phrased(message, file=table.file, columns=columns),)


def _said(sentence: Phrase) -> None:
    print(f"hilum: {visible(sentence)}", file=sys.stderr)
