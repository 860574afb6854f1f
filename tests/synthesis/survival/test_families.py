"""Families against scipy.stats' distributions, gradients against differences."""

import numpy as np
import pytest
from scipy import stats

from hilum.errors import NotEstimable
from hilum.synthesis.survival.families import FAMILIES, family

TIMES = np.array([0.05, 0.4, 1.0, 2.3, 4.5])[:, None]
SPAN = np.array([0.2, 0.7, 1.3, 2.0, 3.0])
# family, our parameters, the same distribution by scipy
SAME = [
    ("exponential", (0.3,), stats.expon(scale=np.exp(0.3))),
    ("weibull", (0.3, 0.4), stats.weibull_min(np.exp(0.4), scale=np.exp(0.3))),
    ("loglogistic", (0.3, 0.4), stats.fisk(np.exp(0.4), scale=np.exp(0.3))),
    ("lognormal", (0.3, -0.2), stats.lognorm(np.exp(0.2), scale=np.exp(0.3))),
    # h = exp(-a + r t): scipy's is c exp(t / s) / s with s = 1 / r, c = exp(-a) / r
    ("gompertz", (0.3, 0.5), stats.gompertz(np.exp(-0.3) / 0.5, scale=2.0)),
    # Prentice's q > 0: (t / e^mu)^(shape) has a gamma distribution
    (
        "gengamma",
        (0.3, 0.2, 0.8),
        stats.gengamma(
            0.8**-2, 0.8 * np.exp(0.2), scale=np.exp(0.3) * 0.8 ** (2 / (0.8 * np.exp(0.2)))
        ),
    ),
    (
        "gengamma",
        (0.3, 0.2, -0.8),
        stats.gengamma(
            0.8**-2, -0.8 * np.exp(0.2), scale=np.exp(0.3) * 0.8 ** (-2 / (0.8 * np.exp(0.2)))
        ),
    ),
    ("gengamma", (0.3, 0.2, 1e-4), stats.lognorm(np.exp(-0.2), scale=np.exp(0.3))),
]


class Cure:
    """A quarter is cured, the others Weibull, written out with scipy's Weibull."""

    others = stats.weibull_min(np.exp(0.4), scale=np.exp(0.3))

    def sf(self, t):
        return 0.25 + 0.75 * self.others.sf(t)

    def pdf(self, t):
        return 0.75 * self.others.pdf(t)


SAME.append(("cure", (0.3, 0.4, float(np.log(0.25 / 0.75))), Cure()))


class Promotion:
    """As many seeds as a Poisson of mean exp(-0.3) gives, the first of their times; Weibulls."""

    times = stats.weibull_min(np.exp(0.4), scale=np.exp(0.7))
    seeds = np.exp(-0.3)

    def sf(self, t):
        # The probability that none of them has come, summed over their number.
        number = np.arange(60)
        chance = stats.poisson(self.seeds).pmf(number)
        return (chance * self.times.sf(t[..., None]) ** number).sum(-1)

    def pdf(self, t):
        return self.seeds * self.times.pdf(t) * self.sf(t)


SAME.append(("promotion", (0.3, 0.4, 0.7), Promotion()))


def _arrays(values):
    return [np.array([[value]]) for value in values]


@pytest.mark.parametrize(("name", "values", "other"), SAME)
def test_against_scipy(name, values, other):
    one = family(name)
    total, _ = one.hazards(TIMES, _arrays(values))
    log_hazard, _ = one.log_hazard(TIMES, _arrays(values))
    np.testing.assert_allclose(
        np.exp(-total), other.sf(TIMES), rtol=3e-4 if values[-1] == 1e-4 else 1e-9
    )
    hazard = other.pdf(TIMES) / other.sf(TIMES)
    np.testing.assert_allclose(
        np.exp(log_hazard), hazard, rtol=3e-4 if values[-1] == 1e-4 else 1e-9
    )


def test_every_closed_family_has_a_second_opinion():
    assert {name for name, *_ in SAME} == set(FAMILIES) - {"piecewise", "mspline"}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_gradients_and_hazards(name, seed):
    """Central differences; the hazard is the slope of the cumulative hazard."""
    one = family(name, SPAN)
    values = np.array(one.start) + 0.4 * np.random.default_rng(seed).normal(size=len(one.start))
    total, slopes = one.hazards(TIMES, _arrays(values))
    log_hazard, log_slopes = one.log_hazard(TIMES, _arrays(values))
    step = 1e-6
    rise = (
        one.hazards(TIMES + step, _arrays(values))[0]
        - one.hazards(TIMES - step, _arrays(values))[0]
    ) / (2 * step)
    np.testing.assert_allclose(np.exp(log_hazard), rise, rtol=1e-6)
    for j in range(len(values)):
        shift = np.zeros(len(values))
        shift[j] = 1e-5
        up, down = (_arrays(values + sign * shift) for sign in (1, -1))
        for function, slope in ((one.hazards, slopes), (one.log_hazard, log_slopes)):
            numeric = (function(TIMES, up)[0] - function(TIMES, down)[0]) / 2e-5
            np.testing.assert_allclose(slope[j], numeric, rtol=2e-5, atol=2e-8)
    assert np.all(np.diff(total[:, 0]) > 0)


def test_gompertz_is_exponential_at_rate_zero():
    total, _ = family("gompertz").hazards(TIMES, _arrays((0.2, 1e-9)))
    np.testing.assert_allclose(total, TIMES * np.exp(-0.2), rtol=1e-8)


def test_piecewise_by_hand():
    """Hazard 1/2 to time 1 and 1/4 beyond: H(3) = 0.5 + 0.25 * 2."""
    from hilum.synthesis.survival.families import spline_family

    one = spline_family("piecewise", [1.0, 3.0], 0)
    total, _ = one.hazards(
        np.array([[0.5], [1.0], [3.0], [5.0]]), _arrays((np.log(2), np.log(0.5)))
    )
    np.testing.assert_allclose(total[:, 0], [0.25, 0.5, 1.0, 1.5], rtol=1e-9)


def test_unknown_family_and_too_few_times():
    with pytest.raises(NotEstimable, match="expected one of exponential"):
        family("gamma")
    with pytest.raises(NotEstimable, match="three or more times"):
        family("mspline", np.array([1.0, 2.0]))


@pytest.mark.parametrize("degree", [0, 3])
def test_a_spline_keeps_curves_of_times_that_nobody_can_change(degree):
    """A kept curve is the one that is made anew; an array that may change is asked at anew."""
    from hilum.synthesis.survival.families import spline_family

    one, other = (spline_family("mspline", [0.7, 1.5, 3.0], degree) for _ in range(2))
    params = [np.full((1, 1), 0.2 * j) for j in range(len(one.parameters))]
    times = np.linspace(0.1, 4, 9)[:, None]
    kept = times.copy()
    kept.flags.writeable = False
    for ask, fresh in ((one.hazards, other.hazards), (one.log_hazard, other.log_hazard)):
        ask(kept, params)
        found, expected = ask(kept, params), fresh(times.copy(), params)
        assert np.array_equal(found[0], expected[0])
        assert all(np.array_equal(a, b) for a, b in zip(found[1], expected[1], strict=True))
    ask = one.hazards(times, params)[0]
    times *= 2
    assert np.array_equal(one.hazards(times, params)[0], other.hazards(times.copy(), params)[0])
    assert not np.array_equal(one.hazards(times, params)[0], ask)
