"""Words printed aslant, as spreadsheets and R turn labels that would not fit side by side.

A label that is turned stands at its tick with its end, its middle or its beginning. Each of the
three is a place that the label may belong to: those of one kind that stand on one line, and have
ticks, make an axis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hilum.literature.figures.page import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.figures.page import Point

# Degrees from level or upright by which letters are aslant.
ASLANT = 2.0
# In heights of letters: the gap between two letters of one word, and their middle above its line.
GAP, MIDDLE = 0.25, 0.35
# Height of letters, in halves of their width.
TALL = 4.0


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter: where its line begins and ends, and its height."""

    text: str
    start: Point
    end: Point
    size: float


def is_aslant(across: float, down: float) -> bool:
    """Whether a line of letters in this direction is neither level nor upright."""
    turned = math.degrees(math.atan2(down, across)) % 90
    return ASLANT < turned < 90 - ASLANT


def of_letters(letters: Iterable[dict[str, Any]], height: float) -> list[Word]:
    """The places of the slanted words of a PDF page.

    Parameters
    ----------
    letters : iterable of dict
        Characters in the order in which they are printed, each with its text matrix.
    height : float
        Of the page, points.
    """
    read = [
        _Letter(
            str(one["text"]),
            (e, height - f),
            (e + one["adv"] * a, height - f - one["adv"] * b),
            math.hypot(c, d) * float(one.get("size", 0.0)) or 1.0,
        )
        for one in letters
        for a, b, c, d, e, f in (one["matrix"],)
        if is_aslant(a, b)
    ]
    if not read:
        return []
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(read)) if not _follows(a, b)), len(read)]
    out: list[Word] = []
    for first, stop in pairwise(cuts):
        own = read[first:stop]
        text = "".join(one.text for one in own).strip()
        out += places_of(text, own[0].start, own[-1].end, own[0].size)
    return out


def stands_aslant(word: Word) -> bool:
    """Whether the letters of a word stand aslant; those of a single letter are not known to."""
    if len(word.letters) < 2:
        return False
    (x0, y0), (x1, y1) = word.letters[0], word.letters[-1]
    return is_aslant(x1 - x0, y0 - y1)


def of_words(words: Iterable[Word]) -> list[Word]:
    """The places of those words of an SVG whose letters stand aslant."""
    out: list[Word] = []
    for word in words:
        if not stands_aslant(word):
            continue
        (x0, y0), (x1, y1) = word.letters[0], word.letters[-1]
        # From the middles of the first and the last letter to their outer edges.
        half = 0.5 / (len(word.letters) - 1)
        over, down = half * (x1 - x0), half * (y1 - y0)
        start, end = (x0 - over, y0 - down), (x1 + over, y1 + down)
        out += places_of(word.text, start, end, TALL * math.hypot(over, down), lifted=0.0)
    return out


def _follows(one: _Letter, other: _Letter) -> bool:
    """Whether a letter goes on where another ends."""
    gap = math.dist(one.end, other.start)
    return other.text.strip() != "" and gap < GAP * one.size


def places_of(
    text: str, start: Point, end: Point, size: float, *, lifted: float = MIDDLE
) -> list[Word]:
    """A word at its beginning, at its middle and at its end, each as high as its letters.

    ``lifted`` is how far the middle of letters is above the line given, in their heights.
    """
    (x0, y0), (x1, y1) = start, end
    long = max(math.hypot(x1 - x0, y1 - y0), 1e-9)
    up = lifted * size / long
    across, down = (y1 - y0) * up, -(x1 - x0) * up
    half = size / 2
    return [
        Word(text, x - half, y - half, x + half, y + half, True)
        for share in (0.0, 0.5, 1.0)
        for x, y in ((x0 + share * (x1 - x0) + across, y0 + share * (y1 - y0) + down),)
    ]
