"""Importance sampling against a brute-force grid of the same posterior."""

import numpy as np
import pytest
from scipy import optimize

from hilum.errors import NotEstimable
from hilum.synthesis.survival import (
    Priors,
    Report,
    SurvivalArm,
    fit_survival,
    pooled_survival,
    posterior,
    posterior_curve,
    posterior_median,
    posterior_restricted_mean,
    restricted_mean,
)

RATES = ((30, 0.55), (40, 0.7), (25, 0.4), (60, 0.62), (35, 0.5))
ARMS = [SurvivalArm(f"s{i}", "", (Report("rate", 36.0, p, n=n),)) for i, (n, p) in enumerate(RATES)]


def test_against_a_grid():
    """Exponential, one effect: location by tau by effect on a grid, no optimiser."""
    fit = fit_survival(ARMS, family="exponential")
    unit = fit.data.unit
    priors = Priors(location=2.0, tau=0.5)
    location = np.linspace(-2.5, 2.5, 241)[:, None, None]
    tau = np.linspace(0.004, 2.5, 200)[None, :, None]
    u = np.linspace(-6, 6, 121)[None, None, :]
    logs = -(location[..., 0] ** 2) / 8 - (tau[..., 0] / 0.5) ** 2 / 2
    growth = 36 / unit * np.exp(-(location + tau * u))
    for n, p in RATES:
        value = n * (-p * growth + (1 - p) * np.log(-np.expm1(-growth))) - u**2 / 2
        logs = logs + np.log(np.exp(value - value.max()).sum(2))
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    mean_location = float((mass * location[..., 0]).sum())
    mean_tau = float((mass * tau[..., 0]).sum())
    sd = float(np.sqrt((mass * (location[..., 0] - mean_location) ** 2).sum()))
    found = posterior(fit, priors=priors, draws=4000, seed=3)
    # Monte-Carlo error of 4000 draws at the effective number seen, three standard errors
    error = 3 / np.sqrt(found.effective)
    assert found.effective > 1500
    assert found.beta[:, 0].mean() == pytest.approx(mean_location, abs=error * sd)
    assert found.beta[:, 0].std() == pytest.approx(sd, rel=error)
    assert found.tau.mean() == pytest.approx(mean_tau, abs=error * 0.2)


def test_with_much_data_it_is_the_likelihood():
    rng = np.random.default_rng(8)
    arms = []
    for i in range(25):
        time = 40 * np.exp(0.3 * rng.normal()) * rng.weibull(1.3, 150)
        reports = (Report("rate", t, float((time > t).mean()), n=150) for t in (12.0, 36.0, 60.0))
        arms.append(SurvivalArm(f"s{i}", "", tuple(reports)))
    fit = fit_survival(arms, family="weibull", random="location")
    found = posterior(fit, seed=1)
    curve, other = posterior_curve(found, [12, 36, 60]), pooled_survival(fit, [12, 36, 60])
    np.testing.assert_allclose(curve.survival, other.survival, atol=0.01)
    np.testing.assert_allclose(curve.ci_lb, other.ci_lb, atol=0.02)
    np.testing.assert_allclose(curve.pi_ub, other.pi_ub, atol=0.04)
    assert posterior_restricted_mean(found, 60).value == pytest.approx(
        restricted_mean(fit, 60).value, rel=0.02
    )
    median = posterior_median(found)
    assert median.prediction[0] < median.ci[0] < median.value < median.ci[1] < median.prediction[1]


def test_the_seed_fixes_the_answer_and_splines_work():
    reports = tuple(Report("rate", t, s, n=60) for t, s in ((12, 0.8), (36, 0.55), (60, 0.4)))
    arms = [SurvivalArm(f"s{i}", "", reports) for i in range(3)]
    fit = fit_survival(arms, family="piecewise")
    first, second = (posterior(fit, draws=400, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first.beta, second.beta)
    assert np.all(np.diff(posterior_curve(first, [12, 24, 36]).survival) < 0)


@pytest.mark.parametrize("name", ["piecewise", "mspline"])
def test_a_spline_of_all_draws_is_that_of_each(name):
    """Survival and median beside the family's own hazard, draw by draw (bisection, scipy)."""
    times = ((12.0, 0.8), (36.0, 0.5), (60.0, 0.3))
    arms = [
        SurvivalArm(f"s{i}", "", tuple(Report("rate", t, s - i / 50, n=40) for t, s in times))
        for i in range(4)
    ]
    fit = fit_survival(arms, family=name, random="location")
    draws = posterior(fit, draws=300)
    unit = fit.data.unit

    def own(i, time):
        params = [np.array([[value]]) for value in draws.beta[i]]
        return float(fit.family.hazards(np.array([[time / unit]]), params)[0][0, 0])

    each = [[np.exp(-own(i, t)) for i in range(300)] for t in (5.0, 30.0, 90.0)]
    curve = posterior_curve(draws, [5.0, 30.0, 90.0])
    tails = np.quantile(each, (0.5, 0.025, 0.975), axis=1, method="inverted_cdf")
    assert np.array([curve.survival, curve.ci_lb, curve.ci_ub]) == pytest.approx(tails, rel=1e-10)
    medians = [optimize.brentq(lambda t, i=i: own(i, t) - np.log(2), 1e-3, 1e5) for i in range(300)]
    middle = np.quantile(medians, 0.5, method="inverted_cdf")
    assert posterior_median(draws).value == pytest.approx(float(middle), rel=1e-9)


def test_refusals():
    fit = fit_survival(ARMS, family="exponential")
    with pytest.raises(NotEstimable, match="above 0"):
        posterior(fit, priors=Priors(tau=0.0))
