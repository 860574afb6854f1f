"""How much has been published: treatments by outcomes, as squares beside figures or as bubbles.

The area of a mark grows with patients. Its depth of one hue and one to four dots say how certain
the figure is, so that print and colour blindness lose nothing; an open mark is not rated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FONT: Final = "Inter,'Segoe UI','Helvetica Neue','Noto Sans','Noto Sans CJK SC',sans-serif"
INK, SECOND, THIRD, EDGE, GRID = "#17202a", "#46525e", "#5a6672", "#76818c", "#d6dce2"
LEVELS: Final = {
    "very_low": "#c6d5e2",
    "low": "#8fb3d1",
    "moderate": "#3f7fb0",
    "high": "#0b3f66",
}
"""Depth of each level of certainty, the lowest first; as many dots are filled as its place."""
OPEN: Final = "#ffffff"
LABEL, HEAD, EDGES = 212.0, 56.0, 20.0
LEAST, MOST = 2.5, 23.0
# The first letter of the scripts that are as wide as they are high.
WIDE = 0x2E80
# Signs that begin no line, and that end none.
CLOSING, OPENING = "，。；：）、／", "（"
Shape = Literal["square", "bubble"]
WIDTHS: Final[dict[Shape, float]] = {"square": 118.0, "bubble": 96.0}
HEIGHTS: Final[dict[Shape, float]] = {"square": 58.0, "bubble": 80.0}


@dataclass(frozen=True, slots=True)
class MapMark:
    """One cell as drawn.

    Attributes
    ----------
    patients : int
        What its area stands for; 0 draws the least mark where there is a figure.
    level : str or None
        Of :data:`LEVELS`; None is not rated.
    figure, counts, sign : str
        The figure, studies and patients, and the sign of its kind of evidence.
    compared : str or None
        Certainty of the best comparison, with ``compared_word`` before it.
    empty : tuple of str
        What is said instead where there is no figure.
    said : str
        The whole cell as a sentence.
    href : str
        Where it leads, empty for nowhere.
    """

    patients: int
    level: str | None
    figure: str
    counts: str
    sign: str
    compared: str | None
    compared_word: str
    empty: tuple[str, ...]
    said: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class MapKey:
    """What the key says: the levels in words, the open mark, sizes, and lines of text."""

    levels: Sequence[tuple[str, str]]
    not_rated: str
    sizes: Sequence[tuple[int, str]]
    lines: Sequence[str]


def evidence_map_svg(
    rows: Sequence[str],
    columns: Sequence[str],
    marks: Sequence[Sequence[MapMark]],
    key: MapKey,
    *,
    shape: Shape,
    title: str,
    said: str,
) -> str:
    """The map as one SVG without a style of its own; ``said`` is its description in a sentence."""
    wide, tall = WIDTHS[shape], HEIGHTS[shape]
    left = EDGES + LABEL
    right = left + wide * len(columns)
    told = wrapped(said, right - EDGES, 12)
    top = EDGES + 29 + 15 * len(told) + HEAD
    bottom = top + tall * len(rows)
    largest = max([1, *(mark.patients for line in marks for mark in line)])
    out = [_text(EDGES, EDGES + 14, title, size=15, weight=650)]
    out += _lines(EDGES, EDGES + 33, told, fill=SECOND)
    out += _grid(left, top, right, bottom, wide, tall)
    for j, name in enumerate(columns):
        lines = wrapped(name, wide - 8, 12)[-3:]
        y = top - 9 - 15 * (len(lines) - 1)
        out += _lines(left + wide * (j + 0.5), y, lines, weight=600, anchor="middle")
    for i, name in enumerate(rows):
        lines = wrapped(name, LABEL - 12, 12)[:3]
        y = top + tall * (i + 0.5) + 4 - 7.5 * (len(lines) - 1)
        out += _lines(EDGES, y, lines, weight=600)
        for j, mark in enumerate(marks[i]):
            x, y = left + wide * j, top + tall * i
            drawn = DRAWN[shape] if not mark.empty else _empty
            out.append(_cell(mark, drawn(mark, x, y, wide, tall, largest)))
    below, reach, foot = _key(key, bottom + 26, largest, shape, right - EDGES)
    width, height = max(right, reach) + EDGES, foot + EDGES
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" font-family="{FONT}" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f"<desc>{escape(said)}</desc>"
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
        f"{''.join(out)}{''.join(below)}</svg>"
    )


def mark_svg(patients: int, level: str | None, largest: int, *, side: float = 30.0) -> str:
    """A square of a cell alone, for a table of a page; its words stand beside it."""
    half = side / 2
    shape = _square(half, half, radius(patients, largest, half - 1), level)
    return (
        f'<svg viewBox="0 0 {side:g} {side:g}" width="{side:g}" height="{side:g}" '
        f'aria-hidden="true">{shape}</svg>'
    )


def radius(patients: int, largest: int, most: float = MOST) -> float:
    """Half the width of a mark: its area grows with patients."""
    return max(LEAST, most * math.sqrt(patients / largest))


def dots_svg(level: str, x: float, y: float, fill: str = SECOND) -> str:
    """Four dots of which the level fills the first."""
    filled = tuple(LEVELS).index(level) + 1
    return "".join(
        f'<circle cx="{x + 9 * i:.1f}" cy="{y:.1f}" r="3" fill="{fill if i < filled else OPEN}" '
        f'stroke="{fill}"/>'
        for i in range(len(LEVELS))
    )


def _grid(
    left: float, top: float, right: float, bottom: float, wide: float, tall: float
) -> Iterable[str]:
    def line(x1: float, y1: float, x2: float, y2: float, stroke: str) -> str:
        return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{stroke}" fill="none"/>'

    y = top
    while y <= bottom + 1:
        yield line(EDGES, y, right, y, EDGE if y == top else GRID)
        y += tall
    x = left
    while x <= right + 1:
        yield line(x, top, x, bottom, GRID)
        x += wide


def _cell(mark: MapMark, inside: str) -> str:
    whole = f"<g><title>{escape(mark.said)}</title>{inside}</g>"
    if not mark.href:
        return whole
    return f'<a href="{escape(mark.href)}" aria-label="{escape(mark.said)}">{whole}</a>'


def _squared(mark: MapMark, x: float, y: float, wide: float, tall: float, largest: int) -> str:
    """A square at the left, the figure with its counts and dots at the right."""
    half, end = 17.0, x + wide - 7
    out = [_square(x + 6 + half, y + 23, radius(mark.patients, largest, half), mark.level)]
    out.append(_text(end, y + 16, mark.figure, size=12, weight=600, anchor="end"))
    out.append(_text(end, y + 31, mark.counts, size=11, fill=SECOND, anchor="end"))
    if mark.level is not None:
        out.append(dots_svg(mark.level, end - 30, y + 41))
    if mark.sign:
        out.append(_text(end - 40, y + 45, mark.sign, size=11, weight=600, anchor="end"))
    if mark.compared is not None:
        out.append(_text(x + 6, y + tall - 4, mark.compared_word, size=10, fill=THIRD))
        out.append(dots_svg(mark.compared, end - 30, y + tall - 7, "#0b5a8a"))
    return "".join(out)


def _bubble(mark: MapMark, x: float, y: float, wide: float, tall: float, largest: int) -> str:
    """A circle in the middle, patients and dots below it."""
    del tall
    middle = x + wide / 2
    out = [_circle(middle, y + 27, radius(mark.patients, largest), mark.level)]
    words = f"{mark.counts} {mark.sign}".rstrip()
    out.append(_text(middle, y + 63, words, size=11, fill=SECOND, anchor="middle"))
    if mark.level is not None:
        out.append(dots_svg(mark.level, middle - 13.5, y + 71))
    return "".join(out)


DRAWN: Final = {"square": _squared, "bubble": _bubble}


def _empty(mark: MapMark, x: float, y: float, wide: float, tall: float, largest: int) -> str:
    """Why there is no figure."""
    del largest
    start = y + tall / 2 + 4 - 7 * (len(mark.empty) - 1)
    first, *rest = mark.empty
    out = [_text(x + wide / 2, start, first, size=12, fill=THIRD, anchor="middle")]
    out += _lines(x + wide / 2, start + 14, rest, size=10.5, fill=THIRD, anchor="middle", step=13)
    return "".join(out)


def _square(x: float, y: float, half: float, level: str | None) -> str:
    return (
        f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" '
        f'height="{2 * half:.1f}" {_fill(level)}/>'
    )


def _circle(x: float, y: float, r: float, level: str | None) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {_fill(level)}/>'


def _fill(level: str | None) -> str:
    return f'fill="{OPEN if level is None else LEVELS[level]}" stroke="{SECOND}"'


def _key(
    key: MapKey, y: float, largest: int, shape: Shape, wide: float
) -> tuple[list[str], float, float]:
    """The key under the map; its parts, how far it reaches, and where it ends."""
    out: list[str] = []
    draw = _square if shape == "square" else _circle
    most = 17.0 if shape == "square" else MOST
    x = EDGES
    for level, word in key.levels:
        out += [draw(x + 7, y, 7, level), dots_svg(level, x + 23, y)]
        out.append(_text(x + 60, y + 4, word, fill=SECOND))
        x += 76 + width_of(word, 12)
    out += [draw(x + 7, y, 7, None), _text(x + 22, y + 4, key.not_rated, fill=SECOND)]
    reach = x + 22 + width_of(key.not_rated, 12)
    x, y = EDGES, y + 18 + most
    for patients, word in key.sizes:
        r = radius(patients, largest, most)
        out += [draw(x + r, y, r, None), _text(x + 2 * r + 6, y + 4, word, fill=SECOND)]
        x += 2 * r + 24 + width_of(word, 12)
    y += most + 20
    for line in key.lines:
        lines = wrapped(line, wide, 12)
        out += _lines(EDGES, y, lines, fill=SECOND)
        y += 17 * len(lines)
    return out, max(reach, x), y - 8


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 12,
    fill: str = INK,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    if not words:
        return ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _lines(
    x: float,
    y: float,
    lines: Sequence[str],
    *,
    size: float = 12,
    fill: str = INK,
    weight: int = 400,
    anchor: str = "start",
    step: float = 15,
) -> list[str]:
    return [
        _text(x, y + step * i, line, size=size, fill=fill, weight=weight, anchor=anchor)
        for i, line in enumerate(lines)
    ]


def width_of(words: str, size: float) -> float:
    """Rough width of words; those of square scripts fill their square."""
    return size * sum(1.0 if ord(one) >= WIDE else 0.56 for one in words)


def wrapped(words: str, width: float, size: float) -> list[str]:
    """Words in lines: broken at blanks, and anywhere between signs of square scripts."""
    parts: list[str] = []
    for one in words:
        last = parts[-1][-1] if parts else " "
        new = last == " " or ord(one) >= WIDE or ord(last) >= WIDE
        if not parts or (new and one not in CLOSING and last not in OPENING):
            parts.append(one)
        else:
            parts[-1] += one
    lines = [""]
    for part in parts:
        if lines[-1] and width_of(lines[-1] + part.rstrip(), size) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]
