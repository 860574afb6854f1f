"""Fixed designs: exact tests against scipy and enumeration, formulas against their sources."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.errors import InputError, NotEstimable
from hilum.trials.fixed.course import (
    Course,
    Hazard,
    calendar_time,
    event_probability,
    expected_events,
)
from hilum.trials.fixed.exact_tests import exact_test, exact_two_proportions, fisher_p
from hilum.trials.fixed.lakatos import lakatos
from hilum.trials.fixed.means import equivalent_means, one_mean, two_means
from hilum.trials.fixed.proportions import (
    constrained_rates,
    equivalent_proportions,
    noninferior_proportions,
    one_proportion,
    stratified_proportions,
    two_proportions,
)
from hilum.trials.fixed.survival import required_events, survival


def test_fisher_p_is_scipys():
    found = fisher_p(9, 7)
    for x1 in range(10):
        for x2 in range(8):
            table = [[x1, 9 - x1], [x2, 7 - x2]]
            expected = stats.fisher_exact(table, alternative="greater").pvalue
            assert found[x1, x2] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("test", ["boschloo", "z-pooled"])
def test_unconditional_regions_are_scipys(test):
    """Reject exactly where scipy's p value is at most alpha (its sup is on 64 points)."""
    n1, n2, alpha = 10, 8, 0.05
    found = exact_test(n1, n2, alpha, test)
    differ = 0
    for x1 in range(n1 + 1):
        for x2 in range(n2 + 1):
            table = [[x1, x2], [n1 - x1, n2 - x2]]
            if test == "boschloo":
                p = stats.boschloo_exact(table, alternative="greater", n=64).pvalue
            else:
                if x1 / n1 <= x2 / n2:
                    continue
                p = stats.barnard_exact(table, alternative="greater", pooled=True, n=64).pvalue
            if abs(p - alpha) > 5e-4:
                differ += bool(found.rejects[x1, x2]) != (p <= alpha)
    assert differ == 0
    assert found.size <= alpha


def test_exact_power_and_size_by_plain_sums():
    n, alpha = 15, 0.025
    fisher, best = exact_test(n, n, alpha, "fisher"), exact_test(n, n, alpha, "boschloo")
    total = sum(
        stats.binom.pmf(a, n, 0.6) * stats.binom.pmf(b, n, 0.1)
        for a in range(n + 1)
        for b in range(n + 1)
        if stats.fisher_exact([[a, n - a], [b, n - b]], alternative="greater").pvalue <= alpha
    )
    assert fisher.power(0.6, 0.1) == pytest.approx(total, rel=1e-10)
    # Boschloo's test rejects wherever Fisher's does (Boschloo 1970), and never exceeds the level.
    assert not (fisher.rejects & ~best.rejects).any()
    grid = np.linspace(0.001, 0.999, 1999)
    assert max(best.power(p, p) for p in grid) <= best.size + 1e-9 <= alpha + 1e-9


def test_exact_size_is_the_smallest():
    found = exact_two_proportions(0.5, 0.1, test="fisher")
    n = round(found.n1)
    assert found.actual_power >= 0.8
    assert exact_test(n - 1, n - 1, 0.025, "fisher").power(0.5, 0.1) < 0.8
    unconditional = exact_two_proportions(0.5, 0.1, test="boschloo")
    assert unconditional.n <= found.n


def test_continuity_correction():
    # Casagrande, Pike & Smith 1978 in closed form from the uncorrected size.
    plain = two_proportions(0.3, 0.1).n1
    expected = plain / 4 * (1 + math.sqrt(1 + 4 / (plain * 0.2))) ** 2
    assert two_proportions(0.3, 0.1, method="continuity").n1 == pytest.approx(expected, rel=1e-12)


def test_constrained_rates_maximise_the_likelihood():
    q1, q2 = constrained_rates(0.55, 0.6, -0.15, 2.0)
    assert q1 - q2 == pytest.approx(-0.15, abs=1e-12)
    grid = np.linspace(0.16, 0.99, 20001)

    def loglik(b):
        a = b - 0.15
        return 2 * (0.55 * np.log(a) + 0.45 * np.log(1 - a)) + 0.6 * np.log(b) + 0.4 * np.log(1 - b)

    assert q2 == pytest.approx(grid[np.argmax(loglik(grid))], abs=1e-4)


def test_equivalence_of_proportions_doubles_the_miss():
    """With no difference both one-sided tests miss alike: power = 2 P - 1."""
    found = equivalent_proportions(0.4, 0.4, 0.15, alpha=0.05, power=0.8)
    one = noninferior_proportions(0.4, 0.4, 0.15, alpha=0.05, power=0.9)
    assert found.n == pytest.approx(one.n, rel=1e-3)


def test_one_stratum_is_no_strata():
    """Cochran's statistic with one stratum is the pooled z of two proportions."""
    found = stratified_proportions([0.4], [0.2], [1.0], power=0.9, ratio=2.0)
    assert found.n == pytest.approx(two_proportions(0.4, 0.2, power=0.9, ratio=2.0).n, rel=0.02)
    same = stratified_proportions([0.4, 0.4], [0.2, 0.2], [0.3, 0.7], power=0.9)
    alone = stratified_proportions([0.4], [0.2], [1.0], power=0.9)
    assert same.n == pytest.approx(alone.n, rel=1e-12)


def test_stratified_power_by_simulation():
    p1, p2, shares = np.array([0.5, 0.25]), np.array([0.3, 0.1]), np.array([0.4, 0.6])
    found = stratified_proportions(p1, p2, shares)
    n = np.maximum(np.round(found.n * shares / 2), 1)
    rng = np.random.default_rng(5)
    x1, x2 = (
        rng.binomial(n.astype(int), p1, (40_000, 2)),
        rng.binomial(n.astype(int), p2, (40_000, 2)),
    )
    total = (x1 + x2) / (2 * n)
    shift = ((x1 - x2) / 2).sum(axis=1)
    variance = (n / 2 * total * (1 - total) * 2 * n / (2 * n - 1)).sum(axis=1)
    reached = (shift / np.sqrt(variance) >= stats.norm.isf(0.025)).mean()
    assert reached == pytest.approx(0.8, abs=0.01)


def test_means():
    # R 4.2 power.t.test(delta = 5, sd = 10, power = .8): n = 63.76576; paired 33.3672 alike.
    assert two_means(5, 10, alpha=0.05, sided=2).n1 == pytest.approx(63.76576, abs=2e-5)
    assert one_mean(5, 10, alpha=0.05, sided=2).n == pytest.approx(33.3672, abs=2e-4)
    # Reaching the margin is a difference against it.
    assert two_means(0, 10, margin=5).n == pytest.approx(two_means(5, 10).n, rel=1e-12)


def test_equivalence_of_means_by_direct_integration():
    found = equivalent_means(0.1, 1.0, 0.6)
    n = found.n1
    df = 2 * n - 2
    critical, root = stats.t.ppf(0.95, df), math.sqrt(2 / n)

    def given(s):
        inside = stats.norm.cdf((0.6 - 0.1) / root - critical * s)
        inside -= stats.norm.cdf((-0.6 - 0.1) / root + critical * s)
        return inside * stats.chi(df, scale=1 / math.sqrt(df)).pdf(s)

    power = integrate.quad(given, 0, 0.6 / (critical * root), epsabs=1e-12, limit=200)[0]
    assert power == pytest.approx(0.8, abs=1e-9)


def test_event_probability_in_closed_form():
    """Exponential with uniform accrual (Lachin & Foulkes 1986, equation 2.1 with drop-out)."""
    rate, lost, accrual, follow = math.log(2) / 11, -math.log(0.9) / 12, 30.0, 15.0
    total = rate + lost
    seen = 1 - (math.exp(-total * follow) - math.exp(-total * (accrual + follow))) / total / accrual
    found = event_probability(Hazard.from_median(11), Course(accrual, follow, 0.1, 12))
    assert found == pytest.approx(rate / total * seen, rel=1e-12)


def test_freedman_and_schoenfeld_by_hand():
    z = stats.norm.isf(0.025) + stats.norm.isf(0.2)
    assert required_events(0.5, method="freedman") == pytest.approx(z**2 * 9, rel=1e-12)
    assert required_events(0.5) == pytest.approx(4 * z**2 / math.log(2) ** 2, rel=1e-12)


def test_piecewise_hazard():
    hazard = Hazard.from_survival([6, 12, 24], [0.8, 0.6, 0.5])
    assert hazard.survival(np.array([6.0, 12, 24])) == pytest.approx([0.8, 0.6, 0.5])
    course = Course(12, 12)
    plain = integrate.quad(
        lambda e: 1 - float(hazard.survival(np.array([24 - e]))[0]), 0, 12, points=[0], limit=400
    )[0] / 12  # fmt: skip
    assert event_probability(hazard, course) == pytest.approx(plain, rel=1e-8)
    events = expected_events(200, hazard, hazard, course, 1.0, 15.0)
    assert calendar_time(events, 200, hazard, hazard, course, 1.0) == pytest.approx(15.0, abs=1e-8)


def test_lakatos_lies_at_schoenfeld_for_small_effects():
    course = Course(24, 12)
    near = survival(0.97, 12, course, method="lakatos").events
    assert near == pytest.approx(required_events(0.97), rel=2e-3)


@pytest.mark.parametrize("late", [False, True])
def test_lakatos_has_its_power_by_simulation(late):
    """Log-rank on simulated patients, proportional and with an effect that starts at 6 months."""
    control = Hazard((0.0, 6.0), (0.06, 0.06))
    treated = Hazard((0.0, 6.0), (0.06, 0.028)) if late else control.scaled(0.6)
    course = Course(24, 12, 0.05)
    n = 2 * math.ceil(lakatos(treated, control, course).n / 2)
    rng = np.random.default_rng(8)
    hits, repeats = 0, 1500
    arm = np.arange(n) % 2
    for _ in range(repeats):
        u = rng.exponential(size=n)
        t = np.empty(n)
        for k, hazard in enumerate((control, treated)):
            first = hazard.rates[0] * 6
            own = u[arm == k]
            t[arm == k] = np.where(
                own < first, own / hazard.rates[0], 6 + (own - first) / hazard.rates[1]
            )
        end = np.minimum(36 - rng.uniform(0, 24, n), rng.exponential(1 / course.drop_out_rate, n))
        event, time = t <= end, np.minimum(t, end)
        order = np.argsort(time)
        died, which = event[order], arm[order]
        at_risk = np.arange(n, 0, -1)
        ours = which[::-1].cumsum()[::-1]
        share = ours / at_risk
        shift = (share - which)[died].sum()
        hits += shift / math.sqrt((share * (1 - share))[died].sum()) >= stats.norm.isf(0.025)
    # Monte-Carlo standard error 0.0103; the normal approximation adds about a point.
    assert hits / repeats == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("call", "name", "value"),
    [
        (lambda: two_proportions(0.3, 0.3), "p1", "0.3"),
        (lambda: two_proportions(1.3, 0.3), "p1", "1.3"),
        (lambda: two_proportions(0.3, 0.1, power=0.01), "power", "0.01"),
        (lambda: two_proportions(0.3, 0.1, alpha=0), "alpha", "0"),
        (lambda: two_proportions(0.3, 0.1, ratio=-1), "ratio", "-1"),
        (lambda: two_proportions(0.3, 0.1, sided=3), "sided", "3"),
        (lambda: exact_two_proportions(0.1, 0.3), "p1", "0.1"),
        (lambda: one_proportion(0.3, 0.3), "p1", "0.3"),
        (lambda: noninferior_proportions(0.3, 0.5, 0.1), "p1", "0.3"),
        (lambda: noninferior_proportions(0.5, 0.5, -0.1), "margin", "-0.1"),
        (lambda: equivalent_proportions(0.5, 0.4, 0.05), "margin", "0.05"),
        (lambda: stratified_proportions([0.4], [0.2], [0.7]), "shares", "0.7"),
        (lambda: two_means(0, 10), "difference", "0"),
        (lambda: two_means(5, -1), "sd", "-1"),
        (lambda: equivalent_means(1, 1, 0.5), "margin", "0.5"),
        (lambda: survival(1.0, 12, Course(24, 12)), "hazard_ratio", "1"),
        (lambda: survival(0.7, 12, Course(-24, 12)), "accrual", "-24"),
        (lambda: survival(0.7, 12, Course(24, -1)), "follow_up", "-1"),
        (lambda: survival(0.7, 12, Course(24, 12, 1.0)), "drop_out", "1"),
        (lambda: survival(0.7, 0, Course(24, 12)), "control_median", "0"),
        (lambda: survival(1.4, 12, Course(24, 12), null=1.3), "hazard_ratio", "1.4"),
        (lambda: survival(float("nan"), 12, Course(24, 12)), "hazard_ratio", "nan"),
    ],
)
def test_impossible_parameters_are_named(call, name, value):
    with pytest.raises(InputError) as error:
        call()
    assert any(f.column == name and f.value == value for f in error.value.faults)


def test_groups_alike_cannot_be_sized():
    hazard = Hazard.from_median(12)
    with pytest.raises(NotEstimable, match="do not differ"):
        lakatos(hazard, hazard, Course(24, 12))
