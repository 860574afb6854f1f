"""Lines that the frame of a plot cuts off: beyond it they are in the file and not on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.lines import Line
    from hilum.literature.figures.page import Stroke

Box = tuple[float, float, float, float]
# Points of the page: a frame is no smaller, and a line leaves it by more than the other.
SMALLEST, LEAVES = 80.0, 1.0


def clipped(line: Line, strokes: Iterable[Stroke]) -> Line:
    """A line that leaves its frame below (or above, where it rises), cut off there."""
    frames = sorted(
        {box for stroke in strokes if (box := _frame(stroke)) is not None},
        key=lambda box: (box[2] - box[0]) * (box[3] - box[1]),
    )
    return _within(line, frames)


def _frame(stroke: Stroke) -> Box | None:
    """The box of a stroke that is a frame."""
    if len(stroke.points) not in (4, 5):
        return None
    box = stroke.box
    corners = {(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])}
    large = box[2] - box[0] > SMALLEST and box[3] - box[1] > SMALLEST
    return box if large and set(stroke.points) == corners else None


def _within(line: Line, frames: Sequence[Box]) -> Line:
    x, y = line.points[0]
    own = next(
        (
            (left, top, right, bottom)
            for left, top, right, bottom in frames
            if left - LEAVES <= x <= right and top - LEAVES <= y <= bottom + LEAVES
        ),
        None,
    )
    if own is None:
        return line
    _, top, _, bottom = own
    kept = [p for p in line.points if top - LEAVES <= p[1] <= bottom + LEAVES]
    if len(kept) == len(line.points) or len(kept) < 2:
        return line
    # Level until it leaves.
    leaves = line.points[len(kept)][0]
    return replace(line, points=(*kept, (leaves, kept[-1][1])), cut=True)
