"""Near hues, turned pictures without axes, ink that draws a way off, and falls at the very end."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import read_image
from hilum.literature.figures.axes import from_points
from hilum.literature.figures.last_fall import ASIDE, End, _in_steps, _reaches
from hilum.literature.figures.paths import ODD, ODDEST, _broken_oddly, _of_marks, _peeps_out
from hilum.literature.figures.picture import ALTOGETHER, load, straightened, turn_of_steps
from hilum.literature.figures.raster_checks import APART, _meet
from hilum.literature.figures.way import BARE_DASHED, Way, one_way
from tests.literature.test_raster_shades import (
    BOTTOM,
    FIRST,
    LEFT,
    LOWER,
    RIGHT,
    SECOND,
    TOP,
    UPPER,
    X,
    Y,
    error,
    marks,
    paper,
    pen,
    saved,
)

BLACK, BLUE, RED = (0, 0, 0), (31, 119, 180), (214, 39, 40)
PAIRS = [
    ((31, 119, 180), (46, 159, 223)),
    ((214, 39, 40), (166, 52, 27)),
    ((44, 160, 44), (27, 158, 119)),
    ((255, 127, 14), (217, 95, 2)),
]


def named(colour):
    return "#" + "".join(f"{c:02x}" for c in colour)


def warned(found):
    return [c.code for c in found.checks if c.outcome == "warn"]


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("width", [2, 3, 5])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_two_hues_that_are_nearly_one_are_told_by_what_they_take_from_the_paper(
    tmp_path, one, other, width, suffix
):
    picture = paper()
    pen(picture, FIRST, one, width=width)
    pen(picture, SECOND, other, width=width)
    how = {"quality": 85, "subsampling": 0} if suffix == "jpg" else {}
    path = saved(picture, tmp_path / f"figure.{suffix}", **how)
    for colour, curve in ((one, FIRST), (other, SECOND)):
        off, found = error(path, curve, named(colour))
        # A line of an even width lies half a pixel beside its place; crossings hide a pixel or two.
        assert off < 0.015
        assert found.coordinates.time[-1] > 55


def test_a_steep_thick_line_keeps_its_beginning_beside_a_near_hue(tmp_path):
    """Nowhere is it level for long: single pixels tell it, not its crossings."""
    times = np.arange(0.6, 24, 0.6)
    steep = (list(times), list(np.exp(-times / 16)))
    picture = paper()
    pen(picture, UPPER, PAIRS[0][1], width=5)
    pen(picture, steep, PAIRS[0][0], width=5)
    off, found = error(saved(picture, tmp_path / "figure.png"), steep, named(PAIRS[0][0]))
    assert off < 0.015
    assert "line_seen" not in warned(found)


@pytest.mark.parametrize(("share", "sure"), [(0.0, True), (0.2, True), (0.5, False), (0.9, True)])
def test_a_colour_between_two_near_hues_warns(tmp_path, share, sure):
    one, other = np.array(PAIRS[0][0]), np.array(PAIRS[1][0])
    other = (one + 0.3 * (other - one)).round().astype(int)
    picture = paper()
    pen(picture, FIRST, tuple(one))
    pen(picture, SECOND, tuple(other))
    asked = (one + share * (other - one)).round().astype(int)
    found = error(saved(picture, tmp_path / "figure.png"), FIRST, named(asked))[1]
    assert ("line_alone" not in warned(found)) == sure


def test_a_line_whose_hue_wavers_is_one_line(tmp_path):
    picture = paper()
    pen(picture, FIRST, PAIRS[0][0])
    drawn = picture[:, :, 0] < 255
    picture[:, 200:][drawn[:, 200:]] = PAIRS[0][1]
    off, found = error(saved(picture, tmp_path / "figure.png"), FIRST, named(PAIRS[0][0]))
    assert off < 0.008
    assert found.coordinates.time[-1] > 55


def test_two_lines_of_the_very_same_colour_are_still_refused(tmp_path):
    picture = paper()
    pen(picture, FIRST, BLUE)
    pen(picture, SECOND, BLUE)
    with pytest.raises(InputError, match="one curve of this colour"):
        read_image(saved(picture, tmp_path / "f.png"), x_axis=X, y_axis=Y, colour=named(BLUE))


@pytest.mark.parametrize("degrees", [0.0, 0.5, -1.2, 2.0])
def test_a_turned_curve_without_axes_is_turned_back_by_its_steps(tmp_path, degrees):
    from PIL import Image

    picture = paper()
    pen(picture, FIRST, BLUE)
    for row in range(TOP, BOTTOM + 1, 60):
        picture[row, LEFT:] = np.minimum(picture[row, LEFT:], 225)
    turned = Image.fromarray(picture).rotate(degrees, Image.Resampling.BICUBIC, fillcolor="white")
    path = tmp_path / "figure.png"
    turned.save(path)
    assert turn_of_steps(load(path)) == pytest.approx(degrees, abs=0.08)
    assert straightened(load(path), X, Y).turn == pytest.approx(degrees, abs=0.08)


def pieces(many, long, slopes):
    """Level pieces of lines on a page, each with its slope."""
    pixels = np.full((300, 900, 3), 255, np.float32)
    for i in range(many):
        for c in range(long):
            pixels[20 + 25 * i + round(slopes[i % len(slopes)] * c), 50 + c] = 0
    return pixels


@pytest.mark.parametrize(
    ("many", "long", "turned"),
    [(5, int(ALTOGETHER / 5) - 3, False), (5, int(ALTOGETHER / 5) + 3, True), (4, 100, False)],
)
def test_few_level_pieces_tell_no_turn(many, long, turned):
    """A slope of a hundredth is half a degree."""
    assert (turn_of_steps(pieces(many, long, [0.01])) != 0) == turned


def test_pieces_that_do_not_agree_tell_no_turn():
    assert turn_of_steps(pieces(6, 200, [0.0, 0.02, 0.04])) == 0
    # What is steeper than any turn is not counted.
    assert turn_of_steps(pieces(8, 100, [0.02, 0.02, 0.02, 0.2])) == pytest.approx(-1.15, abs=0.2)


def test_where_an_axis_stands_level_steps_tell_no_turn():
    picture = pieces(6, 100, [0.02])
    picture[250, 40:860] = 0
    assert turn_of_steps(picture) == 0


def test_a_broken_line_is_followed_past_the_box_of_a_legend(tmp_path):
    """A level line on the way to its foot has more ink than the rest of the curve."""
    fast = ([2, 4, 6, 9, 12], [0.9, 0.8, 0.72, 0.66, 0.62])
    late = (fast[0] + [24, 34, 44, 52], fast[1] + [0.58, 0.5, 0.4, 0.3])
    picture = paper()
    pen(picture, late, BLACK, width=1, dash=(5, 4))
    foot = round(Y.place(0.62)) + 1
    picture[foot - 60 : foot + 1, 250:430] = 255
    for row in (foot - 60, foot):
        picture[row, 250:430] = 0
    for column in (250, 429):
        picture[foot - 60 : foot + 1, column] = 0
    off, found = error(saved(picture, tmp_path / "figure.png"), late, "#000000")
    assert found.coordinates.time[-1] > 54
    assert off < 0.02


def broken(gaps, dashes=10):
    """A level line of dashes of ten columns with gaps between."""
    seen = np.concatenate([np.r_[np.ones(dashes, bool), np.zeros(g, bool)] for g in (*gaps, 0)])
    none = np.zeros(len(seen), bool)
    return Way(0, len(seen) - 1, np.arange(len(seen)) // 20, seen, none, 0.0, 9.0)


def test_one_long_gap_is_no_dash():
    assert not _broken_oddly(broken([6] * 8))
    # Two gaps among six of five columns: more than ODD of all gaps.
    assert pytest.approx(70 / 100) == ODD
    assert [_broken_oddly(broken([5] * 6 + [long] * 2)) for long in (34, 35, 36)] == [
        False, False, True,
    ]  # fmt: skip
    short = broken([2, 2])
    assert ODDEST * len(short.row) >= 4
    assert not _broken_oddly(short)
    assert _broken_oddly(broken([200]))


@pytest.mark.parametrize(("seen", "hidden", "peeps"), [(44, 56, True), (45, 55, False),
                                                       (40, 50, False)])  # fmt: skip
def test_what_is_seen_beside_another_line_is_no_line(seen, hidden, peeps):
    on = np.arange(100) < seen
    below = np.arange(100) >= 100 - hidden
    assert _peeps_out(Way(0, 99, np.zeros(100, int), on, below, 0.0, 9.0)) == peeps


def way(row):
    on = np.ones(len(row), bool)
    return Way(0, len(row) - 1, np.array(row), on, ~on, 0.0, 9.0)


@pytest.mark.parametrize(("foot", "meets"), [(60, True), (57, True), (52, False)])
def test_lines_whose_falls_touch_may_be_mixed_up(foot, meets):
    """One falls to near where the other falls from, in one place: nowhere are both level near."""
    upper = way([10] * 50 + [foot] * 50)
    lower = way([60] * 50 + [foot + APART + 20] * 50)
    assert _meet(upper, lower, 2.0) == meets


@pytest.mark.parametrize(("increasing", "found"), [(None, True), (True, True)])
def test_lines_that_rise_below_a_sample_of_the_legend_are_read(tmp_path, increasing, found):
    picture = paper()
    risen = ([4, 9, 13, 20, 27, 33, 41, 50], [0.95, 0.9, 0.84, 0.76, 0.7, 0.62, 0.5, 0.4])
    pen(picture, risen, BLUE)
    flipped = paper()
    flipped[TOP : BOTTOM + 1] = picture[TOP : BOTTOM + 1][::-1]
    flipped[TOP - 1 : TOP + 2, LEFT + 6 : LEFT + 56] = BLUE
    path = saved(flipped, tmp_path / "figure.png")
    read = read_image(path, x_axis=X, y_axis=Y, colour=named(BLUE), increasing=increasing)
    assert read.increasing == found
    assert read.coordinates.survival[-1] == pytest.approx(0.4, abs=0.01)


def test_a_level_line_at_the_top_alone_is_a_curve_without_deaths(tmp_path):
    picture = paper()
    picture[TOP - 1 : TOP + 2, LEFT:RIGHT] = BLUE
    path = saved(picture, tmp_path / "figure.png")
    read = read_image(path, x_axis=X, y_axis=Y, colour=named(BLUE))
    assert not read.increasing
    assert read.coordinates.survival[-1] == 1


def test_two_falls_in_one_stroke_at_the_end_are_two(tmp_path):
    curve = ([10, 20, 50], [0.8, 0.6, 0.5])
    picture = paper()
    pen(picture, curve, BLUE)
    end, middle = round(X.place(57)), round(Y.place(0.25))
    picture[round(Y.place(0.5)) : middle + 1, end - 1 : end + 2] = BLUE
    picture[middle - 1 : middle + 2, end - 1 : end + 5] = BLUE
    picture[middle : BOTTOM + 1, end + 2 : end + 5] = BLUE
    found = error(saved(picture, tmp_path / "figure.png"), curve, named(BLUE))[1]
    assert found.coordinates.survival[-3:] == pytest.approx((0.5, 0.25, 0.0), abs=0.01)
    assert found.coordinates.time[-2:] == pytest.approx((57, 57.45), abs=0.2)


@pytest.mark.parametrize(("apart", "two"), [(1.1, False), (1.25, True), (2.0, True)])
def test_a_stroke_in_two_columns_is_two_falls_from_so_far_on(apart, two):
    assert ASIDE == 1.2
    columns = np.r_[np.full(20, 40.0), np.full(30, 40.0 + apart)]
    found = _in_steps(End(40.5, 100), np.arange(110, 160), columns)
    assert (found.step is not None) == two
    if two:
        assert found.step == (40.0, 130.0)
        assert found.column == pytest.approx(40.0 + apart)


@pytest.mark.parametrize(("dashes", "told"), [(3, False), (5, None)])
def test_dashes_down_from_the_end_that_stop_on_the_way_cannot_be_told(dashes, told):
    """Seven rows of ink and three without; more than twice the tallest mark."""
    seen = np.zeros(200, bool)
    for i in range(dashes):
        seen[10 * i : 10 * i + 7] = True
    assert _reaches(seen, np.zeros(200, bool), 3) is told


def test_marks_on_a_near_hue_do_not_take_the_line_away(tmp_path):
    picture = paper()
    pen(picture, FIRST, PAIRS[1][0])
    pen(picture, LOWER, PAIRS[1][1])
    marks(picture, LOWER, PAIRS[1][1], np.arange(11, 56, 2.3))
    off, found = error(saved(picture, tmp_path / "figure.png"), LOWER, named(PAIRS[1][1]))
    assert off < 0.012
    assert "line_alone" not in warned(found)


@pytest.mark.parametrize(("rows", "found"), [(2, False), (60, True)])
def test_a_broken_line_goes_on_behind_a_deep_fall_at_its_end(tmp_path, rows, found):
    """A short last level, at the foot of a fall whose gaps cost more than it adds."""
    low = 0.5 - rows / 300
    curve = ([10, 20, 35, 54], [0.8, 0.7, 0.5, low])
    picture = paper()
    pen(picture, curve, BLACK, width=3, dash=(9, 9))
    off, read = error(saved(picture, tmp_path / "figure.png"), curve, "#000000")
    assert off < 0.015
    assert (read.coordinates.survival[-1] < 0.45) == found


def test_a_broken_stroke_down_to_the_axis_leads_nowhere_else(tmp_path):
    picture = paper()
    curve = ([10, 20, 35], [0.8, 0.7, 0.5])
    pen(picture, curve, BLACK, width=3, dash=(9, 5))
    for row in range(round(Y.place(0.5)), BOTTOM, 14):
        picture[row : row + 9, round(X.place(57)) - 1 : round(X.place(57)) + 2] = 0
    picture[BOTTOM : BOTTOM + 2, LEFT:] = 0
    read = error(saved(picture, tmp_path / "figure.png"), curve, "#000000")[1].coordinates
    assert read.survival[-1] in (0.0, pytest.approx(0.5, abs=0.01))
    assert read.time[-1] < 58


def test_a_limit_read_for_a_broken_line_warns(tmp_path):
    picture = paper()
    pen(picture, UPPER, (0, 70, 139), width=1, dash=(5, 4))
    pen(picture, LOWER, (0, 70, 139), width=1, dash=(7, 3))
    pen(picture, FIRST, (0, 70, 139))
    marks(picture, FIRST, (0, 70, 139), np.arange(11, 56, 1.7))
    path = saved(picture, tmp_path / "figure.png")
    found = read_image(path, x_axis=X, y_axis=Y, colour="#00468b dashed")
    assert "line_alone" in warned(found)
    assert "line_alone" not in warned(read_image(path, x_axis=X, y_axis=Y, colour="#00468b"))


@pytest.mark.parametrize(("thick", "thin"), [(5, 1), (5, 2), (3, 3), (2, 5)])
def test_lines_of_one_colour_are_measured_by_their_own_widths(tmp_path, thick, thin):
    picture = paper()
    pen(picture, LOWER, BLACK, width=thick)
    pen(picture, UPPER, BLACK, width=thin, dash=(9, 5))
    path = saved(picture, tmp_path / "figure.png")
    # A line of an even width lies half a pixel beside its place.
    assert error(path, LOWER, "#000000 solid")[0] < 0.01
    assert error(path, UPPER, "#000000 dashed")[0] < 0.017


@pytest.mark.parametrize(("first", "read"), [(28, True), (31, False)])
def test_a_line_that_falls_from_the_top_may_begin_late(tmp_path, first, read):
    """A logarithmic axis shows no time 0; it is at the top where it begins, and was before."""
    picture = paper()
    curve = ([36, 44, 50], [0.9, 0.7, 0.5])
    pen(picture, curve, BLUE)
    picture[:, : round(X.place(first))] = 255
    path = saved(picture, tmp_path / "figure.png")
    if not read:
        with pytest.raises(InputError, match="from the start of the axis"):
            read_image(path, x_axis=X, y_axis=Y, colour=named(BLUE))
        return
    off, found = error(path, curve, named(BLUE))
    assert off < 0.01
    assert warned(found) == []


def test_thin_lines_of_one_colour_and_two_widths_are_of_one_shade(tmp_path):
    """The limits are deeper at their deepest, as they lie on whole pixels, and yet less."""
    picture = paper()
    pen(picture, UPPER, RED, width=1, dash=(6, 4))
    pen(picture, LOWER, RED, width=1, dash=(6, 4))
    half = tuple(round(255 - 0.85 * (255 - c)) for c in RED)
    pen(picture, FIRST, half, width=2, dash=(9, 4))
    off, found = error(saved(picture, tmp_path / "figure.png"), FIRST, named(RED))
    assert off < 0.015
    assert found.limits == 2


def test_a_broken_line_that_looks_paler_than_a_whole_one_is_read(tmp_path):
    """Asked for by its dash: of the shades of the colour only the whole line's is there."""
    picture = paper()
    pen(picture, LOWER, BLACK, width=3)
    pen(picture, UPPER, (110, 110, 110), width=3, dash=(9, 5))
    path = saved(picture, tmp_path / "figure.png")
    off, found = error(path, UPPER, "#000000 dashed")
    assert off < 0.012
    assert "line_alone" in warned(found)
    assert error(path, LOWER, "#000000 solid")[0] < 0.008


@pytest.mark.parametrize(("long", "taken", "last"), [(10, False, 199), (40, False, 79),
                                                      (40, True, 199)])  # fmt: skip
def test_a_gap_is_none_where_another_line_was_taken(long, taken, last):
    """Dashes of eight columns, four without, and a stretch where another line was rubbed out."""
    share = np.zeros((60, 200))
    share[20:22, np.arange(200) % 12 < 8] = 1
    share[:, 80 : 80 + long] = 0
    rubbed = np.zeros(share.shape, bool)
    rubbed[19:23, 80 : 80 + long] = taken
    none = np.zeros(share.shape, bool)
    _, found = one_way(share, none, 20.0, 0, BARE_DASHED, 2.0, rubbed)
    assert found.last == pytest.approx(last, abs=5)


def test_words_at_the_top_are_no_line_where_longer_ones_rise(tmp_path):
    risen = ([4, 9, 13, 20, 27, 33, 41, 50], [0.95, 0.9, 0.84, 0.76, 0.7, 0.62, 0.5, 0.4])
    picture = paper()
    pen(picture, risen, BLACK)
    flipped = paper()
    flipped[TOP : BOTTOM + 1] = picture[TOP : BOTTOM + 1][::-1]
    for i in range(14):
        # Letters: strokes of some pixels, each a little lower.
        flipped[TOP + 2 + i : TOP + 10 + i, LEFT + 4 + 8 * i : LEFT + 9 + 8 * i] = 0
    path = saved(flipped, tmp_path / "figure.png")
    read = read_image(path, x_axis=X, y_axis=Y, colour="#000000")
    assert read.increasing
    assert read.coordinates.survival[-1] == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(("tall", "beside", "of_marks"), [(3, True, False), (4, True, True),
                                                           (4, False, False)])  # fmt: skip
def test_a_whole_line_far_higher_than_others_is_of_marks_beside_one(tall, beside, of_marks):
    """From 1.6 times the width of a line on."""
    share = np.zeros((60, 200))
    share[20 : 20 + tall] = 1
    line = Way(0, 199, np.full(200, 21), np.ones(200, bool), np.zeros(200, bool), 0.0, 0.0)
    assert _of_marks(share, line, 2.0, beside=beside) == of_marks


def test_a_line_first_seen_lower_and_left_of_time_0_starts_at_1(tmp_path):
    """Its first column lies before the axis by half its width, what it fell at once is hidden."""
    picture = paper()
    curve = ([0.01, 20, 40], [0.96, 0.7, 0.5])
    pen(picture, curve, BLUE)
    row = round(Y.place(0.96))
    picture[: row - 3, : LEFT + 3] = 255
    picture[row - 1 : row + 2, LEFT - 3 : LEFT + 3] = BLUE
    path = saved(picture, tmp_path / "figure.png")
    # A scale on which the place of time 0 has a time a hair above it, right of the first column.
    x = from_points(np.array([LEFT + 0.2, RIGHT + 0.3]), [0, 36], 0.5)
    assert x.value(x.place(0.0)) > 0
    read = read_image(path, x_axis=x, y_axis=Y, colour=named(BLUE)).coordinates
    assert read.survival[0] == 1
    assert np.all(np.diff(read.time) >= 0)
    assert np.all(np.diff(read.survival) <= 0)
