"""Clicks so far apart that deaths stand between them: against R's interval-censored Weibull."""

import numpy as np
import pytest

from hilum.synthesis.survival import Report, SurvivalArm, fit_survival, rate_at, reconstruct
from hilum.synthesis.survival.far_points import TOGETHER, far_points, spread
from hilum.synthesis.survival.reconstruct import NEAR
from hilum.synthesis.survival.staircase import staircase

YEARLY = [0, 6, 12, 18, 24, 36, 48, 60, 72]
LEVELS = [1, 0.929, 0.857, 0.743, 0.67, 0.473, 0.372, 0.296, 0.216]

# Survival at months: deaths 5 5 8 5 14 7 5 6 between the clicks, 15 alive at the last.
R_WEIBULL = {12: 0.83703936, 36: 0.50931340, 60: 0.28535063}


def gaps_of(time, survival, risk_time, risk_n):
    curve = staircase(time, survival)
    near = NEAR * curve.end
    return far_points(curve, np.asarray(risk_time, float), np.asarray(risk_n), near=near)


def levels_at(found, grid):
    time, survival = found.product_limit()
    return np.concatenate([[1.0], survival])[np.searchsorted(time, grid, side="right")]


def test_a_weibull_of_the_patients_is_that_of_the_intervals():
    """R survival 3.5-3, survreg(Surv(lo, hi, type = "interval2") ~ 1) of the clicks' counts.

    Deaths at the clicks' own times make 12 months 89.7 % and 36 months 57.9 %.
    """
    found = reconstruct(YEARLY, LEVELS, patients=70)
    reports = (Report("curve", times=tuple(found.time), status=tuple(found.status)),)
    fit = fit_survival([SurvivalArm("A", "", reports)], family="weibull", random="none")
    for time, value in R_WEIBULL.items():
        assert rate_at(fit, time).value == pytest.approx(value, abs=0.004)
    assert found.far == (24.0, 36.0, pytest.approx(0.197), 14)
    assert np.abs(found.gaps()[1]).max() < 0.5 / 70
    # The median lies on the straight line between its two points.
    assert levels_at(found, [34.35])[0] == pytest.approx(0.5, abs=1 / 70)


@pytest.mark.parametrize("n", [70, 300])
@pytest.mark.parametrize("table", [False, True])
def test_between_the_clicks_the_curve_is_not_kept_high(n, table):
    """Exponential patients clicked once a year; deaths at the clicks would be 0.07 too high.

    A straight line between two points of a curve that bends so lies a little above it itself.
    """
    rng = np.random.default_rng(n)
    grid, fine = np.arange(0, 73, 12.0), np.linspace(0, 72, 200)
    errors = []
    for _ in range(5):
        died, left = rng.exponential(40, n), rng.uniform(20, 100, n)
        time, status = np.minimum(died, left), died <= left
        dead = np.sort(time[status])
        steps = np.cumprod([1 - 1 / (time >= t).sum() for t in dead])
        true = np.concatenate([[1.0], steps])
        read = true[np.searchsorted(dead, grid, side="right")]
        counts = [int((time >= t).sum()) for t in grid]
        given = {"risk_time": grid, "risk_n": counts} if table else {"patients": n}
        found = reconstruct(grid, read, **given)
        if table:
            assert found.at_risk(grid).tolist() == counts
        errors.append(levels_at(found, fine) - true[np.searchsorted(dead, fine, side="right")])
        assert np.abs(found.gaps()[1]).max() < 2.5 / n
    assert np.mean(errors) == pytest.approx(0.005, abs=0.01)


@pytest.mark.parametrize(
    ("deaths", "far"), [(TOGETHER - 1, False), (TOGETHER, False), (TOGETHER + 1, True)]
)
def test_more_deaths_than_one_step_holds(deaths, far):
    """Of 100: a step of so many, far from the point before."""
    found = gaps_of([0, 10, 20], [1, 1, 1 - deaths / 100], [0.0], [100])
    assert bool(found) is far
    if far:
        assert found[0] == (10.0, 20.0, pytest.approx(deaths / 100), deaths)


@pytest.mark.parametrize(("apart", "far"), [(0.9, False), (1.0, False), (1.1, True)])
def test_points_of_one_vertical_are_one_step(apart, far):
    """2 % of a curve of 100 months; a step of twenty deaths clicked at its top and its foot."""
    start = 50.0
    stop = start + apart * NEAR * 100
    found = gaps_of([0, start, stop, 100], [1, 1, 0.8, 0.8], [0.0], [100])
    assert bool(found) is far


@pytest.mark.parametrize(("deaths", "far"), [(15, False), (16, False), (17, True), (50, True)])
def test_clicks_on_steps_stay_where_they_are(deaths, far):
    """Sixteen steps of one death in 128, and one deep fall after them."""
    level = [*(1 - i / 128 for i in range(17)), (112 - deaths) / 128]
    assert bool(gaps_of([*range(17), 40], level, [0.0], [128])) is far


def test_numbers_at_risk_say_how_many_can_have_died():
    """One death of ten at risk falls as far as ten of a hundred."""
    assert gaps_of([0, 40, 50], [1, 1, 0.9], [0.0], [100])
    assert not gaps_of([0, 40, 50], [1, 1, 0.9], [0.0, 30.0], [100, 10])
    # A column behind the point says nothing of before it.
    assert gaps_of([0, 40, 50], [1, 1, 0.9], [0.0, 45.0], [100, 10])


def test_a_fall_is_parted_as_finely_as_it_was_read():
    curve = staircase([0, 10, 20, 30], [1, 1, 0.9, 0.9])
    (gap,) = gaps_of([0, 10, 20, 30], [1, 1, 0.9, 0.9], [0.0], [50])
    parted = spread(curve, [gap], 0.002)
    assert parted.time.tolist() == pytest.approx([11, 13, 15, 17, 19])
    assert parted.survival.tolist() == pytest.approx([0.98, 0.96, 0.94, 0.92, 0.9])
    coarse = spread(curve, [gap], 0.04)
    assert coarse.survival.tolist() == pytest.approx([0.95, 0.9])


@pytest.mark.parametrize(("precision", "far"), [(0.0005, False), (0.001, False), (0.002, True)])
def test_a_step_that_was_read_stands_where_it_was_read(precision, far):
    """Pixels and paths are read at every step; a hand clicks what it likes."""
    found = reconstruct([0, 10, 20, 30], [1, 1, 0.8, 0.8], patients=50, precision=precision)
    assert (found.far is not None) is far
    assert bool(np.all(found.time[found.status == 1] == 20.0)) is not far
