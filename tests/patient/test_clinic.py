"""Letters as clinicians write them: what is half said is neither believed nor taken as absent."""

from __future__ import annotations

from typing import Any

import pytest

from hilum.patient.asides import before_aside
from hilum.patient.case import read_case
from hilum.patient.complete import changed, complete
from hilum.patient.judge import OPEN, Status
from hilum.patient.report import report
from hilum.patient.spoken import printable
from hilum.patient.tables import read_tables
from hilum.patient.verdict import Verdicts, verdicts
from hilum.patient.whatif import otherwise

TABLES = read_tables()
WOMAN: dict[str, Any] = {
    "age": 34,
    "sex": "female",
    "ecog": 0,
    "primary_site": "pancreas",
    "grade": "G2",
    "ki67_percent": 8,
    "lesion_count": 15,
    "unilobar_bilobar": "bilobar",
    "liver_burden_percent": 40,
    "extrahepatic_sites": [],
    "progressive": True,
    "sstr_uptake_krenning": 4,
    "bilirubin": "0.8 mg/dL",
    "functioning": "none",
    "prior_treatments": ["lanreotide"],
}


def judged(**facts: Any) -> Verdicts:
    return verdicts(read_case({"patient": {**WOMAN, **facts}}))


def open_ones(found: Verdicts) -> set[str]:
    return {one.treatment for one in found.options if one.status in OPEN}


@pytest.mark.parametrize("said", ["maybe", "20 weeks", "test?", "yes?"])
def test_a_pregnancy_that_cannot_be_read_supports_nothing_it_would_exclude(said: str) -> None:
    silent, unread, stated = judged(), judged(pregnancy=said), judged(pregnancy=True)
    closed = open_ones(silent) - open_ones(stated)
    assert {"sunitinib", "everolimus", "prrt_lu177", "tace"} <= closed
    assert not closed & open_ones(unread)
    for treatment in closed:
        option = unread.option(treatment)
        assert option.status is Status.UNDECIDED
        assert "pregnancy" in option.decided_by
        assert option.best is silent.option(treatment).status
    assert unread.would_change[0].fact == "pregnancy"
    assert "pregnancy" not in unread.patient.assumed
    assert report(read_case({"patient": {**WOMAN, "pregnancy": said}}), unread)["unread"] == [
        "pregnancy"
    ]


def test_a_pregnancy_nobody_mentions_stays_a_fact_to_check() -> None:
    for said in ("unknown", "not tested", ""):
        found = judged(pregnancy=said)
        assert found.option("sunitinib").status is judged().option("sunitinib").status
        assert "pregnancy" in found.option("sunitinib").to_check


@pytest.mark.parametrize("patient", [{"sex": "male"}, {"age": 70}])
def test_nobody_is_asked_of_a_pregnancy_that_cannot_be(patient: dict[str, Any]) -> None:
    found = judged(**patient, pregnancy="maybe")
    assert not [one for one in found.options if "pregnancy" in (*one.decided_by, *one.to_check)]


@pytest.mark.parametrize("said", ["low", "150000", "seventy"])
def test_platelets_that_cannot_be_read_are_not_normal(said: str) -> None:
    assert judged(platelets=150).option("prrt_lu177").status in OPEN
    assert judged(platelets=74).option("prrt_lu177").status is Status.EXCLUDED
    option = judged(platelets=said).option("prrt_lu177")
    assert option.status is Status.UNDECIDED
    (opening,) = (one for one in option.openings if one.fact == "platelets")
    assert opening.low == 75


def test_workup_that_was_written_and_not_read_is_asked_for() -> None:
    patient = {"life_expectancy_months": 24, "ecog": 1}
    assert judged(**patient).option("tare").status in OPEN
    option = judged(**patient, lung_shunt_dose_gy="high").option("tare")
    assert option.status is Status.UNDECIDED
    assert "lung_shunt_dose_gy" in option.decided_by


def test_an_unread_fact_is_read_once_it_is_otherwise() -> None:
    case = read_case({"patient": {**WOMAN, "pregnancy": "maybe"}})
    other = otherwise(case, {"pregnancy": "no"}, TABLES)
    assert other.unread == frozenset()
    assert verdicts(other).option("sunitinib").status in OPEN
    base = complete(case.given, TABLES, case.unread)
    assert changed(base, {"pregnancy": False}, TABLES).unread == frozenset()
    assert changed(base, {"ecog": 1.0}, TABLES).unread == {"pregnancy"}
    assert changed(base, {"age": 70.0}, TABLES).get("pregnancy") is False
    assert changed(base, {"age": 54.0}, TABLES).get("pregnancy") is None


def test_a_fact_stated_twice_is_one_once_it_is_otherwise() -> None:
    case = read_case({"patient": {**WOMAN, "bilirubin_mg_dl": 4}})
    assert [one.code for one in verdicts(case).contradictions] == ["stated_twice"]
    other = otherwise(case, {"bilirubin": "1 mg/dL"}, TABLES)
    assert verdicts(other).contradictions == ()


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("pregnancy", "yes, 20 weeks", True),
        ("grade", "G2 (Ki-67 6 %)", "G2"),
        ("primary_resected", "yes, 2024-06", "yes"),
        ("ascites", "present: tense", True),
        ("grade", "G1, G2 in the liver", None),
        ("grade", "G2 (G2 in the primary too)", "G2"),
        ("ascites", "no (not looked for)", None),
        ("functioning", "none, insulinoma suspected", None),
        ("pregnancy", "yes, perhaps?", None),
        ("pregnancy", "perhaps, yes", None),
        ("pregnancy", ", yes", None),
        ("age", "50, or so", None),
    ],
)
def test_a_word_with_something_behind_it(name: str, said: str, value: object) -> None:
    found = before_aside(said, TABLES.attributes[name], TABLES)
    assert (found[0] if found else None) == value


def test_a_word_with_something_behind_it_is_used_and_confirmed() -> None:
    case = read_case({"patient": {"pregnancy": "yes, 20 weeks"}})
    assert case.given == {"pregnancy": True}
    assert case.not_used == ()
    (remark,) = case.to_confirm
    assert (remark.code, remark.expected, remark.name) == ("aside", "yes", "pregnancy")


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("ascites", "tense", True),
        ("ascites", "大量", True),
        ("encephalopathy", "grade 1", True),
        ("encephalopathy", "grade 0", False),
        ("biliodigestive_anastomosis", "hepaticojejunostomy", True),
        ("biliodigestive_anastomosis", "胆肠吻合", True),
    ],
)
def test_degrees_and_operations_as_letters_name_them(name: str, said: str, value: bool) -> None:
    case = read_case({"patient": {name: said}})
    assert case.given == {name: value}
    assert case.not_used == ()


def test_a_name_cannot_turn_what_stands_behind_it() -> None:
    assert printable("a\u202eb\u2066c") == "abc"
    assert printable("שלום 👩\u200d⚕️") == "שלום 👩\u200d⚕️"


def test_the_report_says_what_is_to_be_confirmed() -> None:
    case = read_case({"patient": {**WOMAN, "hemoglobin": 5.9}})
    found = report(case, verdicts(case))
    (one,) = found["to_confirm"]
    assert (one["key"], one["code"], one["nearest"]) == ("hemoglobin", "confirm_unit", "mmol/L")
    assert found["not_used"] == []
    assert found["unread"] == []
