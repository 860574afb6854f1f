"""The words before a row of numbers: its name, which may hold numbers (Arm 2, > 3 cm)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.risk_cells import TABLED, WHOLE
from hilum.literature.figures.unit_words import plain_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.page import Word
    from hilum.literature.figures.risk_cells import Cell

# Numbers stand on one line with their words to within so many points.
BESIDE = 2.5
# The name of a row ends so many points before its numbers at most, and its words are so far apart.
LABEL, FOLLOWS = 130.0, 8.0
# A number is of a name where a blank parts it from the next word: this share of its height, where
# the widths of letters are guessed.
NEXT = 0.8
# A first number stands under the first label, give or take so many points.
FIRST = 7.0
# A number of patients behind a name.
COUNT: Final = re.compile(r"[\s,;:]*[(\[]?\s*[nN]\s*=\s*[\d,]+\s*[)\]]?\s*$")
# What stands before = in a name, which is no part of a sign of comparison.
GROUP: Final = re.compile(r"^.*(?<![<>!])=")


def bare_name(words: str) -> str:
    """A name in small letters, without blanks, what stands before = and a number of patients."""
    plain = GROUP.sub("", COUNT.sub("", words))
    plain = plain.replace(">=", "≥").replace("<=", "≤")
    return re.sub(r"\s", "", plain_letters(plain)).strip(":")


def is_name(words: str, names: Sequence[str]) -> bool:
    """Whether words are the name of one of the curves."""
    own = bare_name(words)
    return bool(own) and any(own == bare_name(name) for name in names if name)


def without_names(words: Sequence[Word], names: Sequence[str], first: float) -> list[Word]:
    """The words without numbers that are names of curves (0, 1) before a row's first number."""
    starts = [w for w in words if WHOLE.fullmatch(w.text) and abs(w.centre[0] - first) < FIRST]
    return [
        w
        for w in words
        if w.centre[0] > first - FIRST
        or not is_name(w.text, names)
        or not any(abs(one.centre[1] - w.centre[1]) < BESIDE for one in starts)
    ]


def without_name(line: list[Cell], words: Sequence[Word], first: float) -> list[Cell]:
    """The cells of a line without the numbers of its name.

    Parameters
    ----------
    line : list of Cell
        From the left.
    words : sequence of Word
        All of the page.
    first : float
        Place of the first label of the axis of time.
    """
    beside = [
        w
        for w in words
        if abs(w.centre[1] - line[0].middle) < BESIDE
        and w.left < first
        and w.centre[0] < line[-1].left
    ]
    parting = [w.left for w in beside if not TABLED.fullmatch(w.text)]
    end = max(parting, default=line[0].left)
    own = [cell for cell in line if cell.left >= end]
    while len(own) > 1 and _of_name(own[0], own[1], beside, first):
        own = own[1:]
    return own or line


def _of_name(cell: Cell, following: Cell, beside: Sequence[Word], first: float) -> bool:
    """Whether a number goes on with the words before it, and the next one is the first of a row."""
    if abs(following.centre - first) >= abs(cell.centre - first):
        return False
    return any(
        -1 < cell.left - w.right <= NEXT * (w.bottom - w.top) and not WHOLE.fullmatch(w.text)
        for w in beside
    )


def label_of(left: float, middle: float, words: Sequence[Word], names: Sequence[str]) -> list[Word]:
    """The words before a row that begins at ``left``, on the line at ``middle``."""
    before = [w for w in words if abs(w.centre[1] - middle) < BESIDE and w.right < left + 1]
    before.sort(key=lambda w: w.left)
    near: list[Word] = []
    at = left
    for i in range(len(before) - 1, -1, -1):
        word = before[i]
        gap = at - word.right
        if gap > (FOLLOWS if near else LABEL):
            break
        if WHOLE.fullmatch(word.text):
            blank = NEXT * (word.bottom - word.top)
            of_name = gap <= blank if near else _ends_name(before[: i + 1], blank, names)
            if near and not of_name:
                break
            if not of_name:
                continue
        near.insert(0, word)
        at = word.left
    return near


def _ends_name(before: Sequence[Word], blank: float, names: Sequence[str]) -> bool:
    """Whether the last of the words before a row, a number, ends a name, or is one."""
    number = before[-1]
    if len(before) > 1 and number.left - before[-2].right <= blank:
        return not WHOLE.fullmatch(before[-2].text)
    return is_name(number.text, names)
