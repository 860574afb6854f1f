"""Each study's marginal likelihood against brute-force integration by another route."""

import jax
import numpy as np
import pytest
from scipy import special, stats

from hilum.synthesis.joint import Priors, survival
from hilum.synthesis.joint.linear import whiten
from tests.synthesis.joint.conftest import rows

Z = np.linspace(-9, 9, 601)
LOG_WEIGHT = stats.norm.logpdf(Z) + np.log(Z[1] - Z[0])


def binomial(eta, y, n):
    return y * eta - n * np.logaddexp(0, eta)


def one(mean, variance, y, n):
    return special.logsumexp(binomial(mean + np.sqrt(variance) * Z, y, n) + LOG_WEIGHT)


def several(mean, between, within, y, n):
    shifted = np.asarray(mean)[:, None] + np.sqrt(between) * Z
    inside = np.array(
        [[one(m, v, a, b) for m in row] for row, v, a, b in zip(shifted, within, y, n, strict=True)]
    )
    return special.logsumexp(inside.sum(0) + LOG_WEIGHT)


def evaluate(studies, priors, weights=(1.0, 1.0), seed=3):
    """Parameters at a random point, and what the model says of each study there."""
    from hilum.synthesis.joint import density

    with jax.enable_x64(True):
        shape = density.layout(studies, priors)
        data = density.arrays(studies, np.array(weights), whiten(studies, priors, weights))
        z = np.random.default_rng(seed).normal(size=shape.size)

        @jax.jit
        def whole(z):
            p = density.unpack(z, shape, priors, data)
            logs = density.log_likelihoods(p, shape, data)
            energy = density.potential(shape, priors)(data)(z)
            return p, logs, energy, density.log_prior(p, shape, priors, data)

        p, logs, energy, prior = jax.tree_util.tree_map(np.asarray, whole(jax.numpy.asarray(z)))
        return p, logs, float(energy), float(prior)


def test_series_and_trials_of_counts():
    studies = rows()
    p, logs, energy, prior = evaluate(studies, Priors(), (0.7, 0.4), 2)
    own = p["tau"] ** 2 / 2
    expected = [
        one(
            p["alpha"][studies.treatment[r]] + p["bias_single"],
            p["sigma"] ** 2 + own + p["kappa_single"] ** 2,
            studies.y[r],
            studies.n[r],
        )
        for s in range(studies.count)
        if studies.design[s] == 2
        for r in studies.arms_of(s)
    ]
    # 11 adaptive points: error far below any Monte-Carlo error.
    np.testing.assert_allclose(logs["single"], expected, atol=2e-3)
    between = 1 / (0.7 / p["sigma"] ** 2 + 0.01)
    found = []
    for s in range(studies.count):
        if studies.design[s] == 2:
            continue
        r = studies.arms_of(s)
        extra = p["kappa_comparative"] ** 2 / 2 if studies.design[s] == 1 else 0.0
        found.append(
            several(
                p["alpha"][studies.treatment[r]],
                between,
                [own + extra] * len(r),
                studies.y[r],
                studies.n[r],
            )
        )
    np.testing.assert_allclose(logs["several"], found, atol=2e-3)
    # Weights are powers: trials 1, the other comparison 0.4, series 0.7.
    total = prior + found[0] + found[1] + found[2] + 0.4 * found[3] + 0.7 * np.sum(expected)
    assert energy == pytest.approx(-total, abs=0.01)


def test_a_covariate_not_reported_is_integrated_out():
    studies = rows(covariates=True)
    p, logs, _, _ = evaluate(studies, Priors())
    x, _, _ = studies.standardised()
    base = p["sigma"] ** 2 + p["tau"] ** 2 / 2 + p["kappa_single"] ** 2
    expected = []
    for s in np.flatnonzero(studies.design == 2):
        (r,) = studies.arms_of(s)
        t = studies.treatment[r]
        slope, mean = p["slope"][t, 0], p["alpha"][t] + p["bias_single"]
        unknown = np.isnan(x[s, 0])
        # By drawing the covariate on a grid rather than by adding variances.
        values = p["nu"][0] + p["spread"][0] * Z if unknown else np.array([x[s, 0]])
        weight = LOG_WEIGHT if unknown else np.zeros(1)
        logs_of = [one(mean + slope * v, base, studies.y[r], studies.n[r]) for v in values]
        expected.append(special.logsumexp(np.array(logs_of) + weight))
    np.testing.assert_allclose(logs["single"], expected, atol=2e-3)


def test_log_hazards_are_multivariate_normal():
    studies = survival(
        ["t", "t", "t", "c", "s", "s2"],
        ["A", "B", "C", "A", "D", "A"],
        [None, None, None, "B", None, None],
        ["randomised"] * 3 + ["comparative", "single_arm", "single_arm"],
        [-3.0, -3.4, -3.2, 0.3, -2.9, -3.1],
        [0.2, 0.25, 0.3, 0.15, 0.2, 0.1],
    )
    priors = Priors.log_hazard()
    p, logs, _, _ = evaluate(studies, priors, (0.5, 1.0))
    between = 1 / (0.5 / p["sigma"] ** 2 + 0.01)
    own = p["tau"] ** 2 / 2
    cov = between * np.ones((3, 3)) + np.diag(np.array([0.2, 0.25, 0.3]) ** 2 + own)
    expected = stats.multivariate_normal.logpdf([-3.0, -3.4, -3.2], p["alpha"][:3], cov)
    np.testing.assert_allclose(logs["several"], [expected], rtol=1e-8)
    sd = np.sqrt(0.15**2 + 2 * own + p["kappa_comparative"] ** 2)
    expected = stats.norm.logpdf(0.3, p["alpha"][0] - p["alpha"][1], sd)
    np.testing.assert_allclose(logs["contrast"], [expected], rtol=1e-8)
    sd = np.sqrt([0.2**2, 0.1**2] + p["sigma"] ** 2 + own + p["kappa_single"] ** 2)
    expected = stats.norm.logpdf([-2.9, -3.1], p["alpha"][[3, 0]] + p["bias_single"], sd)
    np.testing.assert_allclose(logs["single"], expected, rtol=1e-8)


def test_levels_have_the_prior_that_is_stated():
    studies, priors = rows(), Priors(effect_sd=1.3)
    p1, _, _, one_prior = evaluate(studies, priors, seed=5)
    p2, _, _, two_prior = evaluate(studies, priors, seed=6)
    t = len(studies.treatments)
    levels = stats.multivariate_normal(np.zeros(t), 1.3**2 * np.eye(t) + priors.centre.sd**2)

    def whole(p):
        raw = [p[n + "_raw"] for n in ("sigma", "tau", "kappa_single", "kappa_comparative")]
        raw += [p["bias_single_raw"], p["bias_comparative_raw"]]
        return levels.logpdf(p["alpha"]) + stats.norm.logpdf(raw).sum()

    assert float(one_prior - two_prior) == pytest.approx(whole(p1) - whole(p2), abs=1e-8)
    # A standard normal z becomes the half-normal with the same probability below it.
    scale = priors.sigma.value
    assert stats.halfnorm.cdf(p1["sigma"] / scale) == pytest.approx(
        stats.norm.cdf(p1["sigma_raw"]), abs=1e-10
    )
