"""Lines of words in the middle of a drawing, broken by how wide they are drawn."""

from __future__ import annotations

from html import escape
from typing import Final

from hilum.plots.text_size import BOLD, whole_lines, width

EDGE: Final = 12.0
"""Left free on either side, in px."""
KINDS: Final = {"heading": BOLD, "axis": 1.0}
"""Classes of a caption, and how much wider than plain type they are set."""


def caption(text: str, wide: float, kind: str = "axis", size: float = 12.0) -> tuple[str, ...]:
    """The lines of a caption in a drawing of ``wide`` px, of type of ``size`` px."""
    most = (wide - 2 * EDGE) * 12 / size
    return tuple(
        line.strip() for part in text.split("\n") for line in whole_lines(part, most, KINDS[kind])
    )


def unbroken(text: str, kind: str = "axis", size: float = 12.0) -> float:
    """How wide a drawing is, in px, that needs no line break but the caption's own."""
    longest = max(width(part, KINDS[kind]) for part in text.split("\n"))
    return longest * size / 12 + 2 * EDGE + 1


def captioned(
    lines: tuple[str, ...], middle: float, y: float, kind: str = "axis", size: float = 12.0
) -> str:
    """Lines around ``middle``, the first at ``y``, one below the other (see :func:`tall`)."""
    return "".join(
        f'<text class="{kind}" x="{middle:.1f}" y="{y + i * _step(size):.1f}" '
        f'font-size="{size:g}" text-anchor="middle">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )


def tall(lines: tuple[str, ...], size: float = 12.0) -> float:
    """How much lower the last line stands than the first."""
    return (len(lines) - 1) * _step(size)


def _step(size: float) -> float:
    return size + 3.0
