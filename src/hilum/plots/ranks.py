"""Rankogram: how probable each rank of each treatment is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, document

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, TALL, COLUMNS = 230.0, 180.0, 4


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
    canvases: list[Canvas] = []
    for place, (name, row, area) in enumerate(zip(names, probability, sucra, strict=True)):
        canvas = Canvas(
            (0.5, n + 0.5),
            (0.0, 1.0),
            width=WIDE,
            height=TALL,
            origin=((place % columns) * WIDE, 24 + (place // columns) * TALL),
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
        canvas.axes(*axes, x_ticks=ticks, title=f"{_short(name)}  ({area:.2f})")
        canvases.append(canvas)
    rows = -(-n // columns)
    head = Canvas((0, 1), (0, 1), width=columns * WIDE, height=24)
    head.parts.append(
        f'<text class="heading" x="{columns * WIDE / 2:.0f}" y="17" text-anchor="middle">{title}; '
        f"{note}</text>"
    )
    return document([head, *canvases], columns * WIDE, 24 + rows * TALL, title)


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"
