"""Lines that a program wrote as filled outlines.

Browsers print dashes so, and drawing programs that "expand" a stroke.

What is as thin as a line everywhere and has level and upright edges alone is a piece of a
staircase. A line of width w that goes right and down has its upper edge above a place x at the
level it had at x - w/2, raised by w/2, as in :mod:`hilum.literature.figures.trace`. Pieces of one
colour and width that follow one another are the dashes of one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from hilum.literature.figures.page import Stroke
from hilum.literature.figures.stroked import squared, stroked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.page import Point

# Points of the page: what counts as straight; the widest line; by how much its width may waver, and
# widths of one line.
STRAIGHT, WIDEST, WAVER, ALIKE = 0.02, 6.0, 0.15, 0.03
# Share of its area by which a piece may differ from a line of its length.
SLACK = 0.12
# What stands for the lengths of dashes: which pieces are of one line is told by their places alone.
DASHED = (1.0, 1.0)
# Dashes of a line, at least; a gap is at most so many times the usual one, or so many points.
FEWEST, LONGER, LONGEST = 5, 2.5, 12.0


_Span = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a line: its middle from left to right and down."""

    points: tuple[Point, ...]

    @property
    def length(self) -> float:
        """Along it."""
        return sum(abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in pairwise(self.points))


def outlined(strokes: Iterable[Stroke]) -> list[Stroke]:
    """The lines whose filled outlines are among what is drawn, down the page and up."""
    by_colour: dict[str, list[tuple[Point, ...]]] = {}
    every: dict[str, list[tuple[Point, ...]]] = {}
    for stroke in strokes:
        if stroke.fill is not None and stroke.colour is None:
            every.setdefault(stroke.fill, []).append(stroke.points)
            if _square(points := squared(stroke.points)):
                by_colour.setdefault(stroke.fill, []).append(points)
    out: list[Stroke] = []
    for colour, shapes in every.items():
        if (found := stroked(shapes)) is not None:
            by_colour.pop(colour, None)
            out += max((_of_pieces(colour, *found, way) for way in (1, -1)), key=_longest)
    for colour, shapes in by_colour.items():
        # Lines of one colour all fall or all rise: read the other way they come to pieces.
        out += max((_read(colour, shapes, way) for way in (1, -1)), key=_longest)
    return out


def _read(colour: str, shapes: Sequence[Sequence[Point]], way: int) -> list[Stroke]:
    """The lines that go down the page, or up where ``way`` is -1."""
    spans = [_spans([(x, way * y) for x, y in shape]) for shape in shapes]
    return [
        Stroke(tuple((x, way * y) for x, y in points), colour, width, dash)
        for width, pieces in _by_width([one for one in spans if one])
        for points, dash in _chains(pieces, width)
    ]


def _of_pieces(
    colour: str, width: float, pieces: Sequence[tuple[Point, ...]], way: int
) -> list[Stroke]:
    """The lines of pieces whose middles are known."""
    turned = [_Piece(tuple((x, way * y) for x, y in points)) for points in pieces]
    return [
        Stroke(tuple((x, way * y) for x, y in points), colour, width, dash)
        for points, dash in _chains(turned, width)
    ]


def _longest(lines: list[Stroke]) -> float:
    return max((one.box[2] - one.box[0] for one in lines), default=0.0)


def _by_width(shapes: list[list[_Span]]) -> list[tuple[float, list[_Piece]]]:
    """Pieces of lines of each width, the commonest first; a shape is of one of them."""
    seen = [(width, shape) for shape in shapes if (width := _thickness(shape)) < WIDEST]
    out: list[tuple[float, list[_Piece]]] = []
    left = shapes
    while seen:
        widths = [width for width, _ in seen]
        common = max(widths, key=lambda w: sum(abs(w - v) < ALIKE for v in widths))
        width = median(v for v in widths if abs(common - v) < ALIKE)
        read = [(shape, _piece(shape, width)) for shape in left]
        pieces = [piece for _, piece in read if piece is not None]
        left = [shape for shape, piece in read if piece is None]
        seen = [(v, shape) for v, shape in seen if shape in left and abs(common - v) >= ALIKE]
        if pieces:
            out.append((width, pieces))
    return out


def _thickness(spans: list[_Span]) -> float:
    """How thick most of a shape is, or how wide where it is an upright stroke."""
    if len(spans) == 1:
        left, right, high, low = spans[0]
        return min(right - left, low - high)
    half, total = sum(b - a for a, b, _, _ in spans) / 2, 0.0
    for tall, long in sorted((low - high, b - a) for a, b, high, low in spans):
        total += long
        if total >= half:
            return tall
    return WIDEST


def _square(points: Sequence[Point]) -> bool:
    """Whether all edges are level or upright, and there are some."""
    return len(points) >= 4 and all(
        abs(a[0] - b[0]) < STRAIGHT or abs(a[1] - b[1]) < STRAIGHT for a, b in pairwise(points)
    )


def _piece(spans: list[_Span], width: float) -> _Piece | None:
    """The middle of an outline of a line of a width; None of any other shape."""
    half = width / 2
    left, right = spans[0][0], spans[-1][1]
    top, bottom = spans[0][2], max(low for _, _, _, low in spans)
    tops: list[tuple[float, float, float]] = []
    start: list[Point] = []
    for a, b, high, _ in spans:
        if tops and abs(tops[-1][2] - high) < STRAIGHT:
            tops[-1] = (tops[-1][0], b, high)
        elif tops and high < tops[-1][2]:
            if len(tops) > 1 or a - left > width + STRAIGHT:
                return None
            # It begins with less of a fall than the line is thick.
            start = [(left + half, tops[0][2])]
            tops = [(left + half, b, high)]
        else:
            tops.append((a, b, high))
    if len(tops) == 1 and abs(right - left - width) < WAVER < bottom - top - width:
        points = [(left + half, top), (left + half, bottom)]
    else:
        first = tops[0][1] - left
        upright = len(tops) > 1 and abs(first - width) < STRAIGHT
        points = start or [(left + half, top) if upright else (left, top + half)]
        if start:
            points.append((left + half, tops[0][2] + half))
        for (_, at, before), (_, _, after) in pairwise(tops):
            points += [(at - half, before + half), (at - half, after + half)]
        level, end = tops[-1][2] + half, spans[-1][3]
        if abs(end - level - half) > STRAIGHT:
            points += [(right - half, level), (right - half, end)]
        else:
            points.append((right, level))
    piece = _Piece(tuple(points))
    # At a corner what stands out and what lies twice are one area.
    area = sum((b - a) * (low - high) for a, b, high, low in spans)
    off = abs(area - width * piece.length)
    return piece if off < SLACK * area + half * width else None


def _spans(shape: Sequence[Point]) -> list[_Span]:
    """Left, right, upper and lower edge of a shape between each two places where they change."""
    level = [
        (min(a[0], b[0]), max(a[0], b[0]), a[1])
        for a, b in pairwise([*shape, shape[0]])
        if abs(a[1] - b[1]) < STRAIGHT and abs(a[0] - b[0]) > 1e-6
    ]
    places = sorted({x for left, right, _ in level for x in (left, right)})
    out: list[_Span] = []
    for a, b in pairwise(places):
        over = [y for left, right, y in level if left <= (a + b) / 2 <= right]
        if b - a > 1e-3:
            if not over:
                return []
            out.append((a, b, min(over), max(over)))
    return out


def _chains(
    pieces: list[_Piece], width: float
) -> list[tuple[tuple[Point, ...], tuple[float, ...]]]:
    """Lines of pieces of one width: those that are whole, and those of dashes."""
    left = sorted(pieces, key=lambda piece: piece.points[0])
    gap = _usual_gap(left, width)
    out: list[tuple[tuple[Point, ...], tuple[float, ...]]] = []
    while left:
        chain = [left.pop(0)]
        while (following := _next(chain[-1], left, gap, width)) is not None:
            left.remove(following)
            chain.append(following)
        if len(chain) >= FEWEST:
            out.append((_through(chain), DASHED))
        elif len(chain[0].points) > 3:
            out.append((chain[0].points, ()))
    return out


def _usual_gap(own: list[_Piece], width: float) -> float:
    """The way from one piece to the nearest that follows it, as most have it."""
    gaps = [
        gap
        for one in own[:200]
        if (
            gap := min(
                (_way(one, other, width) for other in own if other is not one), default=LONGEST
            )
        )
        < LONGEST
    ]
    return median(gaps) if gaps else 0.0


def _way(one: _Piece, other: _Piece, width: float) -> float:
    """Across and down from the end of one to the start of another; endless where it goes back.

    An end that is shorter than the line is thick may be off by half of that.
    """
    (x0, y0), (x1, y1) = one.points[-1], other.points[0]
    back = min(x1 - x0, y1 - y0) < -width / 2 - STRAIGHT
    return float("inf") if back else abs(x1 - x0) + abs(y1 - y0)


def _next(one: _Piece, left: list[_Piece], gap: float, width: float) -> _Piece | None:
    """The piece that follows: the one whose way there is nearest to the usual gap."""
    ways = [
        (way, i) for i, other in enumerate(left) if (way := _way(one, other, width)) <= LONGER * gap
    ]
    if not ways:
        return None
    return left[min(ways, key=lambda found: (abs(found[0] - gap), found[1]))[1]]


def _through(chain: Sequence[_Piece]) -> tuple[Point, ...]:
    """The line through dashes: a fall that lies in a gap is put at the corner both sides show.

    Where both are level the fall is somewhere in the gap, and put in its middle.
    """
    points: list[Point] = list(chain[0].points)
    for one in chain[1:]:
        (x0, y0), (x1, y1) = points[-1], one.points[0]
        if abs(x1 - x0) > STRAIGHT and abs(y1 - y0) > STRAIGHT:
            down = len(points) > 1 and abs(points[-2][0] - x0) < STRAIGHT
            falls = abs(one.points[1][0] - x1) < STRAIGHT
            if down and falls:
                points += [(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)]
            elif down:
                points.append((x0, y1))
            elif falls:
                points.append((x1, y0))
            else:
                points += [((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)]
        points += one.points
    for i in range(1, len(points)):
        points[i] = max(points[i][0], points[i - 1][0]), max(points[i][1], points[i - 1][1])
    return tuple(p for i, p in enumerate(points) if not i or p != points[i - 1])
