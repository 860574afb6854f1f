"""Deaths on day 0: the line begins with an upright stroke on the axis of survival."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import read_image
from hilum.literature.figures.hidden import ASIDE, OPEN, STANDS, falls_at_once
from hilum.literature.figures.ink import Ink
from hilum.literature.figures.way import Way
from tests.literature.test_raster_shades import BOTTOM, LEFT, TOP, X, Y, paper, pen, saved

BLUE = (31, 119, 180)
TIMES = [0, 6, 12, 19, 27, 35, 44, 50]


def levels(first):
    return [first * share for share in (1, 0.92, 0.85, 0.74, 0.62, 0.5, 0.41, 0.3)]


@pytest.mark.parametrize("first", [0.95, 0.85, 0.7, 0.5])
@pytest.mark.parametrize("width", [2, 3])
def test_the_first_level_is_that_at_the_foot_of_the_stroke(tmp_path, first, width):
    picture = paper()
    picture[10 : BOTTOM + 1, LEFT - 1 : LEFT + 1] = 0
    pen(picture, (TIMES, levels(first)), BLUE, width)
    found = read_image(saved(picture, tmp_path / "figure.png"), x_axis=X, y_axis=Y)
    read = found.coordinates
    assert (read.time[0], read.survival[0]) == (0, 1)
    level = [s for t, s in zip(read.time, read.survival, strict=True) if t < 3][-1]
    assert level == pytest.approx(first, abs=0.01)
    assert [c.code for c in found.checks if c.outcome == "warn"] == []


def test_a_line_that_starts_low_without_a_stroke_is_refused(tmp_path):
    picture = paper()
    pen(picture, (TIMES, levels(0.7)), BLUE)
    picture[: round(Y.place(0.7)) - 2] = 255
    path = saved(picture, tmp_path / "figure.png")
    with pytest.raises(InputError, match=r"no line|starts at|from the start"):
        read_image(path, x_axis=X, y_axis=Y, colour="#1f77b4")


def stroke(seen, covered=0.0, column=10, first=10):
    """A stroke of 100 rows, the lower part of which is seen and the upper part covered."""
    share, other = np.zeros((200, 60)), np.zeros((200, 60), bool)
    share[TOP + 100 - round(100 * seen) : TOP + 100, column] = 1
    other[TOP : TOP + round(100 * covered), column] = True
    many = 60 - first
    on = np.ones(many, bool)
    line = Way(first, 59, np.full(many, TOP + 99), on, ~on, 0.0, 20.0)
    return falls_at_once(Ink(share, other, share), line, 10, float(TOP), 2.0)


@pytest.mark.parametrize(
    ("seen", "covered", "falls"),
    [
        (0.9, 0.0, True),
        (0.89, 0.0, False),
        (0.4, 0.5, True),
        (0.4, 0.49, False),
        (0.39, 0.61, False),
    ],
)
def test_how_much_of_the_stroke_is_seen(seen, covered, falls):
    assert (STANDS, OPEN) == (0.9, 0.4)
    assert stroke(seen, covered) == falls


@pytest.mark.parametrize(("column", "falls"), [(14, True), (15, False), (6, True), (5, False)])
def test_how_far_from_time_0_the_stroke_stands(column, falls):
    assert ASIDE == 2
    assert stroke(1.0, column=column) == falls


@pytest.mark.parametrize(("first", "falls"), [(14, True), (15, False)])
def test_where_the_level_line_begins(first, falls):
    assert stroke(1.0, first=first) == falls


@pytest.mark.parametrize("first", [9, 18])
@pytest.mark.parametrize("drop", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("width", [1, 2])
def test_a_line_under_the_frame_begins_where_its_first_stroke_hangs_from_it(
    tmp_path, first, drop, width
):
    """The frame at survival 1 hides what is level there before the first death."""
    picture = paper()
    times = [first, *(first + gap for gap in (3, 7, 11, 16, 21, 27))]
    shown = [(1 - drop) * share for share in (1, 0.93, 0.86, 0.75, 0.62, 0.5, 0.41)]
    pen(picture, (times, shown), BLUE, width)
    picture[TOP - 1 : TOP + 1, LEFT - 1 : 421] = 0
    picture[BOTTOM : BOTTOM + 2, LEFT - 1 : 421] = 0
    picture[TOP : BOTTOM + 1, LEFT - 1 : LEFT + 1] = 0
    found = read_image(saved(picture, tmp_path / "figure.png"), x_axis=X, y_axis=Y)
    read = found.coordinates
    fallen = next(t for t, s in zip(read.time, read.survival, strict=True) if s < 1 - drop / 2)
    assert fallen == pytest.approx(first, abs=0.4)
    last = [s for t, s in zip(read.time, read.survival, strict=True) if t < first + 2][-1]
    assert last == pytest.approx(1 - drop, abs=0.01)
    assert [c.code for c in found.checks if c.outcome == "warn"] == []
