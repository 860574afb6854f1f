"""Figures that do not fit one another are named: where, and whose."""

import pytest

from hilum.analyses.survival_answer import Alive, ArmRow, Mark
from hilum.analyses.survival_notes import FAR, MARGIN, another_unit, outside_reports


def arm(study, *points, steps=()):
    marks = tuple(Mark(kind="rate", time=t, survival=s) for t, s in points)
    last = max((t for t, _ in (*points, *steps)), default=0.0)
    return ArmRow(
        study=study, arm=None, n=40, last=last, kinds={"rate": 1}, marks=marks, steps=tuple(steps)
    )


@pytest.mark.parametrize(
    ("factor", "named"),
    [
        (FAR * 1.01, ("A",)),
        (FAR, ("A",)),
        (FAR * 0.99, ()),
        (1.0, ()),
        (1 / FAR * 1.01, ()),
        (1 / FAR, ("A",)),
        (1 / FAR * 0.99, ("A",)),
        (1 / 12, ("A",)),
    ],
)
def test_a_study_far_off_the_middle_of_the_others(factor, named):
    """Constant hazard: a half at 48 months is a half at 4 years; the middle of the others is 48."""
    others = [arm("B", (48, 0.5)), arm("C", (36, 0.5)), arm("D", (60, 0.5))]
    assert another_unit([arm("A", (48 * factor, 0.5)), *others]) == named


def test_the_last_figure_that_says_something_counts():
    """All alive, or nobody, tells of no mean; nor does one study alone, or two arms of one."""
    assert another_unit([arm("A", (1, 0.5)), arm("B", (60, 1.0)), arm("C", (60, 0.0))]) == ()
    assert another_unit([arm("A", (1, 0.5)), arm("A", (60, 0.5))]) == ()
    assert another_unit([arm("A", (1, 0.5)), arm("B", steps=[(10, 0.9), (60, 0.5)])]) == ("A", "B")


@pytest.mark.parametrize(
    ("survival", "outside"),
    [
        (0.45 + MARGIN - 0.001, False),
        (0.45 + MARGIN + 0.001, True),
        (0.40 - MARGIN + 0.001, False),
        (0.40 - MARGIN - 0.001, True),
    ],
)
def test_a_pooled_figure_outside_its_reports(survival, outside):
    one = Alive(
        time=60, survival=survival, ci=(0.2, 0.8), prediction=None, k=2, n=80, extrapolated=False
    )
    assert outside_reports(one, [arm("A", (60, 0.40)), arm("B", (60, 0.45))]) is outside
