"""A forest plot as a journal prints it: a table of studies with their intervals drawn in it.

Columns are as wide as what stands in them; the axis is fitted to estimates and pooled intervals,
and a whisker that goes on beyond it ends in an arrow while its figures stand at the right.
"""

from __future__ import annotations

import math
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from hilum.plots.canvas import STYLE
from hilum.plots.forest_axes import AXES, Axis, limits
from hilum.plots.forest_lines import Heads, Line
from hilum.plots.forest_marks import drawn, judged, rule, text, upright
from hilum.plots.forest_places import (
    BESIDE_MOST,
    PLOT,
    SOURCE_MOST,
    Places,
    label_lines,
    places_of,
)
from hilum.plots.text_size import BOLD, shortened, width
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROW, TITLE, SMALL, NEXT = 23, 26, 20, 15
LOOK: Final = (
    "<style>.forest .title{font-size:15px;font-weight:600}.forest .sub,.forest .foot{fill:#44525e}"
    ".forest .rule{stroke:#1d2b36;stroke-width:1.2}.forest .thinrule{stroke:#9aa7b2}"
    ".forest .strong-text,.forest .head{font-weight:600}.forest .cap{stroke:#1f5f8b}"
    ".forest .hollow{fill:#fff;stroke:#1f5f8b;stroke-width:1.3}.forest .diamond{fill:#1d2b36}"
    ".forest .without{fill:none;stroke:#b34f00;stroke-width:1.4;stroke-dasharray:3 2}"
    ".forest .predicted{fill:#b9cfdf;stroke:#1f5f8b}.forest .overall{stroke:#5b6b78;"
    "stroke-dasharray:3 3}.forest .null{stroke:#1d2b36;stroke-dasharray:none}"
    ".forest .judged{fill:none;stroke-width:1.6}.forest .judged.low{stroke:#1f7a4d}"
    ".forest .judged.some{stroke:#8a5a00}.forest .judged.high{stroke:#b3261e}"
    ".forest .sign{font-size:11px;font-weight:700}.forest .sign.low{fill:#1f7a4d}"
    ".forest .sign.some{fill:#8a5a00}.forest .sign.high{fill:#b3261e}</style>"
)


def forest_table_svg(lines: Sequence[Line], heads: Heads, *, scale: str) -> str:
    """Draw lines from top to bottom on one of :data:`AXES`."""
    axis = found(AXES, scale, "scale")
    low, high = limits(lines, axis)
    places = places_of(lines, heads)
    top = (TITLE if heads.title else 0) + SMALL * len(places.sub) + 16
    head = top + (ROW if heads.spans else 0) + ROW
    heights = [ROW + NEXT * (len(label_lines(one)) - 1) for one in lines]
    tops = [head + 8 + above for above in accumulate(heights, initial=0)]
    base = tops[-1] + 6
    sides = SMALL if heads.left or heads.right else 0
    under = base + 46 + sides
    height = under + SMALL * len(places.foot) + 8

    def x(value: float) -> float:
        first, last = axis.shape(low), axis.shape(high)
        at = axis.shape(value) if value > axis.least or axis.plain else -math.inf
        return places.plot + PLOT * min(max((at - first) / (last - first), 0.0), 1.0)

    parts = [
        f'<svg class="forest" viewBox="0 0 {places.width:.0f} {height:.0f}" role="img" '
        f'width="{places.width:.0f}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(heads.title)}</title>{STYLE}{LOOK}"
        f'<rect width="100%" height="100%" fill="#fff"/>'
    ]
    parts += _above(heads, places, head)
    parts += _axis(axis, (low, high), x, (head, base), heads, places)
    largest = max((one.size for one in lines if one.role == "study"), default=1.0) or 1.0
    summed = next((place for place, one in enumerate(lines) if one.overall), -1)
    for place, one in enumerate(lines):
        y = tops[place] + ROW / 2
        if place == summed:
            parts.append(rule(places.width, tops[place], "thinrule"))
        parts += _written(one, places, y)
        parts.append(drawn(one, x, y, largest, (low, high)))
    overall = next((one.value for one in lines if one.overall and one.value is not None), None)
    if overall is not None and low <= overall <= high:
        parts.append(upright(x(overall), head + 4, base, "overall"))
    parts += [
        text(4, under + SMALL * (place + 0.6), said, "foot")
        for place, said in enumerate(places.foot)
    ]
    return "".join(parts) + "</svg>"


def _above(heads: Heads, places: Places, head: float) -> list[str]:
    parts: list[str] = []
    if heads.title:
        parts.append(text(4, TITLE - 6, heads.title, "title"))
    first = TITLE if heads.title else 0
    parts += [
        text(4, first + SMALL * (place + 1) - 6, said, "sub")
        for place, said in enumerate(places.sub)
    ]
    y = head - 6
    parts.append(text(4, y, heads.study, "head"))
    parts += [
        text(at, y, said, "head", "end" if figures else "start")
        for (at, figures), said in zip(places.beside, heads.beside, strict=True)
    ]
    ends = zip(places.cells, heads.cells, strict=True)
    parts += [text(end, y, said, "head", "end") for end, said in ends]
    at = 0
    for said, count in heads.spans:
        right = places.cells[at + count - 1]
        left = places.cells[at] - width(heads.cells[at], BOLD)
        left = min(left, right - width(said, BOLD))
        parts.append(text((left + right) / 2, y - ROW, said, "head", "middle"))
        parts.append(
            f'<line class="thinrule" x1="{left:.1f}" y1="{y - ROW + 6:.1f}" x2="{right:.1f}" '
            f'y2="{y - ROW + 6:.1f}"/>'
        )
        at += count
    parts.append(text(places.figure, y, heads.figure, "head", "end"))
    if places.weight > places.figure:
        parts.append(text(places.weight, y, heads.weight, "head", "end"))
    if places.bias > places.weight:
        parts.append(text(places.bias, y, heads.bias, "head", "end"))
    if places.source is not None:
        parts.append(text(places.source, y, heads.source, "head"))
    return [*parts, rule(places.width, head, "rule")]


def _axis(
    axis: Axis,
    ends: tuple[float, float],
    x: Callable[[float], float],
    span: tuple[float, float],
    heads: Heads,
    places: Places,
) -> list[str]:
    parts: list[str] = []
    (low, high), (head, base) = ends, span
    taken = -math.inf
    for tick in axis.scaled(low, high):
        at, said = x(tick), axis.label(tick)
        parts.append(upright(at, head + 4, base, "grid"))
        parts.append(upright(at, base, base + 5, "frame"))
        if at - width(said) / 2 < taken + 4:
            continue
        taken = at + width(said) / 2
        parts.append(text(at, base + 18, said, "tick", "middle"))
    if axis.null is not None and low <= axis.null <= high:
        parts.append(upright(x(axis.null), head + 4, base, "null"))
    parts.append(
        f'<line class="frame" x1="{places.plot:.1f}" y1="{base:.1f}" '
        f'x2="{places.plot + PLOT:.1f}" y2="{base:.1f}"/>'
    )
    parts.append(text(places.plot + PLOT / 2, base + 36, heads.axis, "tick", "middle"))
    if axis.null is not None and (heads.left or heads.right):
        parts += _sides(heads, x(axis.null), base + 36 + SMALL, places)
    return parts


def _sides(heads: Heads, null: float, y: float, places: Places) -> list[str]:
    """Whom a figure favours, on either side of no difference as far as there is room."""
    left = f"← {heads.left}" if heads.left else ""
    right = f"{heads.right} →" if heads.right else ""
    at = max(null, 4 + width(left) + 8)
    at = min(at, places.width - 4 - width(right) - 8)
    return [text(at - 8, y, left, "tick", "end"), text(at + 8, y, right, "tick")]


def _written(one: Line, places: Places, y: float) -> list[str]:
    strong = one.role == "pooled" or one.role == "heading"
    kind = "heading" if one.role == "heading" else "strong-text" if strong else ""
    label = "".join(
        text(4, y + 4 + NEXT * place, part, kind) for place, part in enumerate(label_lines(one))
    )
    parts = [f'<a href="{escape(one.href)}">{label}</a>' if one.href else label]
    for (at, figures), words in zip(places.beside, one.beside, strict=False):
        short = words if figures else shortened(words, BESIDE_MOST)
        parts.append(text(at, y + 4, short, kind, "end" if figures else "start", full=words))
    parts += [
        text(end, y + 4, words, kind, "end")
        for end, words in zip(places.cells, one.cells, strict=False)
    ]
    parts.append(text(places.figure, y + 4, one.figure, kind, "end"))
    if one.weight:
        parts.append(text(places.weight, y + 4, one.weight, kind, "end"))
    if one.bias:
        parts.append(judged(one.bias, places.bias - 10, y))
    if one.source and places.source is not None:
        short = shortened(one.source, SOURCE_MOST)
        words = text(places.source, y + 4, short, "tick", full=one.source)
        parts.append(f'<a href="{escape(one.href)}">{words}</a>' if one.href else words)
    return parts


__all__ = ["AXES", "Axis", "Heads", "Line", "forest_table_svg", "limits"]
