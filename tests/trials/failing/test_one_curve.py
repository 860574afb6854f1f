"""One group followed in time under other truths: enumeration, moments, SciPy."""

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.errors import InputError
from hilum.trials.failing.changes import PLANNED, Changes
from hilum.trials.failing.curves import Seen
from hilum.trials.failing.one_curve import KnownCurve, Landmark, kaplan_meier
from hilum.trials.fixed.course import Course, Hazard

TRIALS = 20_000
BOUND = stats.norm.isf(0.05)


def success(trial, changes, *, works=True):
    out = trial.play(changes, TRIALS, np.random.SeedSequence(3), works=works)
    return float(out.success.mean()), out


def counted(n, null, p):
    """Nobody is lost before the landmark: Kaplan-Meier's share is x / n, Greenwood's its error."""
    x = np.arange(n + 1)
    with np.errstate(divide="ignore"):
        z = (np.arcsin(np.sqrt(x / n)) - np.arcsin(null**0.5)) * 2 * n**0.5
    z[n] = np.inf
    return float(stats.binom.pmf(x, n, p)[(z >= BOUND) & (x > 0)].sum())


@pytest.mark.parametrize(
    ("changes", "idle", "hoped"),
    [
        (PLANNED, 0.4, 0.6),
        (Changes(effect=0.5), 0.4, 0.5),
        (Changes(control_points=0.1), 0.5, 0.7),
        (Changes(control_points=-0.1, effect=0.5), 0.3, 0.4),
        (Changes(slower=3.0), 0.4, 0.6),
    ],
)
def test_a_landmark_by_enumeration_where_nobody_is_lost(changes, idle, hoped):
    trial = Landmark(0.4, 0.6, 12.0, Course(10.0, 12.0), 39, float(BOUND))
    for works, p in ((True, hoped), (False, idle)):
        exact = counted(39, 0.4, p)
        found, out = success(trial, changes, works=works)
        assert found == pytest.approx(exact, abs=4 * (0.25 / TRIALS) ** 0.5)
    assert set(out.months) == {10.0 * changes.slower + 12.0}
    assert set(out.patients) == {39}


def test_a_landmark_with_losses_by_the_limit_of_greenwood():
    """``int dLambda / (S G)``, drop-out exponential; what the normal law misses 0.02."""
    n, share = 150, 0.3
    trial = Landmark(0.4, 0.52, 12.0, Course(10.0, 12.0), n, float(BOUND))
    hazard, lost = -np.log(0.52) / 12, -np.log(1 - share) / 12
    total = integrate.quad(lambda t: hazard * np.exp((hazard + lost) * t), 0, 12)[0]
    error = (0.52 * total / (4 * 0.48) / n) ** 0.5
    shift = np.arcsin(0.52**0.5) - np.arcsin(0.4**0.5)
    exact = stats.norm.cdf(shift / error - BOUND)
    assert success(trial, Changes(drop_out=share))[0] == pytest.approx(exact, abs=0.035)


def test_kaplan_meier_and_greenwood_by_lifelines():
    lifelines = pytest.importorskip("lifelines")
    rng = np.random.default_rng(4)
    time, event = rng.exponential(10, (3, 25)), rng.random((3, 25)) < 0.7
    left, spread = kaplan_meier(Seen(time, event, np.ones((3, 25), bool)), 9.0)
    for k in range(3):
        fitted = lifelines.KaplanMeierFitter().fit(time[k], event[k])
        assert left[k] == pytest.approx(float(fitted.predict(9.0)), rel=1e-12)
        passed = fitted.event_table.loc[:9.0]
        at_risk, died = passed["at_risk"], passed["observed"]
        exact = float((died / (at_risk * (at_risk - died).clip(lower=1))).sum())
        assert spread[k] == pytest.approx(exact, rel=1e-9)


def test_a_share_stays_between_0_and_1():
    trial = Landmark(0.4, 0.6, 12.0, Course(10.0, 12.0), 39, float(BOUND))
    with pytest.raises(InputError) as error:
        success(trial, Changes(control_points=0.4))
    assert error.value.faults[0].column == "control_points"


def moments(median, course, own):
    """Of O - E of a patient, by adaptive quadrature over the time until he is seen no more."""
    base = np.log(2) / median
    lost = -np.log(1 - course.drop_out) / course.drop_out_time if course.drop_out else 0.0

    def followed(t):
        entered = np.clip(
            (course.total - t) / course.accrual, 0, min(1, course.total / course.accrual)
        )
        return entered * np.exp(-lost * t)

    def survival(t):
        steps = np.linspace(0, t, 401)
        return np.exp(-np.trapezoid([own(s) for s in steps], steps)) if t else 1.0

    grid = np.linspace(0, course.total, 601)
    s = np.array([survival(t) for t in grid])
    seen = s * np.array([followed(t) for t in grid])
    h = np.array([own(t) for t in grid])
    observed = np.trapezoid(h * seen, grid)
    expected = np.trapezoid(base * seen, grid)
    square = np.trapezoid(base * grid * base * seen, grid)
    cross = np.trapezoid(base * grid * h * seen, grid)
    shift = observed - expected
    return shift, expected, observed + 2 * square - 2 * cross - shift**2, observed


@pytest.mark.parametrize(
    ("changes", "median", "pattern", "course"),
    [
        (PLANNED, 12.0, ((0.0, 0.6),), Course(12.0, 12.0)),
        (Changes(effect=0.5), 12.0, ((0.0, 0.6**0.5),), Course(12.0, 12.0)),
        (Changes(delay=4.0), 12.0, ((0.0, 1.0), (4.0, 0.6)), Course(12.0, 12.0)),
        (Changes(control_times=1.2), 14.4, ((0.0, 0.6),), Course(12.0, 12.0)),
        (Changes(drop_out=0.3), 12.0, ((0.0, 0.6),), Course(12.0, 12.0, 0.3)),
        (Changes(slower=1.5, closed=True), 12.0, ((0.0, 0.6),), Course(18.0, 6.0)),
    ],
)
def test_a_known_curve_by_the_moments_of_its_statistic(changes, median, pattern, course):
    """Wu 2015 with 200 patients; the normal law misses up to 0.02 of the power."""
    n = 100
    trial = KnownCurve(Hazard.from_median(12.0), 0.6, Course(12.0, 12.0), n, float(BOUND))

    def own(t):
        ratio = [r for month, r in pattern if month <= t][-1]
        return np.log(2) / median * ratio

    shift, expected, variance, observed = moments(12.0, course, own)
    exact = stats.norm.cdf((-shift * n**0.5 - BOUND * expected**0.5) / variance**0.5)
    found, out = success(trial, changes)
    assert found == pytest.approx(exact, abs=0.03)
    assert out.events.mean() == pytest.approx(n * observed, rel=0.01)
    assert success(trial, PLANNED, works=False)[0] == pytest.approx(0.05, abs=0.015)


def test_a_good_event_is_seen_from_the_other_side():
    trial = KnownCurve(Hazard.from_median(12.0), 1.5, Course(12.0, 12.0), 80, float(BOUND))
    assert success(trial, PLANNED)[0] > 0.8
    assert success(trial, PLANNED, works=False)[0] == pytest.approx(0.05, abs=0.02)
    assert success(trial, Changes(effect=-0.5))[0] < 0.01
