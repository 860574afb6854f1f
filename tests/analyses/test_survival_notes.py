"""Figures that do not fit one another are named: where, and whose."""

from dataclasses import replace

import pytest

from hilum import words
from hilum.analyses.survival import SurvivalAsked, run
from hilum.analyses.survival_answer import Alive, ArmRow, Line, Mark
from hilum.analyses.survival_notes import (
    FAR,
    MARGIN,
    another_unit,
    arms_that_differ,
    beyond_new_study,
    outside_reports,
)
from hilum.analyses.tables import read_table
from hilum.errors import InputError
from hilum.rendering.survival import survival_lines


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


@pytest.mark.parametrize(
    ("survival", "outside"),
    [
        # A has a half at 41, and those whose median is before have at most a half there.
        (0.30, False),
        (0.5 - MARGIN - 0.001, False),
        (0.5 + MARGIN - 0.001, False),
        (0.5 + MARGIN + 0.001, True),
    ],
)
def test_an_arm_that_ended_before_bounds_from_above(survival, outside):
    """A median at 36 is a half at 36, so at most a half at 41."""
    one = Alive(
        time=41, survival=survival, ci=(0.2, 0.8), prediction=None, k=2, n=80, extrapolated=False
    )
    reports = [arm("A", (41, 0.5)), arm("C", (41, 0.5))]
    assert outside_reports(one, [*reports, arm("B", (36, 0.5))]) is outside
    if survival < 0.5 - MARGIN:
        assert outside_reports(one, reports)
    # One that tells nothing bounds nothing.
    assert outside_reports(one, [*reports, arm("D")]) is outside_reports(one, reports)


FLAT = Line(
    time=(0.0, 120.0),
    survival=(0.5, 0.5),
    ci_lb=(0.4, 0.4),
    ci_ub=(0.6, 0.6),
    pi_lb=(0.3, 0.3),
    pi_ub=(0.7, 0.7),
)


# Score intervals (R: prop.test(x, 40, correct = FALSE)): 6 of 40 0.0706 to 0.2907, 7 of 40
# 0.0875 to 0.3195: the first lies wholly below 0.3.
@pytest.mark.parametrize(
    ("shares", "named"),
    [
        ((6 / 40, 6 / 40, 0.5), ("A", "B")),
        ((6 / 40, 34 / 40, 0.5), ("A", "B")),
        ((7 / 40, 33 / 40, 0.5), ()),
        # One of three is beyond it by chance in 14 % of meta-analyses, two in 0.7 %.
        ((6 / 40, 0.5, 0.5), ()),
        ((6 / 40,), ()),
    ],
)
def test_studies_beyond_the_interval_of_a_new_study(shares, named):
    studies = [arm(name, (36, share)) for name, share in zip("ABC", shares, strict=False)]
    assert beyond_new_study(FLAT, studies, 0.95) == named


# Binomial tails of 0.05 (R: 1 - pbinom(found - 1, of, 0.05)): 2 of 7 0.0444, 2 of 8 0.0572.
@pytest.mark.parametrize(("of", "named"), [(7, ("s0", "s1")), (8, ())])
def test_so_many_beyond_it_are_chance_or_not(of, named):
    studies = [arm(f"s{i}", (36, 0.1 if i < 2 else 0.5)) for i in range(of)]
    assert beyond_new_study(FLAT, studies, 0.95) == named


def test_patients_count_as_far_as_they_were_followed_and_nothing_is_guessed():
    steps = [(12, 0.15), (24, 0.10)]
    low = [arm("A", (24, 0.1)), arm("B", steps=steps)]
    assert beyond_new_study(FLAT, low, 0.95) == ("A", "B")
    assert beyond_new_study(FLAT, [arm("A", (36, 0.1)), arm("B", steps=steps)], 0.95) == ()
    assert beyond_new_study(replace(FLAT, pi_lb=None, pi_ub=None), low, 0.95) == ()
    assert beyond_new_study(FLAT, [replace(one, n=None) for one in low], 0.95) == ()


def test_arms_of_one_study_under_several_names_are_said(tmp_path):
    one, two = arm("A", (12, 0.8)), arm("B", (12, 0.7))
    assert arms_that_differ([replace(one, arm="TACE"), replace(two, arm="TARE")]) == ()
    assert arms_that_differ([one, one, two]) == ()
    assert arms_that_differ([replace(one, arm="TACE"), replace(one, arm="TARE"), two]) == (
        "TACE",
        "TARE",
    )
    path = tmp_path / "t.csv"
    rows = "".join(f"{s},{a},rate,{t},{v},60\n" for s in "AB" for a in ("TACE", "TARE")
                   for t, v in ((12, 80), (36, 50)))  # fmt: skip
    path.write_text("study,arm,kind,time,value,n\n" + rows)
    lines = "\n".join(survival_lines(run(SurvivalAsked(table=read_table(path))), words("en")))
    assert "one curve is made of all arms, also of those of one study: TACE, TARE" in lines


@pytest.mark.parametrize(
    ("cell", "is_one"),
    [
        *((one, True) for one in (
            "NR", "nr", "N.R.", "n. r.", "NE", "not reached", "Not estimable", "∞", "未达到",
            "nicht erreicht",
        )),
        *((one, False) for one in (">60", "n", "none", "reached", "24-NR")),
    ],
)  # fmt: skip
def test_words_for_a_median_that_was_not_reached(tmp_path, cell, is_one):
    path = tmp_path / "t.csv"
    path.write_text(
        f"study,kind,time,value,lower,upper,n\nA,median,,30,22,{cell},60\nB,median,,25,18,36,50\n"
    )
    if is_one:
        assert run(SurvivalAsked(table=read_table(path))).k == 2
    else:
        with pytest.raises(InputError, match=r"t\.csv:2: upper: .*NR \(not reached\), or empty"):
            run(SurvivalAsked(table=read_table(path)))


@pytest.mark.parametrize(
    ("time", "lower", "upper", "by", "said"),
    [
        ("40", "24", "NR", 40, False),
        ("24", "24.5", "NR", 24.5, True),
        ("24.5", "24.4", "", 24.5, False),
        ("", "24", "NR", 24, True),
        ("40", "", "NR", 40, False),
    ],
)
def test_a_median_not_reached_was_not_reached_by_its_lower_limit(
    tmp_path, time, lower, upper, by, said
):
    path = tmp_path / "t.csv"
    path.write_text(
        "study,kind,time,value,lower,upper,n\n"
        f"A,median,{time},NR,{lower},{upper},60\nB,median,,30,22,41,60\nC,median,,25,18,36,50\n"
    )
    answer = run(SurvivalAsked(table=read_table(path)))
    (one,) = (arm for arm in answer.studies if arm.study == "A")
    assert one.last == pytest.approx(by)
    assert answer.by_limit == (("A",) if said else ())
    lines = "\n".join(survival_lines(answer, words("en")))
    assert ("A: a median that was not reached" in lines) is said


def test_cured_shares_that_differ_are_held_or_said(tmp_path):
    """Three series level off at 20, 40 and 60 %: promotion times hold them, cured Weibulls not."""
    rows = [
        f"{study},rate,{time},{value},{n}"
        for study, n, values in (
            ("A", 100, (40, 21, 20, 20)),
            ("B", 120, (60, 41, 40, 40)),
            ("C", 90, (80, 61, 60, 60)),
        )
        for time, value in zip((12, 36, 60, 120), values, strict=True)
    ]
    path = tmp_path / "cure.csv"
    path.write_text("study,kind,time,value,n\n" + "\n".join(rows))
    answer = run(SurvivalAsked(table=read_table(path), unit="months"))
    assert answer.families[0].family == "promotion"
    assert "beyond_new_study" not in answer.notes
    low, high = answer.rates[-1].prediction
    assert low < 0.2
    assert high > 0.6
    assert answer.rates[-1].ci[0] > low + 0.02
    one = SurvivalAsked(table=read_table(path), unit="months", family="cure", method="bayes")
    answer = run(one)
    assert "beyond_new_study" in answer.notes
    told = survival_lines(answer, words("en"))
    assert any(one.strip().startswith("A, C lie beyond") for one in told)
