import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.patient import Range, read_case, read_tables
from hilum.patient.contradictions import consistent, contradictions
from hilum.patient.spoken import rows
from hilum.patient.verdict import verdicts
from tests.conftest import ROOT
from tests.patient.specification import specification

TABLES = read_tables()
CASES = json.loads((ROOT / "tests" / "patient" / "cases.json").read_text("utf-8"))["cases"]
VOLUMES = {"total_liver_volume_ml": 1800, "tumour_volume_ml": 300, "flr_volume_ml": 300}
BODY = {"height_cm": 170, "weight_kg": 70}


def found(patient):
    case = read_case({"patient": patient})
    return contradictions(case.given, TABLES, case.other_readings)


def codes(patient):
    return [(one.code, one.facts[0]) for one in found(patient)]


DIFFERS = "derived_differs"


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"sex": "male", "pregnancy": True}, [("does_not_apply", "pregnancy")]),
        ({"sex": "male", "pregnancy": False}, []),
        ({"sex": "female", "age": 30, "pregnancy": True}, []),
        ({"sex": "female", "age": 55, "pregnancy": True}, []),
        ({"sex": "female", "age": 56, "pregnancy": True}, [("does_not_apply", "pregnancy")]),
        ({"sex": "female", "age": 11, "pregnancy": True}, [("does_not_apply", "pregnancy")]),
        (
            {"functioning": "none", "symptoms_refractory": True},
            [("does_not_apply", "symptoms_refractory")],
        ),
        ({"grade": "G1", "ki67_percent": 60}, [(DIFFERS, "grade"), (DIFFERS, "ki67_percent")]),
        ({"grade": "G1", "ki67_percent": 2.9}, []),
        ({"grade": "G1", "ki67_percent": 2.95}, []),  # below 3 % is G1
        ({"grade": "G1", "ki67_percent": 3}, [(DIFFERS, "grade"), (DIFFERS, "ki67_percent")]),
        ({"grade": "G2", "ki67_percent": 3}, []),
        ({"grade": "G2", "ki67_percent": 20}, []),
        ({"grade": "G2", "ki67_percent": 21}, [(DIFFERS, "grade"), (DIFFERS, "ki67_percent")]),
        ({"grade": "G3", "ki67_percent": 20.05}, []),
        ({"grade": "G3", "ki67_percent": 20}, [(DIFFERS, "grade"), (DIFFERS, "ki67_percent")]),
        ({"grade": "G3", "ki67_percent": "<3"}, [(DIFFERS, "grade"), (DIFFERS, "ki67_percent")]),
        ({"grade": "G2", "ki67_percent": "<5"}, []),
        ({"grade": "NEC", "ki67_percent": 60}, []),
        ({"grade": "NEC", "differentiation": "well"}, [(DIFFERS, "differentiation")]),
        ({"grade": "G3", "differentiation": "poor"}, [(DIFFERS, "grade")]),
        ({"lesion_count": 1, "unilobar_bilobar": "bilobar"}, [(DIFFERS, "unilobar_bilobar")]),
        ({"lesion_count": 2, "unilobar_bilobar": "bilobar"}, []),
        (
            {"unilobar_bilobar": "unilobar", "lesion_sites": ["II", "VI"]},
            [("sites_in_both_lobes", "unilobar_bilobar")],
        ),
        ({"unilobar_bilobar": "unilobar", "lesion_sites": ["II", "I"]}, []),
        ({"unilobar_bilobar": "bilobar", "lesion_sites": ["II", "VI"]}, []),
        ({"unilobar_bilobar": "unilobar", "distribution": "type_III"}, [(DIFFERS, "distribution")]),
        ({**VOLUMES, **BODY, "flr_percent": 60}, [("remnant_against_volumes", "flr_percent")]),
        # either denominator will do: 20.0 % of the healthy liver, 19.9 % of the standard volume
        ({**VOLUMES, **BODY, "flr_percent": 20}, []),
        ({**VOLUMES, "flr_percent": 22}, []),  # within a tenth of 20
        ({**VOLUMES, "flr_percent": 22.3}, [("remnant_against_volumes", "flr_percent")]),
        ({"flr_volume_ml": 300, "flr_percent": 60}, []),  # of what?
        (
            {"flr_volume_ml": 1800, "total_liver_volume_ml": 1800},
            [("remnant_over_liver", "flr_volume_ml")],
        ),
        ({"flr_volume_ml": 1799, "total_liver_volume_ml": 1800}, []),
        (
            {"tumour_volume_ml": 1800, "total_liver_volume_ml": 1800},
            [("tumour_over_liver", "total_liver_volume_ml")],
        ),
        ({"tumour_volume_ml": 1799, "total_liver_volume_ml": 1800}, []),
        (
            {"tumour_volume_ml": 180, "total_liver_volume_ml": 1800, "liver_burden_percent": 60},
            [(DIFFERS, "liver_burden_percent")],
        ),
        (
            {"tumour_volume_ml": 180, "total_liver_volume_ml": 1800, "liver_burden_percent": 10.5},
            [],
        ),
        (
            {"lesion_count": 1, "lesion_max_mm": 20, "liver_burden_percent": 26},
            [("burden_beyond_lesions", "liver_burden_percent")],
        ),
        ({"lesion_count": 1, "lesion_max_mm": 20, "liver_burden_percent": 25}, []),
        (
            {"creatinine_mg_dl": 2, "age": 60, "sex": "male", "egfr": 90},
            [(DIFFERS, "egfr")],
        ),
        ({"creatinine_mg_dl": 2, "age": 60, "sex": "male", "egfr": 38}, []),
        ({"dialysis": True, "egfr": 60}, [(DIFFERS, "egfr")]),
        ({"dialysis": True, "egfr": 14}, []),
        (
            {
                "child_pugh": "A5", "bilirubin": "6 mg/dL", "albumin": "2.5 g/dL", "inr": 1.8,
                "ascites": True, "encephalopathy": False,
            },
            [(DIFFERS, "child_pugh")],
        ),
        ({"sstr_positive": True, "sstr_uptake_krenning": 1}, [(DIFFERS, "sstr_positive")]),
        ({"sstr_positive": True, "sstr_uptake_krenning": 2}, []),
        (
            {"extrahepatic_sites": [], "extrahepatic_disease": "limited"},
            [(DIFFERS, "extrahepatic_disease")],
        ),
        # how much there is has to be stated: a site says only that there is some
        ({"extrahepatic_sites": ["bone"], "extrahepatic_disease": "dominant"}, []),
        ({"progressive": True, "stable_months": 1}, [("progressive_and_stable", "stable_months")]),
        ({"progressive": True, "stable_months": 0}, []),
        (
            {"time_since_diagnosis_months": 10, "stable_months": 12},
            [("stable_before_diagnosis", "stable_months")],
        ),
        ({"time_since_diagnosis_months": 10, "stable_months": 11}, []),
        (
            {"primary_site": "unknown_primary", "primary_resected": "yes"},
            [("unknown_primary_resected", "primary_resected")],
        ),
        ({"age": 50, "Age": 60}, [("stated_twice", "age")]),
        ({}, []),
    ],
)  # fmt: skip
def test_what_cannot_be_true_together(patient, expected):
    assert codes(patient) == expected


def test_both_readings_are_kept():
    grade, ki67 = found({"grade": "G1", "ki67_percent": 60})
    assert (grade.stated, grade.other, grade.alternative) == ("G1", "G3", {"grade": "G3"})
    assert grade.facts == ("grade", "ki67_percent")
    assert (ki67.stated, ki67.other) == (60, Range(0, 2.9))
    assert ki67.alternative == {"ki67_percent": Range(0, 2.9)}
    (twice,) = found({"bilirubin": "18 umol/L", "bilirubin_mg_dl": 6})
    assert twice.alternative == {"bilirubin_mg_dl": 6}
    (remnant,) = found({**VOLUMES, "flr_percent": 60})
    assert remnant.alternative == {"flr_percent": 20}
    assert remnant.statement_en
    assert remnant.statement_zh


def test_what_rests_on_facts_that_nobody_mentioned_has_no_other_reading():
    (one,) = found({"child_pugh": "B8", "bilirubin": "1 mg/dL"})
    assert one.notes == ("assumed",)
    assert one.alternative == {}


def test_a_convention_says_so():
    (one,) = found({"unilobar_bilobar": "unilobar", "distribution": "type_III"})
    assert one.notes == ("convention",)


@pytest.mark.parametrize("treatment", ["resection", "debulking", "tare", "interferon"])
def test_a_danger_in_either_reading_leaves_no_option_open(treatment):
    rest = {key: value for key, value in CASES[1]["patient"].items() if key != "bilirubin_mg_dl"}

    def status(**bilirubin):
        case = read_case({"patient": {**rest, **bilirubin}})
        return verdicts(case, TABLES).option(treatment).status.value

    closed = ("undecided", "advised_against", "excluded")
    assert status(bilirubin_mg_dl=1) == "conditional"
    assert status(bilirubin="1 mg/dL", bilirubin_mg_dl=6) in closed
    assert status(bilirubin_mg_dl=6, bilirubin="1 mg/dL") in closed


@pytest.mark.parametrize("case", CASES, ids=lambda one: one["id"])
def test_the_given_cases_contradict_nothing(case):
    assert codes(case["patient"]) == []


@pytest.mark.parametrize(
    ("stated", "derived", "same"),
    [
        (90.0, 99.0, True),
        (90.0, 99.1, False),
        (90.0, 81.0, True),
        (90.0, 80.9, False),
        (8.0, Range(7, 9), True),
        (9.1, Range(7, 9), False),
        (Range(5, 6), Range(6, 7), True),
        (Range(5, 6), Range(7, 9), False),
        (True, False, False),
        (True, True, True),
        ("G1", "G1", True),
        ("G1", "G2", False),
        (frozenset({"ssa"}), frozenset(), False),
    ],
)
def test_the_same_within_rounding(stated, derived, same):
    assert consistent(stated, derived) is same


@st.composite
def mutated(draw):
    """A given case with facts taken out and others set to any value of theirs."""
    spec = specification()
    patient = dict(draw(st.sampled_from(CASES))["patient"])
    for name in draw(st.lists(st.sampled_from(sorted(patient)), max_size=6)):
        patient.pop(name, None)
    for name in draw(st.lists(st.sampled_from(sorted(TABLES.attributes)), max_size=8)):
        value = draw(st.sampled_from(spec.evaluate.candidates(name, {}, spec.shipped)))
        patient[name] = sorted(value) if isinstance(value, frozenset) else value
    if patient.get("creatinine_mg_dl") == 0:  # the formula of the specification divides by it
        patient["creatinine_mg_dl"] = 1
    return patient


# Where the specification calls a contradiction what its own table says is none (consistency.csv).
AGREED = {"extrahepatic_disease", "ki67_percent"}


@given(mutated())
@settings(max_examples=150, deadline=None)
def test_everything_that_the_specification_finds(patient):
    spec = specification()
    given = read_case({"patient": patient}).given
    wanted = {one.partition(":")[0] for one in spec.evaluate.contradictions(given, spec.shipped)}
    ours = {one.facts[0] for one in contradictions(given, TABLES)}
    assert wanted - ours <= AGREED


def test_the_table_holds_together():
    known = rows("consistency")
    assert {one["kind"] for one in known} == {"contradicts", "agrees"}
    for one in known:
        assert one["source"]
        assert (
            bool(one["statement_en"]) == bool(one["statement_zh"]) == (one["kind"] == "contradicts")
        )
        assert not one["fact"] or one["fact"] in TABLES.attributes
