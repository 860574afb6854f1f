"""Estimates after early stopping, against SciPy's multivariate normal and sums over every path."""

import math

import pytest
from scipy import stats

from hilum.errors import InputError
from hilum.trials.sequential.adjusted import adjusted
from hilum.trials.sequential.design import group_sequential
from hilum.trials.single_arm.adjusted import adjusted_rate, results
from hilum.trials.single_arm.simon import simon


def test_one_analysis_has_the_ordinary_interval():
    found = adjusted((1.0,), (1.959963984540054,), 1, 2.5)
    assert found.median_unbiased == pytest.approx(2.5, abs=1e-9)
    assert found.interval == pytest.approx((0.540036015, 4.459963985), abs=1e-8)
    assert found.repeated == pytest.approx(found.interval, abs=1e-8)
    assert found.p_value == pytest.approx(stats.norm.sf(2.5), rel=1e-10)


def test_first_analysis_is_adjusted_by_nothing():
    """At the first of three the ordering is that of z; the repeated interval is wider."""
    found = adjusted((0.3, 0.6, 1.0), (3.2, 2.4, 2.0), 1, 3.4)
    assert found.median_unbiased == pytest.approx(3.4 / 0.3**0.5, abs=1e-8)
    assert found.repeated == pytest.approx((0.2 / 0.3**0.5, 6.6 / 0.3**0.5))


@pytest.mark.parametrize(("stage", "z"), [(2, 2.6), (3, 2.1)])
def test_later_analyses_follow_the_multivariate_normal(stage, z):
    """P(stop before) + P(reach, Z >= z) by SciPy's distribution function, solved again."""
    rates, bounds, low = (0.3, 0.6, 1.0), (3.2, 2.4, 2.0), (-0.5, 0.3, -math.inf)
    found = adjusted(rates, bounds, stage, z, futility=low)

    def cdf(upper, drift):
        n = len(upper)
        cov = [[math.sqrt(min(a, b) / max(a, b)) for a in rates[:n]] for b in rates[:n]]
        mean = [drift * math.sqrt(t) for t in rates[:n]]
        return stats.multivariate_normal(mean, cov, abseps=1e-7, releps=1e-7).cdf(upper)

    def box(lower, upper, drift):
        """Inclusion and exclusion over the corners."""
        if not lower:
            return 1.0
        total = 0.0
        for mask in range(2 ** len(lower)):
            sign = (-1) ** mask.bit_count()
            corner = [lower[i] if mask >> i & 1 else min(upper[i], 12.0) for i in range(len(lower))]
            total += 0.0 if -math.inf in corner else sign * cdf(corner, drift)
        return total

    def extreme(drift):
        return sum(
            box([*low[:k], bounds[k]], [*bounds[:k], math.inf], drift) for k in range(stage - 1)
        ) + box([*low[: stage - 1], z], [*bounds[: stage - 1], math.inf], drift)

    for chance, drift in zip(
        (0.025, 0.5, 0.975),
        (found.interval[0], found.median_unbiased, found.interval[1]),
        strict=True,
    ):
        assert extreme(drift) == pytest.approx(chance, abs=2e-6)
    assert found.p_value == pytest.approx(extreme(0.0), abs=2e-6)


def test_at_the_last_bound_the_lower_limit_is_no_effect():
    """What the level leaves is exactly spent there; an early stop pulls the estimate down."""
    plan = group_sequential(stages=4, alpha=0.025, power=0.9)
    last = adjusted(plan.information_rates, plan.efficacy, 4, plan.efficacy[-1])
    assert last.interval[0] == pytest.approx(0, abs=1e-8)
    assert last.p_value == pytest.approx(0.025, abs=1e-10)
    early = adjusted(plan.information_rates, plan.efficacy, 3, plan.efficacy[2])
    assert early.median_unbiased < early.naive
    assert early.repeated[0] == 0


def test_impossible_results_are_refused():
    with pytest.raises(InputError) as error:
        adjusted((0.5, 1.0), (2.8,), 3, math.nan, level=1)
    assert {one.column for one in error.value.faults} == {"stage", "efficacy", "level", "z"}
    with pytest.raises(InputError):
        adjusted_rate((10, 30), (2, 9), (11, 10), 1, 5)


def test_stage_estimate_is_unbiased_at_every_rate():
    """The sum over all results of chance times estimate is the rate itself (Jung & Kim 2004)."""
    best = simon(0.2, 0.4).optimal
    bounds = (best.n1, best.n), (best.r1, best.r), (best.n1 + 1, best.r + 1)
    every = results(*bounds)
    for p in (0.05, 0.2, 0.4, 0.9):
        assert sum(one.chance(p) for one in every) == pytest.approx(1, abs=1e-11)
        assert sum(one.chance(p) * one.estimate for one in every) == pytest.approx(p, abs=1e-11)
    # The maximum-likelihood share is biased downwards by the rule for stopping.
    share = sum(one.chance(0.2) * one.responders / one.n for one in every)
    assert share < 0.2 - 0.01


def test_stage_interval_covers_and_is_clopper_pearson_in_one_stage():
    found = adjusted_rate((30,), (9,), (10,), 1, 10)
    exact = stats.binomtest(10, 30).proportion_ci(method="exact")
    assert found.unbiased == pytest.approx(1 / 3)
    assert found.interval == pytest.approx((exact.low, exact.high), abs=1e-9)
    assert adjusted_rate((30,), (9,), (10,), 1, 0).interval[0] == 0
    bounds = (13, 43), (3, 12), (14, 13)
    every = results(*bounds)
    limits = {one: adjusted_rate(*bounds, one.stage, one.responders).interval for one in every}
    for p in (0.1, 0.2, 0.35, 0.5):
        covered = sum(one.chance(p) for one, (low, high) in limits.items() if low <= p <= high)
        assert covered >= 0.95
