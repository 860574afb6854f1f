"""The curve's fit: what a report weighs, cohorts once, what may be read."""

import math
from dataclasses import dataclass, replace
from typing import Any, get_args

import pytest
from scipy import stats

from hilum.answers.survival_figures import Why, unread
from hilum.answers.survival_fit import (
    CurveReport,
    content_hash,
    curve_arms,
    fit_curve,
    patients,
)
from hilum.answers.words import labels


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
    # Quantiles of a mixture by 2,000 draws, not the likelihood's own ends.
    assert curve.median.time_months == pytest.approx(40, rel=0.01)
    assert curve.median.ci == pytest.approx((40 * math.exp(-half), 40 * math.exp(half)), rel=0.03)


def test_a_printed_interval_of_a_median_outweighs_its_patients() -> None:
    curve = fit_curve([report("a", None, 40.0, 50, low=35.0, high=40.0**2 / 35)])
    assert curve is not None
    assert curve.median is not None
    assert curve.median.ci == pytest.approx((35.0, 40.0**2 / 35), rel=0.02)


def test_a_rate_without_interval_weighs_four_fifths_of_its_patients() -> None:
    """Exponential survival, binomial deaths: log H has variance (1 - p) / (p m log(p)^2)."""
    curve = fit_curve([report("a", 60.0, 0.6, 100)])
    assert curve is not None
    read = next(one for one in curve.rates if one.time_months == 60)
    se = math.sqrt(0.4 / (0.6 * 80 * math.log(0.6) ** 2))
    z = stats.norm.ppf(0.975)
    ends = [math.exp(-math.exp(math.log(-math.log(0.6)) + s * z * se)) for s in (1, -1)]
    assert read.survival == pytest.approx(0.6, abs=0.01)
    assert read.ci == pytest.approx(tuple(ends), abs=0.015)
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


def reading(rows: list[CurveReport], time: float | None, *points: tuple[float, float]) -> Any:
    """What keeps a time from being read, with (value, n) of studies that print it."""
    curve = fit_curve(rows)
    if curve is None or time is None:
        read = None if curve is None else curve.median
    else:
        read = next(one for one in curve.rates if one.time_months == time)
    printed: Any = [Printed(value, n) for value, n in points]
    return unread(curve, read, printed, median=time is None)


@dataclass(frozen=True)
class Printed:
    value: float
    n: float


def test_three_studies_are_read_and_two_are_not() -> None:
    assert reading(three(), None) is None
    assert reading(three()[:2], None) == "few_studies"
    assert reading([report("d", 60.0, 0.9, None)], 60.0) == "no_fit"


def test_nothing_is_read_beyond_what_three_studies_followed() -> None:
    rows = [report(name, time, 0.9 ** (time / 12)) for name in "abc" for time in (12.0, 36.0)]
    rows.append(report("a", 60.0, 0.9**5))
    curve = fit_curve(rows)
    assert curve is not None
    assert curve.support_months == 36
    assert max(one.time_months for one in curve.line) == 36
    assert reading(rows, 36.0) is None
    assert reading(rows, 60.0) == "few_reach"
    # 120 months are further from 36 than a factor of two.
    assert reading(rows, 120.0) == "few_near"


def test_nothing_is_read_far_before_the_first_report() -> None:
    # Half the time of a report is near enough, less is not.
    assert reading([report(name, 24.0, 0.8) for name in "abc"], 12.0) is None
    assert reading([report(name, 24.1, 0.8) for name in "abc"], 12.0) == "few_near"


def test_fewer_than_thirty_patients_are_not_read() -> None:
    def of(n: int) -> list[CurveReport]:
        return [report(name, 60.0, 0.9, n) for name in "abc"]

    assert reading(of(9), 60.0) == "few_patients"
    assert reading(of(10), 60.0) != "few_patients"


def test_a_wide_interval_is_not_read() -> None:
    rows = [report("a", None, 19.0, 40), report("b", None, 36.0, 40), report("c", None, 68.0, 40)]
    assert reading(rows, None) == "wide"
    rates = [report(name, 36.0, value, 40) for name, value in (("a", 0.2), ("b", 0.5), ("c", 0.8))]
    assert reading(rates, 36.0) == "wide"
    curve = fit_curve(rows)
    assert curve is not None
    assert curve.median is not None
    assert curve.median.ci[1] / curve.median.ci[0] > 3


def test_a_curve_that_never_falls_to_one_half_has_no_median() -> None:
    """A hazard that vanishes: only the plateau of a Gompertz curve fits these rates."""
    rows = [
        report(name, time, value, 2000.0)
        for name in "abc"
        for time, value in ((12.0, 0.75), (36.0, 0.70), (60.0, 0.70), (120.0, 0.70))
    ]
    curve = fit_curve(rows)
    assert curve is not None
    assert (curve.family, curve.median) == ("average", None)
    assert reading(rows, None) == "never_reached"


def test_a_reading_far_from_what_most_patients_had_is_not_printed() -> None:
    rows = [report(name, None, 40.0, 200) for name in "abcde"]
    assert reading(rows, 36.0, (55.0, 50), (53.0, 50), (52.0, 50)) is None
    assert reading(rows, 36.0, (75.0, 50), (73.0, 50), (72.0, 50)) == "far_from_weighted"
    # Fewer than three studies of this time do not outweigh the curve.
    assert reading(rows, 36.0, (75.0, 50), (73.0, 50)) is None
    assert reading(rows, None, (61.0, 50), (61.0, 50), (61.0, 50)) == "far_from_weighted"
    assert reading(rows, None, (59.0, 50), (59.0, 50), (59.0, 50)) is None


def test_every_reason_has_its_sentence() -> None:
    found = {code.partition(":")[2] for kind, code in labels() if code.startswith("not_read:")}
    assert found == set(get_args(Why))
