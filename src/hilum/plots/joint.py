"""The joint model drawn: absolute outcomes of treatments, and contrasts along the dial."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, document
from hilum.plots.forest import ForestRow, forest_svg
from hilum.synthesis.joint.of_prior import is_priors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.plots.forest import ForestRow as _Row

Interval = tuple[float, float]
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Curve:
    """One contrast along the dial: (weight, log ratio, standard error), and where it changes."""

    name: str
    points: tuple[tuple[float, float, float], ...]
    changes: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ForestWords:
    """What the forest says."""

    axis: str = ""
    prior: str = "mostly prior"
    new_study: str = "a new study"


def absolute_svg(
    rows: Sequence[tuple[str, float, str, Interval, Interval, int, float]],
    *,
    title: str,
    percent: bool,
    words: ForestWords | None = None,
    new: Sequence[str] = (),
) -> str:
    """Forest of absolute outcomes: value, interval, and the interval of a new study.

    ``rows`` hold name, value, its text with the interval, interval, prediction, studies, and the
    percentage of the information that is the prior's; where that is over half the name says so, and
    nothing is drawn. ``new`` are the texts of a new study's intervals, by row.
    """
    said = words or ForestWords(
        f"{title} (% of patients)" if percent else f"{title} (median, months)"
    )
    drawn: list[_Row] = []
    texts = new or [""] * len(rows)
    for (name, value, told, ci, prediction, studies, prior), text in zip(rows, texts, strict=True):
        label = f"{name} (k={studies})"
        if is_priors(prior):
            drawn.append(ForestRow(f"{label}  {said.prior}", None, None, told))
            continue
        drawn.append(ForestRow(label, value, ci, told, weight=float(studies)))
        drawn.append(ForestRow(f"  {said.new_study}", None, prediction, text, role="prediction"))
    return forest_svg(
        tuple(drawn),
        title=title,
        axis=said.axis,
        scale="proportion" if percent else "months",
        standalone=True,
    )


def dial_svg(curves: Sequence[Curve], *, axis: str, effect: str, title: str = "The dial") -> str:
    """One panel a contrast: effect and 95 % band against the weight, changes marked.

    A dashed line at 0 is no difference; a flag and its words show where the conclusion
    changes.
    """
    width, height = 360.0, 250.0
    columns = min(3, len(curves)) or 1
    canvases: list[Canvas] = []
    ends = [y + sign * Z * se for c in curves for _, y, se in c.points for sign in (-1, 1)]
    # Bands at weight 0 may be as wide as the prior: they are cut, the middle of the curve is not.
    middle = [y for c in curves for _, y, _ in c.points]
    room = 1.2 * max(map(abs, [*middle, 1.0]))
    low, high = max(min(ends, default=-1), -3 * room), min(max(ends, default=1), 3 * room)
    for place, curve in enumerate(curves):
        canvas = Canvas(
            (0.0, 1.0), (low, high), width=width, height=height,
            origin=((place % columns) * width, (place // columns) * height),
        )  # fmt: skip
        upper = [(w, min(y + Z * se, high)) for w, y, se in curve.points]
        lower = [(w, max(y - Z * se, low)) for w, y, se in curve.points]
        canvas.polygon([*upper, *reversed(lower)], "band")
        canvas.line([(0.0, 0.0), (1.0, 0.0)], "middle")
        canvas.line([(w, y) for w, y, _ in curve.points], "strong")
        for number, (weight, words) in enumerate(curve.changes):
            canvas.line([(weight, low), (weight, high)], "null")
            canvas.dot(weight, _between(curve.points, weight), "flag", 4, words)
            # Along the lower edge, where bands leave room, one line a change.
            line = low + (0.03 + 0.09 * number) * (high - low)
            canvas.text(weight, line, words, dx=-118 if weight > 0.55 else 6)
        canvas.axes(axis, effect, title=curve.name if len(curve.name) <= 46 else
                    curve.name[:45] + "…")  # fmt: skip
        canvases.append(canvas)
    rows = max(1, math.ceil(len(canvases) / columns))
    return document(canvases, width * columns, height * rows, title)


def _between(points: Sequence[tuple[float, float, float]], weight: float) -> float:
    for (left, a, _), (right, b, _) in pairwise(points):
        if left <= weight <= right:
            return a + (b - a) * (weight - left) / (right - left)
    return points[-1][1]
