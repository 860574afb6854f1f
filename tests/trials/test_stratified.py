"""Stratified log-rank sizes, and hazards that are not proportional."""

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.errors import InputError, NotEstimable
from hilum.trials.fixed.course import Course, Hazard
from hilum.trials.fixed.lakatos import changing_hazard, information, lakatos
from hilum.trials.fixed.proportions import stratified_power, stratified_proportions
from hilum.trials.fixed.stratified import (
    Mixture,
    medians_from,
    rate_of_odds,
    rates_from,
    stratified_survival,
)
from hilum.trials.fixed.survival import METHODS, survival

COURSE = Course(24, 12, 0.1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("strata", [([1.0], [14.0]), ([0.3, 0.45, 0.25], [14.0] * 3)])
def test_equal_strata_are_no_strata(method, strata):
    """One stratum, or several alike, give the unstratified design; closed form."""
    shares, controls = strata
    found = stratified_survival(0.65, controls, shares, COURSE, ratio=2, method=method)
    one = survival(0.65, 14, COURSE, ratio=2, method=method)
    assert found.size.n == pytest.approx(one.n, rel=1e-9)
    assert found.size.events == pytest.approx(one.events, rel=1e-9)
    assert sum(found.patients) == pytest.approx(one.n, rel=1e-9)
    assert sum(found.events) == pytest.approx(one.events, rel=1e-9)
    same = lakatos(Hazard.from_median(14).scaled(0.65), Hazard.from_median(14), COURSE, ratio=2)
    assert found.unstratified.n == pytest.approx(same.n, rel=1e-9)


def test_strata_add_what_quad_integrates():
    """Lakatos' numerator and variance of each stratum, by scipy's adaptive quadrature."""
    ratio, hr, shares, medians = 2.0, 0.6, (0.35, 0.65), (30.0, 9.0)
    found = stratified_survival(hr, medians, shares, COURSE, ratio=ratio, method="lakatos")
    share = ratio / (1 + ratio)

    def moment(median, which):
        h2 = np.log(2) / median
        h1 = hr * h2

        def at(t):
            seen = min(1.0, (36 - t) / 24) * 0.9 ** (t / 12)
            n1, n2 = share * np.exp(-h1 * t) * seen, (1 - share) * np.exp(-h2 * t) * seen
            p = n1 / (n1 + n2)
            deaths = h1 * n1 + h2 * n2
            mean = h1 * n1 / deaths - p
            return deaths * (1.0, mean, p * (1 - p))[which]

        return sum(integrate.quad(at, a, b, epsabs=1e-13)[0] for a, b in ((0, 12), (12, 36)))

    events, shift, spread = (
        sum(w * moment(m, which) for w, m in zip(shares, medians, strict=True))
        for which in range(3)
    )
    z = stats.norm.isf(0.025) + stats.norm.ppf(0.8)
    assert found.size.n == pytest.approx(z**2 * spread / shift**2, rel=1e-8)
    assert found.size.events == pytest.approx(z**2 * spread / shift**2 * events, rel=1e-8)
    assert found.size.n < found.unstratified.n


def test_strata_lie_around_the_published_figure():
    shares, ratios = [0.4, 0.35, 0.25], [1.0, 1.8, 4.0]
    medians = medians_from(21.6, ratios, shares)
    mixed = Mixture(tuple(shares), tuple(Hazard.from_median(m) for m in medians))
    assert mixed.survival(np.array([21.6]))[0] == pytest.approx(0.5, abs=1e-12)
    assert np.array(medians[0]) / medians == pytest.approx(ratios)
    t = np.array([3.0, 10.0, 40.0])
    step = 1e-5
    slope = -(np.log(mixed.survival(t + step)) - np.log(mixed.survival(t - step))) / (2 * step)
    assert mixed.at(t) == pytest.approx(slope, rel=1e-7)
    rates = np.array(rates_from(0.3, ratios, shares))
    assert rates @ shares == pytest.approx(0.3, abs=1e-12)
    odds = rates / (1 - rates)
    assert odds / odds[0] == pytest.approx(ratios)
    assert rate_of_odds(0.25, 3) == pytest.approx(0.5)


def test_power_of_the_stratified_test_is_that_of_its_size():
    p2, shares = [0.1, 0.3], [0.4, 0.6]
    p1 = [rate_of_odds(rate, 2.5) for rate in p2]
    size = stratified_proportions(p1, p2, shares, ratio=2, power=0.85)
    power = stratified_power(size.n, p1, p2, shares, alpha=0.025, ratio=2)
    assert power == pytest.approx(0.85, abs=1e-12)
    assert stratified_power(size.n, p2, p2, shares, alpha=0.025) == pytest.approx(0.025)


def test_impossible_strata_are_refused():
    for shares in ([0.5, 0.4], [0.5], [1.2, -0.2], [float("nan"), 0.5]):
        with pytest.raises(InputError, match="shares"):
            stratified_survival(0.6, [10, 20], shares, COURSE)
    with pytest.raises(InputError, match="control_median"):
        stratified_survival(0.6, [10, -1], [0.5, 0.5], COURSE)
    with pytest.raises(InputError, match="hazard_ratio"):
        stratified_survival(1.0, [10, 20], [0.5, 0.5], COURSE)
    with pytest.raises(InputError, match="hazard_ratios"):
        changing_hazard(Hazard.from_median(10), ((3.0, 0.5),))


def chain(treated, control, course, rho, gamma, *, steps=40):
    """Lakatos' Markov chain as published: numbers at risk interval by interval of 1/steps month.

    Written for this test: no quadrature, survival estimated by the product of the intervals.
    """
    edges = np.linspace(0, course.total, round(course.total * steps) + 1)
    width = 1 / steps
    at1 = at2 = 0.5
    kept = 1.0
    deaths, drift, spread = [], [], []
    for t in (edges[:-1] + edges[1:]) / 2:
        h1, h2 = treated.at(np.array([t]))[0], control.at(np.array([t]))[0]
        # Patients whose follow-up ends here: entry is uniform, so from the accrual's end back.
        left = width / (course.total - t + width / 2) if t > course.follow_up else 0.0
        d1, d2 = at1 * -np.expm1(-h1 * width), at2 * -np.expm1(-h2 * width)
        weight = kept**rho * (1 - kept) ** gamma
        phi, theta = at1 / at2, h1 / h2
        deaths.append(d1 + d2)
        drift.append((d1 + d2) * weight * (phi * theta / (1 + phi * theta) - phi / (1 + phi)))
        spread.append((d1 + d2) * weight**2 * phi / (1 + phi) ** 2)
        kept *= 1 - (d1 + d2) / (at1 + at2)
        stay = np.exp(-course.drop_out_rate * width) * (1 - left)
        at1, at2 = (at1 - d1) * stay, (at2 - d2) * stay
    z = stats.norm.isf(0.025) + stats.norm.ppf(0.8)
    n = z**2 * sum(spread) / sum(drift) ** 2
    return n, n * sum(deaths)


@pytest.mark.parametrize(
    ("pattern", "rho", "gamma"),
    [
        (((0, 1.0), (3, 0.6)), 0, 0),
        (((0, 1.0), (3, 0.6)), 0, 1),
        (((0, 1.4), (4, 0.5), (30, 1.0)), 0, 0),
        (((0, 1.4), (4, 0.5), (30, 1.0)), 1, 1),
        (((0, 0.6),), 1, 0),
    ],
)
def test_changing_hazards_are_lakatos_chain(pattern, rho, gamma):
    """0.5 %: the chain's own error at forty intervals a month, which halves with their width."""
    control = Hazard.from_median(12)
    treated = changing_hazard(control, pattern)
    course = Course(24, 18, 0.1)
    found = lakatos(treated, control, course, rho=rho, gamma=gamma)
    n, events = chain(treated, control, course, rho, gamma)
    assert found.n == pytest.approx(n, rel=5e-3)
    assert found.events == pytest.approx(events, rel=5e-3)


def test_a_ratio_that_never_changes_is_proportional():
    control = Hazard((0.0, 6.0), (0.05, 0.03))
    treated = changing_hazard(control, ((0, 0.7), (4, 0.7), (9, 0.7)))
    times = np.linspace(0, 40, 81)
    assert treated.survival(times) == pytest.approx(control.scaled(0.7).survival(times), rel=1e-12)
    found = lakatos(treated, control, COURSE)
    assert found.n == pytest.approx(survival(0.7, control, COURSE, method="lakatos").n, rel=1e-12)
    with pytest.raises(NotEstimable, match="do not differ"):
        lakatos(control, control, COURSE)
    assert information(control, control, COURSE).shift == pytest.approx(0, abs=1e-15)
