"""Models beyond the reference, each against a second, dense implementation or a closed form."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar

from hilum.errors import NotEstimable
from hilum.synthesis import effect_sizes
from hilum.synthesis.network import (
    adjusted_funnel,
    contrasts,
    contrasts_from_arms,
    decompose,
    fit_components,
    fit_network,
    node_split,
    rank_probabilities,
    separate,
    without_direct,
)
from tests.synthesis.network.cases import dense, dense_reml, linde, load

BOUNDS = {"bounds": (0, 3), "method": "bounded", "options": {"xatol": 1e-11}}


def gls(y, v, x):
    w = np.linalg.inv(v)
    covariance = np.linalg.inv(x.T @ w @ x)
    return covariance @ x.T @ w @ y, covariance


@pytest.mark.parametrize("name", ["netmeta_smokingcessation", "netmeta_senn2013"])
def test_wald_test_of_design_by_treatment_interaction(name):
    """Explicit inconsistency parameters (Higgins 2012), REML, Wald chi-squared of all of them."""
    data = load(name)
    y, v, t, x = dense(data)
    designs = [data.designs[s] for s in range(data.k) for _ in range(data.arms[s] - 1)]
    own = [
        column * np.array([d == design for d in designs])
        for design in dict.fromkeys(designs)
        for column in x.T
    ]
    columns = [*x.T]
    for column in own:
        if np.linalg.matrix_rank(np.array([*columns, column]), tol=1e-9) > len(columns):
            columns.append(column)
    full = np.array(columns).T
    tau = minimize_scalar(dense_reml(y, v, t, full), **BOUNDS).x
    beta, covariance = gls(y, v + tau**2 * t, full)
    extra = slice(x.shape[1], None)
    wald = beta[extra] @ np.linalg.solve(covariance[extra, extra], beta[extra])
    found = decompose(fit_network(data))
    assert found.wald.df == full.shape[1] - x.shape[1]
    assert found.tau2_interaction**0.5 == pytest.approx(tau, rel=1e-6)
    assert pytest.approx(wald, rel=1e-6) == found.wald.Q
    assert found.wald.pval == pytest.approx(stats.chi2.sf(wald, found.wald.df), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "pair"),
    [("netmeta_smokingcessation", ("A", "C")), ("netmeta_senn2013", ("metf", "plac"))],
)
def test_node_split_as_a_model(name, pair):
    """One more column, half on either arm of studies that have both (White 2015)."""
    data = load(name)
    a, b = (data.treatments.index(one) for one in pair)
    y, v, t, x = dense(data)
    whole = np.concatenate([-x.sum(1, keepdims=True), x], 1)
    has = [a in data.designs[s] and b in data.designs[s] for s in range(data.k)]
    rows = np.repeat(has, data.arms - 1)
    extra = np.where(rows, (whole[:, a] - whole[:, b]) / 2, 0)
    full = np.column_stack([x, extra])
    tau = minimize_scalar(dense_reml(y, v, t, full), **BOUNDS).x
    beta, covariance = gls(y, v + tau**2 * t, full)
    found = node_split(fit_network(data, method="REML"), *pair)
    assert found.tau2**0.5 == pytest.approx(tau, rel=1e-6)
    assert found.difference == pytest.approx((beta[-1], covariance[-1, -1] ** 0.5), rel=1e-6)
    contrast = np.zeros(full.shape[1])
    for place, sign in ((a, 1), (b, -1)):
        if place:
            contrast[place - 1] = sign
    assert found.indirect[0] == pytest.approx(contrast @ beta, rel=1e-6)
    assert found.direct[0] == pytest.approx(found.indirect[0] + found.difference[0])
    assert found.pval == pytest.approx(2 * stats.norm.sf(abs(beta[-1]) / covariance[-1, -1] ** 0.5))


def test_sidde_uses_no_study_twice():
    """Direct part: the studies with both treatments; indirect: all others; at one tau2."""
    data = load("netmeta_smokingcessation")
    model = fit_network(data)
    found = without_direct(model, "A", "C")
    has = np.array([{0, 2} <= set(design) for design in data.designs])
    for keep, part in ((has, found.direct), (~has, found.indirect)):
        chosen = data.part(keep)
        y, v, t, x = dense(chosen)
        beta, covariance = gls(y, v + model.tau2 * t, x)
        place = chosen.treatments.index("C") - 1
        assert part == pytest.approx((-beta[place], covariance[place, place] ** 0.5))
    gap = found.direct[0] - found.indirect[0]
    assert found.difference == pytest.approx((gap, np.hypot(found.direct[1], found.indirect[1])))


def test_parts_that_the_evidence_does_not_hold():
    data = contrasts("1234", "ABCA", "BCDB", [0.1, 0.2, 0.3, 0.2], [0.2] * 4)
    model = fit_network(data)
    only_direct, only_indirect = node_split(model, "A", "B"), node_split(model, "A", "D")
    assert only_direct.direct == pytest.approx((0.15, 0.2 / 2**0.5))
    assert only_direct.indirect is only_direct.difference is only_direct.pval is None
    assert only_indirect.direct is None
    assert only_indirect.indirect[0] == pytest.approx(0.65)
    assert without_direct(model, "A", "D").direct is None
    parts = decompose(model)
    assert (parts.between.Q, parts.between.df) == (0, 0)
    assert np.isnan(parts.between.pval)


def factorial():
    te = {"A": 0.5, "B": 0.3, "A + B": 1.1}
    return contrasts("1234", [*te, "A"], ["P", "P", "P", "P"], [*te.values(), 0.5], [0.2] * 4)


def test_interaction_of_components():
    """Saturated factorial: the interaction is AB - A - B; without it, least squares by hand."""
    found = fit_components(factorial(), inactive="P", interactions=["A*B"])
    assert found.components == ("A", "B", "A*B")
    assert found.comp == pytest.approx([0.5, 0.3, 0.3])
    variance = np.array([0.02, 0.04, 0.02 + 0.04 + 0.04])
    assert found.se == pytest.approx(variance**0.5)
    assert (found.Q_diff.Q, found.Q_diff.df) == (0, 0)
    plain = fit_components(factorial(), inactive="P")
    x, y = np.array([[1, 0], [0, 1], [1, 1], [1, 0]]), np.array([0.5, 0.3, 1.1, 0.5])
    expected = np.linalg.lstsq(x, y)[0]
    assert plain.comp_common == pytest.approx(expected)
    q = ((y - x @ expected) ** 2).sum() / 0.04
    assert pytest.approx(q) == plain.Q_additive.Q
    assert plain.Q_additive.df == 2
    assert pytest.approx(q) == plain.Q_diff.Q
    i, j = (plain.contrasts.treatments.index(name) for name in ("A + B", "P"))
    assert plain.common.TE[i, j] == pytest.approx(expected.sum())
    assert plain.combination(np.array([1.0, 1.0]), random=False)[0] == pytest.approx(expected.sum())


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_likelihood_of_the_component_model(method):
    data = linde()
    found = fit_components(data, inactive="Placebo", method=method)
    y, v, t, x = dense(data)
    full = np.concatenate([-x.sum(1, keepdims=True), x], 1) @ found.matrix
    value = dense_reml(y, v, t, full, restricted=method == "REML")
    assert found.tau == pytest.approx(minimize_scalar(value, **BOUNDS).x, rel=1e-5, abs=1e-6)
    beta, covariance = gls(y, v + found.tau2 * t, full)
    assert found.comp == pytest.approx(beta, abs=1e-6)
    assert found.se == pytest.approx(np.diagonal(covariance) ** 0.5, rel=1e-6)


def test_components_that_cannot_be_told_apart():
    """Only A + B - P and C - P are known: C is determined, A and B are not, their sum is."""
    data = contrasts("123", ["A+B", "C", "A+B"], ["P", "P", "C"], [0.5, 0.2, 0.3], [0.1] * 3)
    found = fit_components(data, inactive="P")
    assert found.estimable.tolist() == [False, False, True]
    assert np.isnan(found.comp[:2]).all()
    assert found.comp[2] == pytest.approx(0.2)
    assert found.combination(np.array([1.0, 1.0, 0.0]))[0] == pytest.approx(0.5)
    assert np.isnan(found.combination(np.array([1.0, 0.0, 0.0]))[0])
    assert np.isfinite(found.random.TE).all()


MEANS = {"mean": [5.0, 6.5, 4.0, 3.0], "sd": [2.0, 2.5, 1.5, 2.0], "n": [20, 25, 30, 22]}


def test_smd_of_three_arms_share_one_standard_deviation():
    """Gleser & Olkin 2009 by hand: pooled SD, 74 degrees of freedom, cov = 1/n + g g' / 2N."""
    data = {key: values[:3] for key, values in MEANS.items()}
    found = contrasts_from_arms("SMD", ["s"] * 3, "ABC", data)
    m, s, n = (np.array(values, float)[:3] for values in MEANS.values())
    pooled = np.sqrt(((n - 1) * s**2).sum() / (n.sum() - 3))
    from scipy.special import gammaln

    df = n.sum() - 3
    j = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    g = j * (m[[0, 0, 1]] - m[[1, 2, 2]]) / pooled
    assert pytest.approx(g, rel=1e-12) == found.TE
    cov = 1 / n[0] + g[0] * g[1] / (2 * n.sum())
    v = 1 / n[[0, 0]] + 1 / n[[1, 2]] + g[:2] ** 2 / (2 * n.sum())
    assert found.seTE[:2] ** 2 == pytest.approx(v, rel=1e-12)
    assert found.seTE[2] ** 2 == pytest.approx(v.sum() - 2 * cov, rel=1e-12)
    fit_network(found)


@pytest.mark.parametrize(
    ("measure", "arms", "names"),
    [
        *((m, {"event": [3, 9, 4, 0], "n": [20, 25, 30, 22]}, ("ai", "n1i", "ci", "n2i"))
          for m in ("OR", "RR", "RD", "AS", "PETO")),
        *((m, {"event": [3, 9, 4, 0], "time": [20.0, 25, 30, 22]}, ("x1i", "t1i", "x2i", "t2i"))
          for m in ("IRR", "IRD", "IRSD")),
        *((m, MEANS, ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")) for m in ("MD", "SMD", "ROM")),
    ],
)  # fmt: skip
def test_two_arms_are_the_pooling_engines_effect_sizes(measure, arms, names):
    found = contrasts_from_arms(measure, "sstt", "ABAB", arms)
    columns = [np.array(values, float)[i::2] for i in (0, 1) for values in arms.values()]
    expected = effect_sizes(measure, dict(zip(names, columns, strict=True)))
    assert pytest.approx(expected.yi, rel=1e-12) == found.TE
    assert found.seTE**2 == pytest.approx(expected.vi, rel=1e-12)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "AS"])
def test_arms_of_a_multi_arm_study_add_up(measure):
    """With an empty cell: the correction goes to every arm, so the contrasts stay consistent."""
    data = {"event": [0, 4, 6, 2], "n": [20, 22, 21, 40]}
    found = contrasts_from_arms(measure, "ssss", "ABCD", data)
    te = fit_network(found).common.TE
    assert pytest.approx(te[found.treat1, found.treat2], abs=1e-12) == found.TE


def test_without_correction_a_study_with_an_empty_arm_is_left_out_whole():
    data = {"event": [0, 4, 6, 3, 5], "n": [20, 22, 21, 30, 30]}
    found = contrasts_from_arms("OR", "sssuu", "ABCAB", data, to="none")
    assert (found.studies, found.m) == (("u",), 1)
    assert found.left_out == (("s", "no_information"),)


def test_ranks_are_seeded_and_add_up():
    fit = fit_network(load("netmeta_senn2013"))
    one, two = (rank_probabilities(fit, seed=7, draws=3000) for _ in range(2))
    assert np.array_equal(one.probability, two.probability)
    assert one.probability.sum(0) == pytest.approx(1)
    assert one.probability.sum(1) == pytest.approx(1)
    # SUCRA = (n - mean rank) / (n - 1) (Ruecker & Schwarzer 2015).
    assert one.sucra == pytest.approx((10 - one.mean) / 9)
    assert (one.lower <= one.mean).all()
    assert (one.mean <= one.upper).all()


def test_ranks_of_two_treatments():
    """P(A below B) = Phi(-1) when the difference is one standard error."""
    fit = fit_network(contrasts(["s"], ["A"], ["B"], [0.5], [0.5]))
    found = rank_probabilities(fit, "desirable", seed=3, draws=100_000)
    assert found.probability[0, 0] == pytest.approx(stats.norm.sf(1), abs=4 * 0.5 / 100_000**0.5)


def test_adjusted_funnel():
    """Points: effect minus the direct mean; Egger's test as a regression of z on precision."""
    model = fit_network(load("netmeta_senn2013"))
    found = adjusted_funnel(model, model.treatments, random=False)
    data = model.contrasts
    rows = np.flatnonzero((data.treat1 == 6) & (data.treat2 == 5))
    w = data.seTE[rows] ** -2
    # plac (5) comes before rosi (6) in the order, so rosi - plac is turned round.
    expected = -(data.TE[rows] - w @ data.TE[rows] / w.sum())
    mine = found.effect[(found.comparison == (5, 6)).all(1)]
    assert mine == pytest.approx(expected)
    line = stats.linregress(1 / found.se, found.effect / found.se)
    assert found.intercept == pytest.approx(line.intercept)
    assert found.intercept_se == pytest.approx(line.intercept_stderr)
    t = line.intercept / line.intercept_stderr
    assert found.pval == pytest.approx(2 * stats.t.sf(abs(t), len(found.se) - 2))


def test_one_study_is_a_network():
    fit = fit_network(contrasts(["s"], ["A"], ["B"], [0.5], [0.25]))
    assert (fit.df, fit.tau2, fit.Q) == (0, 0, pytest.approx(0))
    assert np.isnan(fit.I2)
    assert np.isnan(fit.pval_Q)
    assert fit.random.lower[0, 1] == pytest.approx(0.5 - 1.959963984540054 * 0.25)
    assert np.isnan(fit.prediction[0][0, 1])


def test_disconnected_networks_are_named_and_parted():
    data = contrasts("1234", "ABDD", "BCEE", [0.1, 0.2, 0.5, 0.7], [0.2] * 4)
    with pytest.raises(NotEstimable, match="2 components: 1: A, B, C; 2: D, E"):
        fit_network(data)
    first, second = separate(data)
    assert first.treatments == ("A", "B", "C")
    assert second.studies == ("3", "4")
    assert fit_network(second).common.TE[0, 1] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: contrasts("12", "A", "B", [1], [1]), "length"),
        (lambda: contrasts(["1"], "A", "B", ["x"], [1]), "numbers"),
        (lambda: contrasts(["1"], "A", "B", [np.inf], [1]), "finite"),
        (lambda: contrasts(["1"], "A", "B", [np.nan], [1]), "no study"),
        (lambda: fit_network(factorial(), method="HE"), "DL, PM, ML, REML"),
        (lambda: fit_network(factorial(), level=1), "level"),
        (lambda: fit_network(factorial(), tau2=-1), "tau2"),
        (lambda: fit_network(factorial()).index("Z"), "'Z'"),
        (lambda: adjusted_funnel(fit_network(factorial()), ["A"]), "once"),
        (lambda: fit_components(factorial(), method="HE"), "method"),
        (lambda: fit_components(factorial(), inactive="Z"), "'Z'"),
        (lambda: fit_components(contrasts("1", "A", ["B+"], [1], [1])), "names between"),
        (lambda: contrasts_from_arms("HR", "ss", "AB", {}), "'HR'"),
        (lambda: contrasts_from_arms("OR", "ss", "AB", {"event": [1, 2]}), "missing: n"),
        (lambda: rank_probabilities(fit_network(factorial()), seed=1, draws=0), "draws"),
        (lambda: rank_probabilities(fit_network(factorial()), "good", seed=1), "desirable"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(NotEstimable, match=words):
        call()
