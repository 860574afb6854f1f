"""Epidemiology of the sheet: whole arms of one population, a study a cohort, and why not."""

import random

import pytest

from hilum.evidence import Evidence, FigureKind, Outcome, Population, read_evidence
from hilum.sheet.figures_part import FRAME
from hilum.sheet.frame import frame


@pytest.fixture(scope="module")
def record():
    return read_evidence()


@pytest.fixture(scope="module")
def share(record):
    """The share of a whole arm, with its study."""
    (first, *_) = frame(record, Outcome.LIVER_METASTASES).studies
    found = next(row for row in record.results if row.result_id == first.result_id)
    return found.model_copy(update={"value": found.value or 50.0})


def of(record, share, *cells, studies=None):
    """The answer of an outcome with these rows alone, of the share's study or of given ones."""
    study = record.study[share.study_id]
    arm = record.arm[share.study_id, share.arm_id]
    rows = tuple(
        share.model_copy(update={"row": i, "result_id": f"x-{i:03}", **one})
        for i, one in enumerate(cells, start=2)
    )
    names = studies or {study.study_id: {}}
    made = Evidence(
        tuple(study.model_copy(update={"study_id": n, **more}) for n, more in names.items()),
        tuple(arm.model_copy(update={"study_id": n}) for n in names),
        rows,
    )
    return frame(made, Outcome.LIVER_METASTASES)


@pytest.mark.parametrize("outcome", FRAME)
def test_of_one_population_and_one_study_a_cohort(record, outcome):
    main = frame(record, outcome)
    assert main.k > 0
    for answer in (main, *main.other_populations):
        cohorts = [record.study[one.study_id].cohort_of or one.study_id for one in answer.studies]
        assert len(set(cohorts)) == len({one.study_id for one in answer.studies})
        assert all(one.population is answer.population for one in answer.studies)
        assert all(one.left_out for one in answer.left_out)
    assert {main.population, *(one.population for one in main.other_populations)} <= set(Population)


@pytest.mark.parametrize("outcome", FRAME)
def test_the_order_of_the_tables_never_matters(record, outcome):
    shuffled = list(record.results)
    random.Random(7).shuffle(shuffled)
    other = Evidence(record.studies[::-1], record.arms[::-1], tuple(shuffled))
    assert frame(other, outcome) == frame(record, outcome)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({}, None),
        ({"derived": "n = all patients in arm (assumed)", "notes": "assumed"}, None),
        ({"figure_kind": FigureKind.POOLED}, "not_estimate"),
        ({"subgroup": "G3"}, "subgroup"),
        ({"value": None, "events": None}, "no_value"),
        ({"value": None}, None),
        ({"n": None}, "no_denominator"),
        ({"events": None}, "no_denominator"),
        ({"events": 0, "value": 0.0}, None),
    ],
)
def test_why_a_figure_is_left_out(record, share, cells, reason):
    """A column says so, never the words of a note."""
    answer = of(record, share, cells)
    assert answer.k == (reason is None)
    assert [one.left_out for one in answer.left_out] == ([] if reason is None else [reason])


def test_which_figure_of_an_arm_comes_first(record, share):
    """Criteria stated; then most patients; then the lower value."""
    for first, second in (
        ({"criteria": "WHO", "n": 30}, {"criteria": None, "n": 99}),
        ({"n": 99}, {"n": 98}),
        ({"value": 29.0}, {"value": 30.0}),
    ):
        for rows in ((first, second), (second, first)):
            (kept,) = of(record, share, *rows).studies
            assert {name: getattr(kept, name) for name in first if name != "value"} == {
                name: one for name, one in first.items() if name != "value"
            }
            assert kept.row == 2 + rows.index(first)


@pytest.mark.parametrize(
    ("older", "kept"), [(0, "newer"), (100, "newer"), (101, "older"), (99, "newer")]
)
def test_of_a_cohort_the_study_with_most_patients_then_the_newest(record, share, older, kept):
    studies = {
        "older": {"year": 2000, "cohort_of": "one"}, "newer": {"year": 2010, "cohort_of": "one"},
    }  # fmt: skip
    cells = ({"study_id": "older", "n": older or None}, {"study_id": "newer", "n": 100})
    answer = of(record, share, *cells, studies=studies)
    assert [one.study_id for one in answer.studies] == [kept]
    assert answer.left_out[0].left_out in ("same_cohort", "no_denominator")
