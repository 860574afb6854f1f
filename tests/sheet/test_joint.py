"""The evidence laid out for the joint model, and its figures on the sheet."""

import numpy as np
import pytest

import hilum
from hilum.answers.joint_evidence import COVARIATES, joint_evidence
from hilum.answers.joint_rows import JOINT_OUTCOMES
from hilum.errors import InputError, NotEstimable
from hilum.evidence import Outcome, Population
from hilum.language import words
from hilum.rendering.sheet import render
from hilum.sheet.joint import patient_target
from hilum.sheet.joint_part import liver_of, posteriors
from hilum.sheet.present import joint_line
from hilum.sheet.sheet_cells import JointApart, JointFigure
from tests.conftest import EXAMPLE

OR = Outcome.OBJECTIVE_RESPONSE


def test_response_of_mixed_net_as_arms(evidence):
    found = joint_evidence(evidence, OR, Population.MIXED_NET)
    studies = found.studies
    # Every selected figure is in exactly one arm: nothing lost, nothing counted twice.
    assert len({row.result_id for row in found.rows}) == len(found.rows)
    assert studies.n.sum() == sum(found.patients.values())
    printed = [row for row in found.rows if row.events is not None and row.n is not None]
    assert studies.y.sum() >= sum(row.events for row in printed)
    assert {evidence.study[row.study_id].population for row in found.rows} == {Population.MIXED_NET}
    trial = studies.studies.index("raymond2011")
    assert studies.design[trial] == 0
    held = {studies.treatments[studies.treatment[r]] for r in studies.arms_of(trial)}
    assert held == {"sunitinib", "placebo"}
    # Two cohorts of one trial on one drug are one arm: 42 and 39 patients (Xu 2019).
    assert ("xu2019suru", "surufatinib") in found.merged
    assert found.patients["xu2019suru", "surufatinib"] == 81
    # Judged by criteria before RECIST, Moertel's trial is in no cell and not here either.
    reasons = {one.result.study_id: one.reason for one in found.left_out}
    assert reasons["moertel1992"] == "criteria"
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


def test_the_sheet_shows_the_kept_figure_without_fitting(sheet):
    """Beside the plain figure where the intervals touch; the difference is said where not."""
    shown = 0
    for option in sheet.options:
        for key, one in option.outcomes.items():
            if one.joint is None or one.joint.ci is None:
                assert joint_line(one, words("en")) == ""
                continue
            assert key in JOINT_OUTCOMES
            plain = one.ci or one.range
            if plain is None:
                assert one.joint.touches is None
                assert joint_line(one, words("en")) == ""
                continue
            touch = one.joint.ci[0] <= plain[1] and plain[0] <= one.joint.ci[1]
            assert one.joint.touches == touch
            line = joint_line(one, words("en"))
            if one.joint.reason is None:
                shown += 1
                assert line.startswith(
                    "For patients like this one" if touch else "The joint model says otherwise"
                )
                assert one.joint.moved
    assert shown >= 10
    page = render(sheet, "html", words("en")).decode("utf-8")
    assert "For patients like this one, from the joint model" in page


def test_the_line_says_what_was_taken_into_account(sheet):
    one = next(o for o in sheet.options if o.treatment == "tace").outcomes["objective_response"]
    figure = JointFigure(
        value=0.4, ci=(0.13, 0.76), prediction=(0.05, 0.89), k=2, moved=["pct_pancreatic"],
        touches=True, reason=None, detail=None,
    )  # fmt: skip

    def line(**changes):
        joint = figure.model_copy(update=changes)
        return joint_line(one.model_copy(update={"joint": joint}), words("en"))

    assert line() == (
        "For patients like this one, from the joint model (primary site): 40\u202f% (13–76; "
        "prediction interval 5.0–89)"
    )
    assert line(touches=False) == (
        "The joint model says otherwise for patients like this one (primary site): 40\u202f% "
        "(13–76; prediction interval 5.0–89). The intervals do not touch: the studies' "
        "patients differ from this one."
    )
    # The prior's own figure is in the data and no news on the page.
    assert line(reason="prior", detail="61 %") == ""
    assert line(reason="not_moved") == ""
    assert line(touches=None) == ""
    # What each kind of evidence says stands behind it; a gross conflict also without it.
    gap = JointApart(
        first="randomised", second="single_arm", first_value=0.61, second_value=0.3, z=1.96, p=0.05,
        gross=False,
    )  # fmt: skip
    alone = "randomised alone 61\u202f%, single-arm alone 30\u202f%, 2.0 standard errors apart"
    assert line(apart=[gap]).endswith(f"; by kind of evidence, all patients: {alone}")
    assert line(apart=[gap], reason="prior") == ""
    gross = gap.model_copy(update={"z": -2.0, "gross": True})
    warned = f"the kinds of evidence disagree (all patients): {alone}"
    assert line(apart=[gross]).endswith(f"; warning, {warned}")
    assert line(apart=[gross], reason="not_moved") == f"Warning, {warned}"


def test_only_outcomes_with_a_model_may_be_asked_for(evidence):
    with pytest.raises(InputError, match="mortality_30d"):
        posteriors(evidence, ["mortality_30d"])


def test_a_record_without_a_kept_posterior_is_fitted_only_when_asked(evidence, monkeypatch):
    from hilum.answers import joint_fit, posterior

    monkeypatch.setattr(posterior, "kept", dict)
    posterior.posterior_of.cache_clear()
    kept = posteriors(evidence)
    assert kept == {}
    monkeypatch.setattr(joint_fit, "fit_outcome", lambda rows, watch=None: rows.outcome)
    assert posteriors(evidence, ["objective_response"]) == {
        "objective_response": "objective_response"
    }
    posterior.posterior_of.cache_clear()


@pytest.mark.parametrize(
    ("value", "scope"),
    [
        ("none", "only"),
        ("nodes_or_bone_only", "only"),
        ("limited", "only"),
        ("dominant", "beyond"),
        ("disseminated", "beyond"),
        (None, "any"),
    ],
)
def test_the_extent_of_disease_is_read_by_a_table(value, scope):
    case = hilum.read_case({"patient": {"extrahepatic_disease": value} if value else {}})
    assert liver_of(case) == scope
