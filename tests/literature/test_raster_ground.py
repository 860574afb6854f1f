"""A black curve that ends low over black axes: the axis of time is not the rest of it."""

import numpy as np
import pytest

from hilum.literature.figures import read_image
from hilum.literature.figures.ground import OFF, above_ground
from hilum.literature.figures.ink import RULED, Ink
from tests.literature.test_raster_shades import BOTTOM, LEFT, RIGHT, X, Y, paper, saved, stair

TIMES = [4, 9, 13, 20, 27, 33, 41]
LEVELS = [0.86, 0.7, 0.6, 0.45, 0.33, 0.2]


def axes(picture, *, ticks, thick=2, frame=False):
    """Two black axes with ticks that hang from them, or stand on them where ``ticks`` is below 0"""
    picture[BOTTOM - thick + 1 : BOTTOM + 1, LEFT - 5 : RIGHT + 10] = 0
    picture[10 : BOTTOM + 1, LEFT - thick : LEFT] = 0
    if frame:
        picture[10 : BOTTOM + 1, RIGHT + 10 - thick : RIGHT + 10] = 0
        picture[10 : 10 + thick, LEFT : RIGHT + 10] = 0
    for time in range(0, 61, 10):
        column = round(X.place(time))
        rows = sorted((BOTTOM + ticks, BOTTOM))
        picture[rows[0] : rows[1] + 1, column : column + thick] = 0


@pytest.mark.parametrize("end", [0.0, 0.01, 0.03, 0.05, 0.1])
@pytest.mark.parametrize(
    ("width", "ticks", "frame"), [(1, 6, False), (2, 5, False), (3, -5, False), (2, -5, True)]
)
def test_a_black_line_ends_where_its_own_ink_ends(tmp_path, end, width, ticks, frame):
    picture = paper()
    last = 41 if end == 0 else 46
    pen_end = last + (0.01 if end == 0 else 0)
    axes(picture, ticks=ticks, frame=frame)
    half = (width - 1) // 2
    for c, r in stair((TIMES, [*LEVELS, end]), pen_end):
        picture[r - half : r - half + width, c - half : c - half + width] = 0
    found = read_image(saved(picture, tmp_path / "figure.png"), x_axis=X, y_axis=Y)
    read = found.coordinates
    warned = [c.code for c in found.checks if c.outcome == "warn" and c.code != "end_told"]
    assert read.time[-1] == pytest.approx(last, abs=0.6)
    assert read.survival[-1] == pytest.approx(end, abs=0.008)
    assert warned == []


def ink(ruled, off=0, own=False):
    """A line of the axis along a share of it, at a row beside 90."""
    share, other = np.zeros((100, 100)), np.zeros((100, 100), bool)
    other[90 + off, : round(ruled * 100)] = True
    share[90 + off, 50] = own
    share[96] = 1
    return Ink(share, other, share)


@pytest.mark.parametrize(("ruled", "kept"), [(0.87, 100), (0.88, 100), (0.89, 90)])
def test_how_much_of_the_axis_its_line_takes(ruled, kept):
    assert RULED == 0.88
    assert len(above_ground(ink(ruled), 90.0, 0, 100).share) == kept


@pytest.mark.parametrize(("off", "kept"), [(-5, 100), (-4, 86), (0, 90), (4, 94), (5, 100)])
def test_how_far_from_0_the_line_of_the_axis_lies(off, kept):
    assert OFF == 4
    assert len(above_ground(ink(1.0, off), 90.0, 0, 100).share) == kept


def test_a_line_of_the_colour_there_is_no_axis_and_without_0_there_is_none():
    assert len(above_ground(ink(0.95, own=True), 90.0, 0, 100).share) == 100
    assert len(above_ground(ink(1.0), float("inf"), 0, 100).share) == 100
    assert len(above_ground(ink(1.0), 120.0, 0, 100).share) == 100
