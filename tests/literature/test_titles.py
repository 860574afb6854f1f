"""How far from its axis a title stands: on each distance and on both sides of it."""

import pytest

from hilum.literature.figures.axes import Axis
from hilum.literature.figures.page import Word
from hilum.literature.figures.titles import (
    ABOVE,
    ASIDE,
    FAR,
    HAZARD,
    OVER,
    PERCENT,
    TITLE,
    level_scales,
    time_unit,
)

# An axis of time at 300 points from 100 to 400, one of levels from 100 down to 300.
LEVELS = Axis(1.5, -0.005, 0.0, 1.0, 0.1)


def word(text, left, top, wide=40.0):
    return Word(text, left, top, left + wide, top + 10.0, True)


def unit(left, top, also=()):
    return time_unit([word("Months", left, top), *also], 100.0, 400.0, 300.0)


@pytest.mark.parametrize(("down", "found"), [(139.9, True), (140.0, False), (140.1, False)])
def test_how_far_below_its_axis_a_unit_stands(down, found):
    assert FAR == 140.0
    assert (unit(230.0, 300 + down) == "months") is found


@pytest.mark.parametrize(("right", "found"), [(39.9, False), (40.0, False), (40.1, True)])
def test_how_far_before_its_axis_a_unit_ends(right, found):
    assert OVER == 60.0
    assert (unit(right - 40, 320.0) == "months") is found


@pytest.mark.parametrize(("left", "found"), [(459.9, True), (460.0, False), (460.1, False)])
def test_how_far_behind_its_axis_a_unit_begins(left, found):
    assert (unit(left, 320.0) == "months") is found


@pytest.mark.parametrize(("down", "told"), [(39.9, None), (40.0, "months"), (40.1, "months")])
def test_how_far_down_the_lines_of_a_title_reach(down, told):
    """Another unit within them leaves none; below them it is no line of the title."""
    assert TITLE == 40.0
    assert unit(230.0, 315.0, [word("days", 230.0, 300 + down, 20.0)]) == told


def scales(text, left, top, wide=40.0):
    return level_scales([word(text, left, top, wide)], LEVELS, 90.0, 400.0)


@pytest.mark.parametrize(("aside", "found"), [(89.9, True), (90.0, False), (90.1, False)])
def test_how_far_beside_its_axis_a_title_stands(aside, found):
    assert ASIDE == 90.0
    assert (scales("Percent", 90 - aside - 20, 200.0) == {PERCENT}) is found


@pytest.mark.parametrize(("over", "found"), [(44.9, True), (45.0, False), (45.1, False)])
def test_how_far_above_its_axis_a_title_stands(over, found):
    assert ABOVE == 45.0
    phrase = word("Cumulative hazard", 150.0, 100 - over - 5, 90.0)
    assert (level_scales([phrase], LEVELS, 90.0, 400.0) == {HAZARD}) is found
