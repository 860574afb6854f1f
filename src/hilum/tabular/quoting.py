"""Rows of a CSV whose quotation marks may be wrong: each row is kept, or listed with its reason.

A quotation mark that nobody closed swallows the rows behind it until the next one, or to the end
of the file. Here the line where it opens is named, and every row that it swallowed is a row of its
own again, marked as such: whether its cells are what somebody wrote, nobody can know.
"""

from __future__ import annotations

import csv
import math
import re
from collections import deque
from dataclasses import dataclass, replace
from io import StringIO
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from hilum.errors import Fault, phrased
from hilum.tabular.cells import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

OPEN: Final = "a closing quotation mark: the one that opens in line {line} has none"
SWALLOWED: Final = (
    "a closing quotation mark in line {line}: the one that opens there swallows this row"
)
SWALLOWING: Final = "a closing quotation mark: this one swallows all lines to {last}"
UNCLOSED: Final = "a closing quotation mark: this one has none"
UNREADABLE: Final = "readable CSV ({error})"
BEHIND: Final = 'nothing behind a closing quotation mark (within a cell it is written twice: "")'
DOUBTFUL: Final = "one cell holds lines that look like rows: is a closing quotation mark missing?"
# A cell of a narrow table may well hold a line with as many separators as a row has.
NARROW: Final = 3
MOST: Final = 20
SHOWN: Final = 40
# From behind an opening quotation mark to the one that closes; two of them are one of the text.
_QUOTED: Final = re.compile(r'(?:[^"]++|"")*+"')


@dataclass(frozen=True, slots=True)
class Taken:
    """One row.

    Parameters
    ----------
    line, last : int
        Lines of the file on which it begins and ends.
    cells : tuple of str
        None of a row that cannot be cut into cells.
    text : str
        Its lines as they stand, of a row with a fault.
    fault : str
        What was expected; empty where it can be read.
    doubt : str
        What is odd in a row that can be read; empty where nothing is.
    opened, cell : int
        Where a quotation mark has no other: its line, and the place of its cell, from 0.
    swallowed : bool
        A quotation mark of a row before has swallowed it.
    running : bool
        What is behind ``opened`` ends the line within another cell in quotation marks.
    """

    line: int
    last: int
    cells: tuple[str, ...]
    text: str = ""
    fault: str = ""
    doubt: str = ""
    opened: int = 0
    cell: int = 0
    swallowed: bool = False
    running: bool = False


class _Mark(NamedTuple):
    """A quoted cell: where it begins and ends in a text, its place, what is odd in it.

    ``odd`` is ``open``; or, of what stands behind it, ``blank``, ``behind``, or ``cell`` and
    ``running`` where the mark that closes it is one that opens the next cell, on one line or more.
    """

    start: int
    end: int
    cell: int
    odd: str = ""


def _marks(text: str, between: str) -> Iterator[_Mark]:
    """The quoted cells of a row's text; the last may be open, and some have text behind them."""
    at, cell = 0, 0
    ends = re.compile(f"[{re.escape(between)}\r\n]")
    while True:
        if text.startswith('"', at):
            found = _QUOTED.match(text, at + 1)
            if found is None:
                yield _Mark(at, len(text), cell, "open")
                return
            after = ends.search(text, found.end())
            stop = len(text) if after is None else after.start()
            behind = text[found.end() : stop]
            odd = "" if not behind else "blank" if behind.isspace() else "behind"
            if odd == "behind":
                run = max(len(text[: found.end()].rstrip('"')), at + 1)
                if text[run - 1] == between:
                    odd = "running" if _runs(text[run:], between) else "cell"
            yield _Mark(at, found.end(), cell, odd)
            at = stop
        else:
            after = ends.search(text, at)
            at = len(text) if after is None else after.start()
        if at >= len(text) or text[at] in "\r\n":
            return
        at, cell = at + 1, cell + 1


def _runs(text: str, between: str) -> bool:
    """Whether the first line of a text ends within quotation marks."""
    return _ends_open(next(StringIO(text, newline=""), ""), between)


def _runs_on(text: str, between: str) -> bool:
    """Whether lines that begin within quotation marks end within them, or within others."""
    inside = True
    for line in StringIO(text, newline=""):
        found = _QUOTED.match(line) if inside else None
        inside = (
            inside if inside and found is None
            else _ends_open(line[found.end() if found else 0 :], between)
        )  # fmt: skip
    return inside


def _ends_open(text: str, between: str) -> bool:
    """Whether the first mark of a text that is odd is one without another."""
    odd = (one.odd for one in _marks(text, between) if one.odd not in ("", "blank", "behind"))
    return next(odd, "") == "open"


class _Reader:
    """Rows of lines; what a quotation mark swallowed is given back and read again."""

    def __init__(self, lines: Iterable[tuple[int, str]], between: str) -> None:
        self.source, self.between = iter(lines), between
        self.waiting: deque[tuple[int, str]] = deque()
        self.held: list[tuple[int, str]] = []
        # Cells of the first row, 0 of one that cannot be read; the line to which rows are
        # swallowed, and the line of what swallowed them.
        self.width: int | None = None
        self.until: float = 0
        self.opened = 0
        # Cells of the row in which a mark is open, by what separates them.
        self.own = 0

    def rows(self) -> Iterator[Taken]:
        """Every row that is not empty."""
        before: Taken | None = None
        running = False
        for one in self._cut():
            if not one.fault and not self._hold(one.cells):
                running = running and _runs_on(one.text, self.between)
                continue
            if self.width is None:
                self.width = len(one.cells)
            swallowed = one.line <= self.until and not one.opened
            if before is not None:
                if (swallowed or running) and self._belongs(one):
                    before = replace(before, text=before.text + one.text)
                    running = running and _runs_on(one.text, self.between)
                    continue
                yield before
                before = None
            if one.opened:
                before, running = one, one.running
            elif swallowed and not one.fault:
                said = phrased(SWALLOWED, line=self.opened)
                yield replace(one, fault=said, swallowed=True)
            else:
                yield one
        if before is not None:
            yield before

    def _belongs(self, one: Taken) -> bool:
        """Whether a row behind an open mark is of the row in which it stands: none on its own."""
        if not self.width or one.opened:
            return False
        # A first line of few cells that the next one makes whole was never whole itself.
        more = self.own + len(one.cells) - 1
        belongs = len(one.cells) != self.width or more == self.width
        self.own = more if belongs else self.own
        return belongs

    def _cut(self) -> Iterator[Taken]:
        """Rows as the library cuts them, and those that it refuses."""
        going = True
        while going:
            going = False
            reader = csv.reader(self._feed(), delimiter=self.between, strict=True)
            while not going:
                self.held.clear()
                try:
                    cells = tuple(next(reader))
                except StopIteration:
                    return
                except csv.Error as error:
                    # A reader that has refused is none any more.
                    yield self._refused(error)
                    going = True
                    continue
                found = self._row(cells) if len(self.held) == 1 else self._long(cells)
                going = found.opened > 0
                yield found

    def _feed(self) -> Iterator[str]:
        while self._pull():
            yield self.held[-1][1]

    def _pull(self) -> bool:
        """Hold one line more."""
        one = self.waiting.popleft() if self.waiting else next(self.source, None)
        if one is not None:
            self.held.append(one)
        return one is not None

    def _hold(self, cells: tuple[str, ...]) -> bool:
        """Whether cells have more than blanks and signs of the format."""
        return any(cell.replace('"', "").replace(self.between, "").strip() for cell in cells)

    def _text(self) -> str:
        return "".join(text for _, text in self.held)

    def _row(self, cells: tuple[str, ...], *, fault: str = "", doubt: str = "") -> Taken:
        text = self._text() if fault or self.until or len(cells) != self.width else ""
        return Taken(self.held[0][0], self.held[-1][0], cells, text, fault, doubt)

    def _refused(self, error: csv.Error) -> Taken:
        """A row that the library refuses; lines of its that may be rows are given back."""
        marks = tuple(_marks(self._text(), self.between))
        while marks and marks[-1].odd == "open" and self._closed():
            marks = tuple(_marks(self._text(), self.between))
        for one in marks:
            if one.odd == "open":
                return self._given_back(one, math.inf)
            last = self._at(one.end - 1)
            if one.odd in ("cell", "running") or (
                one.odd == "behind" and self._at(one.start) < last
            ):
                return self._given_back(one, self.held[last][0])
        if not any(one.odd for one in marks):
            return self._row((), fault=phrased(UNREADABLE, error=error))
        cells = next(csv.reader((text for _, text in self.held), delimiter=self.between))
        found = self._row(tuple(cells)) if len(self.held) == 1 else self._long(tuple(cells))
        behind = any(one.odd == "behind" for one in marks)
        return replace(found, doubt=BEHIND) if behind and not found.fault else found

    def _closed(self) -> bool:
        """Hold lines to the one in which an open cell ends; whether there is one."""
        size = sum(len(text) for _, text in self.held)
        while size <= LONGEST and self._pull():
            text = self.held[-1][1]
            if _QUOTED.match(text):
                return True
            size += len(text)
        return False

    def _at(self, place: int) -> int:
        """Which of the lines that are held has a place of their text."""
        ends = accumulate(len(text) for _, text in self.held)
        return next((at for at, end in enumerate(ends) if place < end), len(self.held) - 1)

    def _long(self, cells: tuple[str, ...]) -> Taken:
        """A row of several lines: one of them may be a row that its neighbour swallowed."""
        width = self.width or 0
        # Fewer separators than a row has: no line can be one.
        enough = any(line.count(self.between) >= width - 1 for _, line in self.held[1:])
        if width > 1 and enough and self._hold(cells):
            for mark in _marks(self._text(), self.between):
                first, last = self._at(mark.start), self._at(mark.end - 1)
                inside = [line for _, line in self.held[first + 1 : last + 1]]
                if not any(_cells(line, self.between) == width for line in inside):
                    continue
                if len(cells) != width:
                    return self._given_back(mark, self.held[-1][0])
                if width >= NARROW:
                    return self._row(cells, doubt=DOUBTFUL)
        return self._row(cells)

    def _given_back(self, mark: _Mark, until: float) -> Taken:
        """The row to the line in which a mark opens; the lines behind are read again."""
        first = self._at(mark.start)
        own, rest = self.held[: first + 1], self.held[first + 1 :]
        self.opened = own[-1][0]
        self.until = max(self.until, until)
        line = own[-1][1][mark.start - sum(len(text) for _, text in own[:-1]) :]
        self.own = mark.cell + 1 + line.count(self.between)
        last = self.held[-1][0] if until == math.inf else int(until)
        self.waiting.extendleft(reversed(rest))
        return Taken(
            line=own[0][0],
            last=last,
            cells=(),
            text="".join(line for _, line in own),
            fault=phrased(OPEN, line=self.opened),
            opened=self.opened,
            cell=mark.cell,
            running=mark.odd == "running" and last == self.opened,
        )


def _cells(line: str, between: str) -> int:
    """How many cells a line has where it is a row of its own; 0 where it is none."""
    try:
        return len(next(csv.reader([line], delimiter=between, strict=True), ()))
    except csv.Error:
        return 0


def rows_of(lines: Iterable[tuple[int, str]], between: str) -> Iterator[Taken]:
    """Rows of numbered lines that end as lines do, those included that cannot be read."""
    return _Reader(lines, between).rows()


def rows_in(text: str, between: str) -> Iterator[Taken]:
    """The same of a text."""
    return rows_of(enumerate(StringIO(text, newline=""), 1), between)


def csv_faults(
    text: str, file: str, line: int, error: csv.Error, between: str = ","
) -> list[Fault]:
    """What is wrong with a table that the strict reader refused at a line."""
    found = quote_faults(text, file, between)
    return found or [Fault(file, line, "row", "", phrased(UNREADABLE, error=error))]


def quote_faults(text: str, file: str, between: str = ",") -> list[Fault]:
    """What is wrong with the quotation marks of a table: each at the line where it stands.

    Empty where a careful reader finds nothing.
    """
    faults: list[Fault] = []
    head: Sequence[str] = ()
    for number, one in enumerate(rows_in(text, between)):
        head = one.cells if number == 0 else head
        if one.opened:
            column = head[one.cell].strip() if one.cell < len(head) else "row"
            line = [*StringIO(one.text, newline="")][one.opened - one.line].rstrip()[:SHOWN]
            more = one.last > one.opened
            expected = phrased(SWALLOWING, last=one.last) if more else UNCLOSED
            faults.append(Fault(file, one.opened, column, line, expected))
        elif one.doubt == BEHIND:
            faults.append(Fault(file, one.last, "row", ", ".join(one.cells)[:SHOWN], BEHIND))
        elif one.fault and not one.swallowed:
            faults.append(Fault(file, one.last, "row", "", one.fault))
        if len(faults) == MOST:
            break
    return faults
