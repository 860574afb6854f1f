"""FHIR bundles with the faults that real exports have, and what is right to make of them."""

import copy
import datetime as dt
import json
from pathlib import Path

import pytest

from hilum.errors import InputError
from hilum.patient.case import read_case
from hilum.patient.fhir import read_bundle, write_bundle
from hilum.patient.fhir.bundle import load_bundle
from hilum.patient.fhir.codes import codes, elements, names, rows, units
from hilum.patient.fhir.lines import SENTENCES, Line, Place
from hilum.patient.numbers import factor_of
from hilum.patient.tables import read_tables
from hilum.patient.values import Range
from tests.conftest import EXAMPLE

FOLDER = Path(__file__).parent / "fhir"
TODAY = dt.date(2026, 11, 28)
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"


def read(name):
    return read_bundle(load_bundle(FOLDER / f"{name}.json"), today=TODAY)


def bundle(*resources, patient=True):
    first = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1970-01-01"}
    listed = [first, *resources] if patient else list(resources)
    return {"resourceType": "Bundle", "type": "collection",
            "entry": [{"resource": one} for one in listed]}  # fmt: skip


def observation(code, value=None, *, identity="o", date=None, status="final", **more):
    found = {
        "resourceType": "Observation",
        "id": identity,
        "status": status,
        "code": {"coding": [{"system": LOINC, "code": code}]}
        if code[0] in "0123456789x"
        else {"text": code},
        "subject": {"reference": "Patient/p"},
        **more,
    }
    if value is not None:
        amount, unit = value
        found["valueQuantity"] = {"value": amount, "unit": unit, "system": UCUM, "code": unit}
    if date:
        found["effectiveDateTime"] = date
    return found


def given(*resources, **more):
    return read_bundle(bundle(*resources, **more), today=TODAY)


def codes_of(found, identity):
    return {line.code for line in found.lines if line.place.id == identity}


# -- the four examples with their right answers


def test_a_transaction_as_records_write_it():
    found = read("r4_transaction")
    assert found.case.given == {
        "age": 65.0, "sex": "female", "ecog": 1.0, "primary_site": "small_bowel",
    }  # fmt: skip
    ecog = next(one for one in found.facts if one.fact == "ecog")
    assert (ecog.when.text, ecog.place.id) == ("2026-10-02", "e1")
    assert codes_of(found, "e2") == {"older"}
    assert "liver" in codes_of(found, "c2"), "the relative reference resolves"
    not_used = {(one.place.id, one.place.element) for one in found.lines if one.state == "not_used"}
    assert {("p1", "extension"), ("p1", "address"), ("p1", "telecom"), ("x1", "")} <= not_used
    said = repr(found)
    assert "Nowhere" not in said
    assert "000-000" not in said


def test_tnm_without_its_letter():
    found = read("tnm_without_prefix")
    assert {(one.what, one.value) for one in found.carried} == {
        ("t_clinical", "T3"), ("n_clinical", "N1"), ("m_clinical", "M1a"),
    }  # fmt: skip
    assert codes_of(found, "t1") == {"stage_prefix"}
    line = next(one for one in found.lines if one.place.id == "t1")
    assert line.places == {"value": "T3", "what": "primary tumour", "text": "3"}
    assert codes_of(found, "m1") == {"stage_read"}


def test_old_and_new_profiles_of_a_stage():
    found = read("mcode_old_and_new_profiles")
    assert [(one.value, one.when.text, one.place.id) for one in found.carried] == [
        ("IV", "2026-02-01", "g2")
    ]
    assert codes_of(found, "g1") == {"stage_older", "stage_read"}


def test_values_and_units():
    found = read("values_and_units")
    known = found.case.given
    assert "ki67_percent" not in known
    assert codes_of(found, "k1") == codes_of(found, "k2") == {"two_values"}
    assert known["chromogranin_a"] == 410
    assert codes_of(found, "a2") == {"withdrawn"}
    # 34 umol/L x 0.058467 mg/dL (the factor of the pathway's table) is 1.987878.
    assert known["bilirubin_mg_dl"].low == 0
    assert known["bilirubin_mg_dl"].high == pytest.approx(1.987878, rel=1e-6)
    assert known["bilirubin_mg_dl"].high < 1.987878
    assert codes_of(found, "b2") == {"absent"}
    # The international pound is 0.45359237 kg exactly.
    assert known["weight_kg"] == pytest.approx(154 * 0.45359237, rel=1e-12)
    assert (known["height_cm"], known["age"]) == (171, Range(77, 78))
    assert found.case.not_used == ()


# -- values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueQuantity": {"value": 34, "unit": "umol/L"}}, 1.987878),
        ({"valueQuantity": {"value": 2, "system": UCUM, "code": "mg/dL"}}, 2),
        ({"valueString": "2 mg/dL"}, 2),
        ({"valueRange": {"low": {"value": 1, "unit": "mg/dL"},
                         "high": {"value": 2, "unit": "mg/dL"}}}, Range(1, 2)),
        ({"valueRange": {"low": {"value": 1, "unit": "mg/dL"}}}, Range(1, 60)),
    ],
)  # fmt: skip
def test_every_form_of_a_value(value, expected):
    found = given(observation("1975-2", **value)).case.given["bilirubin_mg_dl"]
    ends = found if isinstance(found, Range) else (found, found)
    wanted = expected if isinstance(expected, Range) else (expected, expected)
    assert ends == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"valueQuantity": {"value": 34}}, "ask_unit"),
        ({"valueInteger": 2}, "ask_unit"),
        ({"valueQuantity": {"value": 2, "unit": "furlong"}}, "unknown_unit"),
        ({"valueQuantity": {"value": 2, "unit": "mg/dL", "comparator": "?"}}, "malformed"),
        ({"valueQuantity": {"unit": "mg/dL"}}, "malformed"),
        ({"valueRange": {"low": {"value": 1, "unit": "mg/dL"},
                         "high": {"value": 2, "unit": "g/L"}}}, "malformed"),
        ({"valueString": "see letter"}, "not_read"),
        ({"valueString": "pending"}, "absent"),
        ({"valueQuantity": {"value": 900, "unit": "mg/dL"}}, "not_read"),
        ({"valueDateTime": "2026-01-01"}, "no_value"),
        ({}, "no_value"),
    ],
)  # fmt: skip
def test_a_value_that_is_none_is_named_and_never_guessed(value, code):
    found = given(observation("1975-2", **value))
    assert "bilirubin_mg_dl" not in found.case.given
    assert code in codes_of(found, "o")


def test_a_percent_written_as_one_is_asked_for():
    # 0.05 of unit 1 is 5 %, 5 of unit 1 is 5 % too: only the writer knows.
    assert codes_of(given(observation("Ki-67 index", (0.05, "1"))), "o") == {"ask_unit"}


def test_a_ratio_of_counts_is_a_percent():
    ratio = {"valueRatio": {"numerator": {"value": 12}, "denominator": {"value": 400}}}
    assert given(observation("Ki-67 index", **ratio)).case.given["ki67_percent"] == 3


def test_components_are_read_one_by_one():
    parts = [
        {"code": {"coding": [{"system": LOINC, "code": "777-3"}]},
         "valueQuantity": {"value": 150, "unit": "10*3/uL", "system": UCUM, "code": "10*3/uL"}},
        {"code": {"coding": [{"system": LOINC, "code": "718-7"}]},
         "valueQuantity": {"value": 130, "unit": "g/L", "system": UCUM, "code": "g/L"}},
    ]  # fmt: skip
    known = given(observation("58410-2", component=parts)).case.given
    assert (known["platelets"], known["hemoglobin_g_dl"]) == (150, 13)


# -- which code, which name


@pytest.mark.parametrize(
    ("code", "system", "ecog"), [("LA9622-7", LOINC, 0), ("LA9623-5", LOINC, 1),
                                 ("LA9626-8", LOINC, 4), ("422512005", SNOMED, 1)],
)  # fmt: skip
def test_a_performance_status_as_a_coded_answer(code, system, ecog):
    value = {"valueCodeableConcept": {"coding": [{"system": system, "code": code}]}}
    assert given(observation("89247-1", **value)).case.given["ecog"] == ecog


def test_the_wrong_specimen_is_not_the_blood_value():
    urine = {"code": {"coding": [{"system": LOINC, "code": "1754-1",
                                  "display": "Albumin [Mass/volume] in Urine"}],
                      "text": "Albumin"}}  # fmt: skip
    found = given(observation("x-x", (40, "g/L")) | urine)
    assert "albumin_g_dl" not in found.case.given
    assert codes_of(found, "o") == {"code_not_known"}


def test_a_blood_value_under_another_code_is_known_by_its_long_name():
    name = "Albumin [Mass/volume] in Serum or Plasma by Bromocresol green (BCG) dye binding method"
    code = {"code": {"coding": [{"system": LOINC, "code": "61151-7", "display": name}]}}
    found = given(observation("x-x", (40, "g/L")) | code)
    assert found.case.given["albumin_g_dl"] == 4
    assert codes_of(found, "o") == {"by_name"}


def test_codes_that_say_different_things_are_a_question():
    both = {"code": {"coding": [{"system": LOINC, "code": "777-3"},
                                {"system": LOINC, "code": "718-7"}]}}  # fmt: skip
    found = given(observation("x-x", (150, "10*9/L")) | both)
    assert codes_of(found, "o") == {"two_facts"}
    assert "platelets" not in found.case.given


# -- status, order, contradictions


@pytest.mark.parametrize(
    ("status", "used"),
    [("final", True), ("amended", True), ("corrected", True), ("preliminary", True),
     ("unknown", True), ("registered", False), ("cancelled", False), ("entered-in-error", False)],
)  # fmt: skip
def test_the_status_of_an_observation(status, used):
    found = given(observation("777-3", (150, "10*9/L"), status=status))
    assert ("platelets" in found.case.given) is used
    asked = status in ("preliminary", "unknown")
    assert any(one.state == "question" and one.fact for one in found.lines) is asked


def test_a_final_value_is_not_replaced_by_a_newer_preliminary_one():
    found = given(
        observation("777-3", (150, "10*9/L"), identity="a", date="2026-01-01"),
        observation("777-3", (40, "10*9/L"), identity="b", date="2026-02-01", status="preliminary"),
    )
    assert found.case.given["platelets"] == 150
    assert codes_of(found, "b") == {"newer_preliminary"}


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [
        ("2026-01-01", "2026-02-01", 40),
        ("2026-02-01", "2026-01-01", 150),
        ("2026-01-01T08:00:00Z", "2026-01-01T09:00:00Z", 40),
        ("2026-01-01T23:00:00-05:00", "2026-01-02T01:00:00Z", 150),
        ("2026-01-01", "2026-01-01", None),
        ("2026", "2026-02-01", None),
        (None, "2026-02-01", None),
        (None, None, None),
    ],
)
def test_the_latest_counts_and_without_an_order_none(first, second, chosen):
    found = given(
        observation("777-3", (150, "10*9/L"), identity="a", date=first),
        observation("777-3", (40, "10*9/L"), identity="b", date=second),
    )
    assert found.case.given.get("platelets") == chosen
    if chosen is None:
        assert codes_of(found, "a") == codes_of(found, "b") == {"two_values"}
    else:
        assert "older" in codes_of(found, "b" if chosen == 150 else "a")


def test_a_value_from_after_the_day_of_the_case_is_asked_for():
    found = given(observation("777-3", (150, "10*9/L"), date="2062-01-01"))
    assert codes_of(found, "o") == {"future"}


def test_the_same_value_twice_is_no_contradiction():
    found = given(observation("777-3", (150, "10*9/L"), identity="a"),
                  observation("777-3", (150, "10*3/uL"), identity="b"))  # fmt: skip
    assert found.case.given["platelets"] == 150


# -- whose it is


def test_what_is_about_somebody_else_is_not_the_patients():
    platelets = observation("777-3", (150, "10*9/L"))
    for more in ({"subject": {"reference": "Patient/other"}},
                 {"focus": [{"reference": "RelatedPerson/mother"}]}):  # fmt: skip
        found = given(platelets | more)
        assert codes_of(found, "o") == {"other_subject"}
        assert "platelets" not in found.case.given
    relative = {"resourceType": "FamilyMemberHistory", "id": "f", "status": "completed"}
    assert codes_of(given(relative), "f") == {"relative"}


def test_several_patients_are_refused_and_one_can_be_chosen():
    other = {"resourceType": "Patient", "id": "q", "gender": "female"}
    with pytest.raises(InputError, match="one patient"):
        given(other)
    found = read_bundle(bundle(other), today=TODAY, patient="q")
    assert found.case.given == {"sex": "female"}
    with pytest.raises(InputError, match="id of a patient"):
        read_bundle(bundle(other), today=TODAY, patient="nobody")


@pytest.mark.parametrize(
    ("full", "reference"),
    [
        ("urn:uuid:1", "urn:uuid:1"),
        ("https://ehr.example/fhir/Patient/p", "Patient/p"),
        ("https://ehr.example/fhir/Patient/p", "https://ehr.example/fhir/Patient/p"),
        ("https://ehr.example/fhir/Patient/p", "Patient/p/_history/3"),
        ("", "https://other.example/fhir/Patient/p"),
    ],
)
def test_every_way_to_refer_to_the_patient(full, reference):
    made = bundle(observation("777-3", (150, "10*9/L"), subject={"reference": reference}))
    if full:
        made["entry"][0]["fullUrl"] = full
    found = read_bundle(made, today=TODAY)
    assert found.case.given["platelets"] == 150


def test_what_an_extension_changes_is_not_used():
    found = given(observation("777-3", (150, "10*9/L"), modifierExtension=[{"url": "x"}]))
    assert codes_of(found, "o") == {"modifier"}


# -- conditions, treatments, allergies


def condition(text, site=None, *, verification=None, clinical=None, profile=None):
    found = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"},
             "code": {"text": text}}  # fmt: skip
    if site:
        found["bodySite"] = [{"text": site}]
    for name, value in (("verificationStatus", verification), ("clinicalStatus", clinical)):
        if value:
            found[name] = {"coding": [{"code": value}]}
    if profile:
        found["meta"] = {"profile": [f"http://x/mcode-{profile}-cancer-condition|4.0.0"]}
    return found


@pytest.mark.parametrize(
    ("made", "facts", "code"),
    [
        (condition("Neuroendocrine tumour", "Pancreas", profile="primary"),
         {"primary_site": "pancreas"}, "used"),
        (condition("Neuroendocrine tumor", "Head of pancreas"),
         {"primary_site": "pancreas"}, "net"),
        (condition("Carcinoma of breast", "Breast", profile="primary"), {}, "another_cancer"),
        (condition("Non-neuroendocrine carcinoma", "Lung", profile="primary"),
         {}, "another_cancer"),
        (condition("Metastatic neuroendocrine tumour", "Liver"), {}, "liver"),
        (condition("Secondary malignant neoplasm of bone"),
         {"extrahepatic_sites": frozenset({"bone"})}, "used"),
        (condition("Metastasis", "Lymph node"), {}, "not_by_itself"),
        (condition("Metastasis"), {}, "site_not_known"),
        (condition("Metastasis", "Bone", verification="refuted"), {}, "refuted"),
        (condition("Metastasis", "Bone", verification="provisional"), {}, "unconfirmed"),
        (condition("Metastasis", "Bone", clinical="resolved"), {}, "resolved"),
        (condition("Carcinoid syndrome"), {"functioning": "carcinoid_syndrome"}, "used"),
        (condition("No known carcinoid syndrome"), {}, "unconfirmed"),
        (condition("Suspected neuroendocrine tumour", "Pancreas"), {}, "unconfirmed"),
        (condition("Carcinoid heart disease"), {}, "not_by_itself"),
        (condition("Malignant carcinoid tumor of the appendix"),
         {"primary_site": "appendix"}, "net"),
        (condition("Secondary malignant neoplasm of liver and intrahepatic bile duct"),
         {}, "liver"),
        (condition("Insulinoma", "Pancreas"),
         {"functioning": "insulinoma", "primary_site": "pancreas"}, "net"),
        (condition("Ascites", clinical="resolved"), {}, "resolved"),
        (condition("Ascites"), {"ascites": True}, "used"),
        (condition("Heart failure"), {}, "not_by_itself"),
        (condition("Hypertension"), {}, "no_fact"),
    ],
    ids=lambda one: one["code"]["text"] if isinstance(one, dict) and "code" in one else "",
)  # fmt: skip
def test_conditions(made, facts, code):
    found = given(made)
    known = {name: value for name, value in found.case.given.items() if name not in ("age", "sex")}
    assert known == facts
    assert code in codes_of(found, "c")


def drug(kind, name, status, **more):
    return {"resourceType": kind, "id": "m", "status": status,
            "subject": {"reference": "Patient/p"},
            "medicationCodeableConcept": {"text": name}, **more}  # fmt: skip


STATEMENT, REQUEST = "MedicationStatement", "MedicationRequest"


@pytest.mark.parametrize(
    ("made", "course", "code"),
    [
        (drug(STATEMENT, "octreotide 20 MG Injection [Sandostatin]", "active",
              effectivePeriod={"start": "2024-05"}),
         {"treatment": "ssa", "from": "2024-05"}, "used"),
        (drug(STATEMENT, "Everolimus 10 mg", "completed",
              effectivePeriod={"start": "2023-01-02", "end": "2023-09-01"}),
         {"treatment": "Everolimus", "from": "2023-01-02", "to": "2023-09-01"}, "used"),
        # An end that nobody gives is not one that has not come.
        (drug(STATEMENT, "everolimus", "completed", effectivePeriod={"start": "2023"}),
         {"treatment": "everolimus"}, "used"),
        (drug(STATEMENT, "everolimus", "not-taken"), None, "negated"),
        (drug(STATEMENT, "everolimus", "intended"), None, "planned"),
        (drug(STATEMENT, "everolimus", "entered-in-error"), None, "withdrawn"),
        (drug(STATEMENT, "aspirin", "active"), None, "unknown_treatment"),
        (drug(STATEMENT, "Gallium Ga-68 dotatate", "completed"), None, "unknown_treatment"),
        (drug(REQUEST, "everolimus", "active", intent="order"),
         {"treatment": "everolimus"}, "ordered"),
        (drug(REQUEST, "everolimus", "active", intent="proposal"), None, "planned"),
        (drug(REQUEST, "everolimus", "active", intent="order", doNotPerform=True), None, "negated"),
        (drug(REQUEST, "everolimus", "cancelled", intent="order"), None, "negated"),
    ],
)  # fmt: skip
def test_medications(made, course, code):
    found = given(made)
    listed = found.data["patient"].get("prior_treatments")
    assert listed == (None if course is None else [course])
    assert code in codes_of(found, "m")
    assert found.case.not_used == ()


def test_a_contained_drug_is_found():
    made = drug(STATEMENT, "", "active") | {
        "medicationReference": {"reference": "#d"},
        "contained": [{"resourceType": "Medication", "id": "d", "code": {"text": "lanreotide"}}],
    }
    del made["medicationCodeableConcept"]
    found = given(made)
    assert found.data["patient"]["prior_treatments"] == [{"treatment": "ssa"}]


def test_single_doses_are_one_course():
    doses = [
        drug(
            "MedicationAdministration", "lanreotide", "completed", effectiveDateTime=f"2026-0{n}-01"
        )
        | {"id": f"d{n}"}
        for n in (1, 2, 3)
    ]
    assert given(*doses).data["patient"]["prior_treatments"] == [
        {"treatment": "ssa", "from": "2026-01-01", "to": "2026-03-01"}
    ]


def procedure(text, status="completed", **more):
    return {"resourceType": "Procedure", "id": "s", "status": status,
            "subject": {"reference": "Patient/p"}, "code": {"text": text}, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("made", "facts", "code"),
    [
        (procedure("Transarterial chemoembolization"), {"prior_treatments": {"tace"}}, "used"),
        (procedure("Transarterial chemoembolization", "not-done"), {}, "negated"),
        (procedure("Transarterial chemoembolization", "preparation"), {}, "planned"),
        (procedure("Radiofrequency ablation", bodySite=[{"text": "Heart"}]), {}, "not_liver"),
        (procedure("Radiofrequency ablation", bodySite=[{"text": "Liver"}]),
         {"prior_treatments": {"rfa"}}, "used"),
        (procedure("Hepaticojejunostomy"), {"biliodigestive_anastomosis": True}, "used"),
        (procedure("Right hemicolectomy"), {}, "not_by_itself"),
        (procedure("Cataract extraction"), {}, "no_fact"),
    ],
    ids=lambda one: one["code"]["text"] if isinstance(one, dict) and "code" in one else "",
)  # fmt: skip
def test_procedures(made, facts, code):
    found = given(made)
    known = {name: value for name, value in found.case.given.items() if name not in ("age", "sex")}
    assert known == {name: frozenset(v) if isinstance(v, set) else v for name, v in facts.items()}
    assert code in codes_of(found, "s")


@pytest.mark.parametrize(
    ("verification", "used"), [("confirmed", True), ("refuted", False), ("unconfirmed", False)]
)
def test_allergies(verification, used):
    allergy = {
        "resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/p"},
        "code": {"text": "Carboplatin"},
        "verificationStatus": {"coding": [{"code": verification}]},
    }  # fmt: skip
    assert ("platinum_hypersensitivity" in given(allergy).case.given) is used


def test_the_size_of_a_lesion_is_the_livers_only_where_the_record_says_so():
    size = observation("33728-7", (32, "mm"))
    assert codes_of(given(size), "o") == {"not_liver"}
    liver = {"bodySite": {"coding": [{"system": SNOMED, "code": "10200004"}]}}
    assert given(size | liver).case.given["lesion_max_mm"] == 32


# -- nothing without a line, nothing raised


def test_every_element_of_the_examples_is_used_or_named():
    for path in sorted(FOLDER.glob("*.json")):
        found = read_bundle(load_bundle(path), today=TODAY)
        named = {(one.place.id, one.place.element) for one in found.lines}
        for entry in json.loads(path.read_text())["entry"]:
            resource = entry["resource"]
            assert any(place[0] == resource["id"] for place in named), resource["id"]
            if any(one.place.id == resource["id"] and one.state == "used" for one in found.lines):
                for element in resource:
                    kind = resource["resourceType"]
                    known = elements().get((kind, element), elements().get(("*", element)))
                    assert known == "" or (resource["id"], element) in named


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda one: one.stem)
def test_a_damaged_element_never_stops_the_rest(path):
    data = json.loads(path.read_text())
    for wrong in (None, 7, "x", [], {}, [None], {"valueExtension": {}}):
        for number, entry in enumerate(data["entry"]):
            for element in entry["resource"]:
                if element in ("resourceType", "id"):
                    continue
                damaged = copy.deepcopy(data)
                damaged["entry"][number]["resource"][element] = wrong
                found = read_bundle(damaged, today=TODAY)
                assert found.lines


@pytest.mark.parametrize("entry", [None, {}, {"resource": 3}, {"resource": {"id": "x"}}, 4])
def test_an_entry_that_holds_no_resource_is_named(entry):
    made = bundle()
    made["entry"].append(entry)
    found = read_bundle(made, today=TODAY)
    assert any(one.code == "malformed" and one.place.element == "entry[1]" for one in found.lines)


def test_a_file_that_is_none_is_refused_without_its_content(tmp_path):
    for text in ("[1]", "{", '{"a": "secret"}'):
        path = tmp_path / "x.json"
        path.write_text(text)
        with pytest.raises(InputError, match="FHIR resource in JSON") as caught:
            load_bundle(path)
        assert "secret" not in str(caught.value)


# -- there and back


@pytest.mark.parametrize(
    "path",
    [EXAMPLE, *(EXAMPLE.with_name(f"{one}.toml") for one in ("pancreas-few", "sparse"))],
    ids=lambda one: one.stem,
)  # fmt: skip
def test_a_case_goes_out_and_comes_back(path):
    case = read_case(path)
    found = write_bundle(case)
    back = read_bundle(found.bundle, today=TODAY)
    assert back.case.given == case.given
    assert back.case.name == case.name
    assert {one.name for one in case.facts} <= {*found.coded, *found.own}
    assert back.case.not_used == ()


def test_bounds_ranges_courses_and_the_case_itself_come_back():
    case = read_case(
        {
            "name": "A B", "id": "7", "date": "2026-11-28", "question": "What next?",
            "patient": {
                "bilirubin": "<34 umol/L", "platelets": ">100", "lesion_count": "multiple",
                "ki67_percent": "3-5", "age": "60-65", "extrahepatic_sites": "none",
                "inr": 1.1, "child_pugh": "B7", "pregnancy": False, "lesion_sites": ["II", "IVa"],
                "prior_treatments": ["CAPTEM 2024-01 to 2024-06", "TACE 2023", "octreotide LAR"],
            },
        }
    )  # fmt: skip
    back = read_bundle(write_bundle(case).bundle, today=TODAY).case
    assert back.given == case.given
    assert (back.name, back.id, back.question) == ("A B", "7", "What next?")
    assert [(one.treatment, one.start, one.end) for one in back.courses] == [
        (one.treatment, one.start, one.end) for one in case.courses
    ]


def _figures(attribute, factor):
    """Figures in a unit, within what the attribute allows, with digits that a float would lose."""
    low, high = attribute.low / factor, attribute.high / factor
    middle = low + (high - low) * 0.37
    whole = attribute.type == "integer" and factor == 1
    texts = [f"{middle:.0f}"] if whole else [f"{middle:.1f}", f"{middle:.2f}0", f"{middle:.0f}"]
    return [one for one in texts if low <= float(one) <= high]


def _written():
    """Every attribute with units, in every unit, as a number, a bound and a range."""
    for attribute in read_tables().attributes.values():
        if not attribute.numeric or attribute.type == "points":
            continue
        for unit, factor in attribute.units.items():
            for text in _figures(attribute, factor):
                forms = [text, f"<{text}", f">= {text}"]
                forms += [f"{float(text) * 0.9:.0f}-{text}"] if float(text) > 5 else []
                for form in forms:
                    yield attribute.name, f"{form} {unit}".strip()
            if unit == attribute.unit and attribute.type != "integer":
                yield attribute.name, round(attribute.low + (attribute.high - attribute.low) / 3, 3)


def test_every_figure_goes_out_and_comes_back_as_it_was_written():
    """Key, unit and digits: 43 umol/L is 43 umol/L on the other side, and in the bundle."""
    seen, units = 0, set()
    for name, written in _written():
        data = {"date": "2026-11-28", "patient": {name: written}}
        case = read_case(data)
        if case.not_used or not case.facts:
            continue
        bundle = json.loads(json.dumps(write_bundle(case).bundle))
        back = read_bundle(bundle, today=TODAY)
        assert back.data["patient"] == data["patient"], (name, written)
        assert back.case.given == case.given, (name, written)
        assert not [one for one in back.lines if one.code == "extension"]
        seen += 1
        for entry in bundle["entry"]:
            quantity = entry["resource"].get("valueQuantity")
            if quantity is not None and quantity.get("unit"):
                units.add((name, quantity["unit"]))
                assert f"{quantity['value']:.12g}" in str(written).replace(" ", ""), (name, written)
    assert seen > 400
    assert ("bilirubin_mg_dl", "umol/L") in units
    assert ("age", "years") in units


def test_a_case_file_comes_back_key_by_key():
    data = {
        "name": "A B", "date": "2026-11-28",
        "patient": {"age": 63, "bilirubin": "43 umol/L", "creatinine_mg_dl": 0.9, "grade": "G2",
                    "hemoglobin_mmol_l": 8.1, "lesion_max_mm": "4.60 cm", "egfr": ">60"},
    }  # fmt: skip
    back = read_bundle(write_bundle(read_case(data)).bundle, today=TODAY)
    assert back.data == data


def test_what_was_written_is_believed_only_where_the_quantity_says_the_same():
    bundle = write_bundle(read_case({"patient": {"bilirubin": "43 umol/L"}})).bundle
    found = next(one["resource"] for one in bundle["entry"] if "valueQuantity" in one["resource"])
    assert found["valueQuantity"]["value"] == 43
    found["valueQuantity"]["value"] = 51
    assert read_bundle(bundle, today=TODAY).data["patient"] == {"bilirubin": "51 umol/L"}


def test_words_behind_a_figure_do_not_go_out():
    bundle = write_bundle(read_case({"patient": {"ki67_percent": "15 % (hot spot)"}})).bundle
    assert "hot spot" not in json.dumps(bundle)


# -- the tables


def test_every_row_of_the_tables_means_something():
    tables = read_tables()
    for row in rows("codes"):
        assert row["source"], row
        if row["fact"] and row["kind"] not in ("staging",):
            assert row["fact"] in tables.attributes, row
    for kind, known in names().items():
        for meaning in known.values():
            if meaning.fact and kind not in ("staging", "treatment"):
                assert meaning.fact in tables.attributes, meaning
            if kind == "treatment":
                assert meaning.fact in tables.treatments
    assert len(codes()) == len(rows("codes")), "no code stands twice"
    assert {code for code in elements().values() if code} <= set(SENTENCES)


def test_every_ucum_unit_is_one_of_the_facts_that_it_is_for():
    tables = read_tables()
    for unit in units():
        of = [one for one in tables.attributes.values() if one.unit == unit.of and one.numeric]
        assert of
        assert any(factor_of(unit.written, one) is not None for one in of), unit


def test_an_unknown_line_names_the_known_ones():
    with pytest.raises(Exception, match="expected one of used"):
        Line("nothing", Place("Patient"))
