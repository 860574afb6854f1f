"""Operating characteristics against closed forms, within Monte-Carlo error; seeds explicit."""

import math

import numpy as np
import pytest
from scipy import special, stats

from hilum.errors import InputError
from hilum.trials.simulation import SurvivalTrial, simulate_survival, survival_characteristics
from tests.synthesis.reference import FILES

SEED = 20240603
MONTHLY = math.log(2) / 16
BASE = {
    "patients": 300,
    "accrual_rates": (12.5,),
    "control_hazards": (MONTHLY,),
    "hazard_ratios": (0.7,),
    "efficacy": (1.959964,),
    "events": (200,),
}
DESIGNS = {(d["type"], d["k"]): d for d in FILES["rpact_designs"]["designs"] if "k" in d}


def _run(trials, seed=SEED, **changes):
    return survival_characteristics(SurvivalTrial(**BASE | changes), trials, seed)


def _near(moments, expected, *, errors=3.5, extra=0.0):
    assert moments.mean == pytest.approx(expected, abs=errors * moments.mcse + extra)


def test_fixed_design_type_1_error_and_power():
    # Schoenfeld 1981: power = Phi(sqrt(d / 4) |log HR| - 1.96). Its own error at HR 0.7 is about
    # 0.5 percentage points (contiguous alternatives), which is allowed for.
    _near(_run(4000, hazard_ratios=(1.0,))["type_1_error"], 0.025)
    expected = float(special.ndtr(math.sqrt(50) * -math.log(0.7) - 1.959964))
    _near(_run(4000)["power"], expected, extra=0.008)


def test_two_sided_test_has_two_sides():
    found = simulate_survival(SurvivalTrial(**BASE | {"sided": 2, "hazard_ratios": (1.6,)}), 500, 1)
    assert found.rejected.mean() > 0.7
    assert (found.z[found.rejected] < 0).all()


@pytest.mark.parametrize("kind", ["OF", "P"])
def test_group_sequential_boundaries_spend_their_alpha(kind):
    # Boundaries of rpact 3.3.4 (tests/reference/rpact_designs.json): alpha 0.025 in all, and
    # as much at each look as spent there.
    design = DESIGNS[kind, 3]
    found = _run(
        4000, hazard_ratios=(1.0,), events=(70, 140, 210), efficacy=tuple(design["critical"])
    )
    _near(found["type_1_error"], 0.025)
    early = simulate_survival(
        SurvivalTrial(
            **BASE
            | {"hazard_ratios": (1.0,), "events": (70,), "efficacy": (design["critical"][0],)}
        ),
        4000,
        SEED,
    )
    spent = design["alpha_spent"][0]
    error = math.sqrt(spent * (1 - spent) / 4000)
    assert early.rejected.mean() == pytest.approx(spent, abs=3.5 * error)


def test_two_stage_power_equals_the_bivariate_normal():
    # Score statistics at information d / 4: correlation sqrt(d1 / d2) (Jennison & Turnbull 1999).
    first, second = DESIGNS["OF", 2]["critical"]
    found = _run(4000, events=(120, 240), efficacy=(first, second), hazard_ratios=(0.75,))
    drift = [math.sqrt(d / 4) * -math.log(0.75) for d in (120, 240)]
    r = math.sqrt(0.5)
    accepted = stats.multivariate_normal(drift, [[1, r], [r, 1]]).cdf([first, second])
    _near(found["power"], 1 - accepted, extra=0.006)
    at_first = float(special.ndtr(drift[0] - first))
    _near(found["stopped_at_look_1"], at_first, extra=0.004)
    expected = 120 * found["stopped_at_look_1"].mean + 240 * found["stopped_at_look_2"].mean
    assert found["events"].mean == pytest.approx(expected, rel=1e-12)


def test_futility_stops_and_costs_power():
    plain = _run(1500, events=(100, 200), efficacy=(2.797, 1.977))
    stopping = _run(1500, events=(100, 200), efficacy=(2.797, 1.977), futility=(0.5, -math.inf))
    assert plain["futility"].mean == 0
    # z at 100 events: normal with mean sqrt(25) |log 0.7| (Schoenfeld).
    _near(stopping["futility"], float(special.ndtr(0.5 - 5 * -math.log(0.7))), extra=0.006)
    assert stopping["power"].mean < plain["power"].mean
    assert stopping["months"].mean < plain["months"].mean


def test_duration_and_events_of_a_calendar_look():
    # Entry uniform on (0, 24), look at 36: P(event) = 1 - (e^{-12 h} - e^{-36 h}) / (24 h).
    found = _run(800, events=(), look_months=(36.0,))
    expected = 0.0
    for hazard in (MONTHLY, 0.7 * MONTHLY):
        alive = (math.exp(-12 * hazard) - math.exp(-36 * hazard)) / (24 * hazard)
        expected += 150 * (1 - alive)
    # Even spacing recruits on average 1/25 month later than the uniform law.
    _near(found["events"], expected, extra=0.3)
    assert found["months"].mean == 36.0
    assert found["months"].mcse == 0.0


def test_the_estimate_of_a_fixed_design_is_unbiased_and_early_stopping_exaggerates():
    assert abs(_run(3000)["bias_log_hazard_ratio"].mean) < 0.015
    early = _run(3000, events=(60, 200), efficacy=(2.18, 2.18))["bias_log_hazard_ratio"]
    assert early.mean < -0.03


def test_bias_is_not_reported_where_no_ratio_is_true():
    assert "bias_log_hazard_ratio" not in _run(20, hazard_ratios=(1.0, 0.6), ratio_breaks=(4.0,))
    assert "bias_log_hazard_ratio" not in _run(20, crossover_hazards=(0.02, 0.0))


def test_lag_delays_the_decision_and_lets_recruitment_go_on():
    soon = simulate_survival(SurvivalTrial(**BASE | {"events": (60,)}), 200, SEED)
    late = simulate_survival(SurvivalTrial(**BASE | {"events": (60,), "lag_months": 3}), 200, SEED)
    assert late.z == pytest.approx(soon.z)
    assert late.months == pytest.approx(soon.months + 3)
    expected = np.minimum(300, np.floor(late.months * 12.5 + 1e-9))
    assert late.patients == pytest.approx(expected)
    assert (late.patients > soon.patients).any()


def test_crossover_and_delay_cost_power():
    power = _run(1500)["power"].mean
    assert _run(1500, crossover_hazards=(0.05, 0.0))["power"].mean < power - 0.1
    assert _run(1500, hazard_ratios=(1.0, 0.7), ratio_breaks=(8.0,))["power"].mean < power - 0.1


def test_trials_whose_events_do_not_come_end():
    found = _run(200, dropout_hazards=(0.1, 0.1), events=(250,))
    assert found["short_of_events"].mean == 1.0
    assert found["months"].mean < 200
    capped = _run(200, events=(290,), maximum_months=40.0)
    assert capped["months"].mean == 40.0
    assert capped["short_of_events"].mean == 1.0


def test_seeds():
    one, same = _run(50), _run(50)
    assert one == same
    assert _run(50, seed=SEED + 1) != one


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"accrual_rates": (-3.0,)}, "accrual_rates", "-3"),
        ({"accrual_rates": (3.0, 0.0), "accrual_breaks": (4.0,)}, "accrual_rates", "0"),
        ({"accrual_breaks": (4.0,)}, "accrual_breaks", "4"),
        ({"hazard_ratios": (0.0,)}, "hazard_ratios", "0"),
        ({"hazard_ratios": (-0.5,)}, "hazard_ratios", "-0.5"),
        ({"hazard_ratios": (math.nan,)}, "hazard_ratios", "nan"),
        ({"control_hazards": ()}, "control_hazards", "none"),
        ({"patients": 1}, "patients", "1"),
        ({"events": (400,)}, "events", "400"),
        ({"events": (100, 90), "efficacy": (2.0, 2.0)}, "events", "100, 90"),
        ({"look_months": (12.0,)}, "events", "200, 12"),
        ({"efficacy": (2.0, 2.0)}, "efficacy", "2, 2"),
        ({"efficacy": (math.nan,)}, "efficacy", "nan"),
        ({"futility": (3.0,)}, "futility", "3"),
        ({"dropout_hazards": (-0.1, 0.0)}, "dropout_hazards", "-0.1"),
        ({"lag_months": -1.0}, "lag_months", "-1"),
        ({"allocation": (0, 1)}, "allocation", "0, 1"),
        ({"accrual": "monthly"}, "accrual", "monthly"),
        ({"sided": 3}, "sided", "3"),
        ({"control_hazards": (0.1, 0.0), "control_breaks": (5.0,)}, "maximum_months", "none"),
    ],
)
def test_impossible_parameters_are_named_with_their_value(changes, name, value):
    with pytest.raises(InputError) as caught:
        SurvivalTrial(**BASE | changes)
    assert any(name in fault.column and value in fault.value for fault in caught.value.faults)
