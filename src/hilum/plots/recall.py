"""Recall over the records read: one line a replay, with the stops of the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.plots.canvas import Canvas, document

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class RecallCurve:
    """One replay.

    Attributes
    ----------
    found_at : sequence of int
        Records read when each relevant record was found.
    stop : (int, float)
        Records read, and the recall, when the rule stopped.
    name : str
        Shown where a pointer rests on the stop.
    """

    found_at: Sequence[int]
    stop: tuple[int, float]
    name: str


def recall_svg(
    curves: Sequence[RecallCurve],
    *,
    records: int,
    target: float,
    title: str,
    axes: tuple[str, str],
    chance: str,
) -> str:
    """Steps of recall, the diagonal of reading at random, the recall asked for."""
    canvas = Canvas((0.0, float(records)), (0.0, 1.0), margins=(64, 22, 30, 48))
    canvas.line([(0.0, 0.0), (records, 1.0)], "thin")
    canvas.text(records * 0.55, 0.5, chance, "tick")
    canvas.line([(0.0, target), (records, target)], "null")
    for curve in curves:
        points = [(0.0, 0.0)]
        for k, at in enumerate(curve.found_at, 1):
            points += [(float(at), points[-1][1]), (float(at), k / len(curve.found_at))]
        canvas.line([*points, (float(records), 1.0)], "curve")
    for curve in curves:
        canvas.dot(float(curve.stop[0]), curve.stop[1], "diamond", 4, curve.name)
    canvas.axes(*axes, title=title)
    return document([canvas], canvas.width, canvas.height, title)
