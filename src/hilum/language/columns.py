"""Text broken into lines of so many columns; Chinese characters take two."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

# A word with the spaces behind it, or one wide character with the signs that belong to it.
PIECE = re.compile(r"[（《「]*(?:[ᄀ-￿𠀀-𯿿]|[^\sᄀ-￿]+\s*)[，。；：、）！？》」]*|\s+")


def width_of(text: str) -> int:
    """Columns a text takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, width: int) -> str:
    """A text filled with spaces up to a width."""
    return text + " " * max(0, width - width_of(text))


def fold(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Break a text into lines; ``first`` begins the first line, ``rest`` the others."""
    lines: list[str] = []
    line, free = first, width - width_of(first)
    for piece in PIECE.findall(text):
        need = width_of(piece.rstrip())
        if need > free and line.strip():
            lines.append(line.rstrip())
            line, free = rest, width - width_of(rest)
            piece = piece.lstrip()
        line += piece
        free -= width_of(piece)
    return [*lines, line.rstrip()]


def shortened(text: str, width: int) -> str:
    """A text cut at a width, the cut shown."""
    if width_of(text) <= width:
        return text
    kept = text
    while width_of(kept) > width - 1:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,;:，、；：')}…"
