"""Degenerate answers, invariants and bad input of the exact likelihood."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hilum.errors import NotEstimable
from hilum.synthesis import (
    binomial_normal,
    exact_interval,
    log_effect_from_interval,
    pool_medians,
    random_effects,
)


@pytest.mark.parametrize(("x", "n"), [(0, 9), (9, 9), (3, 17), (1, 1)])
def test_clopper_pearson(x, n):
    # scipy.stats.binomtest, method "exact": equal to rounding error
    expected = stats.binomtest(x, n).proportion_ci(method="exact")
    assert exact_interval(x, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_no_events_at_all():
    found = binomial_normal([0, 0, 0], [10, 20, 5], ["a", "b", "c"])
    assert (found.value, found.method, found.tau2) == (0.0, "exact-binomial", None)
    assert found.ci == pytest.approx((0.0, 1 - 0.025 ** (1 / 35)), abs=1e-12)  # closed form


def test_zero_event_arm_agrees_with_metafor():
    # R metafor 3.8-1, rma.glmm PLO with a zero-event arm: the mixed model converges and the
    # homogeneous data give tau2 = 0 and the pooled logit of the totals.
    found = binomial_normal([0, 1, 2], [14, 15, 16], ["a", "b", "c"])
    assert found.tau2 == 0.0
    assert found.beta == pytest.approx(np.log(3 / 42), abs=1e-9)


def test_rare_events_with_wide_spread_converge():
    found = binomial_normal([0, 0, 9, 0, 1], [40, 60, 30, 25, 50], list("abcde"))
    assert found.ci[0] < found.value < found.ci[1]
    # A brute-force likelihood on a fine grid finds no better point.
    u = np.linspace(-9, 9, 20001)
    x, n = np.array([0, 0, 9, 0, 1]), np.array([40, 60, 30, 25, 50])

    def loglik(beta, tau):
        p = 1 / (1 + np.exp(-(beta + tau * u)))
        density = stats.binom.pmf(x[:, None], n[:, None], p) * stats.norm.pdf(u)
        return np.log(np.trapezoid(density, u, axis=1)).sum()

    best = loglik(found.beta, found.tau2**0.5)
    assert best == pytest.approx(found.loglik, abs=1e-5)  # 21 points
    for shift in (-0.05, 0.05):
        assert loglik(found.beta + shift, found.tau2**0.5) <= best + 1e-9
        assert loglik(found.beta, found.tau2**0.5 + shift) <= best + 1e-9


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 30)),
        min_size=2,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_studies_does_not_matter(pairs, rng):
    shuffled = pairs[:]
    rng.shuffle(shuffled)

    def fit(rows):
        return binomial_normal([a for a, _ in rows], [a + b for a, b in rows], ["s"] * len(rows))

    first, second = fit(pairs), fit(shuffled)
    assert second.value == pytest.approx(first.value, abs=1e-6)
    assert second.ci == pytest.approx(first.ci, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2)), min_size=2, max_size=12),
    st.floats(-5, 5),
)
def test_shift_of_effects(rows, shift):
    y, v = [a for a, _ in rows], [b for _, b in rows]
    labels = ["s"] * len(rows)
    first = random_effects(y, v, labels)
    second = random_effects([a + shift for a in y], v, labels)
    assert first.tau2 >= 0
    assert second.tau2 == pytest.approx(first.tau2, abs=1e-6)
    assert second.beta == pytest.approx(first.beta + shift, abs=1e-6)


@pytest.mark.parametrize(
    ("x", "n"), [([3], [2]), ([-1], [4]), ([1.5], [4]), ([0], [0]), ([float("nan")], [3]), ([], [])]
)
def test_bad_counts_are_refused(x, n):
    with pytest.raises(NotEstimable):
        binomial_normal(x, n, [f"s{i}" for i in range(len(x))])


def test_bad_effects_are_refused():
    for y, v in (([1.0], [0.0]), ([float("inf")], [1.0]), ([1.0], [float("nan")])):
        with pytest.raises(NotEstimable, match="s1"):
            random_effects(y, v, ["s1"])
    with pytest.raises(NotEstimable):
        log_effect_from_interval(1.0, 0.0, 2.0)


def test_interval_of_a_single_median_is_the_printed_one():
    found = pool_medians([20.0], [12.0], [44.0], ["s"])
    assert (found.value, found.ci, found.tau2) == (20.0, (12.0, 44.0), None)


def test_log_effect_from_interval():
    yi, vi = log_effect_from_interval(0.5, 0.25, 1.0)
    assert yi == pytest.approx(np.log(0.5), abs=1e-12)
    assert vi == pytest.approx((np.log(4) / (2 * stats.norm.ppf(0.975))) ** 2, rel=1e-12)
