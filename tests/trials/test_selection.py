"""Selection at an interim analysis: the closed test by hand, power by quadrature, error kept."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.errors import InputError
from hilum.trials.sequential.closed import ClosedTest, dunnett_score
from hilum.trials.sequential.interim_rule import NONE
from hilum.trials.sequential.selection import Rule, selection
from hilum.trials.simulation.selected import (
    Sizes,
    characteristics,
    normal_power,
    simulate_selected,
)


def correlated(number: int, ratio: float) -> np.ndarray:
    """Of z that share a control: 1 / (1 + ratio)."""
    share = 1 / (1 + ratio)
    return np.full((number, number), share) + (1 - share) * np.eye(number)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("number", [2, 3])
def test_dunnett_is_scipys_multivariate_normal(number, ratio):
    for z in (-1.3, 0.017, 1.96, 3.2):
        inside = stats.multivariate_normal.cdf(
            np.full(number, z), np.zeros(number), correlated(number, ratio),
            abseps=1e-7, releps=1e-7, maxpts=1_000_000,
        )  # fmt: skip
        found = stats.norm.cdf(dunnett_score(np.array([z]), number, ratio)[0])
        assert found == pytest.approx(inside, abs=2e-6)


def by_hand(z1, z2, going, closed):
    """One trial, every intersection spelled out."""
    arms = range(len(z1))
    w1, w2 = closed.share**0.5, (1 - closed.share) ** 0.5

    def p_value(z, members):
        p = sorted(stats.norm.sf(z[i]) for i in members)
        if closed.test == "simes":
            return min(len(p) * one / (j + 1) for j, one in enumerate(p))
        if closed.test == "bonferroni":
            return min(1.0, len(p) * p[0])
        return stats.norm.sf(dunnett_score(np.array([max(z[i] for i in members)]), len(p),
                                           closed.ratio)[0])  # fmt: skip

    out = []
    for i in arms:
        holds, at_once = bool(going[i]), True
        for size in range(1, len(z1) + 1):
            for members in combinations(arms, size):
                if i not in members:
                    continue
                first = stats.norm.isf(p_value(z1, members))
                rest = [j for j in members if going[j]]
                second = stats.norm.isf(p_value(z2, rest)) if rest else -np.inf
                early = first >= closed.efficacy[0]
                at_once &= early
                holds &= early or w1 * first + w2 * second >= closed.efficacy[1]
        out.append((at_once, holds or at_once))
    return out


@pytest.mark.parametrize("test", ["dunnett", "simes", "bonferroni"])
def test_the_closed_test_is_every_intersection(test):
    rng = np.random.default_rng(5)
    z1, z2 = rng.normal(1.4, 1, (80, 3)), rng.normal(1.4, 1, (80, 3))
    going = rng.random((80, 3)) < 0.6
    closed = ClosedTest(0.4, (2.6, 1.99), test, 1.5)
    early, late = closed.rejected(z1, z2, going)
    assert 5 < late.sum() < 200
    for k in range(80):
        assert by_hand(z1[k], z2[k], going[k], closed) == list(zip(early[k], late[k], strict=True))


def test_rules_on_their_edges():
    difference = np.array([[0.3, 0.2, 0.05], [0.1, 0.1, -0.2]])
    z = np.array([[2.0, 1.0, 0.3], [0.5, 0.5, -1.0]])
    assert Rule("best").going(z, difference).tolist() == [[True, False, False]] * 2
    assert Rule("keep", keep=2).going(z, difference).sum(axis=1).tolist() == [2, 2]
    near = Rule("epsilon", epsilon=0.125).going(z, difference)
    assert near.tolist() == [[True, True, False], [True, True, False]]
    assert not Rule("epsilon", epsilon=0.09).going(z, difference)[0, 1]
    every = Rule("all", futility=0.5).going(z, difference)
    assert every.tolist() == [[True, True, False], [True, True, False]]
    assert not Rule("all", futility=0.501).going(z, difference)[1].any()


@pytest.mark.parametrize(("arms", "weak"), [(2, 0.0), (3, 0.2)])
def test_power_of_the_best_is_its_integral(arms, weak):
    """With the best alone going on, the largest intersection decides: two normal integrals."""
    n, effect, share, critical = 60.0, 0.45, 0.4, stats.norm.isf(0.025)
    plan = selection(arms, Rule("best"), interim=share)
    draws = 60_000
    found = normal_power(plan, [effect, *[weak] * (arms - 1)], 0.45, draws, 3)(n)
    x, w = np.polynomial.legendre.leggauss(80)
    x, mass = 8 * x, 8 * w * stats.norm.pdf(8 * x)
    control, own = np.meshgrid(x, x, indexing="ij")
    root = (share * n) ** 0.5
    others = stats.norm.cdf(own + (effect - weak) * root) ** (arms - 1)
    z1 = (own + effect * root - control) / 2**0.5
    score = dunnett_score(z1.ravel(), arms, 1.0).reshape(z1.shape)
    needed = (critical - share**0.5 * score) / (1 - share) ** 0.5
    last = stats.norm.sf(needed - effect * ((1 - share) * n / 2) ** 0.5)
    expected = float(mass @ (others * last) @ mass)
    assert found == pytest.approx(expected, abs=4 * (expected * (1 - expected) / draws) ** 0.5)


@pytest.mark.parametrize("good", [0, 1, 2])
@pytest.mark.parametrize("rule", [Rule("best"), Rule("epsilon", epsilon=0.1)])
def test_the_error_is_kept_whichever_treatments_work(rule, good):
    """No effect and partial nulls, trials that may end early; the heavy proof is in validation."""
    plan = selection(3, rule, kind="P", test="simes" if good else "dunnett")
    rates = [0.3, *[0.5] * good, *[0.3] * (3 - good)]
    found = characteristics(plan, Sizes((60, 60), (60, 60)), rates, 8_000, 11)["false"]
    assert found.mean <= 0.025 + 3.5 * (0.025 * 0.975 / 8_000) ** 0.5


def test_patients_are_those_of_the_stages():
    plan = selection(3, Rule("keep", keep=2, futility=0.0), ratio=2.0)
    out = simulate_selected(plan, Sizes((10, 12), (20, 24)), [0.3] * 4, 400, 1)
    going = out.going.sum(axis=1)
    assert set(going) == {0, 1, 2}
    assert (out.patients == 50 + going * 12 + (going > 0) * 24).all()
    assert (out.early == (going == 0)).all()
    assert not out.rejected[out.early].any()


def made(**more):
    record = analysis("design-selection")
    return record.run(record.Asked(**{"arms": 2, "simulate": 2000} | more))


def test_a_lower_rate_hoped_for_is_the_trial_of_its_complement():
    up = made(p1=0.7, p2=0.5, select="all", futility=0.0)
    down = made(p1=0.3, p2=0.5, select="all", futility=0.0, better="lower")
    assert (up.patients, up.reached) == (down.patients, down.reached)
    assert down.better == "lower"
    assert up.reached >= 0.8
    rows = {one.code: one for one in up.operating}
    assert rows["alternative_all"].success < rows["alternative_any"].success
    assert up.expected_n0 < up.expected_n1 < up.patients == 3 * sum(n for _, n in up.per_arm) // 2
    early = made(p1=0.7, p2=0.5, kind="asP")
    assert early.looks[0].efficacy_z < 2.3
    assert early.expected_n1 < early.patients
    for look in early.looks:
        assert 0 <= look.stop_efficacy1 <= 1
    total = sum(one.stop_efficacy1 + one.stop_futility1 for one in early.looks)
    assert total == pytest.approx(1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"select": "keep"}, "keep"),
        ({"keep": 1}, "keep"),
        ({"select": "keep", "keep": 2}, "keep"),
        ({"epsilon": 0.1}, "epsilon"),
        ({"uninteresting": 0.5}, "uninteresting"),
        ({"kind": "asOF", "futility": 3.0}, "futility"),
    ],
)
def test_what_cannot_be_is_refused(wrong, field):
    with pytest.raises(InputError) as error:
        made(**{"p1": 0.5, "p2": 0.3} | wrong)
    assert {one.column for one in error.value.faults} == {field}


def test_without_a_bound_everything_may_go_on():
    assert np.isneginf(NONE)
    plan = selection(2, Rule("all"))
    assert (plan.most, plan.stops) == (2, False)
