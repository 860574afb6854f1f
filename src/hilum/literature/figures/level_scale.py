"""What levels of a plot are: shares, percent, or a cumulative hazard; asked where none is sure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.errors import phrased
from hilum.literature.figures.titles import HAZARD, PERCENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.lines import Line

MOST_SHARE = 1.5
# No cumulative hazard reaches this (one in 22,000 lives on): an axis that goes further is percent.
MOST_HAZARD = 10.0
TOP = 0.02
# On an axis that is not said to be percent no curve of survival starts lower than this share.
LOW_START = 0.9


@dataclass(frozen=True, slots=True)
class LevelScale:
    """Survival 1 on the scale (1 or 100), whether levels are a cumulative hazard, what is unsure.

    ``doubt`` is what was expected where the levels cannot be told; empty where they can.
    """

    full: float
    hazard: bool = False
    doubt: str = ""


def level_scale(
    y: Axis, said: set[str], lines: Sequence[Line], *, sign: bool, typed: bool, hazard: bool | None
) -> LevelScale:
    """The levels of lines that all fall, or all rise.

    Parameters
    ----------
    y : Axis
        The scale upwards.
    said : set of str
        What its title says: ids of ``level_words.csv``.
    lines : sequence of Line
        The lines that may be curves.
    sign : bool
        Whether its labels carry a percent sign.
    typed : bool
        Whether the scale was given by hand.
    hazard : bool or None
        What the user says; None asks the title.
    """
    percent = sign or y.high > MOST_SHARE
    full = 100.0 if percent else 1.0
    if not lines or not all(line.rising for line in lines):
        return LevelScale(full)
    if hazard or (hazard is None and HAZARD in said):
        inside = sign or y.high > MOST_HAZARD
        if PERCENT in said and not inside and not typed:
            return LevelScale(1.0, hazard=True, doubt=_percent_of_shares(y))
        return LevelScale(100.0 if inside else 1.0, hazard=True)
    if hazard is None and said - {PERCENT}:
        doubt = phrased(
            "a title that says survival or cumulative incidence: this one names a hazard, or a "
            "risk that is either (--hazard reads a cumulative hazard, --no-hazard an incidence)"
        )
        return LevelScale(full, doubt=doubt)
    if typed:
        return LevelScale(full, doubt=_above_one(y, lines, full))
    if PERCENT in said and not percent:
        return LevelScale(full, doubt=_percent_of_shares(y))
    unsure = hazard is None and not sign and PERCENT not in said
    if percent and unsure and y.high <= MOST_HAZARD:
        doubt = phrased(
            "levels up to {high:g} that are said to be percent: these may be a cumulative hazard "
            "(--hazard reads that, --no-hazard an incidence in percent)",
            high=y.high,
        )
        return LevelScale(full, doubt=doubt)
    return LevelScale(full, doubt=_above_one(y, lines, full))


def of_falling(y: Axis, said: set[str], curves: Sequence[Line], levels: LevelScale) -> LevelScale:
    """The levels of curves that fall, unsure where they start low on an axis that may count.

    ``said`` is what the title of the axis says.
    """
    lowest = min(y.value(line.points[0][1]) for line in curves)
    if PERCENT in said or levels.full == 1 or lowest >= LOW_START * levels.full:
        return levels
    doubt = phrased(
        "a curve that starts at 100 percent: one starts at {lowest:.3g}, and nothing says that the "
        "axis is percent; it may count patients (--y-axis gives the scale in shares: 1 where the "
        "curve starts)",
        lowest=lowest,
    )
    return replace(levels, doubt=doubt)


def _percent_of_shares(y: Axis) -> str:
    return phrased(
        "percent on an axis of percent: the title says percent, and the axis ends at {high:g} "
        "(--y-axis gives the scale in shares: 0.01 for 1 percent)",
        high=y.high,
    )


def _above_one(y: Axis, lines: Sequence[Line], full: float) -> str:
    """What is wrong with shares above 1."""
    highest = max(y.value(line.points[-1][1]) for line in lines) / full
    if highest <= 1 + TOP:
        return ""
    return phrased(
        "levels of at most 1, or of 100 percent: a line rises to {highest:.3g} (--hazard reads a "
        "cumulative hazard; --y-axis gives the scale in shares)",
        highest=highest * full,
    )
