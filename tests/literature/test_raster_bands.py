"""A pale line that comes into the band of a darker one of its hue."""

import numpy as np
import pytest

from hilum.literature.figures.ink import Ink
from hilum.literature.figures.raster_checks import BELOW, _goes_on
from hilum.literature.figures.shades import ASKED, WHOLE, Shade, _plain
from hilum.literature.figures.way import Way
from tests.literature.test_raster_shades import X, Y, error, paper, pen, saved

DARK, PALE = (8, 81, 156), (107, 174, 214)
UPPER = ([5, 11, 17, 24, 30, 36, 42, 48], [0.93, 0.84, 0.74, 0.62, 0.5, 0.39, 0.28, 0.16])
UNDER = ([3, 7, 12, 16, 22, 29, 37, 50], [0.92, 0.76, 0.6, 0.47, 0.36, 0.29, 0.26, 0.2])


def band(picture, curve, colour, reach, opacity):
    """A translucent band that is ``reach`` of survival wide on each side."""
    times, levels = [0, *curve[0]], [1, *curve[1]]
    for begin, stop, level in zip(times, [*curve[0], 57], levels, strict=True):
        columns = slice(round(X.place(begin)), round(X.place(stop)))
        rows = slice(round(Y.place(min(level + reach, 1))), round(Y.place(max(level - reach, 0))))
        here = picture[rows, columns].astype(float)
        picture[rows, columns] = (1 - opacity) * here + opacity * np.array(colour)


@pytest.mark.parametrize(("reach", "opacity"), [(0.08, 0.3), (0.12, 0.3), (0.12, 0.2)])
def test_both_lines_are_read_to_their_ends_through_the_bands_of_both(tmp_path, reach, opacity):
    picture = paper()
    for curve, colour in ((UNDER, DARK), (UPPER, PALE)):
        band(picture, curve, colour, reach, opacity)
    for curve, colour in ((UNDER, DARK), (UPPER, PALE)):
        pen(picture, curve, colour)
    path = saved(picture, tmp_path / "figure.png")
    for curve, colour in ((UNDER, "#08519c"), (UPPER, "#6baed6")):
        off, found = error(path, curve, colour)
        assert off < 0.01
        assert found.coordinates.time[-1] > 55
        assert [c.code for c in found.checks if c.outcome == "warn"] == []


@pytest.mark.parametrize(
    ("depth", "wide", "even", "plain"),
    [
        (1.0, 2.6, True, True),
        (1.0, 2.4, True, False),
        (1.0, 2.6, False, False),
        (1.029, 2.6, True, True),
        (1.04, 2.6, True, False),
        (0.96, 2.6, True, False),
    ],
)
def test_a_line_that_shows_the_colour_asked_for(depth, wide, even, plain):
    assert (ASKED, WHOLE) == (0.03, 2.5)
    assert _plain(Shade(wide / 2, depth, even, 0.0, 3.0), 2.0) == plain


@pytest.mark.parametrize(("fall", "goes_on"), [(0, True), (59, True), (62, False)])
def test_how_deep_a_line_may_fall_where_it_loses_its_shade(fall, goes_on):
    """What begins right below the foot of the fall is the rest of the line."""
    assert BELOW == 60
    depth = np.zeros((150, 100))
    depth[40:42, :50] = 1
    depth[40 : 42 + fall, 48:50] = 1
    depth[40 + fall : 42 + fall, 48:80] = 1
    way = Way(0, 49, np.full(50, 40), np.ones(50, bool), np.zeros(50, bool), 0.0, 20.0)
    assert _goes_on(Ink(depth, np.zeros(depth.shape, bool), depth), way) == goes_on


def test_another_line_that_passes_below_the_end_is_not_the_rest():
    depth = np.zeros((150, 100))
    depth[40:42, :50] = 1
    depth[60:62] = 1
    way = Way(0, 49, np.full(50, 40), np.ones(50, bool), np.zeros(50, bool), 0.0, 20.0)
    assert not _goes_on(Ink(depth, np.zeros(depth.shape, bool), depth), way)
