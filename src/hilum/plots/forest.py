"""A forest plot as inline SVG: studies, pooled diamond, prediction bar; no fitting here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Literal

from hilum.plots.canvas import STYLE, ticks
from hilum.plots.text_size import whole_lines
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable

ROW, NEXT, LEFT, PLOT, RIGHT, SOURCE = 20, 14, 250, 300, 190, 270
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
    scale: str,
    standalone: bool = False,
) -> str:
    """Draw rows from top to bottom on one of :data:`FOREST_SCALES`.

    Proportions run from 0 to 1 and are labelled in percent; ratios are drawn on a log axis with
    a line at 1 (no effect); months start at 0; a linear axis has its line at 0. ``standalone``
    embeds the style that a page would bring.
    """
    axis_of = found(FOREST_SCALES, scale, "scale")
    low, high = axis_of.limits(rows)
    first, last = axis_of.shape(low), axis_of.shape(high)
    tops = [*accumulate((_height(row) for row in rows), initial=TOP)]
    base = tops[-1]
    height = base + BOTTOM
    judged = any(row.bias for row in rows)
    sourced = SOURCE if any(row.source for row in rows) else 0
    width = LEFT + PLOT + RIGHT + sourced + (30 if judged else 0)

    def x(value: float) -> float:
        share = (axis_of.shape(value) - first) / (last - first)
        return LEFT + PLOT * min(max(share, 0.0), 1.0)

    parts = [
        f'<svg class="forest" viewBox="0 0 {width} {height}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
    ]
    if standalone:
        parts.append(f'{STYLE}<rect width="{width}" height="{height}" fill="#fff"/>')
    for tick in axis_of.ticks(low, high):
        words = axis_of.label(tick)
        parts.append(
            f'<line class="grid" x1="{x(tick):.1f}" y1="{TOP - 6}" x2="{x(tick):.1f}" y2="{base}"/>'
            f'<text class="tick" x="{x(tick):.1f}" y="{base + 14}" text-anchor="middle">'
            f"{words}</text>"
        )
    if axis_of.null is not None and low < axis_of.null < high:
        null = x(axis_of.null)
        parts.append(
            f'<line class="null" x1="{null:.1f}" y1="{TOP - 6}" x2="{null:.1f}" y2="{base}"/>'
        )
    parts.append(
        f'<text class="tick" x="{LEFT + PLOT / 2}" y="{base + 29}" text-anchor="middle">'
        f"{escape(axis)}</text>"
    )
    largest = max((row.weight for row in rows if row.role == "study"), default=1.0) or 1.0
    for index, row in enumerate(rows):
        y = tops[index] + ROW / 2 - 4
        kind = ' class="heading"' if row.role == "heading" else ""
        label = "".join(
            f'<text{kind} x="4" y="{y + 4 + NEXT * place:.1f}">{escape(said)}</text>'
            for place, said in enumerate(_label(row))
        )
        parts.append(f'<a href="{escape(row.href)}">{label}</a>' if row.href else label)
        parts.append(f'<text x="{LEFT + PLOT + 12}" y="{y + 4:.1f}">{escape(row.text)}</text>')
        parts.append(_mark(row, x, y, largest))
        if row.source:
            at = LEFT + PLOT + RIGHT
            words = "".join(
                f'<text class="tick" x="{at}" y="{y + 4 + NEXT * place:.1f}">{escape(said)}</text>'
                for place, said in enumerate(_source(row))
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


def _label(row: ForestRow) -> tuple[str, ...]:
    """A label in lines; a heading has the plot's width too, where nothing is drawn."""
    return whole_lines(row.label, LEFT - 14 + (PLOT if row.role == "heading" else 0))


def _source(row: ForestRow) -> tuple[str, ...]:
    return whole_lines(row.source, SOURCE - 8)


def _height(row: ForestRow) -> int:
    return ROW + NEXT * (max(len(_label(row)), len(_source(row))) - 1)


def _ends(rows: tuple[ForestRow, ...]) -> list[float]:
    return [end for row in rows for end in (*(row.ci or ()), row.value) if end is not None]


def _above_0(rows: tuple[ForestRow, ...]) -> list[float]:
    return [end for end in _ends(rows) if end > 0]


def _whole(rows: tuple[ForestRow, ...]) -> tuple[float, float]:
    del rows
    return 0.0, 1.0


def _around_0(rows: tuple[ForestRow, ...]) -> tuple[float, float]:
    both = _ends(rows)
    room = 0.03 * ((max(both) - min(both)) or 1.0)
    return min(0.0, *both) - room, max(0.0, *both) + room


def _around_1(rows: tuple[ForestRow, ...]) -> tuple[float, float]:
    ends = _above_0(rows)
    return min(0.2, *ends) if ends else 0.2, max(2.0, *ends) if ends else 2.0


def _from_0(rows: tuple[ForestRow, ...]) -> tuple[float, float]:
    return 0.0, max(_above_0(rows), default=12.0) * 1.02


def _quarters(low: float, high: float) -> list[float]:
    del low, high
    return [0.0, 0.25, 0.5, 0.75, 1.0]


def _powers(low: float, high: float) -> list[float]:
    marks = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    return [tick for tick in marks if low <= tick <= high]


def _half_years(low: float, high: float) -> list[float]:
    del low
    step = next(
        step for step in (6, 12, 24, 36, 60, 120, 240, 480) if high / step <= 6 or step == 480
    )
    return [float(tick) for tick in range(0, int(high) + 1, step)]


def _same(value: float) -> float:
    return value


def _plain(tick: float) -> str:
    return f"{tick:g}"


def _percent(tick: float) -> str:
    return f"{tick * 100:.0f}"


@dataclass(frozen=True, slots=True)
class ForestScale:
    """How an axis runs: its ends, its ticks and their words, its shape, where nothing differs."""

    limits: Callable[[tuple[ForestRow, ...]], tuple[float, float]]
    ticks: Callable[[float, float], list[float]]
    shape: Callable[[float], float] = _same
    label: Callable[[float], str] = _plain
    null: float | None = None


FOREST_SCALES: Final[dict[str, ForestScale]] = {
    "proportion": ForestScale(_whole, _quarters, label=_percent),
    "months": ForestScale(_from_0, _half_years),
    "ratio": ForestScale(_around_1, _powers, shape=math.log, null=1.0),
    "linear": ForestScale(_around_0, ticks, null=0.0),
}
"""Axes of a forest by their code; a new one is one record here."""
