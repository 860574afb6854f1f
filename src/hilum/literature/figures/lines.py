"""Lines on a page that a survival curve may be: those that go right and only down (or only up)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from hilum.literature.figures.outlines import outlined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.page import Point, Stroke

WHITE = "#ffffff"
# Points of the page: what still counts as straight, as touching.
STRAIGHT, TOUCHING = 0.06, 0.08
# What a level or an upright piece may be off by its own two ends.
ROUNDING = 0.006
# Level pieces of a line that is drawn in these alone, at least.
LEVELS = 4
# No shorter than this, or it is a sample of the legend.
SHORTEST = 40.0
# Share of the parts of a staircase that are level or upright.
STEPS = 0.8
# A curve of slopes is drawn through at least so many points, one that is put together from pieces
# through more.
SLOPES, SMOOTH = 4, 12
# Share of its points before which no limit rises, and the fewest points of it.
LATE, FEWEST = 0.6, 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line from left to right that goes one way only.

    Attributes
    ----------
    points : tuple of (float, float)
        Without the spikes.
    rising : bool
        Whether it goes up the page.
    smooth : bool
        Whether it is no staircase.
    joined : bool
        Whether it was put together from pieces.
    spikes : tuple of (float, float)
        Places of strokes across it that are part of it: censoring marks.
    cut : bool
        Whether it went on beyond the frame of its plot.
    risen : bool
        Whether it rises near its end, and is as it is up to there: no curve, but maybe the upper
        confidence limit of one, which may rise where few are left.
    """

    points: tuple[Point, ...]
    rising: bool
    smooth: bool
    colour: str | None
    width: float
    dash: tuple[float, ...]
    joined: bool = False
    spikes: tuple[Point, ...] = field(default=())
    cut: bool = False
    risen: bool = False

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def style(self) -> tuple[str | None, tuple[float, ...]]:
        """Colour and dash."""
        return self.colour, self.dash


def lines_of(strokes: Iterable[Stroke]) -> list[Line]:
    """Each line once, the widest first; solid before dashed."""
    strokes = list(strokes)
    drawn = outlined(strokes)
    strokes = [s for s in strokes if s.colour is not None and not _white_on_white(s, strokes)]
    whole = [line for s in strokes if len(s.points) > 2 and (line := _line(s, joined=False))]
    taken = {line.points[0] for line in whole} | {line.points[-1] for line in whole}
    pieces = [s for s in strokes if s.points[0] not in taken or len(s.points) == 2]
    joined = [line for s in _joined(pieces) if (line := _line(s, joined=True))]
    joined += [line for s in drawn if s.dash and (line := _line(s, joined=True))]
    whole += [line for s in drawn if not s.dash and (line := _line(s, joined=False))]
    found = sorted([*joined, *whole], key=lambda s: (bool(s.dash), -(s.box[2] - s.box[0])))
    seen: dict[tuple[Point, ...], int] = {}
    out: list[Line] = []
    for line in found:
        # A line drawn twice (a white edge under it, say) is one curve; what is above stays.
        step = max(len(line.points) // 9, 1)
        key = tuple((round(x, 1), round(y, 1)) for x, y in line.points[::step])
        if key not in seen:
            seen[key] = len(out)
            out.append(line)
        elif out[seen[key]].colour in (WHITE, None):
            out[seen[key]] = line
    # What is a part of a longer line of its style is that line.
    return [one for one in out if not any(_within(one, other) for other in out)]


def _white_on_white(stroke: Stroke, strokes: Sequence[Stroke]) -> bool:
    """Whether a stroke is white where nothing of another colour is filled under all of it."""
    if stroke.colour != WHITE:
        return False
    left, top, right, bottom = stroke.box
    return not any(
        s.fill not in (WHITE, None)
        and (b := s.box)[0] <= left
        and b[1] <= top
        and b[2] >= right
        and b[3] >= bottom
        for s in strokes
        if s is not stroke
    )


def _within(one: Line, other: Line) -> bool:
    if one is other or one.style != other.style or len(one.points) >= len(other.points):
        return False
    return set(one.points) <= set(other.points)


def _line(stroke: Stroke, *, joined: bool) -> Line | None:
    left, top, right, bottom = stroke.box
    if right - left < SHORTEST or bottom - top < 1.0:
        return None
    points, spikes = _without_spikes(list(stroke.points))
    if len(points) < 3:
        return None
    if points[0][0] > points[-1][0]:
        points.reverse()
    if points[1][0] < points[0][0] - STRAIGHT and abs(points[1][1] - points[0][1]) < STRAIGHT:
        # A logarithmic axis has no 0: some programs go back from where they put it.
        points = points[1:]
    points, risen = _to_rise(points)
    rising = points[-1][1] < points[0][1]
    way = -1 if rising else 1
    level = 0
    for (x0, y0), (x1, y1) in pairwise(points):
        if x1 < x0 - STRAIGHT or way * (y1 - y0) < -STRAIGHT:
            return None
        level += abs(x1 - x0) < STRAIGHT or abs(y1 - y0) < STRAIGHT
    steps = level >= STEPS * (len(points) - 1)
    if not steps and len(points) < (SMOOTH if joined else SLOPES):
        # A straight fall is a drawn axis or a regression line.
        return None
    if steps and _is_corner(points):
        return None
    return Line(
        tuple(points),
        rising,
        not steps,
        stroke.colour,
        stroke.width,
        stroke.dash,
        joined,
        tuple(spikes),
        risen=risen,
    )


def _to_rise(points: list[Point]) -> tuple[list[Point], bool]:
    """A staircase up to where it first rises, where that is late, and whether it does."""
    for k, (a, b) in enumerate(pairwise(points)):
        if b[1] < a[1] - STRAIGHT:
            late = k >= LATE * (len(points) - 1) and abs(b[0] - a[0]) < STRAIGHT
            return (points[: k + 1], True) if late and k >= FEWEST else (points, False)
    return points, False


def _is_corner(points: list[Point]) -> bool:
    """One fall at one end only: two sides of a frame."""
    falls = [(a, b) for a, b in pairwise(points) if abs(b[1] - a[1]) > STRAIGHT]
    if len(falls) != 1:
        return False
    (x0, _), (x1, _) = falls[0]
    left, right = points[0][0], points[-1][0]
    return x1 - left < 1.0 or right - x0 < 1.0


def _without_spikes(points: list[Point]) -> tuple[list[Point], list[Point]]:
    """Upright runs from their first to their last height; what stands out of one is a mark."""
    out: list[Point] = []
    spikes: list[Point] = []
    i = 0
    while i < len(points):
        j = i
        while j + 1 < len(points) and abs(points[j + 1][0] - points[i][0]) < 0.02:
            j += 1
        run = points[i : j + 1]
        heights = [y for _, y in run]
        first, last = heights[0], heights[-1]
        beyond = max(max(heights) - max(first, last), min(first, last) - min(heights))
        if beyond > 0.5:
            spikes.append((run[-1][0], last))
        out.append(run[0])
        if abs(first - last) > 1e-9:
            out.append(run[-1])
        i = j + 1
    return out, spikes


def _joined(pieces: list[Stroke]) -> list[Stroke]:
    """Chains of lines of one style, for programs that draw each step, or each page, by itself."""
    styles: dict[tuple[str | None, float, tuple[float, ...]], list[Stroke]] = {}
    for piece in pieces:
        if not _goes_on(piece):
            continue
        styles.setdefault((piece.colour, round(piece.width, 3), piece.dash), []).append(piece)
    return [
        chain
        for own in styles.values()
        if len(own) > 1
        for chain in (*_chains(own), *_of_levels(own))
    ]


def _of_levels(own: list[Stroke]) -> list[Stroke]:
    """The staircases whose level pieces alone are drawn: each goes on where another ends.

    Where two pieces begin at one end, which of them follows is not known: nothing is read.
    """
    from hilum.literature.figures.page import Stroke as Made

    level = [_turned(one.points) for one in own if len(one.points) == 2]
    if len(level) < len(own) or any(abs(a[1] - b[1]) > ROUNDING for a, b in level):
        return []
    starts: dict[int, list[int]] = {}
    for i, (first, _) in enumerate(level):
        starts.setdefault(round(first[0]), []).append(i)
    ways: dict[int, int] = {}
    for i, (_, last) in enumerate(level):
        near = [
            j
            for cell in range(round(last[0]) - 1, round(last[0]) + 2)
            for j in starts.get(cell, [])
        ]
        gaps = [(abs(level[j][0][0] - last[0]), j) for j in near if j != i]
        following = [j for gap, j in gaps if gap < ROUNDING] or [
            j for gap, j in gaps if gap < TOUCHING
        ]
        if len(following) > 1:
            return []
        if following:
            ways[i] = following[0]
    out: list[Stroke] = []
    for i in range(len(level)):
        if i in ways.values():
            continue
        chain = list(level[i])
        at, seen = i, {i}
        while (at := ways.get(at, i)) not in seen:
            seen.add(at)
            (x, y), last = level[at]
            chain += [(x, chain[-1][1]), (x, y), last]
        if len(seen) >= LEVELS:
            out.append(Made(tuple(chain), own[0].colour, own[0].width, own[0].dash))
    return out


def _goes_on(piece: Stroke) -> bool:
    """Whether a piece goes one way across (or straight up or down)."""
    xs = [x for x, _ in piece.points]
    return all(b >= a - STRAIGHT for a, b in pairwise(xs)) or all(
        b <= a + STRAIGHT for a, b in pairwise(xs)
    )


def _chains(own: list[Stroke]) -> list[Stroke]:
    from hilum.literature.figures.page import Stroke as Made

    lines = sorted(
        (_turned(piece.points) for piece in own), key=lambda line: (line[0][0], line[0][1])
    )
    starts: dict[tuple[int, int], list[int]] = {}
    for i, line in enumerate(lines):
        for end in (line[0], line[-1]):
            starts.setdefault(_cell(end), []).append(i)
    used = [False] * len(lines)
    out: list[Stroke] = []
    for i, line in enumerate(lines):
        if used[i]:
            continue
        used[i] = True
        chain = list(line)
        while (following := _next(chain, lines, starts, used)) is not None:
            used[following] = True
            more = lines[following]
            # An upright piece has no left end: it is taken from where the chain is.
            more = more if _close(more[0], chain[-1]) else more[::-1]
            chain[-2:] = _corner(chain[-2:], more[:2])
            chain += more[1:]
        if len(chain) > 3:
            out.append(Made(tuple(chain), own[0].colour, own[0].width, own[0].dash))
    return out


def _corner(end: Sequence[Point], start: Sequence[Point]) -> list[Point]:
    """The end of a chain up to where the next piece begins.

    Pieces that are written one by one are rounded one by one: a level and an upright one meet at
    the height of the one and the place of the other.
    """
    (x0, y0), (x1, y1) = end
    (x2, y2), (x3, y3) = start
    if abs(y1 - y0) < ROUNDING < abs(x1 - x0) and abs(x3 - x2) < ROUNDING < abs(y3 - y2):
        return [(x0, y0), (x2, y1)]
    if abs(x1 - x0) < ROUNDING < abs(y1 - y0) and abs(y3 - y2) < ROUNDING < abs(x3 - x2):
        return [(x0, y0), (x1, y2)]
    return [(x0, y0), (x1, y1)]


def _turned(points: tuple[Point, ...]) -> tuple[Point, ...]:
    first, last = points[0], points[-1]
    return points if (first[0], first[1]) <= (last[0], last[1]) else points[::-1]


def _next(
    chain: list[Point],
    lines: list[tuple[Point, ...]],
    starts: dict[tuple[int, int], list[int]],
    used: list[bool],
) -> int | None:
    end = chain[-1]
    for cell in _around(end):
        for j in starts.get(cell, []):
            if used[j]:
                continue
            line = lines[j]
            upright = abs(line[-1][0] - line[0][0]) < STRAIGHT
            if _close(line[0], end) or (upright and _close(line[-1], end)):
                return j
    return None


def _cell(point: Point) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _around(point: Point) -> list[tuple[int, int]]:
    x, y = _cell(point)
    return [(x + i, y + j) for i in (0, -1, 1) for j in (0, -1, 1)]


def _close(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < TOUCHING and abs(a[1] - b[1]) < TOUCHING
