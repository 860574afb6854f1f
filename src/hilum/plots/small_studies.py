"""Funnel and drapery plots: effects against precision, p values against effects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, back_ticks, document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
) -> str:
    """Effects by standard error, with contours of significance around ``null`` (Peters 2008).

    White: p above 0.10; then 0.10 to 0.05, 0.05 to 0.01, darkest below 0.01. Without a null value
    (single groups) the contours are left out. ``filled`` are studies imputed by trim and fill,
    drawn open.
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
    canvas.axes(axis, "standard error", x_ticks=back_ticks(low, high, back), title=title)
    return document([canvas], canvas.width, canvas.height, title)


def drapery_svg(
    yi: Sequence[float],
    sei: Sequence[float],
    pooled: tuple[float, float],
    prediction: tuple[float, float] | None,
    *,
    axis: str = "effect",
    back: Callable[[float], float] | None = None,
    title: str = "Drapery plot",
) -> str:
    """P value of every possible effect, each study and the pooled one (Rücker & Schwarzer 2021).

    ``pooled`` and ``prediction`` are estimate and standard error; the latter's includes tau.
    """
    low = min(y - 2.2 * se for y, se in zip(yi, sei, strict=True))
    high = max(y + 2.2 * se for y, se in zip(yi, sei, strict=True))
    canvas = Canvas((low, high), (0.0, 1.0))
    grid = [low + (high - low) * i / 240 for i in range(241)]

    def curve(centre: float, se: float) -> list[tuple[float, float]]:
        return [(x, math.erfc(abs(x - centre) / se / math.sqrt(2))) for x in grid]

    if prediction is not None:
        canvas.polygon([(low, 0), *curve(*prediction), (high, 0)], "band")
    for y, se in zip(yi, sei, strict=True):
        canvas.line(curve(y, se), "thin")
    canvas.line(curve(*pooled), "strong")
    canvas.line([(low, 0.05), (high, 0.05)], "middle")
    canvas.axes(axis, "p value", x_ticks=back_ticks(low, high, back), title=title)
    return document([canvas], canvas.width, canvas.height, title)
