"""Which axes a line belongs to, and which lines share a plot."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.literature.figures.level_scale import TOP, LevelScale, level_scale
from hilum.literature.figures.lines import STRAIGHT
from hilum.literature.figures.rulers import Ruler, rulers_of
from hilum.literature.figures.titles import level_scales, time_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.lines import Line
    from hilum.literature.figures.page import Page

# A curve begins within these shares of the axes, or it is another line: scikit-survival and others
# begin at the first death.
LATEST, LOWEST = 0.35, 0.5
# A late line has at least so many falls.
FALLS = 3
# A line passes its last label by no more than this share of the axis.
BEYOND = 0.35
# Share of a limit's steps that stand where its curve steps, to within so many points of the page.
SHARED, SAME_STEP = 0.9, 0.06
# Labels of one axis stand no further apart, whatever they are lined up by.
SAME_AXIS = 15.0
# Scales typed by hand are good to so many points.
TYPED = 1.5


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: its axes and the lines in it that are curves.

    Attributes
    ----------
    x, y : Axis
        Its scales.
    slack_x, slack_y : float
        How far they may be moved to where a line starts.
    levels : LevelScale
        What the levels are.
    lines : tuple of Line
        The curves, solid before dashed, the widest first.
    limits : tuple of int
        For each curve, how many lines were taken as its confidence limits.
    others : tuple of Line
        Lines left out that are neither.
    unit : str or None
        Unit of time.
    ruler : Ruler or None
        The axis of time where it was found.
    """

    x: Axis
    y: Axis
    slack_x: float
    slack_y: float
    levels: LevelScale
    lines: tuple[Line, ...]
    limits: tuple[int, ...]
    others: tuple[Line, ...]
    unit: str | None
    ruler: Ruler | None


def panels_of(
    page: Page,
    lines: Sequence[Line],
    x: Axis | None,
    y: Axis | None,
    *,
    increasing: bool | None,
    hazard: bool | None = None,
) -> list[Panel]:
    """The plots of a page that hold a curve, from left to right and from the top.

    Raises
    ------
    InputError
        No axis beside any line.
    """
    across, upwards = (_whole(found) for found in rulers_of(page))
    groups: dict[tuple[int, int], list[Line]] = {}
    found: dict[tuple[int, int], tuple[Ruler | None, Ruler | None]] = {}
    missing = ""
    for line in lines:
        own_x = None if x is not None else _below(across, line)
        own_y = None if y is not None else _beside(upwards, line, own_x)
        if (own_x is None and x is None) or (own_y is None and y is None):
            missing = missing or ("x_axis" if own_x is None and x is None else "y_axis")
            continue
        key = (id(own_x), id(own_y))
        groups.setdefault(key, []).append(line)
        found[key] = (own_x, own_y)
    panels = [
        panel
        for key, own in groups.items()
        if (panel := _panel(page, own, *found[key], x, y, increasing, hazard)) is not None
    ]
    if not panels and missing and not groups:
        raise _no_axis(page, missing)
    if not panels:
        wanted = "a curve that starts at 1 (or 100) at time 0"
        raise InputError(Fault(page.file, None, "page", f"page {page.number}", wanted))
    return sorted(panels, key=_place)


def _whole(rulers: Sequence[Ruler]) -> list[Ruler]:
    """The axes without those that are a part of another: labels of one width, lined up alone."""
    return [
        one
        for one in rulers
        if not any(
            len(other.labels) > len(one.labels)
            and abs(other.beside - one.beside) < SAME_AXIS
            and all(any(_same(a, b) for b in other.labels) for a in one.labels)
            for other in rulers
        )
    ]


def _same(label: tuple[float, float], other: tuple[float, float]) -> bool:
    return label[0] == other[0] and abs(label[1] - other[1]) < 1


def _place(panel: Panel) -> tuple[float, float]:
    left, top, _, _ = panel.lines[0].box
    return round(top / 40), left


def _no_axis(page: Page, axis: str) -> InputError:
    wanted = (
        "numbers along it, or two of its points PLACE=VALUE,PLACE=VALUE (points of the page "
        "from the top left)"
    )
    return InputError(Fault("", None, axis, f"{page.file}, page {page.number}", wanted))


def _below(rulers: Iterable[Ruler], line: Line) -> Ruler | None:
    """The nearest axis under a line that it runs along; one with ticks before one without."""
    left, top, right, bottom = line.box
    fits = [
        r
        for r in rulers
        if (r.axis.log or left >= r.first - 1.2 * r.span / (len(r.labels) - 1) - 6)
        and right <= r.last + max(BEYOND, 1.2 / (len(r.labels) - 1)) * r.span
        and right > r.first
    ]
    under = [r for r in fits if r.beside > bottom - STRAIGHT]
    over = [r for r in fits if r.beside < top and r.ticked]
    if under:
        return min(under, key=lambda r: (not r.ticked, r.beside - bottom))
    return min(over, key=lambda r: top - r.beside) if over else None


def _beside(rulers: Iterable[Ruler], line: Line, across: Ruler | None) -> Ruler | None:
    """The nearest axis left of a line (or right of it) along which it falls."""
    left, top, right, bottom = line.box
    fits = [
        r
        for r in rulers
        if r.span > 0
        and top >= r.first - 0.35 * r.span - 6
        and bottom <= r.last + BEYOND * r.span
        and bottom > r.first
        and r.axis.high <= 120
        and r.axis.low >= -20
    ]
    if across is not None:
        left = across.first + 2 if across.axis.log else min(left, across.first + 2)
        right = max(right, across.last - 2)
    before = [r for r in fits if r.beside < left + 5]
    after = [r for r in fits if r.beside > right - 5]
    if before:
        return min(before, key=lambda r: (not r.ticked, left - r.beside))
    return min(after, key=lambda r: (not r.ticked, r.beside - right)) if after else None


def _panel(
    page: Page,
    own: Sequence[Line],
    ruler: Ruler | None,
    side: Ruler | None,
    x: Axis | None,
    y: Axis | None,
    increasing: bool | None,
    hazard: bool | None,
) -> Panel | None:
    scale_x, scale_y = x or (ruler and ruler.axis), y or (side and side.axis)
    if scale_x is None or scale_y is None or scale_x.slope <= 0 or scale_y.slope >= 0:
        return None
    sign = side is not None and side.percent
    levels = level_scale(scale_y, set(), own[:0], sign=sign, typed=y is not None, hazard=hazard)
    starting = [one for one in own if _starts(one, scale_x, scale_y, levels.full)]
    if increasing is not None or hazard:
        rising = bool(increasing or hazard)
        starting = [one for one in starting if one.rising == rising]
    elif any(not one.rising for one in starting):
        # Where curves fall, one that rises is another thing (hazard, accrual).
        starting = [one for one in starting if not one.rising]
    if starting and starting[0].rising:
        edge = min(one.box[0] for one in starting) if side is None else side.beside
        edge = edge if ruler is None else min(edge, ruler.first)
        said = level_scales(page.words, scale_y, edge, max(one.box[2] for one in starting))
        levels = level_scale(scale_y, said, starting, sign=sign, typed=y is not None, hazard=hazard)
    curves, limits = _without_limits([_cut(one, page, ruler, side) for one in starting])
    if not curves:
        return None
    boxes = [one.box for one in curves]
    left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
    bottom = max(b[3] for b in boxes)
    kept = {one.points[0] + one.points[-1] for one in own if one in starting}
    others = tuple(one for one in own if one.points[0] + one.points[-1] not in kept)
    return Panel(
        scale_x,
        scale_y,
        TYPED if ruler is None else ruler.slack,
        TYPED if side is None else side.slack,
        levels,
        tuple(curves),
        tuple(limits),
        others,
        time_unit(
            page.words, left, right, bottom if ruler is None else max(ruler.beside - 8, bottom)
        ),
        ruler,
    )


def _starts(line: Line, x: Axis, y: Axis, full: float) -> bool:
    """Whether a line begins as a curve does: at 1 (or 0 where it rises), early on."""
    (x0, y0) = line.points[0]
    level = y.value(y0) / full
    share = 1 - level if line.rising else level
    start = x.place(x.low) if x.log else x.place(0.0)
    span = x.place(x.high) - start
    late = (x0 - start) / span
    if share > 1 + TOP or (late < -0.03 and not x.log) or _is_corner(line, x, y, full):
        return False
    if share >= 1 - TOP and (late <= TOP or x.log):
        return True
    falls = sum(abs(b - a) > STRAIGHT for (_, a), (_, b) in pairwise(line.points))
    steps = not line.smooth and not line.rising and falls >= FALLS
    if share >= 1 - TOP:
        return late <= LATEST and falls >= FALLS
    return steps and late <= LATEST and share >= LOWEST


def _is_corner(line: Line, x: Axis, y: Axis, full: float) -> bool:
    """Whether a line is the corner of two axes: down one of them at once, and along the other."""
    start = x.place(x.low) if x.log else x.place(0.0)
    near = TOP * (x.place(x.high) - start)
    whole = abs(y.place(0.0) - y.place(full))
    return any(
        abs(x1 - x0) <= STRAIGHT and abs(x0 - start) <= near and abs(y1 - y0) >= (1 - TOP) * whole
        for (x0, y0), (x1, y1) in pairwise(line.points)
    )


def _cut(line: Line, page: Page, ruler: Ruler | None, side: Ruler | None) -> Line:
    """Without what lies beyond the frame, which clips it on the page."""
    if ruler is None or side is None:
        return line
    right = line.points[-1][0]
    edges = [
        b[2]
        for s in page.strokes
        if len(s.points) in (4, 5)
        for b in (s.box,)
        if b[0] <= ruler.first + 1
        and ruler.last - 1 <= b[2] < right - 1
        and b[1] <= side.first + 1
        and b[3] >= side.last - 1
    ]
    if not edges:
        return line
    edge = min(edges)
    at = bisect_right([p[0] for p in line.points], edge)
    kept = line.points[:at]
    if len(kept) < 2:
        return line
    end = line.points[at]
    last = (edge, kept[-1][1])
    return line if end[0] <= edge else replace(line, points=(*kept, last))


def _without_limits(lines: list[Line]) -> tuple[list[Line], list[int]]:
    """Curves, and how many confidence limits each had.

    Limits are lines of its colour that step where it does, one over it and one under it all the
    way.
    """
    limit: set[int] = set()
    many = [0] * len(lines)
    for i, middle in enumerate(lines):
        near = [
            j
            for j, other in enumerate(lines)
            if j != i and other.colour == middle.colour and _steps_along(other, middle)
        ]
        sides = [(j, side) for j in near if (side := _side(lines[j], middle)) is not None]
        above = [j for j, side in sides if side]
        below = [j for j, side in sides if not side]
        styles = {lines[j].dash for j in above} & {lines[j].dash for j in below}
        taken = [j for j in (*above, *below) if lines[j].dash in styles]
        if taken and not limit & {i, *taken}:
            limit.update(taken)
            many[i] = len(taken)
    kept = [i for i in range(len(lines)) if i not in limit]
    return [lines[i] for i in kept], [many[i] for i in kept]


def _falls(line: Line) -> list[float]:
    return [b[0] for a, b in pairwise(line.points) if abs(b[1] - a[1]) > 0.02]


def _steps_along(limit: Line, curve: Line) -> bool:
    own, its = _falls(limit), sorted(_falls(curve))
    if len(own) < 3 or len(its) < 3 or limit.smooth or curve.smooth:
        return False
    shared = 0
    for place in own:
        at = bisect_right(its, place)
        near = min(abs(place - its[k]) for k in (at - 1, at) if 0 <= k < len(its))
        shared += near < SAME_STEP
    return shared >= SHARED * len(own) and len(own) >= 0.3 * len(its)


def _side(limit: Line, curve: Line) -> bool | None:
    """True where a line runs above a curve all the way, False below, None across."""
    xs = [p[0] for p in curve.points]
    ys = [p[1] for p in curve.points]
    lx = [p[0] for p in limit.points]
    gaps: list[float] = []
    for k in range(len(lx) - 1):
        middle = (lx[k] + lx[k + 1]) / 2
        if lx[k + 1] - lx[k] < 0.3 or not xs[0] <= middle <= xs[-1]:
            continue
        gaps.append(limit.points[k][1] - ys[bisect_right(xs, middle) - 1])
    if not gaps or max(abs(g) for g in gaps) < 0.5:
        return None
    if all(g <= 0.1 for g in gaps):
        return True
    return False if all(g >= -0.1 for g in gaps) else None
