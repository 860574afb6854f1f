"""Separation of exact likelihoods, likelihood-ratio tests of groups, robust tests of several."""

from itertools import product

import numpy as np
import pytest
from scipy import optimize, special, stats

from hilum.errors import NotEstimable
from hilum.synthesis.exact import fit_exact
from hilum.synthesis.exact.models import exact_model
from hilum.synthesis.exact.ratio_tests import fit_groups, moderators_test
from hilum.synthesis.exact.separation import running, undetermined
from hilum.synthesis.multilevel import multilevel
from hilum.synthesis.multivariate import multivariate
from hilum.synthesis.robust import robust_wald
from hilum.synthesis.two_stage import fit

# Six single arms: no event in 95 patients of the first group, 27 of 95 in the second.
APART = {"xi": np.array([0, 0, 0, 8, 10, 9.0]), "ni": np.array([30, 25, 40, 30, 35, 30.0])}
HALVES = np.array([0, 0, 0, 1, 1, 1])
NEAR = {
    "xi": np.array([2, 3, 12, 5, 1, 22, 6, 31.0]),
    "ni": np.array([23, 41, 60, 19, 11, 88, 7, 104.0]),
}
REGION = np.array([1, 1, 2, 2, 0, 0, 1, 2])


U = np.linspace(-9, 9, 721)


def highest(logpmf, start):
    """The log-likelihood of a mean a group and one tau, by the trapezoid rule and Nelder-Mead.

    ``logpmf`` is of (means (g,), deviations (m,)), one row a study.
    """
    weight = stats.norm.logpdf(U) + np.log(U[1] - U[0])

    def loss(theta):
        log = logpmf(theta[:-1], abs(theta[-1]) * U) + weight
        return -special.logsumexp(log, axis=1).sum()

    options = {"xatol": 1e-6, "fatol": 1e-10, "maxiter": 4000}
    return -optimize.minimize(loss, [*start, 0.8], method="Nelder-Mead", options=options).fun


def chosen(n, x):
    """Logarithms of binomial coefficients."""
    return special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)


def binomial(x, n, member, shift=0.0):
    x, n = x[:, None], n[:, None]

    def logpmf(means, move):
        eta = means[member][:, None] + np.reshape(shift, (-1, 1)) + move
        return chosen(n, x) + x * eta - n * np.logaddexp(0.0, eta)

    return logpmf


def of_groups(data, member):
    x, n = data["xi"], data["ni"]
    logit = np.log((x + 0.5) / (n - x + 0.5))
    start = [float(logit[member == g].mean()) for g in range(len(set(member.tolist())))]
    return highest(binomial(x, n, member), start)


def hypergeometric(a, n1, c, n2):
    """Fisher's noncentral hypergeometric, each study's support enumerated."""

    def logpmf(means, move):
        rows = []
        for x, one, y, two in zip(a, n1, c, n2, strict=True):
            at = np.arange(max(0, x + y - two), min(one, x + y) + 1)
            log = (chosen(one, at) + chosen(two, x + y - at))[:, None]
            log = log + at[:, None] * (means[0] + move)
            rows.append(log[at == x][0] - special.logsumexp(log, axis=0))
        return np.array(rows)

    return logpmf


def test_groups_are_tested_by_the_ratio_of_likelihoods():
    made = fit_groups("PLO", NEAR, REGION, ("as", "eu", "us"))
    wanted = 2 * (of_groups(NEAR, REGION) - of_groups(NEAR, np.zeros(8, int)))
    assert made.test.statistic == pytest.approx(wanted, abs=2e-6)
    assert made.test.pval == pytest.approx(stats.chi2.sf(wanted, 2), abs=1e-6)
    assert made.settled == (0, 1, 2)
    design = np.column_stack([np.ones(8), REGION == 1, REGION == 2]).astype(float)
    own = moderators_test(fit_exact("PLO", NEAR, mods=design), "PLO", NEAR)
    assert own.statistic == pytest.approx(made.test.statistic, abs=1e-9)
    assert own.df == 2


def test_a_group_without_events_has_its_test():
    made = fit_groups("PLO", APART, HALVES, ("u", "v"))
    second = {name: one[3:] for name, one in APART.items()}
    # The second group's tau2 is 0: its likelihood is the binomial's at its own proportion.
    pooled = stats.binom.logpmf(second["xi"], second["ni"], 27 / 95).sum()
    wanted = 2 * (pooled - of_groups(APART, np.zeros(6, int)))
    assert made.test.statistic == pytest.approx(wanted, abs=2e-5)
    assert made.test.pval < 1e-4
    assert made.settled == (1,)
    assert made.fit.beta[0] == pytest.approx(np.log(27 / 68), abs=1e-6)


RATIOS = {
    "ai": np.array([0, 0, 0, 8, 10, 9.0]), "n1i": np.array([30, 25, 40, 30, 35, 30.0]),
    "ci": np.array([5, 6, 3, 4, 5, 6.0]), "n2i": np.array([30, 25, 42, 31, 33, 30.0]),
}  # fmt: skip


@pytest.mark.parametrize("model", ["CM.EL", "CM.AL"])
def test_ratios_of_a_group_at_an_end_have_their_test(model):
    made = fit_groups("OR", RATIOS, HALVES, ("u", "v"), model=model)

    def of(part):
        a, n1, c, n2 = (one[part] for one in RATIOS.values())
        if model == "CM.EL":
            return highest(hypergeometric(a, n1, c, n2), [0.0])
        return highest(binomial(a, a + c, np.zeros(len(a), int), np.log(n1 / n2)), [0.0])

    # The first group's conditional probability of no event goes to 1.
    wanted = 2 * (of(slice(3, 6)) - of(slice(0, 6)))
    assert made.test.statistic == pytest.approx(wanted, abs=2e-5)
    assert made.test.df == 1


def test_ratios_with_baselines_keep_those_of_the_group_at_an_end():
    made = fit_groups("OR", RATIOS, HALVES, ("u", "v"), model="UM.FS")
    first = tuple(one[:3] for one in RATIOS.values())
    other = stats.binom.logpmf(first[2], first[3], first[2] / first[3]).sum()
    assert exact_model("OR", "UM.FS").ceiling(first) == pytest.approx(other, abs=1e-10)
    null = fit_exact("OR", RATIOS, model="UM.FS")
    alone = fit_exact("OR", {n: one[3:] for n, one in RATIOS.items()}, model="UM.FS")
    assert made.test.statistic == pytest.approx(2 * (other + alone.loglik - null.loglik), abs=1e-8)


def test_directions_are_those_of_every_sign_and_size():
    """By enumeration of directions on a grid, of small random designs."""
    rng = np.random.default_rng(7)
    grid = np.array([one for one in product(range(-4, 5), repeat=2) if any(one)], float)
    seen = set()
    for _ in range(120):
        k = int(rng.integers(3, 7))
        design = np.column_stack([np.ones(k), rng.integers(0, 4, k)]).astype(float)
        if np.linalg.matrix_rank(design) < 2:
            continue
        low = rng.random(k) < 0.4
        high = ~low & (rng.random(k) < 0.3)
        moves = grid @ design.T
        fine = (moves[:, low] <= 0).all(1) & (moves[:, high] >= 0).all(1)
        fine &= (moves[:, ~(low | high)] == 0).all(1)
        wanted = bool(fine.any())
        found = running(design, low, high)
        assert bool(found.any()) == wanted
        if wanted:
            assert undetermined(design, ~found).any()
        seen.add(wanted)
    assert seen == {True, False}


@pytest.mark.parametrize("shift", [0.0, 1950.0])
def test_separation_is_refused_and_named(shift):
    year = np.array([1, 2, 3, 4, 5, 6.0]) + shift
    design = np.column_stack([np.ones(6), year, HALVES])
    with pytest.raises(NotEstimable, match=r"intrcpt, group by the exact.*separation.*REML"):
        # The year's slope is that of the second group; intercept and group run away.
        fit_exact("PLO", APART, mods=design, names=("intrcpt", "year", "group"))


def test_one_event_more_is_no_separation():
    data = {"xi": APART["xi"] + np.array([0, 1, 0, 0, 0, 0.0]), "ni": APART["ni"]}
    design = np.column_stack([np.ones(6), HALVES]).astype(float)
    made = fit_exact("PLO", data, mods=design, names=("intrcpt", "group"))
    assert np.isfinite(made.se).all()
    assert fit_groups("PLO", data, HALVES, ("u", "v")).settled == (0, 1)


YI = [0.12, 0.3, 0.55, 0.62, 0.41, -0.1, 0.22, 0.15, 0.8, 0.71, 0.05]
VI = [0.04, 0.05, 0.02, 0.03, 0.06, 0.08, 0.02, 0.02, 0.1, 0.09, 0.03]
STUDY = ["1", "1", "2", "2", "2", "3", "4", "4", "5", "5", "6"]
DOSE = [1, 2, 1, 3, 2, 1, 4, 2, 1, 2, 3]
TYPE = ["y", "z", "x", "y", "z", "x", "y", "z", "x", "y", "z"]
DUMMIES = [[1.0, one == "y", one == "z"] for one in TYPE]


def test_several_coefficients_by_cluster_are_those_of_club_sandwich():
    """R 4.2, metafor 3.8's robust(clubSandwich=TRUE): F, degrees of freedom, p of HTZ."""
    plain = fit(YI, VI, mods=np.array(DUMMIES, float))
    assert robust_wald(plain, STUDY, [1, 2]) == pytest.approx(
        (0.9182054318, 2.1462598456, 0.5150781105), rel=2e-4
    )
    # robust(clubSandwich=FALSE)
    assert robust_wald(plain, STUDY, [1, 2], kind="CR1") == pytest.approx(
        (0.9245590524, 3, 0.4866175180), rel=2e-4
    )
    mods = np.column_stack([np.ones(11), DOSE, np.array(DUMMIES)[:, 1:]]).astype(float)
    nested = multilevel(YI, VI, [STUDY, [str(i) for i in range(11)]], mods=mods)
    assert robust_wald(nested, STUDY, [1, 2, 3]) == pytest.approx(
        (0.09665416405, 0.49173552664, 0.94835291473), rel=2e-3
    )


def test_a_variance_of_nothing_has_no_correlation():
    yi = [-0.30, -0.5, -0.1, -0.35, -0.2, -0.4, -0.1, -0.6]
    vi = np.array([0.04, 0.03, 0.06, 0.05, 0.05, 0.04, 0.09, 0.08])
    study = [1, 1, 2, 2, 3, 3, 4, 4]
    same = np.equal.outer(study, study)
    covariance = np.where(same, 0.5 * np.sqrt(np.outer(vi, vi)), 0.0)
    np.fill_diagonal(covariance, vi)
    made = multivariate(yi, covariance, ["os", "pfs"] * 4, study)
    assert made.tau2.tolist() == [0.0, 0.0]
    assert np.isnan(made.rho).all()
    wide = multivariate(np.array(yi) * 4, covariance, ["os", "pfs"] * 4, study)
    assert (wide.tau2 > 0).any()
