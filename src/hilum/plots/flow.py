"""A flow diagram: boxes in columns and rows, arrows between them, every box a link.

The layout is that of the PRISMA 2020 flow diagram (Page 2021, BMJ 372:n71; its template is given
under CC BY 4.0): the way of a record runs down, what leaves it stands to the right.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from hilum.plots.evidence_map import EDGE, FONT, INK, SECOND, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE, STEP = 12.0, 15.5
PAD = 9.0
BETWEEN, BELOW = 30.0, 24.0
BAR = 24.0
EDGES = 16.0
WIDTHS: Final = {
    "previous": 190.0,
    "searches": 240.0,
    "searches_side": 250.0,
    "others": 220.0,
    "others_side": 230.0,
}
"""Columns from left to right."""
HEAD_FILL, BAR_FILL = "#f3e3b3", "#c9dcec"


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line of a box: where it leads, how far it stands in."""

    text: str
    href: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class FlowBox:
    """A box at a row and a column; a ``gap`` is dashed: what is not decided yet."""

    row: int
    column: str
    lines: tuple[FlowLine, ...]
    href: str = ""
    said: str = ""
    gap: bool = False


@dataclass(frozen=True, slots=True)
class FlowHead:
    """The head of one or two columns."""

    text: str
    first: str
    last: str


Place = tuple[int, str]


def flow_svg(
    boxes: Sequence[FlowBox],
    heads: Sequence[FlowHead],
    stages: Sequence[tuple[str, int, int]],
    arrows: Sequence[tuple[Place, Place]],
    *,
    title: str,
    foot: Sequence[str] = (),
) -> str:
    """The diagram as one SVG; several boxes of one place stand below each other."""
    used = {one.column for one in boxes}
    left: dict[str, float] = {}
    x = EDGES + BAR + 12
    for name, width in WIDTHS.items():
        if name in used:
            left[name] = x
            x += width + BETWEEN
    right = x - BETWEEN
    top = EDGES
    parts: list[str] = []
    drawn, head_bottom = _heads(heads, left, top)
    parts += drawn
    spots, rows, bottom = _placed(boxes, left, head_bottom + 14)
    for text, first, last in stages:
        parts.append(_bar(text, rows[first][0], rows[last][1]))
    for start, end in arrows:
        if start in spots and end in spots:
            parts.append(_arrow(spots[start], spots[end], start, end))
    for (row, column), place in spots.items():
        mine = [one for one in boxes if (one.row, one.column) == (row, column)]
        y = place[1]
        for one in mine:
            made, height = _box(one, left[column], y)
            parts.append(made)
            y += height + 6
    told = [line for one in foot for line in wrapped(one, right - EDGES, 10.5)]
    for at, line in enumerate(told):
        parts.append(_text(EDGES, bottom + 22 + 14 * at, line, size=10.5, fill=SECOND))
    height = bottom + 14 + 14 * len(told) + EDGES
    return _document(parts, right + EDGES, height, title)


def _document(parts: Sequence[str], width: float, height: float, title: str) -> str:
    marker = (
        '<defs><marker id="flow-tip" viewBox="0 0 8 8" refX="7.2" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 .6 7.4 4 0 7.4z" fill="{SECOND}"/></marker>'
        "</defs>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" font-family="{FONT}" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{marker}'
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _heads(
    heads: Sequence[FlowHead], left: dict[str, float], top: float
) -> tuple[list[str], float]:
    out: list[str] = []
    told: list[tuple[FlowHead, float, float, list[str]]] = []
    for one in heads:
        x = left[one.first]
        last = one.last if one.last in left else one.first
        width = left[last] + WIDTHS[last] - x
        told.append((one, x, width, wrapped(one.text, width - 2 * PAD, SIZE)))
    height = 2 * PAD + STEP * max(len(lines) for *_, lines in told) - 4
    for _, x, width, lines in told:
        out.append(_rect(x, top, width, height, HEAD_FILL, radius=8))
        y = top + height / 2 + 4 - STEP * (len(lines) - 1) / 2
        out += [
            _text(x + width / 2, y + STEP * at, line, weight=600, anchor="middle")
            for at, line in enumerate(lines)
        ]
    return out, top + height


Spot = tuple[float, float, float, float]


def _placed(
    boxes: Sequence[FlowBox], left: dict[str, float], top: float
) -> tuple[dict[Place, Spot], dict[int, tuple[float, float]], float]:
    """Where the boxes stand (x, y, width, height of the first), and the rows' tops and bottoms."""
    heights: dict[Place, list[float]] = {}
    for one in boxes:
        heights.setdefault((one.row, one.column), []).append(_height(one))
    spots: dict[Place, Spot] = {}
    rows: dict[int, tuple[float, float]] = {}
    y = top
    for row in sorted({one.row for one in boxes}):
        here = {place: found for place, found in heights.items() if place[0] == row}
        tall = max(sum(found) + 6 * (len(found) - 1) for found in here.values())
        for place, found in here.items():
            spots[place] = (left[place[1]], y, WIDTHS[place[1]], found[0])
        rows[row] = (y, y + tall)
        y += tall + BELOW
    return spots, rows, y - BELOW


def _lines(one: FlowBox) -> list[tuple[FlowLine, list[str]]]:
    width = WIDTHS[one.column] - 2 * PAD
    # The number does not leave its sign at a line's end.
    return [
        (line, wrapped(line.text.replace("n = ", "n\u00a0=\u00a0"), width - 12 * line.level, SIZE))
        for line in one.lines
    ]


def _height(one: FlowBox) -> float:
    return 2 * PAD + STEP * sum(len(lines) for _, lines in _lines(one)) - 4


def _box(one: FlowBox, x: float, y: float) -> tuple[str, float]:
    height = _height(one)
    dashes = ' stroke-dasharray="4 3"' if one.gap else ""
    rect = _rect(x, y, WIDTHS[one.column], height, "#fff", more=dashes)
    said = f"<title>{escape(one.said)}</title>" if one.said else ""
    out = [_linked(f"{said}{rect}", one.href)]
    at = y + PAD + 9.5
    for line, texts in _lines(one):
        inside = ""
        for text in texts:
            inside += _text(x + PAD + 12 * line.level, at, text)
            at += STEP
        out.append(_linked(inside, line.href or one.href))
    return "".join(out), height


def _linked(inside: str, href: str) -> str:
    if not href:
        return f"<g>{inside}</g>"
    return f'<a href="{escape(href)}">{inside}</a>'


def _rect(
    x: float, y: float, width: float, height: float, fill: str, radius: float = 2, more: str = ""
) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:g}" '
        f'fill="{fill}" stroke="{EDGE}"{more}/>'
    )


def _text(
    x: float, y: float, text: str, *, size: float = SIZE, fill: str = INK, weight: int = 400,
    anchor: str = "start",
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _bar(text: str, top: float, bottom: float) -> str:
    """A stage's name beside its rows, read upwards."""
    middle = (top + bottom) / 2
    x = EDGES + BAR / 2
    return _rect(EDGES, top, BAR, bottom - top, BAR_FILL, radius=6) + (
        f'<text transform="translate({x + 4:.1f},{middle:.1f}) rotate(-90)" '
        f'font-size="{SIZE:g}" font-weight="600" fill="{INK}" text-anchor="middle">'
        f"{escape(text)}</text>"
    )


def _arrow(a: Spot, b: Spot, start: Place, end: Place) -> str:
    """From box to box: to the right in one row, down in one column, else down and across."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = a, b
    if start[0] == end[0]:
        # What leaves the way: at the height of the lower box's middle that both reach.
        y = min(ay + ah / 2, by + bh / 2)
        points = [(ax + aw, y), (bx, y)]
    elif start[1] == end[1]:
        points = [(ax + aw / 2, ay + ah), (ax + aw / 2, by)]
    elif bx < ax:
        points = [(ax + aw / 2, ay + ah), (ax + aw / 2, by + bh / 2), (bx + bw, by + bh / 2)]
    else:
        points = [(ax + aw / 2, ay + ah), (ax + aw / 2, by + bh / 2), (bx, by + bh / 2)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{SECOND}" stroke-width="1.2" '
        'marker-end="url(#flow-tip)"/>'
    )
