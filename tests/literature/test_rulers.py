"""Which strokes are a label's ticks, and which lines are no curve but a corner of axes."""

import pytest

from hilum.literature.figures.axes import from_points
from hilum.literature.figures.lines import Line
from hilum.literature.figures.page import Word
from hilum.literature.figures.panels import _starts
from hilum.literature.figures.rulers import _ticks_near


def label(tall):
    """A label whose middle stands at 100, its right end at 50."""
    return Word("0.5", 20.0, 100 - tall / 2, 50.0, 100 + tall / 2, True, "#000000", ())


def ticks(tall, off, away):
    stroke = ((50.0 + away, 100.0 + off), (56.0 + away, 100.0 + off))
    return _ticks_near(label(tall), [stroke], 1)


# Beside a label of small letters 5 points and 22 away; of large ones a fifth of their box and 1.1.
@pytest.mark.parametrize(
    ("tall", "off", "away", "found"),
    [
        (10, 4.9, 0, True), (10, 5.0, 0, True), (10, 5.1, 0, False),
        (10, 0, 21.9, True), (10, 0, 22.1, False),
        (25, 5.0, 0, True), (25, 5.1, 0, False),
        (32, 6.3, 0, True), (32, 6.5, 0, False),
        (32, 0, 35.1, True), (32, 0, 35.3, False),
    ],
)  # fmt: skip
def test_ticks_stand_further_from_larger_letters(tall, off, away, found):
    assert ticks(tall, off, away) == ([pytest.approx(100 + off)] if found else [])


X = from_points([0.0, 100.0], [0.0, 10.0], 0.01)
Y = from_points([0.0, 200.0], [1.0, 0.0], 0.01)


def line(*points):
    return Line(points, False, False, "#000000", 1.0, ())


@pytest.mark.parametrize(
    ("points", "curve"),
    [
        # Tick, axis, axis, tick, put together.
        (((-7.0, 0.0), (0.0, 0.0), (0.0, 200.0), (100.0, 200.0), (100.0, 207.0)), False),
        (((0.0, 0.0), (0.0, 200.0), (100.0, 200.0)), False),
        # 98 in 100 fall at once, and 97: an axis, and a curve.
        (((0.0, 0.0), (0.0, 196.0), (100.0, 196.0)), False),
        (((0.0, 0.0), (0.0, 194.0), (100.0, 194.0)), True),
        # All fall, but not at the beginning.
        (((0.0, 0.0), (2.0, 0.0), (2.0, 200.0), (100.0, 200.0)), False),
        (((0.0, 0.0), (2.1, 0.0), (2.1, 200.0), (100.0, 200.0)), True),
    ],
)
def test_a_corner_of_axes_is_no_curve(points, curve):
    assert _starts(line(*points), X, Y, 1.0) is curve
