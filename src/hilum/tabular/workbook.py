"""The first sheet of an XLSX workbook, cell by cell: bounded memory, nothing computed or guessed.

Office Open XML, ECMA-376 part 1. Empty cells take no memory, however far out one stands; a cell
whose value was never stored, or stands in a merged range, is a fault and not a missing value.
"""

from __future__ import annotations

import datetime
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

from hilum.errors import Fault, InputError, Phrase, phrased
from hilum.tabular.hidden import TRUE, Hidden, column_name, sheets_said

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

MAX_CELLS = 2_000_000
# Of one part of the archive, unpacked.
MAX_PART = 2**28
MAX_ROWS = 2**20
MOST = 20  # faults of a kind that are listed
MAX_TEXT = 32_767  # characters of a cell, the format's own limit
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REL_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# Built-in number formats of dates and times (ECMA-376 part 1, 18.8.30).
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workbook:
    """Rows of a sheet with their numbers, and what a reader of it has to be told.

    ``spoilt`` are faults by row, of a sheet that was asked for row by row.
    """

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    asides: tuple[Phrase, ...]
    spoilt: dict[int, list[Fault]] = field(default_factory=dict[int, list[Fault]])


def read_workbook(data: bytes, file: str, *, by_row: bool = False) -> Workbook:
    """Rows of the first sheet that hold something, each as wide as the widest.

    Said beside them: which sheet of several was read, and what of it is hidden. ``by_row``: a fault
    below the first row is that of its row, and spoils no other; a column of nothing but formulas
    that were never computed is read as empty, and said.

    Raises
    ------
    InputError
        A damaged or oversized workbook, formulas without a stored value, merged cells, a cell
        beyond the columns of the first row.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _sheet(archive, file, by_row=by_row)
    except InputError:
        raise
    except (
        zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, EOFError,
        NotImplementedError, RuntimeError, OverflowError, IndexError, AttributeError, OSError,
    ) as error:  # fmt: skip
        plain = " ".join(str(error).split())[:120] or type(error).__name__
        reason = _first(error) if isinstance(_first(error), Phrase) else plain
        wanted = phrased("a readable XLSX file (a part of it is damaged: {reason})", reason=reason)
        raise InputError(Fault(file, None, "file", file, wanted)) from None


def _sheet(archive: zipfile.ZipFile, file: str, *, by_row: bool) -> Workbook:
    """The first sheet of the archive, where nothing in it is at fault."""
    book, links = _parsed(archive, "xl/workbook.xml"), _links(archive)
    sheets = [one for one in book.iter() if _tag(one) == "sheet"]
    if not sheets:
        raise InputError(Fault(file, None, "file", file, "a workbook with a sheet"))
    path = links[sheets[0].get(_REL) or sheets[0].get(_REL_STRICT) or ""]
    since_1904 = any(
        one.get("date1904") in ("1", "true") for one in book.iter() if _tag(one) == "workbookPr"
    )
    strings, dates = _strings(archive), _date_styles(archive)
    with _part(archive, path) as part:
        met = _met(part, file, lambda cell: _value(cell, strings, dates, since_1904))
    never = _whole_columns(met) if by_row else {}
    rows = sorted(met.cells)
    width = max(met.cells[rows[0]], default=0) if rows else 0
    most = None if by_row else MOST
    faults = [*met.faults, *_merged(met, file)[:most], *_beyond(met, file, width)[:most]]
    spoilt = _by_row(faults, rows) if by_row else {}
    if faults and (not by_row or not rows or rows[0] in spoilt):
        raise InputError(*faults)
    read = tuple(
        (number, tuple(met.cells[number].get(place, "") for place in range(1, width + 1)))
        for number in rows
    )
    said = (*sheets_said(sheets), *met.hidden.said(rows, width), *_never_said(never, met.cells))
    return Workbook(read, said, spoilt)


BEYOND: Final = "cells below the header, in columns A to {column}"
NEVER: Final = (
    "column {column} ({name}): none of its formulas ({count}) was ever computed, so that it is "
    "read as empty; open the file in a spreadsheet program and save it"
)
FORMULA: Final = "formula"
"""What stands for a formula that no value is stored of."""


def _whole_columns(met: _Met) -> dict[int, int]:
    """Columns of nothing but such formulas below their name, and how many; they are taken out."""
    top = min(met.cells, default=0)
    found: dict[int, int] = {}
    for place in {column for row in met.cells.values() for column in row}:
        held = [row for row, cells in met.cells.items() if row != top and place in cells]
        if len(held) > 1 and all((row, place) in met.never for row in held):
            found[place] = len(held)
            for row in held:
                del met.cells[row][place]
                met.faults.remove(met.never[row, place])
    met.cells = {row: cells for row, cells in met.cells.items() if cells}
    return found


def _never_said(never: dict[int, int], cells: dict[int, dict[int, str]]) -> list[Phrase]:
    first = cells[min(cells)] if cells else {}
    return [
        phrased(NEVER, column=column_name(place), name=first.get(place, "-"), count=count)
        for place, count in sorted(never.items())
    ]


def _by_row(faults: list[Fault], rows: list[int]) -> dict[int, list[Fault]]:
    """Faults by the row that they spoil; a merged range spoils every row that it touches."""
    found: dict[int, list[Fault]] = {}
    for one in faults:
        touched = [one.row] if one.row is not None else _touched(one.value, rows)
        for row in touched:
            found.setdefault(row, []).append(one)
    return found


def _touched(reference: str, rows: list[int]) -> list[int]:
    ends = [int(one) for one in re.findall(r"\d+", reference)] or [0, MAX_ROWS]
    return [one for one in rows if min(ends) <= one <= max(ends)]


@dataclass(slots=True)
class _Met:
    """What was met on the way through a sheet: cells by row and column, and what is not read."""

    cells: dict[int, dict[int, str]] = field(default_factory=dict[int, dict[int, str]])
    faults: list[Fault] = field(default_factory=list[Fault])
    merged: list[str] = field(default_factory=list[str])
    hidden: Hidden = field(default_factory=Hidden)
    never: dict[tuple[int, int], Fault] = field(default_factory=dict[tuple[int, int], Fault])


def _met(part: Any, file: str, valued: Callable[[ElementTree.Element], str | None]) -> _Met:
    """Go through a sheet once; ``valued`` reads a cell."""
    met = _Met()
    count = row = column = 0
    for event, element in _events(part):
        tag = _tag(element)
        if event == "start" and tag == "row":
            row, column = int(element.get("r") or row + 1), 0
            if element.get("hidden") in TRUE:
                met.hidden.rows.append(row)
        elif event == "start" and tag == "col" and element.get("hidden") in TRUE:
            met.hidden.spans.append((int(element.get("min") or 0), int(element.get("max") or 0)))
        elif event == "end" and tag == "c":
            row, column = _place(element.get("r"), row, column + 1)
            text = valued(element)
            if text is None:
                fault = _never_computed(file, row, column)
                met.faults.append(fault)
                met.never[row, column] = fault
                met.cells.setdefault(row, {})[column] = FORMULA
            elif text.strip():
                count += 1
                if count > MAX_CELLS:
                    seen = f"over {MAX_CELLS:,}"
                    raise InputError(Fault(file, row, "cells", seen, "fewer cells"))
                met.cells.setdefault(row, {})[column] = text
            element.clear()
        elif event == "end" and tag == "row":
            element.clear()
        elif event == "end" and tag == "mergeCell":
            met.merged.append(element.get("ref") or "")
    return met


def _never_computed(file: str, row: int, column: int) -> Fault:
    """The fault of a formula that no value is stored of."""
    where = f"{column_name(column)}{row}"
    expected = (
        "a stored value: this formula was never computed (open the file in a "
        "spreadsheet program and save it)"
    )
    return Fault(file, row, where, "formula", expected)


def _merged(met: _Met, file: str) -> list[Fault]:
    """Faults of the first merged ranges."""
    return [
        Fault(file, None, "merged cells", one, "a value in each cell (undo the merge)")
        for one in met.merged
    ]


def _beyond(met: _Met, file: str, width: int) -> list[Fault]:
    """Faults of the first cells that stand beyond the columns of the first row."""
    return [
        Fault(
            file, number, f"{column_name(place)}{number}", met.cells[number][place],
            phrased(BEYOND, column=column_name(width)),
        )
        for number in sorted(met.cells)
        for place in sorted(met.cells[number])
        if place > width
    ]  # fmt: skip


def _first(error: BaseException) -> object:
    return error.args[0] if error.args else None


UNPACKED = "{name} is over {most:,} bytes once unpacked"


def _tag(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(_MAIN).removeprefix(_STRICT)


def _part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """One part of the archive, refused where it grows beyond bounds or declares entities."""
    info = archive.getinfo(name)
    if info.file_size > MAX_PART:
        raise ValueError(phrased(UNPACKED, name=name, most=MAX_PART))
    return _Bounded(archive.open(info), name)  # pyright: ignore[reportReturnType]


class _Bounded:
    """A stream that stops at its bound, whatever the archive says of its size."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.stream, self.name, self.left = stream, name, MAX_PART
        self.first = True

    def read(self, size: int = 65536) -> bytes:
        """The next bytes."""
        data = self.stream.read(min(size, 65536) if size > 0 else 65536)
        self.left -= len(data)
        if self.left < 0:
            raise ValueError(phrased(UNPACKED, name=self.name, most=MAX_PART))
        if self.first and b"<!DOCTYPE" in data:
            raise ValueError(phrased("{name} declares a document type", name=self.name))
        self.first = False
        return data

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()


def _events(part: Any) -> Generator[tuple[str, ElementTree.Element]]:
    """Start and end of elements, forgotten as they pass."""
    stack: list[ElementTree.Element] = []
    for event, element in ElementTree.iterparse(part, events=("start", "end")):
        if event == "start":
            stack.append(element)
        else:
            stack.pop()
        yield event, element
        if event == "end" and stack and _tag(stack[-1]) in ("sheetData", "worksheet", "sst", "row"):
            stack[-1].remove(element)


def _parsed(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with _part(archive, name) as part:
        root: Any = ElementTree.parse(part).getroot()
        return root


def _links(archive: zipfile.ZipFile) -> dict[str, str]:
    root = _parsed(archive, "xl/_rels/workbook.xml.rels")
    found: dict[str, str] = {}
    for one in root:
        target = one.get("Target") or ""
        found[one.get("Id") or ""] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
    return found


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    found: list[str] = []
    with _part(archive, "xl/sharedStrings.xml") as part:
        for event, element in _events(part):
            if event == "end" and _tag(element) == "si":
                found.append(_text(element))
                if len(found) > MAX_CELLS:
                    raise ValueError(phrased("over {most:,} texts", most=MAX_CELLS))
    return found


def _text(element: ElementTree.Element) -> str:
    """The text of a cell; its phonetic reading, which some programs add, is not part of it."""
    parts: list[str] = []
    for one in element:
        if _tag(one) == "t":
            parts.append(one.text or "")
        elif _tag(one) == "r":
            parts += [inner.text or "" for inner in one if _tag(inner) == "t"]
    # _x000D_ is how the format writes a carriage return.
    text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), "".join(parts))
    return "".join(" " if one < " " else one for one in text[:MAX_TEXT])


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the cell styles that show a date."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    root = _parsed(archive, "xl/styles.xml")
    own = {
        int(one.get("numFmtId") or 0)
        for one in root.iter()
        if _tag(one) == "numFmt" and _shows_date(one.get("formatCode") or "")
    }
    formats = next((one for one in root if _tag(one) == "cellXfs"), ())
    return frozenset(
        number
        for number, one in enumerate(formats)
        if int(one.get("numFmtId") or 0) in (own | _DATES)
    )


def _shows_date(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.split(";")[0]).lower()
    return bool(re.search(r"[ymdhs]", bare)) and "general" not in bare


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    if reference is None:
        return row, column
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if match is None:
        raise ValueError(phrased("the cell {cell!r}", cell=reference[:20]))
    number = 0
    for letter in match[1]:
        number = 26 * number + ord(letter) - 64
    return int(match[2]), number


def _value(
    cell: ElementTree.Element, strings: list[str], dates: frozenset[int], since_1904: bool
) -> str | None:
    """A cell as text; ``None`` for a formula without a stored value."""
    kind = cell.get("t") or "n"
    raw, formula = "", False
    for one in cell:
        tag = _tag(one)
        if tag == "v":
            raw = one.text or ""
        elif tag == "f":
            formula = True
        elif tag == "is":
            return _text(one)
    if not raw:
        return None if formula and kind != "str" else ""
    if kind == "s":
        return strings[int(raw)]
    if kind == "b":
        return "True" if raw == "1" else "False"
    if kind != "n":
        return raw
    if int(cell.get("s") or 0) in dates:
        return _date(float(raw), since_1904)
    value = float(raw)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _date(days: float, since_1904: bool) -> str:
    # The day 60 of the 1900 system is a 29 February that never was.
    start = datetime.datetime(1904, 1, 1) if since_1904 else datetime.datetime(1899, 12, 30)
    moment = start + days * _DAY
    return moment.date().isoformat() if days == int(days) else moment.isoformat(" ", "seconds")
