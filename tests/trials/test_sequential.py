"""Sequential designs beyond the rpact files: recursion, re-estimation, many arms, platform."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.errors import InputError
from hilum.trials.fixed.course import Course
from hilum.trials.sequential.design import group_sequential
from hilum.trials.sequential.multi_arm import (
    dunnett_critical,
    family_wise_error,
    multi_arm,
    power_at,
)
from hilum.trials.sequential.platform import (
    PlatformRules,
    allocation,
    best_arm,
    better_than_control,
    decide,
)
from hilum.trials.sequential.recursion import crossing
from hilum.trials.sequential.reestimation import (
    conditional_power,
    inverse_normal,
    reestimate,
)
from hilum.trials.sequential.sizes import sequential_means, sequential_survival


def test_recursion_is_the_bivariate_normal():
    rates, upper, lower, drift = (0.3, 1.0), (2.2, 1.9), (-0.4, 1.9), 1.7
    found = crossing(rates, upper, lower, drift)
    rho = math.sqrt(0.3)
    normal = stats.multivariate_normal(mean=[drift * rho, drift], cov=[[1, rho], [rho, 1]])

    def below(a, b):
        return normal.cdf([a, b])

    # P(lower1 < Z1 < upper1, Z2 >= upper2), from the distribution function.
    inside = stats.norm.cdf(2.2 - drift * rho) - stats.norm.cdf(-0.4 - drift * rho)
    second = inside - (below(2.2, 1.9) - below(-0.4, 1.9))
    assert found.upper[0] == pytest.approx(stats.norm.sf(2.2 - drift * rho), rel=1e-13)
    assert found.upper[1] == pytest.approx(second, abs=1e-7)
    assert found.upper.sum() + found.lower.sum() == pytest.approx(1, abs=1e-13)


@pytest.mark.parametrize(
    "rates", [(0.01, 0.02, 1.0), (0.5, 0.5001, 1.0), tuple(np.arange(1, 21) / 20)]
)
def test_recursion_holds_for_hard_rates(rates):
    """Probabilities sum to 1 and the level is kept however near or many the analyses."""
    design = group_sequential(rates, kind="asOF", power=0.9)
    assert design.alpha_spent[-1] == pytest.approx(0.025, abs=1e-12)
    found = crossing(rates, design.efficacy, design.futility, design.drift)
    assert found.upper.sum() + found.lower.sum() == pytest.approx(1, abs=1e-12)
    assert design.power_at(design.drift) == pytest.approx(0.9, abs=1e-11)


def test_one_analysis_is_a_fixed_design():
    found = group_sequential(stages=1, kind="P", power=0.8)
    assert found.efficacy[0] == pytest.approx(stats.norm.isf(0.025), rel=1e-12)
    assert found.inflation == pytest.approx(1, rel=1e-12)
    trial = sequential_means(found, 4, 10)
    z = stats.norm.isf(0.025) + stats.norm.isf(0.2)
    assert trial.n == pytest.approx(4 * (z * 10 / 4) ** 2, rel=1e-12)


def test_user_spending():
    rates = (0.5, 1.0)
    known = group_sequential(rates, kind="asP")
    again = group_sequential(rates, kind="asUser", user_alpha_spent=known.alpha_spent)
    assert again.efficacy == pytest.approx(known.efficacy, abs=1e-10)


def test_stopping_for_futility_costs_power_and_spares_patients():
    plain = group_sequential(stages=3, kind="asOF")
    futile = group_sequential(stages=3, kind="asOF", futility="asOF")
    bound = group_sequential(stages=3, kind="asOF", futility="asOF", binding=True)
    assert futile.efficacy == plain.efficacy
    assert plain.inflation < bound.inflation < futile.inflation
    assert futile.expected_size_h0 < plain.expected_size_h0
    assert bound.efficacy[-1] < plain.efficacy[-1]
    ignored = futile.stopping(0.0, heed_futility=False)
    assert float(ignored.upper.sum()) == pytest.approx(0.025, abs=1e-12)


def test_boundary_on_the_effect_scale():
    design = group_sequential(stages=2, power=0.8)
    trial = sequential_survival(design, 0.6, 16, Course(24, 12))
    for z, events, ratio in zip(design.efficacy, trial.events_at, trial.effect_at, strict=True):
        assert -math.log(ratio) * math.sqrt(events / 4) == pytest.approx(z, rel=1e-12)


def test_conditional_power_in_closed_form():
    # Jennison & Turnbull 1999, section 10.2, on the information scale.
    z1, critical, n1, n2, effect = 1.2, 1.97, 60.0, 60.0, 0.2
    drift = (z1 * math.sqrt(60) + effect * 60 - critical * math.sqrt(120)) / math.sqrt(60)
    assert conditional_power(z1, critical, n1, n2, effect) == pytest.approx(
        stats.norm.cdf(drift), rel=1e-12
    )


def test_reestimation_reaches_what_was_asked_and_keeps_the_level():
    design = group_sequential(stages=2, kind="OF", power=0.8)
    found = reestimate(1.4, design.efficacy[1], 100, 100, 400, power=0.8)
    assert found.zone == "promising"
    assert 100 < found.n2 < 400
    assert found.conditional_power == pytest.approx(0.8, rel=1e-9)
    assert reestimate(0.2, design.efficacy[1], 100, 100, 400).zone == "unfavourable"
    assert reestimate(2.7, design.efficacy[1], 100, 100, 400, power=0.8).zone == "favourable"
    capped = reestimate(1.1, design.efficacy[1], 100, 100, 120, power=0.9, promising_from=0.05)
    assert capped.n2 == 120
    # Level over all first stages, by quadrature: P(stop) + int phi(z) P(combined passes | z).
    cut = design.efficacy[0]

    def second(z):
        needed = (design.efficacy[1] - math.sqrt(0.5) * z) / math.sqrt(0.5)
        return stats.norm.pdf(z) * stats.norm.sf(needed)

    level = stats.norm.sf(cut) + integrate.quad(second, -8, cut, epsabs=1e-12)[0]
    # The second stage's z is standard normal whatever its size, so n2 does not appear.
    assert level == pytest.approx(0.025, abs=1e-9)
    assert inverse_normal([1.0, 2.0], [100, 100]) == pytest.approx(3 / math.sqrt(2))


def test_dunnett():
    # Dunnett 1955, table 1a, infinite degrees of freedom: 2 and 4 treatments, one-sided .05.
    assert round(dunnett_critical(2, 0.05), 2) == 1.92
    assert round(dunnett_critical(4, 0.05), 2) == 2.16
    for arms in (2, 5):
        c = dunnett_critical(arms, 0.025)
        inside = integrate.quad(
            lambda x, c=c, k=arms: stats.norm.pdf(x) * stats.norm.cdf(c * math.sqrt(2) + x) ** k,
            -9, 9, epsabs=1e-13,
        )[0]  # fmt: skip
        assert 1 - inside == pytest.approx(0.025, abs=1e-10)


def test_one_arm_of_many_stages_is_the_recursion():
    design = group_sequential(stages=3, kind="OF", futility=[0.0, 0.0], binding=True)
    found = family_wise_error(1, design.information_rates, design.efficacy,
                              (0.0, 0.0, design.efficacy[-1]))  # fmt: skip
    # Quadrature over three increments of the control is good to 2e-7.
    assert found == pytest.approx(0.025, abs=2e-7)


def test_magirr_jaki_whitehead():
    # R package MAMS (Jaki, Pallmann & Magirr 2019, JSS 88(4)), 4 arms, 2 stages, OBF shape with
    # futility at 0: bounds 3.068 and 2.169; one stage 2.160.
    design = multi_arm(4, 0.545, uninteresting=0.178, stages=2, alpha=0.05)
    assert [round(u, 3) for u in design.efficacy] == [3.068, 2.169]
    assert round(dunnett_critical(4, 0.05), 3) == 2.160
    # Level and power by simulation of the Brownian motions.
    rng = np.random.default_rng(2)
    runs, n = 100_000, design.n_per_arm
    t = np.array(design.information_rates)
    for effects in (np.zeros(4), np.array([0.545, 0.178, 0.178, 0.178])):
        control = rng.normal(0, math.sqrt(0.5), (runs, 1, 2)).cumsum(axis=2)
        arms = rng.normal(0, math.sqrt(0.5), (runs, 4, 2)).cumsum(axis=2)
        z = (arms - control + effects[:, None] * math.sqrt(n) * t) / np.sqrt(2 * t)
        first = z[:, :, 0] >= design.efficacy[0]
        going = (z[:, :, 0] >= design.futility[0]) & ~first.any(axis=1)[:, None]
        last = going & (z[:, :, 1] >= design.efficacy[1])
        if effects[0] == 0:
            hit = (first.any(axis=1) | last.any(axis=1)).mean()
            assert hit == pytest.approx(0.05, abs=0.0025)
            continue
        best1 = np.where(first, z[:, :, 0], -9).argmax(axis=1)
        best2 = np.where(last, z[:, :, 1], -9).argmax(axis=1)
        won = (first.any(axis=1) & (best1 == 0)) | (last.any(axis=1) & (best2 == 0))
        assert won.mean() == pytest.approx(0.9, abs=0.0035)
    assert power_at(design, n, 0.545, 0.178) == pytest.approx(0.9, abs=1e-5)


def test_platform_probabilities():
    rules = PlatformRules(arms=3)
    events, n = np.array([4, 9, 6, 2]), np.array([20, 20, 20, 15])
    rng = np.random.default_rng(9)
    draws = rng.beta(events + 1, n - events + 1, (400_000, 4))
    assert better_than_control(rules, events, n) == pytest.approx(
        (draws[:, 1:] > draws[:, :1]).mean(axis=0), abs=0.003
    )
    best = best_arm(rules, events, n)
    counted = np.bincount(draws[:, 1:].argmax(axis=1), minlength=3) / len(draws)
    assert best == pytest.approx(counted, abs=0.003)
    assert best.sum() == pytest.approx(1, abs=1e-12)
    # A batch of trials gives each trial's own answer.
    twice = better_than_control(rules, np.stack([events, events + 1]), np.stack([n, n]))
    assert twice[0] == pytest.approx(better_than_control(rules, events, n), rel=1e-12)


def test_platform_allocates_and_decides():
    rules = PlatformRules(arms=3, burn_in=10, least_share=0.1, control_share=0.3, n_max=100)
    events = np.array([[2, 9, 3, 0], [2, 9, 3, 0]])
    n = np.array([[20, 20, 20, 20], [20, 20, 5, 20]])
    is_open = np.array([[True, True, True], [True, True, False]])
    share = allocation(rules, events, n, is_open)
    assert share.sum(axis=1) == pytest.approx([1, 1])
    assert share[:, 0] == pytest.approx([0.3, 0.3])
    assert (share[0, 1:] >= 0.1 - 1e-12).all()
    assert share[0, 1] > share[0, 2] > share[0, 3] - 1e-12
    # An arm still in its burn-in makes the rest equal; a closed arm gets nothing.
    assert share[1] == pytest.approx([0.3, 0.35, 0.35, 0.0])
    graduate, drop = decide(rules, events, n, np.ones((2, 3), bool))
    assert graduate.tolist() == [[True, False, False], [True, False, False]]
    assert drop.tolist()[0] == [False, False, False]
    strict = PlatformRules(arms=3, drop_below=0.2)
    assert decide(strict, events, n, is_open)[1].tolist() == [[False, False, True], [False] * 3]
    none = allocation(rules, events[:1], n[:1], np.zeros((1, 3), bool))
    assert none.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("call", "name", "value"),
    [
        (lambda: group_sequential([0.5, 0.4, 1]), "information_rates", "0.5 0.4 1"),
        (lambda: group_sequential([0.5, 0.5, 1]), "information_rates", "0.5 0.5 1"),
        (lambda: group_sequential([0.5, 0.9]), "information_rates", "0.5 0.9"),
        (lambda: group_sequential([-0.5, 1]), "information_rates", "-0.5 1"),
        (lambda: group_sequential(stages=0), "stages", "0"),
        (lambda: group_sequential(alpha=0), "alpha", "0"),
        (lambda: group_sequential(alpha=0.025, power=0.02), "power", "0.02"),
        (lambda: group_sequential(kind="asX"), "kind", "asX"),
        (lambda: group_sequential(kind="asKD", parameter=-1), "parameter", "-1"),
        (lambda: group_sequential(futility=[0.0]), "futility", "0"),
        (lambda: group_sequential(futility=[0, 0.5], sided=2), "futility", "0 0.5"),
        (lambda: multi_arm(0, 0.5), "arms", "0"),
        (lambda: multi_arm(3, 0.5, uninteresting=0.6), "uninteresting", "0.6"),
        (lambda: reestimate(1, 1.96, 100, 100, 50), "n2_max", "50"),
        (lambda: reestimate(1, 1.96, -1, 100, 150), "n1", "-1"),
        (lambda: PlatformRules(arms=3, graduate_above=0.01), "graduate_above", "0.01"),
        (lambda: PlatformRules(arms=3, n_max=10), "n_max", "10"),
        (lambda: inverse_normal([1, 2], [1]), "weights", "1"),
    ],
)
def test_impossible_parameters_are_named(call, name, value):
    with pytest.raises(InputError) as error:
        call()
    assert any(f.column == name and f.value == value for f in error.value.faults)
