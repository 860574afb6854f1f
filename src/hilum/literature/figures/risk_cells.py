"""Cells of a printed table of whole numbers: 84, 1,204, 1 204, 1.204, 84 (3), 84/3, 81 %."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.figures.page import Word

# What a word of a table is made of, and its pieces: a number, one in brackets, the stroke between
# two, a percent sign; a mark of a footnote behind it says nothing of it.
TABLED: Final = re.compile(
    r"[\d(),.'’·/%\[\]]*\d[\d(),.'’·/%\[\]]*[*†‡§¶]*|[/%]|[(\[]|[)\]]"
)
PIECE: Final = re.compile(r"[(\[]\s*[\d,.'’·]+\s*%?\s*[)\]]?|[\d][\d,.'’·]*|[/%)\]]")
WHOLE: Final = re.compile(r"\d{1,6}|[1-9]\d{0,2}([,.'’]\d{3})+")
# A sign of thousands that is a blank is no wider than this share of the height of letters, what
# stands in brackets behind its number no further away than that; points of a line's slip.
BLANK, BEHIND, ALIGNED = 0.5, 1.0, 1.8


@dataclass(frozen=True, slots=True)
class Cell:
    """The numbers of one cell as written, and where it stands; ``sign`` parts two of them.

    ``percent`` says that it carries a percent sign.
    """

    numbers: tuple[str, ...]
    left: float
    right: float
    middle: float
    colour: str | None
    sign: str = ""
    percent: bool = False

    @property
    def centre(self) -> float:
        """Its middle along the line."""
        return (self.left + self.right) / 2

    def whole(self, which: int) -> int | None:
        """One of its numbers; None where that is not a whole number."""
        if which >= len(self.numbers):
            return None
        text = self.numbers[which]
        return int(re.sub(r"\D", "", text)) if WHOLE.fullmatch(text) else None

    def nearest(self, which: int) -> int | None:
        """The whole number next to one of its numbers, which may have decimals."""
        text = re.sub("[,·]", ".", self.numbers[which]).rstrip(".")
        plain = re.fullmatch(r"\d+(\.\d+)?", text)
        return round(float(text)) if plain else self.whole(which)


def lines_of_cells(words: Iterable[Word], left: float) -> list[list[list[Cell]]]:
    """Each line of numbers, from the top, in the ways it can be read.

    The first way takes a blank between digits for the next cell, the second for a sign of
    thousands. What has its middle before ``left`` is no cell.
    """
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.centre[1]):
        if not word.upright or not TABLED.fullmatch(word.text):
            continue
        if lines and word.centre[1] - lines[-1][0].centre[1] < ALIGNED:
            lines[-1].append(word)
        else:
            lines.append([word])
    out: list[list[list[Cell]]] = []
    for line in lines:
        pieces = [piece for word in sorted(line, key=lambda w: w.left) for piece in _pieces(word)]
        pieces = sorted(pieces, key=lambda p: p.left)
        apart, together = (
            [cell for cell in _cells(pieces, thousands=sign) if cell.centre > left]
            for sign in (False, True)
        )
        ways = [way for way in (apart, together) if way]
        if ways:
            out.append(ways if len(ways) == 2 and apart != together else ways[:1])
    return out


def _pieces(word: Word) -> list[Word]:
    """The parts of a word, each where it stands."""
    many = len(word.text)
    found = list(PIECE.finditer(word.text))
    if len(found) == 1 and found[0][0] == word.text:
        return [word]
    wide = (word.right - word.left) / many
    out: list[Word] = []
    for part in found:
        first, last = part.start(), part.end() - 1
        left, right = word.left + wide * first, word.left + wide * (last + 1)
        if len(word.letters) == many:
            left = word.letters[first][0] - wide / 2
            right = word.letters[last][0] + wide / 2
        out.append(replace(word, text=part[0], left=left, right=right, letters=()))
    return out


def _cells(pieces: list[Word], *, thousands: bool) -> list[Cell]:
    """The cells of a line; none where a piece belongs to no cell."""
    out: list[Cell] = []
    for piece in pieces:
        text, tall = piece.text, piece.bottom - piece.top
        gap = piece.left - out[-1].right if out else float("inf")
        if not out and not text[0].isdigit():
            # The end of the words before the row.
            continue
        if text in ("%", ")", "]"):
            if gap > BEHIND * tall:
                return []
            out[-1] = replace(out[-1], right=piece.right, percent=out[-1].percent or text == "%")
        elif text == "/":
            out[-1] = replace(out[-1], right=piece.right, sign="/")
        elif text[0] in "([":
            if gap > BEHIND * tall:
                return []
            inside = text.strip("()[]% ")
            numbers = (*out[-1].numbers, inside)
            out[-1] = replace(out[-1], numbers=numbers, right=piece.right, sign="(")
        elif out and out[-1].sign == "/" and len(out[-1].numbers) == 1 and gap <= BEHIND * tall:
            out[-1] = replace(out[-1], numbers=(*out[-1].numbers, text), right=piece.right)
        elif thousands and out and _continues(out[-1], text, gap, tall):
            number = f"{out[-1].numbers[0].replace(',', '')}{text}"
            out[-1] = replace(out[-1], numbers=(number,), right=piece.right)
        elif len(text) > 1 and text[0] == "0" and text.isdecimal():
            # The end of a number in thousands, and no number of its own.
            return []
        else:
            out.append(Cell((text,), piece.left, piece.right, piece.centre[1], piece.colour))
    return out


def _continues(cell: Cell, text: str, gap: float, tall: float) -> bool:
    """Whether three digits go on with the number before them."""
    return (
        len(cell.numbers) == 1
        and not cell.sign
        and not cell.percent
        and cell.numbers[0].isdecimal()
        and len(cell.numbers[0]) in (1, 2, 3)
        and re.fullmatch(r"\d{3}", text) is not None
        and gap <= BLANK * tall
    )
