"""MaxCombo tests and restricted means against closed forms, other integrals and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from hilum.analyses import analysis
from hilum.errors import InputError
from hilum.trials import Course, Hazard, changing_hazard, lakatos
from hilum.trials.fixed.nonproportional import (
    WEIGHTS,
    Largest,
    combo,
    maxcombo,
    mean_variance,
    restricted_mean,
    rmst,
)
from hilum.trials.fixed.sizes import whole
from hilum.trials.simulation.nonproportional import _Sorted, simulated_nonproportional

CONTROL = Hazard.from_median(15.0)
LATE = changing_hazard(CONTROL, ((0.0, 1.0), (4.0, 0.6)))
COURSE = Course(12.0, 24.0, 0.05, 12.0)
Z = float(stats.norm.ppf(0.975))


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_one_weight_is_the_weighted_log_rank_test(weight, ratio):
    found = maxcombo(LATE, CONTROL, COURSE, weights=(weight,), ratio=ratio)
    other = lakatos(LATE, CONTROL, COURSE, ratio=ratio, rho=weight[0], gamma=weight[1])
    assert found.critical == pytest.approx(Z, abs=1e-6)
    assert found.size.n == pytest.approx(other.n, rel=1e-5)
    assert found.size.events == pytest.approx(other.events, rel=1e-5)


def test_the_largest_of_three_by_scipy():
    """Genz' integration of the multivariate normal law, of weights that are not collinear."""
    one = combo(LATE, CONTROL, COURSE, WEIGHTS[1:])
    largest = Largest(one.correlation)
    for bound, mean in ((2.2, 0.0), (2.2, one.shift * 17.0), (1.0, 0.0)):
        middle = np.broadcast_to(mean, 3)
        exact = 1 - stats.multivariate_normal.cdf(
            np.full(3, bound), mean=middle, cov=one.correlation, rng=1, abseps=1e-6, maxpts=10**6
        )
        assert largest.above(bound, mean) == pytest.approx(exact, abs=3e-5)


def test_the_log_rank_test_is_the_sum_of_early_and_late():
    """Weight 1 is S + (1 - S): the fourth statistic adds no factor."""
    one = combo(LATE, CONTROL, COURSE)
    assert np.linalg.matrix_rank(one.correlation, tol=1e-9) == 3
    # Draws of the correlated statistics, 400,000 of them.
    values, vectors = np.linalg.eigh(one.correlation)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    z = np.random.default_rng(2).standard_normal((400_000, 4)) @ root.T
    critical = Largest(one.correlation).critical(0.025)
    assert (z.max(axis=1) > critical).mean() == pytest.approx(0.025, abs=4 * 0.00025)


@pytest.mark.parametrize("treated", [LATE, CONTROL, CONTROL.scaled(0.6)])
def test_restricted_means_by_adaptive_quadrature(treated):
    area, _ = quad(lambda t: float(treated.survival(np.array(t))), 0, 30, points=[4], epsabs=1e-11)
    assert float(restricted_mean(treated, 30.0)) == pytest.approx(area, abs=1e-9)


def test_variance_without_censoring_is_that_of_the_restricted_time():
    """Everybody is followed beyond the horizon: moments of min(T, h), exponential T."""
    rate, horizon = float(CONTROL.rates[0]), 18.0
    first = (1 - np.exp(-rate * horizon)) / rate
    second = 2 * (1 - np.exp(-rate * horizon) * (1 + rate * horizon)) / rate**2
    found = mean_variance(CONTROL, Course(12.0, 24.0), horizon)
    assert found == pytest.approx(second - first**2, rel=1e-9)


@pytest.mark.parametrize("method", ["maxcombo", "rmst"])
def test_level_and_power_by_simulation(method):
    made = (
        maxcombo(LATE, CONTROL, COURSE).size
        if method == "maxcombo"
        else rmst(LATE, CONTROL, COURSE, 30.0).size
    )
    groups = whole(made.n1), whole(made.n2)
    shared = {"method": method, "critical": made.critical, "plain": Z, "weights": WEIGHTS,
              "horizon": 30.0, "trials": 2_000}  # fmt: skip
    one = simulated_nonproportional(LATE, CONTROL, COURSE, *groups, **shared)
    none = simulated_nonproportional(CONTROL, CONTROL, COURSE, *groups, **shared)
    # Both rest on large samples: a point and a half of power, half a point of level.
    assert one.power == pytest.approx(made.actual_power, abs=0.015 + 3.5 * one.error)
    assert none.power == pytest.approx(0.025, abs=0.005 + 3.5 * none.error)
    assert one == simulated_nonproportional(LATE, CONTROL, COURSE, *groups, **shared)


def test_statistics_of_one_trial_written_out():
    rng = np.random.default_rng(4)
    time, event = rng.exponential(10, 40), rng.random(40) < 0.7
    arm = np.repeat([1.0, 0.0], 20)
    one = _Sorted(time[None], event[None], arm)
    score, spread, left = np.zeros(2), np.zeros(2), 1.0
    for at in np.sort(time[event]):
        risk, treated = (time >= at).sum(), ((time >= at) & (arm == 1)).sum()
        weight = np.array([1.0, left**0.5 * (1 - left)])
        score += weight * (treated / risk - arm[time == at][0])
        spread += weight**2 * treated / risk * (1 - treated / risk)
        left *= 1 - 1 / risk
    expected = score / spread**0.5
    assert one.combo(((0.0, 0.0), (0.5, 1.0)))[0] == pytest.approx(expected, abs=1e-10)


def test_the_synopsis_says_what_was_simulated():
    record = analysis("design-non-proportional")
    asked = {"hazard_ratio": 0.6, "control_median": 15.0, "accrual": 12.0, "follow_up": 24.0,
             "delay": 4.0, "drop_out": 0.05, "simulate": 200}  # fmt: skip
    made = record.run(record.Asked(**asked))
    assert made.reached == pytest.approx(maxcombo(LATE, CONTROL, COURSE).size.actual_power)
    sizes = {one.code: one.n for one in made.alternatives}
    assert sizes["maxcombo"] == made.patients < sizes["logrank"] < sizes["rmst"]
    assert all(one.mcse for one in made.operating)
    for wrong in (
        {"hazard_ratio": 1.2}, {"until": 3.0}, {"horizon": 36.0}, {"delay": 0.0,
                                                                   "hazard_ratio_before": 1.3},
    ):  # fmt: skip
        with pytest.raises(InputError):
            record.run(record.Asked(**asked | wrong))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcome": "objective_response"}, "whose event is a bad one"),
        ({"delay": 36.0}, "below the trial's end"),
    ],
)
def test_what_cannot_be_is_refused(given, said):
    """Events that are good, and an effect that begins when the trial has ended."""
    usual = {"hazard_ratio": 0.6, "control_median": 15.0, "accrual": 12.0, "follow_up": 24.0}
    record = analysis("design-non-proportional")
    with pytest.raises(InputError, match=said):
        record.Asked(**usual, **given)
    assert record.Asked(**usual, outcome="overall_survival", delay=35.9).delay == 35.9
