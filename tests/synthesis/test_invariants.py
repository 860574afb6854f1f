"""What must hold for every meta-analysis, whatever its numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from hilum.errors import NotEstimable
from hilum.synthesis import back_transform, effect_sizes, fit, fit_batch, fit_exact, from_quantiles
from hilum.synthesis.effects import log_effect_from_p
from hilum.synthesis.effects.reported import log_hazard_from_events
from hilum.synthesis.heterogeneity import ESTIMATORS
from hilum.synthesis.sensitivity import bootstrap, gosh, leave_one_out, permutation_test

FINITE = st.floats(-3, 3).map(lambda x: round(x, 4))
VARIANCE = st.floats(0.01, 2).map(lambda x: round(x, 4))
STUDIES = st.lists(st.tuples(FINITE, VARIANCE), min_size=3, max_size=12)
METHOD = st.sampled_from(tuple(ESTIMATORS))


def _arrays(rows):
    return np.array([y for y, _ in rows]), np.array([v for _, v in rows])


def _same(a, b, rel=1e-6, floor=1e-7):
    assert a == pytest.approx(b, rel=rel, abs=floor)


@given(STUDIES, METHOD, st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_order_of_studies_does_not_matter(rows, method, random):
    y, v = _arrays(rows)
    order = list(range(len(y)))
    random.shuffle(order)
    one, two = fit(y, v, method=method), fit(y[order], v[order], method=method)
    _same(one.tau2, two.tau2)
    _same(one.beta[0], two.beta[0])
    _same(one.se[0], two.se[0])


@given(STUDIES, METHOD, st.floats(-5, 5))
@settings(max_examples=120, deadline=None)
def test_a_shift_of_effects_shifts_the_mean_alone(rows, method, shift):
    y, v = _arrays(rows)
    one, two = fit(y, v, method=method), fit(y + shift, v, method=method)
    _same(one.tau2, two.tau2)
    _same(one.beta[0] + shift, two.beta[0], floor=1e-6)


@given(STUDIES, METHOD, st.sampled_from([0.01, 0.3, 7.0, 500.0]))
@settings(max_examples=120, deadline=None)
def test_a_change_of_unit_changes_nothing_else(rows, method, unit):
    y, v = _arrays(rows)
    one, two = fit(y, v, method=method), fit(y * unit, v * unit**2, method=method)
    _same(one.tau2 * unit**2, two.tau2, floor=1e-7 * unit**2)
    _same(one.beta[0] * unit, two.beta[0], floor=1e-6 * unit)
    _same(one.I2, two.I2, floor=1e-4)


@given(STUDIES)
@settings(max_examples=60, deadline=None)
def test_a_study_cut_in_two_halves_is_the_same_study_under_equal_effects(rows):
    y, v = _arrays(rows)
    halves = np.append(y, y[0]), np.append(v, 2 * v[0])
    halves[1][0] = 2 * v[0]
    _same(fit(y, v, method="EE").beta[0], fit(*halves, method="EE").beta[0])
    _same(fit(y, v, method="EE").se[0], fit(*halves, method="EE").se[0])


@given(st.lists(STUDIES, min_size=2, max_size=5), METHOD, st.sampled_from(["z", "knha"]))
@settings(max_examples=80, deadline=None)
def test_a_batch_says_what_single_fits_say(sets, method, test):
    widest = max(len(rows) for rows in sets)
    y, v = np.zeros((len(sets), widest)), np.ones((len(sets), widest))
    mask = np.zeros(y.shape, bool)
    for i, rows in enumerate(sets):
        y[i, : len(rows)], v[i, : len(rows)] = _arrays(rows)
        mask[i, : len(rows)] = True
    found = fit_batch(y, v, mask, method=method, test=test)
    for i, rows in enumerate(sets):
        one = fit(*_arrays(rows), method=method, test=test)
        assert one.tau2 >= 0
        _same(found.tau2[i], one.tau2)
        for name in ("beta", "se", "ci_lb", "ci_ub", "pval"):
            _same(getattr(found, name)[i, 0], getattr(one, name)[0], floor=1e-6)
        _same(found.I2[i], one.I2, floor=1e-3)
        _same(found.QE[i], one.QE)


@given(STUDIES)
@settings(max_examples=60, deadline=None)
def test_likelihood_estimates_are_at_the_highest_point(rows):
    from hilum.synthesis.least_squares import loglik

    y, v = _arrays(rows)
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 20, 200)])
    for method, restricted in (("ML", False), ("REML", True)):
        best = loglik(y, v, fit(y, v, method=method).tau2, None, restricted=restricted)
        assert best >= loglik(y, v, grid, None, restricted=restricted).max() - 1e-9


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_exact_likelihood_mirrors_events_and_their_absence(rows):
    x, n = np.array([min(a, b) for a, b in rows]), np.array([b for _, b in rows])
    if np.all((x == 0) | (x == n)):
        with pytest.raises(NotEstimable):
            fit_exact("PLO", {"xi": x, "ni": n})
        return
    one, two = fit_exact("PLO", {"xi": x, "ni": n}), fit_exact("PLO", {"xi": n - x, "ni": n})
    _same(one.loglik, two.loglik, floor=1e-6)
    _same(one.beta[0], -two.beta[0], rel=1e-3, floor=1e-3 * one.se[0])
    assert one.tau2 >= 0


@given(st.sampled_from(["PLO", "PLN", "PAS", "PR"]), st.integers(1, 40), st.integers(1, 40))
def test_back_transformation_returns_the_proportion(measure, x, rest):
    n = x + rest
    yi, _ = effect_sizes(measure, {"xi": [x], "ni": [n]})
    assert back_transform(yi, measure)[0] == pytest.approx(x / n, rel=1e-12)


@given(st.integers(0, 40), st.integers(1, 40))
def test_double_arcsine_returns_the_proportion_with_its_own_n(x, rest):
    n = x + rest
    yi, _ = effect_sizes("PFT", {"xi": [x], "ni": [n]})
    assert back_transform(yi, "PFT", n)[0] == pytest.approx(x / n, abs=1e-9)


def test_one_study_and_no_study():
    one = fit([0.4], [0.04])
    assert (one.tau2, one.beta[0], one.se[0], one.k) == (0.0, 0.4, 0.2, 1)
    with pytest.raises(NotEstimable, match="no study"):
        fit([], [])
    with pytest.raises(NotEstimable):
        leave_one_out(one)


def test_batches_mark_what_cannot_be_fitted():
    mask = np.array([[True, True, True], [True, False, False], [False, False, False]])
    found = fit_batch([1.0, 2.0, 4.0], [1.0, 1.0, 1.0], mask)
    assert np.isfinite(found.beta[:2]).all()
    assert np.isnan(found.beta[2]).all()
    mods = np.column_stack([np.ones(3), [1.0, 1.0, 2.0]])
    found = fit_batch([1.0, 2.0, 4.0], [1.0, 1.0, 1.0], [[True, True, False]], mods=mods)
    assert np.isnan(found.beta).all()


def test_permutation_of_signs_is_exact_where_it_can_be():
    model = fit([1.0, 2.0, 1.5, 0.7, 1.2], [0.1, 0.2, 0.1, 0.3, 0.2])
    found = permutation_test(model)
    # All effects above 0: only the observed pattern and its mirror are as extreme.
    assert found.exact
    assert found.pval[0] == pytest.approx(2 / 32)
    with pytest.raises(NotEstimable, match="seed"):
        permutation_test(fit(np.linspace(0, 1, 12), np.ones(12)))


def test_subsets_are_all_subsets():
    model = fit([1.0, 2.0, 1.5, 0.7], [0.1, 0.2, 0.1, 0.3])
    found = gosh(model)
    assert len(found.beta) == 2**4 - 4 - 1
    whole = found.member.all(1)
    assert found.beta[whole] == pytest.approx(model.beta[0], rel=1e-9)


def test_means_from_quantiles_follow_the_published_formulas():
    # Luo 2018 and Wan 2014 worked by hand for n = 25: quartiles 10, 14, 20.
    mean, sd = from_quantiles([25], median=[14], q1=[10], q3=[20])
    share = 0.7 + 0.39 / 25
    assert mean[0] == pytest.approx(share * 15 + (1 - share) * 14, rel=1e-12)
    # The expected 19th of 25 normal order statistics (Q = 6, n = 4Q + 1), which Wan approximates.

    def density(z):
        rest = special.ndtr(z) ** 18 * special.ndtr(-z) ** 6
        return z * rest * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    ways = special.gamma(26) / (special.gamma(19) * special.gamma(7))
    expected = ways * integrate.quad(density, -9, 9)[0]
    assert (20 - 10) / sd[0] == pytest.approx(2 * expected, rel=5e-3)
    # The expected range of 25 normal values: control-chart constant d2, 3.931.
    _, sd = from_quantiles([25], median=[14], minimum=[2], maximum=[30])
    assert (30 - 2) / sd[0] == pytest.approx(3.931, rel=2e-3)
    with pytest.raises(NotEstimable):
        from_quantiles([25], median=[14])
    with pytest.raises(NotEstimable, match="q1 <= median"):
        from_quantiles([25], median=[14], q1=[15], q3=[20])


def test_ratios_from_p_values():
    # z of p = 0.05 is 1.959964: HR 0.5 has se 0.693147 / 1.959964 = 0.353653.
    yi, vi = log_effect_from_p(0.5, 0.05)
    assert (yi, vi**0.5) == pytest.approx((np.log(0.5), 0.353653), abs=1e-6)
    # 100 events in equal arms: V = 25, so that p = 0.05 means log HR = -1.959964 / 5.
    yi, vi = log_hazard_from_events(0.05, 100, favours_first=True)
    assert (yi, vi) == pytest.approx((-0.3919928, 0.04), abs=1e-7)
    for value, p in ((1.0, 0.5), (0.5, 0.0), (-1.0, 0.5)):
        with pytest.raises(NotEstimable):
            log_effect_from_p(value, p)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_the_device_engine_says_the_same(method):
    rng = np.random.default_rng(11)
    vi = rng.uniform(0.02, 0.6, (300, 12))
    yi = rng.normal(0, np.sqrt(vi + rng.choice([0.0, 0.3], (300, 1))))
    mask = rng.random((300, 12)) < 0.8
    mask[:, :2] = True
    one, other = (fit_batch(yi, vi, mask, method=method, engine=e) for e in ("numpy", "jax"))
    # The same iteration in float64: to rounding, grown by Newton's last step.
    np.testing.assert_allclose(one.tau2, other.tau2, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.beta, other.beta, rtol=1e-9, atol=1e-12)


def test_bootstrap_against_the_exact_distribution_of_resamples():
    # Three equal variances and no heterogeneity estimate: the pooled value is the mean, and all
    # 4^4 = 256 resamples of four studies can be listed.
    yi = np.array([0.0, 1.0, 2.0, 4.0])
    found = bootstrap(fit(yi, np.ones(4), method="EE"), repetitions=200_000, seed=3)
    grid = np.stack(np.meshgrid(*[yi] * 4), -1).reshape(-1, 4).mean(1)
    expected = np.quantile(grid, [0.025, 0.975])
    # A quantile of a discrete distribution moves by one step (1/4) at most.
    assert found.ci_lb[0] == pytest.approx(expected[0], abs=0.25)
    assert found.ci_ub[0] == pytest.approx(expected[1], abs=0.25)
    assert found.used == 200_000
    with pytest.raises(NotEstimable, match="seed"):
        bootstrap(fit(yi, np.ones(4)))
    with pytest.raises(NotEstimable, match="too few"):
        bootstrap(fit(yi[:3], np.ones(3)), seed=1)
