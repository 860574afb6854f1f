"""Averaged families against integrals on plain grids that share no line with them."""

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from hilum.errors import NotEstimable
from hilum.synthesis.survival import (
    Report,
    SurvivalArm,
    average_survival,
    averaged_curve,
    averaged_median,
    averaged_rate,
    averaged_restricted_mean,
    averaged_taus,
)
from hilum.synthesis.survival.averaged import AVERAGED, TAU_SCALE
from hilum.synthesis.survival.families import closed_families
from hilum.synthesis.survival.grid import centre
from hilum.synthesis.survival.shapes import shape_priors

ENDS = np.array([12.0, 36.0, 60.0])
ALIVE = np.array([[45, 27, 15], [48, 33, 24], [40, 20, 8], [46, 30, 14]])


def arms(alive=ALIVE, n=50):
    return [
        SurvivalArm(
            f"s{i}",
            "",
            tuple(Report("rate", t, a / n, n=n) for t, a in zip(ENDS, row, strict=True)),
        )
        for i, row in enumerate(alive)
    ]


def weibull_on_a_plain_grid(unit):
    """Posterior of survival at 60, its distribution function, and log evidence (exponential too).

    Trapezoids over log median, log shape, tau and every study's own effect.
    """
    mean, sd = shape_priors()["weibull"].mean[0], shape_priors()["weibull"].sd[0]
    dead = -np.diff(np.column_stack([np.full(4, 50), ALIVE, np.zeros(4)]), axis=1)
    middle = np.linspace(-1.6, 1.2, 113)
    tau = np.linspace(0, 2.0, 81)
    prior_tau = stats.halfnorm(scale=TAU_SCALE).pdf(tau)
    b = np.linspace(-5, 5, 81)
    effect = stats.norm.pdf(b)

    def rows(shape):
        """Log-likelihood of each study by its own log median, on a fine axis."""
        own = np.linspace(-8, 8, 1601)
        z = np.exp(shape) * (np.log(ENDS / unit)[:, None] - own) + np.log(np.log(2))
        s = np.vstack([np.ones_like(own), np.exp(-np.exp(np.minimum(z, 6))), np.zeros_like(own)])
        return own, dead @ np.log(np.maximum(-np.diff(s, axis=0), 1e-300))

    def mass(shape):
        own, logs = rows(shape)
        out = np.zeros((len(tau), len(middle)))
        for j, spread in enumerate(tau):
            at = middle[:, None] + spread * b
            for row in logs:
                values = np.exp(np.interp(at, own, row - row.max()))
                out[j] += np.log(np.trapezoid(values * effect, b, axis=1) + 1e-300) + row.max()
        return out + np.log(prior_tau + 1e-300)[:, None]

    shapes = np.linspace(mean - 5 * sd, mean + 5 * sd, 41)
    logs = np.array([mass(one) + stats.norm.logpdf(one, mean, sd) for one in shapes])
    top = logs.max()
    density = np.trapezoid(np.exp(logs - top), tau, axis=1)  # shapes, middle
    evidence = np.log(np.trapezoid(np.trapezoid(density, middle, axis=1), shapes)) + top
    z = np.exp(shapes)[:, None] * (np.log(60 / unit) - middle) + np.log(np.log(2))
    survival = np.exp(-np.exp(np.minimum(z, 6)))
    order = np.argsort(survival.ravel())
    cumulative = np.cumsum(density.ravel()[order])
    quantiles = np.interp([0.025, 0.5, 0.975], cumulative / cumulative[-1], survival.ravel()[order])
    alone = mass(0.0)
    top = alone.max()
    plain = np.log(np.trapezoid(np.trapezoid(np.exp(alone - top), tau, axis=0), middle)) + top
    return quantiles, evidence, plain


def test_one_family_and_its_weight_agree_with_a_plain_grid():
    fit = average_survival(arms(), families=("exponential", "weibull"))
    quantiles, evidence, plain = weibull_on_a_plain_grid(fit.data.unit)
    exponential, weibull = fit.weights
    assert weibull.log_evidence - exponential.log_evidence == pytest.approx(
        evidence - plain, abs=0.03
    )
    assert weibull.weight == pytest.approx(1 / (1 + np.exp(plain - evidence)), abs=0.01)
    one = averaged_rate(average_survival(arms(), families=("weibull",)), 60.0)
    np.testing.assert_allclose([one.ci[0], one.value, one.ci[1]], quantiles, atol=0.006)


def test_patients_of_one_study_agree_with_an_integral():
    """Exponential deaths, one study: with a flat log median the hazard has a gamma posterior."""
    rng = np.random.default_rng(4)
    time = rng.exponential(30, 40)
    status = (time < 50).astype(int)
    seen = np.minimum(time, 50)
    arm = SurvivalArm("s", "", (Report("curve", times=tuple(seen), status=tuple(status)),))
    fit = average_survival([arm], families=("exponential",))
    hazard = stats.gamma(status.sum(), scale=1 / seen.sum())
    expected = np.exp(-24 * hazard.ppf([0.975, 0.5, 0.025]))
    one = averaged_rate(fit, 24.0)
    np.testing.assert_allclose([one.ci[0], one.value, one.ci[1]], expected, atol=2e-3)
    assert one.prediction is None
    middle = averaged_median(fit)
    np.testing.assert_allclose(
        [*middle.ci, middle.value], np.log(2) / hazard.ppf([0.975, 0.025, 0.5]), rtol=5e-3
    )
    mean = averaged_restricted_mean(fit, 40.0)
    at = hazard.ppf(0.5)
    assert mean.value == pytest.approx(
        integrate.quad(lambda t: np.exp(-at * t), 0, 40)[0], rel=5e-3
    )


@pytest.mark.parametrize("name", AVERAGED)
def test_location_is_the_log_median_whatever_the_shape(name):
    family = closed_families()[name]
    own = np.array(shape_priors()[name].mean).reshape(1, -1) + 0.2
    at = float(centre(family, own)[0])
    params = [np.zeros((1, 1)), *(np.full((1, 1), x) for x in own[0])]

    def total(log_time):
        return float(family.hazards(np.exp([[log_time]]), params)[0][0, 0])

    if name in ("gompertz", "promotion"):
        assert np.exp(-at) == pytest.approx(total(0.0))
        return
    if name == "cure":
        params[2] = np.full((1, 1), -40.0)  # nobody is
    expected = optimize.brentq(lambda x: total(x) - np.log(2), -9, 9)
    assert at == pytest.approx(expected, abs=1e-6)


def test_medians_alone_hold_what_the_shape_leaves_open():
    """At the median nothing depends on the shape; far from it the interval holds every shape."""
    some = [
        SurvivalArm(f"s{i}", "", (Report("median", None, m, n=60),))
        for i, m in enumerate((31.0, 40.0, 37.0, 52.0, 44.0))
    ]
    fit, alone = average_survival(some), average_survival(some, families=("exponential",))
    assert fit.shape_assumed
    assert all(0.05 < one.weight < 0.3 for one in fit.weights)

    def width(found, time):
        low, high = averaged_rate(found, time).ci
        return high - low

    assert width(fit, 40.0) == pytest.approx(width(alone, 40.0), abs=0.05)
    assert width(fit, 100.0) > 1.4 * width(alone, 100.0)


def test_a_new_study_is_never_as_sure_as_the_middle_one():
    for k in (2, 3):
        fit = average_survival(arms(np.tile(ALIVE[1], (k, 1))))
        one = averaged_rate(fit, 60.0)
        assert one.prediction[0] < one.ci[0] - 0.01
        assert one.prediction[1] > one.ci[1] + 0.01
        assert averaged_taus(fit).min() == 0


def test_order_of_studies_and_unit_of_time_never_matter():
    fit = average_survival(arms())
    other = average_survival(arms()[::-1])
    assert averaged_rate(fit, 36.0).value == pytest.approx(
        averaged_rate(other, 36.0).value, abs=1e-6
    )
    years = [
        SurvivalArm(
            arm.study, "", tuple(Report("rate", r.time / 12, r.value, n=r.n) for r in arm.reports)
        )
        for arm in arms()
    ]
    assert averaged_rate(average_survival(years), 3.0).value == pytest.approx(
        averaged_rate(fit, 36.0).value, abs=1e-6
    )


def test_curves_fall_from_one():
    curve = averaged_curve(average_survival(arms()), np.linspace(0, 70, 36))
    assert curve.survival[0] == pytest.approx(1)
    for line in (curve.survival, curve.ci_lb, curve.ci_ub, curve.pi_lb, curve.pi_ub):
        assert np.all(np.diff(line) <= 1e-12)
    assert curve.k.tolist()[0] == 4
    assert curve.k.tolist()[-1] == 0


def test_what_cannot_be_read_is_refused():
    fit = average_survival(arms(), families=("weibull",))
    for times in ([-1.0], [np.inf], [[1.0]]):
        with pytest.raises(NotEstimable, match="times"):
            averaged_curve(fit, times)
    with pytest.raises(NotEstimable, match="horizon"):
        averaged_restricted_mean(fit, 0.0)
    with pytest.raises(NotEstimable, match="no figure tells of a death"):
        average_survival([SurvivalArm("s", "", (Report("rate", 12.0, 1.0, n=20),))])
