import random
from dataclasses import replace

from hilum.evidence import (
    Evidence,
    FigureKind,
    Measure,
    Outcome,
    Population,
    Question,
    select,
)

QUESTION = Question(("tace",), Outcome.OBJECTIVE_RESPONSE, Measure.PROPORTION, Population.NETLM)


def test_only_whole_arm_estimates_of_one_population_enter(evidence):
    for outcome in (Outcome.OBJECTIVE_RESPONSE, Outcome.SYMPTOM_RESPONSE):
        for population in Population:
            selection = select(evidence, replace(QUESTION, outcome=outcome, population=population))
            for row in selection.rows:
                assert row.figure_kind is FigureKind.ESTIMATE
                assert row.subgroup is None
                assert row.n is not None
                assert row.events is not None
                assert evidence.study[row.study_id].population is population
                assert evidence.arm[row.study_id, row.arm_id].modality == "tace"


def test_one_study_a_cohort(evidence):
    for outcome in Outcome:
        question = Question((), outcome, Measure.RATE_AT, Population.NETLM, 60.0)
        rows = select(evidence, question).rows
        cohorts = {}
        for row in rows:
            study = evidence.study[row.study_id]
            cohorts.setdefault(study.cohort_of or study.study_id, set()).add(study.study_id)
        assert all(len(studies) == 1 for studies in cohorts.values())


def test_the_order_of_the_tables_never_matters(evidence):
    shuffled = list(evidence.results)
    random.Random(7).shuffle(shuffled)
    other = Evidence(evidence.studies[::-1], evidence.arms[::-1], tuple(shuffled))
    for outcome in Outcome:
        for population in Population:
            question = replace(QUESTION, outcome=outcome, population=population, modalities=())
            assert select(evidence, question).rows == select(other, question).rows


def test_everything_left_out_has_a_reason(evidence):
    selection = select(evidence, replace(QUESTION, outcome=Outcome.OVERALL_SURVIVAL))
    assert all(item.reason for item in selection.left_out)
