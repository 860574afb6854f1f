"""Re-estimation at the first look: level, power by quadrature, the scalar rule; seeds explicit."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, special, stats

from hilum.errors import InputError
from hilum.trials.sequential.reestimation import reestimate
from hilum.trials.simulation.reestimated import (
    reestimated_characteristics,
    second_stage,
    simulate_reestimated,
)
from hilum.trials.simulation.reestimated_trial import ReestimatedTrial
from hilum.trials.simulation.scenario import trial_from

SEED = 20240610
# O'Brien-Fleming, two stages, one-sided 0.025 (tests/reference/rpact_designs.json).
TRIAL = ReestimatedTrial(
    patients=200,
    patients_max=300,
    accrual_rates=(14.0,),
    control_hazards=(math.log(2) / 12,),
    hazard_ratios=(0.72,),
    efficacy=(2.79650946, 1.97743096),
    events=(70, 140),
    events_max=240,
)


def power_by_quadrature(trial, hazard_ratio):
    """Over the first statistic: rejected there, or the chance of the second stage it leads to."""
    theta = -math.log(hazard_ratio) / 2
    first, planned = trial.events
    share = first / planned
    low = trial.futility[0] if trial.futility else -math.inf

    def later(z):
        events = float(second_stage(trial, np.array([z]))[0])
        needed = (trial.efficacy[1] - math.sqrt(share) * z) / math.sqrt(1 - share)
        mean = theta * math.sqrt(first)
        return stats.norm.pdf(z - mean) * special.ndtr(theta * math.sqrt(events - first) - needed)

    grid = np.linspace(max(low, -6.0), trial.efficacy[0], 4001)
    values = [later(z) for z in grid]
    early = special.ndtr(theta * math.sqrt(first) - trial.efficacy[0])
    return early + integrate.simpson(values, x=grid)


def test_the_rule_is_the_scalar_one():
    z = np.linspace(-1.0, 2.7, 75)
    for assumed in (None, 0.7):
        trial = replace(TRIAL, assumed_ratio=assumed)
        effect = None if assumed is None else -math.log(assumed) / 2
        for one, events in zip(z, second_stage(trial, z), strict=True):
            made = reestimate(float(one), 1.97743096, 70, 70, 170, effect=effect)
            assert events == 70 + math.ceil(made.n2 - 1e-9)


@pytest.mark.parametrize("futility", [(), (0.0, -math.inf)])
def test_the_level_holds_whatever_is_added(futility):
    found = reestimated_characteristics(
        replace(TRIAL, hazard_ratios=(1.0,), futility=futility), 6000, SEED
    )
    one = found["type_1_error"]
    assert one.mean == pytest.approx(power_by_quadrature(replace(TRIAL, futility=futility), 1.0),
                                     abs=3 * one.mcse)  # fmt: skip
    if not futility:
        assert power_by_quadrature(TRIAL, 1.0) == pytest.approx(0.025, abs=1e-4)


@pytest.mark.parametrize("assumed", [None, 0.72])
def test_power_against_quadrature(assumed):
    trial = replace(TRIAL, assumed_ratio=assumed)
    found = reestimated_characteristics(trial, 4000, SEED)
    one = found["power"]
    # Schoenfeld's approximation of the drift: half a point at such ratios.
    assert one.mean == pytest.approx(power_by_quadrature(trial, 0.72), abs=3 * one.mcse + 0.008)
    plain = replace(TRIAL, events_max=140, patients_max=None)
    assert one.mean > reestimated_characteristics(plain, 4000, SEED)["power"].mean + 0.02
    assert 0 < found["promising"].mean < 0.7


def test_nothing_added_is_the_planned_trial():
    # Then the stages' increments weigh what they do in the ordinary statistic, nearly.
    from hilum.trials.simulation.survival import simulate_survival
    from hilum.trials.simulation.survival_trial import SurvivalTrial

    plain = replace(TRIAL, events_max=140, patients_max=None)
    out = simulate_reestimated(plain, 300, SEED)
    names = ("patients", "accrual_rates", "control_hazards", "hazard_ratios", "efficacy", "events")
    other = SurvivalTrial(**{name: getattr(plain, name) for name in names})
    same = simulate_survival(other, 300, SEED)
    assert np.array_equal(out.look, same.look)
    for name in ("months", "patients", "events"):
        assert getattr(out, name) == pytest.approx(getattr(same, name))
    assert np.array_equal(out.unweighted, same.rejected)
    assert np.abs(out.z - same.z).max() < 0.25
    assert not out.promising.any()


def test_patients_grow_with_events_and_come_after_the_decision():
    out = simulate_reestimated(TRIAL, 400, SEED)
    grown = out.promising
    assert grown.any()
    assert (out.events[grown] == out.planned_events[grown]).all()
    assert (out.planned_events <= 240).all()
    top = out.planned_events == 240
    assert out.patients[top].max() == 300
    assert out.patients[~grown].max() <= 200


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"events": [140]}, "two looks by events"),
        ({"events_max": 100}, "events_max"),
        ({"events_max": 900}, "events_max"),
        ({"patients_max": 100}, "patients_max"),
        ({"conditional_power": 1.0}, "conditional_power"),
        ({"promising_from": -0.1}, "promising_from"),
        ({"assumed_ratio": 1.2}, "assumed_ratio"),
    ],
)
def test_impossible_scenarios(changes, word):
    base = {"patients": 200, "patients_max": 300, "accrual_rate": 14, "control_median": 12,
            "hazard_ratio": 0.72, "efficacy": [2.8, 1.977], "events": [70, 140],
            "events_max": 240}  # fmt: skip
    given = base | changes
    if len(given["events"]) == 1:
        given["efficacy"] = [1.977]
    with pytest.raises(InputError, match=word):
        trial_from("reestimation", given)
