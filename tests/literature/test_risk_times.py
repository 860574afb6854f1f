"""At which times the numbers of a table stand: by labels, by times of its own, or by their place."""

import pytest

from hilum.literature.figures.axes import Axis
from hilum.literature.figures.risk_cells import Cell
from hilum.literature.figures.risk_times import (
    CHANCE,
    FEWEST,
    MOVED,
    NEARLY,
    STANDS,
    START,
    STRAYED,
    UNDER,
    UNITS,
    times_of,
    times_told,
)

# Five points a month from 100 on, labelled every year.
AXIS = Axis(-20.0, 0.2, 0.0, 60.0, 0.1)
LABELS = tuple((12.0 * i, 100.0 + 60.0 * i) for i in range(6))
SLIP = STANDS * AXIS.slope


def cell(text, centre, wide=10.0, sign="", numbers=()):
    return Cell(numbers or (str(text),), centre - wide / 2, centre + wide / 2, 300.0, None, sign)


def row(places, wide=10.0):
    return [cell(90 - i, place, wide) for i, place in enumerate(places)]


def times(places, wide=10.0, labels=LABELS, axis=AXIS):
    return times_of(row(places, wide), labels, axis)


@pytest.mark.parametrize(("off", "found"), [(6.9, True), (7.0, True), (7.1, False)])
def test_a_number_stands_under_its_label(off, found):
    """Two columns off by so much to both sides; narrow numbers, that no label stands between."""
    assert UNDER == 7.0
    at = [100.0, 160.0 + off, 220.0 - off]
    assert (times(at, 0.0) == [0, 12, 24]) is found


@pytest.mark.parametrize(("shift", "found"), [(-20.9, True), (20.9, True), (21.1, False)])
def test_a_table_stands_beside_its_labels_as_a_whole(shift, found):
    """By a third of sixty points; further off it may be another label's."""
    assert MOVED == 0.35
    at = [100.0 + shift + 60.0 * i for i in range(4)]
    assert (times(at, 0.0) == [0, 12, 24, 36]) is found


@pytest.mark.parametrize(("stray", "found"), [(6.9, True), (7.1, False)])
def test_columns_of_a_table_that_is_moved_stray_little(stray, found):
    at = [115.0, 175.0 + stray, 235.0, 295.0]
    assert (times(at, 1.0) == [0, 12, 24, 36]) is found


@pytest.mark.parametrize(("stray", "found"), [(3.9, True), (4.1, False)])
def test_near_ticks_let_them_stray_less(stray, found):
    """A fifth of the distance of twenty points."""
    assert STRAYED == 0.2
    near = tuple((4.0 * i, 100.0 + 20.0 * i) for i in range(16))
    at = [93.0, 113.0 + stray, 133.0, 153.0]
    axis = Axis(-20.0, 0.2, 0.0, 60.0, 0.1)
    assert (times(at, 1.0, near, axis) == [0, 4, 8, 12]) is found


def test_a_table_that_is_moved_may_lack_a_cell():
    assert times([90.0, 150.0, 270.0, 330.0], 1.0) == [0, 12, 36, 48]


@pytest.mark.parametrize("edge", ["left", "right"])
def test_numbers_that_are_set_to_one_side_stand_there(edge):
    """Of 120 and 9 the middles differ by more than columns may stray, the edges by nothing."""
    line = [
        Cell((text,), left, right, 300.0, None)
        for i, (text, wide) in enumerate((("1204", 40.0), ("120", 30.0), ("9", 10.0)))
        for left, right in (
            [(118.0 + 60 * i, 118.0 + wide + 60 * i)]
            if edge == "left"
            else [(82.0 - wide + 60 * i, 82.0 + 60 * i)]
        )
    ]
    assert times_of(line, LABELS, AXIS) == [0, 12, 24]


@pytest.mark.parametrize("step", [6.0, 18.0, 10.0, 7.5, 3.0])
def test_whole_times_evenly_apart(step):
    at = [100.0 + 5.0 * step * i for i in range(4)]
    assert times(at, 1.0) == [step * i for i in range(4)]


@pytest.mark.parametrize(("off", "found"), [(0.79, True), (0.81, False)])
def test_a_place_is_exact_to_so_many_points(off, found):
    """Months every 18: the second column stands so far off its even place."""
    assert STANDS == 0.8
    at = [100.0, 190.0 + off, 280.0]
    assert (times(at, 1.0) == [0, 18, 36]) is found


@pytest.mark.parametrize("step", [12.4, 13.63, 5.7])
def test_times_that_are_no_whole_ones_are_not_made_up(step):
    """A table that is drawn wider than its plot: no unit is coarse enough to tell its steps."""
    at = [100.0 + 5.0 * step * i for i in range(5)]
    assert times(at, 1.0) is None


@pytest.mark.parametrize(("columns", "found"), [(3, False), (4, True), (5, True)])
def test_a_step_is_told_by_a_unit_that_its_slip_is_a_small_share_of(columns, found):
    """0.08 over the steps, of half a month: 0.053 and less with four columns; 15 % are 0.075."""
    assert NEARLY == 0.15
    slip = SLIP / (columns - 1)
    assert (slip <= NEARLY * 0.5) is found
    at = [100.0 + 5.0 * 8.5 * i for i in range(columns)]
    assert (times(at, 1.0) == [8.5 * i for i in range(columns)]) is found


def test_halves_and_quarters_of_years_in_days():
    days = Axis(-608.75, 6.0875, 0.0, 1826.25, 0.1)
    labels = tuple((500.0 * i, 100 + 500 * i / 6.0875) for i in range(4))
    for step in (182.625, 91.3125, 365.25):
        at = [100.0 + step * i / 6.0875 for i in range(5)]
        assert times_of(row(at, 1.0), labels, days) == pytest.approx([step * i for i in range(5)])


@pytest.mark.parametrize(("columns", "found"), [(3, False), (4, True), (5, True)])
def test_whole_times_that_are_not_evenly_apart(columns, found):
    """Two of three months could be whole ones by chance: 2 x 0.16 of one, times 16 units."""
    assert CHANCE == 0.01
    units = len(UNITS) * (2 * SLIP / 6.0) ** (columns - 1)
    assert (units <= CHANCE) is found
    months = [0.0, 6.0, 18.0, 30.0, 54.0][:columns]
    assert (times([100.0 + 5 * m for m in months], 1.0) == months) is found


def test_places_without_any_rule_have_no_time():
    assert times([100.0, 133.0, 171.0, 244.0], 1.0) is None


def test_a_logarithmic_axis_has_times_by_its_labels_alone():
    log = Axis(-1.0, 0.01, 0.1, 100.0, 0.1, log=True)
    labels = ((1.0, 100.0), (10.0, 200.0), (100.0, 300.0))
    assert times_of(row([100.0, 200.0]), labels, log) == [1.0, 10.0]
    assert times_of(row([100.0, 150.0, 260.0], 1.0), labels, log) is None


def head(values, places, said=""):
    return times_told([cell(v, p) for v, p in zip(values, places, strict=True)], said, LABELS, AXIS)


def test_times_of_a_table_stand_at_their_own_places():
    own = [0, 6, 18, 30]
    at = [100.0 + 5 * v for v in own]
    assert head(own, at) == tuple(zip(map(float, own), at, strict=True))


@pytest.mark.parametrize(("off", "found"), [(3.4, True), (3.6, False)])
def test_they_stand_there_to_half_of_what_is_under(off, found):
    assert bool(head([0, 6, 18, 30], [100.0, 130.0 + off, 190.0, 250.0])) is found


def test_times_may_be_the_labels_of_the_axis_wherever_they_stand():
    assert head([0, 12, 24, 36], [80.0, 130.0, 170.0, 222.0])
    # Other numbers than the axis' own, or not from its first on, are none.
    assert not head([0, 12, 36, 48], [80.0, 130.0, 170.0, 222.0])
    assert not head([0, 11, 24, 36], [80.0, 130.0, 170.0, 222.0])


def test_times_that_are_said_to_be_some_are_as_far_apart_as_they_stand():
    assert head([0, 10, 20], [80.0, 110.0, 140.0], "Months")
    assert not head([0, 10, 20], [80.0, 110.0, 140.0], "Surgery")
    assert not head([0, 10, 20], [80.0, 118.0, 140.0], "Months")


@pytest.mark.parametrize("said", ["Events", "Censored", "Cumulative deaths", "%"])
def test_counts_of_something_else_are_no_times(said):
    assert not head([0, 12, 24, 36], [100.0, 160.0, 220.0, 280.0], said)


@pytest.mark.parametrize(("many", "found"), [(2, False), (3, True)])
def test_three_times_make_a_line_of_them(many, found):
    assert FEWEST == 3
    assert bool(head([0, 12, 24][:many], [100.0, 160.0, 220.0][:many])) is found


@pytest.mark.parametrize(("first", "found"), [(1.1, True), (1.2, True), (1.3, False)])
def test_a_table_begins_at_time_0(first, found):
    """Two hundredths of sixty months."""
    assert START == 0.02
    assert bool(head([first, 12, 24], [100.0 + 5 * first, 160.0, 220.0])) is found


def test_numbers_that_fall_or_have_brackets_are_no_times():
    assert not head([24, 12, 0], [100.0, 160.0, 220.0])
    brackets = [cell("", 100.0 + 60 * i, numbers=(str(12 * i), "3"), sign="(") for i in range(4)]
    assert not times_told(brackets, "", LABELS, AXIS)
