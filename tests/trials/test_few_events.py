"""Power where no formula holds, and power that a rounded design really has."""

import numpy as np
import pytest
from scipy import stats

from hilum.errors import UnknownCode
from hilum.trials.fixed.course import Course
from hilum.trials.fixed.few_events import FEW, FEWEST, simulated_power
from hilum.trials.single_arm.stages import fleming
from hilum.trials.synopsis.one_group import stages_synopsis
from hilum.trials.synopsis.record import Basis, Pico
from hilum.trials.synopsis.survival import survival_synopsis

Z = 1.959963984540054
BASIS = Basis(Pico("netlm", "tae", "tace", "overall_survival"))


@pytest.mark.parametrize(
    ("ratio", "median", "course", "groups", "expected", "error"),
    [
        # Independent simulations of 40,000 and 20,000 trials of these two designs.
        (0.1, 12.0, Course(24.0, 12.0), (7, 7), 0.675, 0.0023),
        (0.08, 900.0, Course(24.0, 24.0), (223, 223), 0.656, 0.0034),
    ],
)
def test_few_events_have_the_power_that_simulation_says(
    ratio, median, course, groups, expected, error
):
    found = simulated_power(ratio, median, course, *groups, critical=Z)
    assert found.power == pytest.approx(expected, abs=3.5 * np.hypot(found.error, error))
    assert found.trials >= FEWEST
    assert found == simulated_power(ratio, median, course, *groups, critical=Z)


def test_many_events_have_the_power_of_the_formula():
    course = Course(24.0, 12.0, 0.1, 12.0)
    made = survival_synopsis(BASIS, 0.6, 12.0, course)
    groups = [n for _, n in made.per_arm]
    found = simulated_power(0.6, 12.0, course, *groups, critical=Z)
    # Schoenfeld's formula is itself an approximation: within two points here.
    assert found.power == pytest.approx(0.8, abs=0.02 + 3.5 * found.error)
    level = simulated_power(1.0, 12.0, course, *groups, critical=Z)
    assert level.power == pytest.approx(0.025, abs=0.002 + 3.5 * level.error)
    # Whole events: 121 of 120.3, by Schoenfeld 1981.
    assert made.reached == pytest.approx(0.8021, abs=5e-4)


def test_a_small_trial_equals_a_log_rank_test_written_out():
    """Four patients a group, no censoring: the statistic of scipy on the same draws."""
    rng = np.random.default_rng(5)
    rejected = 0
    for _ in range(400):
        one, two = rng.exponential(10.0, 6), rng.exponential(1.0, 6)
        found = stats.logrank(stats.CensoredData(one), stats.CensoredData(two))
        rejected += found.statistic < -Z
    power = simulated_power(0.1, float(np.log(2)), Course(0.0, 1199.0), 6, 6, critical=Z)
    share = rejected / 400
    spread = 3.5 * np.hypot(power.error, (share * (1 - share) / 400) ** 0.5)
    assert power.power == pytest.approx(share, abs=spread)


@pytest.mark.parametrize(("ratio", "few"), [(0.27, True), (0.28, False)])
def test_twenty_events_are_enough_and_nineteen_are_not(ratio, few):
    made = survival_synopsis(BASIS, ratio, 12.0, Course(24.0, 12.0))
    assert (made.events < FEW) is few
    assert (made.reached is not None) is few
    assert ("few_events" in {step.code for step in made.steps}) is few
    assert (made.curve == ()) is few


@pytest.mark.parametrize(
    ("p0", "p1", "alpha", "power", "stages"),
    [(0.1, 0.25, 0.1, 0.8, 3), (0.05, 0.2, 0.05, 0.9, 2), (0.2, 0.4, 0.05, 0.8, 3),
     (0.3, 0.5, 0.025, 0.85, 2), (0.1, 0.3, 0.05, 0.8, 1)],
)  # fmt: skip
def test_fleming_keeps_both_errors_and_no_smaller_one_does(p0, p1, alpha, power, stages):
    from hilum.trials.fixed.proportions import one_proportion

    found = fleming(p0, p1, alpha=alpha, power=power, stages=stages)
    total = found.n[-1]
    assert found.at(p1).reject >= power
    assert found.at(p0).reject <= alpha
    whole = round(one_proportion(p0, p1, alpha=alpha, power=power).n)
    for smaller in range(whole, total):
        sizes = [int(np.ceil(smaller * (k + 1) / stages - 1e-9)) for k in range(stages)]
        other = fleming(p0, p1, alpha=alpha, power=power, n=sizes)
        assert other.at(p1).reject < power or other.at(p0).reject > alpha


def test_given_sizes_say_what_they_reach():
    made = stages_synopsis(BASIS, 0.1, 0.25, alpha=0.1, power=0.8, method="fleming", n=[11, 21, 31])
    # Exact convolution of the bounds 4, 5, 6 and 0, 3, 5 gives 0.7598.
    assert made.reached == pytest.approx(0.7598, abs=5e-5)
    assert "power_short" in {step.code for step in made.steps}
    full = stages_synopsis(BASIS, 0.1, 0.25, alpha=0.1, power=0.8, method="fleming", stages=3)
    assert full.reached >= 0.8
    assert "power_short" not in {step.code for step in full.steps}


def test_an_unknown_method_is_refused():
    with pytest.raises(UnknownCode, match="fleming"):
        stages_synopsis(BASIS, 0.1, 0.25, method="flemming")
