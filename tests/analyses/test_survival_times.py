"""The mark of a pooled median: beyond every report, or determined by none."""

import math

import pytest

from hilum.analyses.survival_answer import (
    EVERYTHING,
    Alive,
    ArmRow,
    Lasting,
    Line,
    Mark,
    Mean,
)
from hilum.analyses.survival_times import MARGIN, as_told


def arm(kind, time, survival=0.5):
    mark = Mark(kind=kind, time=time, survival=survival)
    return ArmRow(study="A", arm=None, n=40, last=time, kinds={}, marks=(mark,), steps=())


def line(low, high):
    return Line(time=(0.0, 100.0), survival=(0.5, 0.5), ci_lb=(low, low), ci_ub=(high, high))


NARROW = line(0.3, 0.7)
# A constant hazard with 53 % alive at 35: log(0.5) / log(0.53) = 1.0918 times 35, 38.2.
REACH = 35 * math.log(0.5) / math.log(0.5 + MARGIN)


@pytest.mark.parametrize(
    ("value", "beyond"),
    [(35.0, False), (35.5, False), (REACH, False), (REACH * 1.001, True), (60.0, True)],
)
def test_a_printed_median_is_no_guess(value, beyond):
    assert math.isclose(0.53 ** (REACH / 35), 0.5)
    median = Lasting(value=value, ci=(20.0, 60.0))
    assert as_told(median, NARROW, [arm("median", 35.0)], 35.0).extrapolated is beyond


@pytest.mark.parametrize(("value", "beyond"), [(34.9, False), (35.0, False), (35.1, True)])
def test_without_a_median_the_last_report_is_the_end(value, beyond):
    """A rate at 35, and a median long before it, say nothing of one half later."""
    median = Lasting(value=value, ci=(20.0, 60.0))
    arms = [arm("rate", 35.0, 0.6), arm("median", 20.0)]
    assert as_told(median, NARROW, arms, 35.0).extrapolated is beyond
    assert as_told(None, NARROW, arms, 35.0) is None


@pytest.mark.parametrize(
    ("width", "unsure"),
    [(EVERYTHING - 0.001, False), (EVERYTHING, True), (EVERYTHING + 0.001, True)],
)
def test_a_median_where_survival_says_nothing(width, unsure):
    """The rule of rates, at the median and at the ends of its interval."""
    low, high = 0.05, 0.05 + width
    median = Lasting(value=30.0, ci=(20.0, 50.0))
    assert as_told(median, line(low, high), [], 60.0).undetermined is unsure
    rate = Alive(
        time=12, survival=0.5, ci=(low, high), prediction=None, k=2, n=8, extrapolated=False
    )
    assert rate.undetermined is unsure
    assert Mean(horizon=60, value=30.0, ci=(3.0, 3.0 + 60 * width)).undetermined is unsure
    # At one end alone, and beyond the curve that is known.
    at_end = Line(
        time=(0.0, 25.0, 49.0, 50.0),
        survival=(1.0, 0.5, 0.5, 0.5),
        ci_lb=(1.0, 0.3, 0.3, low),
        ci_ub=(1.0, 0.7, 0.7, high),
    )
    assert as_told(median, at_end, [], 60.0).undetermined is unsure
    far = Lasting(value=30.0, ci=(20.0, 51.0))
    assert not as_told(far, at_end, [], 60.0).undetermined
    none = Lasting(value=30.0, ci=(20.0, None))
    assert not as_told(none, at_end, [], 60.0).undetermined
