"""A second stage that may grow: level and power by quadrature, conditional power against rpact."""

import math

import numpy as np
import pytest
from scipy import stats

from hilum.analyses.designs import DESIGNS
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


def reestimated(**more):
    record = DESIGNS["reestimate"]
    return record.run(record.Asked(**more))


@pytest.mark.parametrize("truth", [0.2, 0.3])
def test_against_a_margin_level_and_power_hold_in_played_trials(truth):
    """Complications 20 % in both groups hoped for, 10 points worse not to be accepted."""
    made = reestimated(p1=0.2, p2=0.2, margin=0.1, better="lower")
    assert made.hypothesis == "noninferiority"
    rows = {one.code: one for one in made.operating}
    assert rows["null"].effect == pytest.approx(0.1)
    assert rows["alternative"].effect == pytest.approx(0.0, abs=1e-12)
    n1, planned, most = 255, 510, 1020
    rng, trials = np.random.default_rng(4), 20_000

    def distance(size):
        """Distance from the margin in standard errors, rates at the plain estimates."""
        half = np.maximum(size // 2, 1)
        a, b = rng.binomial(half, truth) / half, rng.binomial(half, 0.2) / half
        return (0.1 - (a - b)) / np.sqrt((a * (1 - a) + b * (1 - b)) / half)

    z1 = distance(np.full(trials, n1))
    n2 = np.full(trials, planned - n1)
    needed = (1.959964 - 0.5**0.5 * z1) / 0.5**0.5
    chance = stats.norm.cdf(np.maximum(z1, 0) / n1**0.5 * n2**0.5 - needed)
    grows = (chance >= 0.3) & (chance < 0.9) & (z1 > 0)
    wanted = ((needed + 1.281552) / (np.where(grows, z1, 1) / n1**0.5)) ** 2
    n2 = np.where(grows, np.clip(wanted, planned - n1, most - n1), n2).astype(int)
    share = float((0.5**0.5 * (z1 + distance(n2)) >= 1.959964).mean())
    expected = rows["null" if truth == 0.3 else "alternative"]
    assert share == pytest.approx(expected.success, abs=0.006 if truth == 0.3 else 0.015)
    size = float((n1 + n2).mean())
    assert size == pytest.approx(expected.expected_n, rel=0.02)


def test_a_margin_of_hazards_is_schoenfelds_and_is_on_the_bad_side():
    asked = {"hazard_ratio": 1.0, "control_median": 20.0, "accrual": 30.0, "follow_up": 18.0}
    made = reestimated(**asked, margin=1.3, most=1.5)
    events = 4 * (stats.norm.isf(0.025) + stats.norm.isf(0.2)) ** 2 / np.log(1.3) ** 2
    assert made.events == int(1.5 * np.ceil(events))
    assert made.operating[0].effect == 1.3
    assert made.operating[0].success == pytest.approx(0.025, abs=1e-9)
    assert made.looks[-1].efficacy_effect == pytest.approx(
        1.3 * np.exp(-stats.norm.isf(0.025) * 2 / events**0.5), rel=1e-6
    )
    # Interim z 0 lies at the margin.
    at = {round(one.z, 9): one.effect for one in made.interim}
    assert at[0.0] == pytest.approx(1.3)
    for wrong in ({"margin": 0.9}, {"margin": 1.3, "better": "higher"}):
        with pytest.raises(InputError):
            reestimated(**asked, **wrong)
    with pytest.raises(InputError):
        reestimated(p1=0.5, p2=0.5, margin=1.1)
    with pytest.raises(InputError):
        reestimated(**asked)
