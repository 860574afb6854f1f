"""Radial and L'Abbé plots: every study against its precision, or against its other group."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, back_ticks, document
from hilum.plots.text_size import width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Normal quantile of a two-sided 95 %.
BAND = 1.959963984540054
# Steps of an arc.
STEPS = 60


def radial_svg(
    yi: Sequence[float],
    spread: Sequence[float],
    centre: float,
    *,
    labels: Sequence[str] = (),
    back: Callable[[float], float] | None = None,
    effect: str = "effect",
    x_axis: str = "precision",
    y_axis: str = "standardised effect",
    title: str = "Radial plot",
) -> str:
    """Standardised effects against precision (Galbraith 1988, Stat Med 7:889).

    A line from the origin is one effect: that of ``centre`` stands in a band of two-sided 95 %,
    and the arc at the right reads the effect of any. ``spread`` are the standard deviations of the
    studies, with or without the spread between them.
    """
    x = [1 / one for one in spread]
    z = [y / one for y, one in zip(yi, spread, strict=True)]
    far = 1.06 * max(x)
    ends = [*z, 0.0, BAND, -BAND, centre * far + BAND, centre * far - BAND]
    room = 0.06 * (max(ends) - min(ends))
    words = back_ticks(min(yi), max(yi) if max(yi) > min(yi) else min(yi) + 1.0, back)
    beside = max((width(said) for _, said in words), default=0.0) + 30
    canvas = Canvas(
        (0.0, far),
        (min(ends) - room, max(ends) + room),
        width=620 + beside,
        margins=(58, 30 + beside, 30, 48),
    )
    canvas.polygon([(0, BAND), (far, centre * far + BAND), (far, centre * far - BAND),
                    (0, -BAND)], "band")  # fmt: skip
    canvas.line([(0.0, 0.0), (far, 0.0)], "middle")
    canvas.line([(0.0, 0.0), (far, centre * far)], "strong")
    names = labels or [""] * len(x)
    for at, height, name in zip(x, z, names, strict=True):
        canvas.dot(at, height, title=name)
    canvas.axes(x_axis, y_axis, title=title)
    canvas.parts += _arc(canvas, words, (min(yi), max(yi)), effect)
    return document([canvas], canvas.width, canvas.height, title)


def _arc(
    canvas: Canvas, words: list[tuple[float, str]], ends: tuple[float, float], effect: str
) -> list[str]:
    """The scale of effects: as far round the origin as the frame is wide."""
    left, top, right, bottom = canvas.box
    across = (right - left) / (canvas.x_limits[1] - canvas.x_limits[0])
    up = (bottom - top) / (canvas.y_limits[1] - canvas.y_limits[0])
    middle, radius = canvas.y(0.0), right - left + 8

    def at(value: float, more: float = 0.0) -> tuple[float, float]:
        angle = math.atan2(value * up, across)
        return left + (radius + more) * math.cos(angle), middle - (radius + more) * math.sin(angle)

    def seen(place: tuple[float, float]) -> bool:
        return top <= place[1] <= bottom and place[0] >= right - 1

    places = [at(ends[0] + (ends[1] - ends[0]) * step / STEPS) for step in range(STEPS + 1)]
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in places if seen((a, b)))
    out = [f'<polyline class="tickmark" points="{points}"/>']
    last: list[float] = []
    for value, said in words:
        (a, b), (c, d) = at(value), at(value, 5)
        if not seen((a, b)) or any(abs(d - one) < 14 for one in last):
            continue
        last.append(d)
        out.append(
            f'<line class="tickmark" x1="{a:.1f}" y1="{b:.1f}" x2="{c:.1f}" y2="{d:.1f}"/>'
            f'<text class="tick" x="{c + 4:.1f}" y="{d + 4:.1f}">{said}</text>'
        )
    across_at, turned = canvas.width - 8 - canvas.origin[0], (top + bottom) / 2
    return [
        *out,
        f'<text class="axis" transform="translate({across_at:.1f},{turned:.1f}) rotate(-90)" '
        f'text-anchor="middle">{effect}</text>',
    ]


def labbe_svg(
    first: Sequence[float],
    second: Sequence[float],
    sizes: Sequence[float],
    curve: Sequence[tuple[float, float]],
    *,
    labels: Sequence[str] = (),
    x_axis: str = "risk, second group",
    y_axis: str = "risk, first group",
    title: str = "L'Abbé plot",
) -> str:
    """Risks of both groups, a disc a study (L'Abbé 1987, Ann Intern Med 107:224).

    On the dashed line they are equal; ``curve`` holds the risks (second, first) that the pooled
    effect makes of each other, in rising order. Shares are drawn in percent.
    """
    most = 100 * max(*first, *second)
    end = min(1.08 * most + 0.5, 104.0)
    canvas = Canvas((0.0, end), (0.0, end), width=520, height=500)
    canvas.line([(0.0, 0.0), (end, end)], "middle")
    inside = [(100 * a, 100 * b) for a, b in curve if 100 * a <= end and 0 <= 100 * b <= end]
    canvas.line(inside, "strong")
    names = labels or [""] * len(first)
    largest = max(sizes)
    discs = sorted(zip(second, first, sizes, names, strict=True), key=lambda one: -one[2])
    for a, b, size, name in discs:
        canvas.dot(100 * a, 100 * b, "disc", 2.5 + 9 * (size / largest) ** 0.5, name)
    canvas.axes(x_axis, y_axis, title=title)
    return document([canvas], canvas.width, canvas.height, title)
