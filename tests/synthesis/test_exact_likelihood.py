"""Exact-likelihood models against metafor 3.8.1 / lme4, and against integration by brute force.

The reference's optimisers (lme4, nlminb) stop at about 1e-5; where they stopped early the test
asks for our likelihood, computed independently, to be at least as high at our estimates.
"""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from hilum.errors import NotEstimable
from hilum.synthesis import beta_binomial, fit_exact
from hilum.synthesis.exact.likelihoods import Binomial, Poisson
from hilum.synthesis.exact.unconditional import _profile
from tests.synthesis.reference import FILES, new_study

PLO = [name for name, data in FILES.items() if "glmm_PLO" in data]
TWO = [name for name, data in FILES.items() if "glmm" in data]


def _arms(measure, values):
    one, size, two, other = values
    if measure == "OR":
        return Binomial(one, size, 0 * one), Binomial(two, other, 0 * one)
    return Poisson(one, size), Poisson(two, other)


def _brute(x, n, beta, tau):
    """Log-likelihood of the binomial-normal model by adaptive quadrature of each integral."""
    total = 0.0
    for a, b in zip(x, n, strict=True):
        ways = math.lgamma(b + 1) - math.lgamma(a + 1) - math.lgamma(b - a + 1)

        def density(u, a=a, b=b, ways=ways):
            logit = beta + tau * u
            events = a * logit - b * math.log1p(math.exp(logit))
            return math.exp(ways + events - u * u / 2) / math.sqrt(2 * math.pi)

        peak = optimize.minimize_scalar(lambda u: -density(u), bounds=(-9, 9), method="bounded").x
        parts = [-12, *sorted({-4, -1, peak - 0.3, peak, peak + 0.3, 1, 4}), 12]
        total += np.log(
            sum(
                integrate.quad(density, low, high, epsabs=0, epsrel=1e-10, limit=200)[0]
                for low, high in itertools.pairwise(parts)
            )
        )
    return total


@pytest.mark.parametrize("name", PLO)
def test_binomial_normal_agrees_with_the_reference(name):
    data = FILES[name]
    expected = data["glmm_PLO"]["nAGQ21"]
    found = fit_exact("PLO", data["input"], points=21)
    # hannum2020: beta -0.06007, so that 1e-5 is taken of its standard error of 0.08 too.
    assert found.beta[0] == pytest.approx(expected["beta"], rel=1e-5, abs=1e-5 * expected["se"] * 4)
    assert found.se[0] == pytest.approx(expected["se"], rel=1e-5)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=3e-5, abs=1e-8)
    assert pytest.approx(expected["I2"], rel=1.5e-5, abs=1e-8) == found.I2
    assert pytest.approx(expected["QE_LRT"], rel=1e-9) == found.QE
    # A study without events has infinite variance here, a very large one in the reference.
    assert found.QE_Wld == pytest.approx(expected["QE_Wld"], rel=1e-5)
    logits = {key: special.logit(value) for key, value in expected["predict"].items()}
    own = new_study(logits, found.k - 1)
    logits |= {"new_lb": own["pi_lb"], "new_ub": own["pi_ub"]}
    for key, value in logits.items():
        ours = special.expit(getattr(found.predict(), key)[0])
        assert ours == pytest.approx(special.expit(value), rel=2e-5)


@pytest.mark.parametrize("name", ["pritz1997", "gurusamy2011_top", "pagliaro1992_trt1"])
def test_binomial_normal_is_at_the_maximum_of_the_integral(name):
    data = FILES[name]["input"]
    x, n = np.array(data["xi"]), np.array(data["ni"])
    found = fit_exact("PLO", data)
    beta, tau = found.beta[0], np.sqrt(found.tau2)
    here = _brute(x, n, beta, tau)
    assert found.loglik == pytest.approx(here, abs=1e-7)
    step = 0.02
    for d_beta, d_tau in ((step, 0), (-step, 0), (0, step), (0, -step)):
        assert _brute(x, n, beta + d_beta, abs(tau + d_tau)) <= here + 1e-9
    if found.tau2 > 0:
        # The covariance is the inverse of the observed information, tau included.
        h = 1e-3

        def at(i, j):
            return _brute(x, n, beta + i * h, tau + j * h)

        hessian = np.array(
            [
                [
                    at(1, 0) - 2 * here + at(-1, 0),
                    (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / 4,
                ],
                [0, at(0, 1) - 2 * here + at(0, -1)],
            ]
        )
        hessian[1, 0] = hessian[0, 1]
        assert found.se[0] ** 2 == pytest.approx(np.linalg.inv(-hessian / h**2)[0, 0], rel=1e-4)


@pytest.mark.parametrize("name", TWO)
def test_unconditional_models_agree_or_reach_a_higher_likelihood(name):
    data = FILES[name]
    expected, inputs = data["glmm"]["UM.FS"], data["input"]
    measure = "IRR" if "x1i" in inputs else "OR"
    # The reference integrates with 7 points.
    found = fit_exact(measure, inputs, model="UM.FS", points=7)
    if "error" in expected:
        assert found.tau2 >= 0
        return
    close = abs(found.beta[0] - expected["beta"]) <= 1e-5 and abs(
        found.tau2 - expected["tau2"]
    ) <= 1e-5 * (1 + expected["tau2"])
    if not close:
        keys = ("ai", "n1i", "ci", "n2i") if measure == "OR" else ("x1i", "t1i", "x2i", "t2i")
        values = [np.array(inputs[key], float) for key in keys]
        events, total = values[0] + values[2], values[1] + values[3]
        keep = (events > 0) & (values[1] > 0) & (values[3] > 0)
        if measure == "OR":
            keep &= events < total
        values = tuple(value[keep] for value in values)
        zero = np.zeros(len(values[0]))

        def profile(beta, tau2):
            value = _profile(_arms(measure, values), zero + beta, np.sqrt(tau2), zero, zero, 21)
            return value[2].sum()

        ours = profile(found.beta[0], found.tau2)
        assert ours >= profile(expected["beta"], expected["tau2"]) - 1e-4
        assert found.beta[0] == pytest.approx(expected["beta"], abs=0.15 * expected["se"])
    else:
        assert found.se[0] == pytest.approx(expected["se"], rel=2e-3)
    if expected.get("QE_LRT") is not None:
        assert pytest.approx(expected["QE_LRT"], rel=1e-8) == found.QE
        assert found.QE_Wld == pytest.approx(expected["QE_Wld"], rel=1e-6)


@pytest.mark.parametrize("name", TWO)
def test_conditional_models_agree_with_the_reference(name):
    data = FILES[name]
    measure = "IRR" if "x1i" in data["input"] else "OR"
    for model in ("CM.EL", "CM.AL"):
        expected = data["glmm"].get(model)
        # Without convergence the reference has an error, or a standard error of 6e-7 (hine1989).
        if expected is None or "error" in expected or expected["se"] < 1e-5:
            continue
        found = fit_exact(measure, data["input"], model=model)
        assert found.beta[0] == pytest.approx(expected["beta"], rel=2e-5, abs=1e-6)
        assert found.se[0] == pytest.approx(expected["se"], rel=2e-4)
        assert found.tau2 == pytest.approx(expected["tau2"], rel=2e-4, abs=1e-5)


@pytest.mark.parametrize("name", ["axfors2021", "fine1993_t1", "hine1989", "yusuf1985_6"])
def test_conditional_likelihood_where_the_reference_fails(name):
    """The reference has no answer; ours is at the top of an independently computed likelihood."""
    data = FILES[name]["input"]
    a, n1, c, n2 = (np.array(data[key]) for key in ("ai", "n1i", "ci", "n2i"))
    keep = (a + c > 0) & (a + c < n1 + n2)
    found = fit_exact("OR", data)

    def loglik(beta):
        odds = np.exp(beta)
        rows = zip(a[keep], n1[keep], c[keep], n2[keep], strict=True)
        return sum(stats.nchypergeom_fisher.logpmf(w, x + z, w + y, x, odds) for w, x, y, z in rows)

    assert found.tau2 == 0.0
    assert found.loglik == pytest.approx(loglik(found.beta[0]), rel=1e-7)
    best = optimize.minimize_scalar(lambda b: -loglik(b), bracket=(-1, 1), tol=1e-10)
    assert found.beta[0] == pytest.approx(best.x, abs=1e-5)


def test_poisson_normal_with_zero_counts():
    x, t = np.array([0, 3, 1, 7, 0, 12]), np.array([20.0, 41, 13, 60, 35, 50])
    found = fit_exact("IRLN", {"xi": x, "ti": t})

    def loglik(theta):
        total = 0.0
        for events, time in zip(x, t, strict=True):

            def density(u, events=int(events), time=float(time)):
                log = math.log(time) + theta[0] + theta[1] * u
                said = events * log - math.exp(log) - math.lgamma(events + 1) - u * u / 2
                return math.exp(said) / math.sqrt(2 * math.pi)

            total += np.log(integrate.quad(density, -9, 9, epsabs=0, epsrel=1e-9, limit=300)[0])
        return -total

    best = optimize.minimize(
        loglik, [-2.0, 0.7], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11}
    )
    assert found.beta[0] == pytest.approx(best.x[0], abs=1e-5)
    assert found.tau2 == pytest.approx(best.x[1] ** 2, abs=1e-5)
    assert found.loglik == pytest.approx(-best.fun, abs=1e-8)


def test_moderators_enter_the_exact_likelihood():
    data = FILES["pagliaro1992_trt3"]["input"]
    group = np.arange(len(data["xi"])) % 2
    mods = np.column_stack([np.ones(len(group)), group])
    both = fit_exact("PLO", data, mods=mods)
    apart = [
        fit_exact("PLO", {key: np.array(value)[group == g] for key, value in data.items()})
        for g in (0, 1)
    ]
    # One tau2 for both: the likelihood lies between the common model and two separate ones.
    assert fit_exact("PLO", data).loglik <= both.loglik <= sum(f.loglik for f in apart) + 1e-9
    assert both.beta[0] + both.beta[1] == pytest.approx(apart[1].beta[0], abs=3 * apart[1].se[0])


@pytest.mark.parametrize("name", ["pritz1997", "hasselblad1998_nocontact", "dong2013_top"])
def test_beta_binomial(name):
    """Against scipy's beta-binomial, maximised without derivatives."""
    data = FILES[name]["input"]
    x, n = np.array(data["xi"]), np.array(data["ni"])
    found = beta_binomial(x, n)

    def loss(theta):
        mean, size = 1 / (1 + np.exp(-theta[0])), np.exp(theta[1])
        return -stats.betabinom.logpmf(x, n, mean * size, (1 - mean) * size).sum()

    best = optimize.minimize(
        loss,
        [0.0, 1.0],
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 4000},
    )
    assert found.loglik == pytest.approx(-best.fun, abs=1e-8)
    assert found.beta == pytest.approx(best.x[0], abs=1e-5)
    assert found.rho == pytest.approx(1 / (1 + np.exp(best.x[1])), rel=1e-4)


def test_beta_binomial_without_overdispersion_is_the_binomial():
    found = beta_binomial([5, 10, 20], [10, 20, 40])
    assert found.rho == 0.0
    assert found.mean == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("measure", "data"),
    [
        ("PLO", {"xi": [0, 0], "ni": [5, 9]}),
        ("PLO", {"xi": [1], "ni": [9]}),
        ("PLO", {"xi": [1.5, 2], "ni": [9, 9]}),
        ("PLO", {"xi": [12, 2], "ni": [9, 9]}),
        ("IRLN", {"xi": [0, 0], "ti": [5.0, 9.0]}),
        ("OR", {"ai": [0, 0], "n1i": [5, 9], "ci": [2, 3], "n2i": [6, 8]}),
        ("RD", {"ai": [0, 0], "n1i": [5, 9], "ci": [2, 3], "n2i": [6, 8]}),
    ],
)
def test_what_cannot_be_estimated_is_refused(measure, data):
    with pytest.raises(NotEstimable):
        fit_exact(measure, data)
