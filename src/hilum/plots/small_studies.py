"""Funnel and drapery plots: effects against precision, p values against effects."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, back_ticks, document
from hilum.plots.colours import PALETTE, room

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Room below a plot for a line that says what its signs mean.
KEY = 24
# Two-sided p values 0.10, 0.05, 0.01 of the contours and their normal quantiles.
CONTOURS = (("p10", 1.6448536269514722), ("p05", 1.959963984540054), ("p01", 2.5758293035489004))


def funnel_svg(
    yi: Sequence[float],
    sei: Sequence[float],
    pooled: float,
    *,
    labels: Sequence[str] = (),
    filled: Sequence[tuple[float, float]] = (),
    null: float | None = 0.0,
    axis: str = "effect",
    back: Callable[[float], float] | None = None,
    title: str = "Funnel plot",
    y_axis: str = "standard error",
    key: str = "",
) -> str:
    """Effects by standard error, with contours of significance around ``null`` (Peters 2008).

    White: p above 0.10; then 0.10 to 0.05, 0.05 to 0.01, darkest below 0.01. Without a null value
    (single groups) the contours are left out. ``filled`` are studies imputed by trim and fill,
    drawn open; ``key`` stands below the plot and says what they are.
    """
    top = 1.05 * max([*sei, *(se for _, se in filled)])
    values = [*yi, *(y for y, _ in filled), pooled]
    reach = max(abs(value - pooled) for value in values)
    half = 1.08 * max(reach, 1.96 * top)
    canvas = Canvas((pooled - half, pooled + half), (0.0, top), flip=True)
    low, high = canvas.x_limits
    if null is not None:
        canvas.polygon([(low, 0), (high, 0), (high, top), (low, top)], "p01")
        for kind, z in reversed(CONTOURS):
            inner = {"p01": "p05", "p05": "p10", "p10": "clear"}[kind]
            canvas.polygon([(null, 0.0), (null + z * top, top), (null - z * top, top)], inner)
    z = CONTOURS[1][1]
    canvas.line([(pooled - z * top, top), (pooled, 0.0), (pooled + z * top, top)], "middle")
    canvas.line([(pooled, 0.0), (pooled, top)], "strong")
    names = labels or [""] * len(yi)
    for y, se, name in zip(yi, sei, names, strict=True):
        canvas.dot(y, se, title=name)
    for y, se in filled:
        canvas.dot(y, se, "open")
    canvas.axes(axis, y_axis, x_ticks=back_ticks(low, high, back), title=title)
    if not (filled and key):
        return document([canvas], canvas.width, canvas.height, title)
    left, below = canvas.box[0], canvas.height + 8
    canvas.parts.append(
        f'<circle class="open" cx="{left + 5:.1f}" cy="{below:.1f}" r="4"/>'
        f'<text x="{left + 16:.1f}" y="{below + 4:.1f}" font-size="11">{escape(key)}</text>'
    )
    return document([canvas], canvas.width, canvas.height + KEY, title)


def adjusted_funnel_svg(
    effect: Sequence[float],
    sei: Sequence[float],
    comparison: Sequence[str],
    *,
    labels: Sequence[str] = (),
    axis: str = "effect minus the mean of its comparison",
    note: str = "",
    title: str = "Comparison-adjusted funnel plot",
    y_axis: str = "standard error",
) -> str:
    """Studies around the mean of their comparison, one colour a comparison (Chaimani 2012)."""
    top = 1.05 * max(sei)
    half = 1.08 * max(max(abs(value) for value in effect), 1.96 * top)
    kinds = list(dict.fromkeys(comparison))
    legend = room(kinds, 11) + 40
    canvas = Canvas(
        (-half, half), (0.0, top), flip=True, width=600 + legend, margins=(58, 18 + legend, 30, 48)
    )
    z = CONTOURS[1][1]
    canvas.line([(-z * top, top), (0.0, 0.0), (z * top, top)], "middle")
    canvas.line([(0.0, 0.0), (0.0, top)], "strong")
    names = labels or [""] * len(effect)
    for y, se, kind, name in zip(effect, sei, comparison, names, strict=True):
        _mark(canvas, canvas.x(y), canvas.y(se), kinds.index(kind), f"{name}: {kind}")
    _, edge_top, right, _ = canvas.box
    for i, kind in enumerate(kinds):
        y = edge_top + 8 + 17 * i
        _mark(canvas, right + 18, y, i, kind)
        canvas.parts.append(
            f'<text x="{right + 28:.1f}" y="{y + 4:.1f}" font-size="11">{escape(kind)}</text>'
        )
    canvas.axes(axis, y_axis, title=f"{title}{'. ' if note else ''}{note}")
    return document([canvas], canvas.width, max(canvas.height, 60 + 17.0 * len(kinds)), title)


def _mark(canvas: Canvas, x: float, y: float, which: int, title: str) -> None:
    """A disc; open from the eighth comparison on, where the colours begin again."""
    colour = PALETTE[which % len(PALETTE)]
    fill = colour if (which // len(PALETTE)) % 2 == 0 else "#fff"
    canvas.parts.append(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{colour}" '
        f'stroke-width="1.5"><title>{escape(title)}</title></circle>'
    )


def drapery_svg(
    yi: Sequence[float],
    sei: Sequence[float],
    pooled: tuple[float, float],
    prediction: tuple[float, float] | None,
    *,
    axis: str = "effect",
    back: Callable[[float], float] | None = None,
    title: str = "Drapery plot",
    y_axis: str = "p value",
) -> str:
    """P value of every possible effect, each study and the pooled one (Rücker & Schwarzer 2021).

    ``pooled`` and ``prediction`` are estimate and standard error; the latter's includes tau.
    """
    low = min(y - 2.2 * se for y, se in zip(yi, sei, strict=True))
    high = max(y + 2.2 * se for y, se in zip(yi, sei, strict=True))
    canvas = Canvas((low, high), (0.0, 1.0))
    even = [low + (high - low) * i / 240 for i in range(241)]

    def curve(centre: float, se: float) -> list[tuple[float, float]]:
        """Its peak, 1 at the estimate, is a point of its own."""
        grid = sorted([*even, centre])
        return [(x, math.erfc(abs(x - centre) / se / math.sqrt(2))) for x in grid]

    if prediction is not None:
        canvas.polygon([(low, 0), *curve(*prediction), (high, 0)], "band")
    for y, se in zip(yi, sei, strict=True):
        canvas.line(curve(y, se), "thin")
    canvas.line(curve(*pooled), "strong")
    canvas.line([(low, 0.05), (high, 0.05)], "middle")
    canvas.axes(axis, y_axis, x_ticks=back_ticks(low, high, back), title=title)
    return document([canvas], canvas.width, canvas.height, title)
