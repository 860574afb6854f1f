"""The evidence laid out for the joint model, and its figures on the sheet."""

import numpy as np
import pytest

import hilum
from hilum.board.joint import patient_target, with_joint
from hilum.board.joint_evidence import COVARIATES, joint_evidence
from hilum.errors import InputError, NotEstimable
from hilum.evidence import Outcome, Population
from hilum.language import words
from tests.conftest import EXAMPLE

OR = Outcome.OBJECTIVE_RESPONSE


def test_response_of_mixed_net_as_arms(evidence):
    found = joint_evidence(evidence, OR, Population.MIXED_NET)
    studies = found.studies
    # Every selected figure is in exactly one arm: nothing lost, nothing counted twice.
    assert studies.y.sum() == sum(row.events for row in found.rows)
    assert studies.n.sum() == sum(row.n for row in found.rows)
    assert {evidence.study[row.study_id].population for row in found.rows} == {Population.MIXED_NET}
    trial = studies.studies.index("raymond2011")
    assert studies.design[trial] == 0
    held = {studies.treatments[studies.treatment[r]] for r in studies.arms_of(trial)}
    assert held == {"sunitinib", "placebo"}
    # Two streptozocin regimens of one trial are one arm; the trial's other arm stays beside.
    assert ("moertel1992", "chemo_streptozocin") in found.merged
    # A trial with one figure is a series.
    assert studies.design[studies.studies.index("hijioka2025")] == 2


def test_a_study_is_compared_only_where_two_arms_have_the_figure(evidence):
    studies = joint_evidence(evidence, OR, Population.NETLM).studies
    codes = {"rct": 0, "nonrandomised_comparative": 1}
    for place, name in enumerate(studies.studies):
        alone = len(studies.arms_of(place)) == 1
        assert studies.design[place] == (2 if alone else codes[evidence.study[name].design])


def test_survival_reads_medians_as_log_hazards(evidence):
    found = joint_evidence(evidence, Outcome.PROGRESSION_FREE_SURVIVAL, Population.MIXED_NET)
    studies = found.studies
    assert studies.kind == "normal"
    row = next(
        row for row in found.rows
        if row.measure.value == "median_months" and sum(
            other.study_id == row.study_id for other in found.rows) == 1
    )  # fmt: skip
    place = studies.arms_of(studies.studies.index(row.study_id))
    assert studies.y[place[0]] == pytest.approx(np.log(np.log(2) / row.value))
    assert len(studies.contrast) > 0


def test_covariates_are_those_reported_and_the_case_fills_them(evidence):
    studies = joint_evidence(evidence, OR, Population.MIXED_NET, covariates=None).studies
    assert set(studies.covariates) <= set(COVARIATES)
    assert "pct_pancreatic" in studies.covariates
    target = dict(patient_target(hilum.read_case(EXAMPLE), studies).values)
    # A small-bowel primary; the year is the latest study's, never a guess beyond it.
    assert target["pct_pancreatic"] == 0
    assert target["year"] == np.nanmax(studies.x[:, studies.covariates.index("year")])
    with pytest.raises(NotEstimable, match="covariate 'age'"):
        joint_evidence(evidence, OR, covariates=["age"])
    with pytest.raises(NotEstimable, match="expected two"):
        joint_evidence(evidence, Outcome.LIVER_METASTASES)


def test_the_sheet_says_which_figure_is_this_patients(evidence, sheet, monkeypatch):
    from hilum.board import joint as module
    from hilum.board.joint import JointAnswer
    from hilum.board.present import joint_line
    from hilum.board.render import render
    from hilum.synthesis.joint.posterior import Absolute

    figure = Absolute("tace", 0.4, (0.13, 0.76), (0.05, 0.89), 2, ())

    def answers(evidence, case, names, outcome, population, **_):
        return {
            name: JointAnswer(name, figure, None)
            if name == "tace"
            else JointAnswer(name, None, "no_study")
            for name in names
        }

    monkeypatch.setattr(module, "joint_answers", answers)
    case = hilum.read_case(EXAMPLE)
    options = with_joint(evidence, case, sheet.options, ["objective_response"])
    by_name = {option.treatment: option.outcomes["objective_response"] for option in options}
    line = joint_line(by_name["tace"], words("en"))
    assert line == (
        "For patients like this one, from the joint model: 40 % (13–76; prediction interval 5.0–89)"
    )
    assert "pooled figure stands" in joint_line(by_name["tae"], words("en"))
    # Where there is no pooled figure either, there is nothing to say.
    assert joint_line(by_name["rfa"], words("en")) == ""
    page = render(sheet.model_copy(update={"options": options}), "html", words("zh-Hans"))
    assert "联合模型" in page.decode("utf-8")
    assert joint_line(sheet.options[0].outcomes["objective_response"], words("en")) == ""
    with pytest.raises(InputError, match="overall_survival"):
        with_joint(evidence, case, sheet.options, ["overall_survival"])
