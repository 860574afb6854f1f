"""Numbers that decide whether an image is read, refused or warned of: on the line and beside it."""

import math

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import read_image
from hilum.literature.figures.axes import from_points
from hilum.literature.figures.choice import NO_GAPS, _by_cover, chosen
from hilum.literature.figures.chroma import CHANGED, COLOURED, _restored
from hilum.literature.figures.ends_of_axes import (
    ANOTHER,
    AT_ZERO,
    BEFORE,
    BEYOND,
    BREAK,
    DEEP,
    DOWN,
    FALLEN,
    FRAME,
    FURTHER,
    INKED,
    LEAST,
    ON,
    OUTER,
    WHOLE,
    _end_of_line,
    _followed,
    _outside,
    _sides,
    goes_on,
    right_ends,
    with_foot,
)
from hilum.literature.figures.hues import NEARER, TELL, of_hue
from hilum.literature.figures.ink import Ink
from hilum.literature.figures.limits import MOSTLY, SIDE, THIN, _over, heaviest
from hilum.literature.figures.paths import EDGE, THINNER, _is_edge
from hilum.literature.figures.picture import Straight
from hilum.literature.figures.plot_part import Plot
from hilum.literature.figures.raster import BESIDE, CLEARLY, SAME_COLOUR
from hilum.literature.figures.raster_checks import ALONG, DASH, FOLLOWS, _among_others, _dashes
from hilum.literature.figures.raster_start import LOST, SOON
from hilum.literature.figures.seen_colours import FARTHER, NEAREST, SeenColour, nearest_of
from hilum.literature.figures.slopes import LONG, SEEN, sloped
from hilum.literature.figures.way import SOLID, Way

AXES = from_points([10, 50], [0, 50], 0.5), from_points([70, 10], [0, 1], 0.5)
BLUE = np.array([0.0, 0.0, 200.0])


def page(high=80, wide=80, shade=255.0):
    return np.full((high, wide, 3), shade, np.float32)


def line(rows, seen=None, hidden=None, first=0):
    """A way through rows, all of it seen."""
    many = len(rows)
    seen = np.ones(many, bool) if seen is None else np.asarray(seen)
    hidden = np.zeros(many, bool) if hidden is None else np.asarray(hidden)
    rows = np.asarray(rows)
    fall = float(rows[-1] - rows[0])
    return Way(first, first + many - 1, rows, seen, hidden, 0.0, fall)


def ink(share, **how):
    share = np.asarray(share, float)
    return Ink(share, np.zeros(share.shape, bool), share, **how)


# How far the axes go.


@pytest.mark.parametrize(("share", "outside"), [(0.38, True), (0.42, False)])
def test_a_pixel_is_of_the_page_within_a_share_of_the_way_to_the_panel(share, outside):
    pixels = page(shade=200.0)
    pixels[[0, -1]], pixels[:, [0, -1]] = 255.0, 255.0
    pixels[40, 40] = 255 - share * 55
    assert OUTER == 0.4
    assert _outside(pixels, *AXES)[40, 40] == outside


@pytest.mark.parametrize(("before", "frame"), [(2, True), (3, False), (4, False)])
def test_a_frame_may_stand_a_little_before_the_last_calibration_point(before, frame):
    pixels = page()
    pixels[:, 50 - before] = 0
    assert BEFORE == 3
    ends = right_ends(Straight(pixels, *AXES), 1.0, 10.0)
    assert (ends[0] == (49.0 - before, 49.0 - before)) is frame


@pytest.mark.parametrize(("bare", "end"), [(2, 75), (3, 59), (4, 59)])
def test_the_line_of_an_axis_may_break(bare, end):
    dark = np.zeros((80, 80), bool)
    dark[70, 10:76] = True
    dark[70, 60 : 60 + bare] = False
    assert BREAK == 3
    assert _end_of_line(dark, AXES[1], 10, 50) == end


def test_a_picture_without_a_column_of_the_axis_has_no_end():
    assert _end_of_line(np.ones((1, 1), bool), AXES[1], 1, 0) is None


@pytest.mark.parametrize(("inked", "is_axis"), [(35, False), (36, False), (37, True)])
def test_the_line_of_an_axis_goes_along_nearly_all_of_it(inked, is_axis):
    """Of 40 columns, or rows, 36 are 90 %."""
    dark = np.zeros((80, 80), bool)
    dark[70, 50 - inked : 60] = True
    assert WHOLE == 0.9
    assert (_end_of_line(dark, AXES[1], 10, 49) is not None) is is_axis
    upright = np.zeros((80, 80), bool)
    upright[70 - inked : 70, 10] = True
    assert bool(_sides(upright, from_points([69, 30], [0, 1], 0.5), 10, 50)) is is_axis


def test_where_nothing_ends_an_axis_it_is_looked_at_further_and_further():
    """12 % behind the last calibration point, then half of the axis, one and a half and four."""
    pixels = page(80, 400)
    ends = right_ends(Straight(pixels, *AXES), 1.0, 10.0)
    assert (BEYOND, FURTHER) == (0.12, (0.5, 1.5, 4.0))
    assert [one for one, _ in ends] == pytest.approx([54.8, 70, 110, 210, 399])


def cut_off(low, below, wide=60):
    """An axis from ``low`` up: its foot a level line, an upright one that goes on ``below`` it."""
    pixels = page(200, 80)
    y = from_points([10, 100], [1, low], 0.5)
    pixels[100, 10 : 10 + wide] = 0
    pixels[10 : 101 + below, 10] = 0
    return Straight(pixels, from_points([10, 60], [0, 50], 0.5), y)


@pytest.mark.parametrize(("below", "ends"), [(3, True), (4, True), (5, False), (9, False)])
def test_an_upright_line_that_passes_a_level_one_says_that_the_axis_goes_on(below, ends):
    """Over 3 % of the picture, six rows here, of which it has 90 % from the fourth on: two."""
    picture = cut_off(0.6, below)
    assert (BREAK, max(round(ON * len(picture.pixels)), 5)) == (3, 6)
    _, bottom = with_foot(picture)
    assert (bottom == 99.0) is ends


@pytest.mark.parametrize(("low", "kept"), [(0.011, True), (0.0101, True), (0.0099, False)])
def test_a_line_at_the_foot_of_the_axis_lies_at_0(low, kept):
    """Within 1 % of survival its axis goes on to 0; else it is cut off there."""
    assert AT_ZERO == 0.01
    picture, bottom = with_foot(cut_off(low, 0))
    assert (bottom == 99.0) is kept
    assert (picture.y.low == low) is kept


# Whether a line goes on behind what was read.


def behind(draw, *, wide=100, columns=120):
    pixels = page(100, columns)
    pixels[30, :61] = BLUE
    draw(pixels)
    x, y = from_points([0, 50], [0, 50], 0.5), from_points([50, 10], [0, 1], 0.5)
    return goes_on(Straight(pixels, x, y), (60, 30), BLUE, wide=wide, seen=1.0)


@pytest.mark.parametrize(("columns", "on"), [(80, False), (81, True), (82, True)])
def test_how_much_is_looked_at_behind_a_frame(columns, on):
    """Sixteen columns behind the four of a frame, or nothing is said."""
    assert (FRAME, LEAST) == (4, 16)

    def draw(pixels):
        pixels[30, 65:] = BLUE

    assert behind(draw, columns=columns) is on


@pytest.mark.parametrize(("share", "on"), [(0.34, False), (0.36, True)])
def test_how_much_ink_goes_on(share, on):
    assert INKED == 0.35

    def draw(pixels):
        pixels[30, 65:] = 255 + share * (BLUE - 255)

    assert behind(draw) is on


@pytest.mark.parametrize(("off", "on"), [(54, True), (56, False)])
def test_what_goes_on_has_the_hue_of_the_line(off, on):
    """Beside its colour in a direction square to what it takes from the paper."""
    assert ANOTHER == 55.0

    def draw(pixels):
        pixels[30, 65:] = BLUE + off * np.array([1.0, -1.0, 0.0]) / math.sqrt(2)

    assert behind(draw) is on


@pytest.mark.parametrize(("rows", "followed"), [(-3, 0.0), (-2, 1.0), (10, 1.0), (11, 0.0)])
def test_by_how_much_a_line_may_have_left_its_row_under_a_frame(rows, followed):
    """It may waver by two rows and fall by ten."""
    own = np.zeros((DEEP, LEAST), bool)
    own[20 + rows] = True
    assert (DOWN, FALLEN, DEEP) == (2, 10, 60)
    assert _followed(own, 20) == followed


@pytest.mark.parametrize(("rise", "share"), [(2, 1.0), (3, 0.5)])
def test_a_line_that_goes_on_does_not_rise(rise, share):
    own = np.zeros((DEEP, LEAST), bool)
    own[20, :8] = own[20 - rise, 8:] = True
    assert _followed(own, 20) == share


# Which colour, which line.


def picture(*lines, wide=450):
    """Lines of pixels as (rows, first column, colour), three high."""
    out = np.full((340, wide, 3), 255, np.uint8)
    for rows, first, colour in lines:
        for i, row in enumerate(rows):
            low = min(rows[max(i - 1, 0)], row)
            high = max(rows[max(i - 1, 0)], row)
            out[low - 1 : high + 2, first + i] = colour
    return out


X, Y = from_points([20, 420], [0, 60], 0.5), from_points([15, 315], [1, 0], 0.5)


def read(tmp_path, pixels, colour, y=Y, **how):
    from PIL import Image

    path = tmp_path / "figure.png"
    Image.fromarray(pixels).save(path)
    return read_image(path, x_axis=X, y_axis=y, colour=colour, **how)


def steps(first, many, each=40, by=12):
    return [first + by * (i // each) for i in range(many)]


@pytest.mark.parametrize(("apart", "same"), [(29, True), (30, False), (31, False)])
def test_a_colour_seen_is_the_one_asked_for_within_30_of_441(tmp_path, apart, same):
    """A line that begins in the middle is refused; its own colour is not offered instead."""
    pixels = picture((steps(120, 200), 220, (40, 90, 160)))
    assert SAME_COLOUR == 30.0
    with pytest.raises(InputError) as refused:
        read(tmp_path, pixels, f"#285aa{0:x}"[:5] + f"{160 + apart:02x}")
    assert ("ink of #285aa0 is seen" in str(refused.value)) is same
    assert ("lines are seen in #285aa0" in str(refused.value)) is not same


@pytest.mark.parametrize(("along", "rising"), [(159, True), (160, True), (162, False)])
def test_a_line_that_falls_along_so_much_of_the_axis_is_surely_one(tmp_path, along, rising):
    """40 % of 400 columns; a shorter one is held against the line that rises."""
    up = [315 - 12 * (i // 40) for i in range(390)]
    pixels = picture((steps(15, along, 30), 20, (0, 0, 200)), (up, 20, (0, 0, 200)))
    assert CLEARLY == 0.4
    assert read(tmp_path, pixels, "#0000c8").increasing is rising


@pytest.mark.parametrize(("above", "stretched"), [(0.9, True), (1.1, False)])
def test_a_first_level_beside_its_calibration_point_is_1(tmp_path, above, stretched):
    """Within a pixel the scale is mended; further the line begins lower, as it is drawn."""
    assert BESIDE == 1.0
    y = from_points([15 - above, 315], [1, 0], 0.5)
    found = read(tmp_path, picture((steps(15, 380), 20, (0, 0, 200))), "#0000c8", y=y)
    level = found.coordinates.survival
    assert level[0] == pytest.approx(1)
    assert (level[1] < 0.99) is stretched


@pytest.mark.parametrize(("first", "is_read"), [(58, True), (62, False)])
def test_how_low_a_line_may_begin(tmp_path, first, is_read):
    """15 % of survival are 45 rows below the 15th: lower it is refused, higher it is warned of."""
    assert LOST == 0.15
    pixels = picture((steps(first, 380), 20, (0, 0, 200)))
    if is_read:
        found = read(tmp_path, pixels, "#0000c8")
        assert "starts_at_one" in {c.code for c in found.checks if c.outcome == "warn"}
        return
    with pytest.raises(InputError, match="starts at"):
        read(tmp_path, pixels, "#0000c8")


@pytest.mark.parametrize(("late", "is_read"), [(6, False), (8, True), (15, True), (16, False)])
def test_a_line_that_is_seen_low_but_soon_is_read_with_what_it_may_have_lost(
    tmp_path, late, is_read
):
    """0.203 of survival until column 15 or 16 of 400: 0.039, 0.041; drawn from 0 it is refused."""
    assert SOON == 0.04
    pixels = picture((steps(75, 360), 20 + late, (0, 0, 200)))
    if is_read:
        found = read(tmp_path, pixels, "#0000c8")
        assert "starts_at_zero" in {c.code for c in found.checks if c.outcome == "warn"}
        return
    with pytest.raises(InputError, match="starts at"):
        read(tmp_path, pixels, "#0000c8")


@pytest.mark.parametrize(("degrees", "near"), [(19.5, True), (20.5, False)])
def test_how_near_a_colour_seen_is_to_the_one_asked_for(degrees, near):
    """The only colour within 20 degrees is meant."""
    turn = math.radians(degrees)
    paper = np.full(3, 255.0)
    asked = paper - np.array([200.0, 0.0, 0.0])
    seen = SeenColour(paper - 200 * np.array([math.cos(turn), math.sin(turn), 0.0]), strong=True)
    assert NEAREST == 20.0
    assert (nearest_of(asked, [seen], paper) is seen) is near


@pytest.mark.parametrize(("next_", "chosen"), [(27.0, False), (28.0, True), (29.0, True)])
def test_how_much_nearer_than_the_next_it_is(next_, chosen):
    """Twice as near, and the next beyond 20 degrees."""
    paper = np.full(3, 255.0)

    def colour(degrees):
        turn = math.radians(degrees)
        return paper - 200 * np.array([math.cos(turn), math.sin(turn), 0.0])

    seen = [SeenColour(colour(14.0), strong=True), SeenColour(colour(-next_), strong=True)]
    assert FARTHER == 2.0
    assert (nearest_of(colour(0.0), seen, paper) is seen[0]) is chosen


def hued(degrees, many):
    """A blue line above one whose hue is turned by so much, and the ways along both."""
    part = page(60, 80)
    turn = math.radians(degrees)
    taken = 180 * np.array([math.cos(turn), math.sin(turn), 0.0])
    part[19:22], part[39:42, :many] = 255 - np.array([180.0, 0.0, 0.0]), 255 - taken
    share = np.zeros((60, 80))
    ways = [line([20] * 80), line([40] * many)]
    return of_hue(ways, ink(share), part, 255 - np.array([180.0, 0.0, 0.0])), ways


@pytest.mark.parametrize(("degrees", "kept"), [(7.5, 2), (8.5, 1)])
def test_a_line_of_another_hue_is_none_of_the_colour(degrees, kept):
    """What the nearer one has 8 degrees less of."""
    assert NEARER == 8.0
    (found, between), ways = hued(degrees, 80)
    assert found == ways[:kept]
    assert not between


@pytest.mark.parametrize(("many", "kept"), [(20, 2), (21, 1)])
def test_how_many_level_columns_tell_a_hue(many, kept):
    """Twenty; the first column of a way is not counted."""
    assert TELL == 20
    (found, _), ways = hued(20.0, many)
    assert found == ways[:kept]


@pytest.mark.parametrize(("asked", "unsure"), [(8.5, False), (9.5, True)])
def test_a_colour_between_the_hues_of_two_lines_is_unsure(asked, unsure):
    """The hues are 28 degrees apart; at 9.3 the nearer is half as far away as the other."""

    def colour(degrees):
        turn = math.radians(degrees)
        return 255 - 180 * np.array([math.cos(turn), math.sin(turn), 0.0])

    part = page(60, 80)
    part[19:22], part[39:42] = colour(0.0), colour(28.0)
    ways = [line([20] * 80), line([40] * 80)]
    found, between = of_hue(ways, ink(np.zeros((60, 80))), part, colour(asked))
    assert found == ways[:1]
    assert between is unsure


@pytest.mark.parametrize(("seen", "broken"), [(984, True), (985, False), (986, False)])
def test_a_line_without_gaps_is_not_the_broken_one(seen, broken):
    assert NO_GAPS == 0.985
    way = line([5] * 1000, np.arange(1000) < seen)
    assert bool(_by_cover([way])) is broken


@pytest.mark.parametrize(("seen", "style"), [(92, "dashed"), (93, "solid"), (94, "solid")])
def test_a_solid_line_is_seen_in_most_of_its_columns(seen, style):
    assert SOLID == 0.93
    gaps = 4 + 10 * np.arange(100 - seen)
    shown = np.ones(100, bool)
    shown[gaps] = False
    assert line([5] * 100, shown).style == style


@pytest.mark.parametrize(("share", "thick"), [(0.84, 1), (0.86, 2)])
def test_a_line_of_less_width_is_thinner(share, thick):
    assert THIN == 0.85
    drawn = np.zeros((60, 80))
    drawn[20], drawn[40] = 1.0, share
    assert len(heaviest([line([20] * 80), line([40] * 80)], drawn)) == thick


@pytest.mark.parametrize(("side", "columns", "over"), [
    (SIDE, 95, False), (SIDE, 96, True), (MOSTLY, 80, False), (MOSTLY, 81, True),
])  # fmt: skip
def test_a_limit_lies_on_its_side_in_most_columns(side, columns, over):
    assert (SIDE, MOSTLY) == (0.95, 0.8)
    high = line(np.where(np.arange(100) < columns, 10, 40))
    assert _over(high, line([20] * 100), side) is over


@pytest.mark.parametrize(("hidden", "width", "edge"), [
    (30, 1.0, False), (31, 1.0, True), (50, 1.7, True), (50, 1.9, False),
])  # fmt: skip
def test_what_is_the_edge_of_something_else(hidden, width, edge):
    """Hidden in more than 30 % of its columns, and of less than 60 % of the other's width."""
    assert (EDGE, THINNER) == (0.3, 0.6)
    share = np.zeros((60, 100))
    share[19:22] = 1.0
    share[40], share[41] = min(width, 1.0), max(width - 1.0, 0.0)
    under = np.arange(100) < hidden
    way = line([40] * 100, ~under, under)
    assert bool(_is_edge(way, line([20] * 100), share, 3.0)) is edge


# What warns.


@pytest.mark.parametrize(("many", "warns"), [(9, False), (10, True)])
def test_how_much_of_a_slope_is_seen(many, warns):
    """Of 16 columns more than 60 %: 9.6."""
    assert (LONG, SEEN) == (16, 0.6)
    row = 10 + 0.5 * np.arange(160)
    row[np.arange(160) % 16 >= many] = np.nan
    assert (sloped(row, 80.0) > 0.05) is warns


@pytest.mark.parametrize(("pieces", "gap", "warns"), [(10, 2, False), (11, 2, True),
                                                      (11, 26, False)])  # fmt: skip
def test_dashes_behind_the_end_of_a_line(pieces, gap, warns):
    """More than ten columns of level ink, and more than 30 % of those up to the last."""
    assert (DASH, FOLLOWS) == (10, 0.3)
    share = np.zeros((60, 700))
    share[20, :100] = 1.0
    first = pieces - 5
    share[20, 104 : 104 + first] = 1.0
    share[20, 104 + first + gap : 104 + first + gap + 5] = 1.0
    assert _dashes(ink(share), line([20] * 100), 1.0, 600.0) is warns


@pytest.mark.parametrize(("columns", "solid", "warns"), [
    (48, True, False), (54, True, True), (33, False, False), (39, False, True),
])  # fmt: skip
def test_ink_that_no_line_explains(columns, solid, warns):
    """Along 35 % of a solid line or half of a broken one; pieces of three pixels count."""
    assert ALONG == (0.5, 0.35)
    share = np.zeros((80, 100))
    share[20] = 1.0
    share[60, :columns] = 1.0
    seen = np.ones(100, bool)
    if solid is False:
        seen = seen.copy()
    else:
        seen[5::10] = seen[6::10] = False
    way = line([20] * 100, seen)
    assert (way.style == "solid") is (not solid)
    assert _among_others(ink(share), way, [way], 1.0) is warns


def by_block(strength, colour):
    """A line whose pixels took that share of their colour from one another."""
    pixels = page(60, 120)
    taken = np.array([0.0, 150.0, 150.0])
    grey = np.full(3, float(taken @ np.array([0.299, 0.587, 0.114])))
    mixed = grey + colour * (taken - grey)
    pixels[29] -= (1 - strength) * mixed
    pixels[30] -= mixed + strength * (mixed - grey)
    return pixels


@pytest.mark.parametrize(("colour", "told"), [(0.10, False), (0.30, True)])
def test_only_coloured_ink_tells_how_colours_were_kept(colour, told):
    """Ink that differs from grey by more than 15 % of its brightness; a black page says nothing."""
    assert COLOURED == 0.15
    assert (_restored(by_block(0.0, colour)) is not None) is told


@pytest.mark.parametrize(("shift", "changed"), [(2.0, False), (12.0, True)])
def test_how_much_coloured_ink_changes_where_colours_were_kept_by_the_block(shift, changed):
    """Half of it by more than 3 of 255, however much black ink stands beside it."""
    assert CHANGED == 3.0
    pixels = page(60, 120)
    pixels[40:43] = 0
    pixels[20] -= np.array([0.0, 150.0, 150.0])
    pixels[21] -= np.array([0.0, 150.0, 150.0])
    # Colour moved from one row to the next, brightness kept.
    away = shift * np.array([1.0, -0.299 / 0.587, 0.0])
    pixels[20] += away
    pixels[21] -= away
    found = _restored(pixels)
    assert found is not None
    assert found[1] is changed


def test_lines_of_one_colour_that_differ_in_dash_are_named_by_it_also_where_several_share_one():
    """One solid line among two broken ones: asked for without a dash, each dash is named once."""
    rng = np.arange(300)
    broken = (rng % 10) < 5
    ways = [line(20 + rng // 30), line(60 + rng // 20, broken), line(110 + rng // 15, broken)]
    share = np.zeros((200, 300))
    for way in ways:
        share[way.row[way.seen], rng[way.seen]] = 1.0
    plot = Plot("f.png", Straight(page(), *AXES), 0, 0, 80, 80, 1.0)
    with pytest.raises(InputError, match=r"one of #0000c8 solid, #0000c8 dotted$"):
        chosen(plot, ways, share, "", "#0000c8")
    assert chosen(plot, ways, share, "solid", "#0000c8") == (ways[0], [])
