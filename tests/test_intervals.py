"""Columns that hold intervals as papers print them become two limits, or are refused by row."""

import pytest

from hilum.analyses import analysis
from hilum.analyses.hazard_ratios import COLUMNS
from hilum.analyses.tables import read_table, say_unread
from hilum.errors import InputError
from hilum.tabular import names_intervals
from hilum.tabular.intervals import part_intervals

ASKED = ("study", "lower", "upper")


def parted(head, *cells, asked=ASKED, own=None):
    rows = ((1, ("study", head)), *((n + 2, ("s", cell)) for n, cell in enumerate(cells)))
    made = part_intervals("t.csv", rows, asked, own)
    return [cells[1:] for _, cells in made.rows], [str(one) for one in made.said]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((name, True) for name in (
            "95% CI", "95 % CI", "CI", "CI (95%)", "CI95", "c.i.", "95% CrI", "interval", "95%-KI",
            "IC 95 %", "confidence interval", "95% confidence limits", "95%置信区间", "HR (95% CI)",
            "HR 95%CI", "HR95%CI", "OR [95% CI]", "HR（95%CI）", "mean, 95% CI",
        )),
        *((name, False) for name in (
            "Ki-67", "Citation", "city", "basic", "Medici", "icu", "HR", "ki67",
            "95% PI", "precision",
        )),
    ],
)  # fmt: skip
def test_heads_that_say_so(name, is_one):
    assert names_intervals(name) is is_one


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("0.50-0.98", "0.50", "0.98"),
        ("0.50 – 0.98", "0.50", "0.98"),
        ("0.50 to 0.98", "0.50", "0.98"),
        ("(0.50; 0.98)", "0.50", "0.98"),
        ("[0.50, 0.98]", "0.50", "0.98"),
        ("0.50,0.98", "0.50", "0.98"),
        ("0,50-0,98", "0.50", "0.98"),
        ("0,50, 0,98", "0.50", "0.98"),
        ("0,500 bis 0,984", "0.500", "0.984"),
        ("0·50–0·98", "0.50", "0.98"),
        ("0.50 至 0.98", "0.50", "0.98"),
        ("-0.5--0.1", "-0.5", "-0.1"),
        ("\u22120.5 to 0.3", "-0.5", "0.3"),
        ("-0.5-0.3", "-0.5", "0.3"),
        ("24-NR", "24", "NR"),
        ("24 to not reached", "24", "NR"),
        ("NA", "", ""),
        ("", "", ""),
    ],
)
def test_an_interval_in_one_cell(cell, low, high):
    (head, _, found), said = parted("95% CI", "1 to 2", cell)
    assert head == ("lower", "upper")
    assert found == (low, high)
    assert said == ["t.csv: column 95% CI is read as lower, upper"]


@pytest.mark.parametrize(
    "cell", ["1,200-1,500", "about 0.5", "0.5/0.9", "0.5", "0.5-0.9-1.2", "<0.9", "0.7 (0.5-0.9) x"]
)
def test_what_is_no_interval_is_refused_with_its_row(cell):
    with pytest.raises(InputError, match=r"t\.csv:3: 95% CI: .*such as 0\.50 to 0\.98, or empty"):
        parted("95% CI", "1 to 2", cell)


def test_an_estimate_before_the_interval_becomes_a_column():
    found, said = parted("HR (95% CI)", "0.70 (0.50-0.98)", "0,8 [0,5; 1,1]", ".")
    assert found == [
        ("HR", "lower", "upper"), ("0.70", "0.50", "0.98"), ("0.8", "0.5", "1.1"), ("", "", ""),
    ]  # fmt: skip
    assert said == ["t.csv: column HR (95% CI) is read as HR, lower, upper"]
    with pytest.raises(InputError, match=r"such as 0\.70 \(0\.50 to 0\.98\)"):
        parted("HR (95% CI)", "0.70 (0.50-0.98)", "0.50-0.98")


def test_an_estimate_that_has_its_own_column_is_not_made_again():
    rows = ((1, ("HR", "HR 95% CI")), (2, ("0.7", "0.5-0.98")), (3, ("0.7", "0.4-0.9")))
    assert part_intervals("t.csv", rows, ASKED).rows[0][1] == ("HR", "lower", "upper")


def test_other_levels_are_left_and_said_and_other_columns_are_left():
    assert parted("90% CI", "0.5-0.9")[0] == [("lower", "upper"), ("0.5", "0.9")]
    assert parted("90% CI", "0.5-0.9", asked=("study", "ci_lb", "ci_ub")) == (
        [("90% CI",), ("0.5-0.9",)],
        ["t.csv: column 90% CI is left unread: its intervals are not of 95 %"],
    )
    assert parted("95% CI", "0.5-0.9", asked=("study", "xi")) == ([("95% CI",), ("0.5-0.9",)], [])
    assert parted("IC", "yes", "no") == ([("IC",), ("yes",), ("no",)], [])


def test_limits_of_their_own_columns_win_and_two_columns_of_intervals_are_asked_about():
    rows = ((1, ("LCL", "UCL", "95% CI")), (2, ("1", "2", "1 to 2")))
    assert part_intervals("t.csv", rows, ASKED).rows == rows
    rows = ((1, ("95% CI", "CI")), (2, ("1-2", "1 to 2")))
    with pytest.raises(InputError, match="one column of intervals, or columns lower and upper"):
        part_intervals("t.csv", rows, ASKED)


def test_a_user_names_the_column():
    assert parted("range", "1 to 2", own="Range")[0][0] == ("lower", "upper")
    with pytest.raises(InputError, match="expected one of study, range"):
        parted("range", "1 to 2", own="other")


def test_a_table_of_a_paper_is_pooled(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        'study,HR (95% CI)\nA,0.70 (0.50-0.98)\nB,0.85 (0.60 to 1.20)\nC,"0.55 (0.35, 0.86)"\n'
    )
    split = tmp_path / "u.csv"
    split.write_text("study,HR,lower,upper\nA,0.70,0.50,0.98\nB,0.85,0.60,1.20\nC,0.55,0.35,0.86\n")
    said = []
    record = analysis("hazard_ratios")
    one = record.run(record.Asked(table=read_table(path, COLUMNS, said.append)))
    two = record.run(record.Asked(table=read_table(split, COLUMNS, said.append)))
    assert (one.hazard_ratio, one.ci) == (two.hazard_ratio, two.ci)
    assert "column HR (95% CI) is read as HR, lower, upper" in str(said[0])


def test_columns_that_nothing_asks_for_are_named(tmp_path):
    path, said = tmp_path / "t.csv", []
    path.write_text("study,HR,95% CI,reference,endpoint\nA,0.70,0.50-0.98,Placebo,OS\n")
    table = read_table(path, COLUMNS, said.append)
    said.clear()
    say_unread(table, COLUMNS, said.append)
    assert [str(one) for one in said] == [
        "t.csv: left unread, whatever stands in them: columns endpoint"
    ]
    path.write_text("study,HR,95% CI\nA,0.70,0.50-0.98\n")
    table = read_table(path, COLUMNS, said.append)
    said.clear()
    say_unread(table, COLUMNS, said.append)
    assert said == []
