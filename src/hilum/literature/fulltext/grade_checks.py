"""Events of grade 3 or more beside those of any grade, told apart: two sentences, rows, columns."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.finding import Finding
from hilum.literature.fulltext.numerals import COUNT, NUMBER, number
from hilum.literature.fulltext.repeat_checks import of_some
from hilum.literature.fulltext.tables import SHARE, heads_of, lines_of
from hilum.literature.fulltext.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tables import Line

_HIGH: Final = re.compile(
    r"\b(?:any[- ])?(?:CTCAE )?grades? ?(?:[≥>]=? ?3|3 or (?:higher|more|above|worse|greater)"
    r"|3(?: ?[-/] ?| and | to | or )[45]|[345])(?!\d)",
    re.IGNORECASE,
)
_ANY: Final = re.compile(r"\b(?:any|all)[- ]grades?\b(?! ?[\d≥>])", re.IGNORECASE)
# What a name goes on with until its figure: "of ... occurred in", "n (%)".
_AROUND: Final = re.compile(
    r"\bn ?\(%\)|\b(?:of|in|was|were|had|occurred|seen|observed|noted|reported|recorded|an?|the"
    r"|results|any)\b|[^\w+-]+",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(rf"(?P<percent>{NUMBER}) ?%")
_COUNTED: Final = re.compile(rf"(?P<events>{COUNT})")


def grades_apart(told: Sequence[Sentence]) -> Iterator[Finding]:
    """More events of grade 3 or more than of any grade, of one name, in two places."""
    yield from _of_sentences([one for one in told if not one.row])
    tables: dict[tuple[str, str, int], list[Line]] = {}
    for line in lines_of(told):
        yield from _of_columns(line)
        heads = "|".join(one.text for one in line.columns)
        tables.setdefault((line.title, heads, line.sentence.page), []).append(line)
    for lines in tables.values():
        yield from _of_rows(lines)


def _graded(label: str) -> tuple[str, bool] | None:
    """The name of what a label counts, and whether by grade 3 or more; None without a grade."""
    high = _HIGH.search(label)
    found = high or _ANY.search(label)
    if found is None:
        return None
    rest = f"{label[: found.start()]} {label[found.end() :]}"
    words = (word.removesuffix("s") for word in _AROUND.sub(" ", rest.lower()).split())
    return " ".join(words), high is not None


def _of_sentences(told: Sequence[Sentence]) -> Iterator[Finding]:
    """Sentences that begin with the name and its grade, and tell nothing behind the figure."""
    seen: dict[str, list[tuple[bool, Sentence, float, str]]] = {}
    for one in told:
        shares = [t for t in tokens(one.plain) if t.kind == "share" and "events" in t.texts]
        if len(shares) != 1 or of_some(one.plain):
            continue
        (t,) = shares
        graded = _graded(one.plain[: t.start])
        if graded is None or not graded[0] or re.search(r"\d", graded[0]):
            continue
        name, high = graded
        behind = re.sub(r"[\W\d]+|\bpatients\b", " ", one.plain[t.end :]).strip()
        words = one.text[t.start : t.end].strip()
        key = f"{name}|{t.texts.get('n', '')}|{behind.lower()}"
        seen.setdefault(key, []).append((high, one, number(t.texts["events"]), words))
    for like in seen.values():
        every = [one for one in like if not one[0]]
        grave = [one for one in like if one[0]]
        if len(every) == 1 == len(grave) and grave[0][2] > every[0][2]:
            (_, _, _, whole), (_, last, _, part) = every[0], grave[0]
            yield Finding("grades", last.page, last.text, (part, whole))


def _of_rows(lines: Sequence[Line]) -> Iterator[Finding]:
    """Two rows of one table, of one name; where the grade is the whole label, two that follow."""
    seen: dict[tuple[str, str], list[tuple[int, bool, Line]]] = {}
    for at, line in enumerate(lines):
        graded = _graded(line.cells[0])
        if graded is not None:
            seen.setdefault((graded[0], line.above), []).append((at, graded[1], line))
    for (name, _), like in seen.items():
        for (i, a_high, a), (k, b_high, b) in combinations(like, 2):
            if a_high == b_high or len(a.cells) != len(b.cells) or not (name or k == i + 1):
                continue
            if name and len(like) > 2:
                # A name that comes again is of something else the second time.
                continue
            whole, part = (b, a) if a_high else (a, b)
            for every, grave in zip(whole.cells[1:], part.cells[1:], strict=True):
                if _more(grave, every):
                    line = part.sentence
                    words = (f"{part.cells[0]}: {grave}", f"{whole.cells[0]}: {every}")
                    yield Finding("grades", line.page, line.text, words)


def _of_columns(line: Line) -> Iterator[Finding]:
    """Two cells of one row under heads of one name."""
    cells = line.cells[1:]
    heads = heads_of(line.columns, cells)
    graded = [
        (*named, cell, head.text)
        for cell, head in zip(cells, heads, strict=True)
        if head is not None and (named := _graded(head.text)) is not None
    ]
    for name, high, cell, head in graded:
        every = [one for one in graded if one[0] == name and not one[1]]
        if high and len(every) == 1 and _more(cell, every[0][2]):
            words = (f"{head}: {cell}", f"{every[0][3]}: {every[0][2]}")
            yield Finding("grades", line.sentence.page, line.sentence.text, words)


def _more(cell: str, than: str) -> bool:
    """Whether one cell counts more than another that is written alike."""
    for form, name in ((SHARE, "events"), (_PERCENT, "percent"), (_COUNTED, "events")):
        one, other = form.fullmatch(cell), form.fullmatch(than)
        if one and other:
            return number(one[name]) > number(other[name])
    return False
