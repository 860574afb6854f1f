"""Which axes a line belongs to, and which lines share a plot."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.literature.figures.homes import home_of, no_home
from hilum.literature.figures.labelled import against_labels, refuse_broken
from hilum.literature.figures.level_scale import TOP, LevelScale, level_scale, of_falling
from hilum.literature.figures.lines import STRAIGHT
from hilum.literature.figures.rulers import Ruler, rulers_of
from hilum.literature.figures.titles import level_scales, time_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.lines import Line
    from hilum.literature.figures.page import Page
    from hilum.literature.figures.self_check import SelfCheck

# A curve begins within these shares of the axes, or it is another line: scikit-survival and others
# begin at the first death.
LATEST, LOWEST = 0.35, 0.5
# A line begins at time 0 within this share of the axis.
AT_ONCE = 0.005
# A line other than the curves may be one if it has so much of the axis.
LONG = 0.25
# A late line has at least so many falls.
FALLS = 3
# Share of a limit's steps that stand where its curve steps, to within so many points of the page.
SHARED, SAME_STEP = 0.9, 0.06
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
    labelled : tuple of SelfCheck
        How the scales given by hand fit the labels of the page.
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
    labelled: tuple[SelfCheck, ...] = ()

    @property
    def top(self) -> float:
        """Where its axis of levels ends above, or its highest curve."""
        return min(self.y.place(self.y.high), *(line.box[1] for line in self.lines))


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
    across, upwards = rulers_of(page)
    for line in lines:
        if _steps(line) >= FALLS:
            refuse_broken(page, line, across, upwards)
    groups: dict[tuple[int, int], list[Line]] = {}
    found: dict[tuple[int, int], tuple[Ruler | None, Ruler | None]] = {}
    homeless: list[Line] = []
    for line in lines:
        home = home_of(line, page, across, upwards, x, y)
        if home is None:
            homeless.append(line)
            continue
        drawn, *own = home
        key = (id(own[0]), id(own[1]))
        groups.setdefault(key, []).append(drawn)
        found[key] = (own[0], own[1])
    panels = [
        panel
        for key, own in groups.items()
        if (panel := _panel(page, own, *found[key], upwards, x, y, increasing, hazard)) is not None
    ]
    strangers = [line for line in homeless if _steps(line) >= FALLS]
    lacking = strangers or ([] if groups else homeless)
    if not panels and lacking:
        raise no_home(lacking[0], page, across, upwards, x, y)
    if not panels:
        wanted = "a curve that starts at 1 (or 100) at time 0"
        raise InputError(Fault(page.file, None, "page", f"page {page.number}", wanted))
    panels = [
        replace(
            one,
            others=(*one.others, *(o for o in strangers if _beside_of(o, one))),
            labelled=against_labels(one.lines[0], across, upwards, x, y),
        )
        for one in panels
    ]
    return sorted(panels, key=_place)


def _place(panel: Panel) -> tuple[float, float]:
    left, top, _, _ = panel.lines[0].box
    return round(top / 40), left


def _panel(
    page: Page,
    own: Sequence[Line],
    ruler: Ruler | None,
    side: Ruler | None,
    upwards: Sequence[Ruler],
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
    twin = ruler is not None and any(r.beside > ruler.last and r is not side for r in upwards)
    starting = [
        one
        for one in own
        if _starts(one, scale_x, scale_y, levels.full)
        and not (twin and _of_the_twin(one, scale_x, scale_y, levels.full))
    ]
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
    if not curves[0].rising and y is None and not sign:
        edge = min(one.box[0] for one in curves) if side is None else side.beside
        said = level_scales(page.words, scale_y, edge, max(one.box[2] for one in curves))
        levels = of_falling(scale_y, said, curves, levels)
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


def may_be_curves(panel: Panel) -> list[Line]:
    """The lines of a plot that were left out and go as curves do: in steps, the same way, far."""
    span = panel.x.place(panel.x.high) - panel.x.place(panel.x.low)
    return [
        line
        for line in panel.others
        if _steps(line) >= FALLS
        and line.rising == panel.lines[0].rising
        and line.box[2] - line.box[0] >= LONG * span
    ]


def _beside_of(line: Line, panel: Panel) -> bool:
    """Whether a line without axes lies over or under a plot's curves."""
    left, right = min(o.box[0] for o in panel.lines), max(o.box[2] for o in panel.lines)
    top, bottom = min(o.box[1] for o in panel.lines), max(o.box[3] for o in panel.lines)
    across, upwards = line.box[0] < right and line.box[2] > left, line.box[3] > top
    return across and upwards and line.box[1] < bottom


def _steps(line: Line) -> int:
    """How often a staircase falls (or rises); a smooth line has none."""
    if line.smooth:
        return 0
    return sum(abs(b - a) > STRAIGHT for (_, a), (_, b) in pairwise(line.points))


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


def _of_the_twin(line: Line, x: Axis, y: Axis, full: float) -> bool:
    """Whether a line begins at time 0 below 1, where a second axis of levels may be its own."""
    (x0, y0) = line.points[0]
    level = y.value(y0) / full
    start = x.place(x.low) if x.log else x.place(0.0)
    early = abs(x0 - start) <= AT_ONCE * (x.place(x.high) - start)
    return early and not line.rising and level < 1 - TOP


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
    # What rises at its end is a limit or nothing.
    limit = {i for i, line in enumerate(lines) if line.risen}
    many = [0] * len(lines)
    for i, middle in enumerate(lines):
        if middle.risen:
            continue
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
        if taken and not limit & {i, *(j for j in taken if not lines[j].risen)}:
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
