"""Two groups followed in time under other truths: quadrature, and patients drawn one by one."""

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.trials.failing.changes import PLANNED, Changes
from hilum.trials.failing.curves import changed_course, changed_pattern, crossing
from hilum.trials.failing.designed import strata_curves, two_curves
from hilum.trials.fixed.course import Course, Hazard, calendar_time, event_probability
from hilum.trials.fixed.lakatos import changing_hazard
from hilum.trials.fixed.nonproportional import Largest, combo

TRIALS = 4_000
# Four Monte-Carlo errors, and what the normal law misses (0.015).
NEAR = 4 * (0.2 / TRIALS) ** 0.5 + 0.015
LATE = {
    "hazard_ratio": 0.6, "control_median": 15.0, "delay": 4.0, "accrual": 12.0, "follow_up": 24.0,
    "simulate": 100,
}  # fmt: skip
STRATA = {
    "hazard_ratio": 0.65, "accrual": 30.0, "follow_up": 18.0, "drop_out": 0.05,
    "stratum": ("0.4 30 low burden", "0.6 14 high burden"),
}  # fmt: skip


def asked(name, **given):
    record = analysis(f"design-{name}")
    question = record.Asked(**given)
    return question, record.run(question)


def success(trial, changes, *, works=True, trials=TRIALS):
    out = trial.play(changes, trials, np.random.SeedSequence(3), works=works)
    return float(out.success.mean()), out


def test_maxcombo_by_the_joint_normal_law_of_its_statistics():
    question, made = asked("non-proportional", **LATE)
    trial = two_curves(made, question.plan(15.0))
    course = Course(12.0, 24.0)
    for changes, median, pattern, of in (
        (PLANNED, 15.0, ((0.0, 1.0), (4.0, 0.6)), course),
        (Changes(delay=8.0), 15.0, ((0.0, 1.0), (8.0, 0.6)), course),
        (Changes(effect=0.7), 15.0, ((0.0, 1.0), (4.0, 0.6**0.7)), course),
        (Changes(control_times=1.6), 24.0, ((0.0, 1.0), (4.0, 0.6)), course),
        (Changes(drop_out=0.3), 15.0, ((0.0, 1.0), (4.0, 0.6)), Course(12.0, 24.0, 0.3)),
        (Changes(slower=2.0), 15.0, ((0.0, 1.0), (4.0, 0.6)), Course(24.0, 24.0)),
        (
            Changes(slower=2.0, closed=True), 15.0, ((0.0, 1.0), (4.0, 0.6)), Course(24.0, 12.0),
        ),
    ):  # fmt: skip
        control = Hazard.from_median(median)
        one = combo(changing_hazard(control, pattern), control, of)
        exact = Largest(one.correlation).above(trial.critical, one.shift * made.patients**0.5)
        found, out = success(trial, changes)
        assert found == pytest.approx(exact, abs=NEAR), changes
        assert out.events.mean() == pytest.approx(one.events * made.patients, rel=0.01)
    assert success(trial, PLANNED, works=False)[0] == pytest.approx(0.025, abs=0.012)


def test_restricted_means_have_the_power_of_their_formula():
    question, made = asked("non-proportional", **LATE, method="rmst", horizon=20.0)
    trial = two_curves(made, question.plan(15.0))
    assert success(trial, PLANNED)[0] == pytest.approx(made.reached, abs=NEAR)
    assert success(trial, Changes(effect=0.5))[0] < made.reached - 0.2


def test_controls_who_cross_over_patient_by_patient():
    """The hazard changes at an exponential time: stepped through in small steps of a month."""
    control, treated = Hazard.from_median(10.0), Hazard((0.0, 6.0), (0.07, 0.03))
    changes, rng = Changes(crossover=0.5), np.random.default_rng(2)
    time = crossing(rng, control, treated, changes, rng.standard_exponential((1, 100_000)))[0]
    rate, step, t = -np.log(0.5) / 12, 0.01, 0.0
    apart, over = 1.0, 0.0
    for month in range(1, 31):
        while t < month - 1e-9:
            h1 = 0.07 if t < 6 else 0.03
            apart, over = (
                apart * (1 - (np.log(2) / 10 + rate) * step),
                over * (1 - h1 * step) + apart * rate * step,
            )
            t += step
        if month in (3, 6, 12, 30):
            assert (time > month).mean() == pytest.approx(apart + over, abs=0.007)


def test_strata_by_schoenfeld_and_by_the_calendar():
    _, made = asked("stratified", **STRATA)
    course = Course(30.0, 18.0, 0.05)
    trial = strata_curves(made, course)
    for changes, log in ((PLANNED, np.log(0.65)), (Changes(effect=0.6), 0.6 * np.log(0.65))):
        exact = stats.norm.cdf(-log * made.events**0.5 / 2 - stats.norm.isf(0.025))
        assert success(trial, changes)[0] == pytest.approx(exact, abs=NEAR)
    assert success(trial, PLANNED, works=False)[0] == pytest.approx(0.025, abs=0.012)
    # Months: expected events of both strata together reach the number planned.
    hazards = [(Hazard.from_median(one.control).scaled(0.65), one.control, one.share)
               for one in made.strata]  # fmt: skip
    for changes, accrual in ((PLANNED, 30.0), (Changes(slower=1.5), 45.0)):
        of = Course(accrual, 18.0, 0.05)

        def events(month, of=of):
            return sum(
                share * made.patients / 2
                * (event_probability(one, of, month)
                   + event_probability(Hazard.from_median(median), of, month))
                for one, median, share in hazards
            )  # fmt: skip

        low, high = 10.0, 200.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if events(middle) < made.events else (low, middle)
        assert success(trial, changes)[1].months.mean() == pytest.approx(low, rel=0.02)


def test_one_stratum_is_the_design_without_strata():
    """Power of the same truths by the simulation of patients that the survival design has."""
    given = {"hazard_ratio": 0.65, "accrual": 30.0, "follow_up": 18.0}
    _, made = asked("stratified", **given, stratum=("1 16 all",))
    trial = strata_curves(made, Course(30.0, 18.0))
    _, other = asked(
        "survival", **given, control_median=16.0, simulate=TRIALS,
        scenarios=("delayed-effect", "crossover", "drop-out", "slow-accrual-closed"),
    )  # fmt: skip
    assert made.patients == other.patients
    rows = {one.code: one for one in other.simulated.truths}
    for code, changes in (
        ("delayed-effect", Changes(delay=4.0)),
        ("crossover", Changes(crossover=0.3)),
        ("drop-out", Changes(drop_out=0.2)),
        ("slow-accrual-closed", Changes(slower=1.5, closed=True)),
    ):
        found, out = success(trial, changes)
        assert found == pytest.approx(rows[code].success, abs=NEAR), code
        assert out.months.mean() == pytest.approx(rows[code].months, rel=0.03), code


def test_a_good_event_that_is_hoped_to_come_sooner():
    _, made = asked(
        "stratified", hazard_ratio=1.6, better="higher", accrual=20.0, follow_up=12.0,
        stratum=("0.5 8 a", "0.5 12 b"),
    )  # fmt: skip
    trial = strata_curves(made, Course(20.0, 12.0))
    assert success(trial, PLANNED)[0] == pytest.approx(0.8, abs=NEAR + 0.01)
    assert success(trial, PLANNED, works=False)[0] == pytest.approx(0.025, abs=0.012)


def test_what_changes_of_a_pattern_and_of_a_course():
    late = ((0.0, 1.0), (4.0, 0.5))
    assert changed_pattern(late, PLANNED, works=True) == late
    assert changed_pattern(late, PLANNED, works=False) == ((0.0, 1.0),)
    assert changed_pattern(late, Changes(effect=0.5), works=True)[1] == (4.0, 0.5**0.5)
    assert changed_pattern(late, Changes(delay=6.0), works=True) == ((0.0, 1.0), (6.0, 0.5))
    course = Course(12.0, 24.0, 0.1, 24.0)
    assert changed_course(course, PLANNED) == course
    assert changed_course(course, Changes(slower=2.0)) == Course(24.0, 24.0, 0.1, 24.0)
    closed = changed_course(course, Changes(slower=2.0, closed=True))
    assert (closed.accrual, closed.follow_up) == (24.0, 12.0)
    # Recruitment that would outlast the trial: not all patients come.
    closed = changed_course(course, Changes(slower=4.0, closed=True))
    assert (closed.accrual, closed.total) == (48.0, 36.0)
    assert changed_course(course, Changes(drop_out=0.2)) == Course(12.0, 24.0, 0.2, 12.0)


def test_calendar_of_one_analysis():
    """The month of an event-driven analysis, by the formula of one stratum."""
    _, made = asked("stratified", hazard_ratio=0.65, accrual=30.0, follow_up=18.0,
                    stratum=("1 16 all",))  # fmt: skip
    trial = strata_curves(made, Course(30.0, 18.0))
    control = Hazard.from_median(16.0)
    month = calendar_time(
        made.events, made.patients, control.scaled(0.65), control, Course(30.0, 60.0), 1.0
    )
    assert success(trial, PLANNED, trials=1000)[1].months.mean() == pytest.approx(month, rel=0.02)
