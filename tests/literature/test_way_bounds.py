"""Numbers that decide what is a line of a picture, and what hides one: on the line and beside."""

import numpy as np
import pytest

from hilum.literature.figures.hidden import (
    AROUND,
    DEEPER,
    EARLY,
    FOLLOWED,
    INKED,
    MOSTLY,
    NEAR,
    TALLEST,
    THICKER,
    followed,
    hidden_end,
    hidden_falls,
    with_start,
)
from hilum.literature.figures.ink import TINTED, Ink
from hilum.literature.figures.paths import (
    ATOP,
    COVERED,
    LONG,
    MARK,
    MORE_DASHED,
    MORE_SOLID,
    MOST_LINES,
    SHORTEST,
    _falls,
    _is_curve,
    _is_more,
    _longest,
    _stands_off,
    _take,
    line_width,
    ways_of,
)
from hilum.literature.figures.way import Way
from tests.literature.test_read_or_refused import ink, line

HIGH, WIDE = 200, 400


def drawn(*lines):
    """Level lines of two rows: row, first column, last column."""
    share = np.zeros((HIGH, WIDE))
    for row, first, last in lines:
        share[row : row + 2, first : last + 1] = 1.0
    return share


NOTHING = np.zeros((HIGH, WIDE), bool)


# What is a line.


@pytest.mark.parametrize(("columns", "found"), [(39, False), (40, True), (41, True)])
def test_a_line_goes_along_a_share_of_the_axis(columns, found):
    assert SHORTEST == 0.1
    share = drawn((20, 0, columns - 1))
    assert (_longest(share, NOTHING, 20.0, 0, 2.0, 400.0) is not None) is found


def piece_and_line(more, same, *, coverage=1.0):
    """A piece of 100 columns, and a line of more that lies on it in some."""
    row = np.where(np.arange(round(100 * more)) < same, 20, 40)
    seen = np.ones(len(row), bool)
    if coverage < 1:
        many = round(len(row) / coverage)
        row = np.r_[row, np.full(many - len(row), 40)]
        seen = np.arange(many) < len(seen)
    return line([20] * 100), line(row, seen)


@pytest.mark.parametrize(("more", "same", "is_more"), [
    (1.03, 100, False), (1.04, 100, False), (1.05, 100, True), (1.2, 85, False), (1.2, 86, True),
])  # fmt: skip
def test_a_solid_piece_is_the_beginning_of_a_longer_line(more, same, is_more):
    assert MORE_SOLID == (1.04, 0.85)
    assert bool(_is_more(*piece_and_line(more, same))) is is_more


@pytest.mark.parametrize(("more", "same", "is_more"), [
    (2.0, 70, False), (2.01, 60, False), (2.01, 61, True), (1.25, 100, False), (1.26, 90, False),
    (1.26, 91, True),
])  # fmt: skip
def test_a_solid_piece_is_the_beginning_of_a_broken_line(more, same, is_more):
    """Twice its ink and 60 % of it, or 1.25 times and 90 %."""
    assert MORE_DASHED == ((2.0, 0.6), (1.25, 0.9))
    assert bool(_is_more(*piece_and_line(more, same, coverage=0.8))) is is_more


@pytest.mark.parametrize(("coverage", "is_more"), [(0.91, True), (0.89, False)])
def test_what_is_seen_in_nine_tenths_is_held_to_a_solid_line(coverage, is_more):
    """1.1 times the ink is more of a solid line, not of a broken one."""
    assert bool(_is_more(*piece_and_line(1.1, 100, coverage=coverage))) is is_more


@pytest.mark.parametrize(("off", "same"), [(2, True), (3, False)])
def test_a_line_that_lies_on_a_piece_is_within_two_rows(off, same):
    piece = line([20] * 100)
    assert bool(_is_more(piece, line([20 + off] * 120))) is same


def curve(first, row, *, falls=True, many=200, seen=None, hidden=None):
    rows = np.full(many, row)
    if falls:
        rows[many // 2 :] += 20
        rows[3 * many // 4 :] += 20
    return line(rows, seen, hidden, first)


@pytest.mark.parametrize(("row", "is_curve"), [(70, True), (71, False)])
def test_a_curve_begins_high(row, is_curve):
    """Within 30 % of the height below the top."""
    assert _is_curve(curve(0, row), NOTHING, 10.0, 200.0, 0, 400.0) is is_curve


@pytest.mark.parametrize(("first", "row", "is_curve"), [
    (61, 14, True), (61, 15, False), (200, 10, True), (201, 10, False),
])  # fmt: skip
def test_a_curve_that_begins_late_begins_at_the_very_top(first, row, is_curve):
    """Within four rows, and in the first half of the axis."""
    assert ATOP == 4
    assert _is_curve(curve(first, row), NOTHING, 10.0, 200.0, 0, 400.0) is is_curve


@pytest.mark.parametrize(("many", "is_curve"), [(121, False), (122, True)])
def test_a_curve_that_begins_late_is_long(many, is_curve):
    """More than 30 % of the axis from its first column to its last."""
    assert LONG == 0.3
    assert _is_curve(curve(100, 10, many=many), NOTHING, 10.0, 200.0, 0, 400.0) is is_curve


@pytest.mark.parametrize(("columns", "is_curve"), [(80, False), (81, True)])
def test_a_curve_that_begins_late_lies_under_something(columns, is_curve):
    """Short, but what lies before it is covered along more than 80 %."""
    assert COVERED == 0.8
    over = NOTHING.copy()
    over[10, :columns] = True
    assert _is_curve(curve(100, 10, many=80), over, 10.0, 200.0, 0, 400.0) is is_curve


@pytest.mark.parametrize(("off", "is_curve"), [(-4, False), (-3, True), (3, True), (4, False)])
def test_what_lies_over_a_beginning_is_within_three_rows(off, is_curve):
    over = NOTHING.copy()
    over[10 + off, :100] = True
    assert _is_curve(curve(100, 10, many=80), over, 10.0, 200.0, 0, 400.0) is is_curve


@pytest.mark.parametrize(("apart", "stands"), [(11, False), (12, True)])
def test_a_line_stands_off_those_found(apart, stands):
    near = 2 * 2.0 + MARK
    assert (MARK, near) == (7.0, 11.0)
    assert _stands_off(line([20 + apart] * 100), [line([20] * 100)], near) is stands


@pytest.mark.parametrize(("many", "far", "stands"), [
    (100, 24, False), (100, 25, True), (40, 14, False), (40, 15, True),
])  # fmt: skip
def test_how_much_of_a_line_stands_off(many, far, stands):
    """A quarter of what is seen of it, and 15 columns."""
    rows = np.where(np.arange(many) < far, 60, 22)
    assert _stands_off(line(rows), [line([20] * many)], 11.0) is stands


@pytest.mark.parametrize(("many", "found"), [(5, 5), (6, 6), (7, 6)])
def test_more_lines_of_one_colour_are_not_told_apart(many, found):
    assert MOST_LINES == 6
    share = np.zeros((400, 200))
    for i in range(many):
        row = 10 + 13 * i
        share[row : row + 2, :100] = share[row + 6 : row + 8, 100:] = 1.0
        share[row : row + 8, 100:102] = 1.0
    assert len(ways_of(ink(share), 10.0, 0, 200.0)) == found


@pytest.mark.parametrize(("width", "reach"), [(1.0, 2), (2.0, 3), (3.9, 3), (4.0, 4)])
def test_a_line_is_rubbed_out_with_its_edges(width, reach):
    """Half its width and two rows."""
    share = np.ones((60, 40))
    _take(share, line([30] * 40), width, np.zeros(share.shape, bool))
    assert share[30 + reach].max() == share[30 - reach].max() == 0
    assert share[30 + reach + 1].min() == share[30 - reach - 1].min() == 1


@pytest.mark.parametrize(("deep", "width"), [(0.14, 2.0), (0.16, 2.16)])
def test_the_width_of_a_line_is_of_pixels_that_have_some(deep, width):
    share = np.zeros((60, 80))
    share[20:22], share[22] = 1.0, deep
    # An edge below that is none of the line's run.
    assert line_width(share) == pytest.approx(width)


@pytest.mark.parametrize(("rows", "width"), [(14, 14.0), (15, 1.0), (16, 1.0)])
def test_what_is_thicker_has_no_width_of_a_line(rows, width):
    share = np.zeros((60, 80))
    share[20 : 20 + rows] = 1.0
    assert line_width(share) == width


@pytest.mark.parametrize(("deep", "width"), [(0.5, 1.0), (0.51, 0.51)])
def test_what_is_paler_has_no_width_of_a_line(deep, width):
    share = np.zeros((60, 80))
    share[20] = deep
    assert line_width(share) == pytest.approx(width)


@pytest.mark.parametrize(("pale", "width"), [(0.69, 1.12), (0.71, 1.0)])
def test_widths_near_the_commonest_are_of_one_line(pale, width):
    """To 0.3 of a pixel of 1.0; the middle of those is the width."""
    share = np.zeros((60, 400))
    share[20, ::2] = np.repeat([pale, 1.0, 1.0, 1.0], [65, 40, 30, 65])
    share[21, ::2] = np.repeat([0.0, 0.0, 0.12, 0.2], [65, 40, 30, 65])
    share[21, ::2][share[21, ::2] == 0.12] = 0.16
    share[20, ::2][105:135] = 0.96
    assert line_width(share) == pytest.approx(width)


@pytest.mark.parametrize(("rows", "falls"), [
    ([20] * 10 + [24] * 10 + [28] * 10, True), ([20] * 30, False),
])  # fmt: skip
def test_a_line_that_falls(rows, falls):
    assert bool(_falls(line(rows))) is falls


# What hides a line.


def below(rows, *, thick=2, first=50, many=60, other=None, seen=0.0):
    """A line of 200 columns that is hidden along some by what is ``thick`` rows high."""
    on = np.ones(200, bool)
    on[first : first + many] = False
    under = np.zeros((HIGH, 200), bool)
    for c in range(first, first + many):
        under[rows[c] : rows[c] + thick, c] = True
    if other is not None:
        other(under)
    way = Way(0, 199, np.array(rows), on, under[np.array(rows), np.arange(200)] & ~on, 0.0, 40.0)
    return Ink(np.zeros(under.shape), under, np.zeros(under.shape)), way


FALLING = [20] * 80 + [60] * 120


@pytest.mark.parametrize(("thick", "along"), [(7, True), (8, True), (9, False)])
def test_what_hides_a_line_is_as_thin_as_it(thick, along):
    """Up to twice its width and three rows more, from its first row to its last."""
    assert THICKER == 3
    assert followed(*below([20] * 200, thick=thick), 2.0)[50:110].all() == along


@pytest.mark.parametrize(("columns", "along"), [(41, False), (42, True), (43, True)])
def test_a_line_follows_what_hides_it_where_most_of_that_is_thin(columns, along):
    """Of sixty columns 70 %."""
    assert FOLLOWED == 0.7

    def thicken(under):
        under[20:60, 50 + columns : 110] = True

    assert followed(*below([20] * 200, other=thicken), 2.0)[50:110].all() == along


@pytest.mark.parametrize(("bare", "along"), [(3, True), (4, False)])
def test_what_a_line_follows_has_no_hole(bare, along):
    assert NEAR == 3

    def cut(under):
        under[:, 70 : 70 + bare] = False

    assert followed(*below([20] * 200, other=cut), 2.0)[50:70].all() == along


@pytest.mark.parametrize(("columns", "lost"), [(29, False), (30, True), (31, True)])
def test_a_stretch_is_hidden_where_something_lies_in_half_of_it(columns, lost):
    assert MOSTLY == 0.5

    def cut(under):
        under[20 : 20 + 60, 50 : 50 + columns] = True
        under[:, 50 + columns : 110] = False

    ink_, way = below(FALLING, thick=60, other=cut)
    assert (hidden_falls(ink_, way, 2.0, 200.0, 100.0).lost > 0) is lost


def banded(end, *, before=0.0, after=40.0, from_=3):
    tint = np.zeros((HIGH, WIDE))
    tint[:, :end] = before
    tint[:, end + from_ :] = after
    share = np.zeros(tint.shape)
    return Ink(share, NOTHING, share, tint)


def ends(end):
    return line([20] * (end + 1))


@pytest.mark.parametrize(("after", "on"), [(19.0, False), (20.0, False), (21.0, True)])
def test_a_band_is_no_paper(after, on):
    assert TINTED == 20.0
    assert hidden_end(banded(100, after=after), ends(100), 400.0) is on


@pytest.mark.parametrize(("deeper", "on"), [(14.0, False), (15.0, False), (16.0, True)])
def test_a_line_that_ends_late_ends_where_a_band_begins(deeper, on):
    assert DEEPER == 15.0
    assert hidden_end(banded(300, before=30.0, after=30.0 + deeper), ends(300), 400.0) is on


@pytest.mark.parametrize(("end", "on"), [(199, True), (200, False), (201, False)])
def test_a_line_that_ends_early_in_a_band_may_go_on(end, on):
    assert EARLY == 0.5
    assert hidden_end(banded(end, before=40.0), ends(end), 400.0) is on


@pytest.mark.parametrize(("columns", "on"), [(12, False), (13, True), (14, True)])
def test_a_band_behind_an_end_is_seen_for_some_columns(columns, on):
    """Ten, behind the three next to the end."""
    assert AROUND == 10
    tint = np.full((HIGH, 101 + columns - 1), 40.0)
    share = np.zeros(tint.shape)
    under = Ink(share, share > 0, share, tint)
    assert hidden_end(under, ends(100), 400.0) is on


@pytest.mark.parametrize(("first", "on"), [(19, True), (20, True), (21, False)])
def test_a_band_lies_around_the_end_of_its_line(first, on):
    """In most of the ten rows above it, its own and the ten below."""
    assert AROUND == 10
    tint = np.zeros((HIGH, WIDE))
    tint[first:, 103:] = 40.0
    share = np.zeros(tint.shape)
    assert hidden_end(Ink(share, NOTHING, share, tint), ends(100), 400.0) is on


def begun(share=None, other=None, first=40, row=60):
    """A line first seen in column 40 and row 60."""
    share = np.zeros((HIGH, 120)) if share is None else share
    other = np.zeros((HIGH, 120), bool) if other is None else other
    return Ink(share, other, share), line([row] * 60, first=first)


def leading(*, top=20, thick=2, gap=0, off=0):
    """What another line hides: level at the top, down at column 30, level to the first ink."""
    other = np.zeros((HIGH, 120), bool)
    other[top : top + thick, :32] = True
    other[top : 60 + off + thick, 30:32] = True
    other[60 + off : 60 + off + thick, 30:40] = True
    other[:, 35 : 35 + gap] = False
    return other


@pytest.mark.parametrize(("gap", "found"), [(0, True), (3, True), (4, False)])
def test_what_hides_a_beginning_may_have_a_hole(gap, found):
    assert NEAR == 3
    ink_, way = begun(other=leading(gap=gap))
    assert (with_start(ink_, way, 0, 20.0, 2.0) is not None) is found


@pytest.mark.parametrize(("off", "found"), [(0, True), (3, True), (4, False)])
def test_a_hidden_beginning_stays_within_three_rows(off, found):
    ink_, way = begun(other=leading(off=off))
    assert (with_start(ink_, way, 0, 20.0, 2.0) is not None) is found


@pytest.mark.parametrize(("depth", "found"), [(0.34, False), (0.36, True)])
def test_ink_that_leads_back_to_the_start(depth, found):
    assert INKED == 0.35
    share = leading() * depth
    ink_, way = begun(share=share)
    assert (with_start(ink_, way, 0, 20.0, 2.0) is not None) is found


@pytest.mark.parametrize(("top", "found"), [(11, True), (10, True), (9, False)])
def test_a_hidden_line_falls_at_once_by_a_part_of_the_height(top, found):
    """From row 60, where it is first seen, by 50 of 200 rows."""
    assert TALLEST == 0.25
    ink_, way = begun(other=leading(top=top))
    assert (with_start(ink_, way, 0, float(top), 2.0) is not None) is found


@pytest.mark.parametrize(("off", "width", "found"), [
    (6, 2.0, True), (7, 2.0, False), (9, 6.0, True), (10, 6.0, False),
])  # fmt: skip
def test_a_hidden_beginning_leads_to_the_top(off, width, found):
    """Within six rows, or the width of the line and three."""
    ink_, way = begun(other=leading(thick=1))
    whole = with_start(ink_, way, 0, 20.0 - off, width)
    assert (whole is not None) is found
