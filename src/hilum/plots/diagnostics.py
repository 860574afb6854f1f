"""Baujat, influence, GOSH and bubble plots: which studies carry a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, back_ticks, document
from hilum.plots.naming import name_points

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_POINTS = 4000


def baujat_svg(
    share: Sequence[float],
    pull: Sequence[float],
    labels: Sequence[str],
    *,
    title: str = "Baujat plot",
    x_axis: str = "contribution to heterogeneity",
    y_axis: str = "influence on the pooled result",
) -> str:
    """Each study's share of Q against its pull on the result (Baujat 2002)."""
    canvas = Canvas((0.0, 1.12 * max(share)), (0.0, 1.1 * max(pull)))
    for x, y, name in zip(share, pull, labels, strict=True):
        canvas.dot(x, y, title=name)
    # Those that stand out most are named first.
    far = sorted(
        zip(share, pull, labels, strict=True),
        key=lambda one: -max(one[0] / max(share), one[1] / max(pull)),
    )
    named = [one for one in far if one[0] > 0.25 * max(share) or one[1] > 0.25 * max(pull)]
    name_points(canvas, named, zip(share, pull, strict=True))
    canvas.axes(x_axis, y_axis, title=title)
    return document([canvas], canvas.width, canvas.height, title)


def influence_svg(
    panels: Mapping[str, Sequence[float]],
    labels: Sequence[str],
    *,
    title: str = "Influence",
    study: str = "study",
) -> str:
    """One panel a diagnostic, one point a study; the largest of each is named."""
    width, height, columns = 430.0, 230.0, 2
    canvases: list[Canvas] = []
    for place, (name, values) in enumerate(panels.items()):
        low, high = min([*values, 0.0]), max([*values, 0.0])
        room = 0.12 * ((high - low) or 1.0)
        canvas = Canvas(
            (0.0, len(values) + 1.0),
            (low - (room if low < 0 else 0), high + room),
            width=width,
            height=height,
            origin=((place % columns) * width, (place // columns) * height),
        )
        canvas.line([(0.0, 0.0), (len(values) + 1.0, 0.0)], "middle")
        canvas.line([(i + 1.0, v) for i, v in enumerate(values)], "thin")
        far = max(range(len(values)), key=lambda i, v=values: abs(v[i]))
        for i, (value, label) in enumerate(zip(values, labels, strict=True)):
            canvas.dot(i + 1.0, value, "flag" if i == far else "dot", 3, label)
        points = [(i + 1.0, value) for i, value in enumerate(values)]
        name_points(canvas, [(far + 1.0, values[far], labels[far])], points)
        every = max(1, -(-len(values) // 12))
        places = [(i + 1.0, str(i + 1)) for i in range(0, len(values), every)]
        canvas.axes(study, "", x_ticks=places, title=name)
        canvases.append(canvas)
    rows = -(-len(canvases) // columns)
    return document(canvases, width * columns, height * rows, title)


def gosh_svg(
    beta: Sequence[float],
    i2: Sequence[float],
    member: Sequence[bool] | None = None,
    *,
    axis: str = "pooled effect of a subset",
    back: Callable[[float], float] | None = None,
    title: str = "All subsets (GOSH)",
) -> str:
    """Pooled effect and I2 of subsets (Olkin 2012); those with one study may be coloured.

    At most some thousand points are drawn, evenly picked.
    """
    step = max(1, len(beta) // MOST_POINTS)
    canvas = Canvas((min(beta), max(beta)), (0.0, 100.0))
    for i in range(0, len(beta), step):
        flagged = member is not None and member[i]
        canvas.dot(beta[i], i2[i], "flag" if flagged else "haze", 2)
    ticks = back_ticks(*canvas.x_limits, back)
    canvas.axes(axis, "I2 (%)", x_ticks=ticks, title=title)
    return document([canvas], canvas.width, canvas.height, title)


def bubble_svg(
    x: Sequence[float],
    yi: Sequence[float],
    weights: Sequence[float],
    line: Sequence[tuple[float, float, float, float]],
    *,
    labels: Sequence[str] = (),
    moderator: str = "moderator",
    axis: str = "effect",
    title: str = "Bubble plot",
) -> str:
    """Effects against a moderator, area by weight, with the fitted line and its band.

    ``line`` holds (moderator, fitted, lower, upper) in rising order.
    """
    ends = [value for row in line for value in row[2:]] + list(yi)
    room = 0.06 * ((max(ends) - min(ends)) or 1.0)
    wide = 0.05 * ((max(x) - min(x)) or 1.0)
    canvas = Canvas((min(x) - wide, max(x) + wide), (min(ends) - room, max(ends) + room))
    upper = [(at, high) for at, _, _, high in line]
    lower = [(at, low) for at, _, low, _ in line]
    canvas.polygon([*upper, *reversed(lower)], "band")
    canvas.line([(at, fitted) for at, fitted, _, _ in line], "strong")
    names = labels or [""] * len(yi)
    for at, y, weight, name in zip(x, yi, weights, names, strict=True):
        canvas.dot(at, y, "dot", 2.5 + 9 * (weight / max(weights)) ** 0.5, name)
    canvas.axes(moderator, axis, title=title)
    return document([canvas], canvas.width, canvas.height, title)
