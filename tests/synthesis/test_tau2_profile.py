"""The interval of tau2 of an exact likelihood against a profile made by brute force.

The reference multiplies SciPy's own probabilities by a fine plain rule over the random effect and
takes the largest over a grid of means: no adaptive quadrature, no derivative. Where the profile has
an end, twice its fall is the chi-squared quantile within 1e-3 (the grid of means costs so much).
"""

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.analyses.tables import read_table
from hilum.language import words
from hilum.rendering.pool import pool_lines
from hilum.rendering.pool_forest import pool_forest
from hilum.synthesis.exact import fit_exact
from hilum.synthesis.exact.tau2_profile import profile_interval

U = np.linspace(-9, 9, 2001)
W = stats.norm.pdf(U) * (U[1] - U[0])
TOLERANCE = 1e-3


def share(values, effect):
    x, n = values
    return stats.binom.logpmf(x, n, 1 / (1 + np.exp(-effect)))


def rate(values, effect):
    x, t = values
    return stats.poisson.logpmf(x, t * np.exp(effect))


def odds(values, effect):
    a, n1, c, n2 = (int(one) for one in values)
    support = np.arange(max(0, a + c - n2), min(n1, a + c) + 1)
    logs = stats.hypergeom.logpmf(support, n1 + n2, n1, a + c)
    tilted = logs + support * effect[..., None]
    top = tilted.max(-1)
    total = top + np.log(np.exp(tilted - top[..., None]).sum(-1))
    return logs[a - support[0]] + a * effect - total


def highest(terms, rows, tau, shift, means):
    """The profile at one tau over a grid of means; ``shift`` is added to each study's mean."""
    grid = means[:, None] + tau * U
    return sum(
        np.log(np.maximum(np.exp(terms(one, grid + add)) @ W, 1e-300))
        for one, add in zip(rows, shift, strict=True)
    ).max()


CASES = {
    "PLO": (share, ("xi", "ni"), [(3, 20), (7, 30), (9, 33), (14, 22)]),
    "PLO few and apart": (share, ("xi", "ni"), [(0, 12), (9, 15), (3, 30)]),
    "PLO alike": (share, ("xi", "ni"), [(1, 12), (0, 9), (2, 30), (0, 8), (1, 15)]),
    "IRLN": (rate, ("xi", "ti"), [(3, 20.0), (7, 30.5), (29, 33.0), (4, 41.0)]),
    "OR": (odds, ("ai", "n1i", "ci", "n2i"), [(3, 20, 9, 20), (7, 30, 6, 31), (1, 15, 8, 14)]),
}


@pytest.mark.parametrize("code", CASES)
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_the_ends_lie_where_a_brute_force_profile_has_them(code, level):
    terms, names, rows = CASES[code]
    data = {name: np.array(column, float) for name, column in
            zip(names, zip(*rows, strict=True), strict=True)}  # fmt: skip
    measure = code.split()[0]
    fit = fit_exact(measure, data, level=level)
    low, high = profile_interval(fit, measure, data).tau2[1:]
    means = fit.beta[0] + np.linspace(-4, 4, 801)
    if measure == "OR":
        means = fit.beta[0] + np.linspace(-3, 3, 121)
    profile = lambda tau: highest(terms, rows, tau, np.zeros(len(rows)), means)  # noqa: E731
    top = profile(fit.tau2**0.5)
    cut = stats.chi2.ppf(level, 1)
    assert 2 * (top - profile(high**0.5)) == pytest.approx(cut, abs=TOLERANCE * 5)
    if low:
        assert 2 * (top - profile(low**0.5)) == pytest.approx(cut, abs=TOLERANCE * 5)
    else:
        assert 2 * (top - profile(0.0)) <= cut + TOLERANCE * 5
    assert low <= fit.tau2 <= high


@pytest.mark.slow
def test_baselines_of_their_own_are_profiled_too():
    data = (
        np.array([3, 7, 1, 14]), np.array([9.0, 7.0, 8.0, 5.0]),
        np.array([9, 6, 8, 10]), np.array([9.0, 8.0, 7.0, 6.0]),
    )  # fmt: skip
    table = dict(zip(("x1i", "t1i", "x2i", "t2i"), data, strict=True))
    fit = fit_exact("IRR", table, model="UM.FS")
    ends = profile_interval(fit, "IRR", table).tau2
    alphas = np.linspace(-3, 3, 241)[:, None]

    def profile(tau):
        def at(beta):
            effect = (beta + tau * U) / 2
            total = 0.0
            for x, t, y, s in zip(*data, strict=True):
                logs = stats.poisson.logpmf(x, t * np.exp(alphas + effect))
                logs = logs + stats.poisson.logpmf(y, s * np.exp(alphas - effect))
                total += np.log(np.exp(logs) @ W).max()
            return total

        return max(at(beta) for beta in fit.beta[0] + np.linspace(-0.6, 0.6, 25))

    fall = 2 * (profile(fit.tau2**0.5) - profile(ends[2] ** 0.5))
    assert fall == pytest.approx(stats.chi2.ppf(0.95, 1), abs=0.02)
    assert ends[1] <= fit.tau2 <= ends[2]


def test_with_a_moderator_its_slope_is_profiled_too():
    rows, x = [(3, 20), (7, 30), (15, 33), (22, 28), (9, 40)], np.array([0.0, 1, 2, 3, 1])
    data = {"xi": np.array([a for a, _ in rows]), "ni": np.array([n for _, n in rows])}
    design = np.column_stack([np.ones(5), x])
    fit = fit_exact("PLO", data, mods=design, names=("intrcpt", "x"))
    high = profile_interval(fit, "PLO", data, design).tau2[2]

    def profile(tau):
        means = fit.beta[0] + np.linspace(-2, 2, 101)
        slopes = fit.beta[1] + np.linspace(-1.5, 1.5, 61)
        return max(highest(share, rows, tau, one * x, means) for one in slopes)

    fall = 2 * (profile(fit.tau2**0.5) - profile(high**0.5))
    assert fall == pytest.approx(stats.chi2.ppf(0.95, 1), abs=0.02)


def test_where_the_counts_set_no_upper_end_none_is_said(tmp_path):
    text = "study,events,n\nA,0,10\nB,10,10\nC,5,10\n"
    (tmp_path / "t.csv").write_text(text, "utf-8")
    pool = analysis("pool")
    table = read_table(tmp_path / "t.csv", ("xi", "ni"), lambda _: None)
    answer = pool.run(pool.Asked(table=table, measure="PLO"))
    assert answer.confint.tau2[2] is None
    assert answer.confint.I2[2] == pytest.approx(100)
    assert " or more)" in "\n".join(pool_lines(answer, words("en")))
    assert " or more)" in pool_forest(answer, words("en"))


def test_every_forest_of_an_exact_likelihood_has_an_interval_of_tau2(tmp_path):
    text = "study,events,n\nA,3,20\nB,7,30\nC,9,33\nD,4,41\n"
    (tmp_path / "t.csv").write_text(text, "utf-8")
    pool = analysis("pool")
    table = read_table(tmp_path / "t.csv", ("xi", "ni"), lambda _: None)
    answer = pool.run(pool.Asked(table=table, measure="PLO"))
    assert "τ² 0.0469 (0 to 1.38)" in pool_forest(answer, words("en"))
