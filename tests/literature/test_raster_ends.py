"""Lines that lose their colour, or their end, and what the self-check says of a beginning."""

import numpy as np
import pytest

from hilum.literature.figures.chroma import restored
from hilum.literature.figures.picture import load
from hilum.literature.figures.raster_checks import _meet
from tests.literature.test_raster_shades import (
    BOTTOM,
    FIRST,
    LEFT,
    LOWER,
    SECOND,
    TOP,
    UPPER,
    X,
    Y,
    error,
    paper,
    pen,
    saved,
    stair,
)

BLUE, YELLOW, RED = (0, 122, 255), (231, 184, 0), (255, 59, 48)


def warned(found):
    return [c.code for c in found.checks if c.outcome == "warn"]


@pytest.mark.parametrize("colour", [YELLOW, (46, 159, 223)])
def test_a_thin_line_keeps_its_colour_in_a_jpeg_that_keeps_colour_by_the_block(tmp_path, colour):
    picture = paper()
    pen(picture, UPPER, RED, width=2)
    pen(picture, LOWER, colour, width=2)
    path = saved(picture, tmp_path / "figure.jpg", quality=60, subsampling=2)
    off, found = error(path, LOWER, "#" + "".join(f"{c:02x}" for c in colour))
    # A line of two pixels lies half a pixel beside its place.
    assert off < 0.012
    assert found.coordinates.time[-1] > 55
    assert warned(found) == []


def test_black_ink_does_not_hide_that_colours_are_kept_by_the_block(tmp_path):
    """A thin red line through the middle of a picture, and many times as much black ink there."""
    picture = paper()
    picture[161:163, 100:250] = RED
    for row in (*range(138, 150, 2), *range(176, 200, 2)):
        picture[row, LEFT:420:2] = 0
    path = saved(picture, tmp_path / "figure.jpg", quality=60, subsampling=2)
    pixels = load(path)
    assert restored(pixels) is not pixels
    # A black print has no colours to lose.
    picture[picture.min(axis=-1) < 255] = 0
    pixels = load(saved(picture, tmp_path / "black.jpg", quality=60, subsampling=2))
    assert restored(pixels) is pixels


def test_a_picture_whose_pixels_have_their_own_colours_stays_as_it_is():
    picture = paper()
    pen(picture, UPPER, RED, width=2)
    pen(picture, LOWER, YELLOW, width=2)
    pixels = picture.astype(np.float32)
    assert restored(pixels) is pixels
    blank = np.full((40, 40, 3), 255, np.float32)
    assert restored(blank) is blank


def test_a_line_under_a_band_of_another_colour_is_followed_to_its_end(tmp_path):
    """The band was drawn over it, and turns blue into violet from time 36 on."""
    picture = paper()
    pen(picture, LOWER, BLUE, width=2)
    column = round(X.place(36))
    seen = picture[:, column:]
    seen[40:300] = (0.45 * seen[40:300] + 0.55 * np.array([200, 60, 40])).astype(np.uint8)
    off, found = error(saved(picture, tmp_path / "figure.png"), LOWER, "#007aff")
    # A line of two pixels lies half a pixel beside its place.
    assert off < 0.012
    assert found.coordinates.time[-1] > 55
    assert warned(found) == []


def test_another_arm_that_passes_where_a_line_ends_is_not_its_rest(tmp_path):
    """The red line comes from above, falls on the end of the blue one and goes on."""
    picture = paper()
    for c, r in stair((FIRST[0][:4], FIRST[1][:4]), end=24):
        picture[r : r + 2, c : c + 2] = BLUE
    pen(picture, ([10, 23, 45], [0.95, 0.7, 0.3]), RED, width=2)
    _, found = error(saved(picture, tmp_path / "figure.png"), FIRST, "#007aff")
    assert 22 < found.coordinates.time[-1] < 25


def test_a_beginning_that_is_not_drawn_warns_by_what_it_can_change(tmp_path):
    """From its first death at 3 of 60 months: a level of 0.95 loses 0.011, one of 0.98 nothing."""
    for first, expected in ((0.98, []), (0.93, ["starts_at_zero"])):
        picture = paper()
        pen(picture, ([3, 20, 33], [first, 0.7, 0.5]), (0, 0, 0))
        picture[TOP - 4 : BOTTOM + 1, : round(X.place(3)) - 1] = 255
        picture[: round(Y.place(first)) - 1, LEFT : round(X.place(5))] = 255
        _, found = error(saved(picture, tmp_path / "figure.png"), LOWER, "#000000")
        (start,) = (c for c in found.checks if c.code == "starts_at_zero")
        assert start.figure == pytest.approx((1 - first) * np.sqrt(3 / 60), abs=0.002)
        assert warned(found) == expected
        (level,) = (c for c in found.checks if c.code == "starts_at_one")
        assert level.outcome == "not_possible"


def test_a_line_that_runs_from_time_0_below_the_top_warns(tmp_path):
    picture = paper()
    low = ([20, 33], [0.7, 0.5])
    pen(picture, low, (0, 0, 0))
    from hilum.literature.figures import read_image
    from hilum.literature.figures.axes import from_points

    # The point of 1 was set twelve pixels too high.
    y = from_points(np.array([TOP - 12, BOTTOM]), [1, 0], 0.5)
    found = read_image(
        saved(picture, tmp_path / "figure.png"), x_axis=X, y_axis=y, colour="#000000"
    )
    assert warned(found) == ["starts_at_one"]


def way(rows):
    from hilum.literature.figures.way import Way

    rows = np.array(rows)
    seen = np.ones(len(rows), bool)
    return Way(0, len(rows) - 1, rows, seen, ~seen, 0.0, float(rows[-1] - rows[0]))


def test_lines_are_mixed_up_only_where_they_meet_again():
    one = way([0] * 10 + [20] * 40 + [40] * 20)
    beside = way([0] * 30 + [8] * 40)
    crossing = way([0] * 20 + [20] * 20 + [30] * 30)
    ending = way([0] * 20 + [10] * 30 + [40] * 20)
    # Its fall goes through the other's level.
    through = way([0] * 20 + [10] * 20 + [40] * 30)
    assert not _meet(one, beside, 2.0)
    assert _meet(one, crossing, 2.0)
    assert _meet(one, through, 2.0)
    # They run into one another and stay there: neither tells anything else.
    assert not _meet(one, ending, 2.0)


def test_dashes_behind_the_end_of_a_reading_warn(tmp_path):
    picture = paper()
    pen(picture, SECOND, (0, 0, 0), width=2)
    # Behind time 30 the line goes on in pieces with long gaps.
    for column in range(round(X.place(30)), 440, 26):
        picture[:, column : column + 14] = 255
    _, found = error(saved(picture, tmp_path / "figure.png"), SECOND, "#000000")
    assert found.coordinates.time[-1] > 45 or "covers_ink" in warned(found)
