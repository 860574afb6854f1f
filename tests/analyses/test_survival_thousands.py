"""Times of survival tables with signs between thousands, and points beside decimal commas."""

import pytest

from hilum.analyses.survival_cells import plain_times
from hilum.analyses.survival_table import COLUMNS, survival_arms
from hilum.analyses.tables import read_table
from hilum.errors import InputError

HEAD = "study;kind;time;value;lower;upper;n\n"


def read(tmp_path, *rows):
    path = tmp_path / "t.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    table = read_table(path, COLUMNS, lambda _: None)
    found = survival_arms(table, {}, unit="days")
    return [one for arm in found.arms for one in arm.reports], [str(one) for one in found.remarks]


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("1,095", "1095"),
        ("1,095 days", "1095 days"),
        ("1’200", "1200"),
        ("1,200 (1,000-1,500)", "1200 (1000-1500)"),
        ("12,345,678", "12345678"),
        ("0,125", "0,125"),
        ("1,09", "1,09"),
        ("1,0955", "1,0955"),
        ("1,095.5", "1,095.5"),
        ("1.095,5", "1.095,5"),
        ("40 (30, 55)", "40 (30, 55)"),
    ],
)
def test_signs_between_thousands_and_others(cell, plain):
    assert plain_times(cell) == plain


def test_times_with_a_comma_between_thousands_are_read_and_said(tmp_path):
    found, told = read(tmp_path, "A;rate;365;85.2;;;40", "A;rate;1,095;55.1;;;40")
    assert [one.time for one in found] == [365, 1095]
    assert told == ["times: signs between thousands are left out: 1,095 = 1095"]
    (one,), told = read(tmp_path, "A;median;;1,200;1,000;1,500;60")
    assert (one.value, one.lower, one.upper) == (1200, 1000, 1500)
    assert "1,200 = 1200, " in told[0] or told[0].endswith("1,200 = 1200")
    (one,), _ = read(tmp_path, "A;median;;1,200 (1,000-1,500);;;60")
    assert (one.value, one.lower, one.upper) == (1200, 1000, 1500)
    assert read(tmp_path, "A;rate;365;85.2;;;40")[1] == []
    with pytest.raises(InputError, match="value: '1,200'"):
        read(tmp_path, "A;rate;365;1,200;;;40")


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (("A;rate;365;85,2;;;40", "A;rate;1.095;55,1;;;40"), "row 3 has 1.095 in column time"),
        (("A;rate;12;85,2;;;1.200", "A;rate;36;55,4;;;1.200"), "row 2 has 1.200 in column n"),
    ],
)
def test_the_point_that_keeps_decimal_commas_from_being_read_is_named(tmp_path, rows, place):
    with pytest.raises(InputError, match=place):
        read(tmp_path, *rows)
    without = [row.replace("1.", "1") for row in rows]
    assert next(one.value for one in read(tmp_path, *without)[0]) == pytest.approx(0.852)
