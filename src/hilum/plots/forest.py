"""A forest plot as inline SVG: studies, pooled diamond, prediction bar; no fitting here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from hilum.plots.canvas import STYLE, ticks

if TYPE_CHECKING:
    from collections.abc import Callable

ROW, LEFT, PLOT, RIGHT, SOURCE = 20, 250, 300, 190, 270
TOP, BOTTOM = 14, 34


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One line of the plot, on the natural scale of the axis.

    ``weight`` sets the area of the square (relative; 1 where unknown); ``role`` is ``study``,
    ``pooled`` (a diamond), ``prediction`` (a bar) or ``heading`` (of a subgroup). ``bias`` is the
    study's risk of bias and ``source`` where its figures were read: columns where any row has one.
    """

    label: str
    value: float | None
    ci: tuple[float, float] | None
    text: str
    weight: float = 1.0
    role: Literal["study", "pooled", "prediction", "heading"] = "study"
    href: str | None = None
    bias: Literal["low", "some", "high"] | None = None
    source: str = ""


def forest_svg(
    rows: tuple[ForestRow, ...],
    *,
    title: str,
    axis: str,
    scale: Literal["proportion", "months", "ratio", "linear"],
    standalone: bool = False,
) -> str:
    """Draw rows from top to bottom.

    Proportions run from 0 to 1 and are labelled in percent; ratios are drawn on a log axis with
    a line at 1 (no effect); months start at 0; a linear axis has its line at 0. ``standalone``
    embeds the style that a page would bring.
    """
    low, high = _limits(rows, scale)
    height = TOP + ROW * len(rows) + BOTTOM
    judged = any(row.bias for row in rows)
    sourced = SOURCE if any(row.source for row in rows) else 0
    width = LEFT + PLOT + RIGHT + sourced + (30 if judged else 0)

    def x(value: float) -> float:
        if scale == "ratio":
            share = (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
        else:
            share = (value - low) / (high - low)
        return LEFT + PLOT * min(max(share, 0.0), 1.0)

    parts = [
        f'<svg class="forest" viewBox="0 0 {width} {height}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
    ]
    if standalone:
        parts.append(f'{STYLE}<rect width="{width}" height="{height}" fill="#fff"/>')
    base = TOP + ROW * len(rows)
    for tick in _ticks(low, high, scale):
        words = f"{tick * 100:.0f}" if scale == "proportion" else f"{tick:g}"
        parts.append(
            f'<line class="grid" x1="{x(tick):.1f}" y1="{TOP - 6}" x2="{x(tick):.1f}" y2="{base}"/>'
            f'<text class="tick" x="{x(tick):.1f}" y="{base + 14}" text-anchor="middle">'
            f"{words}</text>"
        )
    if scale == "ratio" or (scale == "linear" and low < 0 < high):
        null = x(1.0 if scale == "ratio" else 0.0)
        parts.append(
            f'<line class="null" x1="{null:.1f}" y1="{TOP - 6}" x2="{null:.1f}" y2="{base}"/>'
        )
    parts.append(
        f'<text class="tick" x="{LEFT + PLOT / 2}" y="{base + 29}" text-anchor="middle">'
        f"{escape(axis)}</text>"
    )
    largest = max((row.weight for row in rows if row.role == "study"), default=1.0) or 1.0
    for index, row in enumerate(rows):
        y = TOP + ROW * index + ROW / 2 - 4
        kind = ' class="heading"' if row.role == "heading" else ""
        label = f'<text{kind} x="4" y="{y + 4:.1f}">{escape(_short(row.label))}</text>'
        parts.append(f'<a href="{escape(row.href)}">{label}</a>' if row.href else label)
        parts.append(f'<text x="{LEFT + PLOT + 12}" y="{y + 4:.1f}">{escape(row.text)}</text>')
        parts.append(_mark(row, x, y, largest))
        if row.source:
            at = LEFT + PLOT + RIGHT
            words = (
                f'<text class="tick" x="{at}" y="{y + 4:.1f}">{escape(_short(row.source))}</text>'
            )
            parts.append(f'<a href="{escape(row.href)}">{words}</a>' if row.href else words)
        if row.bias:
            at = width - 16
            sign = {"low": "+", "some": "?", "high": "−"}[row.bias]
            parts.append(
                f'<circle class="{row.bias}" cx="{at}" cy="{y}" r="7"/><text class="mark" '
                f'x="{at}" y="{y + 3.5}" text-anchor="middle">{sign}</text>'
            )
    return "".join(parts) + "</svg>"


def _mark(row: ForestRow, place: Callable[[float], float], y: float, largest: float) -> str:
    out = ""
    if row.ci is not None:
        left, right = place(row.ci[0]), place(row.ci[1])
        if row.role == "pooled" and row.value is not None:
            middle = place(row.value)
            return (
                f'<polygon class="diamond" points="{left:.1f},{y} {middle:.1f},{y - 6} '
                f'{right:.1f},{y} {middle:.1f},{y + 6}"/>'
            )
        kind = "prediction" if row.role == "prediction" else "whisker"
        out = f'<line class="{kind}" x1="{left:.1f}" y1="{y}" x2="{right:.1f}" y2="{y}"/>'
    if row.value is not None and row.role != "prediction":
        half = 2.0 + 3.5 * math.sqrt(row.weight / largest)
        middle = place(row.value)
        out += (
            f'<rect class="square" x="{middle - half:.1f}" y="{y - half:.1f}" '
            f'width="{2 * half:.1f}" height="{2 * half:.1f}"/>'
        )
    return out


def _short(label: str) -> str:
    return label if len(label) <= 42 else label[:41] + "…"


def _limits(rows: tuple[ForestRow, ...], scale: str) -> tuple[float, float]:
    if scale == "proportion":
        return 0.0, 1.0
    if scale == "linear":
        both = [end for row in rows for end in (*(row.ci or ()), row.value) if end is not None]
        room = 0.03 * ((max(both) - min(both)) or 1.0)
        return min(0.0, *both) - room, max(0.0, *both) + room
    ends = [end for row in rows for end in (*(row.ci or ()), row.value) if end and end > 0]
    if scale == "ratio":
        return min(0.2, *ends) if ends else 0.2, max(2.0, *ends) if ends else 2.0
    return 0.0, max(ends, default=12.0) * 1.02


def _ticks(low: float, high: float, scale: str) -> list[float]:
    if scale == "proportion":
        return [0.0, 0.25, 0.5, 0.75, 1.0]
    if scale == "ratio":
        marks = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
        return [tick for tick in marks if low <= tick <= high]
    if scale == "linear":
        return ticks(low, high)
    step = next(
        step for step in (6, 12, 24, 36, 60, 120, 240, 480) if high / step <= 6 or step == 480
    )
    return [float(tick) for tick in range(0, int(high) + 1, step)]
