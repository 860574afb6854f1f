"""Every limit on it and on both sides of it, with studies made for the purpose."""

import math
from dataclasses import replace

import pytest

from hilum.answers import Question, outcomes, treatments
from hilum.answers.candidates import Item, LeftOut
from hilum.answers.cell import _useless, cell_of
from hilum.answers.fits import grade_fits, mostly_other, stands
from hilum.answers.patient import contradictions
from hilum.answers.pool import own_interval, pool, usable
from hilum.answers.printed import as_printed
from hilum.answers.select import Selection, select
from hilum.answers.study import Reported, events_of, one_per_study, size_of, variance_of
from hilum.evidence import Evidence
from hilum.evidence.codes import CriteriaClass, GradeScope, Line, Site, UnitOfN
from hilum.evidence.vocabulary import Design, FigureKind, Measure
from hilum.synthesis import exact_interval
from tests.answers.reference import record

RESPONSE = Question("tae", "symptom_response")
HARM = Question("tae", "mortality_30d")
MEDIAN = Question("tae", "overall_survival")
RATE = Question("tae", "overall_survival_rate_60m")


def item(question, name, value, n, **update):
    """One arm with one figure, like those of the tables."""
    whole = record()
    asked = question.asked
    arm = next(arm for arm in whole.arms if arm.modality == "tae" and not arm.part_of)
    row = whole.results[0].model_copy(
        update={
            "study_id": name,
            "arm_id": arm.arm_id,
            "outcome": asked.outcome,
            "measure": asked.measure,
            "time_months": asked.time_months,
            "subgroup": None,
            "events": None,
            "n": n,
            "value": value,
            "ci_low": None,
            "ci_high": None,
            "derived": None,
        }
        | update
    )
    study = whole.study[arm.study_id].model_copy(update={"study_id": name, "cohort_of": None})
    return Item(row, arm, study, "same", n, False, value)


def made(question, *figures):
    """Studies of (value, n) each, put together as the cells do it."""
    items = [item(question, f"s{i}", *one) for i, one in enumerate(figures)]
    return one_per_study(items)


def form(question, *figures):
    return pool(made(question, *figures), question.asked).form


def test_a_line_needs_three_studies_with_a_denominator():
    assert form(RESPONSE, (50, 40), (52, 40)) == "range"
    assert form(RESPONSE, (50, 40), (52, 40), (51, 40)) == "pooled"
    assert form(RESPONSE, (50, 40), (52, 40), (51, None)) == "range"
    assert form(RESPONSE) == "none"
    assert form(RESPONSE, (50, 40)) == "single"


@pytest.mark.parametrize(("n", "expected"), [(29, "range"), (30, "pooled"), (31, "pooled")])
def test_a_line_needs_thirty_patients(n, expected):
    assert form(MEDIAN, (30, 10), (31, 10), (30, n - 20)) == expected


@pytest.mark.parametrize(("n", "expected"), [(9, 0), (10, 1), (11, 1)])
def test_a_response_of_fewer_than_ten_is_never_weighted(n, expected):
    assert len(usable(made(RESPONSE, (50, n)), RESPONSE.asked)) == expected
    assert len(usable(made(HARM, (0, n)), HARM.asked)) == 1
    assert len(usable(made(MEDIAN, (20, n)), MEDIAN.asked)) == 1


def test_a_pooled_share_needs_an_interval_below_forty_points():
    seen = set()
    for spread in range(20, 48):
        studies = made(RESPONSE, (50 - spread, 20), (50, 20), (50 + spread, 20))
        found = pool(studies, RESPONSE.asked)
        low, high = found.ci
        assert found.form == ("pooled" if high - low <= 40 else "range")
        seen.add(found.form)
    assert seen == {"pooled", "range"}


def test_a_pooled_median_needs_ends_within_a_factor_of_three():
    seen = set()
    for factor in (1.05, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 2.0):
        found = pool(made(MEDIAN, (30 / factor, 50), (30, 50), (30 * factor, 50)), MEDIAN.asked)
        low, high = found.ci
        assert found.form == ("pooled" if high / low <= 3 else "range")
        seen.add(found.form)
    assert seen == {"pooled", "range"}


def test_a_centre_far_from_the_patients_seen_is_no_line():
    seen = set()
    for big in (50, 60, 70, 80, 90, 95):
        found = pool(
            made(RESPONSE, (50, 30), (50, 30), (50, 30), (50, 30), (big, 2000)), RESPONSE.asked
        )
        off = abs(found.value - found.crude) > 10
        wide = found.ci[1] - found.ci[0] > 40
        assert found.form == ("range" if off or wide else "pooled")
        seen.add((found.form, off))
    assert {("range", True), ("pooled", False)} <= seen
    seen = set()
    for big in (30, 40, 50, 60, 80):
        found = pool(made(MEDIAN, *((30, 40) for _ in range(8)), (big, 4000)), MEDIAN.asked)
        off = not 2 / 3 < found.value / found.crude < 1.5
        wide = found.ci[1] / found.ci[0] > 3
        assert found.form == ("range" if off or wide else "pooled")
        seen.add(off)
    assert seen == {True, False}


@pytest.mark.parametrize("k", [3, 4, 5])
def test_a_prediction_interval_needs_four_studies(k):
    shares = [(value, 60) for value in (30, 45, 60, 50, 40)[:k]]
    assert (pool(made(RESPONSE, *shares), RESPONSE.asked).prediction is not None) == (k >= 4)
    times = [(value, 60) for value in (20, 25, 32, 28, 22)[:k]]
    assert (pool(made(MEDIAN, *times), MEDIAN.asked).prediction is not None) == (k >= 4)


def test_a_prediction_interval_that_says_nothing_more_is_not_printed():
    def shown(*figures):
        studies = tuple(made(RESPONSE, *figures))
        return cell_of(Selection(RESPONSE, studies, (), (), "all_sites", False))

    assert shown((50, 60), (50, 60), (50, 60), (50, 60)).prediction is None
    assert shown((30, 60), (45, 60), (60, 60), (50, 60)).prediction is not None


def test_harms_are_totals_of_all_patients():
    studies = made(HARM, (0, 9), (0, 40), (10, 50))
    found = pool(studies, HARM.asked)
    assert found.form == "total"
    assert found.value == pytest.approx(100 * 5 / 99)
    assert found.ci == pytest.approx(tuple(100 * end for end in exact_interval(5, 99)))
    assert form(HARM, (0, 14), (0, 15)) == "range"
    assert form(HARM, (0, 15), (0, 15)) == "total"
    assert form(HARM, (0, None), (0, 15)) == "range"


@pytest.mark.parametrize(
    ("question", "low", "high", "kept"),
    [
        (RATE, 20.0, 79.9, True),
        (RATE, 20.0, 80.0, True),
        (RATE, 20.0, 80.1, False),
        (MEDIAN, 10.0, 49.9, True),
        (MEDIAN, 10.0, 50.0, True),
        (MEDIAN, 10.0, 50.1, False),
        (MEDIAN, 0.0, 50.0, False),
    ],
)
def test_a_single_interval_that_says_nothing_is_not_printed(question, low, high, kept):
    one = item(question, "alone", 30.0, 20, ci_low=low, ci_high=high)
    studies = tuple(one_per_study([one]))
    found = cell_of(Selection(question, studies, (one,), (), "all_sites", False))
    assert (found.form, found.value) == ("single", 30.0)
    assert (found.ci is not None) == kept
    assert (("wide_interval", None) in found.flags) != kept


def test_weights_of_figures_without_interval():
    one = item(MEDIAN, "a", 30.0, 25)
    assert variance_of(one) == pytest.approx(1.49**2 / 25)
    printed = item(MEDIAN, "a", 30.0, 25, ci_low=20.0, ci_high=45.0)
    assert variance_of(printed) == pytest.approx((math.log(45 / 20) / 3.92) ** 2)
    assert variance_of(item(MEDIAN, "a", 30.0, None)) is None
    rate = item(RATE, "a", 60.0, 50)
    assert (size_of(rate), events_of(rate)) == (40, 24)
    share = item(RESPONSE, "a", 60.0, 50)
    assert (size_of(share), events_of(share)) == (50, 30)
    counted = item(RESPONSE, "a", 60.0, 50, events=31)
    assert events_of(counted) == 31
    tight = item(RATE, "a", 60.0, 500, ci_low=50.0, ci_high=69.0)
    assert 60 < size_of(tight) < 140
    assert own_interval(one_per_study([tight])[0], RATE.asked) == (50.0, 69.0)


@pytest.mark.parametrize(
    ("share", "pancreas", "bowel"), [(19.9, True, False), (20, False, False), (49.9, False, False),
                                     (50, False, True), (51, False, True)]
)  # fmt: skip
def test_a_mixed_arm_of_mostly_another_site(share, pancreas, bowel):
    arm = (
        record()
        .arms[0]
        .model_copy(update={"pct_pancreatic": float(share), "pct_small_bowel": None})
    )
    assert mostly_other("pancreas", arm) is pancreas
    assert mostly_other("small_bowel", arm) is bowel
    assert not mostly_other("any", arm)


@pytest.mark.parametrize(("share", "out"), [(59.9, False), (60, True), (61, True)])
def test_a_mixed_arm_mostly_of_the_small_bowel(share, out):
    arm = (
        record()
        .arms[0]
        .model_copy(update={"pct_pancreatic": None, "pct_small_bowel": float(share)})
    )
    assert mostly_other("pancreas", arm) is out


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [(19, True, False), (20, True, False), (21, False, True), (None, True, False)],
)
def test_a_mixed_arm_with_some_grade_3(share, low, high):
    codes = {"grade_scope": GradeScope.MIXED, "pct_grade3": share, "selection": "not_stated"}
    arm = record().arms[0].model_copy(update=codes)
    assert grade_fits("G1-2", arm) is low
    assert grade_fits("G3_NET", arm) is high
    assert not grade_fits("NEC", arm)


def test_neighbours_and_unknown_sites():
    assert stands("small_bowel", "git") == stands("git", "small_bowel") == "near"
    assert stands("pancreas", "mixed") == stands("pancreas", "not_stated") == "mixed"
    assert stands("pancreas", "small_bowel") == "other"
    assert stands("any", "lung") == "same"


def test_how_wide_around_the_patient():
    """Sixty patients of three studies, or one randomised arm of fifty, answer for a site."""
    whole = record()
    question = Question("sunitinib", "objective_response", "small_bowel")
    arm = next(arm for arm in whole.arms if arm.modality == "sunitinib")
    row = next(row for row in whole.results if row.outcome == "objective_response")

    def width(sizes, design=Design.CASE_SERIES_PROSPECTIVE):
        names = [f"s{i}" for i in range(len(sizes))]
        study = whole.study[arm.study_id]
        return select(
            question,
            Evidence(
                tuple(
                    study.model_copy(update={"study_id": name, "cohort_of": None, "design": design})
                    for name in names
                ),
                tuple(
                    arm.model_copy(
                        update={
                            "study_id": name,
                            "arm_id": "a",
                            "site": Site.SMALL_BOWEL,
                            "selection": "trial",
                            "line": Line.ANY,
                            "reference_arm": None,
                            "grade_scope": GradeScope.NOT_STATED,
                            "pct_pancreatic": None,
                        }
                    )
                    for name in names
                ),
                tuple(
                    row.model_copy(
                        update={
                            "study_id": name,
                            "arm_id": "a",
                            "comparator_arm_id": None,
                            "subgroup": None,
                            "figure_kind": FigureKind.ESTIMATE,
                            "measure": Measure.PROPORTION,
                            "time_months": None,
                            "criteria_class": CriteriaClass.RECIST,
                            "unit_of_n": UnitOfN.PATIENTS,
                            "events": None,
                            "n": n,
                            "value": 20.0,
                            "result_id": f"{name}-001",
                        }
                    )
                    for name, n in zip(names, sizes, strict=True)
                ),
            ),
        ).width

    assert width((20, 20, 19)) == "mixed_sites"
    assert width((20, 20, 20)) == "this_site"
    assert width((30, 30)) == "mixed_sites"
    assert width((49,), Design.RCT) == "mixed_sites"
    assert width((50,), Design.RCT) == "this_site"


def test_figures_that_contradict():
    def cells(**values):
        out = {}
        for key, (value, names) in values.items():
            one = select(Question("tae", key), record())
            studies = tuple(Reported((item(RATE, name, value, 50),), value, 50) for name in names)
            empty = cell_of(replace(one, studies=()))
            out[key] = replace(empty, form="pooled", value=value, studies=studies)
        return out

    def bad(later, earlier, other="b"):
        return contradictions(
            cells(
                overall_survival_rate_60m=(later, ["a"]),
                overall_survival_rate_36m=(earlier, [other]),
            )
        )

    assert bad(57.0, 60.0) == []
    assert bad(57.1, 60.0) != []
    assert bad(60.4, 60.0, "a") == []
    assert bad(60.5, 60.0, "a") == []
    assert bad(60.6, 60.0, "a") != []
    part = cells(complete_response=(10.6, ["a"]), objective_response=(10.0, ["a"]))
    assert contradictions(part) == [("complete_response", "objective_response")]


@pytest.mark.parametrize(
    ("number", "months", "n", "text"),
    [
        (9.96, True, 50, "10.0"),
        (9.94, True, 50, "9.9"),
        (10.0, True, 50, "10"),
        (0.0, False, 50, "0"),
        (0.94, False, 50, "0.9"),
        (1.0, False, 50, "1"),
        (9.94, False, 999, "10"),
        (9.94, False, 1000, "9.9"),
        (10.0, False, 1000, "10"),
    ],
)
def test_no_decimal_that_rounding_cannot_carry(number, months, n, text):
    assert as_printed(number, months=months, n=n) == text


def test_tables_name_known_outcomes_and_modalities():
    assert {one.kind for one in treatments().values()} == {"local", "drug"}
    assert all(key == one.key for key, one in outcomes().items())
    assert treatments()["prrt_lu177"].modalities == ("prrt_lu177",)


def test_a_median_alone_has_the_interval_that_its_patients_carry():
    """SELECTION.md: the standard error of a log median is 1.49 over the root of n."""
    one = made(MEDIAN, (30.0, 49))[0]
    factor = math.exp(1.96 * 1.49 / 7)
    assert own_interval(one, MEDIAN.asked) == pytest.approx((30 / factor, 30 * factor))
    # Without a number of patients there is none.
    assert own_interval(made(MEDIAN, (30.0, None))[0], MEDIAN.asked) is None
    printed = one_per_study([item(MEDIAN, "s", 30.0, 49, ci_low=20.0, ci_high=50.0)])[0]
    assert own_interval(printed, MEDIAN.asked) == (20.0, 50.0)


@pytest.mark.parametrize(
    ("ci", "useless"),
    [((1.0, 5.0), False), ((1.0, 5.01), True), ((0.5, 2.5), False), ((0.0, 3.0), True),
     ((2.0, 10.1), True)],
)  # fmt: skip
def test_an_interval_of_months_says_nothing_from_a_factor_of_five(ci, useless):
    assert _useless(ci, True) is useless


def test_a_median_of_one_month_is_weighted_as_it_is():
    """Its logarithm is 0, which is not a missing one."""
    found = pool(made(MEDIAN, (1.0, 49), (1.5, 49), (2.0, 49)), MEDIAN.asked)
    # Alike in size, so the centre is the mean of the logarithms: the third root of 3.
    assert found.value == pytest.approx(3 ** (1 / 3), rel=1e-9)
    assert found.crude == pytest.approx(3 ** (1 / 3), rel=1e-9)


def test_what_the_studies_were_judged_by_is_counted():
    asked = Question("tae", "objective_response")
    figures = (("a", CriteriaClass.RECIST), ("b", CriteriaClass.RECIST), ("c", None))
    items = [item(asked, name, 30.0, 20, criteria_class=judged) for name, judged in figures]
    studies = tuple(one_per_study(items))
    told = cell_of(Selection(asked, studies, tuple(items), (), "all_sites", False)).told
    assert told.criteria == ((str(CriteriaClass.RECIST), 2), ("not_stated", 1))


def test_what_stands_beside_has_the_range_of_its_figures():
    figures = [item(RESPONSE, name, value, 20) for name, value in (("a", 30), ("b", 10), ("c", 20))]
    beside = tuple(LeftOut(one, "retreatment") for one in figures)
    (found,) = cell_of(Selection(RESPONSE, (), (), beside, "all_sites", False)).beside
    assert (found.reason, found.range, found.k) == ("retreatment", (10, 30), 3)


def test_the_largest_study_is_one_whose_patients_are_known():
    studies = tuple(made(RESPONSE, (50, 1), (60, None)))
    assert [one.n for one in studies] == [1, None]
    found = cell_of(Selection(RESPONSE, studies, (), (), "all_sites", False))
    assert found.largest is studies[0]
