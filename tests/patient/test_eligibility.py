import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.patient import Status, assess, eligibility, read_case, read_rules
from hilum.patient.eligibility import EXCLUDING

RULES = read_rules()


def verdicts(**patient):
    return {one.treatment: one for one in eligibility(read_case({"patient": patient}), RULES)}


def test_every_rule_and_treatment_is_there():
    assert len(RULES) >= 268
    found = verdicts()
    assert {rule.treatment for rule in RULES} | {"phenol_injection"} == set(found)


def test_an_unknown_never_excludes():
    assert all(one.status is not Status.EXCLUDED for one in verdicts().values())
    assert "ecog" in verdicts()["tae"].missing
    assert verdicts()["phenol_injection"].note == "no_published_rule"


@pytest.mark.parametrize(
    ("treatment", "patient", "rule"),
    [
        ("sunitinib", {"primary_site": "small_bowel"}, "SUN-01"),
        ("everolimus", {"functioning": "carcinoid_syndrome", "primary_site": "lung"}, "EVE-05"),
        ("tare", {"ascites": True}, "TARE-18"),
        ("prrt_lu177", {"platelets": 60}, "PRRT-15"),
        ("resection", {"differentiation": "poor"}, "RES-19"),
        ("everolimus", {"child_pugh": "C11"}, "EVE-03"),
    ],
)
def test_guidelines_and_labels_exclude(treatment, patient, rule):
    found = verdicts(**patient)[treatment]
    assert found.status is Status.EXCLUDED
    assert any(hit.rule_id == rule and hit.effect == "excludes" for hit in found.fired)


def test_trial_eligibility_only_sets_a_condition():
    found = verdicts(ecog=3)["tae"]
    assert found.status is not Status.EXCLUDED
    assert any(hit.rule_id == "TAE-09" and hit.effect == "condition" for hit in found.fired)


def test_a_disputed_exclusion_is_a_condition_and_both_are_shown():
    # label: contraindicated above 70 %; review: relative, unless synthetic function is kept
    found = verdicts(liver_burden_percent=80)["tare"]
    effects = {hit.rule_id: hit.effect for hit in found.fired}
    assert effects["TARE-22"] == effects["TARE-23"] == "condition"


def test_renal_limits_disagree_for_prrt():
    found = verdicts(egfr=25)["prrt_lu177"]
    assert {"PRRT-13", "PRRT-14", "PRRT-20"} <= {hit.rule_id for hit in found.fired}


def test_needs_before_is_shown_whatever_the_verdict():
    found = verdicts(functioning="carcinoid_syndrome")
    for name in ("tae", "tace", "tare", "rfa", "resection"):
        assert any(hit.effect == "before" for hit in found[name].fired), name


PATIENTS = st.fixed_dictionaries(
    {},
    optional={
        "age": st.integers(0, 120),
        "ecog": st.integers(0, 4),
        "grade": st.sampled_from(["G1", "G2", "G3", "NEC"]),
        "primary_site": st.sampled_from(["pancreas", "small_bowel", "lung", "unknown"]),
        "egfr": st.floats(0, 200),
        "bilirubin_mg_dl": st.floats(0, 50),
        "ascites": st.booleans(),
        "functioning": st.sampled_from(["false", "carcinoid_syndrome", "insulinoma"]),
        "child_pugh": st.sampled_from(["none", "A5", "B8", "C12"]),
        "platelets": st.floats(0, 2000),
        "progressive": st.booleans(),
        "sstr_uptake_krenning": st.integers(0, 4),
    },
)


@settings(max_examples=60, deadline=None)
@given(PATIENTS, st.integers(0, 10**6))
def test_invariants(patient, seed):
    case = read_case({"patient": patient})
    found = eligibility(case, RULES)
    shuffled = list(RULES)
    random.Random(seed).shuffle(shuffled)
    assert eligibility(case, shuffled) == found
    for one in found:
        excluding = [hit for hit in one.fired if hit.effect == "excludes"]
        assert (one.status is Status.EXCLUDED) == bool(excluding)
        assert all(hit.basis in EXCLUDING and hit.patient_value is not None for hit in excluding)
        assert all(case.get(name) is None for name in one.missing)


def test_resectability():
    clear = {
        "grade": "G1",
        "distribution": "type_I",
        "lesion_count": 2,
        "flr_percent": 60,
        "liver_condition": "normal",
        "extrahepatic_disease": "none",
        "resectable_fraction_percent": 100,
        "fit_for_major_liver_surgery": True,
    }

    def verdict(**change):
        return assess(read_case({"patient": clear | change}), RULES)

    assert verdict().verdict == "resectable"
    assert verdict().in_the_way == ()
    assert verdict(flr_percent=15).verdict == "not_resectable"
    assert {item.rule_id for item in verdict(flr_percent=15).in_the_way} >= {"RES-06", "RES-09"}
    assert verdict(flr_percent=25.5).verdict == "borderline"
    assert verdict(extrahepatic_disease="minimal").verdict == "borderline"
    sparse = assess(read_case({"patient": {"grade": "G1"}}), RULES)
    assert sparse.verdict == "cannot_be_judged"
    assert "flr_percent" in sparse.missing
