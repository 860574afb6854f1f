"""Ranking against exact enumeration, and the arithmetic of reach and cost."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.errors import InputError, NotEstimable
from hilum.trials.worth import (
    BinaryStudy,
    Costs,
    Reach,
    Recruitment,
    SurvivalStudy,
    posterior,
    rank_comparisons,
    restricted_mean,
)

SEED, DRAWS = 20240611, 20_000
PRIORS = {"a": (4.0, 8.0), "b": (3.0, 4.0), "c": (40.0, 160.0)}


def _posterior(*, independent=True, exact=True):
    rng = np.random.default_rng(SEED)
    if exact:
        # Stratified draws, so that the Monte-Carlo error of the means is small.
        grid = (np.arange(DRAWS) + 0.5) / DRAWS
        columns = [rng.permutation(stats.beta(*ab).ppf(grid)) for ab in PRIORS.values()]
    else:
        columns = [rng.beta(*ab, DRAWS) for ab in PRIORS.values()]
    p = np.column_stack(columns)
    return posterior(100 * p, tuple(PRIORS), p, tuple(PRIORS), independent=independent)


def _exact(first, second, n):
    """EVSI of n patients an arm, responders per 100, over every data set (beta-binomial)."""
    x = np.arange(n + 1)
    (a, b), (c, d) = PRIORS[first], PRIORS[second]
    chance = np.outer(stats.betabinom(n, a, b).pmf(x), stats.betabinom(n, c, d).pmf(x))
    means = np.maximum(((a + x) / (a + b + n))[:, None], (c + x) / (c + d + n))
    return 100 * (float((chance * means).sum()) - max(a / (a + b), c / (c + d)))


@pytest.mark.parametrize("independent", [True, False])
def test_every_size_equals_enumeration(independent):
    found = rank_comparisons(
        _posterior(independent=independent),
        BinaryStudy(),
        Recruitment(40, 5, 6),
        Reach(100, 20, 0.03),
        np.random.default_rng(SEED),
        sizes=4,
    )
    assert len(found) == 3
    for candidate in found:
        for point in candidate.points:
            expected = _exact(*candidate.treatments, point.patients // 2)
            assert point.evsi.value == pytest.approx(expected, abs=3.5 * point.evsi.mcse + 0.08)
            assert point.evsi.value <= candidate.evpi.value + 3.5 * point.evsi.mcse
        assert candidate.expected[0] >= candidate.expected[1]
    totals = [candidate.best.total for candidate in found]
    assert totals == sorted(totals, reverse=True)


def test_the_best_size_weighs_information_against_delay():
    # A fast and a slow recruitment: the slow one's best trial is the smaller.
    common = {"follow_up_months": 6, "max_years": 15}
    best = {}
    for per_year in (20, 400):
        found = rank_comparisons(
            _posterior(),
            BinaryStudy(),
            Recruitment(per_year, **common),
            Reach(100, 15, 0.03),
            np.random.default_rng(SEED),
            pairs=[("a", "b")],
        )
        best[per_year] = found[0].best
        point = found[0].points[0]
        years = point.patients / per_year + 0.5
        assert point.years == pytest.approx(years)
        reached = integrate.quad(lambda t: 100 * 1.03**-t, years, 15)[0]
        assert point.total == pytest.approx(point.evsi.value * reached)
    assert best[20].patients < best[400].patients
    assert best[20].total < best[400].total


def test_choosing_among_all_counts_the_treatment_outside_the_comparison():
    # b, not in the trial, keeps its mean 3/7: one of the two must be seen to exceed it.
    found = rank_comparisons(
        _posterior(),
        BinaryStudy(),
        Recruitment(40, 5, 6),
        Reach(100, 20, 0.03),
        np.random.default_rng(SEED),
        pairs=[("a", "c")],
        decision="all",
    )[0]
    for point in found.points:
        n = point.patients // 2
        x = np.arange(n + 1)
        chance = np.outer(stats.betabinom(n, 4, 8).pmf(x), stats.betabinom(n, 40, 160).pmf(x))
        means = np.maximum(((4 + x) / (12 + n))[:, None], (40 + x) / (200 + n))
        expected = 100 * ((chance * np.maximum(means, 3 / 7)).sum() - 3 / 7)
        assert point.evsi.value == pytest.approx(expected, abs=3.5 * point.evsi.mcse + 0.08)


def test_costs_choose_a_smaller_trial_or_none():
    found = rank_comparisons(
        _posterior(),
        BinaryStudy(),
        Recruitment(200, 5, 6),
        Reach(100, 20, 0.03),
        np.random.default_rng(SEED),
        costs=Costs(per_unit=10.0, fixed=0.0, per_patient=100.0),
        pairs=[("a", "b")],
    )[0]
    best = found.best
    assert best.net == pytest.approx(10 * best.total - 100 * best.patients)
    assert best.patients < max(found.points, key=lambda point: point.total).patients
    assert Costs(1.0, 1e9, 0.0).net(5.0, 10) < 0


def test_a_trial_that_reports_after_the_horizon_is_worth_nothing():
    reach = Reach(100, 2, 0.0)
    assert reach.patients() == 200
    assert reach.patients(0.5) == 150
    assert reach.patients(9.0) == 0


def test_survival_arms_tell_the_hazard():
    # Rates with half an event added; 400 patients followed for long: log rate -> log hazard,
    # variance 1 / events (Cox & Oakes 1984).
    study = SurvivalStudy(per_month=20.0, follow_up_months=200.0)
    median = np.full(3000, 14.0)
    found = study.summary(median, 400, np.random.default_rng(SEED))
    assert found.mean() == pytest.approx(math.log(math.log(2) / 14), abs=0.006)
    assert found.std() == pytest.approx(1 / 20, rel=0.05)
    short = SurvivalStudy(per_month=20.0, follow_up_months=0.0)
    few = short.summary(median, 40, np.random.default_rng(SEED))
    assert np.isfinite(few).all()
    assert few.std() > 0.2


def test_restricted_mean_equals_the_integral_of_the_curve():
    expected = integrate.quad(lambda t: 0.5 ** (t / 18), 0, 60)[0]
    assert restricted_mean(np.array([18.0]), 60.0)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (lambda: Reach(0, 10, 0.03), "patients_per_year", "0"),
        (lambda: Reach(100, -1, 0.03), "horizon_years", "-1"),
        (lambda: Reach(100, 10, 3.0), "discount", "3"),
        (lambda: Recruitment(-5, 5, 6), "recruit_per_year", "-5"),
        (lambda: Recruitment(3, 5, 6), "recruit_per_year", "3"),
        (lambda: Recruitment(30, 5, -6), "follow_up_months", "-6"),
        (lambda: Recruitment(30, math.nan, 6), "max_years", "nan"),
        (lambda: Costs(0, 0, 0), "per_unit", "0"),
        (lambda: Costs(1, -1, 0), "fixed_cost", "-1"),
    ],
)
def test_impossible_values_are_named(make, name, value):
    with pytest.raises(InputError) as caught:
        make()
    assert any(fault.column == name and fault.value == value for fault in caught.value.faults)


def test_what_cannot_be_ranked_is_refused():
    known = _posterior()
    rest = (BinaryStudy(), Recruitment(40, 5, 6), Reach(100, 20, 0.03), np.random.default_rng(1))
    with pytest.raises(NotEstimable, match="'d'"):
        rank_comparisons(known, *rest, pairs=[("a", "d")])
    with pytest.raises(NotEstimable, match="pair or all"):
        rank_comparisons(known, *rest, decision="two")
    with pytest.raises(NotEstimable, match="one each"):
        rank_comparisons(posterior(known.draws, ("a", "b", "c"), known.draws[:, 0]), *rest)
