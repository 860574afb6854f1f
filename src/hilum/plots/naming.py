"""Names beside points: each where it is free, the first ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.plots.text_size import width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.plots.canvas import Canvas

Box = tuple[float, float, float, float]
# What letters of 12 px reach above and below their line, and the least between two names.
RISE, FALL, LEAST = 9.0, 3.0, 2.0
# Half a point's width, less what a name may touch.
DOT = 1.5


def name_points(
    canvas: Canvas,
    points: Iterable[tuple[float, float, str]],
    dots: Iterable[tuple[float, float]] = (),
) -> None:
    """Write names beside their points, inside the frame, off each other and off ``dots``.

    A name that finds no free place is not written: a pointer that rests on the point shows it.
    """
    seen = [(canvas.x(x), canvas.y(y)) for x, y in dots]
    taken: list[Box] = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in seen]
    for x, y, name in points:
        at, height, wide = canvas.x(x), canvas.y(y), width(name)
        places = [
            (at + 6, height - 4), (at - 6 - wide, height - 4), (at + 6, height + 12),
            (at - 6 - wide, height + 12), (at - wide / 2, height - 9), (at - wide / 2, height + 17),
        ]  # fmt: skip
        for left, line in places:
            box = left, line - RISE, left + wide, line + FALL
            if _inside(box, canvas.box) and all(_apart(box, one) for one in taken):
                taken.append(box)
                canvas.text_at(left, line, name)
                break


def _inside(box: Box, frame: Box) -> bool:
    return (
        box[0] >= frame[0]
        and box[1] >= frame[1]
        and box[2] <= frame[2] - 1
        and box[3] <= frame[3] - 1
    )


def _apart(first: Box, second: Box) -> bool:
    return (
        first[2] + LEAST < second[0]
        or second[2] + LEAST < first[0]
        or first[3] + LEAST < second[1]
        or second[3] + LEAST < first[1]
    )
