"""Rows of numbers printed with a plot: whole ones that never rise, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.page import Word
from hilum.literature.figures.phrases import phrases
from hilum.literature.figures.risk_cells import ALIGNED, TABLED, WHOLE, lines_of_cells
from hilum.literature.figures.risk_headings import (
    AT_RISK,
    LATE,
    NO_ROW,
    NO_TIME,
    PERCENT,
    RISES,
    TWO,
    UNSAID,
    heading_of,
    kind_of,
    kinds_in,
)
from hilum.literature.figures.risk_times import START, UNDER, times_of, times_told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.risk_cells import Cell
    from hilum.literature.figures.risk_times import Labels
    from hilum.literature.figures.rulers import Ruler

# Numbers stand on one line with their words to within so many points.
BESIDE = 2.5
DARK: Final = ("#000000", None)
# How far before time 0 a cell's middle may stand, and its first number.
BEFORE, WIDEST = 14.0, 40.0
# How far from an axis the words of its table stand, and how far over a row in the plot.
SIDEWAYS, HIGH = 160.0, 60.0
# Words that a heading has at most; those of a caption are more.
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One row: times, numbers, the words before it and their colour.

    ``kind`` is what its numbers count as far as its words say: an id of ``risk_headings.csv``,
    ``unsaid``, or ``two_numbers`` (cells of two, of which none is said to be at risk); of a row that
    is said to be at risk and cannot be, ``rises``, ``late`` or ``no_time``; of a heading without
    rows ``no_row``; ``heading`` the words that say it.
    """

    time: tuple[float, ...]
    n: tuple[int, ...]
    label: str
    colour: str | None
    kind: str = UNSAID
    heading: str = ""


def rows_of(
    words: Sequence[Word], ruler: Ruler, axis: Axis, names: Sequence[str] = ()
) -> list[RiskRow]:
    """Every row of numbers that may be numbers at risk on this axis of time."""
    upright = [w for w in words if w.upright]
    near = [
        w
        for w in upright
        if ruler.first - WIDEST < w.centre[0] < ruler.last + 0.35 * ruler.span
        and abs(w.centre[1] - ruler.beside) > 2 * ALIGNED
    ]
    lines = [
        own
        for ways in lines_of_cells(near, ruler.first - BEFORE)
        if (own := _of_plot(ways, upright, ruler.last))
    ]
    labels = [_label(ways[0][0], upright) for ways in lines]
    marks = [_mark(ways[0], label) for ways, label in zip(lines, labels, strict=True)]
    heads = [
        times_told(ways[0], mark.text, ruler.labels, axis)
        for ways, mark in zip(lines, marks, strict=True)
    ]
    own = [mark for mark, head in zip(marks, heads, strict=True) if not head]
    told = _phrases(words, ruler, labels)
    told += [mark for mark, head in zip(marks, heads, strict=True) if head and mark.text]
    out: list[RiskRow] = []
    for ways, label, mark in zip(lines, labels, marks, strict=True):
        if not any(mark is one for one in own):
            continue
        heading = _heading(mark, label, own, told, words, names, ruler)
        head = _head_over(mark, marks, heads, ruler)
        found = [
            row
            for way in ways
            if (row := _row(way, label, heading, head or ruler.labels, axis)) is not None
        ]
        row = next((row for row in found if row.kind not in (RISES, LATE, NO_TIME)), None)
        if row is not None or found:
            out.append(row or found[0])
    bare = _headings_alone(told, ruler)
    return out if out or not bare else [RiskRow((), (), "", None, NO_ROW, bare[0])]


def _headings_alone(told: Sequence[Word], ruler: Ruler) -> list[str]:
    """What is said to be numbers at risk below an axis: headings, which are short."""
    return [
        one.text
        for one in told
        if one.centre[1] > ruler.beside and len(one.text.split()) <= MOST_WORDS
        if AT_RISK in kinds_in(one.text)
    ]


def _of_plot(
    ways: Sequence[list[Cell]], words: Sequence[Word], last: float
) -> list[list[Cell]]:
    """The ways of a line without what stands behind it: words right of the axis, and their cells.

    Further ways leave out all cells behind the last label, where those may be another column's.
    """
    middle = ways[0][0].middle
    behind = [
        w.left
        for w in words
        if w.left > last and abs(w.centre[1] - middle) < BESIDE and any(map(str.isalpha, w.text))
    ]
    end = min(behind, default=float("inf"))
    own = [[cell for cell in way if cell.centre < end] for way in ways]
    under = [[cell for cell in way if cell.left < last + UNDER] for way in own]
    return [way for i, way in enumerate([*own, *under]) if way and way not in [*own, *under][:i]]


def _heading(
    mark: Word,
    label: Sequence[Word],
    rows: Sequence[Word],
    told: Sequence[Word],
    words: Sequence[Word],
    names: Sequence[str],
    ruler: Ruler,
) -> str:
    """The words that say what a row counts: its own, those beside it, or those over it."""
    if kinds_in(mark.text):
        return mark.text
    own = next((w.text for w in label if kinds_in(w.text)), "") or _turned(words, mark, ruler)
    below = mark.centre[1] > ruler.beside
    top = ruler.beside - ALIGNED if below else mark.centre[1] - HIGH
    return own or heading_of(mark, rows, told, names, top)


def _head_over(
    mark: Word, marks: Sequence[Word], heads: Sequence[Labels], ruler: Ruler
) -> Labels:
    """The times that a table prints over a row, on its side of the axis' own labels."""
    over = [
        (one.centre[1], head)
        for one, head in zip(marks, heads, strict=True)
        if head and one.centre[1] < mark.centre[1]
        if one.centre[1] > ruler.beside or mark.centre[1] < ruler.beside
    ]
    return max(over, key=lambda pair: pair[0])[1] if over else ()


def _phrases(words: Sequence[Word], ruler: Ruler, labels: Sequence[list[Word]]) -> list[Word]:
    """What stands around a table beside its numbers and the words before them."""
    taken = {id(w) for label in labels for w in label}
    left, right = ruler.first - SIDEWAYS, ruler.last + 0.35 * ruler.span
    own = [
        w
        for w in words
        if w.upright and id(w) not in taken and w.right > left and w.left < right
        if not TABLED.fullmatch(w.text) or not any(c.isdigit() for c in w.text)
    ]
    return [p for p in phrases(own) if any(c.isalpha() or c == "%" for c in p.text)]


def _turned(words: Sequence[Word], row: Word, ruler: Ruler) -> str:
    """Words beside a table that are read upwards, where they say what it counts."""
    beside = [
        p
        for p in phrases(words, upright=False)
        if p.right < row.left and p.top < row.centre[1] < p.bottom and p.bottom > ruler.beside
        if p.left > ruler.first - SIDEWAYS
    ]
    text = " ".join(p.text for p in beside)
    return text if kinds_in(text) else ""


def _label(first: Cell, words: Sequence[Word]) -> list[Word]:
    """The words before a row's first number."""
    before = [
        w
        for w in words
        if abs(w.centre[1] - first.middle) < BESIDE
        and w.right < first.left + 1
        and not WHOLE.fullmatch(w.text)
    ]
    before.sort(key=lambda w: w.left)
    near: list[Word] = []
    at = first.left
    for word in reversed(before):
        if at - word.right > (130 if not near else 8):
            break
        near.insert(0, word)
        at = word.left
    return near


def _mark(line: Sequence[Cell], label: Sequence[Word]) -> Word:
    """A row as one word: what stands before it, and where it stands."""
    text = " ".join(w.text for w in label)
    middle = line[0].middle
    return Word(text, line[0].left, middle - 1, line[-1].right, middle + 1, True)


def _row(
    line: Sequence[Cell], label: Sequence[Word], heading: str, labels: Labels, axis: Axis
) -> RiskRow | None:
    many = max(len(cell.numbers) for cell in line)
    kind, which = kind_of(heading, many)
    if many == 1 and any(cell.percent for cell in line):
        kind = PERCENT
    if many > 1 and any(c.sign == "/" for c in line) and len(kinds_in(heading)) < many:
        kind = TWO if kind == AT_RISK else kind
    if kind == PERCENT:
        which = 0
    found = [cell.whole(which) if kind != PERCENT else cell.nearest(which) for cell in line]
    n = [v for v in found if v is not None]
    if len(n) < max(len(found), 2):
        return None
    time = times_of(line, labels, axis)
    wrong = ""
    if any(b > a for a, b in pairwise(n)):
        wrong = RISES
    elif time is None:
        wrong = NO_TIME
    elif time[0] > START * axis.high:
        wrong = LATE
    if n[0] < 1 or (wrong and kind != AT_RISK):
        return None
    inks = {w.colour for w in (label or line)} - set(DARK)
    words = " ".join(w.text for w in label)
    ink = inks.pop() if len(inks) == 1 else None
    return RiskRow(tuple(time or ()), tuple(n), words, ink, wrong or kind, heading)
