"""Drawn patients against closed forms; tolerances are four Monte-Carlo standard errors."""

import math

import numpy as np
import pytest

from hilum.trials.simulation import Piecewise, SurvivalTrial, draw
from hilum.trials.simulation.patients import arms

SEED = 20240602
BASE = {
    "patients": 200,
    "accrual_rates": (10.0,),
    "control_hazards": (0.05,),
    "hazard_ratios": (0.6,),
    "efficacy": (1.96,),
    "look_months": (48.0,),
}


def _near(values, expected):
    values = np.asarray(values, float).ravel()
    assert values.mean() == pytest.approx(expected, abs=4 * values.std() / math.sqrt(values.size))


def _drawn(trials=400, **changes):
    trial = SurvivalTrial(**BASE | changes)
    return draw(trial, trials, np.random.default_rng(SEED))


def test_survival_is_exponential():
    found = _drawn()
    for arm, hazard in ((0, 0.05), (1, 0.03)):
        _near(found.time[:, found.arm == arm] > 20, math.exp(-20 * hazard))


def test_a_delayed_effect_begins_late():
    found = _drawn(hazard_ratios=(1.0, 0.5), ratio_breaks=(6.0,))
    late = found.time[:, found.arm == 1]
    _near(late > 6, math.exp(-0.3))
    _near(late > 18, math.exp(-0.3 - 12 * 0.025))


def test_piecewise_control_with_a_piece_free_of_events():
    found = _drawn(control_hazards=(0.1, 0.0, 0.05), control_breaks=(3.0, 9.0))
    control = found.time[:, found.arm == 0]
    assert not ((control > 3) & (control < 9)).any()
    _near(control > 9, math.exp(-0.3))
    _near(control > 19, math.exp(-0.8))


def test_competing_death_gives_the_cumulative_incidence():
    # Cause-specific hazards a and b: incidence of a by t is a / (a + b) (1 - exp(-(a + b) t)).
    found = _drawn(competing_hazards=(0.02, 0.02))
    control = found.arm == 0
    by = found.time[:, control] <= 24
    for happened, hazard in ((found.event, 0.05), (found.died, 0.02)):
        _near(happened[:, control] & by, hazard / 0.07 * (1 - math.exp(-0.07 * 24)))


def test_dropout_ends_follow_up():
    found = _drawn(dropout_hazards=(0.01, 0.04))
    for arm, hazard, out in ((0, 0.05, 0.01), (1, 0.03, 0.04)):
        _near(found.event[:, found.arm == arm], hazard / (hazard + out))


def test_crossover_mixes_the_hazards():
    # Constant hazards l0 before and l1 after an exponential switch at rate g:
    # S(t) = exp(-(l0+g) t) + g exp(-l1 t) (1 - exp(-(l0+g-l1) t)) / (l0+g-l1).
    found = _drawn(crossover_hazards=(0.04, 0.0))
    control = found.arm == 0
    apart = 0.05 + 0.04 - 0.03
    for t in (6.0, 24.0):
        expected = (
            math.exp(-0.09 * t) + 0.04 * math.exp(-0.03 * t) * (1 - math.exp(-apart * t)) / apart
        )
        _near(found.time[:, control] > t, expected)
    _near(np.isfinite(found.switch[:, control]), 0.04 / 0.09)
    assert not np.isfinite(found.switch[:, ~control]).any()


def test_arrivals():
    even = _drawn(trials=1, accrual_rates=(5.0, 20.0), accrual_breaks=(10.0,))
    assert even.arrival[49] == pytest.approx(10.0)
    assert even.arrival[-1] == pytest.approx(10 + 150 / 20)
    rising = _drawn(accrual="uniform", accrual_rates=(5.0, 20.0), accrual_breaks=(10.0,))
    assert (np.diff(rising.arrival, axis=1) > 0).all()
    assert rising.arrival.max() < 17.5
    # A quarter of the 200 comes in the slow period, on average; their number is binomial.
    early = (rising.arrival < 10).sum(axis=1)
    _near(early, 50.0)
    assert early.var() == pytest.approx(200 * 0.25 * 0.75, rel=0.3)
    process = _drawn(accrual="poisson")
    _near(process.arrival[:, -1], 20.0)
    assert process.arrival[:, -1].var() == pytest.approx(200 / 10**2, rel=0.3)


def test_blocks_keep_the_ratio():
    trial = SurvivalTrial(**BASE | {"allocation": (1, 2), "patients": 9})
    assert arms(trial).reshape(3, 3).sum(axis=1).tolist() == [2, 2, 2]
    assert arms(SurvivalTrial(**BASE)).mean() == 0.5


def test_piecewise_inverse_undoes_cumulative():
    steps = Piecewise((0.1, 0.02, 0.3), (2.0, 7.0))
    t = np.linspace(0.01, 30, 50)
    assert steps.inverse(steps.cumulative(t)) == pytest.approx(t, rel=1e-12)
    product = steps.times(Piecewise((1.0, 0.5), (4.0,)))
    assert [product.at(at) for at in (0.0, 3.0, 5.0, 8.0)] == pytest.approx([0.1, 0.02, 0.01, 0.15])
