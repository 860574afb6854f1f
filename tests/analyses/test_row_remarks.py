"""What is said of the rows: corrections, figures that do not fit, studies that stand twice."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hilum.analyses.absolute import absolute
from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked, wanted_columns
from hilum.analyses.pooled import Shown
from hilum.analyses.tables import table_of
from hilum.errors import InputError, NotEstimable
from hilum.synthesis import exact_interval
from hilum.synthesis.effects.printed import against_limits, off_log, off_middle
from hilum.tabular import sheet_of


def answer(text, measure, **more):
    sheet = sheet_of(text.encode(), "f.csv")
    table = table_of(sheet, wanted_columns(measure, ()), lambda _: None)
    return run(PoolAsked(table=table, measure=measure, **more))


COUNTS = "study,ai,n1i,ci,n2i\n"
SILENT = COUNTS + "A,0,30,0,31\nB,0,40,0,39\nC,1,50,4,52\nD,2,22,5,20\nE,3,31,6,30\n"


def test_a_study_without_an_event_is_named_and_the_figure_without_it_stands_beside():
    found = answer(SILENT, "OR")
    only = answer(SILENT, "OR", drop00=True)
    assert found.k == 5
    assert found.heard.silent == ("A", "B")
    assert found.heard.k == 3
    assert found.heard.figure.pred == pytest.approx(only.shown.pred, rel=1e-12)
    assert only.k == 3
    assert [one.row for one in only.left_out] == [2, 3]
    assert only.heard is None
    alone = answer(COUNTS + "C,1,50,4,52\nD,2,22,5,20\nE,3,31,6,30\n", "OR")
    assert only.beta == alone.beta
    assert only.shown == alone.shown


@pytest.mark.parametrize("rows", ["A,0,10,0,12\nB,0,20,0,20\n", "A,10,10,12,12\nB,0,20,0,20\n"])
@pytest.mark.parametrize("measure", ["OR", "RR"])
def test_nothing_but_silent_studies_is_refused_with_what_to_do(rows, measure):
    with pytest.raises(NotEstimable, match="RD"):
        answer(COUNTS + rows, measure)
    assert answer(COUNTS + rows, "RD").k == 2


def test_what_was_corrected_is_said():
    (told,) = answer(COUNTS + "A,0,30,3,31\nB,4,40,5,39\n", "OR").remarks
    assert str(told) == "counts corrected by 0.5 each, for the sake of empty cells: A"
    (every,) = answer(COUNTS + "A,0,30,3,31\nB,4,40,5,39\n", "OR", to="if0all", add=0.1).remarks
    assert str(every).endswith("0.1 each, for the sake of empty cells: A, B")
    for more in ({"to": "none", "add": 0.5}, {"add": 0.0, "to": "none"}):
        assert answer(COUNTS + "A,1,30,3,31\nB,4,40,5,39\n", "OR", **more).remarks == ()
    assert answer(COUNTS + "A,0,30,3,31\nB,4,40,5,39\n", "OR", method="MH").remarks == ()


@pytest.mark.parametrize("measure", ["PR", "PLN", "PAS"])
@pytest.mark.parametrize("x", [0, 3, 12])
def test_one_group_alone_has_one_interval(measure, x):
    found = answer(f"study,xi,ni\nA,{x},12\n", measure)
    low, high = exact_interval(x, 12, 0.95)
    assert (found.shown.pred, found.shown.ci_lb, found.shown.ci_ub) == (x / 12, low, high)
    assert (found.studies[0].low, found.studies[0].high) == (low, high)
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("value", "low", "high", "off"),
    [
        ("0.48", "0.35", "0.67", False), ("0.48", "0.35", "1.67", True),
        ("0.9", "0.6", "3.0", True), ("0.9", "0.6", "1.4", False), ("0.9", "0.6", "2.0", False),
        ("-0.5", "-0.9", "-0.1", False), ("0.90", "0.60", "2.00", True),
    ],
)  # fmt: skip
def test_a_ratio_off_the_middle_of_its_limits(value, low, high, off):
    assert off_middle(value, low, high) is off


@pytest.mark.parametrize(("by", "off"), [(0.98, False), (1.02, True)])
def test_the_threshold_is_rounding_and_a_quarter_of_half_a_width(by, off):
    low, high = 0.5, 2.0
    value, half = 1.0, math.log(2)
    for _ in range(50):
        room = sum(
            math.log((x + h) / (x - h)) / 2 for x, h in ((value, 5e-7), (low, 5e-7), (high, 5e-7))
        )
        value = math.exp(by * (room + 0.25 * half))
    assert off_middle(f"{value:.6f}", "0.500000", "2.000000") is off


@pytest.mark.parametrize(
    ("p", "bound", "low", "high", "against"),
    [
        (0.049, "", "0.90", "1.20", True), (0.051, "", "0.90", "1.20", False),
        (0.051, "", "0.50", "0.99", True), (0.049, "", "0.50", "0.99", False),
        (0.2, "", "0.50", "1.00", False), (0.2, "", "0.5", "0.9", True),
        (0.2, "", "0.50", "0.994", True), (0.2, "", "0.50", "0.995", True),
        (0.06, "<", "0.50", "0.90", False), (0.01, "<", "0.90", "1.20", True),
    ],
)  # fmt: skip
def test_p_against_limits(p, bound, low, high, against):
    assert against_limits(p, low, high, bound) is against


@pytest.mark.parametrize(
    ("yi", "ratio", "off"),
    [("-0.73", "0.48", False), ("-0.74", "0.48", False), ("-0.75", "0.48", True),
     ("-0.7340", "0.48", False), ("0.48", "0.48", True), ("-0.7", "0.5", False)],
)  # fmt: skip
def test_a_logarithm_beside_its_ratio(yi, ratio, off):
    assert off_log(yi, ratio) is off


def told(text, measure="HR"):
    return [str(one) for one in answer(text, measure).remarks]


def test_a_printed_ratio_is_looked_at():
    head = "study,hr,ci_lb,ci_ub\n"
    (one,) = told(head + "A,0.48,0.35,1.67\nB,0.60,0.40,0.90\n")
    assert "row 2 (A)" in one
    assert "0.76" in one
    assert "(0.22 to 1.05)" in one
    assert told(head + "A,0.48,0.35,0.67\nB,0.60,0.40,0.90\n") == []
    (one,) = told("study,hr,ci_lb,ci_ub,pval\nA,0.48,0.35,0.67,0.3\nB,0.60,0.40,0.90,<0.05\n")
    assert "contradict" in one


def test_a_bound_of_p_is_taken_and_said():
    found = answer("study,hr,pval\nA,0.5,<0.001\nB,0.8,0.2\n", "HR")
    exact = answer("study,hr,pval\nA,0.5,0.001\nB,0.8,0.2\n", "HR")
    assert found.beta == exact.beta
    assert "is a bound" in found.remarks[0]
    assert exact.remarks == ()
    with pytest.raises(InputError, match="no variance follows"):
        answer("study,hr,pval\nA,0.5,>0.05\nB,0.8,0.2\n", "HR")


def test_both_limits_may_stand_in_one_cell():
    one = answer("study;HR;95%-KI\nA;0,48;0,35–0,67\nB;0,62;0,41–0,94\n", "HR")
    two = answer("study,hr,ci_lb,ci_ub\nA,0.48,0.35,0.67\nB,0.62,0.41,0.94\n", "HR")
    assert one.beta == two.beta
    assert one.remarks == two.remarks == ()
    with pytest.raises(InputError, match=r"such as 0\.50 to 0\.98, or empty"):
        answer("study,hr,95% CI\nA,0.48,about 0.5\n", "HR")


def test_ratios_beside_logarithms():
    head = "study,yi,sei,hr\n"
    (one,) = told(head + "A,-0.73,0.2,0.48\nB,-0.51,0.3,0.60\n")
    assert "not used" in one
    (one,) = told(head + "A,0.48,0.2,0.48\nB,-0.51,0.3,0.60\n")
    assert "row 2 (A)" in one
    assert "yi is pooled" in one
    (one,) = told("study,yi,sei\nA,0.48,0.2\nB,0.60,0.3\n")
    assert "-0.734" in one
    for rows in ("A,-0.48,0.2\nB,0.6,0.3\n", "A,1.48,0.2\nB,1.6,0.3\n"):
        assert told("study,yi,sei\n" + rows) == []
    assert told("study,yi,sei\nA,0.48,0.2\nB,0.60,0.3\n", "GEN") == []


def test_a_study_that_stands_there_twice_is_said():
    rows = COUNTS + "A,10,30,20,30\nB,4,40,5,41\n"
    (one,) = told(rows + "B (update),4,40,5,41\n", "OR")
    assert "rows 3 (B) and 4 (B (update))" in one
    (one,) = told(rows + "A,9,30,20,30\n", "OR")
    assert "A stands in rows 2, 4" in one
    assert "multilevel" in one
    assert told(rows + "C,4,40,5,42\n", "OR") == []
    groups = "study,ai,n1i,ci,n2i,g\nA,10,30,20,30,x\nA,4,40,5,41,y\nB,4,40,5,41,y\n"
    across, one = answer(groups, "OR", by="g").remarks
    assert "A: effects in several subgroups" in across
    assert "rows 3 (A) and 4 (B)" in one
    counts = "study,xi,ni\nA,2,20\nB,2,20\nC,4,31\n"
    assert told(counts, "PLO") == []


def shown(value, low, high):
    return Shown(way="asked", pred=value, ci_lb=low, ci_ub=high)


@pytest.mark.parametrize(
    ("ratios", "beyond"),
    [((1.5, 1.2, 1.99), ()), ((1.5, 1.2, 2.0), ()), ((1.5, 1.2, 2.01), ("high",)),
     ((2.01, 1.2, 3.0), ("with_it", "high")), ((3.0, 2.1, 4.0), ("with_it", "low", "high"))],
)  # fmt: skip
def test_a_risk_above_one_is_said(ratios, beyond):
    found = absolute(0.5, "RR", shown(*ratios))
    assert found.beyond == beyond
    assert absolute(0.5, "OR", shown(*ratios)).beyond == ()
    assert replace(found, beyond=()).high == pytest.approx(min(1000.0, 500 * ratios[2]))
    assert np.isfinite(found.difference)
