"""What trials of different sizes would be worth, one panel an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, document

if TYPE_CHECKING:
    from collections.abc import Sequence

# Distinct in print and to colour-blind readers (Okabe & Ito 2008), dark enough for lines.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7f6a00", "#444444")
WIDTH, HEIGHT, LINE = 640.0, 330.0, 17.0


@dataclass(frozen=True)
class WorthCurve:
    """One comparison: what a trial of each size is worth.

    Attributes
    ----------
    label : str
    points : sequence of (float, float)
        Patients of the trial and worth, by rising size.
    best : float
        Size of the best feasible trial.
    """

    label: str
    points: Sequence[tuple[float, float]]
    best: float


@dataclass(frozen=True)
class WorthPanel:
    """Comparisons of one outcome, in one unit.

    Attributes
    ----------
    title, unit : str
    curves : sequence of WorthCurve
        At most six are drawn, the first ones.
    """

    title: str
    unit: str
    curves: Sequence[WorthCurve]


def worth_svg(
    panels: Sequence[WorthPanel],
    *,
    title: str = "Worth of a trial by its size",
    axis: str = "patients in the trial",
) -> str:
    """Curves of worth against patients, the best feasible trial of each marked."""
    columns = 1 if len(panels) == 1 else 2
    below = LINE * max(min(len(panel.curves), len(COLOURS)) for panel in panels)
    cell = HEIGHT + below + 22
    canvases: list[Canvas] = []
    for place, panel in enumerate(panels):
        drawn = panel.curves[: len(COLOURS)]
        xs = [x for curve in drawn for x, _ in curve.points]
        ys = [0.0, *(y for curve in drawn for _, y in curve.points)]
        low, top = min(ys), max(ys)
        canvas = Canvas(
            (0.0, 1.03 * max(xs)),
            (1.08 * low, 1.08 * top if top > low else 1.0),
            width=WIDTH,
            height=HEIGHT,
            origin=((place % columns) * WIDTH, (place // columns) * cell),
            margins=(70, 18, 34, 48),
        )
        left, _, _, bottom = canvas.box
        if low < 0:
            canvas.line([(0.0, 0.0), (1.03 * max(xs), 0.0)], "null")
        for number, (curve, colour) in enumerate(zip(drawn, COLOURS, strict=False)):
            places = " ".join(f"{canvas.x(x):.1f},{canvas.y(y):.1f}" for x, y in curve.points)
            canvas.parts.append(
                f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{places}"/>'
            )
            for x, y in curve.points:
                best = x == curve.best
                canvas.parts.append(
                    f'<circle cx="{canvas.x(x):.1f}" cy="{canvas.y(y):.1f}" '
                    f'r="{5 if best else 2}" fill="{colour}"/>'
                )
            # From the edge of the panel: two long names fit on a line.
            line, start = bottom + 56 + LINE * number, left - 58
            canvas.parts.append(
                f'<line x1="{start}" y1="{line - 4}" x2="{start + 22}" y2="{line - 4}" '
                f'stroke="{colour}" stroke-width="2"/>'
                f'<text x="{start + 28}" y="{line}">{escape(curve.label)}</text>'
            )
        canvas.axes(axis, panel.unit, title=panel.title)
        canvases.append(canvas)
    rows = -(-len(panels) // columns)
    return document(canvases, WIDTH * columns, cell * rows, title)
