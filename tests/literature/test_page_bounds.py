"""Numbers that decide which axes, names and pieces a line of a page has: on the line and beside."""

from itertools import pairwise

import pytest

from hilum.literature.figures.axes import from_points
from hilum.literature.figures.homes import BEYOND, LEAST, MOST, _below, _beside, no_home
from hilum.literature.figures.legend import (
    CLEAR,
    FLAT,
    GAP,
    LONG,
    NEAR,
    SAME_LINE,
    SHORT,
    TITLED,
    _coloured,
    names_of,
    words_beside,
)
from hilum.literature.figures.lines import (
    SHORTEST,
    SMOOTH,
    STEPS,
    STRAIGHT,
    TOUCHING,
    Line,
    lines_of,
)
from hilum.literature.figures.outlines import (
    ALIKE,
    LONGER,
    LONGEST,
    WAVER,
    WIDEST,
    _by_width,
    _next,
    _Piece,
    _piece,
    _spans,
    _usual_gap,
    _way,
    outlined,
)
from hilum.literature.figures.page import Page, Stroke, Word
from hilum.literature.figures.rulers import Ruler

RED, BLUE = "#d62728", "#1f77b4"


def across(first=100.0, last=200.0, *, at=300.0, many=6, ticked=True, log=False):
    axis = from_points([first, last], [1.0, 50.0], 0.5, log=log)
    labels = tuple((float(i), first + i * (last - first) / (many - 1)) for i in range(many))
    return Ruler(0, axis, first, last, at, ticked, 0.0, False, labels)


def upwards(first=100.0, last=300.0, *, at=90.0, low=0.0, high=1.0, ticked=True):
    axis = from_points([first, last], [high, low], 0.5)
    return Ruler(1, axis, first, last, at, ticked, 0.0, False, ((high, first), (low, last)))


def line(left, top, right, bottom, colour=RED, dash=()):
    points = ((left, top), (right, top), (right, bottom))
    return Line(points, False, False, colour, 1.0, dash)


# Axes.


@pytest.mark.parametrize(("right", "fits"), [(234.9, True), (235.0, True), (235.1, False)])
def test_a_line_passes_its_last_label_by_a_share_of_the_axis(right, fits):
    assert BEYOND == 0.35
    assert (_below([across()], line(100, 120, right, 200)) is not None) is fits


@pytest.mark.parametrize(("right", "fits"), [(259.0, True), (260.0, True), (261.0, False)])
def test_a_line_passes_its_last_label_by_little_more_than_a_step(right, fits):
    """Three labels: 1.2 of their distance is more than the share of the axis."""
    assert (_below([across(many=3)], line(100, 120, right, 200)) is not None) is fits


@pytest.mark.parametrize(("left", "fits"), [(71.0, True), (70.0, True), (69.9, False)])
def test_a_line_begins_before_its_first_label_by_little_more_than_a_step(left, fits):
    """1.2 of the distance of two labels, and six points."""
    assert (_below([across()], line(left, 120, 200, 200)) is not None) is fits
    # A logarithmic axis has no time 0: nothing is asked of where the line begins.
    assert _below([across(log=True)], line(left, 120, 200, 200)) is not None


@pytest.mark.parametrize(("at", "fits"), [(200.0, True), (199.95, True), (199.9, False)])
def test_an_axis_stands_below_its_line(at, fits):
    assert STRAIGHT == 0.06
    assert (_below([across(at=at)], line(100, 120, 200, 200)) is not None) is fits


def test_an_axis_above_a_line_is_its_own_only_with_ticks():
    assert _below([across(at=90)], line(100, 120, 200, 200)) is not None
    assert _below([across(at=90, ticked=False)], line(100, 120, 200, 200)) is None


@pytest.mark.parametrize(("top", "fits"), [(24.1, True), (24.0, True), (23.9, False)])
def test_a_line_begins_above_the_first_number_of_its_axis(top, fits):
    """0.35 of the axis, and six points."""
    assert (_beside([upwards()], line(100, top, 200, 200), None) is not None) is fits


@pytest.mark.parametrize(("bottom", "fits"), [(369.9, True), (370.0, True), (370.1, False)])
def test_a_line_goes_on_below_the_last_number_of_its_axis(bottom, fits):
    assert BEYOND == 0.35
    assert (_beside([upwards()], line(100, 120, 200, bottom), None) is not None) is fits


@pytest.mark.parametrize(("low", "high", "fits"), [
    (0, 119, True), (0, 120, True), (0, 121, False), (-19, 100, True), (-20, 100, True),
    (-21, 100, False),
])  # fmt: skip
def test_levels_of_an_axis_of_percent(low, high, fits):
    assert (LEAST, MOST) == (-20.0, 120.0)
    ruler = upwards(low=float(low), high=float(high))
    assert (_beside([ruler], line(100, 120, 200, 200), None) is not None) is fits


@pytest.mark.parametrize(("high", "field"), [(120.0, "x_axis"), (121.0, "y_axis")])
def test_the_refusal_names_the_axis_that_is_none_of_shares(high, field):
    page = Page("figure.svg", 1, (400, 400), (), ())
    refused = no_home(line(100, 120, 200, 200), page, [across()], [upwards(high=high)], None, None)
    assert refused.faults[0].column == field


@pytest.mark.parametrize(("at", "fits"), [(104.9, True), (105.0, False), (154.9, False),
                                          (195.1, True), (195.0, False)])  # fmt: skip
def test_an_axis_stands_left_of_its_line_or_right_of_it(at, fits):
    """By no more than five points inside of its end."""
    assert (_beside([upwards(at=at)], line(100, 120, 200, 200), None) is not None) is fits


@pytest.mark.parametrize(("at", "fits"), [(106.9, True), (107.1, False)])
def test_an_axis_stands_where_the_other_begins(at, fits):
    """A line that begins later has its axis there: two points and five inside of the other's."""
    late = line(150, 120, 200, 200)
    assert (_beside([upwards(at=at)], late, across()) is not None) is fits
    early = line(50, 120, 200, 200)
    assert _beside([upwards(at=54.0)], early, across()) is not None
    assert _beside([upwards(at=56.0)], early, across()) is None


@pytest.mark.parametrize(("at", "fits"), [(193.1, True), (192.9, False)])
def test_an_axis_stands_where_the_other_ends(at, fits):
    short = line(100, 120, 150, 200)
    assert (_beside([upwards(at=at)], short, across()) is not None) is fits


# Names.


def word(text, left, middle=50.0, *, wide=None, colour=None):
    wide = 5.0 * len(text) if wide is None else wide
    return Word(text, left, middle - 4, left + wide, middle + 4, True, colour)


def sample(left=100.0, right=120.0, middle=50.0, *, tall=0.0, colour=RED):
    return Stroke(((left, middle), (right, middle + tall)), colour, 1.0)


def named(samples, words, colours=(RED,)):
    lines = [line(100, 200 + 10 * i, 300, 250 + 10 * i, c) for i, c in enumerate(colours)]
    return names_of(lines, samples, words)


@pytest.mark.parametrize(("wide", "name"), [(4.9, ""), (5.0, "Drug"), (70.0, "Drug"), (70.1, "")])
def test_how_long_a_sample_is(wide, name):
    assert (SHORT, LONG) == (5.0, 70.0)
    assert named([sample(120 - wide, 120)], [word("Drug", 125)]) == [name]


@pytest.mark.parametrize(("tall", "name"), [(0.5, "Drug"), (0.6, "Drug"), (0.7, "")])
def test_a_sample_is_level(tall, name):
    assert FLAT == 0.6
    # On a grid that a computer's numbers hold: 50 + 0.6 - 50 is a hair above 0.6.
    assert named([sample(tall=tall - 1e-9)], [word("Drug", 125)]) == [name]


@pytest.mark.parametrize(("gap", "text", "first"), [
    (33.9, "Drug", 33.9), (34.0, "Drug", 34.0), (34.1, "", 34.0), (-1.0, "Drug", -1.0),
    (-1.1, "", 34.0),
])  # fmt: skip
def test_how_near_words_begin(gap, text, first):
    assert NEAR == 34.0
    for to_right, left in ((True, 120 + gap), (False, 100 - gap - 20)):
        found = words_beside([word("Drug", left)], (100, 50, 120, 50), to_right=to_right)
        assert found == (text, pytest.approx(first))


@pytest.mark.parametrize(("gap", "text"), [(8.9, "Drug A"), (9.0, "Drug A"), (9.1, "Drug")])
def test_how_far_apart_words_of_a_name_are(gap, text):
    assert GAP == 9.0
    words = [word("Drug", 125), word("A", 145 + gap)]
    assert words_beside(words, (100, 50, 120, 50), to_right=True)[0] == text


@pytest.mark.parametrize(("off", "text"), [(4.9, "Drug"), (5.0, ""), (5.1, "")])
def test_words_stand_on_the_line_of_their_sample(off, text):
    assert SAME_LINE == 5.0
    assert words_beside([word("Drug", 125, 50 + off)], (100, 50, 120, 50), to_right=True)[0] == text


def _two(before, behind, lower=70.0):
    """Two samples with words on both sides; how far these stand."""
    samples = [sample(middle=50), sample(middle=lower, colour=BLUE)]
    words = [word(t, 100 - before - 20, m) for t, m in (("Left", 50.0), ("More", lower))]
    words += [word(t, 120 + behind, m) for t, m in (("Drug", 50.0), ("None", lower))]
    return named(samples, words, (RED, BLUE))


@pytest.mark.parametrize(("before", "behind", "names"), [
    (13.1, 10.0, ["Drug", "None"]), (13.0, 10.0, ["Drug", "None"]), (12.9, 10.0, ["", ""]),
    (10.0, 12.9, ["", ""]), (10.0, 13.0, ["Left", "More"]), (10.0, 13.1, ["Left", "More"]),
])  # fmt: skip
def test_the_nearer_side_is_so_many_times_as_near(before, behind, names):
    assert CLEAR == 1.3
    assert _two(before, behind) == names


@pytest.mark.parametrize(("before", "behind", "names"), [
    (10.0, 21.9, ["Drug", "None"]), (10.0, 22.0, ["Left", "More"]), (10.0, 22.1, ["Left", "More"]),
])  # fmt: skip
def test_on_one_line_words_before_are_names_where_they_are_far_nearer(before, behind, names):
    assert TITLED == 12.0
    samples = [sample(100, 120), sample(300, 320, colour=BLUE)]
    words = [word("Left", 80 - before), word("Drug", 120 + behind),
             word("More", 280 - before), word("None", 320 + behind)]  # fmt: skip
    assert named(samples, words, (RED, BLUE)) == names


@pytest.mark.parametrize(("off", "alike"), [(4.9, True), (5.0, False), (5.1, False)])
def test_samples_of_one_line(off, alike):
    """There words behind are names though those before are nearer by less than that."""
    assert SAME_LINE == 5.0
    assert _two(10.0, 21.0, 50.0 + off)[0] in (("Drug", "Drug None", "") if alike else ("Left",))
    samples = [sample(100, 120), sample(300, 320, 50 + off, colour=BLUE)]
    words = [word("Left", 70), word("Drug", 141), word("More", 270, 50 + off),
             word("None", 341, 50 + off)]  # fmt: skip
    found = named(samples, words, (RED, BLUE))
    assert found == (["Drug", "None"] if alike else ["Left", "More"])


@pytest.mark.parametrize(("off", "name"), [(0.0, "Drug A"), (1.0, "Drug A"), (3.0, "")])
def test_words_in_the_colour_of_a_line_are_its_name_where_they_are_one_row(off, name):
    """Rows are told to three points."""
    words = [word("Drug", 125, 51, colour=RED), word("A", 150, 51 + off, colour=RED)]
    assert _coloured(line(0, 0, 9, 9), words) == name


# Lines.


def stair(many, long=10.0, tall=10.0):
    points = [(100.0, 100.0)]
    for _ in range(many):
        x, y = points[-1]
        points += [(x + long, y), (x + long, y + tall)]
    return points


@pytest.mark.parametrize(("wide", "lines"), [(39.9, 0), (40.0, 1), (40.1, 1)])
def test_a_shorter_line_is_a_sample_of_the_legend(wide, lines):
    assert SHORTEST == 40.0
    points = tuple(stair(4, wide / 4))
    assert len(lines_of([Stroke(points, RED, 1.0)])) == lines


@pytest.mark.parametrize(("tall", "lines"), [(0.9, 0), (1.0, 1), (1.1, 1)])
def test_a_line_falls_by_a_point_at_least(tall, lines):
    # A power of two, which keeps the last level exact.
    points = tuple((x, 100 + (y - 100) * tall / 40) for x, y in stair(4))
    assert len(lines_of([Stroke(points, RED, 1.0)])) == lines


@pytest.mark.parametrize(("back", "lines"), [(0.05, 1), (0.07, 0)])
def test_a_line_goes_right_and_one_way_only(back, lines):
    assert STRAIGHT == 0.06
    across_, up = stair(6), stair(6)
    across_[5] = (across_[5][0] - 10 - back, across_[5][1])
    up[5] = (up[5][0], up[5][1] - back)
    assert len(lines_of([Stroke(tuple(across_), RED, 1.0)])) == lines
    assert len(lines_of([Stroke(tuple(up), RED, 1.0)])) == lines


@pytest.mark.parametrize(("aslant", "smooth"), [(1, False), (2, False), (3, True)])
def test_how_much_of_a_staircase_is_level_or_upright(aslant, smooth):
    """Of ten parts two may be aslant."""
    assert STEPS == 0.8
    points = stair(5)
    for i in range(aslant):
        x, y = points[2 * i + 1]
        points[2 * i + 1] = (x, y + 1)
    # Each shift makes one part slope: the level one before it; the upright stays.
    assert lines_of([Stroke(tuple(points), RED, 1.0)])[0].smooth is smooth


@pytest.mark.parametrize(("many", "lines"), [(11, 0), (12, 1), (13, 1)])
def test_a_curve_of_slopes_from_pieces_has_more_points(many, lines):
    assert SMOOTH == 12
    points = [(100.0 + 10 * i, 100.0 + 3 * i + (i % 2)) for i in range(many)]
    pieces = [Stroke((a, b), RED, 1.0) for a, b in pairwise(points)]
    assert len(lines_of(pieces)) == lines


@pytest.mark.parametrize(("gap", "lines"), [(0.07, 1), (0.09, 0)])
def test_pieces_that_touch_are_one_line(gap, lines):
    assert TOUCHING == 0.08
    points = stair(4)
    first = tuple(points[:5])
    rest = tuple((x + gap, y) for x, y in points[4:])
    found = lines_of([Stroke(first, RED, 1.0), Stroke(rest, RED, 1.0)])
    assert len(found) == lines


@pytest.mark.parametrize(("left", "lines"), [(0.9, 0), (1.1, 1)])
def test_one_fall_at_one_end_is_two_sides_of_a_frame(left, lines):
    ends = ((100.0, 100.0), (200.0 - left, 100.0), (200.0 - left, 150.0), (200.0, 150.0))
    starts = ((100.0, 100.0), (100.0 + left, 100.0), (100.0 + left, 150.0), (200.0, 150.0))
    assert len(lines_of([Stroke(ends, RED, 1.0)])) == lines
    assert len(lines_of([Stroke(starts, RED, 1.0)])) == lines


@pytest.mark.parametrize(("off", "spikes"), [(0.01, 1), (0.03, 0)])
def test_a_mark_that_is_part_of_a_line_goes_straight_up(off, spikes):
    points = stair(5)
    points[1:1] = [(105.0, 100.0), (105.0, 97.0), (105.0 + off, 100.0)]
    found = lines_of([Stroke(tuple(points), RED, 1.0)])
    assert sum(len(one.spikes) for one in found) == spikes


@pytest.mark.parametrize(("tall", "spikes"), [(0.4, 0), (0.6, 1)])
def test_how_far_a_mark_stands_out_of_its_line(tall, spikes):
    points = stair(5)
    points[1:1] = [(105.0, 100.0), (105.0, 100.0 - tall), (105.0, 100.0)]
    assert len(lines_of([Stroke(tuple(points), RED, 1.0)])[0].spikes) == spikes


# Outlines.


def bar(left, top, long, width):
    return ((left, top), (left + long, top), (left + long, top + width), (left, top + width))


@pytest.mark.parametrize(("width", "read"), [(5.9, True), (6.0, False), (6.1, False)])
def test_the_widest_line(width, read):
    assert WIDEST == 6.0
    assert bool(_by_width([_spans(bar(0, 0, 40, width))])) is read


@pytest.mark.parametrize(("more", "width"), [(0.02, 1.01), (0.029, 1.0145), (0.031, 1.0)])
def test_widths_of_one_line_differ_by_little(more, width):
    """Three pieces of each of two widths: of one line, its width lies between."""
    assert ALIKE == 0.03
    shapes = [_spans(bar(0, 9 * i, 40, 1.0 + more * (i > 2))) for i in range(6)]
    assert _by_width(shapes)[0][0] == pytest.approx(width)


@pytest.mark.parametrize(("more", "upright"), [(0.14, True), (0.16, False)])
def test_an_upright_piece_is_as_wide_as_its_line(more, upright):
    assert WAVER == 0.15
    piece = _piece(_spans(bar(10, 10, 2.0 + more, 30)), 2.0)
    assert (piece is not None and piece.points[0][0] == piece.points[1][0]) is upright


@pytest.mark.parametrize(("slope", "lines"), [(0.01, 1), (0.03, 0)])
def test_edges_of_an_outline_are_level_or_upright(slope, lines):
    """To 0.02 of a point."""
    shapes = [[*bar(12 * i, 10.0, 8.0, 1.0)] for i in range(8)]
    for shape in shapes:
        shape[1] = (shape[1][0] + slope, shape[1][1] + slope)
    strokes = [Stroke(tuple(shape), None, 0.0, (), RED) for shape in shapes]
    assert len(outlined(strokes)) == lines


def piece(left, right, top=10.0):
    return _Piece(((left, top), (right, top)))


@pytest.mark.parametrize(("gap", "found"), [(9.9, True), (10.0, True), (10.1, False)])
def test_a_gap_is_no_longer_than_so_many_usual_ones(gap, found):
    assert LONGER == 2.5
    assert (_next(piece(0, 8), [piece(8 + gap, 30)], 4.0, 1.0) is not None) is found


@pytest.mark.parametrize(("gap", "usual"), [(11.9, 11.9), (12.0, 0.0), (12.1, 0.0)])
def test_a_longer_way_is_no_gap(gap, usual):
    assert LONGEST == 12.0
    assert _usual_gap([piece(0, 8), piece(8 + gap, 30)], 1.0) == pytest.approx(usual)


@pytest.mark.parametrize(("back", "goes"), [(0.51, True), (0.53, False)])
def test_a_piece_may_begin_half_a_width_before_the_end_of_another(back, goes):
    assert (_way(piece(0, 8), piece(8 - back, 30), 1.0) < 1) is goes
