"""The joint model against brute-force fits written here, closed forms, and its own gradient."""

import numpy as np
import pytest
from scipy import optimize, special, stats

from hilum.errors import NotEstimable
from hilum.synthesis.survival import (
    Report,
    SurvivalArm,
    fit_survival,
    group,
    median_survival,
    pooled_survival,
    rate_at,
    restricted_mean,
    study_curve,
)
from hilum.synthesis.survival.families import FAMILIES, family
from hilum.synthesis.survival.joint import between_study_test
from hilum.synthesis.survival.likelihood import MarginalLikelihood, arrange


def studies(k, n, *, tau=0.4, shape=1.3, median=40.0, seed=11):
    """Patients of k studies: Weibull, normal effects on log time, uniform censoring."""
    rng = np.random.default_rng(seed)
    out = []
    for i in range(k):
        scale = median / np.log(2) ** (1 / shape) * np.exp(tau * rng.normal())
        time = scale * rng.weibull(shape, n)
        end = rng.uniform(24, 120, n)
        out.append((f"s{i}", np.minimum(time, end), (time <= end).astype(int)))
    return out


def as_arms(patients):
    return [
        SurvivalArm(name, "", (Report("curve", times=tuple(t), status=tuple(d)),))
        for name, t, d in patients
    ]


def printed(k, n, kinds, **options):
    """What those studies would print without censoring: rates at 12, 36, 60, or the median."""
    rng = np.random.default_rng(options.pop("seed", 5))
    tau, shape, median = options.get("tau", 0.4), options.get("shape", 1.3), 40.0
    arms = []
    for i in range(k):
        scale = median / np.log(2) ** (1 / shape) * np.exp(tau * rng.normal())
        time = scale * rng.weibull(shape, n)
        if kinds[i % len(kinds)] == "median":
            reports = [Report("median", None, float(np.median(time)), n=n)]
        else:
            reports = [Report("rate", t, float((time > t).mean()), n=n) for t in (12.0, 36.0, 60.0)]
        arms.append(SurvivalArm(f"s{i}", "", tuple(reports)))
    return arms


def frailty_loss(patients, log_survival, log_hazard):
    """-log-likelihood of a mixed model: the trapezoid rule over the whole effect, no modes."""
    u = np.linspace(-8, 8, 801)

    def loss(theta):
        *beta, tau = theta
        total = 0.0
        for _, time, status in patients:
            a = (beta[0] + tau * u[None], *beta[1:])
            t, d = time[:, None], status[:, None]
            logs = (d * log_hazard(t, *a) + log_survival(t, *a)).sum(0) - u**2 / 2
            total += np.log(np.trapezoid(np.exp(logs - logs.max()), u)) + logs.max()
        return -total + len(patients) * 0.5 * np.log(2 * np.pi)

    return loss


def weibull_log_survival(t, mu, log_shape):
    return -np.exp(np.exp(log_shape) * (np.log(t) - mu))


def weibull_log_hazard(t, mu, log_shape):
    return log_shape - np.log(t) + np.exp(log_shape) * (np.log(t) - mu)


def lognormal_log_survival(t, mu, log_shape):
    return special.log_ndtr(-np.exp(log_shape) * (np.log(t) - mu))


def lognormal_log_hazard(t, mu, log_shape):
    z = np.exp(log_shape) * (np.log(t) - mu)
    return stats.norm.logpdf(z) + log_shape - np.log(t) - special.log_ndtr(-z)


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("weibull", (weibull_log_survival, weibull_log_hazard)),
        ("lognormal", (lognormal_log_survival, lognormal_log_hazard)),
    ],
)
def test_patients_of_every_study_agree_with_a_direct_frailty_fit(name, functions):
    """A plain integral and a simplex that share no line with hilum's quadrature or gradient."""
    patients = studies(6, 40)
    fit = fit_survival(as_arms(patients), family=name, random="location")
    unit = fit.data.unit
    relative = [(one, time / unit, status) for one, time, status in patients]
    loss = frailty_loss(relative, *functions)
    tau = float(np.sqrt(fit.tau2))
    ours = np.array([*fit.beta, tau])
    assert -loss(ours) == pytest.approx(fit.loglik, abs=1e-5)
    start = np.add(ours, [0.05, -0.05, 0.05])
    direct = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-4})
    np.testing.assert_allclose(direct.x, ours, atol=1e-3)
    # observed information by differences of the direct likelihood
    step, size = 2e-3, 3
    information = np.empty((size, size))
    eye = step * np.eye(size)
    for i in range(size):
        for j in range(size):
            corners = [loss(ours + a * eye[i] + b * eye[j]) for a in (1, -1) for b in (1, -1)]
            information[i, j] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step**2)
    expected = np.linalg.inv(information)[:2, :2]
    np.testing.assert_allclose(fit.vb, expected, rtol=5e-3, atol=1e-6)


def test_rates_of_every_study_agree_with_a_direct_binomial_mixed_fit():
    """Multinomial deaths by interval with a normal effect on log time, by a plain grid."""
    arms = printed(8, 60, ["rate"])
    fit = fit_survival(arms, family="weibull", random="location")
    unit = fit.data.unit
    ends = np.array([12.0, 36.0, 60.0]) / unit
    alive = np.array([[one.value for one in arm.reports] for arm in arms]) * 60
    dead = -np.diff(np.column_stack([np.full(8, 60.0), alive, np.zeros(8)]), axis=1)
    u = np.linspace(-8, 8, 3001)

    def loss(theta):
        mu, log_shape, tau = theta
        survival = np.exp(-np.exp(np.exp(log_shape) * (np.log(ends)[:, None] - mu - tau * u[None])))
        cells = -np.diff(np.vstack([np.ones_like(u), survival, np.zeros_like(u)]), axis=0)
        logs = dead @ np.log(np.maximum(cells, 1e-300)) - u**2 / 2 - 0.5 * np.log(2 * np.pi)
        top = logs.max(1, keepdims=True)
        return -float((top[:, 0] + np.log(np.exp(logs - top).sum(1) * (u[1] - u[0]))).sum())

    ours = np.array([*fit.beta, np.sqrt(fit.tau2)])
    assert -loss(ours) == pytest.approx(fit.loglik, abs=1e-5)
    direct = optimize.minimize(loss, ours + 0.05, method="Nelder-Mead", options={"xatol": 1e-6})
    np.testing.assert_allclose(direct.x, ours, atol=2e-4)


def test_one_rate_of_one_study_is_its_own_curve():
    """Exponential through 0.4 at 60: S(t) = 0.4^(t / 60); Var log S = (1 - p) / (p n)."""
    fit = fit_survival([SurvivalArm("s", "", (Report("rate", 60, 0.4, n=50),))])
    assert fit.family.name == "exponential"
    assert fit.shape_assumed
    assert fit.k == 1
    curve = pooled_survival(fit, [0, 12, 60, 120])
    np.testing.assert_allclose(curve.survival, 0.4 ** (np.array([0, 12, 60, 120]) / 60), rtol=1e-6)
    assert curve.pi_lb is None
    assert curve.k.tolist() == [1, 1, 1, 0]
    se = np.sqrt(0.6 / (0.4 * 50)) / -np.log(0.4)
    low = np.exp(-np.exp(np.log(-np.log(0.4)) + 1.959963984540054 * se))
    assert rate_at(fit, 60).ci[0] == pytest.approx(low, rel=1e-5)
    assert median_survival(fit).value == pytest.approx(60 * np.log(0.5) / np.log(0.4), rel=1e-6)
    hazard = -np.log(0.4) / 60
    expected = (1 - np.exp(-hazard * 60)) / hazard
    assert restricted_mean(fit, 60).value == pytest.approx(expected, rel=1e-8)


def test_a_median_alone_returns_itself():
    fit = fit_survival([SurvivalArm("s", "", (Report("median", None, 33.0, 20.0, 50.0),))])
    assert median_survival(fit).value == pytest.approx(33.0, rel=1e-6)
    low, high = median_survival(fit).ci
    assert high / low == pytest.approx(50 / 20, rel=1e-4)  # the printed width on the log scale


VARYING = [
    (name, d)
    for name in FAMILIES
    for d in range(3)
    if d < 2 or name not in ("exponential", "piecewise", "mspline")
]


@pytest.mark.parametrize(("name", "d"), VARYING)
def test_gradient_of_the_marginal_likelihood(name, d):
    """Fisher's identity against central differences, with reports of every kind."""
    arms = [
        *printed(4, 30, ["rate", "median"]),
        *as_arms(studies(2, 15)),
        SurvivalArm("ci", "", (Report("median", None, 33.0, 25.0, 45.0),)),
        SurvivalArm("width", "", (Report("median", None, 33.0, 25.0, 45.0, n=30),)),
        SurvivalArm("half", "", (Report("median", None, 33.0, 25.0, n=40),)),
        SurvivalArm(
            "both", "", (Report("rate", 12, 0.8, n=30), Report("median", None, 40.0, n=30))
        ),
        SurvivalArm("nr", "", (Report("rate", 24, 0.8, n=30), Report("not_reached", 40, n=30))),
    ]
    data = arrange(group(arms))
    one = family(name, data.point_time)
    assert d <= len(one.random)
    likelihood = MarginalLikelihood(data, one, one.random[:d], {0: 1, 1: 25, 2: 15}[d])
    effects = [[], [0.4], [0.4, 0.05, 0.2]][d]
    theta = np.array([*(np.array(one.start) + 0.1), *effects])
    value, slope = likelihood(theta)
    assert np.isfinite(value)
    # The value alone is that with its gradient, from the same modes.
    alone, with_slope = (MarginalLikelihood(data, one, one.random[:d], {0: 1, 1: 25, 2: 15}[d])
                         for _ in range(2))  # fmt: skip
    assert alone.value(theta) == with_slope(theta)[0]
    assert np.array_equal(alone.modes, with_slope.modes)
    for j in range(len(theta)):
        step = np.zeros(len(theta))
        step[j] = 1e-4
        numeric = (likelihood(theta + step)[0] - likelihood(theta - step)[0]) / 2e-4
        assert slope[j] == pytest.approx(numeric, rel=2e-4, abs=2e-3)


def test_promotion_times_find_the_level_and_how_studies_differ_in_it():
    """Eight studies of 4,000: levels around 40 %, tau 0.3 of the cumulative hazard."""
    rng = np.random.default_rng(20261129)
    arms = []
    for i, b in enumerate(0.3 * rng.normal(size=8)):
        alive = [0.4 ** (np.exp(-b) * -np.expm1(-((t / 20) ** 1.2))) for t in (6, 12, 24, 48, 96)]
        rates = (
            Report("rate", t, s, n=4000) for t, s in zip((6, 12, 24, 48, 96), alive, strict=True)
        )
        arms.append(SurvivalArm(f"s{i}", "", tuple(rates)))
    fit = fit_survival(arms, family="promotion")
    assert rate_at(fit, 96).value == pytest.approx(0.4, abs=0.06)
    assert fit.beta[1] == pytest.approx(np.log(1.2), abs=0.05)
    assert np.exp(fit.beta[2]) * fit.data.unit == pytest.approx(20, rel=0.05)
    assert np.sqrt(fit.tau2) == pytest.approx(0.3, abs=0.12)
    low, high = rate_at(fit, 96).prediction
    assert high - low > 0.2


@pytest.mark.parametrize("name", [one for one in FAMILIES if one != "promotion"])
def test_every_family_fits_and_its_curve_falls(name):
    fit = fit_survival(printed(8, 60, ["rate", "rate", "median"]), family=name)
    curve = pooled_survival(fit, np.linspace(0, 80, 41))
    assert np.all(np.diff(curve.survival) <= 1e-12)
    assert np.all((curve.ci_lb <= curve.survival) & (curve.survival <= curve.ci_ub))
    assert np.all((curve.pi_lb <= curve.ci_lb + 1e-12) & (curve.ci_ub <= curve.pi_ub + 1e-12))
    assert 25 < median_survival(fit).value < 60


def test_nested_families_order_their_likelihoods():
    arms = printed(8, 60, ["rate"])
    logs = {
        name: fit_survival(arms, family=name).loglik
        for name in ("exponential", "weibull", "lognormal", "gengamma")
    }
    assert logs["exponential"] <= logs["weibull"] + 1e-6
    assert max(logs["weibull"], logs["lognormal"]) <= logs["gengamma"] + 1e-4


def test_best_has_the_lowest_aic_and_shows_the_others():
    fit = fit_survival(printed(12, 80, ["rate"]))
    known = [one for one in fit.candidates if one.aic is not None]
    assert min(one.aic for one in known) == fit.aic
    assert {"weibull", "lognormal", "gompertz", "cure"} <= {one.family for one in known}
    assert any(one.random == "location+shape" for one in fit.candidates)


def test_the_order_of_studies_never_matters():
    arms = printed(9, 50, ["rate", "median"])
    first, second = (fit_survival(list(some), family="weibull") for some in (arms, arms[::-1]))
    np.testing.assert_allclose(first.beta, second.beta, rtol=1e-5)
    assert first.loglik == pytest.approx(second.loglik, abs=1e-6)


def test_the_unit_of_time_never_matters():
    from hilum.synthesis.survival.reports import rescale

    arms = printed(6, 50, ["rate", "median"])
    months, years = (
        fit_survival(arms, family="weibull"),
        fit_survival(rescale(arms, 1 / 12), family="weibull"),
    )
    assert rate_at(months, 60).value == pytest.approx(rate_at(years, 5).value, rel=1e-6)
    assert median_survival(months).value == pytest.approx(12 * median_survival(years).value)


def test_arms_of_one_study_share_its_effect():
    rates = (Report("rate", 12, 0.8, n=40), Report("rate", 36, 0.5, n=40))
    apart = [SurvivalArm(f"s{i}", "", rates) for i in range(4)]
    fit = fit_survival([*apart[:2], SurvivalArm("s1", "b", rates), apart[3]], family="weibull")
    assert fit.k == 3
    assert fit.n == 160


def test_no_variation_is_found_as_none():
    rates = (Report("rate", 12, 0.8, n=40), Report("rate", 36, 0.5, n=40))
    fit = fit_survival([SurvivalArm(f"s{i}", "", rates) for i in range(5)], family="weibull")
    assert fit.tau2 < 1e-4
    chi2, p = between_study_test(fit)
    assert chi2 < 1e-4
    assert p > 0.45
    alone = fit_survival([SurvivalArm("s", "", rates)], family="weibull")
    assert rate_at(fit, 36).value == pytest.approx(rate_at(alone, 36).value, abs=1e-4)
    assert rate_at(alone, 36).value == pytest.approx(0.5, abs=1e-5)


def test_heterogeneity_is_seen():
    chi2, p = between_study_test(fit_survival(printed(10, 80, ["rate"], tau=0.6), family="weibull"))
    assert chi2 > 10
    assert p < 1e-3


def test_printed_medians_agree_with_a_direct_fit():
    """Rates of six studies, medians of four by interval: Weibull, whose log-log survival is a
    straight line in log time, so that a log median is normal about the study's own."""
    arms = printed(6, 60, ["rate"])
    rng = np.random.default_rng(3)
    prints = [(float(rng.uniform(25, 60)), s) for s in (0.1, 0.2, 0.3, 0.4)]
    for i, (m, s) in enumerate(prints):
        ends = m * np.exp(np.array([-1, 1]) * 1.959963984540054 * s)
        arms.append(SurvivalArm(f"m{i}", "", (Report("median", None, m, *map(float, ends)),)))
    fit = fit_survival(arms, family="weibull", random="location")
    unit = fit.data.unit
    ends = np.array([12.0, 36.0, 60.0]) / unit
    alive = np.array([[one.value for one in arm.reports] for arm in arms[:6]]) * 60
    dead = -np.diff(np.column_stack([np.full(6, 60.0), alive, np.zeros(6)]), axis=1)
    u = np.linspace(-8, 8, 3001)
    log_m, se = (np.array(one)[:, None] for one in zip(*prints, strict=True))
    log_m = np.log(log_m / unit)

    def loss(theta):
        mu, log_shape, tau = theta
        shape, centre = np.exp(log_shape), mu + tau * u[None]
        survival = np.exp(-np.exp(shape * (np.log(ends)[:, None] - centre)))
        cells = -np.diff(np.vstack([np.ones_like(u), survival, np.zeros_like(u)]), axis=0)
        rates = dead @ np.log(np.maximum(cells, 1e-300))
        own = centre + np.log(np.log(2)) / shape
        logs = np.vstack([rates, -(((log_m - own) / se) ** 2) / 2])
        logs = logs - u**2 / 2 - 0.5 * np.log(2 * np.pi)
        top = logs.max(1, keepdims=True)
        return -float((top[:, 0] + np.log(np.exp(logs - top).sum(1) * (u[1] - u[0]))).sum())

    ours = np.array([*fit.beta, np.sqrt(fit.tau2)])
    assert -loss(ours) == pytest.approx(fit.loglik, abs=1e-5)
    direct = optimize.minimize(loss, ours + 0.05, method="Nelder-Mead", options={"xatol": 1e-6})
    np.testing.assert_allclose(direct.x, ours, atol=2e-4)


def test_medians_with_n_carry_the_slope_of_a_time():
    """By hand: binomial at one half plus log(t h / H), which is log shape for a Weibull."""
    data = arrange(group([SurvivalArm("m", "", (Report("median", None, 30.0, n=50),))]))
    likelihood = MarginalLikelihood(data, family("weibull"), (), 1)
    value, _ = likelihood(np.array([0.2, 0.3]))
    hazard = np.exp(np.exp(0.3) * (np.log(30 / data.unit) - 0.2))
    expected = 50 * (-0.5 * hazard + 0.5 * np.log(-np.expm1(-hazard))) + 0.3
    assert value == pytest.approx(expected, rel=1e-10)


def test_a_studys_own_curve_follows_its_figures():
    arms = printed(10, 200, ["rate"], tau=0.7)
    fit = fit_survival(arms, family="weibull")
    for arm in arms:
        own = study_curve(fit, arm.study, [12.0, 36.0, 60.0])
        seen = [one.value for one in arm.reports]
        assert np.abs(own - seen).max() < 0.09
    with pytest.raises(NotEstimable, match="not among"):
        study_curve(fit, "nobody", [1.0])


def test_medians_alone_do_not_determine_a_shape():
    arms = printed(5, 50, ["median"])
    with pytest.raises(NotEstimable, match="no arm reports two times"):
        fit_survival(arms, family="weibull")
    fit = fit_survival(arms)
    assert fit.family.name == "exponential"
    assert fit.shape_assumed


def test_refusals():
    with pytest.raises(NotEstimable, match="no usable report"):
        fit_survival([])
    alive = [SurvivalArm(f"s{i}", "", (Report("rate", 12, 1.0, n=9),)) for i in range(3)]
    with pytest.raises(NotEstimable, match="no figure tells of a death"):
        fit_survival(alive)
    arms = printed(5, 50, ["rate"])
    with pytest.raises(NotEstimable, match="expected one of"):
        fit_survival(arms, family="gamma")
    fit = fit_survival(arms, family="weibull")
    with pytest.raises(NotEstimable, match="times"):
        pooled_survival(fit, [-1.0])
    with pytest.raises(NotEstimable, match="horizon"):
        restricted_mean(fit, 0.0)
