"""Steps of a curve against numbers at risk: whole deaths among whole patients, or none.

The reference is enumeration: every whole number of deaths among every whole number of patients.
"""

from fractions import Fraction

import numpy as np
import pytest

from hilum.literature.figures.printed_risk import proves
from hilum.literature.figures.risk_rows import RiskRow
from hilum.literature.figures.risk_steps import (
    ENOUGH,
    LEVELS,
    MOST,
    StepCheck,
    check_steps,
    levels_of,
)
from tests.literature.figures import trial
from tests.synthesis.survival.trials import corners

EXACT = 1e-6
TIMES = (0.0, 12.0, 24.0, 36.0, 48.0)


def curve(arm):
    time, level = corners(*arm)
    return tuple(time.tolist()), tuple(level.tolist())


def numbers(arm, scale=1.0):
    return tuple(round(scale * int((arm[0] >= t).sum())) for t in TIMES)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("which", [0, 1])
def test_the_true_numbers_make_every_step_and_scaled_ones_do_not(seed, which):
    arm = trial(seed)[which]
    time, level = curve(arm)
    true = check_steps(time, level, TIMES, numbers(arm), EXACT)
    assert true.telling > 50
    assert true.against <= 0.05
    assert true.proves(numbers(arm)[0])
    died = arm[0][arm[1] == 1].min()
    assert true.first == pytest.approx((arm[0] >= died).sum(), rel=1e-6)
    for scale in (100 / len(arm[0]), 0.5, 0.9, 1.1, 0.6):
        n = numbers(arm, scale)
        wrong = check_steps(time, level, TIMES, n, EXACT)
        assert wrong.contradicted, scale
        assert not wrong.proves(n[0])


def test_as_enumeration_finds_it():
    """Of three steps between 20 and 15 at risk, those that some d/n equals are made."""
    falls = [Fraction(1, 20), Fraction(2, 17), Fraction(1, 23), Fraction(1, 14), Fraction(1, 16)]
    for fall in falls:
        level = (1.0, float(1 - fall))
        found = check_steps((0.0, 5.0), level, (0.0, 12.0), (20, 15), EXACT)
        made = any(Fraction(d, n) == fall for n in range(16, 21) for d in range(1, n))
        assert found.telling == 1
        assert (found.against == 0) is made, fall


def test_percentages_of_fifty_patients_are_twice_their_numbers_and_prove_nothing():
    rng = np.random.default_rng(4)
    time = np.round(rng.exponential(30, 50), 2) + 0.1
    arm = time, np.ones(50, int)
    own = curve(arm)

    def checks(_, row):
        return check_steps(*own, row.time, row.n, EXACT)

    true = RiskRow(TIMES, numbers(arm), "", None)
    twice = RiskRow(TIMES, numbers(arm, 2.0), "", None)
    assert checks(0, twice).against == 0
    assert not proves(twice, checks, 0)
    assert proves(true, checks, 0)


@pytest.mark.parametrize(("telling", "told"), [(4, False), (5, True), (6, True)])
def test_five_steps_tell(telling, told):
    assert ENOUGH == 5
    assert (StepCheck(0.0, telling, 2, 20.0).share is not None) is told
    assert StepCheck(0.5, telling, 2, 20.0).contradicted is told
    assert StepCheck(0.0, telling, 2, 20.0).proves(20) is told


@pytest.mark.parametrize(("against", "wrong"), [(0.09, False), (0.1, False), (0.11, True)])
def test_a_tenth_of_the_steps_may_be_slips(against, wrong):
    assert MOST == 0.1
    assert StepCheck(against, 20, 2, 20.0).contradicted is wrong
    assert StepCheck(against, 20, 2, 20.0).proves(20) is not wrong


@pytest.mark.parametrize(("first", "proven"), [(96.0, True), (95.0, True), (94.0, False)])
def test_the_first_step_is_of_nearly_all_patients(first, proven):
    """A step of 1 in 95 is one death of 100 of whom five left before it; 1 in 94 is another's."""
    assert StepCheck(0.0, 20, 2, first).proves(100) is proven


def test_steps_between_two_columns_alone_prove_nothing():
    assert not StepCheck(0.0, 20, 1, 20.0).proves(20)
    assert StepCheck(0.0, 20, 2, 20.0).proves(20)


@pytest.mark.parametrize(("precision", "telling"), [(6e-4, 1), (6.6e-4, 1), (6.7e-4, 0)])
def test_levels_that_are_read_too_coarsely_tell_nothing(precision, telling):
    """Three errors of a level among 100 patients are a fifth of a death at 0.000667."""
    found = check_steps((0.0, 5.0), (1.0, 0.99), (0.0, 12.0), (100, 90), precision)
    assert found.telling == telling


@pytest.mark.parametrize(
    ("first", "whole"), [(100.0, True), (50.0, True), (99.7, True), (99.5, False)]
)
def test_of_numbers_from_a_hundred_the_first_step_is_of_a_hundred(first, whole):
    """To within 0.4 %, to which a step is read: percentages of 99 patients are none."""
    assert StepCheck(0.0, 20, 2, first).whole(100) is whole


@pytest.mark.parametrize(("when", "made"), [(12.2, True), (12.239, True), (12.25, False)])
def test_a_column_stands_within_two_hundredths_of_its_distance(when, made):
    """1 in 60 is a death of the interval before 12 months, and none of that after it."""
    found = check_steps((0.0, when), (1.0, 1 - 1 / 60), (0.0, 12.0, 24.0), (80, 40, 20), EXACT)
    assert found.telling == 1
    assert (found.against == 0) is made


def steps_of(patients, many):
    """So many levels of patients of whom one dies at every time."""
    return tuple(map(float, range(1, many + 1))), tuple(1 - k / patients for k in range(1, many + 1))


@pytest.mark.parametrize(("many", "told"), [(9, False), (10, True), (11, True)])
def test_ten_levels_say_that_nobody_is_censored(many, told):
    assert LEVELS == 10
    assert levels_of(*steps_of(100, many), 60.0, 100, EXACT) is told


@pytest.mark.parametrize("patients", [25, 50, 99, 101, 150, 199])
def test_levels_of_another_number_of_patients_are_none_of_a_hundred(patients):
    assert not levels_of(*steps_of(patients, 20), 60.0, 100, EXACT)


def test_levels_after_the_last_column_say_nothing():
    time, level = steps_of(100, 12)
    late = (*time, 99.0), (*level, 0.7777)
    assert levels_of(*late, 60.0, 100, EXACT)
    assert levels_of(*late, 98.9, 100, EXACT)
    assert not levels_of(*late, 99.0, 100, EXACT)


@pytest.mark.parametrize(("precision", "told"), [(2e-5, True), (6.6e-4, False), (6.7e-4, False)])
def test_levels_read_too_coarsely_are_those_of_other_numbers_too(precision, told):
    """At a fifth of a patient nothing is told; before that 99 and 101 make the same 15 levels."""
    assert levels_of(*steps_of(100, 15), 60.0, 100, precision) is told
