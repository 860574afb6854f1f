"""Numbers that decide where a line begins, and what beside it makes it doubtful."""

from types import SimpleNamespace

import numpy as np
import pytest

from hilum.literature.figures.axes import from_points
from hilum.literature.figures.ink import Ink
from hilum.literature.figures.limits import THIN
from hilum.literature.figures.raster_checks import (
    AHEAD,
    APART,
    AROUND,
    BELOW,
    NEAR_END,
    RULED,
    _among_others,
    _beyond,
    _cross,
    _dashes,
    _goes_on,
    _keeps_away,
    _level,
    _meet,
    _thickness,
    behind_the_end,
    foot_goes_on,
)
from hilum.literature.figures.raster_start import ROW, NoLine, bare_start, from_start
from hilum.literature.figures.seen_colours import ANOTHER, SeenColour, is_alone
from tests.literature.test_read_or_refused import ink, line

X = from_points([0.0, 400.0], [0.0, 40.0], 0.5)
Y = from_points([10.0, 210.0], [1.0, 0.0], 0.5)
PLOT = SimpleNamespace(
    picture=SimpleNamespace(x=X, y=Y), start=0.0, wide=400.0, left=0, top=0, full=1.0,
    file="figure.png", level_row=lambda level: Y.place(level),
)  # fmt: skip


def begun(first, row, other=None):
    share = np.zeros((230, 420))
    under = np.zeros(share.shape, bool) if other is None else other
    return Ink(share, under, share), line([row] * 200, first=first)


# Where a line begins.


@pytest.mark.parametrize(
    ("below", "is_read"),
    [
        (5, True),
        (6, True),
        (29, True),
        (31, False),
    ],
)
def test_a_line_that_begins_a_little_below_the_top_begins_there(below, is_read):
    """Six rows, or 0.15 of survival as far as one can see: more is refused."""
    assert ROW == 3
    ink_, way = begun(0, 10 + below)
    if not is_read:
        with pytest.raises(NoLine, match="starts at"):
            from_start(PLOT, ink_, way, 2.0, rising=False)
        return
    assert from_start(PLOT, ink_, way, 2.0, rising=False) is way


@pytest.mark.parametrize(("first", "hidden"), [(3, False), (4, True), (5, True)])
def test_a_beginning_is_hidden_where_a_line_begins_more_than_three_columns_late(first, hidden):
    assert ROW == 3
    other = np.zeros((230, 420), bool)
    other[9:12, :first] = other[9:40, first - 2 : first] = True
    ink_, way = begun(first, 38, other)
    found = from_start(PLOT, ink_, way, 2.0, rising=False)
    assert (found is not way) is hidden


@pytest.mark.parametrize(("late", "word"), [(6, "starts at"), (7, "first seen")])
def test_what_is_said_of_a_line_that_begins_low(late, word):
    ink_, way = begun(late, 120)
    with pytest.raises(NoLine) as refused:
        from_start(PLOT, ink_, way, 2.0, rising=False)
    wanted = str(refused.value)
    assert ("first seen" in wanted) is (word == "first seen")


def stroke(rows, depth=1.0, first=20, row=60):
    """A line first seen in a column, and its upright stroke from the top: some of its rows."""
    share = np.zeros((230, 420))
    share[row, first:200] = 1.0
    upper = np.arange(10, row + 1)[:rows]
    share[upper, first] = depth
    return ink(share), line([row] * 180, first=first)


@pytest.mark.parametrize(("rows", "bare"), [(39, 20), (40, 18), (45, 18)])
def test_how_much_of_a_first_fall_is_seen(rows, bare):
    """Of 51 rows 80 %, the last of them the line's own; else all columns before it are bare."""
    ink_, way = stroke(rows)
    assert bare_start(PLOT, ink_, way, 10.0) in (bare, bare + 1)


@pytest.mark.parametrize(("depth", "seen"), [(0.29, False), (0.31, True)])
def test_ink_of_a_first_fall(depth, seen):
    ink_, way = stroke(50, depth)
    assert (bare_start(PLOT, ink_, way, 10.0) < 20) is seen


@pytest.mark.parametrize(("below", "columns"), [(2, 19), (3, 20)])
def test_a_fall_of_two_rows_needs_no_stroke(below, columns):
    share = np.zeros((230, 420))
    share[10 + below, 20:200] = 1.0
    assert bare_start(PLOT, ink(share), line([10 + below] * 180, first=20), 10.0) == columns


@pytest.mark.parametrize(("off", "bare"), [(-3, 19), (-2, 0), (2, 0), (3, 19)])
def test_what_lies_over_the_top_until_a_line_begins(off, bare):
    share = np.zeros((230, 420))
    share[10, 20:200] = 1.0
    other = np.zeros(share.shape, bool)
    other[10 + off, :20] = True
    assert bare_start(PLOT, Ink(share, other, share), line([10] * 180, first=20), 10.0) == bare


# What makes it doubtful.


@pytest.mark.parametrize(("last", "there"), [(414, False), (415, True), (416, True)])
def test_a_line_ends_where_the_part_does(monkeypatch, last, there):
    assert NEAR_END == 4
    from hilum.literature.figures import raster_checks

    monkeypatch.setattr(raster_checks, "goes_on", lambda *_args, **_how: True)
    plot = SimpleNamespace(**vars(PLOT), part=np.zeros((230, 420, 3)))
    found = behind_the_end(plot, line([20] * (last + 1)), np.zeros(3), rising=False)
    assert found is there


@pytest.mark.parametrize(("columns", "on"), [(2, False), (3, True), (4, True)])
def test_ink_right_behind_the_end_of_a_line(columns, on):
    """Three of four columns."""
    assert APART == 4
    depth = np.zeros((60, 140))
    depth[20, 100 : 100 + columns] = 1.0
    assert _goes_on(ink(depth), line([20] * 100)) is on


@pytest.mark.parametrize(
    ("rows", "on"), [(-5, False), (-4, True), (10, True), (60, True), (61, False)]
)
def test_how_far_from_its_end_a_line_may_go_on(rows, on):
    """A stroke up or down where it ends, then level; ink that does not touch it is another's."""
    assert (APART, BELOW) == (4, 60)
    depth = np.zeros((120, 140))
    depth[20 + rows, 100:110] = 1.0
    assert not _goes_on(ink(depth), line([20] * 100))
    low, high = sorted((20, 20 + rows))
    depth[low : high + 1, 99] = 1.0
    assert _goes_on(ink(depth), line([20] * 100)) is on


@pytest.mark.parametrize(
    ("down", "aside", "columns", "on"),
    [
        (30, 0, 8, True),
        (5, 0, 8, True),
        (4, 0, 8, False),  # no stroke down: a line that ends on another
        (60, 0, 8, True),
        (30, 4, 8, True),
        (30, 5, 8, False),  # not at its foot
        (30, 0, 7, True),
        (30, 0, 6, False),  # a crumb
    ],
)
def test_ink_of_another_colour_at_the_foot_of_a_stroke_down(down, aside, columns, on):
    depth = np.zeros((120, 140))
    depth[20 : 20 + down + 1, 97:100] = 1.0
    found = ink(depth)
    found.other[20 + down + aside, 100 : 100 + columns] = True
    assert foot_goes_on(found, line([20] * 100)) is on


@pytest.mark.parametrize(("depth", "on"), [(0.4, False), (0.41, True)])
def test_how_deep_what_goes_on_is(depth, on):
    share = np.zeros((60, 140))
    share[20, 100:110] = depth
    assert _goes_on(ink(share), line([20] * 100)) is on


@pytest.mark.parametrize(("gap", "cross"), [(4, False), (5, True)])
def test_lines_that_cross_are_clearly_apart_on_both_sides(gap, cross):
    assert APART == 4
    other = line([20 - gap] * 50 + [20 + gap] * 50)
    assert _cross(line([20] * 100), other) is cross


@pytest.mark.parametrize(("gap", "meet"), [(6, False), (7, True)])
def test_lines_meet_again_once_they_were_apart(gap, meet):
    """By more than the width of the line and four rows."""
    assert APART == 4
    other = line(20 + np.r_[np.full(40, gap), np.zeros(20, int), np.full(40, gap)])
    assert _meet(line([20] * 100), other, 2.0) is meet


@pytest.mark.parametrize(("first", "warns"), [(46, True), (48, True), (49, False)])
def test_how_far_behind_the_end_dashes_are_looked_for(first, warns):
    """8 % of the axis, and two columns: 48 of 600; dashes of more than 1.5 times ten columns."""
    assert AHEAD == 0.08
    share = np.zeros((60, 700))
    share[20, :100] = 1.0
    share[20, 101 + first - 15 : 101 + first + 1] = 1.0
    assert _dashes(ink(share), line([20] * 100), 1.0, 600.0) is warns


@pytest.mark.parametrize(("thick", "level"), [(4, True), (5, False)])
def test_a_level_piece_is_as_thin_as_a_line(thick, level):
    """Less than three rows more than its width."""
    on = np.zeros((40, 60), bool)
    on[10 : 10 + thick] = True
    assert bool(_level(on, 2.0).any()) is level


@pytest.mark.parametrize(("long", "level"), [(3, False), (4, True)])
def test_a_level_piece_is_longer_than_thick(long, level):
    on = np.zeros((40, 60), bool)
    on[10, 10 : 10 + long] = True
    assert bool(_level(on, 2.0).any()) is level


@pytest.mark.parametrize(("long", "columns"), [(12, 0), (13, 12), (14, 13)])
def test_a_level_line_behind_the_end_goes_on_for_a_dozen_columns(long, columns):
    share = np.zeros((60, 200))
    share[30, 120 : 120 + long] = 1.0
    assert _beyond(ink(share), line([20] * 100), 1.0, 200) == columns


def beside(rows, *, deep=1.0, thick=1, meets=(), columns=100):
    """A line of three rows at 40, and other ink of its colour in other rows, one a column."""
    share = np.zeros((120, 100))
    share[39:42] = 1.0
    for c in range(columns):
        row = meets[1] if meets and meets[0] <= c < meets[0] + 10 else rows[c % len(rows)]
        share[row : row + thick, c] = deep
    way = line([40] * 100)
    return _among_others(ink(share), way, [way], 3.0)


HIGH = [80] * 50 + [90] * 50


@pytest.mark.parametrize(("columns", "warns"), [(84, True), (85, True), (86, False)])
def test_a_row_of_ink_along_most_of_a_line_is_a_frame(columns, warns):
    assert RULED == 0.85
    assert beside([80], thick=3, columns=columns) is warns


@pytest.mark.parametrize(("deep", "warns"), [(0.84, False), (0.86, True)])
def test_thinner_ink_that_keeps_away_is_a_limit(deep, warns):
    """Of less than 85 % of the width of the line: limits are, a line of the colour is not."""
    assert THIN == 0.85
    assert beside(HIGH, deep=deep, thick=3) is warns


@pytest.mark.parametrize(("row", "warns"), [(51, True), (52, False), (60, False)])
def test_thinner_ink_that_comes_near_again_makes_a_line_doubtful(row, warns):
    """As near as a line can be seen beside this one: ten rows are its own and its marks'."""
    assert AROUND == 10
    assert beside(HIGH, meets=(50, row)) is warns


@pytest.mark.parametrize(("gap", "away"), [(14, False), (15, True)])
def test_ink_that_was_never_apart_does_not_keep_away(gap, away):
    assert (AROUND, APART) == (10, 4)
    left = np.zeros((120, 100), bool)
    left[40 + gap] = True
    assert _keeps_away(left, line([40] * 100)) is away


def test_the_thickness_of_what_is_left_is_that_of_a_crossing():
    """Of two limits each is one."""
    share = np.zeros((120, 100))
    share[20:22], share[80:82] = 0.6, 0.6
    assert _thickness(share, share > 0.4) == pytest.approx(1.2)


@pytest.mark.parametrize(("degrees", "alone"), [(29.0, False), (31.0, True)])
def test_other_colours_are_of_another_hue_altogether(degrees, alone):
    assert ANOTHER == 30.0
    paper = np.full(3, 255.0)
    turn = np.radians(degrees)
    one = SeenColour(paper - np.array([200.0, 0.0, 0.0]), strong=True)
    other = SeenColour(paper - 200 * np.array([np.cos(turn), np.sin(turn), 0.0]), strong=True)
    assert is_alone(one, [one, other], paper) is alone
    assert is_alone(one, [one], paper)
