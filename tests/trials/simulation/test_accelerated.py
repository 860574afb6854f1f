"""The JAX engine against the numpy engine: on the same patients, and on its own."""

from dataclasses import replace

import numpy as np
import pytest

from hilum.errors import NotEstimable
from hilum.trials.simulation import SurvivalTrial, analyse, draw, survival_characteristics
from hilum.trials.simulation.accelerated import (
    accelerated_characteristics,
    analyse_accelerated,
    event_times_accelerated,
)
from hilum.trials.simulation.patients import arms

SEED = 20240606
TRIAL = SurvivalTrial(
    patients=120,
    accrual_rates=(4.0, 9.0),
    accrual_breaks=(6.0,),
    control_hazards=(0.05, 0.03),
    control_breaks=(8.0,),
    hazard_ratios=(1.0, 0.5),
    ratio_breaks=(3.0,),
    dropout_hazards=(0.004, 0.006),
    competing_hazards=(0.003, 0.003),
    events=(40, 80),
    efficacy=(2.797, 1.977),
    futility=(-0.5, -np.inf),
    lag_months=1.0,
)
CROSSING = replace(TRIAL, crossover_hazards=(0.04, 0.01))


@pytest.mark.parametrize("trial", [TRIAL, CROSSING])
def test_the_same_patients_give_the_same_analysis(trial):
    import jax

    patients = draw(trial, 40, np.random.default_rng(SEED))
    expected = analyse(trial, patients)
    with jax.enable_x64(True):
        found = analyse_accelerated(trial, patients)
    for name in ("look", "rejected", "futile", "patients", "events", "short"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    names = ["z", "log_hazard_ratio", "months", "experimental", "died"]
    for name in [*names, "switched"] if trial is CROSSING else names:
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-9), name


def test_the_same_draws_give_the_same_event_times():
    """Switching included: the numpy engine's times from its own first two sets of draws."""
    import jax

    trial = replace(CROSSING, dropout_hazards=(0.0, 0.0), competing_hazards=(0.0, 0.0))
    shape, rng = (20, trial.patients), np.random.default_rng(SEED)
    total, wait = rng.standard_exponential(shape), rng.standard_exponential(shape)
    switch = wait / np.array(trial.crossover_hazards)[arms(trial)]
    expected = draw(trial, 20, np.random.default_rng(SEED))
    assert np.isfinite(expected.switch).any()
    with jax.enable_x64(True):
        found = event_times_accelerated(trial, total, switch)
        one_way = replace(trial, crossover_hazards=(0.04, 0.0))
        other = draw(one_way, 20, np.random.default_rng(SEED))
        only = event_times_accelerated(one_way, total, np.where(arms(trial) == 0, switch, np.inf))
    assert found == pytest.approx(expected.time, rel=1e-12)
    assert only == pytest.approx(other.time, rel=1e-12)


@pytest.mark.parametrize("trial", [TRIAL, CROSSING])
def test_its_own_patients_give_the_same_characteristics(trial):
    found = accelerated_characteristics(trial, 3000, SEED, batch=1000)
    expected = survival_characteristics(trial, 3000, SEED)
    assert set(found) == set(expected)
    for name, one in expected.items():
        error = np.hypot(one.mcse, found[name].mcse)
        assert found[name].mean == pytest.approx(one.mean, abs=4 * error + 1e-4), name


def test_what_it_lacks_it_refuses():
    with pytest.raises(NotEstimable, match="even accrual"):
        accelerated_characteristics(replace(TRIAL, accrual="poisson"), 10, SEED)
