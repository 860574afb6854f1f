"""Limits of what may be read from a survival curve and of what is printed beside it.

The limits are those of SELECTION.md, sections 5, 8 and 9, written out here; ``test_thresholds.py``
has those of a cell. Studies and curves are made, so that each figure lies where the test says.
"""

import itertools
import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hilum.answers import Question, thresholds, treatments
from hilum.answers.apart import apart
from hilum.answers.candidates import LeftOut
from hilum.answers.cell import beside_of, cell_of
from hilum.answers.pool import Pooled, own_interval, pool
from hilum.answers.select import Selection, select
from hilum.answers.study import FOLLOWED, Reported, cohort_key, one_per_arm, size_of
from hilum.answers.survival import TreatmentCurve
from hilum.answers.survival_figures import unread
from hilum.answers.survival_fit import (
    CurveRead,
    CurveReport,
    FittedCurve,
    _Times,
    curve_arms,
    patients,
)
from hilum.evidence.codes import CohortBasis, Line
from hilum.evidence.vocabulary import Measure
from hilum.synthesis import exact_interval
from tests.answers.reference import record
from tests.answers.test_thresholds import HARM, MEDIAN, RATE, RESPONSE, form, item, made

CURVE = FittedCurve(3, 30, "weibull", False, False, 0.0, 60.0, None, (), (), (), ())
READ = CurveRead(60.0, 0.5, (0.3, 0.7), None, 3, 3, 30)


def why(curve=CURVE, read=READ, points=(), *, median=False):
    return unread(curve, read, points, median=median)


def test_the_limits_are_those_written_down():
    """Each as SELECTION.md has it; a new one needs a line here and a test of both sides."""
    written = {
        "MIN_STUDIES": 3, "MIN_PATIENTS": 30, "MIN_SERIES": 10, "WIDEST_SHARE": 40,
        "WIDEST_MONTHS": 3, "CENTRE_POINTS": 10, "CENTRE_FACTOR": 1.5, "ENOUGH_PATIENTS": 60,
        "TRIAL_ARM": 50, "PREDICTION_STUDIES": 4, "SE_MEDIAN": 1.49, "FOLLOWED": 0.8,
        "MINORITY": 20, "MAJORITY": 50, "BOWEL_MAJORITY": 60, "FEW_GRADE_3": 20, "ROUNDING": 0.5,
        "CLEARLY_BELOW": 3, "PRINTED_SHARE": 60, "PRINTED_MONTHS": 5, "ONE_DECIMAL_N": 1000,
        "Z95": 1.96,
    }  # fmt: skip
    assert {name: getattr(thresholds, name) for name in dir(thresholds) if name.isupper()} == (
        written
    )


def test_two_studies_are_never_pooled_however_large():
    for question in (RESPONSE, RATE, MEDIAN):
        assert form(question, (50, 5000), (50, 5000)) == "range"
        assert form(question, (50, 5000), (50, 5000), (50, 5000)) == "pooled"
    # Of harms two are a total, one is its own.
    assert form(HARM, (0, 5000), (0, 5000)) == "total"
    assert form(HARM, (0, 5000)) == "single"
    # A total needs two that count patients, whatever else is printed.
    assert form(HARM, (0, 5000), (0, None)) == "range"


@pytest.mark.parametrize(
    ("k", "expected"), [(2, "few_studies"), (3, None), (4, None), (1, "few_studies")]
)
def test_a_curve_is_read_from_three_studies(k, expected):
    assert why(replace(CURVE, k=k)) == expected


@pytest.mark.parametrize(("n", "expected"), [(29, "few_patients"), (30, None), (31, None)])
def test_a_curve_is_read_from_thirty_patients(n, expected):
    assert why(replace(CURVE, n=n)) == expected


@pytest.mark.parametrize("many", [2, 3, 4])
def test_a_reading_rests_on_three_near_and_three_that_reach(many):
    assert why(read=replace(READ, near=many)) == ("few_near" if many < 3 else None)
    assert why(read=replace(READ, reach=many)) == ("few_reach" if many < 3 else None)


def test_no_curve_and_no_median():
    assert why(curve=None) == "no_fit"
    assert why(read=None, median=True) == "never_reached"


@pytest.mark.parametrize(
    ("ci", "expected"),
    [((0.25, 0.6499), None), ((0.25, 0.65), None), ((0.25, 0.6501), "wide")],
)
def test_a_rate_is_read_with_forty_points_at_most(ci, expected):
    assert why(read=replace(READ, ci=ci)) == expected


@pytest.mark.parametrize(
    ("ci", "expected"),
    [((10.0, 29.9), None), ((10.0, 30.0), None), ((10.0, 30.1), "wide")],
)
def test_a_median_is_read_with_ends_within_a_factor_of_three(ci, expected):
    read = replace(READ, time_months=20.0, ci=ci)
    assert why(read=read, median=True) == expected


def points(question, *figures):
    return tuple(Reported((item(question, f"s{i}", *one),), *one) for i, one in enumerate(figures))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(39.9, "far_from_weighted"), (40.0, None), (40.1, None), (59.9, None), (60.0, None),
     (60.1, "far_from_weighted")],
)  # fmt: skip
def test_a_rate_lies_within_ten_points_of_three_studies(value, expected):
    # Weighted by patients: 100 at the value, two of 50 as well.
    assert why(points=points(RATE, (value, 100), (value, 50), (value, 50))) == expected
    # Two say too little to hold against the curve; a third without patients weighs nothing.
    assert why(points=points(RATE, (value, 100), (value, 50))) is None
    assert why(points=points(RATE, (value, 100), (value, 50), (value, None))) is None


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(1.499, None), (1.501, "far_from_weighted"), (1 / 1.499, None),
     (1 / 1.501, "far_from_weighted"), (1.0, None)],
)  # fmt: skip
def test_a_median_lies_within_a_factor_of_one_and_a_half(ratio, expected):
    read = replace(READ, time_months=30.0, ci=(25.0, 35.0))
    seen = points(MEDIAN, (30 / ratio, 40), (30 / ratio, 40), (30 / ratio, 40))
    assert why(read=read, points=seen, median=True) == expected


@pytest.mark.parametrize(
    ("k", "assumed", "drawn"),
    [(1, False, True), (1, True, False), (2, False, False), (3, False, True), (3, True, True),
     (4, False, True)],
)  # fmt: skip
def test_a_line_is_drawn_from_three_cohorts_or_one_own_course(k, assumed, drawn):
    curve = replace(CURVE, k=k, shape_assumed=assumed)
    assert TreatmentCurve("tae", "main", curve, (), (), (), "all_sites", False).drawn is drawn
    assert not TreatmentCurve("tae", "main", None, (), (), (), "all_sites", False).drawn


class Used:
    """One report in a fit."""

    def __init__(self, time, kind="rate"):
        self.kind = kind
        self.time, self.value = (time, 0.5) if kind == "rate" else (None, time)


class Fit:
    """A fit whose cohorts report at these times."""

    def __init__(self, **times):
        self.arms = [
            type("Arm", (), {"study": name, "used": tuple(reports)})()
            for name, reports in times.items()
        ]


@pytest.mark.parametrize(
    ("time", "near", "reach"),
    [(29.9, 0, 1), (30.0, 1, 1), (59.9, 1, 1), (60.0, 1, 1), (60.1, 1, 0), (120.0, 1, 0),
     (120.1, 0, 0)],
)  # fmt: skip
def test_near_is_a_factor_of_two_and_reach_the_time_itself(time, near, reach):
    count = _Times(Fit(a=[Used(60.0)]), {"a": 25.0})
    assert count.counts(time) == (near, reach, 25 * reach)
    # Who prints a median reaches the median.
    own = _Times(Fit(a=[Used(60.0, "median")]), {"a": 25.0})
    assert own.counts(time, medians=True) == (near, 1, 25)
    assert own.counts(time) == (near, reach, 25 * reach)


@pytest.mark.parametrize(
    ("last", "support"), [((60,), 60), ((60, 36), 36), ((60, 36, 24), 24), ((60, 36, 24, 12), 24)]
)
def test_a_line_ends_where_three_cohorts_report(last, support):
    fit = Fit(**{f"s{i}": [Used(6.0), Used(float(one))] for i, one in enumerate(last)})
    assert _Times(fit, {}).support() == support


def report(study, cohort="c", **more):
    given = {"arm_id": "all", "subgroup": "", "time_months": 60.0, "value": 0.5, "low": None,
             "high": None, "n": 100.0}  # fmt: skip
    return CurveReport(f"{study}-001", study, cohort, **given | more)


def test_a_cohort_weighs_what_its_largest_study_weighs():
    """SELECTION.md, section 8: n scaled; a printed interval counts patients of each, so goes."""
    small = report("b", n=50.0, time_months=36.0, value=0.6, low=0.4, high=0.7)
    arms, unused = curve_arms([report("a"), small])
    assert unused == []
    # 100 of 150; followed 0.8 where no interval is printed.
    assert [one.n for arm in arms for one in arm.reports] == pytest.approx(
        [0.8 * 100 * 2 / 3, 50 * 2 / 3]
    )
    assert [one.lower for arm in arms for one in arm.reports] == [None, None]
    # Alone it weighs itself, and keeps its interval.
    ((alone,),) = [arm.reports for arm in curve_arms([small])[0]]
    assert (alone.n, alone.lower, alone.upper) == (50.0, 0.4, 0.7)
    assert patients([report("a"), small]) == {"c": 100.0}


def test_a_median_without_interval_has_that_of_its_patients():
    ((one,),) = [arm.reports for arm in curve_arms([report("a", time_months=None, value=24.0)])[0]]
    half = 1.959964 * 1.49 / math.sqrt(100)
    assert (one.lower, one.upper) == pytest.approx((24 / math.exp(half), 24 * math.exp(half)))


def single(question, low, high):
    one = item(question, "alone", 30.0, 20, ci_low=low, ci_high=high)
    studies = (Reported((one,), 30.0, 20, y=math.log(30), v=0.1, events=6, size=20),)
    return cell_of(Selection(question, studies, (one,), (), "all_sites", False))


def test_the_width_of_an_interval_that_is_printed_is_its_own_limit():
    """Points for shares, a factor for months; neither is judged by the other's."""
    assert single(RESPONSE, 1.0, 61.0).ci == (1.0, 61.0)
    assert single(RESPONSE, 1.0, 61.1).ci is None
    assert single(MEDIAN, 0.01, 0.05).ci == (0.01, 0.05)
    assert single(MEDIAN, -0.01, 0.05).ci is None


def cells(**values):
    """Cells of the outcomes with these values, each of studies of its own."""
    out = {}
    for number, (key, value) in enumerate(values.items()):
        question = Question("tae", key)
        empty = cell_of(replace(select(question, record()), studies=()))
        studies = (Reported((item(RATE, f"of{number}", value, 50),), value, 50),)
        out[key] = replace(empty, form="single", value=value, studies=studies)
    return out


@pytest.mark.parametrize(
    ("later", "apart_"), [(56.9, False), (57.0, False), (57.1, True), (60.5, True)]
)
def test_a_later_rate_of_other_studies_falls_by_three_points(later, apart_):
    found = cells(overall_survival_rate_60m=later, overall_survival_rate_36m=60.0)
    assert bool(apart(found)) is apart_


@pytest.mark.parametrize(
    ("part", "apart_"), [(49.9, False), (50.4, False), (50.5, False), (50.6, True)]
)
def test_a_part_is_above_its_whole_by_rounding_at_most(part, apart_):
    assert bool(apart(cells(complete_response=part, objective_response=50.0))) is apart_


@pytest.mark.parametrize(
    ("median", "rate", "apart_"),
    [
        # After the median less than half are alive, before it more; half a point or month is
        # rounding.
        (59.4, 50.6, True), (59.5, 50.6, False), (59.4, 50.5, False), (59.6, 60.0, False),
        (60.6, 49.4, True), (60.5, 49.4, False), (60.6, 49.5, False), (60.4, 40.0, False),
        (59.4, 49.4, False), (60.6, 50.6, False),
    ],
)  # fmt: skip
def test_a_rate_lies_on_its_side_of_the_median(median, rate, apart_):
    found = cells(overall_survival=median, overall_survival_rate_60m=rate)
    assert bool(apart(found)) is apart_


@pytest.fixture
def estimate(monkeypatch):
    """A pooled figure of these ends, whatever the studies."""

    def of(question, value, ci, *figures):
        fit = type("Fit", (), {"value": value, "ci": ci, "prediction": None})()
        name = "medians" if question.asked.months else "shares"
        monkeypatch.setattr(f"hilum.answers.pool.{name}", lambda *_: fit)
        found = pool(made(question, *figures), question.asked)
        assert isinstance(found, Pooled)
        return found.form

    return of


EVEN = ((50, 100), (50, 100), (50, 100))


def test_the_exact_ends_of_a_pooled_share(estimate):
    # Quarters and eighths, so that differences are exact.
    assert estimate(RESPONSE, 0.5, (0.25, 0.649999), *EVEN) == "pooled"
    assert estimate(RESPONSE, 0.5, (0.25, 0.65), *EVEN) == "pooled"
    assert estimate(RESPONSE, 0.5, (0.25, 0.650001), *EVEN) == "range"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.399, "range"), (0.4, "pooled"), (0.401, "pooled"), (0.599, "pooled"), (0.6, "pooled"),
     (0.601, "range")],
)  # fmt: skip
def test_the_exact_distance_of_a_pooled_share(estimate, value, expected):
    assert estimate(RESPONSE, value, (0.35, 0.65), *EVEN) == expected


@pytest.mark.parametrize(
    ("high", "expected"), [(59.999, "pooled"), (60.0, "pooled"), (60.001, "range")]
)
def test_the_exact_ends_of_a_pooled_median(estimate, high, expected):
    assert estimate(MEDIAN, 50.0, (20.0, high), *EVEN) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(74.9, "pooled"), (75.1, "range"), (33.4, "pooled"), (33.2, "range"), (50.0, "pooled")],
)
def test_the_exact_distance_of_a_pooled_median(estimate, value, expected):
    assert estimate(MEDIAN, value, (40.0, 90.0), *EVEN) == expected


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(1.5, "range"), (1.4999999999, "pooled"), (1 / 1.5, "range"), (0.6666666668, "pooled")],
)
def test_a_centre_on_the_very_factor_is_too_far(estimate, ratio, expected):
    """Medians of a month have a log of 0, so that the patients' own centre is exactly 1."""
    month = ((1.0, 50), (1.0, 50), (1.0, 50))
    assert estimate(MEDIAN, ratio, (0.6, 1.7), *month) == expected
    read = replace(READ, time_months=ratio, ci=(0.6, 1.7))
    far = "far_from_weighted" if expected == "range" else None
    assert why(read=read, points=points(MEDIAN, *month), median=True) == far


def test_what_a_pooled_figure_says_is_what_the_model_says():
    shares, months = made(RESPONSE, *((v, 60) for v in (30, 45, 60, 50))), made(
        MEDIAN, *((v, 60) for v in (20.0, 25.0, 32.0, 28.0))
    )  # fmt: skip
    for studies, question, times in ((shares, RESPONSE, 100), (months, MEDIAN, 1)):
        found = pool(studies, question.asked)
        model = found.estimate
        assert found.value == pytest.approx(times * model.value, rel=1e-14)
        assert found.ci == pytest.approx([times * end for end in model.ci], rel=1e-14)
        assert found.prediction == pytest.approx(
            [times * end for end in model.prediction], rel=1e-14
        )
    assert pool(shares, RESPONSE.asked).crude == pytest.approx(100 * (18 + 27 + 36 + 30) / 240)
    logs = math.log(20) + math.log(25) + math.log(32) + math.log(28)
    assert pool(months, MEDIAN.asked).crude == pytest.approx(math.exp(logs / 4))
    harm = pool(made(HARM, (10, 50), (0, 50)), HARM.asked)
    assert (harm.value, harm.crude) == (5.0, 5.0)


def test_two_that_cannot_be_weighted_are_a_range():
    assert form(RESPONSE, (50, 9), (50, 9)) == "range"
    assert form(RESPONSE, (50, 9)) == "single"


@pytest.mark.parametrize(("low", "high"), [(20.0, None), (None, 60.0), (None, None), (0.0, 0.0)])
def test_half_an_interval_is_none(low, high):
    """A study's own interval is the printed one where both ends are, else the exact one."""
    exact = tuple(100 * end for end in exact_interval(20, 50))
    (half,) = made(RESPONSE, (40, 50))
    cut = replace(half, items=(item(RESPONSE, "s0", 40, 50, ci_low=low, ci_high=high),))
    assert own_interval(cut, RESPONSE.asked) == pytest.approx(exact)
    whole = replace(half, items=(item(RESPONSE, "s0", 40, 50, ci_low=0.0, ci_high=60.0),))
    assert own_interval(whole, RESPONSE.asked) == (0.0, 60.0)
    # Of two arms put together no printed interval speaks.
    assert own_interval(replace(whole, items=2 * whole.items), RESPONSE.asked) == (
        pytest.approx(exact)
    )


def test_no_response_is_none_and_one_month_is_one():
    """Zero events and a log median of zero are figures, not missing ones."""
    none = pool(made(RESPONSE, (0, 40), (0, 40), (0, 40)), RESPONSE.asked)
    assert none.crude == 0
    assert none.value < 1
    month = pool(made(MEDIAN, (1.0, 50), (1.0, 50), (1.0, 50)), MEDIAN.asked)
    assert month.crude == pytest.approx(1.0)
    assert month.value == pytest.approx(1.0)


def _rate(value, low, high, n=1000):
    row = SimpleNamespace(ci_low=low, ci_high=high, measure=Measure.RATE_AT)
    return SimpleNamespace(row=row, n=n, value=value, figure=value)


def test_a_rate_with_an_interval_amounts_to_the_patients_that_such_an_interval_needs():
    """Greenwood on log(-log): n uncensored patients have (1 - S) / (n S log(S)^2)."""
    for n in (40, 100, 250):
        se = ((1 - 0.6) / (n * 0.6)) ** 0.5 / abs(math.log(0.6))
        ends = [100 * 0.6 ** math.exp(sign * 1.959963984540054 * se) for sign in (1, -1)]
        assert size_of(_rate(60.0, *ends)) == pytest.approx(n, abs=1)
    assert size_of(_rate(60.0, 59.9, 60.1, n=77)) == 77, "never more than there were"
    # And one at least: of one, and of any number with an interval that says next to nothing.
    assert size_of(_rate(60.0, 20.0, 90.0, n=1)) == 1
    assert size_of(_rate(60.0, 1e-9, 99.999999, n=80)) == 1
    # A lower end below 1 % is an interval like another.
    se = ((1 - 0.04) / (60 * 0.04)) ** 0.5 / abs(math.log(0.04))
    ends = [100 * 0.04 ** math.exp(sign * 1.959963984540054 * se) for sign in (1, -1)]
    assert 0 < ends[0] < 1
    assert size_of(_rate(4.0, *ends)) == pytest.approx(60, abs=1)


@pytest.mark.parametrize("basis", CohortBasis)
@pytest.mark.parametrize("inferred", [True, False])
def test_patients_shared_by_guess_are_shared_only_while_guesses_count(basis, inferred):
    question = replace(RESPONSE, switches=replace(RESPONSE.switches, inferred_cohorts=inferred))
    study = SimpleNamespace(study_id="a", cohort_of="b", cohort_basis=basis)
    shared = inferred or basis is not CohortBasis.INFERRED
    assert cohort_key(study, question) == (("cohort", "b") if shared else ("study", "a"))
    alone = SimpleNamespace(study_id="a", cohort_of="", cohort_basis=None)
    assert cohort_key(alone, question) == ("study", "a")


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(60.0, 0.0, 70.0), (60.0, 50.0, 100.0), (60.0, 60.0, 60.0), (0.0, 50.0, 70.0),
     (100.0, 50.0, 70.0), (60.0, None, 70.0), (60.0, 50.0, None)],
)  # fmt: skip
def test_an_interval_at_an_end_says_nothing_of_the_size(value, low, high):
    assert size_of(_rate(value, low, high, n=200)) == round(200 * FOLLOWED)


@pytest.mark.parametrize("key", ["symptom_response", "overall_survival"])
def test_a_later_line_speaks_only_where_the_first_is_silent(key):
    """Of a drug asked for the first line; whatever is no drug has no line."""
    later = 0
    for name, treatment in treatments().items():
        found = select(Question(name, key, line="first"), record())
        lines = {one.arm.line for one in found.items}
        if treatment.kind != "drug":
            assert not found.later_line
            continue
        assert found.later_line is (lines == {Line.LATER}), name
        assert found.later_line or Line.LATER not in lines
        # What is said to be of a later line is the answer, and nothing of it stands beside.
        assert not found.later_line or "later_line" not in {one.reason for one in found.left_out}
        later += found.later_line
    assert later


def subgroups(*figures):
    """Figures of parts of one arm, (layer, n) each; ``whole`` is the arm itself."""
    made_of = []
    for number, (layer, n) in enumerate(figures):
        part = None if layer == "whole" else f"part {number}"
        one = item(RESPONSE, "a", 50, n, subgroup=part)
        made_of.append(replace(one, layer="same" if layer == "whole" else layer))
    return made_of


@pytest.mark.parametrize(
    ("before", "after"),
    [("same", "near"), ("near", "mixed"), ("near", "whole"), ("whole", "other"),
     ("mixed", "other"), ("same", "whole")],
)  # fmt: skip
def test_the_site_asked_for_speaks_before_the_next_however_few_its_patients(before, after):
    """SELECTION.md: the own site before the whole arm; one near it between them, others last."""
    for order in (1, -1):
        kept, left = one_per_arm(subgroups((before, 10), (after, 90))[::order])
        assert [one.n for one in kept] == [10]
        assert [(one.item.n, one.reason) for one in left] == [(90, "same_arm")]


def test_one_patient_is_one():
    """Of a share n counts whole; of a rate four fifths were followed, and one at least."""
    for question in (RESPONSE, HARM):
        assert [size_of(item(question, "a", 100, n)) for n in (1, 2, 3)] == [1, 2, 3]
    assert [size_of(_rate(60.0, None, None, n=n)) for n in (1, 2, 3)] == [1, 2, 2]


def test_what_stands_beside_is_in_the_order_of_its_reasons():
    """By the reason, then its detail, whatever the figures and the order they come in."""
    written = [("criteria", "recist"), ("criteria", "who"), ("retreatment", None),
               ("special", "milan"), ("special", "pancreas")]  # fmt: skip
    # The last reason has the first study and the least figure.
    beside = [
        LeftOut(item(RESPONSE, f"s{9 - number}", 90 - number, 20), *reason)
        for number, reason in enumerate(written)
    ]
    for order in itertools.permutations(beside):
        chosen = Selection(RESPONSE, (), (), order, "all_sites", False)
        assert [(one.reason, one.detail) for one in beside_of(chosen)] == written
