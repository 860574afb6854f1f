"""Colours of plots: told apart also by readers who see red and green alike."""

from __future__ import annotations

from unicodedata import east_asian_width

from hilum.plots.text_size import WIDE

# Okabe & Ito 2008, without yellow (too light for a point) and black.
PALETTE = ("#1f5f8b", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5b6b78")
WARM, COOL = (179, 84, 30), (31, 95, 139)
# Rough width of a character as a share of the size of its type.
CHARACTER = 0.58


def diverging(share: float) -> str:
    """From cool (-1) by white (0) to warm (1)."""
    end = WARM if share > 0 else COOL
    depth = min(abs(share), 1.0)
    red, green, blue = (round(255 + (value - 255) * depth) for value in end)
    return f"#{red:02x}{green:02x}{blue:02x}"


def ink(share: float) -> str:
    """Text that can be read on :func:`diverging`."""
    return "#fff" if abs(share) > 0.62 else "#1d2b36"


def room(words: list[str], size: float = 12) -> float:
    """Width that the longest of some words takes."""
    return size * max((_ems(one) for one in words), default=0.0)


def _ems(word: str) -> float:
    wide = sum(east_asian_width(letter) in "WF" for letter in word)
    return CHARACTER * (len(word) - wide) + WIDE / 12 * wide
