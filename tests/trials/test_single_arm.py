"""Single-arm designs against the papers' tables and against plain enumeration."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from hilum.errors import InputError, NotEstimable
from hilum.trials.borrowing.mixture import BetaMixture
from hilum.trials.fixed.course import Course, Hazard, event_probability
from hilum.trials.single_arm.bayesian import (
    find_posterior_design,
    find_predictive_design,
    posterior_above,
    posterior_design,
    predictive_above,
    predictive_design,
)
from hilum.trials.single_arm.landmark import landmark, one_sample_logrank, relative_variance
from hilum.trials.single_arm.simon import simon, two_stage
from hilum.trials.single_arm.stages import fleming, normal_stage, single_stage

# Simon 1989, Controlled Clinical Trials 10:1-10, tables 1 (p1 - p0 = 0.20) and 2 (0.15): for
# (alpha, beta) = (.10, .10), (.05, .20), (.05, .10) the optimal and the minimax design as
# r1/n1, r/n and E(n | p0), the latter printed to one decimal.
SIMON = {
    (0.05, 0.25): [
        ((0, 9, 2, 24, 14.5), (0, 13, 2, 20, 16.4)),
        ((0, 9, 2, 17, 12.0), (0, 12, 2, 16, 13.8)),
        ((0, 9, 3, 30, 16.8), (0, 15, 3, 25, 20.4)),
    ],
    (0.10, 0.30): [
        ((1, 12, 5, 35, 19.8), (1, 16, 4, 25, 20.4)),
        ((1, 10, 5, 29, 15.0), (1, 15, 5, 25, 19.5)),
        ((2, 18, 6, 35, 22.5), (2, 22, 6, 33, 26.2)),
    ],
    (0.20, 0.40): [
        ((3, 17, 10, 37, 26.0), (3, 19, 10, 36, 28.3)),
        ((3, 13, 12, 43, 20.6), (4, 18, 10, 33, 22.3)),
        ((4, 19, 15, 54, 30.4), (5, 24, 13, 45, 31.2)),
    ],
    (0.30, 0.50): [
        ((7, 22, 17, 46, 29.9), (7, 28, 15, 39, 35.0)),
        ((5, 15, 18, 46, 23.6), (6, 19, 16, 39, 25.7)),
        ((8, 24, 24, 63, 34.7), (7, 24, 21, 53, 36.6)),
    ],
    (0.40, 0.60): [
        ((7, 18, 22, 46, 30.2), (11, 28, 20, 41, 33.8)),
        ((7, 16, 23, 46, 24.5), (17, 34, 20, 39, 34.4)),
        ((11, 25, 32, 66, 36.0), (12, 29, 27, 54, 38.1)),
    ],
    (0.50, 0.70): [
        ((11, 21, 26, 45, 29.0), (11, 23, 23, 39, 31.0)),
        ((8, 15, 26, 43, 23.5), (12, 23, 23, 37, 27.7)),
        ((13, 24, 36, 61, 34.0), (14, 27, 32, 53, 36.1)),
    ],
    (0.60, 0.80): [
        ((6, 11, 26, 38, 25.4), (18, 27, 24, 35, 28.5)),
        ((7, 11, 30, 43, 20.5), (8, 13, 25, 35, 20.8)),
        ((12, 19, 37, 53, 29.5), (15, 26, 32, 45, 35.9)),
    ],
    (0.70, 0.90): [
        ((6, 9, 22, 28, 17.8), (11, 16, 20, 25, 20.05)),
        ((4, 6, 22, 27, 14.8), (19, 23, 21, 26, 23.2)),
        ((11, 15, 29, 36, 21.2), (13, 18, 26, 32, 22.7)),
    ],
    (0.05, 0.20): [
        ((0, 12, 3, 37, 23.5), (0, 18, 3, 32, 26.4)),
        ((0, 10, 3, 29, 17.6), (0, 13, 3, 27, 19.8)),
        ((1, 21, 4, 41, 26.7), (1, 29, 4, 38, 32.9)),
    ],
    (0.10, 0.25): [
        ((2, 21, 7, 50, 31.2), (2, 27, 6, 40, 33.7)),
        ((2, 18, 7, 43, 24.7), (2, 22, 7, 40, 28.8)),
        ((2, 21, 10, 66, 36.8), (3, 31, 9, 55, 40.0)),
    ],
    (0.20, 0.35): [
        ((5, 27, 16, 63, 43.6), (6, 33, 15, 58, 45.5)),
        ((5, 22, 19, 72, 35.4), (6, 31, 15, 53, 40.4)),
        ((8, 37, 22, 83, 51.4), (8, 42, 21, 77, 58.4)),
    ],
    (0.30, 0.45): [
        ((9, 30, 29, 82, 51.4), (16, 50, 25, 69, 56.0)),
        ((9, 27, 30, 81, 41.7), (16, 46, 25, 65, 49.6)),
        ((13, 40, 40, 110, 60.8), (27, 77, 33, 88, 78.5)),
    ],
    (0.40, 0.55): [
        ((16, 38, 40, 88, 54.5), (18, 45, 34, 73, 57.2)),
        ((11, 26, 40, 84, 44.9), (28, 59, 34, 70, 60.1)),
        ((19, 45, 49, 104, 64.0), (24, 62, 45, 94, 78.9)),
    ],
}
ERRORS = [(0.10, 0.90), (0.05, 0.80), (0.05, 0.90)]


@pytest.mark.parametrize("rates", SIMON)
def test_simon_1989(rates):
    for (alpha, power), (optimal, minimax) in zip(ERRORS, SIMON[rates], strict=True):
        found = simon(*rates, alpha=alpha, power=power)
        for one, expected in ((found.optimal, optimal), (found.minimax, minimax)):
            assert (one.r1, one.n1, one.r, one.n) == expected[:4]
            assert abs(one.expected_n0 - expected[4]) <= 0.05 + 1e-9
            assert one.alpha <= alpha
            assert one.power >= power


def plain(r1, n1, r, n, p):
    """P(reject) by two loops."""
    return sum(
        math.comb(n1, a) * p**a * (1 - p) ** (n1 - a)
        * math.comb(n - n1, b) * p**b * (1 - p) ** (n - n1 - b)
        for a in range(r1 + 1, n1 + 1)
        for b in range(n - n1 + 1)
        if a + b > r
    )  # fmt: skip


def test_two_stage_by_plain_enumeration():
    found = two_stage(3, 13, 12, 43, 0.2, 0.4)
    assert found.alpha == pytest.approx(plain(3, 13, 12, 43, 0.2), rel=1e-12)
    assert found.power == pytest.approx(plain(3, 13, 12, 43, 0.4), rel=1e-12)
    assert found.stop_early0 == pytest.approx(stats.binom.cdf(3, 13, 0.2), rel=1e-12)


def test_simon_is_the_best_of_all_small_designs():
    """A second, plain search over every design of at most 26 patients (p0 .1, p1 .4)."""
    best = None
    for n in range(2, 27):
        for n1 in range(1, n):
            for r1 in range(n1):
                if stats.binom.sf(r1, n1, 0.4) < 0.8:
                    break
                size = n1 + stats.binom.sf(r1, n1, 0.1) * (n - n1)
                if best is not None and size >= best[0]:
                    continue
                for r in range(r1, n):
                    fits = plain(r1, n1, r, n, 0.1) <= 0.05
                    if fits and plain(r1, n1, r, n, 0.4) >= 0.8:
                        best = size, (r1, n1, n)
    found = simon(0.1, 0.4).optimal
    assert (found.r1, found.n1, found.n) == best[1]
    assert found.expected_n0 == pytest.approx(best[0], rel=1e-12)


def test_admissible_designs_are_best_for_their_weights():
    found = simon(0.1, 0.3, alpha=0.05, power=0.9)
    assert found.admissible[0].design == found.minimax
    assert found.admissible[-1].design == found.optimal
    assert found.admissible[0].high == 1
    assert found.admissible[-1].low == 0
    for one in found.admissible:
        weight = (one.low + one.high) / 2
        loss = [weight * d.n + (1 - weight) * d.expected_n0 for d in found.best_by_n]
        assert found.best_by_n[int(np.argmin(loss))] == one.design


def test_single_stage_is_a_hern():
    # A'Hern 2001, table 1: p0 .05, p1 .25, alpha .05, power .8 needs 16 patients, 3 responders;
    # p0 .2, p1 .4 35 and 12. (Checked by enumeration below.)
    for rates, n, needed in (((0.05, 0.25), 16, 3), ((0.2, 0.4), 35, 12)):
        found = single_stage(*rates)
        assert (found.n, found.efficacy) == ((n,), (needed,))
        assert stats.binom.sf(needed - 1, n, rates[0]) <= 0.05
        assert stats.binom.sf(needed - 1, n, rates[1]) >= 0.8
        for smaller in range(1, n):
            r = int(stats.binom.isf(0.05, smaller, rates[0]))
            assert stats.binom.sf(r, smaller, rates[1]) < 0.8


def test_fleming_bounds_and_their_exact_level():
    found = fleming(0.05, 0.2, n=[15, 25, 40])
    # Formula of Fleming 1982 by hand: 15 p0 + 1.6449 sqrt(40 p0 q0) = 3.017 and so on.
    assert found.efficacy == (4, 5, 5)
    assert found.futility == (-1, 1, 4)
    rng = np.random.default_rng(3)
    for p in (0.05, 0.2):
        steps = rng.binomial([15, 10, 15], p, (400_000, 3)).cumsum(axis=1)
        alive = np.ones(len(steps), bool)
        size = np.zeros(len(steps))
        hit = 0.0
        for k in range(3):
            size[alive] = found.n[k]
            up = alive & (steps[:, k] >= found.efficacy[k])
            down = alive & (steps[:, k] <= found.futility[k])
            hit += up.mean()
            alive &= ~(up | down)
        at = found.at(p)
        assert at.reject == pytest.approx(hit, abs=0.003)
        assert at.expected_n == pytest.approx(size.mean(), abs=0.06)


def test_lee_and_liu_2008():
    """Clinical Trials 5:93-106, the worked example with 36 patients and Beta(.2, .8)."""
    prior = BetaMixture((1.0,), (0.2,), (0.8,))
    found = predictive_design(0.2, 0.4, range(10, 37), prior, theta_t=0.9, theta_l=0.001)
    null, other = found.stages.at(0.2), found.stages.at(0.4)
    steps = dict(zip(found.stages.n, found.stages.futility, strict=True))
    first = {}
    for n, r in steps.items():
        first.setdefault(r, n)
    assert first == {
        0: 10, 1: 17, 2: 21, 3: 24, 4: 27, 5: 29, 6: 31, 7: 33, 8: 34, 9: 35, 10: 36,
    }  # fmt: skip
    # Printed: alpha .088, power .906, PET .86, E(n) 27.67.
    assert round(null.reject, 3) == 0.088
    assert round(other.reject, 3) == 0.906
    assert round(float(null.futility[:-1].sum()), 2) == 0.86
    assert round(null.expected_n, 2) == 27.67
    searched = find_predictive_design(0.2, 0.4, alpha=0.1, power=0.9, n_max=36)
    assert searched.stages == found.stages


@pytest.mark.parametrize(
    ("find", "rule"),
    [(find_predictive_design, predictive_design), (find_posterior_design, posterior_design)],
)
@pytest.mark.parametrize(("first", "cohort", "total"), [(10, 1, 30), (6, 7, 33)])
def test_the_search_finds_what_trying_every_limit_finds(find, rule, first, cohort, total):
    """Every count of responders at the end with every ``theta_l``, one design after the other."""
    floors = (0.001, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
    looks = [*range(first, total, cohort), total]
    prior = BetaMixture((1.0,), (0.1,), (0.9,))
    ends = posterior_above(prior, np.arange(total + 1), total, 0.1)
    kept = []
    for below, above in itertools.pairwise(ends):
        if not 0 < (below + above) / 2 < 1:
            continue
        for floor in floors:
            one = rule(0.1, 0.35, looks, prior, theta_t=(below + above) / 2, theta_l=floor)
            null, other = one.stages.at(0.1), one.stages.at(0.35)
            if null.reject <= 0.1 and other.reject >= 0.9:
                kept.append((null.expected_n, one))
    # Designs that differ in their last bound alone have the same E(n).
    best = [one.stages for size, one in kept if size <= min(kept, key=lambda one: one[0])[0]]
    found = find(0.1, 0.35, first=first, cohort=cohort, n_max=total, theta_l=floors)
    assert found.stages in best


def test_predictive_probability_by_plain_sum():
    prior = BetaMixture((0.7, 0.3), (2.0, 1.0), (5.0, 1.0))
    got = float(predictive_above(prior, np.array([4]), 12, 20, 0.3, 0.9)[0])
    w = np.array([0.7, 0.3])
    a, b = np.array([2.0, 1.0]), np.array([5.0, 1.0])
    w = w * stats.betabinom.pmf(4, 12, a, b)
    w, a, b = w / w.sum(), a + 4, b + 8
    total = 0.0
    for y in range(9):
        m = w * stats.betabinom.pmf(y, 8, a, b)
        if (m / m.sum() * stats.beta.sf(0.3, a + y, b + 8 - y)).sum() > 0.9:
            total += m.sum()
    assert got == pytest.approx(total, rel=1e-10)


def test_posterior_design_stops_where_it_says():
    prior = BetaMixture((1.0,), (0.5,), (0.5,))
    found = posterior_design(0.2, 0.4, [10, 20, 30], prior, theta_t=0.95, theta_u=0.99)
    for n, low, high in zip(found.stages.n[:2], found.stages.futility, found.stages.efficacy,
                            strict=False):  # fmt: skip
        assert stats.beta.sf(0.4, 0.5 + low, 0.5 + n - low) < 0.1
        assert stats.beta.sf(0.4, 1.5 + low, n - low - 0.5) >= 0.1
        assert stats.beta.sf(0.2, 0.5 + high, 0.5 + n - high) > 0.99
        assert stats.beta.sf(0.2, high - 0.5, n - high + 1.5) <= 0.99


def test_landmark_variance():
    # Complete follow-up: Greenwood is binomial, (1 - S) / S / log(S)^2.
    hazard = Hazard((0.0,), (-math.log(0.6) / 12,))
    found = relative_variance(hazard, Course(24, 12), 12)
    assert found == pytest.approx(0.4 / 0.6 / math.log(0.6) ** 2, rel=1e-12)
    # Drop-out with hazard c: int lambda exp((lambda + c) u) du in closed form.
    course = Course(24, 12, 0.1, 12)
    rate, lost = -math.log(0.6) / 12, -math.log(0.9) / 12
    closed = rate / (rate + lost) * math.expm1((rate + lost) * 12) / math.log(0.6) ** 2
    assert relative_variance(hazard, course, 12) == pytest.approx(closed, rel=1e-12)
    size = landmark(0.4, 0.6, 12, Course(24, 12), transform="loglog").n
    z = stats.norm.isf(0.05) + stats.norm.isf(0.2)
    shift = math.log(math.log(0.4) / math.log(0.6))
    assert size == pytest.approx(z**2 / shift**2 * 0.4 / 0.6 / math.log(0.6) ** 2, rel=1e-12)
    # With complete follow-up the arcsine scale has variance 1 / (4 n) at any share.
    shift = math.asin(math.sqrt(0.6)) - math.asin(math.sqrt(0.4))
    size = landmark(0.4, 0.6, 12, Course(24, 12)).n
    assert size == pytest.approx(z**2 / shift**2 / 4, rel=1e-12)


def test_one_sample_logrank_has_its_power_by_simulation():
    course, ratio, median = Course(24, 12), 0.6, 10.0
    found = one_sample_logrank(ratio, median, course)
    n = round(found.n)
    rng = np.random.default_rng(11)
    reached = []
    for factor in (1.0, ratio):
        hits = 0
        for _ in range(20):
            t = rng.exponential(median / math.log(2) / factor, (1000, n))
            seen = 36 - rng.uniform(0, 24, (1000, n))
            observed = (t <= seen).sum(axis=1)
            expected = (np.minimum(t, seen) * math.log(2) / median).sum(axis=1)
            hits += ((expected - observed) / np.sqrt(expected) >= stats.norm.isf(0.05)).sum()
        reached.append(hits / 20_000)
    # Asymptotic formula: level and power within 1.5 points at this size (Wu 2015 reports alike).
    assert reached[0] == pytest.approx(0.05, abs=0.015)
    assert reached[1] == pytest.approx(0.8, abs=0.025)
    assert found.events == pytest.approx(
        found.n * event_probability(Hazard.from_median(median / ratio), course)
    )


@pytest.mark.parametrize(
    ("call", "name", "value"),
    [
        (lambda: simon(0.3, 0.2), "p1", "0.2"),
        (lambda: simon(0.2, 0.2), "p1", "0.2"),
        (lambda: simon(1.2, 0.4), "p0", "1.2"),
        (lambda: simon(0.2, float("nan")), "p1", "nan"),
        (lambda: simon(0.1, 0.3, power=0.04), "power", "0.04"),
        (lambda: simon(0.1, 0.3, alpha=0.0), "alpha", "0"),
        (lambda: fleming(0.1, 0.3, n=[10, 10]), "n", "10 10"),
        (lambda: single_stage(0.4, 0.3), "p1", "0.3"),
        (lambda: landmark(0.4, 0.6, 12, Course(-3, 12)), "accrual", "-3"),
        (lambda: landmark(0.6, 0.4, 12, Course(24, 12)), "s1", "0.4"),
        (lambda: landmark(0.4, 0.6, 40, Course(24, 12)), "follow_up", "12"),
        (lambda: one_sample_logrank(1.0, 9, Course(24, 12)), "hazard_ratio", "1"),
        (lambda: two_stage(3, 13, 50, 43, 0.2, 0.4), "r", "50"),
    ],
)
def test_impossible_parameters_are_named(call, name, value):
    with pytest.raises(InputError) as error:
        call()
    assert any(f.column == name and f.value == value for f in error.value.faults)


def test_too_near_rates_say_so():
    with pytest.raises(NotEstimable, match="600 patients"):
        simon(0.50, 0.51)


def test_the_posterior_search_ends_at_the_smallest_maximum():
    """Its bounds by scipy's beta, its errors by simulation, and none of one patient fewer."""
    found = find_posterior_design(0.2, 0.4, first=10, cohort=5)
    a, b = 0.2, 0.8
    for n, low in zip(found.stages.n[:-1], found.stages.futility[:-1], strict=True):
        chance = stats.beta.sf(0.4, a + np.arange(n + 1), b + n - np.arange(n + 1))
        assert low == (chance < found.theta_l).sum() - 1
    total, needed = found.stages.n[-1], found.stages.efficacy[-1]
    assert stats.beta.sf(0.2, a + needed, b + total - needed) > found.theta_t
    assert stats.beta.sf(0.2, a + needed - 1, b + total - needed + 1) <= found.theta_t
    rng = np.random.default_rng(20261127)
    for p in (0.2, 0.4):
        counts = (rng.random((100_000, total)) < p).cumsum(axis=1)[:, np.array(found.stages.n) - 1]
        success = (counts > np.array(found.stages.futility)).all(axis=1).mean()
        assert found.stages.at(p).reject == pytest.approx(success, abs=1.5 / 100_000**0.5)
    assert found.stages.at(0.2).reject <= 0.1
    assert found.stages.at(0.4).reject >= 0.9
    with pytest.raises(NotEstimable, match="no design"):
        find_posterior_design(0.2, 0.4, first=10, cohort=5, n_max=total - 1)


@pytest.mark.parametrize(("p0", "p1"), [(0.1, 0.3), (0.2, 0.4), (0.5, 0.65)])
def test_the_normal_stage_is_its_z_test(p0, p1):
    """Fleming 1982, equation 1; errors by scipy's binomial."""
    found = normal_stage(p0, p1)
    z = stats.norm.isf(0.05), stats.norm.ppf(0.8)
    n = ((z[0] * (p0 * (1 - p0)) ** 0.5 + z[1] * (p1 * (1 - p1)) ** 0.5) / (p1 - p0)) ** 2
    assert found.n == (math.ceil(n),)
    (r,) = found.futility
    statistic = (np.array([r, r + 1]) - found.n[0] * p0) / (found.n[0] * p0 * (1 - p0)) ** 0.5
    assert statistic[0] < z[0] <= statistic[1]
    for p in (p0, p1):
        assert found.at(p).reject == pytest.approx(stats.binom.sf(r, found.n[0], p), rel=1e-10)
