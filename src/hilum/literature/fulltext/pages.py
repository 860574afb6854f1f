"""The text of a paper by pages: columns one after the other, gaps between cells kept."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.page import words_of_pages
from hilum.tabular.encoding import decode, read_bytes
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.figures.page import Word
    from hilum.watch import Watch

PAGES: Final = 1000
LARGEST_TEXT: Final = 20_000_000
"""Bounds of one paper: pages of a PDF, bytes of a text."""
# Stands for a form feed, which is no letter of any text.
_BREAK: Final = b"\n\n~~ page ~~\n\n"
PDF, TEXTS = ".pdf", (".txt", ".text", ".md")
# A gap wider than so many letters parts two cells of a table.
_GAP: Final = 1.6
# A gutter between two columns is looked for in this part of the page's width.
_MIDDLE: Final = (0.4, 0.6)
# The share of lines that may cross it (titles, wide tables), and lines below which there is none.
_CROSSING, _LINES = 0.35, 12
# A line of so many short parts begins a table over both columns; a part has so many words at most.
_WIDE, _SHORT = 4, 6


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, and its text by lines."""

    number: int
    text: str


def read_pages(path: Path, watch: Watch = SILENT) -> list[Page]:
    """The pages of a PDF, or of a text in which a form feed begins a page.

    Raises
    ------
    InputError
        Not a PDF or text, not readable, no text in it (a scan), more pages or bytes than bound.
    MissingExtra
        A PDF, and the extra ``survival`` is not installed.
    Stopped
        When the watch says so.
    """
    kind = path.suffix.lower()
    if kind == PDF:
        pages = _pdf(path, watch)
    elif kind in TEXTS:
        pages = _text(path)
    else:
        expected = phrased("a PDF or a text ({known})", known=", ".join((PDF, *TEXTS)))
        raise InputError(Fault(path.name, None, "file", kind, expected))
    if not any(one.text.strip() for one in pages):
        expected = "text (a scanned paper is a picture: let a program for OCR read it first)"
        raise InputError(Fault(path.name, None, "file", path.name, expected))
    return pages


def _text(path: Path) -> list[Page]:
    data = read_bytes(path, LARGEST_TEXT)
    if b"\0" not in data:
        data = data.replace(b"\f", _BREAK)
    text, _ = decode(data, path.name)
    return [Page(i, one) for i, one in enumerate(text.split(_BREAK.decode()), 1)]


def _pdf(path: Path, watch: Watch) -> list[Page]:
    pages: list[Page] = []
    for number, (width, words) in enumerate(words_of_pages(path), 1):
        watch.done()
        if number > PAGES:
            expected = phrased("at most {pages} pages", pages=PAGES)
            raise InputError(Fault(path.name, None, "page", str(number), expected))
        pages.append(Page(number, laid_out(width, [w for w in words if w.upright])))
    return pages


def laid_out(width: float, words: list[Word]) -> str:
    """The lines of one page; of two columns the left one first, between lines that cross both."""
    lines = _lines(words)
    gutter = _gutter(width, lines)
    if gutter is None:
        return "\n".join(map(_printed, lines))
    out: list[str] = []
    left: list[str] = []
    right: list[str] = []
    table = False
    for line in lines:
        table = _cells(line) >= (2 if table else _WIDE)
        if table or _crosses(line, gutter):
            out += [*left, *right, _printed(line)]
            left, right = [], []
            continue
        for side, words_of_side in (
            (left, [w for w in line if w.right <= gutter]),
            (right, [w for w in line if w.left >= gutter]),
        ):
            if words_of_side:
                side.append(_printed(words_of_side))
    return "\n".join([*out, *left, *right])


def _lines(words: list[Word]) -> list[list[Word]]:
    """Words that stand on one line, top to bottom, each from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.centre[1], w.left)):
        height = word.bottom - word.top
        if lines and abs(word.centre[1] - lines[-1][-1].centre[1]) < 0.4 * height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda w: w.left) for line in lines]


def _cells(line: list[Word]) -> int:
    """How many short parts with wide gaps between them a line is of; 0 where a part is long."""
    parts = _printed(line).split("   ")
    return len(parts) if all(len(one.split()) <= _SHORT for one in parts) else 0


def _crosses(line: list[Word], gutter: float) -> bool:
    return any(w.left < gutter < w.right for w in line)


def _gutter(width: float, lines: list[list[Word]]) -> float | None:
    """The place that the fewest lines cross, if it parts the page in two columns."""
    if len(lines) < _LINES:
        return None
    low, high = _MIDDLE
    places = [width * (low + (high - low) * i / 40) for i in range(41)]
    crossed = [sum(_crosses(line, x) for line in lines) for x in places]
    least = min(crossed)
    if least > _CROSSING * len(lines):
        return None
    best = [x for x, n in zip(places, crossed, strict=True) if n == least]
    gutter = best[len(best) // 2]
    both = sum(_parted(line, gutter) for line in lines)
    return gutter if both >= len(lines) / 3 else None


def _parted(line: list[Word], gutter: float) -> bool:
    """Whether a line has words on both sides, with more than a space of the text between them."""
    left = [w.right for w in line if w.right <= gutter]
    right = [w.left for w in line if w.left >= gutter]
    return bool(left and right) and min(right) - max(left) > _GAP * _letter(line)


def _letter(line: list[Word]) -> float:
    return median((w.right - w.left) / max(len(w.text), 1) for w in line)


def _printed(line: list[Word]) -> str:
    """The words of a line, two spaces where a gap is as wide as between cells."""
    letter = _letter(line)
    parts = [line[0].text]
    for before, word in pairwise(line):
        parts.append("   " if word.left - before.right > _GAP * letter else " ")
        parts.append(word.text)
    return "".join(parts)
