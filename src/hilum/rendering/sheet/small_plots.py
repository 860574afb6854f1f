"""Small plots of the sheet's table: a figure on the axis of its column, and how sure we are.

A range is a band with a dot a study, a pooled figure a diamond with its interval, one study a ring
with its interval. Whatever lies beyond the axis ends in an arrow; the number stands beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from hilum.answers import outcomes
from hilum.sheet.present import cell_interval, figure_unit, headline
from hilum.sheet.rating import Sureness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.language import Words
    from hilum.sheet.sheet import Option
    from hilum.sheet.sheet_cells import Answer

WIDTH, EDGE, HEIGHT, MIDDLE = 62, 4, 12, 6
ACCENT, BAND, LINE, INK, TEXT = "#0b5a8a", "#b9cede", "#d6dce2", "#46525e", "#46525e"
MONTHS = (12, 24, 36, 48, 60, 84, 120)
# Harm stands as a number: its shares are too small for an axis to 100.
NUMBERS_ONLY = frozenset(key for key, one in outcomes().items() if one.group == "harm")
WIDE = 150
RATIO_TICKS, RATIO_WIDTH, RATIO_EDGE = (0.1, 1.0, 10.0), 110, 12
LEVELS = ("very_low", "low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to ``end`` on an answer's scale; ``shown`` are the numbers at its ticks."""

    end: float
    shown: tuple[str, ...]
    width: int = WIDTH

    def x(self, value: float) -> float:
        """Where a value lies, at the end where it is beyond."""
        share = min(max(value / self.end, 0.0), 1.0)
        return round(EDGE + (self.width - 2 * EDGE) * share, 1)


def axis_of(outcome: str, options: Iterable[Option], width: int = WIDTH) -> Axis | None:
    """The axis of a column: percent to 100, months to the longest figure; none for harm."""
    if outcome in NUMBERS_ONLY:
        return None
    answers = [one.outcomes[outcome] for one in options if outcome in one.outcomes]
    if any(one.unit == "proportion" for one in answers):
        return Axis(1.0, ("0", "50", "100"), width)
    longest = max(
        (end for one in answers for end in (*(one.range or ()), *_value(one))), default=0.0
    )
    end = next((one for one in MONTHS if one >= longest), MONTHS[-1])
    return Axis(float(end), ("0", f"{end / 2:g}", f"{end}"), width)


def axis_head(axis: Axis | None) -> Markup:
    """The numbers of an axis for the head of its column."""
    if axis is None:
        return Markup("")
    last = len(axis.shown) - 1
    anchors = {0: "start", last: "end"}
    ends = {0: 1, last: axis.width - 1}
    texts = "".join(
        f'<text x="{ends.get(place, axis.width / 2)}" y="10" fill="{TEXT}" '
        f'font-size="11" text-anchor="{anchors.get(place, "middle")}">{text}</text>'
        for place, text in enumerate(axis.shown)
    )
    return _svg(texts, "axis", "", axis.width)


def axes_said(axes: Iterable[Axis | None], words: Words) -> str:
    """The axes in words, each once: for cards, which have no head to print them in."""
    ends = dict.fromkeys(one.end for one in axes if one is not None)
    scales = [
        words("0 to 100 %") if end <= 1 else words("0 to {end} months", end=f"{end:g}")
        for end in ends
    ]
    return words("Axes: {scales}.", scales=words(", ").join(scales)) if scales else ""


def small_plot(one: Answer, axis: Axis | None, words: Words) -> Markup:
    """The figure of a cell on its column's axis; empty where there is none to draw."""
    if axis is None or one.form == "none" or (one.value is None and one.range is None):
        return Markup("")
    ends = one.ci if one.value is not None else one.range
    parts = [_line(axis)]
    if one.value is None and one.range is not None:
        low, high = (axis.x(end) for end in one.range)
        parts.append(
            f'<rect x="{low - 3:.1f}" y="3" width="{high - low + 6:.1f}" height="6" rx="3" '
            f'fill="{BAND}"/>'
        )
        parts += [
            f'<circle cx="{axis.x(value)}" cy="{MIDDLE}" r="1.8" fill="{INK}"/>'
            for value in _own(one)
        ]
    else:
        parts += _estimate(one, axis)
    if ends is not None and ends[1] > axis.end:
        tip = axis.width - 1
        parts.append(f'<path d="M{tip - 5} 2.5L{tip} 6L{tip - 5} 9.5z" fill="{ACCENT}"/>')
    text = headline(one, words)
    if one.value is not None and one.ci is not None:
        text += f" ({cell_interval(one, one.ci)})"
    said = words(
        "{figure}, on an axis from {low} to {high}",
        figure=text,
        low=axis.shown[0],
        high=axis.shown[-1],
    )
    return _svg("".join(parts), "small", said, axis.width)


def dots(found: Sureness) -> Markup:
    """The level of a treatment's figures as four dots; empty where nothing was rated."""
    return level_dots(found.level)


def level_dots(level: str) -> Markup:
    """A level as four dots, filled from the left; empty where nothing was rated."""
    if level not in LEVELS:
        return Markup("")
    filled = LEVELS.index(level) + 1
    circles = "".join(
        f'<circle cx="{5 + 11 * place}" cy="6" r="3.8" stroke="{INK}" '
        f'fill="{INK if place < filled else "none"}"/>'
        for place in range(len(LEVELS))
    )
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dots" aria-hidden="true" '
        f'viewBox="0 0 44 12" width="44" height="12">{circles}</svg>'
    )


def ratio_head() -> Markup:
    """The numbers of the ratios' axis, which is one for all: a tenth to ten times."""
    texts = "".join(
        f'<text x="{_log_x(value)}" y="10" fill="{TEXT}" font-size="11" '
        f'text-anchor="middle">{value:g}</text>'
        for value in RATIO_TICKS
    )
    return _svg(texts, "axis", "", RATIO_WIDTH)


def ratio_plot(value: float | None, ci: tuple[float, float] | None, said: str) -> Markup:
    """A ratio with its interval on a logarithmic axis; empty where there is none."""
    if value is None or value <= 0:
        return Markup("")
    null = _log_x(1.0)
    parts = [f'<path d="M{null} 0V12" stroke="{INK}"/>']
    if ci is not None and ci[0] > 0:
        low, high = (_log_x(end) for end in ci)
        parts.append(
            f'<line x1="{low}" x2="{high}" y1="{MIDDLE}" y2="{MIDDLE}" stroke="{ACCENT}" '
            'stroke-width="1.6"/>'
        )
        for end, at, way in ((ci[0], low, 5), (ci[1], high, -5)):
            if not RATIO_TICKS[0] <= end <= RATIO_TICKS[-1]:
                parts.append(f'<path d="M{at + way} 2.5L{at} 6L{at + way} 9.5z" fill="{ACCENT}"/>')
    x = _log_x(value)
    parts.append(f'<rect x="{x - 3:.1f}" y="3" width="6" height="6" fill="{ACCENT}"/>')
    return _svg("".join(parts), "small", said, RATIO_WIDTH)


def _log_x(value: float) -> float:
    """Where a ratio lies, at the end where it is beyond."""
    low, high = math.log(RATIO_TICKS[0]), math.log(RATIO_TICKS[-1])
    share = (min(max(math.log(value), low), high) - low) / (high - low)
    return round(RATIO_EDGE + (RATIO_WIDTH - 2 * RATIO_EDGE) * share, 1)


def _estimate(one: Answer, axis: Axis) -> list[str]:
    parts: list[str] = []
    if one.ci is not None:
        low, high = (axis.x(end) for end in one.ci)
        parts.append(
            f'<line x1="{low}" x2="{high}" y1="{MIDDLE}" y2="{MIDDLE}" stroke="{ACCENT}" '
            'stroke-width="1.6"/>'
        )
    x = axis.x(one.value or 0.0)
    if one.form == "single":
        parts.append(
            f'<circle cx="{x}" cy="{MIDDLE}" r="3.2" fill="#fff" stroke="{ACCENT}" '
            'stroke-width="1.5"/>'
        )
    else:
        parts.append(f'<path d="M{x} 1.5L{x + 4.5} 6L{x} 10.5L{x - 4.5} 6z" fill="{ACCENT}"/>')
    return parts


def _line(axis: Axis) -> str:
    ends = (axis.x(0.0), axis.x(axis.end / 2), axis.x(axis.end))
    ticks = "".join(f'<path d="M{x} 3V9" stroke="{LINE}"/>' for x in ends)
    return f'<path d="M{ends[0]} {MIDDLE}H{ends[-1]}" stroke="{LINE}"/>{ticks}'


def _own(one: Answer) -> Sequence[float]:
    """The studies' figures of the answer's own measure; a curve also rests on others."""
    return [
        figure.value
        for figure in one.studies
        if figure.value is not None and figure_unit(figure, one.unit) == one.unit
    ]


def _value(one: Answer) -> tuple[float, ...]:
    return () if one.value is None else (one.value,)


def _svg(inside: str, kind: str, said: str, width: int) -> Markup:
    label = f'role="img"><title>{escape(said)}</title>' if said else 'aria-hidden="true">'
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {width} {HEIGHT}" '
        f'width="{width}" height="{HEIGHT}" '
        f'font-family="Noto Sans, Noto Sans CJK SC, sans-serif" {label}{inside}</svg>'
    )
