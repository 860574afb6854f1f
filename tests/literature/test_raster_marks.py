"""Censoring marks in an image: a family of one shape, or none."""

import numpy as np
import pytest

from hilum.literature.figures import read_image
from hilum.literature.figures.mark_family import with_marks
from hilum.literature.figures.trace import Trace
from tests.literature.test_raster_shades import X, Y, marks, paper, pen, saved

CURVE = ([4, 9, 13, 20, 27, 33, 41], [0.86, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
TIMES = [6, 16, 24, 30, 37, 48]


def read(path):
    found = read_image(path, x_axis=X, y_axis=Y, colour="#000000")
    told = all(check.code != "marks_told" for check in found.checks)
    return found.coordinates.censor_time, told


def test_marks_across_the_line_are_a_family(tmp_path):
    picture = paper()
    pen(picture, CURVE, 0)
    marks(picture, CURVE, 0, TIMES, tall=7)
    times, told = read(saved(picture, tmp_path / "figure.png"))
    assert told
    assert times == pytest.approx(TIMES, abs=0.2)


def test_what_stands_on_the_line_on_one_side_only_is_no_mark(tmp_path):
    """As edges of another line's dashes and corners do."""
    picture = paper()
    pen(picture, CURVE, 0)
    for time, tall in zip(TIMES, (7, 5, 8, 6, 9, 4), strict=True):
        level = CURVE[1][np.searchsorted(CURVE[0], time) - 1]
        row, column = round(Y.place(level)), round(X.place(time))
        picture[row - tall : row, column] = 0
    times, told = read(saved(picture, tmp_path / "figure.png"))
    assert times == ()
    assert not told


def test_a_line_without_anything_on_it_says_nothing_of_marks(tmp_path):
    picture = paper()
    pen(picture, CURVE, 0)
    assert read(saved(picture, tmp_path / "figure.png")) == ((), True)


def _told(reaches):
    """Of a level line three rows thick, what reaches so far above and below it."""
    share = np.zeros((60, 400))
    share[29:32] = 1
    columns = [20.0 + 30 * i for i in range(len(reaches))]
    for column, (up, down) in zip(columns, reaches, strict=True):
        share[29 - up : 32 + down, int(column)] = 1
    trace = with_marks(share, Trace(np.full(400, 30.0), columns, 3.0))
    return len(trace.marks), trace.told


@pytest.mark.parametrize(
    ("reaches", "found"),
    [
        ([(6, 6)] * 3, (3, True)),
        ([(6, 6)] * 2, (0, False)),
        ([(6, 6), (6, 6), (6, 14)], (0, False)),
        ([(6, 6), (6, 6), (6, 6), (6, 14)], (4, True)),
        ([(2, 2)] * 3, (3, True)),
        ([(1, 1)] * 3, (0, False)),
        ([(20, 20)] * 3, (3, True)),
        ([(21, 21)] * 3, (0, False)),
        ([(6, 4)] * 3, (3, True)),
        ([(6, 3)] * 3, (0, False)),
        ([(6, 6), (7, 7), (7, 7)], (3, True)),
        ([(5, 5), (7, 7), (7, 7)], (0, False)),
        ([(6, 6)] * 3 + [(2, 0)], (3, True)),
    ],
)
def test_bounds_of_a_family(reaches, found):
    assert _told(reaches) == found
