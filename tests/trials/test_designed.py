"""Simulated designs against the computed figures, and against a simulation written apart."""

from dataclasses import replace

import numpy as np
import pytest

from hilum.analyses import analysis
from hilum.errors import InputError
from hilum.trials.fixed.course import Course, Hazard, calendar_time
from hilum.trials.simulation.designed import designed_trial, simulate_designed

SEQUENTIAL = {
    "hazard_ratio": 0.6,
    "control_median": 12.0,
    "accrual": 24.0,
    "follow_up": 12.0,
    "drop_out": 0.05,
    "futility": "asOF",
}
SURVIVAL = {"hazard_ratio": 0.65, "control_median": 12.0, "accrual": 24.0, "follow_up": 18.0}


def answered(name, **asked):
    record = analysis(f"design-{name}")
    return record.run(record.Asked(**asked))


@pytest.fixture(scope="module")
def played():
    return answered("sequential", **SEQUENTIAL, simulate=4000, scenarios=("slow-accrual",))


def test_simulation_agrees_with_the_recursion(played):
    """Chances to stop at each analysis: four Monte-Carlo errors and the normal approximation."""
    none, planned = played.simulated.truths[:2]
    for truth, which in ((none, 0), (planned, 1)):
        for look, up, down in zip(played.looks, truth.efficacy, truth.futility, strict=True):
            wanted = getattr(look, f"stop_efficacy{which}"), getattr(look, f"stop_futility{which}")
            assert (up, down) == pytest.approx(wanted, abs=0.035)
    assert planned.success == pytest.approx(0.8, abs=0.04)
    assert none.success == pytest.approx(0.025, abs=0.012)
    assert planned.events == pytest.approx(played.expected_n1, rel=0.03)
    assert sum(planned.efficacy) + sum(planned.futility) == pytest.approx(1)


def test_slow_accrual_takes_the_months_that_the_formula_says():
    """One analysis: its month is when the events are expected, whoever computes it."""
    made = answered(
        "survival", **SURVIVAL, simulate=400, scenarios=("slow-accrual", "slow-accrual-closed")
    )
    planned, slow, closed = made.simulated.truths[1:]
    control = Hazard.from_median(12.0)
    for truth, accrual in ((planned, 24.0), (slow, 36.0)):
        month = calendar_time(
            made.events, made.patients, control.scaled(0.65), control, Course(accrual, 30.0), 1.0
        )
        assert truth.months == pytest.approx(month, rel=0.02)
    assert closed.months <= made.months + 1e-9
    assert closed.success < slow.success
    assert closed.short > 0.5


def test_delayed_effect_agrees_with_a_simulation_written_apart():
    """Power with four months of delay; the log-rank test patient by patient, no code shared."""
    made = answered("survival", **SURVIVAL, simulate=4000, scenarios=("delayed-effect",))
    assert made.simulated.truths[1].success == pytest.approx(0.8, abs=0.03)
    rng = np.random.default_rng(7)
    rate = np.log(2) / 12
    n, wins = made.patients, 0
    for _ in range(600):
        arm = np.arange(n) % 2
        own = rng.exponential(1, n) / rate
        # Beyond four months the treated lose time more slowly.
        time = np.where((arm == 1) & (own > 4), 4 + (own - 4) / 0.65, own)
        entry = np.sort(rng.uniform(0, 24, n))
        cut = np.sort(entry + time)[made.events - 1]
        seen = entry < cut
        event = (entry + time <= cut)[seen]
        follow, group = np.minimum(time, cut - entry)[seen], arm[seen]
        order = np.argsort(follow)
        event, group = event[order], group[order]
        at_risk = np.arange(len(group), 0, -1)
        treated = np.cumsum(group[::-1])[::-1] / at_risk
        u = (group - treated)[event].sum()
        v = (treated * (1 - treated))[event].sum()
        wins += -u / np.sqrt(v) >= 1.959963984540054
    # Standard error of the other simulation 0.02, of this one 0.008.
    assert made.simulated.truths[2].success == pytest.approx(wins / 600, abs=0.065)
    assert made.simulated.truths[2].success < 0.68


def test_a_good_event_that_is_hoped_to_come_sooner():
    """With a ratio above 1 the same trial seen from the other group: power and events are kept."""
    made = answered("survival", **SURVIVAL)
    hazard = np.log(2) / 12
    sooner = replace(
        made,
        assumptions=tuple(
            replace(one, value=1 / 0.65) if one.parameter == "hazard_ratio" else one
            for one in made.assumptions
        ),
    )
    trial = designed_trial(sooner, ((0.0, 1 / 0.65),), 12 / 0.65, 12.0)
    assert trial.control_hazards[0] == pytest.approx(0.65 * hazard)
    planned = simulate_designed(sooner, trial, scenarios=("delayed-effect",), trials=2000)
    assert planned.truths[0].success == pytest.approx(0.025, abs=0.012)
    assert planned.truths[1].success == pytest.approx(0.8, abs=0.04)
    assert 0.2 < planned.truths[2].success < 0.7


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"at": "planned", "most": 1.5},
        {"kind": "asOF", "futility": 0.0, "interim": 0.6},
        # The same trial of a good event: seen from the other group.
        {"hazard_ratio": 1 / 0.65, "control_median": 12 / 0.65, "better": "higher"},
    ],
)
def test_a_second_stage_grows_in_the_simulation_as_it_does_in_quadrature(asked):
    """Success and mean events against the quadrature over the interim result, which knows no
    patients: four Monte-Carlo errors and the normal approximation.
    """
    made = answered("reestimate", **{**SURVIVAL, **asked}, scenarios=("crossover",), simulate=4000)
    for truth, computed in zip(made.simulated.truths[:2], made.growth[::2], strict=True):
        assert truth.success == pytest.approx(computed.success, abs=0.03)
        assert truth.events == pytest.approx(computed.expected, rel=0.03)
    none, planned, crossing = made.simulated.truths
    assert none.success == pytest.approx(0.025, abs=0.012)
    # Patients come in proportion with the events, from those planned up to the most there may be.
    share = made.looks[-1].n / made.patients
    assert share * made.patients <= planned.patients <= made.patients
    assert crossing.success < planned.success - 0.05


def test_rows_do_not_depend_on_each_other_and_the_seed_decides(played):
    again = answered("sequential", **SEQUENTIAL, simulate=4000)
    assert again.simulated.truths == played.simulated.truths[:2]


def test_what_cannot_be_simulated_is_refused():
    with pytest.raises(InputError) as error:
        answered("survival", **SURVIVAL, margin=1.3, simulate=100)
    assert [one.column for one in error.value.faults] == ["simulate"]
    with pytest.raises(InputError) as error:
        answered("sequential", p1=0.5, p2=0.3, scenarios=("delayed-effect",))
    assert [one.column for one in error.value.faults] == ["scenarios"]
    with pytest.raises(InputError) as error:
        answered("reestimate", **{**SURVIVAL, "margin": 1.3, "hazard_ratio": 1.0}, simulate=100)
    assert [one.column for one in error.value.faults] == ["simulate"]
    with pytest.raises(InputError) as error:
        answered("survival", **SURVIVAL, scenarios=("late-effect",))
    assert [one.column for one in error.value.faults] == ["scenarios"]
