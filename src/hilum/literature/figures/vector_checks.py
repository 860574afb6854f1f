"""Checks of a curve read from the lines of a page against the line that was drawn."""

from __future__ import annotations

from itertools import pairwise
from math import exp
from typing import TYPE_CHECKING

from hilum.literature.figures.lines import STRAIGHT, Line
from hilum.literature.figures.self_check import judged

if TYPE_CHECKING:
    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.panels import Panel
    from hilum.literature.figures.self_check import SelfCheck

# Share of the axis of time that a slope between level parts is wider than, or it is a step: some
# programs thin the points of their lines, and a step is placed in its middle.
NARROW = 0.003


def share_of(value: float, panel: Panel, line: Line) -> float:
    """Survival at a value of the axis of levels."""
    share = value / panel.levels.full
    if panel.levels.hazard:
        return min(exp(-share), 1.0)
    return min(max(1 - share if line.rising else share, 0.0), 1.0)


def checks_of(line: Line, panel: Panel, x: Axis, y: Axis) -> tuple[SelfCheck, ...]:
    """Whether what was read looks like what was drawn; what needs more than the line is empty."""
    start = x.place(x.low) if x.log else x.place(0.0)
    span = x.place(x.high) - start
    first = share_of(y.value(line.points[0][1]), panel, line)
    late = max(line.points[0][0] - start, 0.0) / span
    falls = [abs(b[1] - a[1]) for a, b in pairwise(line.points)]
    alike = [o for o in (*panel.lines, *panel.others) if o is not line and o.style == line.style]
    ink = _length(line)
    loose = sum(_length(o) for o in panel.others if o.style == line.style and _apart(o, line))
    return (
        judged("covers_ink", ink / (ink + loose)),
        judged("steps_only_down", _sloped(line, NARROW * span) / max(sum(falls), 1e-9)),
        judged("starts_at_one", abs(1 - first)),
        judged("starts_at_zero", abs(1 - first) * late**0.5),
        *(
            (judged("end_told", share_of(y.value(line.points[-1][1]), panel, line)),)
            if line.cut
            else ()
        ),
        judged("axis_straight", max(x.bent, y.bent)),
        *panel.labelled,
        judged("line_alone", float(len(alike) if line.joined else 0)),
        judged("at_risk_fits", None),
        judged("at_risk_steps", None),
        judged("median_agrees", None),
        judged("hazard_ratio_agrees", None),
    )


def _sloped(line: Line, narrow: float) -> float:
    """How far a line falls along slopes.

    Slopes one after another that are no wider than ``narrow`` altogether, between level parts, are
    steps: programs draw those that lie closer than they can show so.
    """
    total = wide = fall = 0.0
    for a, b in [*pairwise(line.points), (line.points[-1], line.points[-1])]:
        across, down = abs(b[0] - a[0]), abs(b[1] - a[1])
        if across > STRAIGHT and down > STRAIGHT:
            wide, fall = wide + across, fall + down
            continue
        total += fall if wide > narrow else 0.0
        wide = fall = 0.0
    return total


def _apart(other: Line, line: Line) -> bool:
    """Whether a line goes on where another ends: the rest of it."""
    return other.points[0][0] > line.points[-1][0] - 1.0 and other.rising == line.rising


def _length(line: Line) -> float:
    return sum(abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in pairwise(line.points))
