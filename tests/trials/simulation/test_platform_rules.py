"""The rules of a platform, simulated: against exact enumeration and their own functions."""

import math

import numpy as np
import pytest
from scipy import stats

from hilum.errors import InputError
from hilum.trials.sequential.platform import PlatformRules, better_than_control
from hilum.trials.simulation.platform_rules import rules_truths, simulate_rules

SEED = 20240614


def test_one_analysis_against_exact_enumeration():
    """Burn-in is the whole trial: every pair of counts with its binomial probability."""
    rules = PlatformRules(1, burn_in=15, n_max=30, graduate_above=0.9, drop_below=0.3)
    control, own = 0.25, 0.5
    x = np.arange(16)
    events = np.stack(np.broadcast_arrays(x[:, None], x[None, :]), axis=-1)
    chance = better_than_control(rules, events, np.full(events.shape, 15))[..., 0]
    mass = np.outer(stats.binom.pmf(x, 15, control), stats.binom.pmf(x, 15, own))
    out = simulate_rules(rules, (control, own), 8000, SEED)
    for seen, expected in (
        (out.graduated.mean(), mass[chance > 0.9].sum()),
        (out.dropped.mean(), mass[chance < 0.3].sum()),
    ):
        assert seen == pytest.approx(expected, abs=3.5 * math.sqrt(expected / 8000))
    assert (out.patients == 15).all()


def test_the_course_of_a_trial():
    rules = PlatformRules(3, burn_in=8, batch=7, n_max=100)
    out = simulate_rules(rules, (0.2, 0.2, 0.2, 0.6), 400, SEED)
    total = out.patients.sum(axis=1)
    assert (total >= 32).all()
    assert (total <= 100).all()
    assert ((total - 32) % 7 == 0)[total < 100].all()
    over = (out.graduated | out.dropped).all(axis=1)
    assert (over | (total == 100)).all()
    assert not (out.graduated & out.dropped).any()
    # Adaptive allocation favours the good treatment until it graduates.
    assert out.graduated[:, 2].mean() > 0.8
    same = simulate_rules(rules, (0.2, 0.2, 0.2, 0.6), 400, SEED)
    assert np.array_equal(same.patients, out.patients)


def test_equal_arms_are_equal_and_shares_add_up():
    rules = PlatformRules(2, n_max=120, drop_below=0.0, graduate_above=1.0)
    out = simulate_rules(rules, (0.3, 0.3, 0.3), 500, SEED)
    assert (out.patients.sum(axis=1) == 120).all()
    # A third for the control after the burn-in of ten each.
    mean = out.patients.mean(axis=0)
    assert mean[0] == pytest.approx(10 + 90 / 3, abs=3.5 * math.sqrt(90 * 2 / 9 / 500))
    assert abs(mean[1] - mean[2]) < 5


def test_truths():
    found = rules_truths(PlatformRules(2, n_max=90), 0.25, 0.5, 300, 1)
    assert found.null["any"].mean < found.one_good["first"].mean <= found.all_good["any"].mean
    assert found.all_good["all"].mean <= found.all_good["first"].mean
    assert found.null["any"].mcse == pytest.approx(
        math.sqrt(found.null["any"].mean * (1 - found.null["any"].mean) / 299)
    )


@pytest.mark.parametrize(
    ("rates", "trials", "word"),
    [((0.2, 0.3), 5, "rates"), ((0.2, 0.3, 1.2), 5, "1.2"), ((0.2, 0.3, 0.4), 0, "trials")],
)
def test_the_impossible(rates, trials, word):
    with pytest.raises(InputError, match=word):
        simulate_rules(PlatformRules(2), rates, trials, SEED)
