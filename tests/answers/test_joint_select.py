"""One selection for the cells, the kept posteriors, ``hilum joint`` and the ranking of trials."""

from dataclasses import replace

import numpy as np
import pytest

from hilum.answers import Question, index, outcomes, select, treatments
from hilum.answers.joint_evidence import joint_evidence, treatment_name
from hilum.answers.joint_ratios import chosen_ratios
from hilum.answers.joint_rows import JOINT_OUTCOMES, joint_rows
from hilum.answers.joint_select import (
    GRADES,
    chosen_arms,
    key_of,
    name_of,
    of_population,
)
from hilum.answers.pool import usable
from hilum.answers.question import Switches
from hilum.answers.tables import further_outcomes
from hilum.errors import NotEstimable
from hilum.evidence import Measure, Outcome, Population, named_at_once, read_evidence
from hilum.evidence.codes import ReferenceArm

EVIDENCE = read_evidence()
SETTINGS = [
    (key, population)
    for key in (*JOINT_OUTCOMES, "mortality_30d", "major_complication", "overall_survival_rate_60m")
    for population in (Population.NETLM, Population.MIXED_NET)
]


def of_cells(found, key):
    """What the cells of every treatment weight, by study and treatment."""
    out = {}
    for name in treatments():
        for grade in GRADES:
            chosen = select(Question(name, key, "any", grade, "any"), found)
            for one in usable(chosen.studies, outcomes()[key]):
                out.setdefault((one.study_id, name), one)
    return out


@pytest.mark.parametrize("key", JOINT_OUTCOMES)
def test_the_kept_posteriors_rows_are_the_cells_own(key):
    rows = joint_rows(EVIDENCE, key).rows
    assert {(one.study, one.treatment) for one in rows} == set(of_cells(index(EVIDENCE), key))


@pytest.mark.parametrize(("key", "population"), SETTINGS)
def test_arms_of_the_board_are_the_cells_own_within_a_population(key, population):
    """The differences: one population, company, and ratios in the place of medians; no other."""
    found = of_population(EVIDENCE, population)
    cells = of_cells(found, key)
    company = chosen_arms(found, key, company=True)
    assert {place: company.arms[place] for place in cells} == cells
    for place, one in company.arms.items():
        if place in cells:
            continue
        arm = one.first.arm
        after_failure = arm.reference_arm is ReferenceArm.YES
        assert place[1] not in treatments() or after_failure
        if after_failure:
            assert sum(study == place[0] for study, _ in company.arms) > 1
        assert not named_at_once(arm.modality)
    asked = outcomes()[key]
    try:
        data = joint_evidence(EVIDENCE, asked.outcome, population, time_months=asked.time_months)
    except NotEstimable:
        assert len({study for study, _ in company.arms}) < 2
        return
    replaced = {data.studies.studies[row[0]] for row in data.studies.contrast}
    expected = {place for place in company.arms if place[0] not in replaced}
    held = {
        (data.studies.studies[s], data.studies.treatments[t])
        for s, t in zip(data.studies.study, data.studies.treatment, strict=True)
    }
    assert held == expected
    assert bool(replaced) <= asked.months
    # Every figure is used or left out with a reason, once.
    used = {row.result_id for row in data.rows}
    left = [one.result.result_id for one in data.left_out]
    assert not used & set(left)
    assert len(left) == len(set(left))
    assert all(one.reason for one in data.left_out)


def test_carcinomas_and_small_series_stay_out():
    data = joint_evidence(EVIDENCE, Outcome.OBJECTIVE_RESPONSE, Population.MIXED_NET)
    arms = [EVIDENCE.arm[row.study_id, row.arm_id] for row in data.rows]
    assert arms
    assert not any(str(arm.grade_scope) == "NEC" for arm in arms)
    assert {"other_grade", "not_weighted"} <= {one.reason for one in data.left_out}


def test_a_control_after_failure_keeps_its_trial_a_comparison():
    """NETTER-1: high-dose octreotide after progression on octreotide is nobody's cell."""
    data = joint_evidence(EVIDENCE, Outcome.PROGRESSION_FREE_SURVIVAL, Population.MIXED_NET)
    place = data.studies.studies.index("strosberg2017")
    assert data.studies.design[place] == 0
    cells = of_cells(index(EVIDENCE), "progression_free_survival")
    assert ("strosberg2017", "ssa") not in cells
    alone = replace(
        EVIDENCE,
        results=tuple(
            row
            for row in EVIDENCE.results
            if (row.study_id, row.arm_id) != ("strosberg2017", "lu177_octreotide")
        ),
    )
    arms = chosen_arms(index(alone), "progression_free_survival", company=True).arms
    assert not any(study == "strosberg2017" for study, _ in arms)


def test_a_ratio_stands_in_where_a_trial_prints_no_two_medians():
    """The log ratio and its error are the printed interval's, and the medians drop out."""
    data = joint_evidence(EVIDENCE, Outcome.PROGRESSION_FREE_SURVIVAL, Population.MIXED_NET)
    assert len(data.studies.contrast)
    by_study = {}
    for row in data.rows:
        by_study.setdefault(row.study_id, []).append(row)
    for (s, t, c), (y, se, _) in zip(data.studies.contrast, data.studies.effect, strict=True):
        (row,) = by_study[data.studies.studies[s]]
        assert row.measure is Measure.HAZARD_RATIO
        assert treatment_name(EVIDENCE, row) == data.studies.treatments[t]
        assert treatment_name(EVIDENCE, row, row.comparator_arm_id) == data.studies.treatments[c]
        assert y == pytest.approx(np.log(row.value), abs=0.03)
        assert se == pytest.approx(np.log(row.ci_high / row.ci_low) / (2 * 1.959964), rel=1e-6)


def test_every_ratio_is_chosen_or_left_out():
    found = of_population(EVIDENCE, Population.MIXED_NET)
    chosen, left = chosen_ratios(found, "overall_survival", Switches())
    every = {
        row.result_id
        for row in found.evidence.by_outcome[Outcome.OVERALL_SURVIVAL]
        if row.measure is Measure.HAZARD_RATIO and row.comparator_arm_id is not None
    }
    used = [one.item.row.result_id for one in chosen]
    out = [one.result.result_id for one in left]
    assert sorted(used + out) == sorted(every)
    assert all(one.v > 0 for one in chosen)


def test_every_outcome_has_a_key():
    for outcome in Outcome:
        key = key_of(outcome)
        assert (outcomes() | further_outcomes())[key].outcome is outcome
    assert not set(outcomes()) & set(further_outcomes())
    assert key_of(Outcome.OVERALL_SURVIVAL, 60.0) == "overall_survival_rate_60m"


def test_names_are_the_cells_treatments():
    names = {arm.modality: name_of(arm) for arm in EVIDENCE.arms if "+" not in arm.modality}
    assert names["octreotide"] == "ssa"
    assert names["prrt_y90"] == "prrt_y90"
    assert names["placebo"] == "placebo"
    assert named_at_once("tae_or_tace") == ("tae", "tace")
