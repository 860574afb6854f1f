"""How wide words are drawn, and words cut into lines that fit a column."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Of a letter of 12 px, measured on Noto Sans; wide letters take a whole square.
LETTER, WIDE, BOLD = 6.7, 12.4, 1.08
# Narrow in every font that a plot is set in.
THIN: Final = frozenset(" .,:;|!'()[]il·\u202f\u00a0")
# Between words of letters, and before any letter of a script without spaces between words.
PIECES: Final = re.compile(r"\s*(?:[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff]+)")
# No line begins with one of these.
CLOSING: Final = "，。；：、）】》,.;:)"


def width(text: str, bold: float = 1.0) -> float:
    """About how wide a text is at 12 px."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    thin = sum(letter in THIN for letter in text)
    return bold * (LETTER * (len(text) - wide - thin) + WIDE * wide + 0.62 * LETTER * thin)


def shortened(text: str, most: float, bold: float = 1.0) -> str:
    """A text as long as its column."""
    while width(text, bold) > most:
        text = text.rstrip("…")[:-1] + "…"
    return text


def wrapped(text: str, most: float, bold: float = 1.0, lines: int = 99) -> tuple[str, ...]:
    """A text in lines of a column's width; the last of ``lines`` is shortened."""
    out: list[str] = []
    for piece in PIECES.findall(text):
        fits = bool(out) and width(out[-1] + piece, bold) <= most
        if fits or len(out) == lines or (out and piece.strip()[:1] in CLOSING):
            out[-1] += piece
        else:
            out.append(piece.lstrip())
    return tuple(shortened(one, most + 14, bold) for one in out) or ("",)


def whole_lines(text: str, most: float, bold: float = 1.0) -> tuple[str, ...]:
    """A text in as many lines as it takes; what has no blank is broken where the column ends."""
    out: list[str] = []
    for piece in PIECES.findall(text):
        if out and width(out[-1] + piece, bold) <= most:
            out[-1] += piece
            continue
        if out and piece.strip()[:1] in CLOSING and len(piece.strip()) == 1:
            out[-1] += piece
            continue
        rest = piece.lstrip()
        while width(rest, bold) > most and len(rest) > 1:
            end = next(
                n for n in range(len(rest) - 1, 0, -1) if n == 1 or width(rest[:n], bold) <= most
            )
            out.append(rest[:end])
            rest = rest[end:]
        out.append(rest)
    return tuple(out) or ("",)
