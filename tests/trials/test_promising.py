"""A second stage that may grow: level and power by quadrature, conditional power against rpact."""

import math

import numpy as np
import pytest
from scipy import stats

from hilum.errors import InputError
from hilum.trials.sequential.design import group_sequential
from hilum.trials.sequential.promising import promising_zone
from hilum.trials.sequential.reestimation import conditional_power, inverse_normal
from tests.synthesis.reference import FILES

ADAPTIVE = FILES["rpact_adaptive"]["designs"]
PLAIN = group_sequential([0.5, 1], power=0.8, kind="asUser", user_alpha_spent=(0, 0.025))
STOPPING = group_sequential([0.4, 1], power=0.8, kind="asOF", futility=[0])


def of(kind):
    return [one for one in ADAPTIVE if one["kind"] == kind]


def test_the_reference_is_whole():
    kinds = [one["kind"] for one in ADAPTIVE]
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    assert counts["conditional_power"] == 72
    assert counts["conditional_power_ratio"] == 2
    assert counts["combination"] == 4
    assert counts["two_sided_futility"] == 24


def test_conditional_power_is_rpacts():
    """getConditionalPower of rpact 3.3.4 for the log-rank test, 1e-6."""
    for one in (*of("conditional_power"), *of("conditional_power_ratio")):
        ratio = one.get("ratio", 1)
        effect = -math.log(one["hazard_ratio"]) * ratio**0.5 / (1 + ratio)
        share = one.get("share", 0.5)
        found = conditional_power(
            one["z"], one["critical"][1], one["events"], one["planned"], effect, share
        )
        assert found == pytest.approx(one["power"], abs=1e-6), one


def test_the_combination_is_rpacts():
    """Combined statistics of getStageResults of rpact 3.3.4, 1e-6."""
    for one in of("combination"):
        found = inverse_normal(one["z"], [one["share"], 1 - one["share"]])
        assert found == pytest.approx(one["combined"][1], abs=1e-6)


@pytest.mark.parametrize("effect", [None, 0.2])
@pytest.mark.parametrize("design", [PLAIN, STOPPING])
def test_the_level_holds_whatever_the_rule(design, effect):
    """Given the interim z the last test has its own level: the sum is the planned design's."""
    plan = promising_zone(design, 126, 400, power=0.9, effect=effect)
    level = design.stopping(0.0).upper.sum()
    assert plan.under(0.0).success == pytest.approx(level, abs=1e-12)
    assert plan.under(design.drift, growing=False).success == pytest.approx(0.8, abs=1e-12)
    assert plan.under(0.0, growing=False).expected == pytest.approx(
        126 * design.expected_size(0.0) / design.inflation, rel=1e-9
    )
    assert plan.under(design.drift).success > 0.8


@pytest.mark.parametrize("effect", [None, 0.2])
def test_vector_and_single_decisions_agree(effect):
    plan = promising_zone(STOPPING, 126, 252, power=0.9, effect=effect)
    z = np.linspace(-2, 4, 241)
    assert plan.second_stage(z) == pytest.approx([plan.at(one).n2 for one in z], rel=1e-12)
    low, enough, high = plan.zone()
    assert plan.at(low).planned_power == pytest.approx(0.3, abs=1e-12)
    assert plan.at(enough).n2 == pytest.approx(plan.n2_max, rel=1e-9)
    assert plan.at(high).planned_power == pytest.approx(0.9, abs=1e-12)
    assert plan.needed(1.0) == pytest.approx(
        (STOPPING.efficacy[1] - 0.4**0.5) / 0.6**0.5, rel=1e-12
    )


def test_power_and_size_are_simulated():
    """200,000 trials patient by patient in effect: three standard errors of the Monte Carlo."""
    plan = promising_zone(STOPPING, 126, 252, power=0.9)
    rng = np.random.default_rng(20261125)
    runs = 200_000
    for drift in (STOPPING.drift, STOPPING.drift / 2):
        unit = drift / 126**0.5
        z1 = rng.normal(unit * plan.n1**0.5, 1, runs)
        going = (z1 < STOPPING.efficacy[0]) & (z1 >= STOPPING.futility[0])
        observed = z1 / plan.n1**0.5
        far = (STOPPING.efficacy[1] - 0.4**0.5 * z1) / 0.6**0.5
        planned = stats.norm.cdf(observed * plan.n2**0.5 - far)
        wanted = ((far + stats.norm.ppf(0.9)) / np.where(observed > 0, observed, 1)) ** 2
        grows = (planned >= 0.3) & (planned < 0.9) & (observed > 0)
        n2 = np.where(grows, np.clip(wanted, plan.n2, plan.n2_max), plan.n2)
        combined = 0.4**0.5 * z1 + 0.6**0.5 * rng.normal(unit * np.sqrt(n2), 1)
        success = (z1 >= STOPPING.efficacy[0]) | (going & (combined >= STOPPING.efficacy[1]))
        size = plan.n1 + np.where(going, n2, 0.0)
        found = plan.under(drift)
        error = 3 / runs**0.5
        assert found.success == pytest.approx(success.mean(), abs=0.5 * error)
        assert found.expected == pytest.approx(size.mean(), abs=size.std() * error)
        assert found.raised == pytest.approx((going & (n2 > plan.n2)).mean(), abs=0.5 * error)


def test_impossible_plans_are_refused():
    with pytest.raises(InputError, match="stages"):
        promising_zone(group_sequential(stages=3), 100, 200)
    with pytest.raises(InputError, match="sided"):
        promising_zone(group_sequential(stages=2, sided=2, alpha=0.05), 100, 200)
    with pytest.raises(InputError, match="most"):
        promising_zone(PLAIN, 100, 90)
    with pytest.raises(InputError, match="promising_from"):
        promising_zone(PLAIN, 100, 200, power=0.8, promising_from=0.9)
    with pytest.raises(InputError, match="effect"):
        promising_zone(PLAIN, 100, 200, effect=-0.1)
