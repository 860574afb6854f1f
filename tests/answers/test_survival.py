"""One survival curve a treatment, against figures pooled time by time and its own rules."""

import csv
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from hilum.answers import GRADES, LINES, SITES, patient_cells, treatments
from hilum.answers.candidates import Index, index
from hilum.answers.cell import Cell
from hilum.answers.survival import fitted, survival_cells, survival_curves
from hilum.answers.survival_fit import content_hash, fit_curve
from hilum.answers.survival_kept import kept_curves, read_curve, written
from hilum.answers.survival_rows import RATES, curve_rows
from hilum.evidence import Evidence, Measure, Outcome, read_evidence
from hilum.evidence.codes import GradeScope
from hilum.evidence.vocabulary import Design, FigureKind
from tests.answers.reference import FOLDER, key_of

EVIDENCE = read_evidence()
PATIENTS = {
    "midgut_g12": ("small_bowel", "G1-2", "any"),
    "pancreas_g12": ("pancreas", "G1-2", "any"),
    "nec": ("any", "NEC", "first"),
}
KEYS = ("overall_survival", *RATES.values())
FIVE = "overall_survival_rate_60m"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found() -> Index:
    return index(EVIDENCE)


@pytest.fixture(scope="module")
def every(found: Index) -> list[dict[str, dict[str, Cell]]]:
    """The cells of every kind of patient."""
    return [
        {name: survival_cells(found, name, site, grade, line) for name in treatments()}
        for site in SITES
        for grade in GRADES
        for line in LINES
    ]


def reference(found: Index) -> list[tuple[dict[str, str], Cell]]:
    out: list[tuple[dict[str, str], Cell]] = []
    for row in rows("cells.csv"):
        if row["outcome"] == "overall_survival":
            time = float(row["time_months"]) if row["time_months"] else None
            key = key_of()[row["outcome"], row["measure"], time]
            cells = survival_cells(found, row["treatment"], *PATIENTS[row["patient"]])
            out.append((row, cells[key]))
    return out


def test_the_studies_of_each_time_are_the_references(found: Index) -> None:
    """Where one curve speaks of a wider or narrower set than a time alone, it says which."""
    for row, one in reference(found):
        theirs = set(row["studies"].split())
        ours = {study.study_id for study in one.here}
        if one.form == "pooled":
            assert ours <= {item.study_id for study in one.studies for item in study.items} | {
                item.study_id for item in _unweighted(found, row)
            }
        assert ours == theirs, (row["patient"], row["treatment"], row["time_months"])


def _unweighted(found: Index, row: dict[str, str]) -> list[Any]:
    main = curve_rows(found, row["treatment"], *PATIENTS[row["patient"]])[0]
    return list(main.items)


def test_rates_lie_within_five_points_of_the_reference_or_the_reason_is_given(
    found: Index,
) -> None:
    reasons = {
        (row["patient"], row["treatment"], row["time_months"]): row
        for row in rows("survival_reasons.csv")
    }
    seen: set[tuple[str, str, str]] = set()
    for row, one in reference(found):
        place = (row["patient"], row["treatment"], row["time_months"])
        if row["form"] != "pooled":
            continue
        theirs = float(row["value"])
        if one.form == "pooled" and one.value is not None:
            far = abs(one.value - theirs) > 5 if not one.months else not (
                2 / 3 < one.value / theirs < 1.5
            )  # fmt: skip
        else:
            far = True
        if far:
            assert place in reasons, (place, one.form, one.value, theirs)
            assert reasons[place]["form"] == one.form
            shown = "" if one.value is None else one.text(one.value)
            assert reasons[place]["value"] == shown
            seen.add(place)
    assert seen == set(reasons)


def test_readings_lie_within_their_reports_or_say_why_not(
    every: list[dict[str, dict[str, Cell]]],
) -> None:
    outside = 0
    for cells in every:
        for one in (cell for of in cells.values() for cell in of.values()):
            if one.form != "pooled":
                continue
            flags = dict(one.flags)
            assert one.value is not None
            assert "from_curve" in flags
            if one.range is not None and not (
                one.range[0] - 0.5 <= one.value <= one.range[1] + 0.5
            ):
                outside += 1
                assert flags["outside_reports"] == (
                    "few_here" if len(one.here) < 3 else "other_times"
                )
            else:
                assert "outside_reports" not in flags
    assert outside > 0


def test_survival_never_rises_for_any_patient(every: list[dict[str, dict[str, Cell]]]) -> None:
    pairs = 0
    for cells in every:
        for of in cells.values():
            for early, late in pairwise(of[key] for key in RATES.values()):
                if early.value is not None and late.value is not None:
                    pairs += 1
                    assert late.value <= early.value
    assert pairs > 100


def test_what_is_printed_obeys_the_limits(every: list[dict[str, dict[str, Cell]]]) -> None:
    pooled = 0
    for cells in every:
        for one in (cell for of in cells.values() for cell in of.values()):
            assert one.form in ("pooled", "single", "range", "none")
            assert one.k == len(one.studies)
            assert (one.value is None) == (one.form in ("range", "none"))
            if one.ci is not None:
                low, high = one.ci
                assert high / low <= 5 if one.months else high - low <= 60
            if one.form == "pooled":
                pooled += 1
                assert one.k >= 3
                assert one.n >= 30
                assert one.ci is not None
                low, high = one.ci
                assert high / low <= 3 if one.months else high - low <= 40
                if one.prediction is not None:
                    assert one.k >= 4
                    assert one.prediction[0] <= low
                    assert one.prediction[1] >= high
            elif one.form != "none":
                assert dict(one.flags)["not_read"]
    assert pooled > 100


def test_nothing_is_pooled_beside_the_curve(every: list[dict[str, dict[str, Cell]]]) -> None:
    for cells in every:
        for one in (cell for of in cells.values() for cell in of.values()):
            assert (one.form == "pooled") == ("from_curve" in dict(one.flags))


def test_patients_chosen_specially_have_curves_of_their_own(found: Index) -> None:
    curves = survival_curves(found, "transplantation", "pancreas")
    names = [one.selection for one in curves]
    assert names[0] == "main"
    assert "milan" in names
    milan = curves[names.index("milan")]
    main = {item.row.result_id for item in curves[0].reports}
    assert not main & {item.row.result_id for item in milan.reports}
    assert {item.arm.selection for item in milan.reports} == {"milan"}
    again = {one.selection: one for one in survival_curves(found, "resection")}
    assert "retreatment" in again
    assert {item.arm.line for item in again["retreatment"].reports} == {"retreatment"}


def test_a_curve_is_drawn_to_where_three_studies_followed(found: Index) -> None:
    (main, *_) = survival_curves(found, "tace", "pancreas")
    assert main.drawn
    assert main.curve is not None
    assert main.curve.line[-1].time_months == main.curve.support_months
    shares = [one.survival for one in main.curve.line]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 1.0
    # Two studies make no line.
    (two, *_) = survival_curves(found, "mwa", "pancreas")
    assert two.curve is not None
    assert two.curve.k == 2
    assert not two.drawn


def changed(**updates: Any) -> Evidence:
    return replace(EVIDENCE, **updates)


def five(evidence: Evidence, treatment: str = "resection") -> Cell:
    return survival_cells(evidence, treatment, "pancreas")[FIVE]


def test_the_order_of_rows_does_not_move_a_curve() -> None:
    backwards = changed(
        results=tuple(reversed(EVIDENCE.results)), arms=tuple(reversed(EVIDENCE.arms))
    )
    assert five(backwards).value == pytest.approx(five(EVIDENCE).value, rel=1e-9)


def series(evidence: Evidence, **updates: Any) -> Evidence:
    """The record with one more resection series: 5-year survival of 200 patients."""
    study = evidence.study["mayo2011iat"]
    arm = next(one for one in evidence.arms if one.study_id == "mayo2011iat")
    row = next(
        one
        for one in evidence.results
        if (one.study_id, one.measure, one.outcome, one.time_months)
        == ("mayo2011iat", Measure.RATE_AT, Outcome.OVERALL_SURVIVAL, 60.0)
        and one.subgroup is None
        and one.arm_id == arm.arm_id
    )
    given = {"value": 40.0, "n": 200, "design": study.design, "figure_kind": FigureKind.ESTIMATE,
             "selection": arm.selection, "grade_scope": arm.grade_scope} | updates  # fmt: skip
    return replace(
        evidence,
        studies=(
            *evidence.studies,
            study.model_copy(
                update={"study_id": "made", "cohort_of": None, "design": given["design"],
                        "verify": None}
            ),
        ),
        arms=(
            *evidence.arms,
            arm.model_copy(
                update={"study_id": "made", "selection": given["selection"],
                        "grade_scope": given["grade_scope"]}
            ),
        ),
        results=(
            *evidence.results,
            row.model_copy(
                update={"study_id": "made", "value": given["value"], "n": given["n"],
                        "ci_low": None, "ci_high": None, "result_id": "made-001",
                        "figure_kind": given["figure_kind"]}
            ),
        ),
    )  # fmt: skip


def test_a_real_study_moves_the_figure_towards_itself() -> None:
    before, after = five(EVIDENCE), five(series(EVIDENCE))
    assert before.value is not None
    assert after.value is not None
    assert after.k == before.k + 1
    assert after.n == before.n + 200
    assert 40 < after.value < before.value


@pytest.mark.parametrize(
    "other",
    [
        {"selection": "milan"},
        {"design": Design.POOLED_ANALYSIS, "figure_kind": FigureKind.POOLED},
        {"grade_scope": GradeScope.NEC},
    ],
    ids=["a special series", "a review's row", "another grade"],
)
def test_figures_of_other_patients_do_not_move_the_curve(other: dict[str, Any]) -> None:
    before, after = five(EVIDENCE), five(series(EVIDENCE, **other))
    assert (after.value, after.ci, after.k, after.n) == (
        before.value, before.ci, before.k, before.n
    )  # fmt: skip


def test_two_arms_of_the_same_patients_are_the_arm() -> None:
    """An arm split into two rows of half its patients each gives the same curve."""
    whole = series(EVIDENCE)
    arm = next(one for one in whole.arms if one.study_id == "made")
    row = next(one for one in whole.results if one.study_id == "made")
    halves = replace(
        whole,
        arms=(
            *(one for one in whole.arms if one.study_id != "made"),
            arm.model_copy(update={"arm_id": "one"}),
            arm.model_copy(update={"arm_id": "two"}),
        ),
        results=(
            *(one for one in whole.results if one.study_id != "made"),
            row.model_copy(update={"arm_id": "one", "n": 100}),
            row.model_copy(update={"arm_id": "two", "n": 100, "result_id": "made-002"}),
        ),
    )
    one, two = five(whole), five(halves)
    assert two.value == pytest.approx(one.value, abs=1e-4)
    assert two.ci == pytest.approx(one.ci, abs=1e-3)
    assert (two.k, two.n) == (one.k, one.n)


def test_kept_curves_are_the_fits_of_their_reports(found: Index) -> None:
    """What is shipped is what a fit gives; make posterior after a change of the evidence."""
    kept = kept_curves()
    for treatment in ("tace", "resection", "everolimus", "prrt_lu177", "chemo_platinum"):
        for rows in curve_rows(found, treatment, "pancreas"):
            name = content_hash(rows.reports)
            assert name in kept, "make posterior"
            made, shipped = fit_curve(rows.reports), read_curve(kept[name])
            if made is None:
                assert shipped is None
                continue
            assert shipped is not None
            assert (shipped.k, shipped.n, shipped.family, shipped.used, shipped.unused) == (
                made.k, made.n, made.family, made.used, made.unused
            )  # fmt: skip
            for one, other in zip(shipped.line, made.line, strict=True):
                assert one.survival == pytest.approx(other.survival, rel=1e-4)
                assert one.ci == pytest.approx(other.ci, rel=1e-3, abs=1e-5)
    text = written({"a": fit_curve(curve_rows(found, "tae")[0].reports), "b": None})
    again = {key: read_curve(one) for key, one in json.loads(text).items()}
    assert again["b"] is None
    assert written(again) == text


def test_other_reports_are_fitted_when_they_are_asked_for() -> None:
    rows = curve_rows(index(series(EVIDENCE)), "resection", "pancreas")[0]
    assert content_hash(rows.reports) not in kept_curves()
    assert fitted(rows.reports) is not None


def test_the_board_s_cells_hold_the_curve_s_readings(found: Index) -> None:
    cells = patient_cells(found, "pancreas")["resection"]
    plain = survival_cells(found, "resection", "pancreas")
    assert {key: cells[key].value for key in KEYS} == {key: plain[key].value for key in KEYS}
    assert list(cells) == list(key_of().values())
