"""Rates of events under other truths: the normal law of the log ratio, its variance written out."""

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.analyses import analysis
from hilum.trials.failing.changes import Changes
from hilum.trials.failing.counts import Sums, TwoCounts
from hilum.trials.failing.designed import two_counts
from hilum.trials.failing.rates import Pace

TRIALS = 4_000
# Four Monte-Carlo errors, and what the normal law misses with some 400 events (0.015).
NEAR = 4 * (0.2 / TRIALS) ** 0.5 + 0.015


def answered(**asked):
    record = analysis("design-counts")
    return record.run(record.Asked(rate_ratio=0.7, control_rate=0.1, exposure=12.0, **asked))


def success(trial, changes, *, works=True):
    out = trial.play(changes, TRIALS, np.random.SeedSequence(3), works=works)
    return float(out.success.mean()), out


def variance(rate, spread, n, exposure=12.0, lost=0.0):
    """Of the log of a rate of n patients: chance, and what differs between them."""
    if not lost:
        return (1 / (rate * exposure) + spread) / n
    hazard = -np.log(1 - lost) / 12

    def density(t):
        return hazard * np.exp(-hazard * t)

    last = np.exp(-hazard * exposure)
    mean = integrate.quad(lambda t: t * density(t), 0, exposure)[0] + exposure * last
    square = integrate.quad(lambda t: t**2 * density(t), 0, exposure)[0] + exposure**2 * last
    return (1 / (rate * mean) + spread * square / mean**2) / n


def power(n1, n2, rate, ratio, spread, lost=0.0, level=0.025):
    error = variance(rate * ratio, spread, n1, lost=lost) + variance(rate, spread, n2, lost=lost)
    return float(stats.norm.cdf(-np.log(ratio) / error**0.5 - stats.norm.isf(level)))


@pytest.mark.parametrize("dispersion", [0.0, 0.8])
def test_the_normal_law_of_the_log_ratio(dispersion):
    made = answered(dispersion=dispersion)
    trial = two_counts(made, 1.0, Pace())
    n1, n2 = dict(made.per_arm).values()
    for changes, exact in (
        (Changes(), power(n1, n2, 0.1, 0.7, dispersion)),
        (Changes(effect=0.6), power(n1, n2, 0.1, 0.7**0.6, dispersion)),
        (Changes(control_events=1.5), power(n1, n2, 0.15, 0.7, dispersion)),
        (Changes(control_events=0.6), power(n1, n2, 0.06, 0.7, dispersion)),
        (Changes(dispersion=0.6), power(n1, n2, 0.1, 0.7, dispersion + 0.6)),
        (Changes(drop_out=0.4), power(n1, n2, 0.1, 0.7, dispersion, lost=0.4)),
        (
            Changes(slower=2.0, closed=True),
            power(n1 // 2, n2 // 2, 0.1, 0.7, dispersion),
        ),
    ):
        found, out = success(trial, changes)
        assert found == pytest.approx(exact, abs=NEAR), changes
        idle, _ = success(trial, changes, works=False)
        assert idle == pytest.approx(0.025, abs=0.013), changes
    assert out.short.all()


def test_events_are_as_many_as_the_rates_say():
    made = answered(dispersion=0.8)
    trial = two_counts(made, 1.0, Pace(6.0))
    n1, n2 = dict(made.per_arm).values()
    _, out = success(trial, Changes(control_events=2.0))
    assert out.events.mean() == pytest.approx(12 * 0.2 * (n2 + 0.7 * n1), rel=0.01)
    assert out.months.mean() == pytest.approx((n1 + n2) / 6.0 + 12)
    # A control who crosses over at an exponential time has the other rate from then on.
    _, out = success(trial, Changes(crossover=0.3))
    hazard = -np.log(0.7) / 12
    before = (1 - np.exp(-hazard * 12)) / hazard
    expected = 12 * 0.07 * n1 + n2 * (0.1 * before + 0.07 * (12 - before))
    assert out.events.mean() == pytest.approx(expected, rel=0.01)


def test_several_analyses_stop_as_the_recursion_says():
    made = answered(dispersion=0.8, stages=3)
    trial = two_counts(made, 1.0, Pace())
    found, out = success(trial, Changes())
    assert found == pytest.approx(made.reached, abs=NEAR)
    for k, look in enumerate(made.looks):
        share = float((out.success & (out.look == k)).mean())
        assert share == pytest.approx(look.stop_efficacy1, abs=NEAR)


def test_a_margin_is_what_the_null_lies_at():
    record = analysis("design-counts")
    asked = record.Asked(rate_ratio=0.9, control_rate=0.2, exposure=12.0, margin=1.3)
    made = record.run(asked)
    trial = two_counts(made, 1.3, Pace())
    assert success(trial, Changes())[0] == pytest.approx(made.reached, abs=NEAR)
    assert success(trial, Changes(), works=False)[0] == pytest.approx(0.025, abs=0.012)


def test_the_statistic_of_a_small_table_by_hand():
    """Two groups of two and three patients, formulas of the docstring written out."""

    def sums(y, t):
        y, t = np.array(y, float), np.array(t, float)
        parts = (y.sum(), t.sum(), (y**2).sum(), (y * t).sum(), (t**2).sum())
        return Sums(*(np.array([[one]]) for one in parts), np.array([len(y)]))

    trial = TwoCounts(0.5, 1.0, 0.1, 12, 0.8, (2,), (3,), (1.96,), 1, Pace())
    (y1, t1), (y2, t2) = ([2, 1], [10, 12]), ([3, 1, 6], [12, 6, 12])
    z = trial._statistic(sums(y1, t1), sums(y2, t2))[0, 0]
    r1, r2 = 3 / 22, 10 / 30
    m1, m2 = r1 * np.array(t1), r2 * np.array(t2)
    top = (
        2 * ((np.array(y1) - m1) ** 2).sum() - m1.sum()
        + 1.5 * ((np.array(y2) - m2) ** 2).sum() - m2.sum()
    )  # fmt: skip
    k = max(top / ((m1**2).sum() + (m2**2).sum()), 0)
    v = 1 / 3 + k * np.square(t1).sum() / 22**2 + 1 / 10 + k * np.square(t2).sum() / 30**2
    assert z == pytest.approx(-np.log(r1 / r2) / v**0.5)
