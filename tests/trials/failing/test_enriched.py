"""Enrichment under other truths: the same trials as of a plan with those truths."""

import numpy as np
import pytest

from hilum.analyses import analysis
from hilum.analyses.designs.enriched import stages_of
from hilum.trials.failing.changes import PLANNED, Changes
from hilum.trials.failing.designed import enriched_trial
from hilum.trials.failing.enriched import EnrichedPlayed
from hilum.trials.failing.rates import Pace
from hilum.trials.fixed.course import Course
from hilum.trials.simulation.enriched_means import MeanTruth
from hilum.trials.simulation.enriched_rates import RateTruth
from hilum.trials.simulation.enriched_sizes import Times, simulate_enriched
from hilum.trials.simulation.enriched_survival import TimeTruth, Windows

TRIALS = 3_000
SHARED = {"subgroup": "SSTR-positive", "prevalence": 0.4, "simulate": 1_000}


def made(**given):
    record = analysis("design-enrichment")
    asked = record.Asked(**SHARED, **given)
    answer = record.run(asked)
    return answer, enriched_trial(answer, stages_of(asked, answer), asked.power_of, Pace(5.0))


def play(trial, changes, *, works=True):
    return trial.play(changes, TRIALS, np.random.SeedSequence(6), works=works)


def same(one, two):
    assert (one.success == two.success).all()
    assert (one.patients == two.patients).all()


def other(trial, truth):
    return EnrichedPlayed(
        trial.plan, trial.endpoint, truth, trial.sizes, trial.of, trial.pace, trial.lower
    )


def test_rates_are_seen_as_they_are_written_out():
    answer, trial = made(p1=0.4, p2=0.2, rest_p1=0.25)
    found = play(trial, PLANNED)
    assert found.success.mean() == pytest.approx(answer.reached, abs=0.05)
    assert found.months == pytest.approx(found.patients / 5.0)
    for changes, control, treated in (
        (Changes(effect=0.5), (0.2, 0.2), (0.3, 0.225)),
        (Changes(drop_out=0.5), (0.1, 0.1), (0.2, 0.125)),
        (Changes(control_points=0.25), (0.45, 0.45), (0.65, 0.5)),
        (Changes(crossover=0.5), (0.3, 0.225), (0.4, 0.25)),
    ):
        truth = RateTruth(control, treated, 0.4)
        seen = trial._truth(changes, works=True)
        assert seen.control == pytest.approx(truth.control)
        assert seen.treatment == pytest.approx(truth.treatment)
    idle = play(trial, Changes(effect=0.5), works=False)
    assert idle.success.mean() == pytest.approx(0.025, abs=0.012)


def test_a_larger_sd_is_a_smaller_difference():
    _, trial = made(difference=-10.0, sd=20.0, rest_difference=-3.0)
    larger = play(trial, Changes(sd=1.5))
    smaller = play(other(trial, MeanTruth((10 / 1.5, 3 / 1.5), 20.0, 0.4)), PLANNED)
    assert larger.success.mean() == pytest.approx(smaller.success.mean(), abs=0.005)
    same(
        play(trial, Changes(effect=0.5)), play(other(trial, MeanTruth((5, 1.5), 20, 0.4)), PLANNED)
    )
    # Both of a subgroup and others that have their own.
    apart = other(trial, MeanTruth((10.0, 3.0), 20.0, 0.4, 10.0))
    wider = other(trial, MeanTruth((10.0, 3.0), 25.0, 0.4, 12.5))
    same(play(apart, Changes(sd=1.25)), play(wider, PLANNED))
    # Outcomes that are missing are patients who are not there, but were recruited.
    lost = play(trial, Changes(drop_out=0.25))
    planned = play(trial, PLANNED)
    assert lost.success.mean() < planned.success.mean() - 0.03
    assert lost.patients.max() == pytest.approx(planned.patients.max(), rel=0.02)


def test_times_are_those_of_a_truth_with_other_ratios():
    answer, trial = made(hazard_ratio=0.6, rest_ratio=0.85, control_median=16.0, accrual=36.0,
                         follow_up=18.0)  # fmt: skip
    assert play(trial, PLANNED).success.mean() == pytest.approx(answer.reached, abs=0.05)
    half = TimeTruth((16.0, 16.0), (0.6**0.5, 0.85**0.5), 0.4)
    found = play(trial, Changes(effect=0.5))
    same(found, play(other(trial, half), PLANNED))
    longer = TimeTruth((20.0, 20.0), (0.6, 0.85), 0.4)
    same(play(trial, Changes(control_times=1.25)), play(other(trial, longer), PLANNED))
    windows = Windows(tuple(2 * x for x in trial.endpoint.windows.ends), Course(72.0, 18.0))
    slow = play(trial, Changes(slower=2.0))
    endpoint = Times(trial.endpoint.windows, trial.endpoint.planned, actual=windows)
    apart = simulate_enriched(
        trial.plan, endpoint, trial.sizes, trial.truth, TRIALS, np.random.SeedSequence(6)
    )
    assert (slow.success == apart.rejected.any(axis=1)).all()
    assert (slow.months == apart.months).all()
    assert slow.months.mean() > play(trial, PLANNED).months.mean() + 10
    assert play(trial, PLANNED, works=False).success.mean() == pytest.approx(0.025, abs=0.012)
