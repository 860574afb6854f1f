"""Several treatments followed in time: the quadrature of the design at other ratios."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.trials.failing.changes import PLANNED, Changes
from hilum.trials.failing.survival_arms import arms_followed
from hilum.trials.sequential.survival_arms import survival_arms

TRIALS = 2_000


@pytest.fixture(scope="module")
def design():
    return survival_arms(
        2, 0.7, 40, 15, ratio=2, intermediate_median=14.0, correlation=14 / 40 / 1.1
    )


def play(design, changes, *, works=True, trials=TRIALS):
    trial = arms_followed(design)
    out = trial.play(changes, trials, np.random.SeedSequence(4), works=works)
    return float(out.success.mean()), out


def test_success_and_months_by_quadrature(design):
    """Four Monte-Carlo errors, and what the normal law misses (0.015; validation.arms)."""
    for changes, truth in (
        (PLANNED, design.alternative),
        (Changes(effect=0.6), design.at(0.7**0.6)),
    ):
        found, out = play(design, changes)
        assert found == pytest.approx(truth.pairwise, abs=0.015 + 4 * (0.2 / TRIALS) ** 0.5)
        assert out.months.mean() == pytest.approx(truth.months, abs=1.5)
    found, _ = play(design, PLANNED, works=False)
    assert found == pytest.approx(design.null.any_arm, abs=0.017)


def test_what_changes_of_the_trial(design):
    trial = arms_followed(design)
    planned = trial.trial(PLANNED, works=True)
    assert planned.allocation == (2, 1, 1)
    assert planned.accrual_rates == (15.0,)
    slow = trial.trial(Changes(slower=1.5, closed=True), works=True)
    assert slow.accrual_rates == (10.0,)
    assert slow.maximum_months == design.stages[-1].month
    longer = trial.trial(Changes(control_times=2.0), works=True)
    assert longer.death_hazard == pytest.approx(planned.death_hazard / 2)
    assert longer.progression_hazard == pytest.approx(planned.progression_hazard / 2)
    assert longer.progression_ratios == pytest.approx(planned.progression_ratios)
    lost = trial.trial(Changes(drop_out=0.2), works=True)
    assert 1 - np.exp(-12 * lost.dropout_hazard) == pytest.approx(0.2)
    # The hazard of both outcomes together has the ratio asked for.
    either = planned.progression_hazard + planned.death_hazard
    own = planned.progression_hazard * planned.progression_ratios[0]
    assert own + planned.death_hazard * 0.7 == pytest.approx(0.7 * either)


def test_ratios_that_do_not_go_together_are_refused():
    design = survival_arms(
        2, 0.9, 16.0, 15, intermediate_ratio=0.5, intermediate_median=14.0, correlation=0.6
    )
    with pytest.raises(InputError) as error:
        play(design, PLANNED, trials=10)
    assert error.value.faults[0].column == "intermediate_median"
