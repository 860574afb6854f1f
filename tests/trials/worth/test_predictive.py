"""Draws from series against quadrature, closed forms and the room's own Bayesian model."""

import numpy as np
import pytest
from scipy import special, stats

from hilum.errors import NotEstimable
from hilum.synthesis.bayes import bayes
from hilum.trials.worth import median_draws, proportion_draws

SEED, DRAWS = 20240610, 40_000


def _near(values, expected, extra=0.0):
    assert values.mean() == pytest.approx(
        expected, abs=4 * values.std() / np.sqrt(len(values)) + extra
    )


def _integrated(x, n):
    """Mean of the predictive proportion by trapezoids over mean and tau, one series."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    mu, tau = np.linspace(-10, 10, 401)[:, None, None], np.linspace(1e-6, 2, 101)[:, None]
    own = special.expit(mu + tau * nodes)
    like = (own**x * (1 - own) ** (n - x)) @ weights
    prior = np.exp(-((mu[..., 0] / 2.5) ** 2) / 2 - (tau[:, 0] / 0.5) ** 2 / 2)

    def volume(values):
        return np.trapezoid(np.trapezoid(values, tau[:, 0], axis=1), mu[:, 0, 0])

    return volume(like * prior * (own @ weights)) / volume(like * prior)


@pytest.mark.parametrize(("x", "n"), [(7, 20), (0, 9)])
def test_one_series_equals_quadrature(x, n):
    found = proportion_draws([x], [n], DRAWS, np.random.default_rng(SEED))
    _near(found, _integrated(x, n), extra=5e-4)


def test_many_large_series_equal_the_normal_model():
    # Large counts: log odds are normal with variance 1/x + 1/(n - x); bayes() is the room's own
    # quadrature, itself checked against bayesmeta's formulas.
    x, n = np.array([300, 420, 250, 380]), np.array([1000, 1000, 900, 1100])
    found = special.logit(proportion_draws(x, n, DRAWS, np.random.default_rng(SEED)))
    expected = bayes(np.log(x / (n - x)), 1 / x + 1 / (n - x)).prediction
    _near(found, expected.mean, extra=0.006)
    assert found.std() == pytest.approx(expected.sd, rel=0.03)
    assert np.quantile(found, [0.025, 0.975]) == pytest.approx(expected.ci, abs=0.04)


def test_medians_equal_the_normal_model():
    median, low, high = [16.0, 24.0, 11.0], [12.0, 15.0, 8.0], [21.0, 39.0, 15.0]
    found = np.log(median_draws(median, low, high, DRAWS, np.random.default_rng(SEED)))
    z = stats.norm.ppf(0.975)
    vi = (np.log(np.array(high) / low) / (2 * z)) ** 2
    expected = bayes(np.log(median), vi).prediction
    _near(found, expected.mean, extra=0.002)
    assert found.std() == pytest.approx(expected.sd, rel=0.03)


def test_bias_widens_by_its_variance():
    one = special.logit(proportion_draws([30], [60], DRAWS, np.random.default_rng(SEED)))
    wide = special.logit(
        proportion_draws([30], [60], DRAWS, np.random.default_rng(SEED), bias_sd=0.6)
    )
    assert wide.var() - one.var() == pytest.approx(0.36, rel=0.06)
    low = np.log(median_draws([20.0], [15.0], [27.0], DRAWS, np.random.default_rng(SEED)))
    high = np.log(
        median_draws([20.0], [15.0], [27.0], DRAWS, np.random.default_rng(SEED), bias_sd=0.6)
    )
    assert high.var() - low.var() == pytest.approx(0.36, rel=0.06)


@pytest.mark.parametrize(
    ("job", "message"),
    [
        (lambda r: proportion_draws([], [], 200, r), "no series"),
        (lambda r: proportion_draws([5], [4], 200, r), "row 1: events 5, n 4"),
        (lambda r: proportion_draws([np.nan], [4], 200, r), "missing"),
        (lambda r: proportion_draws([1], [4], 200, r, bias_sd=-1.0), "bias_sd -1"),
        (lambda r: median_draws([10], [12], [15], 200, r), "row 1: median 10, ci_low 12"),
        (lambda r: median_draws([], [], [], 200, r), "no study"),
    ],
)
def test_what_cannot_be_used_is_refused(job, message):
    with pytest.raises(NotEstimable, match=message):
        job(np.random.default_rng(SEED))
