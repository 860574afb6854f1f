"""The JAX engine against the numpy engine: on the same patients, and on its own."""

import numpy as np
import pytest

from hilum.errors import NotEstimable
from hilum.trials.simulation import SurvivalTrial, analyse, draw, survival_characteristics
from hilum.trials.simulation.accelerated import (
    accelerated_characteristics,
    analyse_accelerated,
)

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


def test_the_same_patients_give_the_same_analysis():
    import jax

    patients = draw(TRIAL, 40, np.random.default_rng(SEED))
    expected = analyse(TRIAL, patients)
    with jax.enable_x64(True):
        found = analyse_accelerated(TRIAL, patients)
    for name in ("look", "rejected", "futile", "patients", "events", "short"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    for name in ("z", "log_hazard_ratio", "months", "experimental", "died"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-9), name


def test_its_own_patients_give_the_same_characteristics():
    found = accelerated_characteristics(TRIAL, 3000, SEED, batch=1000)
    expected = survival_characteristics(TRIAL, 3000, SEED)
    assert set(found) == set(expected)
    for name, one in expected.items():
        error = np.hypot(one.mcse, found[name].mcse)
        assert found[name].mean == pytest.approx(one.mean, abs=4 * error + 1e-4), name


def test_what_it_lacks_it_refuses():
    from dataclasses import replace

    with pytest.raises(NotEstimable, match="crossover, poisson accrual"):
        accelerated_characteristics(
            replace(TRIAL, accrual="poisson", crossover_hazards=(0.1, 0.0)), 10, SEED
        )
