"""Curves that are drawn from the first death on: their scales stay where they are."""

from types import SimpleNamespace

import pytest

from hilum.literature.figures.axes import from_points
from hilum.literature.figures.lines import Line
from hilum.literature.figures.vector import SAME, _settled

X = from_points([100.0, 400.0], [0.0, 60.0], 0.5)
Y = from_points([50.0, 250.0], [1.0, 0.0], 0.5)


def settled(right, below, *, slack_x=1.0, slack_y=0.5):
    """The scales of a line that starts so far right of time 0 and so far below 1, points."""
    first = (100.0 + right, 50.0 + below)
    points = (first, (200.0, first[1]), (200.0, 150.0))
    line = Line(points, False, False, "#d62728", 1.0, ())
    panel = SimpleNamespace(
        x=X, y=Y, slack_x=slack_x, slack_y=slack_y, levels=SimpleNamespace(full=1.0)
    )
    x, y = _settled(line, panel)
    return x.place(0.0) - 100.0, y.place(1.0) - 50.0


@pytest.mark.parametrize(("below", "moved"), [(0.4, True), (0.5, True), (0.6, False)])
def test_a_line_that_starts_lower_does_not_move_the_scale_of_time(below, moved):
    """By more than labels may stand off: it starts at the first death, here at 0.08 months."""
    expected = (0.4, below) if moved else (0.0, 0.0)
    assert settled(0.4, below) == pytest.approx(expected)


@pytest.mark.parametrize(("below", "moved"), [(0.005, True), (0.006, True), (0.007, False)])
def test_on_exact_levels_the_very_first_is_1(below, moved):
    assert SAME == 0.006
    assert settled(0.4, below - 1e-9, slack_y=0.0)[0] == pytest.approx(0.4 if moved else 0.0)


@pytest.mark.parametrize(("right", "moved"), [(0.9, True), (1.0, True), (1.1, False)])
def test_a_line_that_starts_later_does_not_move_it_either(right, moved):
    assert settled(right, 0.0)[0] == pytest.approx(right if moved else 0.0)
