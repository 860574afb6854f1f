"""What must not move a figure does not, and what must moves it the right way."""

import random
from dataclasses import replace

import pytest

from hilum.answers import GRADES, SITES, Question, cell, index, patient_cells
from hilum.evidence import Evidence
from hilum.evidence.codes import GradeScope, Site
from hilum.evidence.vocabulary import Design, FigureKind
from hilum.sheet.figures_part import FRAME
from hilum.sheet.frame import frame
from tests.answers.made import again, changed
from tests.answers.reference import record

POOLED = [
    Question("tae", "symptom_response"),
    Question("tace", "overall_survival_rate_60m", "small_bowel"),
    Question("prrt_lu177", "objective_response", "any"),
    Question("everolimus", "progression_free_survival", "pancreas"),
    Question("chemo_platinum", "objective_response", "any", "NEC", "first"),
]


def main(one):
    """The figure of a cell, whatever stands beside it."""
    studies = tuple(study.study_id for study in one.studies)
    return one.form, one.value, one.ci, one.prediction, one.k, one.k_with_n, one.n, studies


def reference(question):
    one = cell(question, record())
    assert one.form == "pooled"
    return one


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_tables_never_matters(seed):
    whole = record()
    order = random.Random(seed)
    tables = [list(table) for table in (whole.studies, whole.arms, whole.results)]
    for table in tables:
        order.shuffle(table)
    other = Evidence(*map(tuple, tables))
    for site, grade in zip(SITES, GRADES * 2, strict=True):
        ours, theirs = patient_cells(whole, site, grade), patient_cells(other, site, grade)
        for treatment, cells in ours.items():
            for key, one in cells.items():
                assert main(one) == main(theirs[treatment][key])
                assert one.told == theirs[treatment][key].told


def test_the_words_of_the_record_never_matter():
    """Columns decide: notes and how a figure was derived may be reworded."""
    whole = record()
    said = "not assumed, never excluded; n = none of the subgroup"
    reworded = Evidence(
        tuple(one.model_copy(update={"notes": said}) for one in whole.studies),
        tuple(one.model_copy(update={"notes": said, "description": said}) for one in whole.arms),
        tuple(
            one.model_copy(update={"notes": said, "derived": said if one.derived else None})
            for one in whole.results
        ),
    )
    ours, theirs = (patient_cells(one, "any", "G1-2") for one in (whole, reworded))
    for treatment, cells in ours.items():
        for key, one in cells.items():
            assert main(one) == main(theirs[treatment][key])
            assert one.told == theirs[treatment][key].told
    for outcome in FRAME:
        for one, other in zip(
            *((f, *f.other_populations) for f in (frame(whole, outcome), frame(reworded, outcome))),
            strict=True,
        ):
            assert (one.value, one.ci, one.k, one.n) == (other.value, other.ci, other.k, other.n)
            assert [f.left_out for f in one.left_out] == [f.left_out for f in other.left_out]


@pytest.mark.parametrize("question", POOLED)
def test_an_arm_in_two_rows_of_the_same_counts(question):
    """Half of its patients in one arm, half in another: one study, the same figure."""
    one = reference(question)
    printed = {id(row) for row in record().results}
    study = max(
        (
            study
            for study in one.studies
            if len(study.items) == 1 and study.row.n and id(study.row) in printed
        ),
        key=lambda study: study.row.n,
    )
    row, arm = study.row, study.first.arm
    half = row.n // 2
    parts = (half, row.n - half)
    if row.events is None:
        events = (None, None)
    else:
        events = (min(row.events, half), row.events - min(row.events, half))
    whole = record()
    rows = [
        row.model_copy(
            update={
                "arm_id": f"half{i}",
                "n": parts[i],
                "events": events[i],
                "value": 100 * events[i] / parts[i] if events[i] is not None else row.value,
                "ci_low": None,
                "ci_high": None,
                "result_id": f"{row.study_id}-90{i}",
            }
        )
        for i in (0, 1)
    ]
    split = Evidence(
        whole.studies,
        (*whole.arms, *(arm.model_copy(update={"arm_id": f"half{i}"}) for i in (0, 1))),
        (*(old for old in whole.results if old is not row), *rows),
    )
    bare = row.model_copy(update={"ci_low": None, "ci_high": None})
    same = replace(whole, results=tuple(bare if old is row else old for old in whole.results))
    before, after = cell(question, same), cell(question, split)
    assert (after.form, after.k, after.k_with_n, after.n) == (
        before.form,
        before.k,
        before.k_with_n,
        before.n,
    )
    # Patients that a rate stands for are rounded to whole ones in each part.
    loose = 0.01 if question.asked.measure == "rate_at" else 1e-6
    assert after.value == pytest.approx(before.value, rel=loose)
    assert after.ci == pytest.approx(before.ci, rel=5 * loose)


@pytest.mark.parametrize("question", POOLED)
def test_a_reviews_pooled_row_changes_nothing(question):
    one = reference(question)
    big = one.largest.first
    more = again(
        big.study,
        big.arm,
        big.row,
        "newreview",
        of_study={"design": Design.POOLED_ANALYSIS},
        of_row={"figure_kind": FigureKind.POOLED, "value": 77.0, "events": None, "n": 5000},
    )
    after = cell(question, changed(**more))
    assert main(after) == main(one)
    assert dict(after.told.left_out)["review"] == dict(one.told.left_out).get("review", 0) + 1


@pytest.mark.parametrize("question", POOLED)
def test_a_special_series_stands_beside(question):
    one = reference(question)
    big = one.largest.first
    more = again(
        big.study,
        big.arm,
        big.row,
        "milanseries",
        of_arm={"selection": "milan"},
        of_row={"value": 97.0, "events": None, "ci_low": None, "ci_high": None},
    )
    after = cell(question, changed(**more))
    assert main(after) == main(one)
    (group,) = [beside for beside in after.beside if beside.detail == "milan"]
    assert (group.reason, group.k, group.range) == ("special", 1, (97.0, 97.0))


@pytest.mark.parametrize("question", POOLED)
def test_an_arm_of_another_grade_changes_nothing(question):
    one = reference(question)
    big = one.largest.first
    other = {"G1-2": GradeScope.NEC, "NEC": GradeScope.G1_2}[question.grade]
    more = again(
        big.study,
        big.arm,
        big.row,
        "othergrade",
        of_arm={"grade_scope": other, "selection": "not_stated"},
        of_row={"value": 3.0, "events": None},
    )
    after = cell(question, changed(**more))
    assert main(after) == main(one)
    assert after.k == one.k


def test_an_arm_of_another_site_changes_nothing_of_a_drug():
    question = Question("everolimus", "progression_free_survival", "pancreas")
    one = reference(question)
    big = one.largest.first
    more = again(
        big.study,
        big.arm,
        big.row,
        "bowelseries",
        of_arm={"site": Site.SMALL_BOWEL, "pct_pancreatic": None},
        of_row={"value": 90.0, "ci_low": None, "ci_high": None, "n": 500},
    )
    after = cell(question, changed(**more))
    assert main(after) == main(one)
    assert dict(after.told.left_out)["other_site"] > dict(one.told.left_out).get("other_site", 0)


@pytest.mark.parametrize("question", POOLED)
@pytest.mark.parametrize("up", [True, False])
def test_a_real_study_moves_the_figure_towards_its_own(question, up):
    one = reference(question)
    big = one.largest.first
    n = 400
    value = one.value * (1.15 if up else 0.85)
    value = value if one.months else min(value, 98.0)
    events = None if one.months or question.asked.measure == "rate_at" else round(value * n / 100)
    figure = {"value": value, "events": events, "n": n, "ci_low": None, "ci_high": None}
    more = again(big.study, big.arm, big.row, "realstudy", of_row=figure | {"subgroup": None})
    after = cell(question, changed(**more))
    assert after.k == one.k + 1
    assert after.form == "pooled"
    low, high = sorted((one.value, value))
    assert low < after.value < high


def test_one_index_serves_every_question_of_an_evidence_base():
    assert index(record()) is index(record())
    assert cell(POOLED[0], index(record())) == cell(POOLED[0], record())
