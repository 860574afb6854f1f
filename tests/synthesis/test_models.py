"""Multilevel, multivariate, cluster-robust and Bayesian models."""

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.errors import NotEstimable
from hilum.synthesis import fit
from hilum.synthesis.bayes import bayes
from hilum.synthesis.multilevel import multilevel
from hilum.synthesis.multivariate import multivariate
from hilum.synthesis.robust import cluster_robust
from tests.synthesis.reference import FILES

BERKEY = (
    # Berkey 1998, table I, as metafor's dat.berkey1998 has it: trial, outcome, yi, vi, covariance.
    (1, "PD", 0.47, 0.0075, 0.0030),
    (1, "AL", -0.32, 0.0077, 0.0030),
    (2, "PD", 0.20, 0.0057, 0.0009),
    (2, "AL", -0.60, 0.0008, 0.0009),
    (3, "PD", 0.40, 0.0021, 0.0007),
    (3, "AL", -0.12, 0.0014, 0.0007),
    (4, "PD", 0.26, 0.0029, 0.0009),
    (4, "AL", -0.31, 0.0015, 0.0009),
    (5, "PD", 0.56, 0.0148, 0.0072),
    (5, "AL", -0.39, 0.0304, 0.0072),
)


def _konstantopoulos(**options):
    data = FILES["konstantopoulos2011"]
    inputs = data["input"]
    return multilevel(inputs["yi"], inputs["vi"], [data["district"], data["school"]], **options)


@pytest.mark.parametrize(("method", "key"), [("REML", "mv_3level"), ("ML", "mv_3level_ML")])
def test_three_levels_agree_with_the_reference(method, key):
    found, expected = _konstantopoulos(method=method), FILES["konstantopoulos2011"][key]
    # metafor's nlminb stops at 1e-8 in the likelihood, hence 1e-6 in the variances.
    assert found.beta[0] == pytest.approx(expected["beta"], rel=1e-6)
    assert found.se[0] == pytest.approx(expected["se"], rel=1e-6)
    assert found.sigma2 == pytest.approx(expected["sigma2"], rel=3e-6)
    assert found.loglik >= expected["loglik"] - 1e-10
    if "QE" in expected:
        assert pytest.approx(expected["QE"], rel=1e-10) == found.QE


def test_profile_intervals_of_the_variances():
    found, expected = _konstantopoulos(), FILES["konstantopoulos2011"]["mv_3level"]
    for which in (0, 1):
        low, high = found.profile_interval(which)
        # The reference's search stops at 1.2e-4 of the variance (R's uniroot).
        reference = expected[f"sigma2_{which + 1}_ci"]
        assert (low, high) == pytest.approx(reference[1:], rel=6e-4)


def test_effects_in_studies_agree_with_the_reference():
    data = FILES["assink2016"]
    inputs, cluster = data["input"], data["cluster"]
    found = multilevel(inputs["yi"], inputs["vi"], [cluster, range(len(cluster))])
    expected = data["mv_3level"]
    assert found.beta[0] == pytest.approx(expected["beta"], rel=1e-6)
    assert found.se[0] == pytest.approx(expected["se"], rel=1e-6)
    assert found.sigma2 == pytest.approx(expected["sigma2"], rel=3e-6)
    assert found.loglik >= expected["loglik"] - 1e-10


def test_multilevel_likelihood_is_that_of_the_dense_covariance():
    found = _konstantopoulos(method="ML")
    dense = stats.multivariate_normal(np.full(found.k, found.beta[0]), found.marginal)
    assert found.loglik == pytest.approx(dense.logpdf(found.yi), rel=1e-12)


def test_one_level_is_the_random_effects_model():
    inputs = FILES["konstantopoulos2011"]["input"]
    found = multilevel(inputs["yi"], inputs["vi"], [range(len(inputs["yi"]))])
    plain = fit(inputs["yi"], inputs["vi"])
    assert found.sigma2[0] == pytest.approx(plain.tau2, rel=1e-7)
    assert found.loglik == pytest.approx(plain.loglik_reml, rel=1e-10)


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_cluster_robust_agrees_with_the_reference(kind):
    data = FILES["assink2016"]
    found = cluster_robust(
        fit(data["input"]["yi"], data["input"]["vi"]), data["cluster"], kind=kind
    )
    expected = data[f"robust_{kind}"]
    # tau2 of the reference is good to 1e-6, and so are these.
    assert found.se[0] == pytest.approx(expected["se"], rel=1e-6)
    assert found.dfs[0] == pytest.approx(expected["dfs"], rel=1e-6)
    assert found.ci_lb[0] == pytest.approx(expected["ci_lb"], rel=5e-6)
    assert found.ci_ub[0] == pytest.approx(expected["ci_ub"], rel=5e-6)


def test_robust_errors_of_a_multilevel_fit():
    data = FILES["konstantopoulos2011"]
    found = cluster_robust(_konstantopoulos(), data["district"])
    assert found.clusters == len(set(data["district"]))
    # Model and sandwich estimate the same thing.
    assert found.se[0] == pytest.approx(_konstantopoulos().se[0], rel=0.5)


def _berkey(covariance=True, **options):
    v = np.diag([row[3] for row in BERKEY])
    if covariance:
        for i in range(0, len(BERKEY), 2):
            v[i, i + 1] = v[i + 1, i] = BERKEY[i][4]
    y, outcome, study = ([row[i] for row in BERKEY] for i in (2, 1, 0))
    return multivariate(y, v, outcome, study, **options)


def test_two_outcomes_agree_with_the_published_analysis():
    """metafor's own test of Berkey 1998 by ML, printed to four places."""
    found = _berkey(method="ML")
    assert found.outcomes == ("AL", "PD")
    assert found.beta == pytest.approx([-0.3379, 0.3448], abs=5.1e-5)
    assert found.se == pytest.approx([0.0798, 0.0495], abs=5.1e-5)
    assert found.tau2 == pytest.approx([0.0261, 0.0070], abs=5.1e-5)
    assert found.rho[0, 1] == pytest.approx(0.6992, abs=5.1e-5)


def test_multivariate_without_correlation_has_a_lower_likelihood():
    both = _berkey()
    alone = [
        fit([r[2] for r in BERKEY if r[1] == o], [r[3] for r in BERKEY if r[1] == o])
        for o in both.outcomes
    ]
    # REML of two separate models is the same likelihood at G diagonal and V diagonal.
    apart = _berkey(covariance=False)
    assert apart.loglik >= sum(one.loglik_reml for one in alone) - 1e-8


@pytest.mark.parametrize("prior", ["half-normal", "half-cauchy", "uniform"])
@pytest.mark.parametrize("k", [2, 13])
def test_posterior_against_brute_force(prior, k):
    """Two-dimensional integration of prior times likelihood, tau cut at 60."""
    block = FILES["bcg"]["effects"]["RR"]
    y, v = np.array(block["yi"])[:k], np.array(block["vi"])[:k]
    scale = 4.0 if prior == "uniform" else 0.5
    found = bayes(y, v, prior=prior, scale=scale, sd=2.0)
    density = {
        "half-normal": stats.halfnorm(scale=scale),
        "half-cauchy": stats.halfcauchy(scale=scale),
        "uniform": stats.uniform(0, scale),
    }[prior]
    top = scale if prior == "uniform" else 60.0
    tau = np.concatenate([np.linspace(0, min(6, top), 6001), np.geomspace(6, 60, 4001)[1:]])
    tau = tau[tau <= top]
    mu = np.linspace(-12, 12, 2001)
    inside = np.zeros((len(tau),))
    moment = np.zeros((len(tau),))
    weighed, prior_mu = density.pdf(tau), stats.norm.logpdf(mu, 0, 2.0)
    for i, t in enumerate(tau):
        # The sum over the studies of normal log densities, their squares written out in mu.
        w = 1 / (v + t**2)
        squares = (w * y**2).sum() - 2 * mu * (w * y).sum() + mu**2 * w.sum()
        logs = prior_mu + (np.log(w / (2 * np.pi)).sum() - squares) / 2
        values = np.exp(logs) * weighed[i]
        inside[i], moment[i] = values.sum(), (mu * values).sum()
    step = mu[1] - mu[0]
    total = integrate.simpson(inside, x=tau) * step
    # Simpson's rule on 10,000 points and the cut at 60 limit this side to about 1e-6.
    assert found.loglik == pytest.approx(np.log(total), abs=1e-5)
    assert found.mu.mean == pytest.approx(integrate.simpson(moment, x=tau) * step / total, abs=1e-5)
    assert found.tau.mean == pytest.approx(
        integrate.simpson(inside * tau, x=tau) * step / total,
        rel=2e-2 if (prior, k) == ("half-cauchy", 2) else 1e-4,
    )
    running = integrate.cumulative_trapezoid(inside, tau, initial=0) * step / total
    for p, value in zip(
        (0.025, 0.5, 0.975), (found.tau.ci[0], found.tau.median, found.tau.ci[1]), strict=True
    ):
        assert np.interp(value, tau, running) == pytest.approx(p, abs=2e-4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: multilevel([1.0, 2.0], [1.0, 1.0], []),
        lambda: multilevel([1.0, 2.0], [1.0, 1.0], [[1]]),
        lambda: multivariate([1.0, 2.0], np.eye(3), ["a", "b"], [1, 1]),
        lambda: multivariate([1.0, 2.0], np.eye(2), ["a", "b"], [1, 2]),
        lambda: bayes([1.0], [1.0], scale=0.0),
        lambda: bayes([1.0], [-1.0]),
        lambda: cluster_robust(fit([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]), [1, 1, 1]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(NotEstimable):
        call()
