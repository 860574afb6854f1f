"""Survival curves among the paths of a PDF page (after Liu 2014 for PostScript)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.page import Page, Point, Stroke, read_page
from hilum.literature.figures.scale import Scale, scale_of

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.self_check import SelfCheck

# Points of the page: what still counts as straight, as touching, as one place.
STRAIGHT, TOUCHING, SAME = 0.06, 0.08, 0.006
# A mark is smaller than this, and its centre this near to the curve.
MARK, ON_CURVE = 14.0, 0.6
# A curve begins at the top of its axis, to two percent.
TOP = 0.02
# No shorter than this, or it is a sample of the legend.
SHORTEST = 40.0


@dataclass(frozen=True, slots=True)
class FigureCurve:
    """One curve of a figure.

    Attributes
    ----------
    coordinates : Coordinates
        In the values of the axes; line 0, as a figure has no lines.
    places : tuple of (float, float)
        The same points on the page (points) or in the image (pixels), from the top left.
    ticks : tuple of (float, float)
        Places of censoring ticks.
    colour : str
        #rrggbb.
    x, y : Axis
        The scales used.
    page : int
        Of the PDF.
    checks : tuple of SelfCheck
        Whether what was read looks like what was drawn.
    """

    coordinates: Coordinates
    places: tuple[Point, ...]
    ticks: tuple[Point, ...]
    colour: str
    x: Axis
    y: Axis
    page: int = 1
    checks: tuple[SelfCheck, ...] = ()


def read_pdf(
    path: Path,
    *,
    page: int | None = None,
    x_axis: Axis | None = None,
    y_axis: Axis | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> list[FigureCurve]:
    """Every survival curve of a page: paths that start at the top and only go right and down.

    Raises
    ------
    InputError
        As :func:`hilum.literature.figures.page.read_page`; no such path; no axes.
    """
    content = read_page(path, page)
    strokes = content.strokes
    if box is not None:
        strokes = tuple(s for s in strokes if _inside(s.box, box))
    lines = _staircases(strokes)
    if not lines:
        wanted = "a path that only goes right and down (is the figure an image? cut it out as PNG)"
        raise InputError(Fault(content.file, None, "page", f"page {content.number}", wanted))
    found: list[FigureCurve] = []
    scales: list[Scale] = []
    refused: InputError | None = None
    for line in lines:
        try:
            scale = scale_of(content, line, x_axis, y_axis)
        except InputError as error:
            refused = error
            continue
        curve = _curve(content, line, scale)
        if curve is not None:
            found.append(curve)
            scales.append(scale)
    if not found:
        if refused is not None:
            raise refused
        wanted = "a curve that starts at 1 (or 100) at time 0"
        raise InputError(Fault(content.file, None, "page", f"page {content.number}", wanted))
    marks = _marks(strokes, content)
    return [
        _with_ticks(curve, marks, found, scale) for curve, scale in zip(found, scales, strict=True)
    ]


def _inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _staircases(strokes: tuple[Stroke, ...]) -> list[Stroke]:
    """Paths that only go right and down, pieces of one colour joined, the widest first."""
    whole = [s for s in strokes if len(s.points) > 2]
    pieces = [s for s in strokes if len(s.points) == 2 and s.colour is not None]
    found = [turned for stroke in [*whole, *_joined(pieces)] if (turned := _descending(stroke))]
    found.sort(key=lambda s: (s.dashed, -(s.box[2] - s.box[0])))
    seen: set[tuple[Point, ...]] = set()
    out: list[Stroke] = []
    for stroke in found:
        # A line drawn twice (a white edge under it, say) is one curve.
        key = tuple(
            (round(x, 1), round(y, 1)) for x, y in stroke.points[:: max(len(stroke.points) // 9, 1)]
        )
        if key not in seen:
            seen.add(key)
            out.append(stroke)
    return out


def _descending(stroke: Stroke) -> Stroke | None:
    points = list(stroke.points)
    if points[0][0] > points[-1][0]:
        points.reverse()
    left, top, right, bottom = stroke.box
    if right - left < SHORTEST or bottom - top < 1.0:
        return None
    level = 0
    for (x0, y0), (x1, y1) in pairwise(points):
        if x1 < x0 - STRAIGHT or y1 < y0 - STRAIGHT:
            return None
        level += abs(x1 - x0) < STRAIGHT or abs(y1 - y0) < STRAIGHT
    # Straight falls between many points are a drawn axis or a regression line.
    if level < 0.8 * (len(points) - 1):
        return None
    return Stroke(tuple(points), stroke.colour, stroke.width, stroke.dashed)


def _joined(pieces: list[Stroke]) -> list[Stroke]:
    """Chains of two-point lines of one style, for programs that draw each step by itself."""
    out: list[Stroke] = []
    styles: dict[tuple[str | None, float], list[Stroke]] = {}
    for piece in pieces:
        styles.setdefault((piece.colour, round(piece.width, 3)), []).append(piece)
    for (colour, width), own in styles.items():
        if len(own) < 3:
            continue
        lines = sorted(
            (tuple(sorted(piece.points, key=lambda p: (p[0], p[1]))) for piece in own),
            key=lambda line: (line[0][0], line[0][1]),
        )
        starts: dict[tuple[int, int], list[int]] = {}
        for i, line in enumerate(lines):
            starts.setdefault(_cell(line[0]), []).append(i)
        used = [False] * len(lines)
        for i, line in enumerate(lines):
            if used[i]:
                continue
            used[i] = True
            chain = [line[0], line[1]]
            while True:
                following = next(
                    (
                        j
                        for cell in _around(chain[-1])
                        for j in starts.get(cell, [])
                        if not used[j] and _close(lines[j][0], chain[-1])
                    ),
                    None,
                )
                if following is None:
                    break
                used[following] = True
                chain.append(lines[following][1])
            if len(chain) > 3:
                out.append(Stroke(tuple(chain), colour, width, False))
    return out


def _cell(point: Point) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _around(point: Point) -> list[tuple[int, int]]:
    x, y = _cell(point)
    return [(x + i, y + j) for i in (0, -1, 1) for j in (0, -1, 1)]


def _close(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < TOUCHING and abs(a[1] - b[1]) < TOUCHING


def _curve(page: Page, line: Stroke, scale: Scale) -> FigureCurve | None:
    """The lower corner of every step in the values of the axes; None where it is no survival."""
    x, y = scale.x, scale.y
    full = 100.0 if y.high > 1.5 else 1.0
    if abs(y.value(line.points[0][1]) - full) > TOP * full or y.slope >= 0 or x.slope <= 0:
        return None
    if abs(x.value(line.points[0][0])) > TOP * (x.high - x.low):
        return None
    corners: list[Point] = []
    for point in line.points:
        if corners and abs(point[0] - corners[-1][0]) < SAME:
            corners[-1] = (corners[-1][0], point[1])
        elif corners and point[1] - corners[-1][1] > STRAIGHT:
            # Steps too close for the drawing program, which drew one slope instead.
            corners.append(((corners[-1][0] + point[0]) / 2, point[1]))
        else:
            corners.append(point)
    if abs(corners[0][1] - line.points[0][1]) > SAME:
        corners.insert(0, line.points[0])
    # The first level is 1 by definition: what it lacks is how far labels stand beside their ticks.
    shift = full - y.value(line.points[0][1])
    times = [max(x.value(place), 0.0) for place, _ in corners]
    levels = [min(max(y.value(place) + shift, 0.0), full) for _, place in corners]
    height = abs(full / y.slope)
    precision = max(page.grid * 0.5, min(y.error, 1.0) * 0.1, 0.002) / height
    colour = line.colour or "#000000"
    read = Coordinates(
        page.file,
        "",
        tuple(times),
        tuple(levels),
        (0,) * len(times),
        unit=scale.unit,
        precision=precision,
    )
    return FigureCurve(read, tuple(corners), (), colour, x, y, page.number)


@dataclass(frozen=True, slots=True)
class _Mark:
    centre: Point
    colour: str | None


def _marks(strokes: tuple[Stroke, ...], page: Page) -> list[_Mark]:
    """Small drawn things and the letters + and |: what censoring is marked with."""
    out: list[_Mark] = []
    for stroke in strokes:
        left, top, right, bottom = stroke.box
        width, height = right - left, bottom - top
        if 1.5 < height < MARK and width < MARK:
            flat = stroke.colour in ("#000000", None)
            out.append(
                _Mark(((left + right) / 2, (top + bottom) / 2), None if flat else stroke.colour)
            )
    out += [_Mark(word.centre, None) for word in page.words if word.text in ("+", "|")]
    return out


def _with_ticks(
    curve: FigureCurve, marks: list[_Mark], every: list[FigureCurve], scale: Scale
) -> FigureCurve:
    """Marks that stand on this curve, and nearer to it than to another."""
    others = {other.colour for other in every} - {curve.colour}
    found: list[Point] = []
    for mark in sorted(marks, key=lambda m: m.centre):
        x, y = mark.centre
        gap = _distance(curve, mark.centre)
        if gap > ON_CURVE or mark.colour in others:
            continue
        if any(_distance(o, mark.centre) < gap for o in every if o is not curve):
            continue
        # The two strokes of a cross have one centre; ticks of an axis stand beyond its ends.
        if found and x - found[-1][0] < 0.02:
            continue
        if _is_axis_tick(mark, curve):
            continue
        found.append((x, y))
    times = tuple(max(scale.x.value(x), 0.0) for x, _ in found)
    read = curve.coordinates
    ticked = replace(read, censor_time=times, censor_lines=(0,) * len(times))
    return replace(curve, coordinates=ticked, ticks=tuple(found))


def _is_axis_tick(mark: _Mark, curve: FigureCurve) -> bool:
    """At the very start: the frame and the first ticks of both axes meet the curve there."""
    return abs(mark.centre[0] - curve.x.place(0.0)) < 0.5


def _distance(curve: FigureCurve, point: Point) -> float:
    """Vertical distance to the level at, or just before, a place across."""
    xs = [x for x, _ in curve.places]
    at = bisect_right(xs, point[0] + SAME) - 1
    if at < 0 or point[0] > xs[-1] + ON_CURVE:
        return float("inf")
    gap = abs(curve.places[at][1] - point[1])
    if at and point[0] - xs[at] < ON_CURVE:
        gap = min(gap, abs(curve.places[at - 1][1] - point[1]))
    return gap
