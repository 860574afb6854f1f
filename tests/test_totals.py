"""Rows of totals by what they begin with and by what they add up to."""

import pytest

from hilum.tabular import read_sheet, study_doubts, study_faults
from hilum.tabular.totals import _counts

TWO = ("study", "ai", "n1i", "ci", "n2i")
TRIALS = [(2, ("A", "10", "30", "20", "30")), (3, ("B", "4", "40", "5", "41"))]
SUMS = ("14", "70", "25", "71")


def refused(label, cells=("9", "99", "9", "99"), header=TWO):
    return [one.row for one in study_faults("f", header, [*TRIALS, (4, (label, *cells))])]


@pytest.mark.parametrize(
    "label",
    [
        "Overall (I2=0%)", "Random effects model", "Total (95% CI)", "Total events",
        "Subtotal (I^2 = 12%, p = 0.3)", "Subtotal PRRT", "Summary (random effects)",
        "合计（95%CI）",
        "总计：随机效应", "小计 PRRT", "Fixed effect model", "Common effect model",
        "Heterogeneity: Chi2 = 3", "Test for overall effect", "Pooled estimate", "Gesamt (95%-KI)",
        "Combined", "I² = 20 %", "TOTAL (n = 70)", "随机效应模型",
        "RE Model", "FE Model", "EE model", "D+L Overall", "I-V Overall", "M-H pooled RR",
        "DL + HKSJ", "Inverse variance", "Meta-analysis", "总效应量", "森林图汇总",
        "Total, group A",
        "Pooled (study level)", "RE Model (Q = 3.2, df = 4)", "REML model", "Peto odds ratio",
        "M–H, Fixed, combined", "REML", "合并总效应",
    ],
)  # fmt: skip
def test_a_row_that_begins_as_one_of_totals_is_refused(label):
    assert refused(label) == [4]


@pytest.mark.parametrize(
    "label",
    [
        "TOTAL trial", "TOTAL 2015", "Overall 2010a", "Summers 2003", "Totaro 1999", "Sumner",
        "Pooled registry", "Meaney", "Averbukh", "Overall et al", "Combinedx", "Randomski",
        "合计 2011", "TOTAL trial 2015", "TOTAL study group", "Peto", "Dl", "Model", "He Peto",
        "Ivor", "D L Miller", "TOTAL trial investigators", "I. V. Ramos",
    ],
)  # fmt: skip
def test_a_study_of_a_like_name_is_none(label):
    assert refused(label) == []


def test_a_row_whose_counts_are_the_sums_is_refused_whatever_it_is_called():
    assert refused("Ours", SUMS) == [4]
    (fault,) = study_faults("f", TWO, [*TRIALS, (4, ("Ours", *SUMS))])
    assert "sum of rows 2 to 3" in str(fault.expected)


@pytest.mark.parametrize("place", range(4))
def test_one_count_that_differs_is_no_sum(place):
    cells = list(SUMS)
    cells[place] = str(int(cells[place]) + 1)
    assert refused("Ours", cells) == []


def test_the_first_row_may_be_the_sum():
    rows = [(2, ("Ours", *SUMS)), (3, TRIALS[0][1]), (4, TRIALS[1][1])]
    assert [one.row for one in study_faults("f", TWO, rows)] == [2]


def test_a_block_above_may_be_summed():
    more = [
        (4, ("PRRT", *SUMS)),
        (5, ("C", "1", "10", "2", "11")),
        (6, ("D", "3", "30", "4", "31")),
    ]
    rows = [*TRIALS, *more, (7, ("TACE", "4", "40", "6", "42"))]
    assert [one.row for one in study_faults("f", TWO, rows)] == [4, 7]


def test_two_counts_that_add_up_are_asked_about():
    header = ("study", "xi", "ni")
    rows = [(2, ("A", "3", "20")), (3, ("B", "2", "21")), (4, ("C", "5", "41"))]
    assert study_faults("f", header, rows) == []
    (asked,) = study_doubts(header, rows)
    assert "row 4 (C) has the sums of rows 2 to 3" in asked
    assert study_doubts(header, [*rows[:2], (4, ("C", "5", "42"))]) == []
    # One column alone says nothing, nor do rows without an event.
    assert study_doubts(header, [*rows[:2], (4, ("C", "", "41"))]) == []
    assert study_doubts(("study", "xi"), [(2, ("A", "1")), (3, ("B", "2")), (4, ("C", "3"))]) == []


def test_arms_of_a_study_are_no_totals():
    rows = [*TRIALS, (4, ("A", *SUMS))]
    assert study_faults("f", TWO, rows) == []


@pytest.mark.parametrize("digits", [15, 16, 5000])
def test_a_number_too_long_to_count_people_adds_up_to_nothing(tmp_path, digits):
    """More digits than a double holds, or than Python turns into a number at all."""
    long = "9" * digits
    path = tmp_path / "t.csv"
    path.write_text(f"study,xi,ni\nA,1,{long}\nB,2,20\nC,3,30\n")
    assert len(read_sheet(path).rows) == 4
    assert _counts((("A", long), ("B", "20")), 0).keys() == ({1} if digits == 15 else set())
