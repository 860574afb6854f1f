"""The verdict half as a reader sees it: the same in every format, the gravest first."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest

import hilum
from hilum.rendering.sheet.html import html
from hilum.rendering.sheet.verdict_page import VerdictPage
from tests.sheet.test_verdict_part import BEDRIDDEN

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "zh-Hans")


def text_of(page):
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def first_screen(sheet, language):
    return text_of(html(sheet, hilum.words(language)).split('<div class="appendix">')[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_stands_once_with_its_reason_and_source(sheet, language):
    words = hilum.words(language)
    page = VerdictPage(sheet, words)
    said = first_screen(sheet, language)
    for group in page.context()["groups"]:
        assert group["word"] in said
        for option in group["options"]:
            assert option["label"] in said
            for part in (option["reason"], option["brief"]):
                # A row begins with a capital, a name in a line goes on with a small letter.
                assert " ".join(part.split()).casefold() in said.casefold(), option["treatment"]
            if group["status"] not in ("no_indication", "undecided"):
                assert option["reason"], option["treatment"]
                assert option["brief"], option["treatment"]
    assert words.missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_says_what_the_page_says(sheet, language):
    from docx import Document

    words = hilum.words(language)
    document = Document(BytesIO(hilum.render(sheet, "docx", words)))
    parts = [one.text for one in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = " ".join(" ".join(parts).split())
    found = VerdictPage(sheet, words).context()
    assert found["heading"] in said
    assert found["answer"]["word"] in said
    for group in found["groups"]:
        assert group["word"] in said
        for option in group["options"]:
            assert option["label"] in said
            reason = " ".join(option["reason"].split())
            assert reason.casefold() in said.casefold(), option["treatment"]
    for one in found["steps"]:
        assert one["text"] in said
    head = document.sections[0].header.paragraphs[0]
    assert sheet.case.name in head.text
    assert {"PAGE", "NUMPAGES"} <= set(re.findall(r"PAGE|NUMPAGES", head._p.xml))


def test_opened_rules_stand_by_what_they_do_with_ground_value_and_source(sheet):
    page = VerdictPage(sheet, hilum.words("en"))
    option = next(one for one in sheet.options if one.treatment == "sunitinib")
    opened = page.opened(option)
    assert opened["effects"][0]["name"] == "Rules it out"
    rule = opened["effects"][0]["rows"][0]
    assert rule["ground"] == "outside the licence"
    assert rule["values"] == ["Primary site: small bowel"]
    assert rule["authority"] == "label"
    assert rule["seen"] in ("read in full", "abstract read", "read in a secondary text")
    assert opened["reason"] == "outside the licence: Primary site: small bowel"


def test_what_was_assumed_stands_under_to_check(sheet):
    page = VerdictPage(sheet, hilum.words("en"))
    for option in sheet.options:
        opened = page.opened(option)
        for name in option.to_check:
            place = "assumed" if name in sheet.assumed else "measured"
            assert page.tongue.attribute(name) in opened[place]


def test_contradictions_and_what_is_not_used_stand_before_any_answer(evidence):
    sheet = hilum.board(
        {"patient": {"sex": "male", "pregnancy": True, "age": 40, "agee": 3}}, evidence
    )
    said = first_screen(sheet, "en")
    answer = said.index("Can it be resected?")
    assert 0 < said.index("Contradiction") < answer
    assert 0 < said.index("Not used agee = 3") < answer


def test_missing_facts_are_marked(evidence):
    sheet = hilum.board(ROOT / "examples" / "sparse.toml", evidence)
    page = html(sheet, hilum.words("en"))
    marked = re.findall(r"<mark>(.*?)</mark>", page)
    assert "Primary site, grade, Ki-67 not given" in marked
    assert any("bilirubin" in one.lower() for one in marked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_open_is_said_in_words(evidence, language):
    sheet = hilum.board({"patient": BEDRIDDEN}, evidence)
    said = first_screen(sheet, language)
    assert (
        "No treatment directed at the tumour" if language == "en" else "没有可行的抗肿瘤治疗"
    ) in said


def test_no_condition_asks_for_a_sick_liver(evidence):
    # Ablation is for a liver that cannot be resected, which a high bilirubin makes so: it is never
    # offered as a thing to hope for.
    sheet = hilum.board(
        {
            "patient": {
                "age": 49, "ecog": 0, "primary_site": "pancreas", "grade": "G1", "lesion_count": 3,
                "lesion_max_mm": 28, "unilobar_bilobar": "unilobar", "flr_percent": 62,
                "extrahepatic_disease": "none", "resectable_fraction_percent": 100,
                "fit_for_major_liver_surgery": True, "liver_condition": "normal",
            }
        },
        evidence,
    )  # fmt: skip
    assert "bilirubin_mg_dl" in sheet.resectability.decided_by
    assert "Bilirubin above" not in first_screen(sheet, "en")
    assert "Bilirubin 3 mg/dL or less" in first_screen(sheet, "en")


def test_signs_differ_in_shape():
    from hilum.rendering.sheet.signs import SHAPES, sign
    from hilum.sheet.verdict_words import STATUS

    assert set(SHAPES) == set(STATUS)
    plain = {re.sub(r"#[0-9a-f]{3,6}", "", str(sign(one))) for one in STATUS}
    assert len(plain) == len(STATUS)
    assert all('aria-hidden="true"' in sign(one) for one in STATUS)
