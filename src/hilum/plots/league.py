"""Tables drawn as squares of colour: the league table and the net heat plot."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from hilum.plots.canvas import STYLE
from hilum.plots.captions import caption, captioned, tall, unbroken
from hilum.plots.colours import diverging, ink, room
from hilum.plots.text_size import shortened, whole_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAT_WORDS = (
    "fall of the row's Q when the column is detached;",
    "grey: weight of the column's evidence",
)
"""What colours and squares of the net heat plot mean."""
MOST = 520.0
"""How wide, in px, a table of few treatments is drawn for the sake of its words."""
NOTE = 11.0


def league_svg(
    names: Sequence[str],
    below: Sequence[Sequence[str]],
    above: Sequence[Sequence[str]],
    strength: Sequence[Sequence[float | None]],
    *,
    title: str,
    note: str,
) -> str:
    """A league table, every cell row against column.

    Parameters
    ----------
    names : sequence of length n
        In the order of rows, the best first.
    below, above : (n, n) sequences of str
        Texts under and over the diagonal: an estimate, a line break, its interval; empty where
        there is none.
    strength : (n, n) sequences of float or None
        Estimate over standard error; colours the cell, full at 4.
    """
    n = len(names)
    lines = [
        part for rows in (below, above) for row in rows for cell in row for part in cell.split("\n")
    ]
    wide = max(room(lines, 10) + 12, 54.0, min(room(list(names), 11) + 8, 96.0))
    deep = 36.0
    words = max(unbroken(title, "heading"), unbroken(note, "axis", NOTE))
    width = max(n * wide + 20, min(words, MOST))
    title_lines, note_lines = caption(title, width, "heading"), caption(note, width, "axis", NOTE)
    left, top = (width - n * wide) / 2, 30 + tall(title_lines)
    under = top + n * deep + 18
    parts = [_head(width, under + tall(note_lines, NOTE) + 12, title, title_lines)]
    for i in range(n):
        for j in range(n):
            x, y = left + j * wide, top + i * deep
            if i == j:
                parts.append(_box(x, y, wide, deep, "#1d2b36"))
                wrapped = _wrapped(names[i], wide, 10)
                first = y + deep / 2 + 4 - 5.5 * (len(wrapped) - 1)
                parts += [
                    _words(x + wide / 2, first + 11 * row, line, "#fff", 10)
                    for row, line in enumerate(wrapped)
                ]
                continue
            z = strength[i][j]
            text = below[i][j] if i > j else above[i][j]
            share = 0.0 if z is None else max(-1.0, min(1.0, z / 4)) * 0.9
            parts.append(_box(x, y, wide, deep, diverging(share) if text else "#f4f6f8"))
            value, _, ends = text.partition("\n")
            middle = x + wide / 2
            parts.append(_words(middle, y + 15, value, ink(share), 11))
            parts.append(_words(middle, y + 29, ends, ink(share), 10))
    parts.append(captioned(note_lines, width / 2, under, "axis", NOTE))
    return "".join(parts) + "</svg>"


def net_heat_svg(
    designs: Sequence[str],
    heat: Sequence[Sequence[float]],
    hat: Sequence[Sequence[float]],
    *,
    title: str = "Net heat plot",
    words: Sequence[str] = HEAT_WORDS,
) -> str:
    """Inconsistency by design (Krahn 2013): warm where letting the column go helps the row.

    The grey square in a cell is how much the column's direct evidence weighs in the row's network
    estimate.
    """
    n, cell = len(designs), 44.0
    side, top = room(list(designs), 11) + 18, room(list(designs), 11) * 0.72 + 44
    right = max(90.0, room(list(designs), 11) * 0.72 + 10)
    width = max(side + n * cell + right, side + 190 + room(list(words), 11) + 10)
    title_lines = caption(title, width, "heading")
    top += tall(title_lines)
    height = top + n * cell + 62
    largest = max((abs(value) for row in heat for value in row), default=0.0) or 1.0
    parts = [_head(width, height, title, title_lines)]
    for i, name in enumerate(designs):
        parts.append(
            f'<text x="{side - 6:.1f}" y="{top + (i + 0.5) * cell + 4:.1f}" font-size="11" '
            f'text-anchor="end">{escape(name)}</text>'
            f'<text transform="translate({side + (i + 0.5) * cell:.1f},{top - 6:.1f}) rotate(-45)" '
            f'font-size="11">{escape(name)}</text>'
        )
        for j, other in enumerate(designs):
            x, y = side + j * cell, top + i * cell
            size = cell * 0.92 * min(1.0, abs(hat[i][j])) ** 0.5
            parts.append(
                _box(x, y, cell, cell, diverging(0.95 * heat[i][j] / largest))
                + f'<rect x="{x + (cell - size) / 2:.1f}" y="{y + (cell - size) / 2:.1f}" '
                f'width="{size:.1f}" height="{size:.1f}" fill="#5b6b78" fill-opacity="0.45"><title>'
                f"{escape(name)}, {escape(other)} detached: {heat[i][j]:.3g}</title></rect>"
            )
    y = top + n * cell + 18
    for step in range(41):
        parts.append(
            f'<rect x="{side + 4 * step:.1f}" y="{y:.1f}" width="4.2" height="10" '
            f'fill="{diverging(0.95 * (step - 20) / 20)}"/>'
        )
    parts.append(_words(side, y + 24, f"{-largest:.3g}", "#44525e", 11))
    parts.append(_words(side + 82, y + 24, "0", "#44525e", 11))
    parts.append(_words(side + 164, y + 24, f"{largest:.3g}", "#44525e", 11))
    parts += [
        f'<text class="axis" x="{side + 190:.1f}" y="{y + 9 + 14 * i:.1f}" font-size="11">'
        f"{escape(line)}</text>"
        for i, line in enumerate(words)
    ]
    return "".join(parts) + "</svg>"


def _head(width: float, height: float, title: str, lines: tuple[str, ...]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'role="img"><title>{escape(title)}</title>{STYLE}'
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
        f"{captioned(lines, width / 2, 18, 'heading')}"
    )


def _box(x: float, y: float, wide: float, deep: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{deep:.1f}" fill="{colour}" '
        'stroke="#fff"/>'
    )


def _words(x: float, y: float, words: str, colour: str, size: float) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{size:g}" '
        f'fill="{colour}">{escape(words)}</text>'
    )


def _wrapped(words: str, wide: float, size: float) -> tuple[str, ...]:
    """At most three lines, broken where that helps; what is too long ends in dots."""
    most = (wide - 6) * 12 / size
    lines = whole_lines(words, most)
    if len(lines) > 3:
        lines = (*lines[:2], "".join(lines[2:]))
    return tuple(shortened(line.strip(), most) for line in lines)
