"""Last falls to 0, what is hidden on the way, colours that are there, and gaps of dashes."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import read_image
from hilum.literature.figures.hidden import hidden_falls
from hilum.literature.figures.ink import Ink
from hilum.literature.figures.seen_colours import colours_of, nearest_of
from hilum.literature.figures.self_check import judged
from hilum.literature.figures.way import Way, trimmed
from tests.literature.test_raster_shades import (
    BOTTOM,
    LEFT,
    LOWER,
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
END, FOOT = round(X.place(57)), round(Y.place(LOWER[1][-1]))


def named(colour):
    return "#" + "".join(f"{c:02x}" for c in colour)


def warned(found):
    return [c.code for c in found.checks if c.outcome == "warn"]


def stroke(picture, colour, column=END, first=FOOT, last=BOTTOM, dash=None):
    for i, r in enumerate(range(first - 1, last + 1)):
        if dash is None or i % sum(dash) < dash[0]:
            picture[r, column - 2 : column + 1] = colour


@pytest.mark.parametrize("colour", [BLACK, BLUE])
@pytest.mark.parametrize("axis", [None, BLACK])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_an_upright_stroke_from_the_end_of_a_line_to_the_axis_is_a_fall_to_0(
    tmp_path, colour, axis, suffix
):
    picture = paper()
    pen(picture, LOWER, colour)
    stroke(picture, colour)
    if axis is not None:
        picture[BOTTOM - 1 : BOTTOM + 2, LEFT - 4 :] = axis
    off, found = error(saved(picture, tmp_path / f"figure.{suffix}"), LOWER, named(colour))
    read = found.coordinates
    assert read.survival[-1] == 0
    assert read.survival[-2] == pytest.approx(LOWER[1][-1], abs=0.01)
    assert read.time[-1] == pytest.approx(57, abs=0.3)
    assert off < 0.008
    assert warned(found) == []


def test_what_only_looks_like_a_last_fall_is_none(tmp_path):
    def mark(picture):
        marks(picture, LOWER, BLUE, [56.5])

    def grid(picture):
        picture[TOP : BOTTOM + 1, END + 3] = (204, 204, 204)

    def frame(picture):
        picture[TOP : BOTTOM + 1, END + 4 : END + 6] = BLACK

    def median(picture):
        for r in range(FOOT, BOTTOM, 8):
            picture[r : r + 3, END - 1] = BLUE

    def legend(picture):
        picture[FOOT + 25 : FOOT + 28, END - 30 : END + 2] = BLUE

    for drawn in (mark, grid, frame, median, legend):
        picture = paper()
        pen(picture, LOWER, BLUE)
        drawn(picture)
        _, found = error(saved(picture, tmp_path / "figure.png"), LOWER, named(BLUE))
        assert found.coordinates.survival[-1] == pytest.approx(0.25, abs=0.01), drawn.__name__
        assert "end_told" not in warned(found), drawn.__name__


def test_an_end_at_a_frame_of_its_colour_warns(tmp_path):
    picture = paper()
    pen(picture, LOWER, BLACK)
    # From top to bottom, but no line of the whole picture: what it hides is not known.
    stroke(picture, BLACK, first=TOP + 40)
    _, found = error(saved(picture, tmp_path / "figure.png"), LOWER, named(BLACK))
    assert found.coordinates.survival[-1] == pytest.approx(0.25, abs=0.01)
    assert "end_told" in warned(found)


@pytest.mark.parametrize(("code", "bound"), [("end_told", 0.01), ("line_seen", 0.02)])
def test_bounds_of_what_may_be_lost(code, bound):
    outcomes = [judged(code, figure).outcome for figure in (bound - 0.001, bound, bound + 0.001)]
    assert outcomes == ["ok", "ok", "warn"]
    assert judged(code, 2 * bound, (3.0, 4.0)).span == (3.0, 4.0)
    assert judged(code, bound, (3.0, 4.0)).span is None


def test_a_line_below_a_band_of_another_arm_is_read_through_it(tmp_path):
    for opacity in (0.3, 0.6):
        picture = paper()
        pen(picture, LOWER, BLUE)
        band = (1 - opacity) * picture[60:280, 120:330] + opacity * np.array(RED)
        picture[60:280, 120:330] = band.astype(np.uint8)
        off, found = error(saved(picture, tmp_path / "figure.png"), LOWER, named(BLUE))
        assert off < 0.008
        assert warned(found) == []


def hidden_way(fall, many, height, thick):
    """A way of 200 columns that falls in the middle of ``many`` hidden ones."""
    row = np.full(200, 20)
    row[100:] += fall
    seen = np.ones(200, bool)
    seen[100 - many // 2 : 100 + many // 2] = False
    other = np.zeros((height, 200), bool)
    other[20 : 20 + thick, ~seen] = True
    share = np.zeros((height, 200))
    ink = Ink(share, other, share)
    return ink, Way(0, 199, row, seen, ~seen, 0.0, float(fall))


def test_what_a_hidden_stretch_may_lose_is_its_fall_times_the_root_of_its_length():
    ink, way = hidden_way(fall=20, many=50, height=120, thick=60)
    hidden = hidden_falls(ink, way, 2.0, 200.0, 100.0)
    assert hidden.lost == pytest.approx(0.2 * np.sqrt(50 / 200))
    assert (hidden.first, hidden.last) == (75, 124)
    # Level there: nothing can be lost, however long.
    ink, way = hidden_way(fall=0, many=180, height=120, thick=60)
    assert hidden_falls(ink, way, 2.0, 200.0, 100.0).lost == 0


def test_a_thick_thing_over_a_fall_warns_with_the_time_and_a_short_one_does_not(tmp_path):
    for first, last, expected in ((150, 290, True), (206, 216, False)):
        picture = paper()
        pen(picture, LOWER, BLUE)
        # Shorter than a band is wide, so that it is none: hatched in two colours.
        picture[80:290:2, first:last] = (90, 60, 20)
        picture[81:290:2, first:last] = (20, 90, 60)
        try:
            _, found = error(saved(picture, tmp_path / "figure.png"), LOWER, named(BLUE))
        except InputError:
            assert expected
            continue
        assert ("line_seen" in warned(found)) == expected
        if expected:
            (check,) = (c for c in found.checks if c.code == "line_seen")
            assert check.span[0] == pytest.approx(X.value(first), abs=2)
            assert check.span[1] == pytest.approx(X.value(last), abs=2)


def test_a_beginning_below_another_line_is_read_along_it(tmp_path):
    """Both arms are one line until time 20; the second is drawn over the first."""
    first = ([*LOWER[0][:4], 30, 40], [*LOWER[1][:4], 0.3, 0.2])
    picture = paper()
    pen(picture, first, BLUE)
    pen(picture, LOWER, RED)
    # The blue line is first seen where it leaves the red one.
    off, found = error(saved(picture, tmp_path / "figure.png"), first, named(BLUE))
    assert off < 0.012
    assert "line_seen" not in warned(found)


def test_a_beginning_that_is_not_drawn_is_said_to_be_so(tmp_path):
    picture = paper()
    pen(picture, LOWER, BLUE)
    picture[:, : round(X.place(15))] = 255
    with pytest.raises(InputError, match=r"first seen at time 1[45].*at 0.7"):
        read_image(saved(picture, tmp_path / "a.png"), x_axis=X, y_axis=Y, colour=named(BLUE))


def test_colours_that_are_there_are_named_and_the_only_near_one_is_read(tmp_path):
    picture = paper()
    pen(picture, LOWER, (70, 140, 190))
    pen(picture, UPPER, (200, 60, 60))
    path = saved(picture, tmp_path / "figure.png")
    with pytest.raises(InputError, match=r"lines are seen in #.*#"):
        read_image(path, x_axis=X, y_axis=Y, colour="#20a020")
    seen = colours_of(picture.astype(np.float32))
    assert {one.name for one in seen} == {"#468cbe", "#c83c3c"}
    white = np.full(3, 255.0)
    blue = np.array([0, 90, 200.0])
    near = nearest_of(blue, seen, white)
    assert near is not None
    assert near.name == "#468cbe"
    # Of two that are near none is taken.
    pen(picture, SECOND, (40, 120, 220))
    assert nearest_of(blue, colours_of(picture.astype(np.float32)), white) is None


def test_other_lines_are_told_where_no_colour_was_asked_for(tmp_path):
    picture = paper()
    pen(picture, LOWER, BLACK)
    pen(picture, UPPER, (150, 150, 150))
    found = read_image(saved(picture, tmp_path / "figure.png"), x_axis=X, y_axis=Y)
    assert found.others == ("#969696",)
    alone = paper()
    pen(alone, LOWER, BLACK)
    marks(alone, LOWER, BLACK, [16, 30])
    found = read_image(saved(alone, tmp_path / "figure.png"), x_axis=X, y_axis=Y)
    assert found.others == ()


def dashes(gaps):
    """A level line of dashes of four pixels, with these gaps between them."""
    seen = np.concatenate([np.r_[np.ones(4, bool), np.zeros(g, bool)] for g in gaps])
    seen = np.r_[seen, np.ones(4, bool)]
    ink = np.zeros((9, len(seen)))
    ink[4, seen] = 1.0
    return ink


@pytest.mark.parametrize(
    ("many", "last", "goes_on"),
    # Five gaps of one length are no accident, four are; a gap may be a fifth longer than they.
    [(5, 2, True), (6, 2, True), (4, 2, False), (5, 35, True), (5, 36, True), (5, 37, False)],
)
def test_gaps_that_come_again_are_those_of_the_dashes(many, last, goes_on):
    ink = dashes([2] * 30 + [30] * many + [2] * 12 + [last] + [2] * 12)
    row = np.full(ink.shape[1], 4)
    none = np.zeros(ink.shape, bool)
    way = trimmed(row, 0, ink, ink, none, 2.0)
    assert way is not None
    assert (way.last == ink.shape[1] - 1) == goes_on
