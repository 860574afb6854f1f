"""Tables of a paper: which lines are heads, and the cells of the others under them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.mentions import mentions
from hilum.literature.fulltext.numerals import COUNT, NUMBER, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.sentences import Sentence

_CELLS: Final = re.compile(r" {2,}")
_RULES: Final = re.compile(r" *(?:\t|\|) *")
N: Final = re.compile(rf"\(?\s*\bn\s*[=:]\s*(?P<n>{COUNT})\s*\)?", re.IGNORECASE)
_N_END: Final = re.compile(r"(\(\s*n\s*=\s*\d+\s*\)) (?=\w)", re.IGNORECASE)
P_HEAD: Final = re.compile(r"p(?:[- ]?values?)?\b", re.IGNORECASE)
# A line between rows that says what the next ones are of, no figure in it.
_LONE_P: Final = re.compile(r"[<>=≤≥]?\s*0?\.\d+|n\.?s\.?|-+", re.I)
# Marks of footnotes.
_MARKS: Final = re.compile(r"\^\w\b|[†‡§¶*]+")
_PATIENTS: Final = re.compile(r"(?:n|no\. of patients|patients(?:, n)?|number of patients)", re.I)
_WHOLE: Final = re.compile(r"\d{1,5}")
_TITLE: Final = re.compile(r"\s*(?:Suppl\w*\.? )?(?:Table|Fig)", re.I)
_HEADING: Final = re.compile(
    r"(?!(?:Table|Fig|Suppl|Data|Abbrev))[^\d.;]{3,60}(?:1\.[01])?[^\d.;]{0,20}", re.I
)
FIGURE: Final = re.compile(r"\d")
_VALUE: Final = re.compile(r"[\d.,%()<>=/ -]+")
# Figures that belong to the name of a head: a grade, a nuclide, the level of an interval.
_NAMES: Final = re.compile(
    r"95 ?%|\b(?:(?:CTCAE )?grades?|Gr\.?|G) ?(?:[≥>]=? ?)?\d(?: ?(?:-|/|or|and|to) ?\d)?\+?"
    r"|\b(?:90 ?Y|177 ?Lu|166 ?Ho|111 ?In|131 ?I|68 ?Ga)\b",
    re.I,
)
_LONG: Final = 5
"""Words from which on the second cell behind "Table 3" is its title."""
SHARE: Final = re.compile(
    rf"(?P<events>{COUNT})(?:\s*(?:/|of)\s*(?P<n>{COUNT}))?\s*[(\[]\s*(?P<percent>{NUMBER})\s*%?"
    r"\s*[)\]]"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A head of a table: the arm's name, its patients, and what else it says."""

    name: str
    n: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table that is no head.

    ``heads`` are those of its columns, ``above`` the heading between the rows before it, ``title``
    what stands over the table, empty where nothing does.
    """

    sentence: Sentence
    cells: list[str]
    columns: list[Column]
    above: str
    title: str


def _tables(read: Sequence[Sentence]) -> Iterator[tuple[str, list[Sentence]]]:
    """Rows that follow each other, with short headings between them, and what stands before."""
    kept: list[Sentence] = []
    title, last = "", ""
    for one in read:
        heading = bool(kept) and not one.row and _HEADING.fullmatch(one.plain.strip()) is not None
        ends = not (one.row or heading) or one.section == "references"
        if kept and (ends or one.page != kept[-1].page):
            yield title, kept
            kept = []
        if not ends:
            title = title if kept else last
            kept.append(one)
        last = "" if one.row else one.plain.strip()
    if kept:
        yield title, kept


def _split(text: str) -> list[str]:
    """The cells; an empty one between bars or tabs keeps its place."""
    parted = _N_END.sub(r"\1   ", _MARKS.sub("", text.strip().strip("|")))
    ruled = "|" in parted or "\t" in parted
    cells = (_RULES if ruled else _CELLS).split(parted)
    return [cell.strip() for cell in cells if cell.strip() or ruled]


def lines_of(read: Sequence[Sentence]) -> Iterator[Line]:
    """Every row of a table that is no head."""
    for title, table in _tables(read):
        columns: list[Column] = []
        above = ""
        last: list[str] = []
        for line in table:
            if not line.row:
                above = line.plain.strip()
                continue
            cells = _split(line.plain)
            if (
                _TITLE.match(line.plain)
                and len(cells) == 2
                and (not N.search(cells[1]) or len(cells[1].split()) >= _LONG)
            ):
                columns, above, last, title = [], "", [], cells[1]
                continue
            if not columns and last and all(N.fullmatch(cell) for cell in cells):
                # Heads with figures in them, known by the patients under them.
                columns = [_column(cell) for cell in last]
            counts = [cell for cell in cells if N.fullmatch(cell)]
            others = [cell for cell in cells if not N.fullmatch(cell)]
            if columns and counts and all(P_HEAD.fullmatch(cell) for cell in others):
                columns = _with_patients(columns, counts)
                if not any(P_HEAD.match(one.text) for one in columns):
                    columns += [_column(cell) for cell in others]
            elif _is_head(cells, first=not columns):
                # Two arms in one cell: where one ends nobody can tell.
                clear = all(len(N.findall(cell)) < 2 for cell in cells)
                columns = _under(columns, [_column(cell) for cell in cells]) if clear else []
                above = ""
            elif (
                columns
                and _PATIENTS.fullmatch(cells[0])
                and all(_WHOLE.fullmatch(cell) for cell in cells[1:] if cell)
            ):
                counts = [f"n = {cell}" if cell else "" for cell in cells[1:]]
                columns = _with_patients(columns, counts)
            elif len(cells) > 1:
                yield Line(line, cells, columns, above, title)
            last = cells


def _is_head(cells: list[str], *, first: bool) -> bool:
    """A row whose cells name arms: with their patients, or (the first row) without any figure."""
    behind = cells[1:] if len(cells) > 1 else cells
    if any(N.search(cell) for cell in cells):
        of_label = len(cells) > 1 and not any(N.search(cell) for cell in behind)
        return not any(SHARE.fullmatch(cell) or (of_label and _VALUE.fullmatch(cell))
                       for cell in behind)  # fmt: skip
    outcomes = [cell for cell in behind if mentions(cell)]
    if len(outcomes) > 1 and len(outcomes) >= len(behind) - 2:
        return not any(_VALUE.fullmatch(cell) for cell in behind)
    # "1 year, 3 years, 5 years" are heads, where the line itself names no outcome.
    times = "" if mentions(cells[0]) else r"|^\d+[ -](?:years?|yrs?|y|months?|mo)\b"
    bare = [
        FIGURE.search(re.sub(rf"{_NAMES.pattern}{times}", "", cell, flags=re.I)) for cell in behind
    ]
    missing = [
        re.fullmatch(r"N[RE]A?|-+|not \w+|n/?a|none|ref\.?|reference", cell, re.I)
        for cell in behind
    ]
    return len(cells) > 1 and not any(bare) and (first or not any(missing))


def _under(arms: list[Column], heads: list[Column]) -> list[Column]:
    """Heads that repeat under arms, each with its arm's name; none where they do not fit."""
    own = [one for one in heads if not P_HEAD.match(one.text)]
    if len({one.text for one in own}) == len(own):
        return heads
    over = [one for one in arms if one.n is not None]
    each, left = divmod(len(own), len(over)) if over else (0, 1)
    if left or len(own) != len(heads):
        return []
    return [
        replace(one, name=f"{over[i // each].name}, {one.name}", n=over[i // each].n)
        for i, one in enumerate(own)
    ]


def _with_patients(columns: list[Column], cells: list[str]) -> list[Column]:
    """Heads whose patients stand in a line of their own, under the arms."""
    arms = [i for i, one in enumerate(columns) if not P_HEAD.match(one.text)]
    if "" in cells and len(cells) + 1 == len(columns):
        # An empty cell keeps its place: there is one for each head behind the labels' own.
        arms = list(range(1, len(columns)))
    arms = arms[-len(cells) :] if cells else []
    out = list(columns)
    for at, cell in zip(arms, cells, strict=False):
        if not cell:
            continue
        out[at] = replace(out[at], n=_column(cell).n, text=f"{out[at].text} {cell}")
    return out


def _column(cell: str) -> Column:
    n = N.search(cell)
    name = N.sub("", cell).strip(" ,;:()") if n else cell
    name = re.sub(r"[,;]?\s*(?:n|no\.)\s*\(?%\)?$", "", name).strip(" ,;:")
    return Column(name, int(number(n["n"])) if n else None, cell)


def heads_of(columns: list[Column], figures: list[str]) -> list[Column | None]:
    """The heads of the cells behind a label: as many, one more (the label's own), or the arms'."""
    count = len(figures)
    # The first of one head more is the labels' own, unless it has patients: then p is left empty.
    of_labels = len(columns) == count + 1 and columns[0].n is None
    if of_labels or len(columns) == count:
        return list(columns[-count:])
    if len(columns) == 1 and count == 1:
        return [columns[0]]
    arms = [one for one in columns if not P_HEAD.match(one.text)]
    if len(arms) == count + 1 and len(arms) < len(columns) and arms[0].n is None:
        # The first head is the labels' own.
        arms = arms[1:]
    if len(arms) == count and len(arms) < len(columns) and not _LONE_P.fullmatch(figures[-1]):
        return list(arms)
    return [None] * count
