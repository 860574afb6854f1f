"""Columns as a user names them: every way to say them, and what is refused."""

import pytest

from hilum.analyses.pool_asked import wanted_columns
from hilum.analyses.tables import read_table
from hilum.cli.columns import only_named, typed_columns
from hilum.errors import InputError

TABLE = "Trial,HR,LCL,UCL,n\nA,0.5,0.3,0.8,40\nB,0.7,0.5,1.0,50\n"


def read(tmp_path, named, wanted=None, text=TABLE):
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    return read_table(path, wanted or wanted_columns("HR"), lambda _: None, named)


@pytest.mark.parametrize(
    "named",
    [
        {"hr": "HR", "ci_lb": "LCL", "ci_ub": "UCL"},
        {"hr": "hr", "lo": "lcl", "hi": "ucl"},
        {"hazard ratio": "HR", "lower": "LCL", "upper": "UCL"},
    ],
)
def test_either_side_may_be_said_in_other_words(tmp_path, named):
    table = read(tmp_path, named)
    assert table.numbers("hr") == [0.5, 0.7]
    assert table.numbers("ci_lb") == [0.3, 0.5]
    assert table.numbers("LCL") == [0.3, 0.5], "its own name still finds it"


def test_a_column_that_is_named_for_one_thing_is_no_other(tmp_path):
    text = "study,events,n,cured\nA,3,9,4\nB,2,8,5\n"
    table = read(tmp_path, {"xi": "cured"}, wanted_columns("PLO"), text)
    assert table.numbers("xi") == [4, 5]
    assert table.numbers("events") == [3, 2]


@pytest.mark.parametrize(
    ("named", "match"),
    [({"hrr": "HR"}, "one of yi, vi, sei"), ({"hr": "HZ"}, "a column that holds hr")],
)
def test_what_is_not_there_is_refused(tmp_path, named, match):
    with pytest.raises(InputError, match=match):
        read(tmp_path, named)


def test_what_is_typed():
    assert typed_columns(" hr=HR, year ,lo = LCL") == ({"hr": "HR", "lo": "LCL"}, ("year",))
    assert typed_columns(None) == ({}, ())


@pytest.mark.parametrize("typed", ["=HR", "hr=", "hr=HR,hr=H"])
def test_half_a_name_is_refused(typed):
    with pytest.raises(InputError, match="each column once"):
        typed_columns(typed)


def test_where_nothing_can_be_shown_a_name_alone_is_refused():
    with pytest.raises(InputError, match="year"):
        only_named("hr=HR,year")
