"""Figures at the ends of what can be asked: right values from closed forms, or reasoned refusals.

No figure is from memory: each is derived in its test, or comes from a count of all cases.
"""

import itertools
import math
import time

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis import beta_binomial, binomial_normal, exact_interval, fit_exact
from hilum.synthesis.batch import fit_batch
from hilum.synthesis.bayes import bayes
from hilum.synthesis.effects import MEASURES, back_transform
from hilum.synthesis.effects.reported import log_effect_from_interval
from hilum.synthesis.effects.scales import SCALES
from hilum.synthesis.exact.interval import poisson_interval
from hilum.synthesis.exact.likelihoods import Binomial, Hypergeometric, Poisson
from hilum.synthesis.few import Spread, shares
from hilum.synthesis.multilevel import multilevel
from hilum.synthesis.robust import cluster_robust
from hilum.synthesis.sensitivity import begg, egger, egger_classical, trim_and_fill
from hilum.synthesis.sensitivity.kendall import kendall_pval
from hilum.synthesis.stratified import mantel_haenszel, peto
from hilum.synthesis.two_stage import fit

YI, VI = [0.1, 0.9, 0.4, 0.3], [0.05, 0.1, 0.06, 0.2]
TABLE = ([3, 5], [20, 22], [6, 4], [21, 20])
LEVELS = {
    "fit": lambda level: fit(YI, VI, level=level),
    "fit_batch": lambda level: fit_batch([YI], VI, level=level),
    "multilevel": lambda level: multilevel(YI, VI, [[1, 1, 2, 2]], level=level),
    "bayes": lambda level: bayes(YI, VI, level=level),
    "fit_exact": lambda level: fit_exact("PLO", {"xi": [1, 3], "ni": [9, 8]}, level=level),
    "beta_binomial": lambda level: beta_binomial([1, 3], [9, 8], level=level),
    "binomial_normal": lambda level: binomial_normal([1], [9], ["a"], level=level),
    "exact_interval": lambda level: exact_interval(3, 9, level),
    "poisson_interval": lambda level: poisson_interval(3, 9, level),
    "mantel_haenszel": lambda level: mantel_haenszel("OR", *TABLE, level=level),
    "peto": lambda level: peto(*TABLE, level=level),
    "egger_classical": lambda level: egger_classical(YI, VI, level=level),
    "printed": lambda level: log_effect_from_interval(0.8, 0.6, 1.0, level),
}


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("level", [95, 1.0, 0.0, -0.95, math.nan])
def test_a_level_in_percent_or_outside_its_range_is_refused(name, level):
    with pytest.raises(NotEstimable, match="expected a number above 0 and below 1"):
        LEVELS[name](level)


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("level", [0.001, 0.5, 0.999])
def test_a_level_inside_its_range_is_taken(name, level):
    assert LEVELS[name](level) is not None


# Prediction intervals


def test_the_interval_of_a_new_study_has_t_quantiles():
    found = fit(YI, VI)
    half = stats.t.ppf(0.975, 3) * math.sqrt(found.se[0] ** 2 + found.tau2)
    about = found.predict()
    assert about.new_lb[0] == pytest.approx(found.beta[0] - half, rel=1e-12)
    assert about.new_ub[0] == pytest.approx(found.beta[0] + half, rel=1e-12)
    assert np.isnan(fit([0.5], [0.1]).predict().new_lb[0])


@pytest.mark.parametrize("k", [3, 5, 8])
def test_the_interval_of_a_new_study_covers_a_new_study(k):
    """Effects alike in precision: t quantiles with k - 1 are exact once tau2 is well estimated."""
    rng = np.random.default_rng(5)
    runs, tau2, v = 4000, 1.0, 0.01
    y = rng.normal(0, math.sqrt(tau2 + v), (runs, k))
    found = fit_batch(y, np.full(k, v), method="DL")
    half = stats.t.ppf(0.975, k - 1) * np.sqrt(found.se[:, 0] ** 2 + found.tau2)
    new = rng.normal(0, math.sqrt(tau2), runs)
    covered = np.mean(np.abs(new - found.beta[:, 0]) <= half)
    # Monte Carlo error 0.0035; normal quantiles cover 0.8 to 0.92 here.
    assert covered == pytest.approx(0.95, abs=0.012)


# Hartung and Knapp


def test_the_modified_errors_are_those_of_the_model_where_effects_are_too_alike():
    y, v = np.array([0.50, 0.52, 0.49, 0.51]), np.array([0.04, 0.09, 0.06, 0.10])
    w = 1 / v
    mean = (w @ y) / w.sum()
    q = (w @ (y - mean) ** 2) / 3
    assert q < 1
    plain, modified = (fit(y, v, test=test) for test in ("knha", "adhoc"))
    assert plain.se[0] == pytest.approx(math.sqrt(q / w.sum()), rel=1e-10)
    assert modified.se[0] == pytest.approx(math.sqrt(1 / w.sum()), rel=1e-12)
    assert plain.scale == pytest.approx(q, rel=1e-10)
    assert modified.ci_ub[0] - modified.ci_lb[0] >= np.ptp([*fit(y, v).ci_lb, *fit(y, v).ci_ub])


def test_the_modified_errors_are_hartung_and_knapps_where_these_are_wider():
    found = [fit([0.0, 3.0, 1.0], [0.1, 0.2, 0.3], method="EE", test=t) for t in ("knha", "adhoc")]
    assert found[0].scale > 1
    assert found[0].se[0] == found[1].se[0]


# Begg's test


@pytest.mark.parametrize("k", [3, 4, 6, 7])
def test_kendalls_p_value_counts_every_order(k):
    pairs = k * (k - 1) // 2
    counts = np.zeros(pairs + 1)
    for order in itertools.permutations(range(k)):
        counts[sum(a > b for a, b in itertools.combinations(order, 2))] += 1
    for inversions in range(pairs + 1):
        tau = 1 - 2 * inversions / pairs
        few = min(inversions, pairs - inversions)
        expected = min(1.0, 2 * counts[: few + 1].sum() / math.factorial(k))
        assert kendall_pval(tau, k) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("k", [20, 59, 60, 61, 150])
def test_kendalls_p_value_agrees_with_the_summed_recurrence(k):
    rng = np.random.default_rng(k)
    x = np.arange(k)
    for mix in (0.0, 0.1, 0.3):
        y = rng.normal(size=k) + mix * x
        expected = stats.kendalltau(x, y, method="exact")
        assert kendall_pval(expected.statistic, k) == pytest.approx(
            expected.pvalue, rel=1e-5, abs=1e-12
        )


def test_begg_takes_five_thousand_studies_at_once():
    rng = np.random.default_rng(1)
    y, v = rng.normal(size=5000), rng.uniform(0.1, 1, 5000)
    start = time.process_time()
    found = begg(y, v)
    assert time.process_time() - start < 5
    # So many studies are normal to the third digit.
    z = found.tau * math.sqrt(9 * 5000 * 4999 / (2 * (2 * 5000 + 5)))
    assert found.pval == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-2)


@pytest.mark.parametrize(
    ("yi", "vi", "why"),
    [
        ([0.5, 0.2, 0.9, 0.1], [0.1] * 4, "all variances are equal"),
        ([0.5] * 3, [0.1, 0.2, 0.3], "all effects are equal"),
        ([0.1 + 0.2, 0.3, 0.3], [0.1, 0.2, 0.3], "all effects are equal"),
        ([0.0] * 3, [0.1, 0.2, 0.3], "all effects are equal"),
    ],
)
def test_what_does_not_vary_cannot_be_tested(yi, vi, why):
    fitted = fit(yi, vi)
    for test in (
        lambda: begg(yi, vi),
        lambda: egger(fitted),
        lambda: egger_classical(yi, vi),
        lambda: trim_and_fill(fitted),
        lambda: trim_and_fill(fitted, estimator="R0"),
    ):
        with pytest.raises(NotEstimable, match=f"cannot be tested: {why}"):
            test()


def test_effects_on_one_line_leave_nothing_to_test_with():
    root = np.array([1.0, 2.0, 3.0])
    with pytest.raises(NotEstimable, match="on one line"):
        egger_classical(1 + 2 * root, root**2)


def test_equal_effects_are_not_filled():
    found = trim_and_fill(fit([0.5] * 3, [0.1, 0.2, 0.3]), estimator="R0", side="left")
    assert found.k0 == 0


# Levels that cannot be told apart


def test_one_cluster_has_no_variance_between_clusters():
    yi, vi = [0.31, 0.45, 0.40, 0.22, 0.52], [0.0003, 0.0005, 0.0002, 0.0006, 0.0004]
    with pytest.raises(NotEstimable, match="level 1: one group"):
        multilevel(yi, vi, [["s"] * 5, range(5)])
    without = multilevel(yi, vi, [range(5)])
    assert without.se[0] == pytest.approx(fit(yi, vi).se[0], rel=1e-6)
    with pytest.raises(NotEstimable, match="1 cluster cannot carry 1 coefficient"):
        cluster_robust(fit(yi, vi), ["s"] * 5)


def test_two_levels_of_the_same_groups_cannot_be_told_apart():
    yi, vi = [0.3, 0.4, 0.2, 0.6], [0.1, 0.2, 0.1, 0.3]
    with pytest.raises(NotEstimable, match="levels 1 and 2 are the same groups"):
        multilevel(yi, vi, [[1, 1, 2, 2], [7, 7, 9, 9]])


# Exact likelihoods


@pytest.mark.parametrize(
    ("x", "n"), [([0, 38], [40, 38]), ([0, 10, 0], [10, 10, 9]), ([0, 1, 2], [1, 1, 2])]
)
def test_nothing_beside_everything_has_no_finite_estimate(x, n):
    with pytest.raises(NotEstimable):
        fit_exact("PLO", {"xi": x, "ni": n})
    with pytest.raises(NotConverged, match="no finite maximum"):
        binomial_normal(x, n, [str(i) for i in x])


@pytest.mark.parametrize(
    ("x", "n"), [([0, 0], [40, 38]), ([40, 38], [40, 38]), ([0, 1, 1], [1, 1, 1]), ([0], [9])]
)
def test_extremes_that_agree_are_their_totals(x, n):
    found = binomial_normal(x, n, [str(i) for i in range(len(x))])
    total, size = sum(x), sum(n)
    low, high = stats.binomtest(total, size).proportion_ci(0.95, method="exact")
    assert (found.value, *found.ci) == pytest.approx((total / size, low, high), rel=1e-10)


@pytest.mark.parametrize("events", [0, 1, 7, 400])
def test_garwoods_interval_leaves_its_tails_outside(events):
    low, high = poisson_interval(events, 20.0)
    assert stats.poisson.cdf(events, 20 * high) == pytest.approx(0.025, rel=1e-9)
    if events:
        assert stats.poisson.sf(events - 1, 20 * low) == pytest.approx(0.025, rel=1e-9)
    assert (low == 0) == (events == 0)
    assert low <= events / 20 <= high


def _marginal(x, n, beta, tau):
    """Log-likelihood of the binomial-normal model, each integral on a fine grid of its own peak."""
    total = 0.0
    for a, b in zip(x, n, strict=True):
        seen = special.logit(a / b)
        error = math.sqrt(1 / a + 1 / (b - a))
        u = np.linspace(-12, 12, 4001)
        eta = seen + error * u
        # Relative to the share seen: n times a divergence, by its series where both are close.
        delta = eta - seen
        share = a / b
        logs = b * (share * delta - np.log1p(share * np.expm1(delta)))
        logs += stats.norm.logpdf(eta, beta, tau)
        total += math.log(np.trapezoid(np.exp(logs), eta))
    return total


@pytest.mark.parametrize("scale", [10**3, 10**5, 10**7, 10**9])
def test_huge_counts_keep_their_heterogeneity(scale):
    x, n = [0.4 * scale, 0.5 * scale, 0.45 * scale], [scale] * 3
    found = fit_exact("PLO", {"xi": x, "ni": n})
    best = optimize.minimize(
        lambda t: -_marginal(x, n, t[0], math.exp(t[1])),
        [-0.2, -1.8],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 2000},
    )
    assert found.beta[0] == pytest.approx(best.x[0], abs=1e-6)
    assert found.tau2 == pytest.approx(math.exp(2 * best.x[1]), rel=1e-5)
    if scale >= 10**7:
        # Without sampling error: the mean and spread of three logits, se of a mean of three.
        logits = special.logit(np.array([0.4, 0.5, 0.45]))
        assert found.tau2 == pytest.approx(logits.var(), rel=1e-4)
        assert found.se[0] == pytest.approx(logits.std() / math.sqrt(3), rel=1e-4)


@pytest.mark.parametrize("n", [500, 2000, 100_000])
def test_the_hypergeometric_is_the_whole_sums(n):
    """Against the sum over all tables, on both sides of where only near ones are summed."""
    a, c = 0.2 * n, 0.22 * n
    made = Hypergeometric(*(np.array([one], float) for one in (a, n, n, a + c)))
    support = np.arange(max(0, a + c - n), min(n, a + c) + 1)
    ways = -sum(
        special.gammaln(one + 1)
        for one in (support, n - support, a + c - support, n - a - c + support)
    )
    for eta in (-2.0, -0.1, 0.0, 0.3, 5.0):
        logs = ways + support * eta
        total = special.logsumexp(logs)
        weights = np.exp(logs - total)
        mean = weights @ support
        value, slope, curve = (one[0, 0] for one in made.terms(np.array([[eta]])))
        # The factorials' own rounding: 1e-16 of n log n, four times.
        noise = 1e-14 * n * math.log(n)
        assert value == pytest.approx(logs[support == a][0] - total, rel=1e-9, abs=noise)
        assert slope == pytest.approx(a - mean, rel=1e-8, abs=1e-6 * math.sqrt(n))
        assert -curve == pytest.approx(weights @ (support - mean) ** 2, rel=1e-6)


@pytest.mark.parametrize("model", ["CM.EL", "UM.FS"])
def test_registries_are_pooled_in_a_moment(model):
    share = np.array([[0.2, 0.22], [0.25, 0.24], [0.3, 0.33]])
    start = time.process_time()
    for n in (3 * 10**5, 10**8):
        data = {"ai": share[:, 0] * n, "n1i": [n] * 3, "ci": share[:, 1] * n, "n2i": [n] * 3}
        found = fit_exact("OR", {key: np.rint(one) for key, one in data.items()}, model=model)
    assert time.process_time() - start < 10
    # At 1e8 sampling error is nil: mean and spread of three log odds ratios.
    logs = special.logit(share[:, 0]) - special.logit(share[:, 1])
    assert found.beta[0] == pytest.approx(logs.mean(), abs=1e-5)
    assert found.tau2 == pytest.approx(logs.var(), rel=1e-4)


def test_likelihoods_are_those_of_scipy():
    eta = np.array([[-3.0, -0.2, 0.0, 1.5]] * 4)
    x, n = np.array([0.0, 3.0, 9.0, 40.0]), np.array([5.0, 8.0, 9.0, 90.0])
    one = Binomial(x, n, np.array([0.0, 0.1, -0.2, 0.0]))
    p = special.expit(eta + one.offset[:, None])
    value, slope, curve = one.terms(eta)
    pmf = stats.binom.logpmf(x[:, None], n[:, None], p)
    assert value.sum(0) + one.constant == pytest.approx(pmf.sum(0), rel=1e-12)
    assert slope == pytest.approx(x[:, None] - n[:, None] * p, rel=1e-10, abs=1e-12)
    assert curve == pytest.approx(-n[:, None] * p * (1 - p), rel=1e-10)
    two = Poisson(x, n)
    value, slope, curve = two.terms(eta)
    pmf = stats.poisson.logpmf(x[:, None], n[:, None] * np.exp(eta))
    assert value.sum(0) + two.constant == pytest.approx(pmf.sum(0), rel=1e-12)
    assert slope == pytest.approx(x[:, None] - n[:, None] * np.exp(eta), rel=1e-10, abs=1e-12)
    assert curve == pytest.approx(-n[:, None] * np.exp(eta), rel=1e-12)


# What a figure can be


@pytest.mark.parametrize("code", MEASURES)
def test_figures_stay_where_a_measure_can_be(code):
    record = MEASURES[code]
    natural = back_transform([-50.0, -1.0, 0.0, 1.0, 50.0], code, 12.0)
    assert np.all((natural >= record.least) & (natural <= record.most))
    if record.unit == "proportion":
        assert (record.least, record.most) == (0.0, 1.0)


def test_what_lies_on_an_end_is_not_cut():
    assert back_transform([0.0, 1.0], "PR").tolist() == [0.0, 1.0]
    assert back_transform([-1e-9, 1 + 1e-9], "PR").tolist() == [0.0, 1.0]
    assert back_transform([-1.0, 1.0, -1.1, 1.1], "RD").tolist() == [-1.0, 1.0, -1.0, 1.0]


def test_an_integral_of_the_interval_is_its_level():
    """Clopper-Pearson on both sides: the beta densities leave 2.5 % outside."""
    low, high = exact_interval(3, 11)
    outside, _ = integrate.quad(stats.beta(3, 9).pdf, 0, low)
    above, _ = integrate.quad(stats.beta(4, 8).pdf, high, 1)
    assert (outside, above) == pytest.approx((0.025, 0.025), rel=1e-7)


def test_a_new_study_after_studies_without_any_error_is_where_they_are():
    """Less room than a float has at 1: the ends are looked for in steps that move."""
    nodes, weight = shares()
    nothing = np.zeros_like(nodes)
    made = Spread(nothing, nothing + 1.0, nothing + 1e-20, weight, 3)
    assert made.interval() == pytest.approx((1.0, 1.0), abs=1e-11)


@pytest.mark.parametrize("code", SCALES)
def test_a_scale_that_needs_sizes_says_so_and_no_other(code):
    """Without them it has no figure: nothing must be drawn on it as if there were one."""
    scale = SCALES[code]
    with np.errstate(all="ignore"):
        without = scale.back(np.array([0.7]), None)
    assert scale.sized is bool(np.isnan(without).all())
    assert np.isfinite(scale.back(np.array([0.7]), np.array([20.0]))).all()


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_the_double_arcsine_of_every_count_leads_back_to_it(n):
    """Freeman and Tukey's own formula; Miller's inverse of it is exact for counts."""
    x = np.arange(n + 1)
    y = (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2
    back = SCALES["double-arcsine"].back
    assert back(y, np.full(n + 1, float(n))) == pytest.approx(x / n, abs=1e-9)
    # What lies beyond the counts is none and all.
    assert back(np.array([y[0] - 0.01, y[-1] + 0.01]), np.array([n, n])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("yi", "vi"),
    [
        ((1000.0, 1000.0), (1e-6, 740.9474173407598)),
        ((1.0, 1.0), (2.0260620357045273e-06, 3805.321991374083)),
        ((0.0, 1000.0), (1e-6, 1e4)),
        ((0.0, 3.0), (1e-9, 1e4)),
    ],
)
def test_one_study_that_outweighs_the_other_by_far(yi, vi):
    """Of two studies REML's tau2 is (difference^2 - v1 - v2) / 2, or 0; the batch says the same."""
    y, v = np.array(yi), np.array(vi)
    right = max(((y[0] - y[1]) ** 2 - v.sum()) / 2, 0.0)
    assert fit(y, v, method="REML").tau2 == pytest.approx(right, rel=1e-9, abs=1e-9)
    found = fit_batch(np.stack([y, y]), np.stack([v, v]), method="REML").tau2
    assert found == pytest.approx([right, right], rel=1e-9, abs=1e-9)
