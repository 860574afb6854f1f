"""The cells agree with the plain reference: for three patients as shipped, for any by property."""

import csv
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.answers import GRADES, LINES, SITES, Question, cell, patient_cells
from hilum.answers.patient import treatment_cells
from hilum.answers.printed import printed_value
from tests.answers.reference import FOLDER, data, key_of, module, reason_of, record

PATIENTS = {
    "midgut_g12": ("small_bowel", "G1-2", "any"),
    "pancreas_g12": ("pancreas", "G1-2", "any"),
    "nec": ("any", "NEC", "first"),
}
WIDE = ("wide_interval", None)


@pytest.fixture(scope="module")
def cells(evidence):
    return {name: patient_cells(evidence, *who) for name, who in PATIENTS.items()}


def rows():
    with (FOLDER / "cells.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(cells, row):
    time = float(row["time_months"]) if row["time_months"] else None
    key = key_of()[row["outcome"], row["measure"], time]
    return cells[row["patient"]][row["treatment"]][key]


def ends(one, interval):
    return tuple(one.text(end) for end in interval) if interval else ("", "")


@pytest.mark.parametrize("patient", PATIENTS)
def test_three_patients_agree_in_form_studies_value_and_interval(cells, patient):
    # Overall survival is read from one curve: test_survival.py holds it against the table.
    theirs = [
        row for row in rows() if row["patient"] == patient and row["outcome"] != "overall_survival"
    ]
    assert len(theirs) > 100
    for row in theirs:
        one = found(cells, row)
        place = (patient, row["treatment"], one.question.outcome)
        assert one.form == row["form"], place
        assert (one.k, one.k_with_n, one.n) == tuple(
            int(row[name] or 0) for name in ("k", "k_with_n", "n")
        ), place
        assert [study.study_id for study in one.studies] == row["studies"].split(), place
        if one.form == "single":
            # The table's "48.0" and hilum's "48" are one printed number.
            assert float(printed_value(one.largest)) == float(row["value"]), place
        else:
            assert ("" if one.value is None else one.text(one.value)) == row["value"], place
        if WIDE not in one.flags:
            assert ends(one, one.ci) == (row["ci_low"], row["ci_high"]), place
        assert ends(one, one.prediction) == (row["pi_low"], row["pi_high"]), place
        assert bool(one.range) == bool(row["range"]), place
        for end, text in zip(one.range or (), row["range"].split("-"), strict=False):
            # A printed 25.5 stays 25.5 here and is 25.4999 there: half of the last digit, and it.
            assert float(text) == pytest.approx(end, abs=0.051 if "." in text else 0.501), place
        assert (one.largest.study_id if one.largest else "") == row["largest"].partition(" ")[0]
        trials = {part.split(" ")[0] for part in row["randomised"].split("; ") if part}
        assert {f"{item.study_id}/{item.row.arm_id}" for item in one.randomised} == trials, place


def test_an_interval_is_kept_back_only_where_the_reference_prints_a_useless_one(cells):
    kept_back = [row for row in rows() if WIDE in found(cells, row).flags]
    assert kept_back
    for row in kept_back:
        one = found(cells, row)
        low, high = float(row["ci_low"]), float(row["ci_high"])
        assert one.form == "single"
        assert one.ci is None
        # Printed ends are rounded: half a unit either way.
        assert high / max(low, 0.05) > 4.9 if one.months else high - low > 59, row


def test_every_row_of_the_reference_is_a_cell_of_hilum(cells):
    asked = {(row["patient"], row["treatment"]) for row in rows()}
    assert len(asked) > 50
    for patient, treatment in asked:
        assert cells[patient][treatment]


@settings(max_examples=60, deadline=None)
@given(
    site=st.sampled_from(SITES),
    grade=st.sampled_from(GRADES),
    line=st.sampled_from(LINES),
    treatment=st.sampled_from(sorted(module().TREATMENTS)),
    outcome=st.sampled_from(module().OUTCOMES),
)
def test_any_patient_agrees_with_the_reference(site, grade, line, treatment, outcome):
    patient = {"site": site, "grade": grade, "line": line}
    theirs = module().cell(data(), patient, treatment, *outcome)
    one = cell(Question(treatment, key_of()[outcome], site, grade, line), record())
    assert one.form == theirs["form"]
    assert [study.study_id for study in one.studies] == [item["id"] for item in theirs["found"]]
    assert (one.k, one.k_with_n, one.n) == (theirs["k"], theirs["k_n"], theirs["n"])
    if one.value is not None:
        alone = one.form == "single"
        value = theirs["found"][0]["value"] if alone else theirs["value"]
        assert one.value == pytest.approx(value, rel=1e-9)
    if one.ci is not None:
        # Both find the estimate of tau2 to a step of their own: limits differ by a few 1e-9.
        assert one.ci == pytest.approx((theirs["low"], theirs["high"]), rel=1e-8)
    if theirs["found"]:
        assert one.range == pytest.approx(theirs["range"], rel=1e-9)
    reasons = Counter(reason_of(reason) for _, reason in theirs["left"])
    ours = Counter(dict(one.told.left_out))
    assert ours == reasons


@settings(max_examples=12, deadline=None)
@given(
    site=st.sampled_from(SITES),
    grade=st.sampled_from(GRADES),
    line=st.sampled_from(LINES),
    treatment=st.sampled_from(sorted(module().TREATMENTS)),
)
def test_contradicting_cells_are_those_of_the_reference(site, grade, line, treatment):
    patient = {"site": site, "grade": grade, "line": line}
    theirs = [module().cell(data(), patient, treatment, *one) for one in module().OUTCOMES]
    # Overall survival is read from one curve, which cannot contradict itself.
    theirs = [one for one in theirs if one["outcome"] != "overall_survival"]
    bad = {key_of()[name] for pair in module().plausible(theirs) for name in pair}
    ours = treatment_cells(record(), treatment, site, grade, line)
    flagged = {
        key for key, one in ours.items() if any(code == "contradicts" for code, _ in one.flags)
    }
    assert flagged == {key for key in bad if ours[key].form == "range"}
    assert bad <= {key for key, one in ours.items() if one.form in ("range", "total")}
