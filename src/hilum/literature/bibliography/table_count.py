"""Rows of a CSV of references counted by their letters: the reader has no part in it.

Where a quotation mark is never closed, or closed in another row, the lines behind the one in which
it opens are looked at again: the first that has the head's number of cells is a record, and so is
every row from there on.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from hilum.literature.bibliography.columns import separator
from hilum.literature.bibliography.table import ASIDE, is_head, is_zotero
from hilum.tabular.cells import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENDLESS: Final = 2**62
_ASIDE: Final = re.compile(rf'"?[A-Z0-9]+"?,"?(?:{"|".join(ASIDE)})"?,')


def count(lines: Iterable[tuple[int, str]]) -> int:
    """Rows that hold something, without heads and what hangs on a work in Zotero's table."""
    aside = 0

    def seen() -> Iterator[str]:
        nonlocal aside
        zotero: bool | None = None
        for _, line in lines:
            zotero = is_zotero(line) if zotero is None and line.strip() else zotero
            aside += bool(zotero) and _ASIDE.match(line) is not None
            yield line

    return max(sum(_records(_Stack(seen()))) - 1 - aside, 0)


class _Stack:
    """Lines, some of which were put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines, self.back = iter(lines), deque[str]()
        self.place = 0

    def take(self) -> str | None:
        self.place += 1
        return self.back.popleft() if self.back else next(self.lines, None)

    def put(self, lines: list[str]) -> None:
        self.place -= len(lines)
        self.back.extendleft(reversed(lines))


class _Row(NamedTuple):
    """Lines of a row, its cells, and the line in which an odd quotation mark opens, from 1.

    Of a row with an odd mark the cells are those to the end of that line. ``spans`` are the first
    and last lines of quoted cells and the cells to the end of the first; ``neat`` says that
    nothing stands behind a closing quotation mark, ``ended`` that the file ended in a cell,
    ``runs`` that the line ends in another cell.
    """

    lines: list[str]
    cells: int
    spans: list[tuple[int, int, int]]
    odd: int = 0
    neat: bool = True
    ended: bool = False
    runs: bool = False


def _records(stack: _Stack) -> Iterator[bool]:
    between, first, width, until = "", "", 0, 0
    while (line := stack.take()) is not None:
        if not line.strip():
            continue
        between = between or separator(line)
        row = _row(line, stack, between)
        filled = row.odd > 0 or _filled(row, between)
        odd, own = (row.odd, row.cells) if row.odd else _inner(row, width, between)
        odd = odd if filled else 0
        width = width or (-1 if row.odd else row.cells)
        said = line.replace('"', "").strip().lstrip("\ufeff")
        glued = first != "" and len(row.lines) == 1 and is_head(said, between, first)
        first = first or said
        yield filled and not glued
        if not odd:
            continue
        until = ENDLESS if row.ended else max(until, stack.place)
        stack.put(row.lines[odd:])
        runs = row.runs
        while width > 0 and (runs or stack.place < until) and (line := stack.take()) is not None:
            again = _row(line, stack, between)
            more = own + again.cells - 1
            alone = _inner(again, width, between)[0] or again.cells == width != more
            if again.odd or (alone and _filled(again, between)):
                stack.put(again.lines)
                break
            own = more if _filled(again, between) else own
            runs = runs and _runs_on(again.lines, between)


def _filled(row: _Row, between: str) -> bool:
    return any(one.replace(between, "").replace('"', "").strip() for one in row.lines)


def _row(line: str, stack: _Stack, between: str) -> _Row:
    """The row that a line begins."""
    made = _Row([line], 1, [])
    cells, opened, at, size, neat, own = 1, 0, 0, 0, True, 0
    while True:
        text = made.lines[-1]
        if opened:
            run, at = _closed(text, at)
            if at < 0:
                size += len(text) + 1
                more = stack.take() if size <= LONGEST else None
                if more is None:
                    return made._replace(cells=own, odd=opened, ended=True)
                made.lines.append(more)
                at = 0
                continue
            stop = text.find(between, at)
            behind = text[at : len(text) if stop < 0 else stop]
            begins = run > 0 and text[run - 1] == between
            if behind.strip() and (begins or opened < len(made.lines)):
                same = opened == len(made.lines)
                runs = same and _row(text[run:], _Stack(()), between).ended
                return made._replace(cells=own, odd=opened, runs=runs)
            neat = neat and not behind
            made.spans.append((opened, len(made.lines), own))
            opened = size = 0
        elif text.startswith('"', at):
            opened, own = len(made.lines), cells + text.count(between, at)
            at += 1
            continue
        at = text.find(between, at)
        if at < 0:
            return made._replace(cells=cells, neat=neat)
        at, cells = at + 1, cells + 1


def _closed(text: str, at: int) -> tuple[int, int]:
    """Where quotation marks of an odd number begin and end; -1 where there are none."""
    while (at := text.find('"', at)) >= 0:
        run = at
        while text.startswith('"', run):
            run += 1
        if (run - at) % 2:
            return at, run
        at = run
    return -1, -1


def _runs_on(lines: list[str], between: str) -> bool:
    """Whether lines that begin within quotation marks end within them, or within others."""
    inside = True
    for line in lines:
        end = _closed(line, 0)[1] if inside else 0
        inside = end < 0 or _row(line[end:], _Stack(()), between).ended
    return inside


def _inner(row: _Row, width: int, between: str) -> tuple[int, int]:
    """The line in which a cell opens that swallowed a row, where the cells are not the head's.

    With it the cells to the end of that line.
    """
    if row.cells != width and width > 1:
        for first, last, own in row.spans:
            for line in row.lines[first:last]:
                alone = _row(line, _Stack(()), between)
                if not alone.odd and alone.neat and alone.cells == width:
                    return first, own
    return 0, 0
