"""What derived facts rest on, against trying every value; and that it is said."""

import random

import pytest

from hilum.language import words
from hilum.patient.case import read_case
from hilum.patient.complete import complete, sources
from hilum.patient.tables import read_tables
from hilum.patient.values import Range, span
from hilum.patient.verdict import verdicts
from hilum.patient.worlds import candidates
from hilum.rendering.sheet.verdict_page import VerdictPage
from hilum.sheet.judged import judged

TABLES = read_tables()
PLAIN = [one for one in TABLES.attributes.values() if one.asked and one.known != "policy"]
JAUNDICE = {"bilirubin": "5 mg/dL"}
WHOLE = {**JAUNDICE, "albumin": "40 g/L", "inr": 1.0, "ascites": "no", "encephalopathy": "no"}


def outside(other, value):
    if other is None or isinstance(value, bool | str | frozenset):
        return other != value
    one, two = span(value), span(other)
    return two.low < one.low or two.high > one.high


@pytest.mark.parametrize("seed", range(12))
def test_it_is_what_trying_every_value_anew_finds(seed):
    drawn = random.Random(seed)
    empty = complete({}, TABLES)
    given = {
        one.name: drawn.choice(candidates(one.name, empty, TABLES))
        for one in drawn.sample(PLAIN, drawn.randint(1, 9))
    }
    found = verdicts(given)
    patient = found.patient
    names = [one for one in patient.facts if one in TABLES.attributes]
    for derived in patient.origin:
        wanted = set()
        for name in TABLES.attributes:
            if name in patient.given or name in patient.origin or derived == name:
                continue
            if TABLES.attributes[name].known == "policy":
                continue
            if name in names and name not in patient.assumed:
                continue
            for value in candidates(name, patient, TABLES):
                if outside(complete({**given, name: value}, TABLES).get(derived),
                           patient.get(derived)):  # fmt: skip
                    wanted.add(name)
        said = found.resting.get(derived)
        named = set(said.facts if said else ())
        # What gives an assumed fact (creatinine behind the clearance) is not named beside it.
        behind = {x for one in named & patient.assumed for x in sources(one, TABLES)}
        assert named <= wanted, (derived, given)
        assert wanted - named <= behind, (derived, given)
        if said and said.bound:
            assert isinstance(patient.get(derived), float | Range)


def test_a_score_of_one_value_is_at_least_that():
    one = verdicts(read_case({"patient": JAUNDICE})).resting["child_pugh"]
    assert set(one.facts) == {"albumin_g_dl", "inr", "ascites", "encephalopathy"}
    assert one.facts == one.assumed
    assert one.bound == "at_least"
    assert "child_pugh" not in verdicts(read_case({"patient": WHOLE})).resting


@pytest.mark.parametrize(
    ("patient", "text"),
    [
        (JAUNDICE, "Child-Pugh score at least 7 (needed: below 7); ascites, hepatic "
         "encephalopathy, albumin, INR not given, taken as normal"),
        (WHOLE, "Child-Pugh score 7 (needed: below 7)"),
        ({**WHOLE, "bilirubin": "1 mg/dL"}, None),
    ],
)  # fmt: skip
def test_the_answer_says_it_and_names_its_limit(patient, text):
    page = VerdictPage(judged({"patient": patient}), words("en"))
    reasons = [one["text"] for one in page.context()["answer"]["reasons"]]
    assert reasons == ([text] if text else [])


def test_the_first_mention_on_the_sheet_says_it():
    def lines(patient):
        topics = VerdictPage(judged({"patient": patient}), words("en")).topics()
        return [one["text"] for topic in topics for line in topic["lines"] for one in line]

    assert any("Child-Pugh at least B7; ascites" in one for one in lines(JAUNDICE))
    assert any(one.startswith("Child-Pugh B7") for one in lines(WHOLE))


def test_every_reason_on_an_assumed_value_says_so():
    sheet = judged({"patient": JAUNDICE})
    for option in sheet.options:
        for hit in option.fired:
            if "child_pugh" in hit.patient_value:
                assert hit.rests_on["child_pugh"].bound == "at_least"
    (row,) = [one for one in sheet.derived if one.fact == "child_pugh"]
    assert row.from_ == ["bilirubin_mg_dl"]
    assert row.rests_on is not None
    assert row.rests_on.assumed == row.rests_on.facts


def test_disease_whose_share_nobody_gave_is_said_to_rest_on_it():
    page = VerdictPage(judged({"patient": {"distribution": "type III"}}), words("en"))
    told = page.context()["answer"]["rests"]
    assert "share of the metastases that can be removed not given" in told
    given = {"distribution": "type III", "resectable_fraction_percent": 50}
    page = VerdictPage(judged({"patient": given}), words("en"))
    assert page.context()["answer"]["said"] == ""


def test_a_list_that_was_half_read_is_said():
    found = verdicts(read_case({"patient": {"prior_treatments": "octreotide, 化疗"}}))
    assert found.resting["line_of_therapy"].unread == ("prior_treatments",)
    found = verdicts(read_case({"patient": {"prior_treatments": "octreotide, PRRT"}}))
    assert not found.resting.get("prior_prrt")
