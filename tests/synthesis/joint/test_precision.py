"""Monte-Carlo errors against ArviZ and theory; steps of print on their bounds."""

import warnings

import numpy as np
import pytest
from scipy import stats

from hilum.synthesis.joint.posterior import Target
from hilum.synthesis.joint.precision import Wanted, quantile_of, quantiles, spoken, stands, step_of
from tests.made_fit import made_fit
from tests.synthesis.joint.conftest import rows


def test_errors_of_quantiles_are_arviz_s():
    """ArviZ's mcse(method="quantile") on autocorrelated draws: the same definition."""
    rng = np.random.default_rng(3)
    draws = np.zeros((4, 500, 3))
    for t in range(1, 500):
        draws[:, t] = [0.8, 0.3, -0.2] * draws[:, t - 1] + rng.normal(size=(4, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz

        for p in (0.025, 0.5, 0.975):
            ((_, found),) = quantiles(draws, (p,))
            for k in range(3):
                wanted = float(arviz.mcse(draws[..., k], method="quantile", prob=p))
                assert found[k] == pytest.approx(wanted, rel=1e-6)


def test_the_error_is_how_far_seeds_move_the_limit():
    """400 repetitions of 4 x 500 independent normals; theory: sqrt(p (1 - p) / n) / density."""
    rng = np.random.default_rng(5)
    draws = rng.normal(size=(4, 500, 400))
    seen = np.quantile(draws, 0.025, axis=(0, 1)).std()
    theory = (0.025 * 0.975 / 2000) ** 0.5 / stats.norm.pdf(stats.norm.ppf(0.025))
    assert seen == pytest.approx(theory, rel=0.12)
    assert np.median(quantiles(draws, (0.025,))[0][1]) == pytest.approx(theory, rel=0.12)


def test_the_error_of_a_mean_is_arviz_s():
    rng = np.random.default_rng(4)
    draws = np.zeros((4, 500))
    for t in range(1, 500):
        draws[:, t] = 0.7 * draws[:, t - 1] + rng.normal(size=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz

        wanted = float(arviz.mcse(draws, method="mean"))
    found = spoken(draws)
    assert found.error == pytest.approx(wanted, rel=1e-6)
    assert found.value == pytest.approx(draws.mean())
    assert found.ci == pytest.approx(tuple(np.quantile(draws, (0.025, 0.975))))


def test_a_known_outcome_has_no_error():
    ((value, error),) = quantiles(np.full((4, 100, 2), 0.3), (0.025,))
    assert (value.tolist(), error.tolist()) == ([0.3, 0.3], [0, 0])


@pytest.mark.parametrize("count", [1, 2, 3, 100, 101, 4000])
def test_quantiles_are_numpy_s_to_the_last_digit(count):
    draws = np.random.default_rng(count).lognormal(size=(count, 5))
    draws[0, 4] = np.nan
    ordered = np.sort(draws, axis=0)
    for p in (0.0, 0.025, 0.16, 0.5, 0.84, 0.95, 0.975, 1.0):
        wanted = np.quantile(draws, p, axis=0)
        assert np.array_equal(quantile_of(ordered, p), wanted, equal_nan=True)


@pytest.mark.parametrize(
    ("error", "finest", "step"),
    [
        (0.0, 1.0, 1.0),
        # Four errors fit a step exactly, and just do not.
        (0.25, 1.0, 1.0), (0.2501, 1.0, 2.0), (0.5, 1.0, 2.0), (0.501, 1.0, 5.0),
        (1.25, 1.0, 5.0), (1.26, 1.0, 10.0), (2.5, 1.0, 10.0), (2.51, 1.0, 20.0),
        (0.004, 0.01, 0.02), (0.0024, 0.01, 0.01), (0.012, 0.01, 0.05),
    ],
)  # fmt: skip
def test_the_step_is_the_least_of_four_errors(error, finest, step):
    assert step_of(error, finest) == pytest.approx(step)


@pytest.mark.parametrize(("spread", "enough"), [(0.02, True), (0.4, False)])
def test_draws_stand_where_each_limit_does(spread, enough):
    """Of 1,000 independent draws a limit errs by 2.67 / sqrt(1000) deviations, 8 %."""
    fit = made_fit(rows())
    alpha = fit.draws["alpha"]
    tight = alpha.mean((0, 1)) + spread / 0.4 * (alpha - alpha.mean((0, 1)))
    wanted = Wanted(Target(), ((1, 0), (3, 0)))
    assert stands(fit.draws | {"alpha": tight}, fit.studies, wanted) == enough


@pytest.mark.parametrize(("levels", "enough"), [(None, False), ((0, 1, 3), True), ((), True)])
def test_levels_that_are_the_prior_s_need_not_stand(levels, enough):
    """Of the third treatment's level nothing is printed, nor of its difference with another."""
    fit = made_fit(rows())
    alpha = fit.draws["alpha"]
    spread = np.array([0.02, 0.02, 1.0, 0.02])
    tight = alpha.mean((0, 1)) + spread / 0.4 * (alpha - alpha.mean((0, 1)))
    wanted = Wanted(Target(), ((1, 0), (3, 0)), levels)
    assert stands(fit.draws | {"alpha": tight}, fit.studies, wanted) == enough
