"""O - E with its variance under the names that programs write, in every command that pools them.

The log hazard ratio of a log-rank table is (O - E) / V with variance 1 / V (Yusuf 1985).
"""

import math

import pytest

from hilum.analyses import analysis
from hilum.analyses.hazard_ratios import COLUMNS
from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked, wanted_columns
from hilum.analyses.tables import read_table, table_of
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.hazard_ratios import hazard_ratio_lines
from hilum.tabular import renamed, sheet_of

RECORD = analysis("hazard_ratios")
ROWS = [("Adams", -5.2, 14.1), ("Bruno", -8.8, 17.0), ("Costa", -3.4, 20.2)]
COMMON = math.exp(sum(one[1] for one in ROWS) / sum(one[2] for one in ROWS))


def quiet(said):
    return None


def written(tmp_path, header, rows=ROWS):
    path = tmp_path / "t.csv"
    lines = [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def pooled(path, measure="HR", **more):
    table = read_table(path, wanted_columns(measure), quiet)
    return run(PoolAsked(table=table, measure=measure, **more))


def ratios(path):
    return RECORD.run(RECORD.Asked(table=read_table(path, COLUMNS, quiet)))


HEADERS = ("study,O-E,Variance", "study,O-E,V", "study,O - E,O-E variance", "study,oe,oev")


@pytest.mark.parametrize("header", HEADERS)
def test_pool_and_hazard_ratio_read_the_same_columns(tmp_path, header):
    path = written(tmp_path, header)
    assert math.exp(pooled(path, method="EE").beta[0]) == pytest.approx(COMMON, rel=1e-12)
    answer = ratios(path)
    assert answer.common[0] == pytest.approx(COMMON, rel=1e-9)
    assert {one.derived_from for one in answer.studies} == {"log-rank table"}


def test_beside_effects_a_variance_is_theirs():
    wanted = wanted_columns("HR")
    assert renamed("f", ("study", "yi", "O-E", "Variance"), wanted)["vi"] == "Variance"
    assert renamed("f", ("study", "TE", "O-E", "Variance"), wanted)["vi"] == "Variance"
    assert renamed("f", ("study", "yi", "Variance"), wanted) == {"vi": "Variance"}
    found = renamed("f", ("study", "O-E", "O-E variance", "Variance"), wanted)
    assert (found["oev"], found["vi"]) == ("O-E variance", "Variance")


def test_log_ratios_with_their_errors_are_pooled(tmp_path):
    rows = [("A", -0.3567, 0.1717), ("B", -0.5978, 0.2293), ("C", -0.2231, 0.1476)]
    weight = [1 / se**2 for _, _, se in rows]
    log = sum(w * y for w, (_, y, _) in zip(weight, rows, strict=True)) / sum(weight)
    path = written(tmp_path, "study,yi,sei", rows)
    answer = ratios(path)
    assert answer.common[0] == pytest.approx(math.exp(log), rel=1e-9)
    said = "\n".join(hazard_ratio_lines(answer, words("en")))
    assert "from its log hazard ratio" in said
    assert math.exp(pooled(path, method="EE").beta[0]) == pytest.approx(answer.common[0], rel=1e-9)


@pytest.mark.parametrize("se", ["0", "-0.1"])
def test_an_error_that_is_none_is_refused_with_its_row(tmp_path, se):
    path = written(tmp_path, "study,yi,sei", [("A", -0.3, 0.2), ("B", -0.4, se)])
    with pytest.raises(InputError) as error:
        ratios(path)
    (fault,) = error.value.faults
    assert (fault.row, fault.column) == (3, "yi, sei")


@pytest.mark.parametrize(("least", "told"), [(0.99, True), (1.01, False), (-0.1, False)])
def test_logarithms_that_look_like_ratios_are_named(tmp_path, least, told):
    path = written(tmp_path, "study,yi,sei", [("A", 1.2, 0.2), ("B", least, 0.3)])
    assert bool(ratios(path).remarks) is told


REVIEW = """<?xml version="1.0"?><COCHRANE_REVIEW><STUDY ID="a" NAME="Adams"/>
<STUDY ID="b" NAME="Bruno"/><COMPARISON NO="1"><IV_OUTCOME NO="1"><NAME>OS</NAME>
<IV_DATA STUDY_ID="a" ESTIMATE="-0.3567" SE="0.1717"/>
<IV_DATA STUDY_ID="b" ESTIMATE="-0.5978" SE="0.2293"/></IV_OUTCOME>
<IPD_OUTCOME NO="2"><NAME>PFS</NAME><IPD_DATA STUDY_ID="a" O_E="-5.2" VAR="14.1"/>
<IPD_DATA STUDY_ID="b" O_E="-8.8" VAR="17.0"/></IPD_OUTCOME></COMPARISON></COCHRANE_REVIEW>"""


@pytest.mark.parametrize(
    ("part", "first"), [("1.1", math.exp(-0.3567)), ("1.2", math.exp(-5.2 / 14.1))]
)
def test_a_review_is_read_as_it_is(part, first):
    sheet = sheet_of(REVIEW.encode(), "r.rm5", part)
    answer = RECORD.run(RECORD.Asked(table=table_of(sheet, COLUMNS, quiet)))
    assert answer.studies[0].hazard_ratio == pytest.approx(first, rel=1e-9)


@pytest.mark.parametrize("measure", ["PETO", "OR"])
def test_o_less_e_that_is_passed_over_is_said(tmp_path, measure):
    header = "study,ai,n1i,ci,n2i,O-E,Variance"
    rows = [("A", 30, 80, 39, 82, -5.2, 14.1), ("B", 25, 55, 40, 51, "", "")]
    (said,) = pooled(written(tmp_path, header, rows), measure).remarks
    assert said.startswith("O-E is not used")
    empty = [(*row[:5], "", "") for row in rows]
    assert pooled(written(tmp_path, header, empty), measure).remarks == ()
