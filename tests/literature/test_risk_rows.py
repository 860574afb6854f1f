"""Where the words and numbers of a row stand: each distance on its line and on both sides of it."""

import pytest

from hilum.literature.figures.axes import Axis
from hilum.literature.figures.page import Word
from hilum.literature.figures.printed_risk import FITS, ONE_DEATH, given_to
from hilum.literature.figures.risk_ground import BEFORE
from hilum.literature.figures.risk_headings import APART
from hilum.literature.figures.risk_labels import BESIDE, FOLLOWS, LABEL
from hilum.literature.figures.risk_rows import HIGH, SIDEWAYS, RiskRow, rows_of
from hilum.literature.figures.rulers import Ruler

# Five points a month from 100 on, labelled every year, at 300 points from the top.
RULER = Ruler(
    0, Axis(-20.0, 0.2, 0.0, 60.0, 0.1), 100.0, 400.0, 300.0, True, 0.0, False,
    tuple((12.0 * i, 100.0 + 60.0 * i) for i in range(6)),
)  # fmt: skip
NUMBERS = (140, 90, 50)


def word(text, left, down, wide=None):
    wide = 5.0 * len(text) if wide is None else wide
    return Word(text, left, down - 5, left + wide, down + 5, True)


def numbers(down=340.0, shift=0.0):
    return [word(str(n), 100 + 60 * i - 7.5 + shift, down, 15.0) for i, n in enumerate(NUMBERS)]


def heading(down=325.0, left=20.0):
    return [word("Number", left, down), word("at", left + 33, down), word("risk", left + 46, down)]


def read(*words):
    return rows_of(words, RULER, RULER.axis)


@pytest.mark.parametrize(("down", "own"), [(2.4, True), (2.5, False), (2.6, False)])
def test_words_stand_on_the_line_of_their_numbers(down, own):
    assert BESIDE == 2.5
    (row,) = read(*heading(), word("Surgery", 40, 340 + down), *numbers())
    assert row.label == ("Surgery" if own else "")


@pytest.mark.parametrize(("gap", "own"), [(129.9, True), (130.0, True), (130.1, False)])
def test_how_far_the_words_of_a_row_are_from_its_first_number(gap, own):
    assert LABEL == 130.0
    (row,) = read(*heading(), word("Arm", 92.5 - gap - 15, 340.0), *numbers())
    assert row.label == ("Arm" if own else "")


@pytest.mark.parametrize(("gap", "label"), [(7.9, "Arm B"), (8.0, "Arm B"), (8.1, "B")])
def test_how_far_its_words_are_from_one_another(gap, label):
    assert FOLLOWS == 8.0
    name = [word("Arm", 75 - gap - 15, 340.0), word("B", 75.0, 340.0)]
    (row,) = read(*heading(), *name, *numbers())
    assert row.label == label


@pytest.mark.parametrize(("before", "kept"), [(13.9, True), (14.0, False), (14.1, False)])
def test_how_far_before_time_0_a_number_of_the_table_stands(before, kept):
    """All is moved by so much; what is left without its first number begins a year late."""
    assert BEFORE == 14.0
    (row,) = read(*heading(), *numbers(shift=-before))
    assert row.kind == ("at_risk" if kept else "no_time")
    assert len(row.n) == (3 if kept else 2)


@pytest.mark.parametrize(("aside", "said"), [(159.9, True), (160.0, False), (160.1, False)])
def test_how_far_beside_the_axis_a_heading_ends(aside, said):
    assert SIDEWAYS == 160.0
    (row,) = read(word("Risikopatienten", RULER.first - aside - 75, 325.0), *numbers())
    assert (row.kind == "at_risk") is said


@pytest.mark.parametrize(("over", "said"), [(59.9, True), (60.0, True), (60.1, False)])
def test_how_far_over_a_row_in_the_plot_its_heading_stands(over, said):
    assert HIGH == 60.0
    (row,) = read(*heading(down=200 - over), *numbers(down=200.0))
    assert (row.kind == "at_risk") is said


@pytest.mark.parametrize(("over", "said"), [(0.9, False), (1.0, True), (1.1, True)])
def test_a_heading_is_over_its_row_by_a_point(over, said):
    """Beside the numbers, behind the axis: words of their own line head nothing."""
    assert APART == 1.0
    (row,) = read(*heading(down=340 - over, left=230.0), *numbers())
    assert (row.kind == "at_risk") is said


FLAT = ([0.0, 30.0], [1.0, 1.0])


@pytest.mark.parametrize(("first", "fits"), [(100, True), (99, True), (98, False)])
def test_a_row_lacks_one_patient_at_most_that_its_curve_asks_for(first, fits):
    """A fall to 0.5 with 50 left asks for 100; the other row asks the curve for 120."""
    assert FITS == 1.0
    curve = ([0.0, 6.0, 20.0], [1.0, 0.5, 0.5])
    rows = [RiskRow((0.0, 12.0), (first, 50), "", None), RiskRow((0.0, 12.0), (60, 60), "", None)]
    found = given_to(rows, ["", ""], ["#000000"] * 2, [curve, FLAT])
    assert (found == rows) is fits


@pytest.mark.parametrize(("level", "fits"), [(0.31, False), (0.3, True), (0.29, True)])
def test_the_smallest_step_is_nearly_a_death(level, fits):
    """Of one patient who is left; the other curve's step is of fifty at least."""
    assert ONE_DEATH == 0.7
    curve, other = ([0.0, 6.0, 20.0], [1.0, level, level]), ([0.0, 6.0, 20.0], [1.0, 0.98, 0.98])
    rows = [RiskRow((0.0, 3.0), (10, 1), "", None), RiskRow((0.0, 3.0), (60, 60), "", None)]
    found = given_to(rows, ["", ""], ["#000000"] * 2, [curve, other])
    assert (found == rows) is fits
