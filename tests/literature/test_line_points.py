"""Dots at the corners of a line, as pygal draws them by default, are no censoring marks."""

from itertools import pairwise

import pytest

from hilum.literature.figures.marks import FEWEST, POINTS, Mark, Run, ticks_on, without_points

# A curve that starts at 100 and falls by ten each twenty.
PLACES = ((0.0, 100.0), *((20.0 * i, 100.0 + 10 * i) for i in range(1, 11)), (220.0, 200.0))


def corners(many, places=PLACES):
    """Upper and lower ends of some falls, and both ends of the line."""
    out = [places[0], places[-1]]
    for (_, above), (x, y) in pairwise(places[: many + 1]):
        out += [(x, above), (x, y)]
    return sorted(out)


@pytest.mark.parametrize(("many", "kept"), [(4, 4 + 4 + 2), (5, 5 + 5 + 2), (6, 0)])
def test_marks_at_the_upper_ends_of_most_falls_are_corners(many, kept):
    """Of ten falls more than half."""
    assert POINTS == 0.5
    assert len(without_points(PLACES, corners(many))) == kept


@pytest.mark.parametrize(("falls", "kept"), [(2, 6), (3, 0), (4, 0)])
def test_how_many_falls_tell_it(falls, kept):
    assert FEWEST == 3
    places = (*PLACES[: falls + 1], (220.0, PLACES[falls][1]))
    assert len(without_points(places, corners(falls, places))) == kept


def test_marks_between_the_corners_stay():
    between = [(30.0, 110.0), (75.0, 130.0)]
    assert without_points(PLACES, sorted([*corners(10), *between])) == between


def test_patients_censored_at_times_of_deaths_stay():
    """Their marks stand at the level after the death."""
    censored = [(x, y) for x, y in PLACES[1:-1]]
    assert without_points(PLACES, censored) == censored


@pytest.mark.parametrize("way", [1, -1])
def test_dots_of_a_line_that_falls_or_rises_are_no_ticks(way):
    places = tuple((x, way * y) for x, y in PLACES)
    dots = [Mark((x, y), "#f44336", y - 2.5, y + 2.5) for x, y in corners(10, places)]
    censored = Mark((50.0, way * 120.0), "#f44336", 117.0, 123.0)
    run = Run(places, "#f44336", -5.0, 300.0)
    assert ticks_on([*dots, censored], [run]) == [[(50.0, way * 120.0)]]
    assert ticks_on(dots, [run]) == [[]]
