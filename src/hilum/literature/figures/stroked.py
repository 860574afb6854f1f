"""Outlines as programs write them that turn strokes into shapes, and the lines back from them.

Both long sides of a straight piece of a line are in its outline, one there and one back, across
from one another by the width of the line; whatever joins or ends pieces lies between such pairs.
"""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.page import Point

# Points of the page: what counts as straight, as one place, and as one width; the widest line.
STRAIGHT, SAME, ALIKE, WIDEST = 0.02, 0.03, 0.03, 6.0
# Shapes that are no squares, of a line in dashes, at least; and the share of all that are read.
FEWEST: Final = 3
MOST_READ: Final = 0.7

Side = tuple["Point", "Point"]


def squared(points: Sequence[Point]) -> tuple[Point, ...]:
    """An outline with its slanted ends made straight and its cut corners whole.

    An end between two level sides goes to their middle across, a cut between a level and an upright
    side to where both meet; longer slopes stay.
    """
    ring = list(points[:-1] if len(points) > 1 and points[0] == points[-1] else points)
    ring = [p for i, p in enumerate(ring) if p != ring[i - 1]]
    many = len(ring)
    if many < 4:
        return tuple(points)
    out: dict[int, Point] = dict(enumerate(ring))
    for i in range(many):
        a, b = ring[i], ring[(i + 1) % many]
        if min(abs(a[0] - b[0]), abs(a[1] - b[1])) < STRAIGHT:
            continue
        if hypot(a[0] - b[0], a[1] - b[1]) > WIDEST:
            return tuple(points)
        before = abs(ring[i - 1][1] - a[1]) < STRAIGHT
        after = abs(ring[(i + 2) % many][1] - b[1]) < STRAIGHT
        if before and after:
            middle = (a[0] + b[0]) / 2
            out[i], out[(i + 1) % many] = (middle, a[1]), (middle, b[1])
        elif before:
            out[i] = out[(i + 1) % many] = (b[0], a[1])
        elif after:
            out[i] = out[(i + 1) % many] = (a[0], b[1])
        else:
            middle = (a[1] + b[1]) / 2
            out[i], out[(i + 1) % many] = (a[0], middle), (b[0], middle)
    closed = [out[i] for i in range(many)]
    return (*closed, closed[0])


def stroked(shapes: Sequence[Sequence[Point]]) -> tuple[float, list[tuple[Point, ...]]] | None:
    """The width of a line in dashes, and the middles of these from left to right.

    None where the shapes of a colour are not the outlines of strokes, or are all square.
    """
    slanted = [one for one in shapes if _slanted(one)]
    if len(slanted) < FEWEST:
        return None
    widths = [width for one in slanted for width, _ in _pairs(one)]
    if not widths:
        return None
    common = max(widths, key=lambda w: sum(abs(w - v) < ALIKE for v in widths))
    width = median(v for v in widths if abs(common - v) < ALIKE)
    pieces = [_middle(one, width) for one in shapes]
    read = [one for one in pieces if one is not None]
    return (width, read) if len(read) >= MOST_READ * len(shapes) else None


def _slanted(shape: Sequence[Point]) -> bool:
    return any(min(abs(a[0] - b[0]), abs(a[1] - b[1])) > STRAIGHT for a, b in pairwise(shape))


def _pairs(shape: Sequence[Point]) -> list[tuple[float, Side]]:
    """The width and the middle of each straight piece, in the order of one of its sides."""
    sides = [(a, b) for a, b in pairwise(shape) if hypot(b[0] - a[0], b[1] - a[1]) > SAME]
    out: list[tuple[float, Side]] = []
    for i, (a, b) in enumerate(sides):
        for c, d in sides[i + 1 :]:
            width = hypot(c[0] - b[0], c[1] - b[1])
            if not SAME < width < WIDEST:
                continue
            along = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
            long = hypot(b[0] - a[0], b[1] - a[1])
            same = hypot((d[0] - a[0]) - (c[0] - b[0]), (d[1] - a[1]) - (c[1] - b[1])) < SAME
            if same and abs(along) < SAME * long * width + SAME**2:
                middle = ((a[0] + d[0]) / 2, (a[1] + d[1]) / 2)
                out.append((width, (middle, ((b[0] + c[0]) / 2, (b[1] + c[1]) / 2))))
                break
    return out


def _middle(shape: Sequence[Point], width: float) -> tuple[Point, ...] | None:
    """The middle of a stroke of a width, from left to right; None of any other shape."""
    pieces = [side for w, side in _pairs(shape) if abs(w - width) < ALIKE]
    if not pieces:
        return None
    points = list(pieces[0])
    for a, b in pieces[1:]:
        if hypot(a[0] - points[-1][0], a[1] - points[-1][1]) > ALIKE:
            # The outline begins at neither end of the stroke.
            if hypot(b[0] - points[0][0], b[1] - points[0][1]) < ALIKE:
                points.insert(0, a)
                continue
            return None
        points.append(b)
    return tuple(points if points[0][0] <= points[-1][0] else points[::-1])
