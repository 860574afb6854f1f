"""From the evidence to draws for the value of information: which model, and why."""

from dataclasses import replace

import numpy as np
import pytest

from hilum.answers.joint_evidence import joint_evidence
from hilum.errors import MissingExtra, NotConverged, NotEstimable
from hilum.evidence import Outcome, Population
from hilum.sheet.comparable import GAINS, _of_population, answers_of, comparable, together
from hilum.sheet.worth import carried, worth_draws, worth_knowing
from hilum.synthesis.joint.posterior import natural
from hilum.trials.worth import evpi
from tests.made_fit import made_fit


@pytest.fixture(scope="module")
def groups(evidence):
    return {group.name: group for group in comparable(evidence)}


@pytest.fixture
def fitted(monkeypatch):
    monkeypatch.setattr("hilum.synthesis.joint.joint", made_fit)


def _draws(group, draws=2000, **given):
    return worth_draws(group, draws, np.random.default_rng(3), **given)


def test_groups_hold_treatments_of_the_board_alone(evidence, groups):
    known = {study.study_id for study in evidence.studies}
    assert {group.outcome for group in groups.values()} <= set(GAINS)
    for group in groups.values():
        assert max(len(group.joint), len(group.pooled)) > 1
        for body in group.joint:
            assert set(body.studies) <= known
            assert "+" not in body.treatment
            assert body.treatment not in ("placebo", "observation")


def test_joint_draws_are_one_setting_of_every_treatment(groups, fitted):
    drawn = _draws(groups["objective_response/mixed_net"])
    assert (drawn.model, drawn.reason) == ("joint", None)
    assert not drawn.posterior.independent
    assert drawn.posterior.batches
    assert "placebo" in drawn.beside
    assert not set(drawn.beside) & set(drawn.posterior.treatments)
    fit, setting = drawn.fit, drawn.setting
    for name, column in zip(drawn.posterior.treatments, drawn.posterior.draws.T, strict=True):
        place = fit.treatments.index(name)
        assert (column == natural(fit, setting.eta)[:, place]).all()
    # Treatments share a baseline: their outcomes rise and fall together.
    shared = np.corrcoef(drawn.posterior.draws.T)[np.triu_indices(len(drawn.bodies), 1)]
    assert (shared > 0.1).all()


def test_harms_count_against_and_months_are_restricted(groups, fitted):
    harm = _draws(groups["major_complication/mixed_net"]).posterior
    assert (harm.draws == -harm.parameters).all()
    months = _draws(groups["overall_survival/mixed_net"], restricted=36.0).posterior
    assert (months.draws < 36).all()
    assert (months.parameters > months.draws).any()


def test_a_study_that_compares_is_used_and_named(groups, fitted):
    drawn = _draws(groups["objective_response/mixed_net"])
    bodies = {body.treatment: body for body in drawn.bodies}
    pairs = [(a, b) for a in bodies for b in bodies if a < b]
    for pair, one in zip(pairs, carried(drawn, pairs), strict=True):
        named = together(bodies[pair[0]], bodies[pair[1]])
        assert sorted(named["randomised"] + named["nonrandomised"]) == sorted(one.direct)
        assert sum(one.percent.values()) == pytest.approx(100)


def test_what_is_worth_knowing_is_never_worth_more_than_everything(groups, fitted):
    drawn = _draws(groups["objective_response/mixed_net"], 4000)
    for pair in (("ssa", "sunitinib"), ("prrt_lu177", "chemo_platinum")):
        whole = evpi(drawn.posterior.of(*pair))
        parts = worth_knowing(drawn, pair)
        assert set(parts) == {"difference", "own", "baseline", "bias_single", "spread"}
        for worth in parts.values():
            assert -1e-12 <= worth.value <= whole.value + 3.5 * whole.mcse
        # The levels are far less known (0.4) than a setting's departure (0.3 / sqrt 2 each).
        assert parts["difference"].value > parts["own"].value
        # Made independent of the levels, the bias of series says nothing about them.
        assert parts["bias_single"].value < 0.1 * parts["difference"].value


def test_among_all_treatments_a_hopeless_pair_is_hardly_worth_knowing(groups, fitted):
    drawn = _draws(groups["objective_response/mixed_net"], 4000)
    order = np.argsort(drawn.posterior.draws.mean(axis=0))
    worst = [drawn.posterior.treatments[i] for i in order[:2]]
    alone = worth_knowing(drawn, (worst[0], worst[1]))["difference"]
    among = worth_knowing(drawn, (worst[0], worst[1]), "all")["difference"]
    assert among.value < alone.value
    assert among.value <= evpi(drawn.posterior.draws).value


def test_seeds_repeat(groups, fitted):
    group = groups["objective_response/netlm"]
    first, again = _draws(group), _draws(group)
    assert (first.posterior.draws == again.posterior.draws).all()
    other = _draws(group, seed=2)
    assert (first.posterior.draws != other.posterior.draws).any()


def test_pooled_draws_where_the_joint_model_cannot(groups, monkeypatch):
    group = groups["objective_response/netlm"]

    def failing(error):
        def joint(*_, **__):
            raise error

        return joint

    for error, reason in (
        (MissingExtra("needs the extra joint"), "extra"),
        (NotConverged("R-hat 1.3"), "not_converged"),
    ):
        monkeypatch.setattr("hilum.synthesis.joint.joint", failing(error))
        drawn = _draws(group)
        assert (drawn.model, drawn.reason, drawn.detail) == ("pooled", reason, str(error))
        assert drawn.posterior.independent
        assert worth_knowing(drawn, ("tace", "tare")) == {}
        assert carried(drawn, [("tace", "tare")]) == [None]
    assert _draws(group, model="pooled").reason == "asked"
    few = _draws(replace(group, joint=(), data=None, refusal="1 study: expected two"))
    assert few.reason == "studies"
    assert "expected two" in few.detail


def test_one_treatment_in_each_model_is_refused(groups):
    group = groups["objective_response/netlm"]
    lone = replace(group, joint=group.joint[:1], pooled=group.pooled[:1])
    with pytest.raises(NotEstimable, match="fewer than two treatments"):
        _draws(lone)
    assert _draws(replace(group, joint=group.joint[:1])).reason == "treatments"


def test_rates_at_a_time_are_of_the_patients_their_intervals_amount_to(evidence):
    found = joint_evidence(evidence, Outcome.OVERALL_SURVIVAL, Population.NETLM, time_months=60.0)
    assert found.studies.kind == "binomial"
    assert all(row.time_months == 60 for row in found.rows)
    # Never more than there were: a censored patient counts as less than one followed.
    assert found.studies.n.sum() <= sum(n for n in found.patients.values() if n is not None)
    assert (found.studies.y <= found.studies.n).all()


def test_a_rate_is_drawn_from_rates_of_its_own_time(evidence):
    """Survival at five years is read from a curve of medians and rates; its draws are not."""
    groups = [one for one in comparable(evidence) if one.outcome == "overall_survival_rate_60m"]
    drawn = [figure for one in groups for body in one.pooled for figure in body.answer.studies]
    assert drawn
    assert {(figure.measure, figure.time_months) for figure in drawn} == {("rate_at", 60.0)}
    assert all(0 <= figure.value <= 1 for figure in drawn)


def test_a_figure_without_a_value_or_patients_is_of_no_group(evidence):
    answer = answers_of(evidence, "tace")["objective_response"]
    first = next(one for one in answer.studies if one.population == "netlm" and (one.n or 0) >= 20)
    for gone in ({"value": None}, {"n": None}):
        less = answer.model_copy(update={"studies": [first, first.model_copy(update=gone)]})
        assert _of_population(less, "objective_response", Population.NETLM).studies == [first]
