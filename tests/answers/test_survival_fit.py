"""The curve's fit: what a report weighs, cohorts once, what may be read."""

import math
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from hilum.answers.survival_figures import study_points, survival_figure
from hilum.answers.survival_fit import (
    CurveReport,
    content_hash,
    curve_arms,
    fit_curve,
    patients,
)


def report(study: str, time: float | None, value: float, n: float | None = 100.0, **kw: Any) -> Any:
    place = {"cohort": study, "arm_id": "a", "subgroup": "", "low": None, "high": None} | kw
    return CurveReport(f"{study}-{time}", study, time_months=time, value=value, n=n, **place)


def three(value: float = 40.0, n: float = 100.0) -> list[CurveReport]:
    return [
        report(name, None, value * f, n) for name, f in zip("abc", (0.9, 1.0, 1.1), strict=True)
    ]


def test_a_median_without_interval_weighs_1_49_over_the_root_of_n() -> None:
    curve = fit_curve([report("a", None, 40.0, 50)])
    assert curve is not None
    assert curve.median is not None
    half = stats.norm.ppf(0.975) * 1.49 / math.sqrt(50)
    assert curve.median.time_months == pytest.approx(40, rel=1e-6)
    assert curve.median.ci == pytest.approx((40 * math.exp(-half), 40 * math.exp(half)), rel=1e-4)


def test_a_printed_interval_of_a_median_outweighs_its_patients() -> None:
    curve = fit_curve([report("a", None, 40.0, 50, low=35.0, high=40.0**2 / 35)])
    assert curve is not None
    assert curve.median is not None
    assert curve.median.ci == pytest.approx((35.0, 40.0**2 / 35), rel=1e-4)


def test_a_rate_without_interval_weighs_four_fifths_of_its_patients() -> None:
    """Exponential survival, binomial deaths: log H has variance (1 - p) / (p m log(p)^2)."""
    curve = fit_curve([report("a", 60.0, 0.6, 100)])
    assert curve is not None
    read = next(one for one in curve.rates if one.time_months == 60)
    se = math.sqrt(0.4 / (0.6 * 80 * math.log(0.6) ** 2))
    z = stats.norm.ppf(0.975)
    ends = [math.exp(-math.exp(math.log(-math.log(0.6)) + s * z * se)) for s in (1, -1)]
    assert read.survival == pytest.approx(0.6, abs=1e-6)
    assert read.ci == pytest.approx(tuple(ends), abs=1e-4)
    assert curve.n == 100


def test_all_times_of_an_arm_enter_together_and_never_rise() -> None:
    rows = [report("a", 12.0, 0.9), report("a", 60.0, 0.5), report("b", 36.0, 0.7),
            report("c", 120.0, 0.3)]  # fmt: skip
    curve = fit_curve(rows)
    assert curve is not None
    assert curve.k == 3
    assert len(curve.used) == 4
    line = [one.survival for one in (*curve.line,)]
    assert line == sorted(line, reverse=True)
    rates = [one.survival for one in curve.rates]
    assert rates == sorted(rates, reverse=True)


def test_studies_of_one_cohort_weigh_together_what_the_largest_weighs() -> None:
    rows = [report("a", 60.0, 0.6, 339, cohort="x"), report("b", 120.0, 0.4, 113, cohort="x")]
    arms, unused = curve_arms(rows)
    assert not unused
    assert [arm.study for arm in arms] == ["x", "x"]
    sizes = [one.n for arm in arms for one in arm.reports]
    assert sum(n or 0 for n in sizes) == pytest.approx(0.8 * 339)
    curve = fit_curve(rows)
    assert curve is not None
    assert (curve.k, curve.n) == (1, 339)
    assert patients(rows) == {"x": 339}


def test_a_report_without_patients_or_interval_weighs_nothing_and_says_so() -> None:
    rows = [*three(), report("d", 60.0, 0.9, None)]
    curve = fit_curve(rows)
    assert curve is not None
    assert curve.k == 3
    assert curve.unused == (("d-60.0", "no_n"),)
    assert fit_curve([report("d", 60.0, 0.9, None)]) is None


def test_an_arm_whose_survival_rises_is_left_out_whole() -> None:
    rows = [*three(), report("d", 12.0, 0.5), report("d", 60.0, 0.6)]
    curve = fit_curve(rows)
    assert curve is not None
    assert sorted(curve.unused) == [("d-12.0", "contradicts"), ("d-60.0", "contradicts")]


def test_the_hash_is_of_content_not_of_order() -> None:
    rows = three()
    assert content_hash(rows) == content_hash(rows[::-1])
    assert content_hash(rows) != content_hash([replace(rows[0], n=99.0), *rows[1:]])


def test_three_studies_are_read_and_two_are_not() -> None:
    rows = three()
    curve = fit_curve(rows)
    figure = survival_figure(None, curve, rows)
    assert (figure.form, figure.k, figure.n, figure.why) == ("pooled", 3, 300, None)
    assert figure.range == pytest.approx((36, 44))
    assert figure.prediction is None
    two = rows[:2]
    figure = survival_figure(None, fit_curve(two), two)
    assert (figure.form, figure.k, figure.value, figure.why) == ("range", 2, None, "few_studies")


def test_one_study_is_its_own_figures() -> None:
    one = [report("a", 60.0, 0.6, 50, low=0.45, high=0.72)]
    figure = survival_figure(60.0, fit_curve(one), one)
    assert (figure.form, figure.value, figure.ci, figure.k) == ("single", 0.6, (0.45, 0.72), 1)
    bare = survival_figure(60.0, None, [report("a", 60.0, 0.6, 50)])
    exact = stats.binomtest(24, 40).proportion_ci(0.95, "exact")
    assert bare.ci == pytest.approx((exact.low, exact.high), abs=1e-6)
    assert bare.why == "no_fit"


def test_nothing_is_read_beyond_what_three_studies_followed() -> None:
    rows = [report(name, time, 0.9 ** (time / 12)) for name in "abc" for time in (12.0, 36.0)]
    rows.append(report("a", 60.0, 0.9**5))
    curve = fit_curve(rows)
    assert curve is not None
    assert curve.support_months == 36
    assert max(one.time_months for one in curve.line) == 36
    here = [one for one in rows if one.time_months == 60]
    late = survival_figure(60.0, curve, here)
    assert (late.form, late.why, late.value) == ("single", "few_reach", 0.9**5)
    assert survival_figure(120.0, curve, []).form == "none"
    assert survival_figure(36.0, curve, rows).form == "pooled"


def test_nothing_is_read_far_before_the_first_report() -> None:
    rows = [report(name, 60.0, 0.6) for name in "abc"]
    early = survival_figure(12.0, fit_curve(rows), [])
    assert (early.form, early.why) == ("none", "few_near")
    # Half the time of a report is near enough, less is not.
    near = [report(name, 24.0, 0.8) for name in "abc"]
    assert survival_figure(12.0, fit_curve(near), []).form == "pooled"
    far = [report(name, 24.1, 0.8) for name in "abc"]
    assert survival_figure(12.0, fit_curve(far), []).why == "few_near"


def test_a_wide_median_is_a_range() -> None:
    rows = [report("a", None, 19.0, 40), report("b", None, 36.0, 40), report("c", None, 68.0, 40)]
    figure = survival_figure(None, fit_curve(rows), rows)
    assert (figure.form, figure.why, figure.range) == ("range", "wide", (19.0, 68.0))
    assert figure.largest == "c-None"


def test_fewer_than_thirty_patients_are_a_range() -> None:
    rows = [report(name, 60.0, 0.6, 9) for name in "abc"]
    assert survival_figure(60.0, fit_curve(rows), rows).why == "few_patients"
    rows = [report(name, 60.0, 0.6, 10) for name in "abc"]
    assert survival_figure(60.0, fit_curve(rows), rows).why != "few_patients"


def test_arms_of_one_study_are_one_point() -> None:
    rows = [report("a", 60.0, 0.5, 30), report("a", 60.0, 0.8, 60, arm_id="b")]
    (point,) = study_points(rows)
    assert point.value == pytest.approx((15 + 48) / 90)
    assert point.n == 90
    medians = [report("a", None, 20.0, 25), report("a", None, 40.0, 75, arm_id="b")]
    (point,) = study_points(medians)
    assert point.value == pytest.approx(math.exp((math.log(20) * 25 + math.log(40) * 75) / 100))


def test_a_value_outside_the_figures_of_its_time_says_so() -> None:
    rows = [report(name, None, 40.0, 200) for name in "abc"]
    rows.append(report("d", 36.0, 0.2, 10))
    figure = survival_figure(36.0, fit_curve(rows), rows[-1:])
    assert figure.form == "pooled"
    assert figure.outside
    assert not survival_figure(36.0, fit_curve(rows), []).outside
