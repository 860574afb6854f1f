"""Radial and L'Abbé plots: every study against its precision, or against its other group."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, back_ticks, document
from hilum.plots.text_size import width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Normal quantile of a two-sided 95 %.
BAND = 1.959963984540054


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

    A line from the origin is one effect, read where it meets the scale at the right; that of
    ``centre`` stands in a band of two-sided 95 %. ``spread`` are the standard deviations of the
    studies, with or without the spread between them.
    """
    x = [1 / one for one in spread]
    z = [y / one for y, one in zip(yi, spread, strict=True)]
    far = 1.06 * max(x)
    ends = [*z, 0.0, BAND, -BAND, centre * far + BAND, centre * far - BAND]
    room = 0.06 * (max(ends) - min(ends))
    low, high = min(ends) - room, max(ends) + room
    words = back_ticks(low / far, high / far, back)
    beside = max(width(said) for _, said in words) + 34
    canvas = Canvas(
        (0.0, far), (low, high), width=590 + beside, margins=(58, beside, 30, 48)
    )  # fmt: skip
    canvas.polygon([(0, BAND), (far, centre * far + BAND), (far, centre * far - BAND),
                    (0, -BAND)], "band")  # fmt: skip
    canvas.line([(0.0, 0.0), (far, 0.0)], "middle")
    canvas.line([(0.0, 0.0), (far, centre * far)], "strong")
    names = labels or [""] * len(x)
    for at, height, name in zip(x, z, names, strict=True):
        canvas.dot(at, height, title=name)
    canvas.axes(x_axis, y_axis, title=title)
    canvas.parts += _scale(canvas, [(value * far, said) for value, said in words], effect)
    return document([canvas], canvas.width, canvas.height, title)


def _scale(canvas: Canvas, words: list[tuple[float, str]], effect: str) -> list[str]:
    """Ticks of the scale of effects, at the right of the frame."""
    _, top, right, bottom = canvas.box
    out: list[str] = []
    for value, said in words:
        at = canvas.y(value)
        out.append(
            f'<line class="tickmark" x1="{right}" y1="{at:.1f}" x2="{right + 4}" y2="{at:.1f}"/>'
            f'<text class="tick" x="{right + 7}" y="{at + 4:.1f}">{said}</text>'
        )
    across, middle = canvas.width - 10, (top + bottom) / 2
    return [
        *out,
        f'<text class="axis" transform="translate({across:.1f},{middle:.1f}) rotate(-90)" '
        f'text-anchor="middle">{escape(effect)}</text>',
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
    start = -0.035 * end
    canvas = Canvas((start, end), (start, end), width=520, height=500)
    canvas.line([(start, start), (end, end)], "middle")
    inside = [(100 * a, 100 * b) for a, b in curve if 100 * a <= end and 0 <= 100 * b <= end]
    canvas.line(inside, "strong")
    names = labels or [""] * len(first)
    largest = max(sizes)
    discs = sorted(zip(second, first, sizes, names, strict=True), key=lambda one: -one[2])
    for a, b, size, name in discs:
        canvas.dot(100 * a, 100 * b, "disc", 2.5 + 9 * (size / largest) ** 0.5, name)
    canvas.axes(x_axis, y_axis, title=title)
    return document([canvas], canvas.width, canvas.height, title)
