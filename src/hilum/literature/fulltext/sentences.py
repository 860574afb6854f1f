"""Sentences and rows of tables of a paper, each with its page and the section it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.own import begins_study
from hilum.literature.fulltext.plain import commas_are_decimal, plain, pointed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hilum.literature.fulltext.pages import Page

# Words before a point that ends no sentence.
_SHORT: Final = re.compile(
    r"(?:\b(?:vs|resp|approx|ca|cf|al|fig|figs|tab|no|nos|dr|prof|st|mo|mos|yr|yrs|wk|i\.e|e\.g"
    r"|i\.v|p\.o|s\.c|incl|est|ref|refs|suppl|max|min|med|ver|v)|\b[A-Z])\.$",
    re.I,
)
_END: Final = re.compile(
    r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?(?:[A-Z0-9]|m[A-Z]))|(?<=[。！？!?；])"
)
# Units that end a sentence where a word with a capital letter follows.
_UNIT_END: Final = re.compile(r"\b(?:mo|mos|mths|yr|yrs|wk|wks|pts)\.$", re.I)
# "Objective response: 11 of 88", and "- two deaths": points of a list.
_POINT: Final = re.compile(r"\(?[A-Z][^.:;|]{1,70}:\s+\S")
_BULLET: Final = re.compile(r"[-•*–▪●◦]\s+\S")
# The lines of a manuscript are numbered.
_NUMBERED: Final = re.compile(r"^ {0,9}(\d{1,4})(?: {1,4}|$)", re.M)
_CELLS: Final = re.compile(r"\t|\||\S {2,}\S")
_BROKEN: Final = re.compile(r"\b(\w{1,40})-\n\s{0,9}([a-z]{1,40})")
# Longer than any sentence: what is printed so is cut, for time grows with the square.
_LONGEST: Final = 1200
# Words whose hyphen at the end of a line is their own.
_HYPHENED: Final = frozenset((
    "anti", "co", "day", "disease", "drug", "event", "extra", "failure", "first", "five",
    "follow", "four", "grade", "half", "hazard", "health", "high", "intra", "liver", "log",
    "long", "low", "metastasis", "month", "multi", "non", "one", "peri", "post", "pre",
    "progression", "quality", "re", "recurrence", "relapse", "second", "self", "short",
    "single", "six", "symptom", "ten", "third", "three", "time", "treatment", "tumor",
    "tumour", "two", "week", "well", "year",
))  # fmt: skip
SECTIONS: Final = {
    "aim": r"aims?|objectives?|purpose|background|introduction|context|rationale|importance",
    "methods": r"(?:patients|materials?|subjects|study design|design)? ?(?:and|&)? ?methods?"
    r"|patients and methods|study design|statistical (?:analysis|analyses|methods)|statistics"
    r"|design, setting(?:,)? and participants|interventions?|endpoints?|outcome measures"
    r"|main outcomes? and measures?|sample size(?: calculation)?|design|setting|participants"
    r"|eligibility(?: criteria)?|trial design|definitions?|protocol",
    "results": r"(?:main |key |principal )?(?:results?|findings)|results and discussion|efficacy"
    r"|safety|toxicity|survival|adverse events|outcomes?|tumou?r response|response|follow-up",
    "discussion": r"discussion|comment|conclusions?|interpretation|limitations?"
    r"|conclusions and relevance|discussion and conclusions?",
    "references": r"references|bibliography|literature cited|acknowledge?ments?|funding"
    r"|conflicts? of interest",
}
_HEAD: Final = re.compile(
    r"(?:^|(?<=[.!?\])]\s)|(?<=\n))(?:\d+(?:\.\d+)*\.? +)?(?:(?P<alone>(?i:{0}))\s*(?=\n|$)"
    r"|(?P<before>(?i:{0}))\s*(?::|\.(?=\s+[A-Z0-9])|- (?=[A-Z])))".format(
        "|".join(f"(?:{one})" for one in SECTIONS.values())
    )
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as printed, and plain (one kind of dash, space, point) of the same length.

    ``section`` is a key of ``SECTIONS``, empty where no heading was met; ``row`` says that it is
    a line of a table.
    """

    page: int
    text: str
    plain: str
    section: str
    row: bool = False


def sentences(pages: Iterable[Page]) -> list[Sentence]:
    """Every sentence and every row of a table, in order."""
    pages = list(pages)
    comma = commas_are_decimal("\n".join(plain(one.text) for one in pages))
    out: list[Sentence] = []
    section = ""
    for page in pages:
        for block, rows in _blocks(_unnumbered(page.text)):
            for part, head in _parts(block):
                section = head or section
                pieces = part.split("\n") if rows else _split(part)
                for piece in _short_enough(pieces):
                    if piece.strip():
                        same = plain(piece)
                        same = pointed(same) if comma else same
                        if section == "aim" and begins_study(same):
                            section = ""
                        out.append(Sentence(page.number, piece, same, section, rows))
    return out


def _unnumbered(text: str) -> str:
    """The text without the numbers of its lines, if nearly every line begins with the next one."""
    lines = [line for line in text.split("\n") if line.strip()]
    numbers = [int(m[1]) for line in lines if (m := _NUMBERED.match(line))]
    steps = [b - a for a, b in pairwise(numbers)]
    if len(lines) < 5 or len(numbers) < 0.8 * len(lines) or any(not 0 < one < 3 for one in steps):
        return text
    return _NUMBERED.sub("", text)


def _short_enough(pieces: list[str]) -> Iterator[str]:
    for piece in pieces:
        for start in range(0, len(piece), _LONGEST):
            yield piece[start : start + _LONGEST]


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Paragraphs (hyphens of line ends taken out) and tables."""
    kept: list[str] = []
    rows = False
    for line in [*text.replace("\r", "").split("\n"), ""]:
        bare = line.strip()
        cells = bool(_CELLS.search(bare))
        if kept and (not bare or cells != rows):
            yield _joined(kept, rows), rows
            kept = []
        if bare:
            rows = cells
            kept.append(bare)


def _joined(lines: list[str], rows: bool) -> str:
    text = "\n".join(lines)
    return text if rows else _BROKEN.sub(_mended, text)


def _mended(broken: re.Match[str]) -> str:
    first, second = broken.groups()
    hyphen = "-" if first.lower() in _HYPHENED or first[-1].isdigit() else ""
    return f"{first}{hyphen}{second}"


def _parts(block: str) -> Iterator[tuple[str, str]]:
    """The block cut at headings, each part with the section that begins there."""
    at, head = 0, ""
    for found in _HEAD.finditer(block):
        if found.start() > at:
            yield block[at : found.start()], head
        name = (found["alone"] or found["before"]).lower()
        head = next(
            code for code, words in SECTIONS.items() if re.fullmatch(words, name, re.IGNORECASE)
        )
        at = found.end()
    yield block[at:], head


def _split(part: str) -> list[str]:
    """Sentences of running text, one line each; a list is cut at its points."""
    lines = part.split("\n")
    points = [bool(_POINT.match(line)) for line in lines]
    # Where most lines have a name and a colon, so are those between them points.
    listed = sum(points) >= 3 and 2 * sum(points) > len(lines)
    texts: list[list[str]] = [[]]
    for line in lines:
        if texts[-1] and (_BULLET.match(line) or (listed and re.match(r"\(?[A-Z]", line))):
            texts.append([])
        texts[-1].append(line)
    return [one for text in texts for one in _sentences_of(" ".join(text))]


def _sentences_of(text: str) -> list[str]:
    out: list[str] = []
    start = 0
    for found in _END.finditer(text):
        before = text[start : found.start()].rstrip()
        unit = _UNIT_END.search(before) and re.match(r"[A-Z][a-z]|m[A-Z]", text[found.end() :])
        if _SHORT.search(before) and not unit:
            continue
        out.append(text[start : found.end()].strip())
        start = found.end()
    out.append(text[start:].strip())
    return out
