"""Combescure 2014's pooled curve: closed forms, univariate peers, simulated truth."""

import numpy as np
import pytest

from hilum.errors import NotEstimable
from hilum.synthesis import fit
from hilum.synthesis.survival import (
    Report,
    SurvivalArm,
    conditional_from_pieces,
    conditional_survival,
    group,
    kaplan_meier,
    pooled_curve,
)
from hilum.synthesis.survival.pooled_curve import ConditionalSurvival, multivariate_dl


def _studies(k, n, *, tau=0.4, seed=3):
    rng = np.random.default_rng(seed)
    out = []
    for i in range(k):
        time = rng.exponential(58 * np.exp(tau * rng.normal()), n)
        end = rng.uniform(24, 120, n)
        out.append((f"s{i}", np.minimum(time, end), (time <= end).astype(int)))
    return out


GRID = [12.0, 24.0, 36.0, 48.0, 60.0]


def test_conditional_survival_multiplies_to_kaplan_meier():
    data = conditional_survival(_studies(3, 80), GRID)
    for (_, time, status), p in zip(_studies(3, 80), data.p, strict=True):
        curve = kaplan_meier(time, status)
        own = curve.survival[np.searchsorted(curve.time, GRID, side="right") - 1]
        np.testing.assert_allclose(np.cumprod(p), own, rtol=1e-12)


def test_one_large_study_is_its_own_curve():
    """The arcsine's correction vanishes with patients: 100,000 of them."""
    data = ConditionalSurvival(("s",), np.array(GRID), np.full((1, 5), 0.9), np.full((1, 5), 1e5))
    found = pooled_curve(data)
    np.testing.assert_allclose(found.survival, 0.9 ** np.arange(1, 6), rtol=1e-4)
    assert found.median is None
    assert found.i2 == 0


def test_fixed_effects_by_hand():
    """Weights 4 m + 2 on arcsines, products, and the delta method, written out."""
    p = np.array([[0.9, 0.8], [0.7, 0.75]])
    m = np.array([[50.0, 40.0], [30.0, 20.0]])
    found = pooled_curve(
        ConditionalSurvival(("a", "b"), np.array([12.0, 24.0]), p, m), method="fixed"
    )
    y = np.arcsin(np.sqrt((m * p + 0.375) / (m + 0.75)))
    w = 4 * m + 2
    mean = (w * y).sum(0) / w.sum(0)
    survival = np.cumprod(np.sin(mean) ** 2)
    np.testing.assert_allclose(found.survival, survival, rtol=1e-10)
    variance = (2 / np.tan(mean)) ** 2 / w.sum(0)
    se = np.sqrt(np.cumsum(variance))
    low = survival ** np.exp(1.959963984540054 * se / -np.log(survival))
    np.testing.assert_allclose(found.ci_lb, low, rtol=1e-8)
    assert found.q == pytest.approx(float((w * (y - mean) ** 2).sum()))
    assert found.df == 2
    assert found.h2 == pytest.approx(found.q / 2)


def test_between_study_variances_are_dersimonian_laird_s():
    """Where no projection is needed the diagonal is univariate DL (checked against metafor)."""
    rng = np.random.default_rng(1)
    y = 1 + 0.3 * rng.normal(size=(12, 3))
    w = rng.uniform(80, 200, (12, 3))
    found = multivariate_dl(y, w)
    for j in range(3):
        other = fit(y[:, j], 1 / w[:, j], method="DL").tau2
        assert found[j, j] == pytest.approx(other, rel=1e-9)
    assert np.linalg.eigvalsh(found).min() > 1e-4, "a case without projection"


def test_covariance_moments_are_unbiased():
    """Mean of 400 estimates against the covariance they were drawn from, some studies short."""
    rng = np.random.default_rng(2)
    truth = np.array([[0.04, 0.024], [0.024, 0.04]])
    root = np.linalg.cholesky(truth)
    total = np.zeros((2, 2))
    for _ in range(400):
        w = rng.uniform(200, 400, (15, 2))
        y = 1 + rng.normal(size=(15, 2)) @ root.T + rng.normal(size=(15, 2)) / np.sqrt(w)
        w[:4, 1] = 0
        total += multivariate_dl(y, w) / 400
    np.testing.assert_allclose(total, truth, atol=3 * 0.015 / np.sqrt(400) + 0.001)


@pytest.mark.parametrize("method", ["random", "fixed"])
def test_simulated_truth(method):
    """Mean of 30 pooled curves without heterogeneity within 0.015 of exp(-t / 58)."""
    curves = np.mean(
        [
            pooled_curve(
                conditional_survival(_studies(8, 60, tau=0.0, seed=s), GRID), method=method
            ).survival
            for s in range(30)
        ],
        axis=0,
    )
    assert np.abs(curves - np.exp(-np.array(GRID) / 58)).max() < 0.015


def test_median_and_its_bootstrap():
    found = pooled_curve(conditional_survival(_studies(10, 80)), seed=4)
    again = pooled_curve(conditional_survival(_studies(10, 80)), seed=4)
    assert found.median == again.median
    assert found.median_ci == again.median_ci
    low, high = found.median_ci
    assert low < found.median < high
    assert 25 < found.median < 60
    assert found.i2 > 20


def test_printed_rates_join_pieces_between_grid_times():
    rates = [(12, 0.8), (24, 0.6), (36, 0.5)]
    full = SurvivalArm("a", "", tuple(Report("rate", t, s, n=50) for t, s in rates))
    short = SurvivalArm("b", "", tuple(Report("rate", t, s, n=40) for t, s in rates[::2]))
    data = conditional_from_pieces(group([full, short]))
    np.testing.assert_allclose(data.time, [12, 36])
    np.testing.assert_allclose(data.p, [[0.8, 0.625], [0.8, 0.625]])
    np.testing.assert_allclose(data.m[1], [40, 32])


def test_refusals():
    with pytest.raises(NotEstimable, match="no study"):
        conditional_survival([])
    with pytest.raises(NotEstimable, match="rise"):
        conditional_survival(_studies(2, 10), [12, 6])
    with pytest.raises(NotEstimable, match="no death"):
        conditional_survival([("a", [1.0, 2.0], [0, 0])])
    data = ConditionalSurvival(("s",), np.array([12.0]), np.array([[np.nan]]), np.array([[np.nan]]))
    with pytest.raises(NotEstimable, match="first interval"):
        pooled_curve(data)
    with pytest.raises(NotEstimable, match="random or fixed"):
        pooled_curve(data, method="REML")
