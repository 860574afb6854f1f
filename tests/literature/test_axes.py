"""Scales typed by hand, and numbers at risk printed with a figure."""

import pytest

from hilum.errors import InputError
from hilum.literature.figures.axes import parse_axis
from hilum.literature.figures.printed_risk import RiskRow, excess, given_to
from hilum.literature.figures.rulers import number
from hilum.literature.figures.self_check import CHECKS, in_order, judged, warned


def test_three_points_on_a_logarithmic_axis_are_not_averaged():
    """1, 0.7 and 0.4 at 136, 274 and 491: 0.7 stands 40 pixels off the line of the others."""
    axis = parse_axis("136=1,274=0.7,491=0.4", "y_axis", 0.5)
    assert axis.log
    for place, value in ((136, 1), (274, 0.7), (491, 0.4)):
        assert axis.value(place) == pytest.approx(value, rel=0.003)
        assert axis.place(value) == pytest.approx(place, abs=1)


def test_points_on_no_scale_are_refused():
    with pytest.raises(InputError, match="points on one scale"):
        parse_axis("136=1,200=0.7,491=0.4", "y_axis", 0.5)
    with pytest.raises(InputError, match="above 0"):
        parse_axis("log:0=0,100=10", "x_axis", 0.5)


def test_a_slip_of_two_pixels_is_averaged_and_more_is_not():
    assert not parse_axis("0=0,252=50,500=100", "x_axis", 0.5).log
    with pytest.raises(InputError, match="points on one scale"):
        parse_axis("0=0,265=50,500=100", "x_axis", 0.5)


def test_two_points_are_logarithmic_where_it_is_said():
    axis = parse_axis("log:100=1,300=100", "x_axis", 0.5)
    assert axis.value(200) == pytest.approx(10)


@pytest.mark.parametrize(
    ("text", "value"),
    [("50%", 50), ("0·5", 0.5), ("1,000", 1000), ("0,25", 0.25), ("10^-1", 0.1), ("n=3", None)],
)
def test_labels_as_numbers(text, value):
    assert number(text) == value


def test_numbers_at_risk_ask_for_no_more_than_were_there():
    """A fall to 0.5 with 60 left asks for 120 before it (Guyot 2012): 20 more than 100."""
    time, survival = (0.0, 5.0, 10.0), (1.0, 0.5, 0.5)
    assert excess(time, survival, (0, 8), (100, 60)) == pytest.approx(20)
    assert excess(time, survival, (0, 8), (100, 50)) == 0


def test_rows_go_to_the_only_curves_they_fit_or_to_none():
    high = ((0.0, 5.0, 10.0), (1.0, 0.9, 0.9))
    low = ((0.0, 5.0, 10.0), (1.0, 0.2, 0.2))
    rows = [RiskRow((0, 8), (50, 9), "", None), RiskRow((0, 8), (50, 44), "", None)]
    given = given_to(rows, ["", ""], ["#000000", "#000000"], [high, low])
    assert [row.n for row in given] == [(50, 44), (50, 9)]
    same = given_to(rows, ["", ""], ["#000000", "#000000"], [high, high])
    assert same == [None, None]
    named = [RiskRow((0, 8), (50, 9), "arm=B", None), RiskRow((0, 8), (50, 44), "arm=A", None)]
    by_name = given_to(named, ["A", "B"], ["#000000", "#000000"], [high, high])
    assert [row.n for row in by_name] == [(50, 44), (50, 9)]


def test_checks_warn_beyond_their_bound_and_not_on_it():
    bound = CHECKS["starts_at_one"].bound
    assert judged("starts_at_one", bound).outcome == "ok"
    assert judged("starts_at_one", bound * 1.01).outcome == "warn"
    least = CHECKS["covers_ink"].bound
    assert judged("covers_ink", least).outcome == "ok"
    assert judged("covers_ink", least * 0.99).outcome == "warn"
    assert judged("median_agrees", None).outcome == "not_possible"
    given = in_order([judged("starts_at_one", 0), judged("covers_ink", 0)])
    assert [one.code for one in given] == ["covers_ink", "starts_at_one"]
    assert [one.code for one in warned(given)] == ["covers_ink"]
