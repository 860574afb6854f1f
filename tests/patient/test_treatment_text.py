"""A text about earlier treatments: every part is read, asked back or named; none is lost."""

from itertools import product

import pytest

from hilum.language import words
from hilum.patient.case import read_case
from hilum.patient.courses import read_courses
from hilum.patient.remarks import sentence
from hilum.patient.spoken import rows
from hilum.patient.tables import read_tables

TABLES = read_tables()
NAMES = {"TACE x2": "tace", "RFA 2023": "rfa", "Lutathera 4 cycles": "prrt_lu177",
         "octreotide LAR 30 mg q4w since 2024-05": "ssa", "索凡替尼": "surufatinib",
         "善龙": "ssa", "EP方案": "chemo_platinum", "肝动脉化疗栓塞 3次": "tace"}  # fmt: skip
JOINED = (", ", ",", "; ", "；", "、", "，", " / ", " + ", " then ", " and ", ", then ", "\n",
          " followed by ", " → ", "，后", "；然后", " 及 ", "和")  # fmt: skip


def said(text):
    courses, unread = read_courses([text], TABLES)
    return [one.treatment for one in courses], list(unread)


@pytest.mark.parametrize(("first", "second"), list(product(NAMES, NAMES)))
def test_two_treatments_are_both_read_however_they_are_joined(first, second):
    for joint in JOINED:
        assert said(f"{first}{joint}{second}") == ([NAMES[first], NAMES[second]], []), joint


@pytest.mark.parametrize("joint", JOINED)
@pytest.mark.parametrize("stranger", ["progression", "HAIC", "PRRT refused", "未行PRRT"])
def test_a_neighbour_that_is_not_read_is_named_and_costs_nothing(joint, stranger):
    courses, unread = said(f"TACE x2{joint}{stranger}{joint}RFA")
    assert courses == ["tace", "rfa"]
    assert [one.text for one in unread] == [stranger]


@pytest.mark.parametrize(
    ("text", "courses", "unread"),
    [
        ("TACE x2, RFA", ["tace", "rfa"], []),
        ("Lutathera 4 cycles; progression, then CAPTEM", ["prrt_lu177", "chemo_temozolomide"],
         ["progression"]),
        ("TACE x2 RFA", ["tace", "rfa"], []),
        ("TACE×3，后行RFA", ["tace", "rfa"], []),
        ("PRRT (4 cycles, 2021-2022)", ["prrt_lu177"], []),
        ("SSA (octreotide LAR)", ["ssa"], []),
        ("temozolomide + capecitabine", ["chemo_temozolomide"], []),
        ("先TACE后RFA", ["tace", "rfa"], []),
        ("TACE 2021, 2023", ["tace", "tace"], []),
        ("everolimus stopped for toxicity", ["everolimus"], []),
        # What was not given, or not only so, is no treatment.
        ("no PRRT", [], ["no PRRT"]),
        ("PRRT planned", [], ["PRRT planned"]),
        ("octreotide scan positive", [], ["octreotide scan positive"]),
        ("奥曲肽显像阳性", [], ["奥曲肽显像阳性"]),
        ("拟TACE", [], ["拟TACE"]),
        ("TACE or RFA", [], ["TACE or RFA"]),
        ("TACE x0", [], ["TACE x0"]),
        ("for TACE", [], ["for TACE"]),
        ("resection of the primary 2019", [], ["resection of the primary 2019"]),
        ("none", [], []),
        ("无", [], []),
    ],
)  # fmt: skip
def test_parts_as_letters_write_them(text, courses, unread):
    found, left = said(text)
    assert found == courses
    assert [one.text for one in left] == unread


def test_dates_stay_with_their_treatment():
    text = "octreotide LAR since 2024-05, everolimus 2023, 2021 TACE 2022 RFA; PRRT, 2020 to 2021"
    courses, unread = read_courses([text], TABLES)
    assert not unread
    found = {one.treatment: (one.start.first.year, one.end and one.end.last.year, one.ongoing)
             for one in courses}  # fmt: skip
    assert found == {
        "ssa": (2024, None, True),
        "everolimus": (2023, 2023, False),
        "tace": (2021, 2021, False),
        "rfa": (2022, 2022, False),
        "prrt_lu177": (2020, 2021, False),
    }


EITHER = [row for row in rows("treatment_words") if len(row["treatment"].split()) > 1]


@pytest.mark.parametrize("row", EITHER, ids=lambda row: row["word"])
def test_a_word_of_several_treatments_is_asked_back_in_words(row):
    courses, unread = said(f"{row['word']}, octreotide")
    assert courses == ["ssa"]
    assert unread[0].candidates == tuple(row["treatment"].split())
    case = read_case({"patient": {"prior_treatments": row["word"]}})
    assert case.given == {}
    for language in ("en", "zh-Hans"):
        text = sentence(case.not_used[0], words(language))
        assert "_" not in text, "no ids"


@pytest.mark.parametrize("row", [one for one in rows("treatment_words") if one not in EITHER],
                         ids=lambda row: row["word"])  # fmt: skip
def test_every_word_is_read_alone_and_beside_another(row):
    courses, unread = said(f"RFA; {row['word']} 2021")
    assert courses == ["rfa", row["treatment"]]
    assert not unread


@pytest.mark.parametrize(
    "text", ["化疗", "radiochemotherapy", "PRRT refused", "TACE, HAIC and 栓塞"]
)
def test_a_refusal_names_treatments_in_words(text):
    case = read_case({"patient": {"prior_treatments": text}})
    assert case.not_used
    for remark in case.not_used:
        for language in ("en", "zh-Hans"):
            said_so = sentence(remark, words(language))
            assert not {*TABLES.treatments} & {*said_so.replace(",", " ").split()} - {
                "everolimus", "sunitinib", "surufatinib", "cabozantinib", "debulking", "resection",
                "transplantation", "cryoablation",
            }  # fmt: skip


def test_other_lists_lose_nothing_either():
    case = read_case({"patient": {"extrahepatic_sites": "bone and skin"}})
    assert case.given == {"extrahepatic_sites": {"bone"}}
    assert [one.text for one in case.not_used] == ["skin"]
    whole = read_case({"patient": {"extrahepatic_sites": ["bone, lung"]}})
    assert whole.given == {"extrahepatic_sites": {"bone", "lung"}}
