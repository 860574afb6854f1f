"""The last row of a table goes to the last curve; all rows that are nobody's are told."""

import pytest

from hilum.literature.figures.printed_risk import rows_given
from hilum.literature.figures.risk_headings import AT_RISK, LATE, UNSAID
from hilum.literature.figures.risk_rows import RiskRow
from hilum.literature.figures.risk_steps import StepCheck

TIME = (0.0, 12.0, 24.0)
HIGH, LOW = (
    ((0.0, 6.0, 18.0, 30.0), (1.0, 0.9, 0.8, 0.8)),
    ((0.0, 6.0, 18.0, 30.0), (1.0, 0.5, 0.2, 0.2)),
)
CURVES = [HIGH, LOW]
PROVEN, UNTOLD = StepCheck(0.0, 50, 4, 118.0), StepCheck(0.0, 0)


def row(label, n, kind=AT_RISK, colour=None, heading="Number at risk"):
    return RiskRow(TIME, n, label, colour, kind, heading)


SURGERY, TACE = row("Surgery", (118, 101, 80)), row("TACE", (121, 60, 20))


def given(rows, names=("", ""), proven=(0, "Surgery"), colours=("#111111", "#222222")):
    """As of two curves, the steps of one of which prove a row by its words."""

    def checks(curve, one):
        return PROVEN if (curve, one.label) == proven else UNTOLD

    return rows_given(rows, names, colours, CURVES, checks)


def test_the_only_row_left_is_of_the_only_curve_left():
    assert [one.row for one in given([SURGERY, TACE])] == [SURGERY, TACE]


@pytest.mark.parametrize(
    ("n", "taken"), [((121, 110, 100), False), ((121, 61, 24), True), ((121, 61, 25), False)]
)
def test_the_levels_of_the_curve_are_not_against_it(n, taken):
    """Of 121 patients 60.5 and 24.2 are left at most: one more is a reading's slip."""
    last = row("TACE", n)
    first, second = given([SURGERY, last])
    assert first.row is SURGERY
    assert (second.row is last) is taken
    assert second.why == ("" if taken else "whose")


def test_a_row_of_another_name_or_of_three_is_given_to_none():
    again = row("Surgery", TACE.n)
    first, second = given([SURGERY, again], names=("Surgery", "TACE"), proven=(0, ""))
    assert (first.row, second.row) == (None, None)
    assert given([SURGERY, TACE, row("Both", (239, 160, 100))])[1].row is None


def test_all_rows_that_are_not_known_to_be_ones_are_told():
    for one in given([TACE, row("TAE", (118, 50, 15))], proven=(0, "")):
        assert one.refused is not None
        assert (one.refused.label, one.why) == ("TACE', 'TAE", "whose")


def test_rows_without_a_heading_are_told_of_where_they_are_a_curves():
    late = row("TACE", (100, 60, 20), LATE, heading="")
    first, second = given([late], names=("Surgery", "TACE"))
    assert (first.refused, second.refused, second.why) == (None, late, LATE)
    assert [one.refused for one in given([late])] == [None, None]
    unsaid = row("TACE", (121, 60, 20), UNSAID, heading="")
    assert [one.why for one in given([unsaid])] == ["unproven", "unproven"]
