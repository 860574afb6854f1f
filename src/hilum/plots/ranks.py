"""Rankogram: how probable each rank of each treatment is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, document
from hilum.plots.captions import caption, captioned, tall
from hilum.plots.text_size import BOLD, shortened, width

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, TALL, COLUMNS = 230.0, 180.0, 4
# Of the head of a panel, which stands around the middle of its frame.
PANEL = 184.0


def rankogram_svg(
    names: Sequence[str],
    probability: Sequence[Sequence[float]],
    sucra: Sequence[float],
    *,
    title: str = "Rank probabilities",
    note: str = "line: this rank or better; in brackets SUCRA",
    axes: tuple[str, str] = ("rank", "probability"),
) -> str:
    """One panel a treatment: bars of its rank probabilities and their running sum.

    Parameters
    ----------
    names, sucra : sequence of length n
    probability : (n, n) sequences
        Row: treatment; column: rank, the best first.
    """
    n = len(names)
    columns = min(COLUMNS, n)
    lines = caption(f"{title}; {note}", columns * WIDE, "heading")
    top = 24 + tall(lines)
    canvases: list[Canvas] = []
    for place, (name, row, area) in enumerate(zip(names, probability, sucra, strict=True)):
        canvas = Canvas(
            (0.5, n + 0.5),
            (0.0, 1.0),
            width=WIDE,
            height=TALL,
            origin=((place % columns) * WIDE, top + (place // columns) * TALL),
            margins=(52, 8, 26, 44),
        )
        for rank, share in enumerate(row, start=1):
            corners = [
                (rank - 0.4, 0.0),
                (rank - 0.4, share),
                (rank + 0.4, share),
                (rank + 0.4, 0.0),
            ]
            canvas.polygon(corners, "square")
        total = 0.0
        steps: list[tuple[float, float]] = []
        for rank, share in enumerate(row, start=1):
            total += share
            steps.append((float(rank), total))
        canvas.line(steps, "strong")
        step = max(1, round(n / 6))
        ticks = [(float(rank), str(rank)) for rank in range(1, n + 1, step)]
        canvas.axes(*axes, x_ticks=ticks, title=_headed(name, f"  ({area:.2f})"))
        canvases.append(canvas)
    rows = -(-n // columns)
    head = Canvas((0, 1), (0, 1), width=columns * WIDE, height=top)
    head.parts.append(captioned(lines, columns * WIDE / 2, 17, "heading"))
    return document([head, *canvases], columns * WIDE, top + rows * TALL, title)


def _headed(name: str, area: str) -> str:
    """A name as long as its panel has room for, and its figure."""
    return f"{shortened(name, PANEL - width(area, BOLD), BOLD)}{area}"
