"""Value of information against closed forms and enumeration; seeds explicit."""

import numpy as np
import pytest
from scipy import special, stats

from hilum.errors import NotEstimable
from hilum.trials.worth import (
    evpi,
    evppi,
    evsi,
    evsi_moment_matching,
    normal_evpi,
    normal_evsi,
    posterior,
    unit_normal_loss,
)
from hilum.trials.worth.information import REGRESSIONS
from tests.synthesis.reference import FILES

SEED, DRAWS = 20240609, 20_000
MEAN, SD = 0.4, 1.3


def _increments(rng=None, sd=SD, mean=MEAN, draws=DRAWS):
    """Two treatments, the increment normal with exactly these moments."""
    rng = rng or np.random.default_rng(SEED)
    z = rng.normal(size=draws)
    z = (z - z.mean()) / z.std()
    return np.column_stack([np.zeros(draws), mean + sd * z])


def test_unit_normal_loss_of_the_published_table():
    # Raiffa & Schlaifer 1961, table II: L(0) = .3989, L(0.5) = .1978, L(1) = .08332, L(2) =
    # .008491; and the integral of the normal tail, which defines it.
    assert unit_normal_loss([0.0, 0.5, 1.0, 2.0]) == pytest.approx(
        [0.3989, 0.1978, 0.08332, 0.008491], rel=5e-4
    )
    u = np.linspace(0.3, 12, 200_001)
    assert float(unit_normal_loss(0.3)) == pytest.approx(
        np.trapezoid(special.ndtr(-u), u), rel=1e-8
    )


def test_evpi_equals_the_unit_normal_loss():
    found = evpi(_increments())
    assert found.value == pytest.approx(normal_evpi(MEAN, SD), abs=3.5 * found.mcse)
    assert found.changes == pytest.approx(special.ndtr(-MEAN / SD), abs=0.012)


@pytest.mark.parametrize("method", ["spline", "gp"])
def test_evppi_of_one_of_two_normal_parameters(method):
    # Increment = MEAN + a + b, independent normals: knowing a leaves the loss of sd(a) alone.
    rng = np.random.default_rng(SEED)
    a, b = rng.normal(0, 0.9, DRAWS), rng.normal(0, 0.8, DRAWS)
    draws = np.column_stack([np.zeros(DRAWS), MEAN + a + b])
    found = evppi(draws, a, method=method)
    assert found.value == pytest.approx(normal_evpi(MEAN, 0.9), abs=3.5 * found.mcse + 0.004)


@pytest.mark.parametrize("method", ["spline", "gp"])
def test_evppi_of_correlated_parameters_counts_what_one_says_of_the_other(method):
    # E(a + b | a) = (1 + rho) a for unit normals of correlation rho.
    rng = np.random.default_rng(SEED)
    a = rng.normal(size=DRAWS)
    b = 0.6 * a + 0.8 * rng.normal(size=DRAWS)
    found = evppi(np.column_stack([a * 0, MEAN + a + b]), a, method=method)
    assert found.value == pytest.approx(normal_evpi(MEAN, 1.6), abs=3.5 * found.mcse + 0.004)


@pytest.mark.parametrize("method", ["spline", "gp"])
def test_a_curved_effect_of_two_parameters_is_found(method):
    # E(y | a, b) = a b - 0.2: its value by quadrature of the product of two unit normals.
    rng = np.random.default_rng(SEED)
    a, b, noise = rng.normal(size=(3, DRAWS))
    draws = np.column_stack([a * 0, a * b - 0.2 + noise])
    z, w = np.polynomial.hermite_e.hermegauss(180)
    weight = np.outer(w, w) / w.sum() ** 2
    expected = float((weight * np.maximum(np.outer(z, z) - 0.2, 0)).sum())
    found = evppi(draws, np.column_stack([a, b]), method=method)
    # A product of two parameters is steep in the corners, where a smooth of finite size lags.
    assert found.value == pytest.approx(expected, abs=3.5 * found.mcse + 0.02)


def test_irrelevant_parameters_are_worth_nothing():
    rng = np.random.default_rng(SEED)
    for method in ("spline", "gp"):
        found = evppi(_increments(rng, mean=1.0), rng.normal(size=(DRAWS, 2)), method=method)
        assert found.value < 0.002


@pytest.mark.parametrize("n", [5, 50])
def test_evsi_of_a_normal_sample_equals_the_closed_form(n):
    # A mean of n observations with variance 16 (Raiffa & Schlaifer 1961).
    draws = _increments()
    rng = np.random.default_rng(SEED + n)
    expected = normal_evsi(MEAN, SD, 16 / n)
    data = draws[:, 1] + rng.normal(0, 4 / np.sqrt(n), DRAWS)
    for method in ("spline", "gp"):
        found = evsi(draws, data, method=method)
        assert found.value == pytest.approx(expected, abs=3.5 * found.mcse + 0.004)
    matched = evsi_moment_matching(
        draws,
        draws[:, 1],
        lambda row, own: row[0] + own.normal(0, 4 / np.sqrt(n)),
        lambda seen, all_rows: -n / 32 * (seen - all_rows[:, 0]) ** 2,
        rng,
    )
    # Fifty nested data sets leave some per cent of error in the average posterior variance.
    assert matched.value == pytest.approx(expected, rel=0.05)


def test_evsi_of_two_binomial_arms_equals_enumeration():
    # Beta(4, 8) and Beta(3, 4) rates, 20 patients an arm: posterior means are (a + x) / (a + b
    # + n), the data beta-binomial; summed exactly over all 441 data sets.
    n, priors = 20, ((4, 8), (3, 4))
    x = np.arange(n + 1)
    chance = [stats.betabinom(n, a, b).pmf(x) for a, b in priors]
    means = [(a + x) / (a + b + n) for a, b in priors]
    best = max(a / (a + b) for a, b in priors)
    expected = (np.outer(*chance) * np.maximum(means[0][:, None], means[1])).sum() - best
    rng = np.random.default_rng(SEED)
    p = np.column_stack([rng.beta(a, b, DRAWS) for a, b in priors])
    found = evsi(p, rng.binomial(n, p) / n)
    assert found.value == pytest.approx(expected, abs=3.5 * found.mcse + 0.001)
    matched = evsi_moment_matching(
        p,
        p,
        lambda row, own: own.binomial(n, row),
        lambda seen, rows: stats.binom.logpmf(seen, n, rows).sum(axis=1),
        rng,
    )
    assert matched.value == pytest.approx(expected, rel=0.12)


def test_three_treatments_by_moment_matching_and_regression():
    rng = np.random.default_rng(SEED)
    draws = rng.normal(size=(DRAWS, 3))
    draws += [0.0, 0.3, 0.2] - draws.mean(axis=0)
    data = draws + rng.normal(0, 1.0, draws.shape)
    # Posterior means are independent normals with half the variance.
    means = np.array([0.0, 0.3, 0.2]) + rng.normal(0, np.sqrt(0.5), (400_000, 3))
    expected = means.max(axis=1).mean() - 0.3
    found = evsi(draws, data)
    assert found.value == pytest.approx(expected, abs=0.012)
    matched = evsi_moment_matching(
        draws,
        draws,
        lambda row, own: row + own.normal(0, 1.0, 3),
        lambda seen, rows: -((seen - rows) ** 2).sum(axis=1) / 2,
        rng,
    )
    assert matched.value == pytest.approx(expected, rel=0.05)


def test_more_information_is_worth_more_and_never_more_than_all():
    draws = _increments()
    noise = np.random.default_rng(SEED + 1).normal(size=DRAWS)
    values = [evsi(draws, draws[:, 1] + noise * sd).value for sd in (8.0, 4.0, 2.0, 1.0)]
    assert values == sorted(values)
    assert values[-1] < evpi(draws).value


def test_what_cannot_be_used_is_refused():
    draws = _increments()
    broken = draws.copy()
    broken[3, 1] = np.nan
    with pytest.raises(NotEstimable, match="row 4, column 2: nan"):
        evpi(broken)
    with pytest.raises(NotEstimable, match="two treatments"):
        evpi(draws[:, :1])
    with pytest.raises(NotEstimable, match="100 draws or more, found 50"):
        evpi(draws[:50])
    with pytest.raises(NotEstimable, match="19999 draws"):
        evppi(draws, draws[1:, 1])
    with pytest.raises(NotEstimable, match="spline or gp"):
        evppi(draws, draws[:, 1], method="tree")
    with pytest.raises(NotEstimable, match="cannot carry"):
        evppi(draws[:150], np.random.default_rng(1).normal(size=(150, 4)))
    with pytest.raises(NotEstimable, match="effective draw"):
        evsi_moment_matching(
            draws,
            draws[:, 1],
            lambda row, own: row[0],
            lambda seen, rows: -1e9 * (seen - rows[:, 0]) ** 2,
            np.random.default_rng(1),
        )
    with pytest.raises(NotEstimable, match="sd"):
        normal_evpi(0.0, -1.0)
    with pytest.raises(NotEstimable, match="sampling variance"):
        normal_evsi(0.0, 1.0, -1.0)
    with pytest.raises(NotEstimable, match="columns"):
        posterior(draws, ("a", "b", "c"))
    with pytest.raises(NotEstimable, match="'c'"):
        posterior(draws, ("a", "b")).of("c")
    assert posterior(draws, ("a", "b"), draws[:, 1]).parameters.shape == (DRAWS, 1)


def _halton(n, base):
    """Van der Corput's sequence in a base, as tests/reference/evppi_mgcv.R has it."""
    out = np.zeros(n)
    for k in range(1, n + 1):
        i, share = k, 1.0
        while i:
            share /= base
            out[k - 1] += share * (i % base)
            i //= base
    return out


@pytest.mark.parametrize("method", ["spline", "gp"])
def test_evppi_equals_that_of_mgcv_smooths_on_the_same_draws(method):
    # R 4.2.2, mgcv 1.8-41 (tests/reference/evppi_mgcv.R): three treatments, curved effects. Two
    # smoothers differ by some thousandths: with both parameters known the draws themselves give
    # 0.4722, mgcv's tensor product 0.4694, ours 0.4747 and 0.4757.
    expected = FILES["evppi_mgcv"]
    z = special.ndtri(np.column_stack([_halton(expected["n"], b) for b in (2, 3, 5, 7)]))
    one = 0.3 + z[:, 0] + 0.5 * z[:, 1] ** 2 - 0.5 + z[:, 2]
    two = 0.1 + np.sin(2 * z[:, 0]) + 0.4 * z[:, 0] * z[:, 1] + 0.8 * z[:, 3]
    draws = np.column_stack([np.zeros(len(z)), one, two])
    assert evpi(draws).value == pytest.approx(expected["evpi"], rel=1e-12)
    for name, known in (("x1", z[:, 0]), ("x2", z[:, 1]), ("both", z[:, :2])):
        found = evppi(draws, known, method=method)
        assert found.value == pytest.approx(expected[name], abs=0.007), name


def test_a_column_twice_is_a_column_once():
    """An unrelated parameter is worth nothing, however often it is given."""
    rng = np.random.default_rng(1)
    draws, x = rng.normal(size=(1000, 2)), rng.normal(size=1000)
    once = evppi(draws, x)
    for columns in ((x, x), (x, 3 - 2 * x), (x, np.full(1000, 4.0))):
        assert evppi(draws, np.column_stack(columns)) == once
    assert once.value < 3 * once.mcse
    assert evppi(draws, np.full(1000, 4.0)).value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("count", "joint"), [(4, False), (5, True)])
def test_more_parameters_than_are_crossed_go_to_the_process(count, joint, monkeypatch):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(600, count))
    draws = np.column_stack([np.zeros(600), x[:, 0] * x[:, 1] + 0.1 * rng.normal(size=600)])
    called = []
    for name in ("spline", "gp"):
        own = REGRESSIONS[name]
        monkeypatch.setitem(
            REGRESSIONS, name, lambda y, x, own=own, name=name: called.append(name) or own(y, x)
        )
    evppi(draws, x)
    assert called == ["gp" if joint else "spline"]


def test_the_error_holds_that_of_the_regression():
    """Thirty repeats of three correlated normals, two of them learned, 5,000 draws each."""
    spread = np.array([[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]])
    found = []
    for seed in range(30):
        rng = np.random.default_rng(100 + seed)
        draws = rng.multivariate_normal([0, 0.1, 0.05], spread, size=5000)
        found.append(evsi(draws, draws[:, :2] + 0.7 * rng.normal(size=(5000, 2))))
    seen = np.std([one.value for one in found], ddof=1)
    # Thirty repeats know their standard deviation to 13 percent.
    assert np.mean([one.mcse for one in found]) == pytest.approx(seen, rel=0.35)
