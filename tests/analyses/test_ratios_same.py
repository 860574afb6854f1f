"""A trial that stands twice in a table of hazard ratios, under two names."""

import pytest

from hilum.analyses.hazard_ratios import COLUMNS
from hilum.analyses.ratios_same import same_trials
from hilum.analyses.tables import read_table


def told(tmp_path, head, *rows):
    path = tmp_path / "t.csv"
    path.write_text("\n".join((f"study,{head}", *rows)) + "\n", "utf-8")
    return [str(one) for one in same_trials(read_table(path, COLUMNS, lambda _: None))]


@pytest.mark.parametrize(
    ("head", "same", "other"),
    [
        ("hazard_ratio,lower,upper", "0.7,0.5,0.98", "0.7,0.5,0.99"),
        ("hazard_ratio,lower,upper", "0.7,0.5,0.98", "0.7,0.51,0.98"),
        ("hazard_ratio,lower,upper", "0.7,0.5,0.98", "0.71,0.5,0.98"),
        ("hazard_ratio,lower,upper,events", "0.7,0.5,0.98,40", "0.7,0.5,0.98,41"),
        ("hazard_ratio,events,comparator_events", "0.7,40,52", "0.7,40,53"),
        ("hazard_ratio,p,events", "0.7,0.03,40", "0.7,0.03,41"),
        ("observed_minus_expected,variance", "-8.1,21.4", "-8.1,21.5"),
        ("yi,sei", "-0.357,0.172", "-0.357,0.173"),
        ("file", "a.csv", "b.csv"),
    ],
)
def test_the_same_figures_of_two_names_are_named_and_one_that_differs_is_not(
    tmp_path, head, same, other
):
    (one,) = told(tmp_path, head, f"A,{same}", f"C,{other}", f"B,{same}")
    assert "rows 2 (A) and 4 (B)" in one
    assert "probably one trial, published twice" in one
    assert told(tmp_path, head, f"A,{same}", f"C,{other}") == []


def test_one_figure_alike_tells_nothing(tmp_path):
    assert told(tmp_path, "hazard_ratio,p", "A,0.7,0.03", "B,0.7,0.03") == []
    assert told(tmp_path, "hazard_ratio,events", "A,0.7,40", "B,0.7,40") == []
    assert told(tmp_path, "hazard_ratio,lower,upper", "A,0.7,0.5,0.98", "B,0.7,0.4,1.2") == []
    # One trial by one name is told of elsewhere; of three alike each is named with the first.
    same = "0.7,0.5,0.98"
    assert (
        told(tmp_path, "hazard_ratio,lower,upper", f"A,{same}", f"a,{same.replace('8', '80')}")
        == []
    )
    assert (
        len(told(tmp_path, "hazard_ratio,lower,upper", f"A,{same}", f"B,{same}", f"C,{same}")) == 2
    )
