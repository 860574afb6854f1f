"""Intervals that hold with few studies, against the papers' formulas computed another way."""

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from hilum.synthesis import fit, fit_exact
from hilum.synthesis.exact.likelihoods import Binomial, Poisson
from hilum.synthesis.exact.scores import profile, score_interval
from hilum.synthesis.few import half_width, new_study_ends, spread_of

Y = np.array([0.1, 0.9, -0.3, 0.5, 0.2])
V = np.array([0.05, 0.1, 0.08, 0.2, 0.04])


def test_mean_is_the_wider_of_hartung_knapp_and_z():
    for y in (Y, np.array([0.3, 0.31, 0.29, 0.3, 0.305])):
        plain, knha = fit(y, V), fit(y, V, test="knha")
        half = float(half_width(plain.se[0], np.asarray(plain.scale), 5))
        widths = [float(one.ci_ub[0] - one.beta[0]) for one in (plain, knha)]
        assert half == pytest.approx(max(widths), rel=1e-9)
    assert widths[0] > widths[1]


def test_tau_has_the_distribution_of_the_generalised_q():
    made = spread_of(Y[None], V[None])
    share = (np.polynomial.legendre.leggauss(len(made.weight))[0] + 1) / 2
    for place, tau in zip(share, made.tau[0], strict=True):
        w = 1 / (V + tau**2)
        q = float((w * (Y - (w @ Y) / w.sum()) ** 2).sum())
        if tau > 0:
            # Q falls in tau, so that the chance of a smaller tau is that of a larger Q.
            assert stats.chi2.sf(q, 4) == pytest.approx(place, rel=1e-6)
        else:
            assert stats.chi2.sf(q, 4) >= place - 1e-9


def test_new_study_against_draws():
    """The definition of Nagashima 2019, drawn: tau by its quantile, then t, then normal."""
    rng = np.random.default_rng(1)
    share, t, z = rng.random(20_000), rng.standard_t(4, 20_000), rng.normal(size=20_000)
    off = stats.chi2.isf(share, 4)

    def q(tau2):
        w = 1 / (V + tau2[:, None])
        centre = (w @ Y) / w.sum(1)
        return (w * (Y - centre[:, None]) ** 2).sum(1), centre, w.sum(1)

    low, high = np.zeros(20_000), np.full(20_000, 1e5)
    for _ in range(80):
        middle = (low + high) / 2
        above = q(middle)[0] > off
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    rest, centre, total = q(low)
    drawn = centre + t * np.sqrt(rest / 4 / total) + z * np.sqrt(low)
    made = spread_of(Y[None], V[None])
    for p in (0.1, 0.5, 0.9):
        value = np.quantile(drawn, p)
        assert float(made.cdf(np.array([value]))[0]) == pytest.approx(p, abs=0.01)


def test_new_study_is_wider_than_the_mean_where_tau2_is_0():
    y = np.array([0.5, 0.51, 0.49, 0.511])
    one = fit(y, np.full(4, 0.016))
    assert one.tau2 == 0
    low, high = new_study_ends(one)
    # t with 2 degrees of freedom on the mean's own error, at least.
    half = stats.t.ppf(0.975, 2) * 0.016**0.5 / 2
    assert low <= one.beta[0] - half + 1e-9
    assert high >= one.beta[0] + half - 1e-9
    assert high - low > float(one.ci_ub[0] - one.ci_lb[0])


def test_scores_of_large_studies_are_those_of_normal_effects():
    n = np.array([40_000.0, 90_000, 20_000, 60_000])
    share = np.array([0.2, 0.25, 0.22, 0.3])
    x = np.rint(n * share)
    y, v = special.logit(x / n), 1 / x + 1 / (n - x)
    tau = 0.2
    made = profile(Binomial(x, n, np.zeros(4)), 4, np.array([-1.2]), np.array([tau]))
    w = 1 / (v + tau**2)
    mean = (w @ y) / w.sum()
    assert made.mean[0, 0] == pytest.approx(mean, rel=1e-3)
    assert made.information[0, 0] == pytest.approx(w.sum(), rel=2e-3)
    assert made.q[0, 0] == pytest.approx((w * (y - mean) ** 2).sum(), rel=5e-3)


def test_scores_against_numerical_integrals():
    """Derivatives of each study's integral, which a library's quadrature computes."""
    x, t, tau = np.array([3.0, 0.0, 9.0]), np.array([30.0, 20.0, 40.0]), 0.6

    def loglik(i, mean):
        def inside(u):
            rate = t[i] * np.exp(mean + tau * u)
            return stats.poisson.pmf(x[i], rate) * stats.norm.pdf(u)

        return np.log(integrate.quad(inside, -9, 9, epsabs=1e-13, epsrel=1e-12)[0])

    def slopes(mean, h=1e-3):
        low, mid, high = (np.array([loglik(i, mean + d) for i in range(3)]) for d in (-h, 0.0, h))
        return (high - low) / (2 * h), -(high - 2 * mid + low) / h**2

    best = optimize.brentq(lambda m: slopes(m)[0].sum(), -4, 1)
    slope, information = slopes(best)
    made = profile(Poisson(x, t), 3, np.array([-2.0]), np.array([tau]))
    assert made.mean[0, 0] == pytest.approx(best, abs=1e-5)
    assert made.information[0, 0] == pytest.approx(information.sum(), rel=1e-4)
    assert made.q[0, 0] == pytest.approx((slope**2 / information).sum(), rel=1e-4)


def test_score_interval_holds_what_the_fit_says():
    data = {"xi": [3, 8, 12, 2], "ni": [40, 50, 40, 30]}
    one = fit_exact("PLO", data)
    made = score_interval(one, "PLO", data, new=True)
    assert made.ci[0] <= one.ci_lb[0]
    assert made.ci[1] >= one.ci_ub[0]
    assert made.new[0] < made.ci[0] < made.ci[1] < made.new[1]
    # The common effect is the share of all: 25 of 160, with the binomial's own error.
    value, low, _ = made.common
    assert special.expit(value) == pytest.approx(25 / 160, rel=1e-6)
    assert value - low == pytest.approx(1.959964 * (1 / 25 + 1 / 135) ** 0.5, rel=1e-5)


def test_a_likelihood_with_baselines_of_its_own_has_no_such_scores():
    data = {"ai": [4, 6, 3], "n1i": [120, 300, 230], "ci": [11, 29, 11], "n2i": [139, 303, 220]}
    one = fit_exact("OR", data, model="UM.FS")
    assert score_interval(one, "OR", data, new=False) is None
