"""Numbers that decide whether a line ends in a fall to 0: on the line and on both sides."""

import math

import numpy as np
import pytest

from hilum.literature.figures.ink import Ink
from hilum.literature.figures.last_fall import (
    BROKEN,
    DASHES,
    FOOT,
    FURTHER,
    INKED,
    MARK,
    OPEN,
    SHORTEST,
    TALLEST,
    WHOLE,
    WIDER,
    End,
    _gap,
    _in_steps,
    _near,
    _reaches,
    _stroke_column,
    _up,
    end_of,
    level_end,
)
from hilum.literature.figures.way import Way

LAST, ROW, ZERO = 149, 60, 140


def way(many=LAST + 1, row=ROW, seen=None):
    on = np.ones(many, bool) if seen is None else seen
    return Way(0, many - 1, np.full(many, row), on, np.zeros(many, bool), 0.0, 20.0)


def drawn(*, first=ROW, last=ZERO, wide=2, depth=1.0, column=LAST - 1, other=()):
    """A level line of two rows, and an upright stroke at its end."""
    share = np.zeros((200, 220))
    share[ROW : ROW + 2, : LAST + 1] = 1.0
    share[first : last + 1, column : column + wide] = depth
    under = np.zeros(share.shape, bool)
    for rows in other:
        under[rows, LAST - 6 : LAST + 6] = True
    return Ink(share, under, share)


def ends(ink, zero=float(ZERO), line=None):
    """0 where it falls, None where it does not, "?" where that cannot be told."""
    end = end_of(ink, way() if line is None else line, 2.0, zero)
    return 0 if end.column is not None else (None if end.told else "?")


@pytest.mark.parametrize(("depth", "falls"), [(0.17, None), (0.18, 0), (0.3, 0)])
def test_ink_across_a_stroke_that_counts_as_seen(depth, falls):
    """Of two columns of a stroke together."""
    assert INKED == 0.35
    assert ends(drawn(depth=depth)) == falls


@pytest.mark.parametrize(("before", "found"), [(6, True), (7, True), (8, False)])
def test_how_far_before_the_end_a_stroke_may_stand(before, found):
    """Ink beside a column counts as the column's: the stroke stands one further off."""
    assert MARK == 7
    across = 4
    share = np.zeros((200, 220))
    stroke = LAST - across - before - 1
    share[ROW:, stroke] = 1
    column = _stroke_column(share, way(), across, ROW, ZERO)
    assert (abs(column - stroke) <= 1) == found


@pytest.mark.parametrize(("lacks", "same"), [(0, True), (1, True), (2, False)])
def test_columns_with_nearly_as_much_ink_are_of_one_stroke(lacks, same):
    """Of those within a row of the most, the middle one is taken."""
    share = np.zeros((200, 220))
    share[ROW : ZERO + 1, LAST - 4] = 1
    share[ROW + lacks : ZERO + 1, LAST] = 1
    column = _stroke_column(share, way(), 4, ROW, ZERO)
    assert column == (LAST - 1 if same else LAST - 4)


@pytest.mark.parametrize(("up", "falls"), [(19, 0), (20, 0), (21, "?")])
def test_what_stands_higher_above_a_line_is_a_frame(up, falls):
    assert TALLEST == 20
    # The line is two rows thick: its upper half reaches up by two rows.
    assert ends(drawn(first=ROW - 1 - up)) == falls


@pytest.mark.parametrize(("rows", "seen"), [(0, 4), (2, 6), (3, 0)])
def test_a_stroke_above_a_line_begins_right_there(rows, seen):
    """Two bare rows are the edge of the line; behind three it is another's."""
    on = np.zeros(60, bool)
    on[37 - rows : 41 - rows] = True
    assert _up(on, 40) == seen


@pytest.mark.parametrize(("below", "falls"), [(11, None), (12, None), (13, None), (14, 0)])
def test_a_mark_reaches_no_further_below_a_line_than_above(below, falls):
    assert FURTHER == 3
    up = 10
    top = ROW + 2
    foot = top + below
    ink = drawn(first=ROW - 1 - up, last=foot)
    assert ends(ink, float(foot)) == falls


@pytest.mark.parametrize(("rows", "falls"), [(2, None), (3, 0), (4, 0)])
def test_a_line_right_above_the_axis_does_not_fall(rows, falls):
    assert FOOT == 3
    foot = ROW + 2 + rows
    assert ends(drawn(last=foot), float(foot)) == falls


@pytest.mark.parametrize(("before", "falls"), [(2, 0), (3, 0), (4, "?")])
def test_a_stroke_may_end_a_little_before_the_axis(before, falls):
    assert FOOT == 3
    assert ends(drawn(last=ZERO - before)) == falls


@pytest.mark.parametrize(("wide", "falls"), [(4, 0), (5, 0), (6, None)])
def test_what_is_far_wider_than_a_line_is_no_stroke(wide, falls):
    assert WIDER == 3.0
    # Columns from four before to four behind the middle are looked at.
    assert ends(drawn(wide=wide, column=LAST - wide // 2)) == falls


def test_an_axis_cut_off_above_0_does_not_say_where_a_fall_ends():
    assert ends(drawn(last=199), math.inf) == "?"


@pytest.mark.parametrize(("rows", "hidden"), [(3, True), (4, False)])
def test_rows_beside_what_hides_a_line_are_hidden_too(rows, hidden):
    other = np.zeros(40, bool)
    other[20] = True
    assert bool(_near(other)[20 + rows]) is hidden
    assert bool(_near(other)[20 - rows]) is hidden


def stroke(many, bare):
    """Ink in all rows but the first of each hundredth part given."""
    seen = np.ones(many, bool)
    seen[list(bare)] = False
    return seen


NONE = np.zeros(100, bool)


@pytest.mark.parametrize(("many", "whole"), [(6, True), (7, None), (8, None)])
def test_how_much_of_an_unbroken_stroke_is_seen(many, whole):
    """Rows without ink apart from one another; where too many lack, it is broken all the way."""
    assert WHOLE == 0.93
    assert _reaches(stroke(100, range(5, 5 + 3 * many, 3)), NONE, 0) is whole


@pytest.mark.parametrize(("long", "whole"), [(3, True), (4, None)])
def test_the_longest_break_of_an_unbroken_stroke(long, whole):
    assert FOOT == 3
    assert _reaches(stroke(100, range(20, 20 + long)), NONE, 0) is whole
    # One row is never too much, however short the stroke.
    assert _reaches(stroke(10, [4]), np.zeros(10, bool), 0) is True


@pytest.mark.parametrize(("ink", "gap", "reaches"), [(3, 8, True), (2, 6, False), (2, 7, False)])
def test_how_much_of_a_broken_stroke_is_seen(ink, gap, reaches):
    """More than a quarter of its rows: three of eleven are, two of eight are not."""
    assert BROKEN == 0.25
    seen = np.tile(np.arange(ink + gap) < ink, 10)
    assert _reaches(seen, np.zeros(len(seen), bool), gap) is reaches


@pytest.mark.parametrize(("long", "reaches"), [(17, True), (18, True), (19, False)])
def test_the_longest_gap_of_a_broken_stroke(long, reaches):
    """Half as long again as the line's own, and as far as a stroke may end before the axis."""
    seen = np.tile(np.arange(20) < 10, 10)[:-10]
    seen[10 : 10 + long] = False
    seen[10 + long : 30] = True
    assert _reaches(seen, np.zeros(len(seen), bool), 10) is reaches


@pytest.mark.parametrize(("open_", "told"), [(29, None), (30, True), (31, True)])
def test_how_much_of_a_stroke_may_be_hidden(open_, told):
    assert OPEN == 0.3
    hidden = np.arange(100) >= open_
    assert _reaches(~hidden, hidden, 0) is told


@pytest.mark.parametrize(("open_", "told"), [(12, None), (13, None), (14, False)])
def test_nothing_of_a_stroke_is_seen(open_, told):
    """Where what is open is no longer than a gap, it may lie in one."""
    many = int(open_ / OPEN)
    hidden = np.arange(min(many, 40)) >= open_
    assert _reaches(np.zeros(len(hidden), bool), hidden, 7) is told


@pytest.mark.parametrize(("many", "told"), [(49, False), (50, False), (51, None)])
def test_a_stroke_broken_below_a_whole_line_cannot_be_told(many, told):
    """Seen in more than half of its rows, all the way down."""
    assert DASHES == 0.5
    seen = np.zeros(100, bool)
    # Breaks of at most three rows.
    for i in range(20):
        seen[5 * i : 5 * i + 2] = True
    for i in range(many - 40):
        seen[5 * i + 2] = True
    seen[-1:] = True
    seen[2] = seen.sum() < many
    seen[7] &= seen.sum() <= many
    assert seen.sum() == many
    assert _reaches(seen, NONE, 0) is told


@pytest.mark.parametrize(("rows", "told"), [(40, False), (41, None)])
def test_a_stroke_that_is_lost_on_the_way_is_longer_than_any_mark(rows, told):
    """Twice the tallest half of a mark."""
    assert TALLEST == 20
    assert _reaches(np.arange(100) < rows, NONE, 0) is told


@pytest.mark.parametrize(("rows", "two"), [(3, False), (4, True)])
def test_each_part_of_a_stroke_in_two_columns_has_some_rows(rows, two):
    assert SHORTEST == 4
    columns = np.r_[np.full(rows, 40.0), np.full(4, 43.0)]
    found = _in_steps(End(41.0, 100), np.arange(len(columns)), columns)
    assert (found.step is not None) == two


@pytest.mark.parametrize(("longer", "gap"), [(1, 4), (2, 9)])
def test_the_usual_gap_of_dashes_is_that_of_most(longer, gap):
    """The fifth of six by length: one that is longer is an accident, two are not."""
    gaps = [4] * (6 - longer) + [9] * longer
    seen = np.concatenate([np.r_[np.ones(6, bool), np.zeros(g, bool)] for g in [*gaps, 0]])
    assert _gap(way(len(seen), seen=seen)) == gap


def test_a_line_that_falls_is_level_until_then():
    line = Way(0, 99, np.r_[np.full(97, 20), 40, 60, 80], np.ones(100, bool), np.zeros(100, bool),
               0.0, 60.0)  # fmt: skip
    assert level_end(line, End(98.0, 20)).row.max() == 20
    assert level_end(line, End(None, 20)) is line
