"""The patient's page: one page, plain, nothing that the sheet does not hold."""

import csv
import re
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

import hilum
from hilum.rendering.patient_page import patient_context, patient_html, patient_pdf, sentences
from hilum.sheet import patient_part
from hilum.sheet.patient_part import patient_page, table
from tests.conftest import EXAMPLE

CASES = [EXAMPLE, EXAMPLE.parent / "pancreas-few.toml", EXAMPLE.parent / "sparse.toml"]
FOLDER = Path(patient_part.__file__).parent
# Words of verdicts and of outcomes that frighten where nobody helps.
FRIGHTENING = re.compile(
    r"not resectable|excluded|advised against|incurable|palliative|hopeless|death|die\b|dying|"
    r"survival|不可切除|排除|不建议|无法治愈|姑息|死亡|生存",
    re.IGNORECASE,
)
VOWELS = re.compile(r"[aeiouy]+")


@pytest.fixture(scope="module", params=CASES, ids=lambda one: one.stem)
def sheet_of(request):
    return hilum.board(request.param)


def syllables(word):
    """Groups of vowels, a silent e at the end aside: the usual approximation."""
    found = len(VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith("le")
    return max(1, found - (silent and found > 1))


def grade(texts):
    """Flesch-Kincaid grade (Kincaid 1975): 0.39 w/s + 11.8 syllables/w - 15.59."""
    said = [part for text in texts for part in re.split(r"[.!?:]", text) if part.strip()]
    words = [one.lower() for part in said for one in re.findall(r"[A-Za-z]+", part)]
    return 0.39 * len(words) / len(said) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_measure_tells_plain_from_hard():
    assert grade(["The cat sat on the mat."]) < 1
    assert (
        grade(["Hepatic metastases necessitate multidisciplinary individualised evaluation."]) > 18
    )


def test_english_reads_at_about_twelve(sheet_of):
    texts = sentences(patient_context(sheet_of, hilum.words("en")))
    # A child of twelve is in the sixth or seventh grade.
    assert grade(texts) < 6


def test_every_english_sentence_of_the_tables_is_short():
    for name, column in (
        ("sentences", "text_en"),
        ("treatments", "what_en"),
        ("words", "means_en"),
    ):
        for row in table(name).values():
            for part in re.split(r"[.!?]", row[column]):
                assert len(part.split()) <= 20, row


def test_chinese_sentences_are_short(sheet_of):
    texts = sentences(patient_context(sheet_of, hilum.words("zh-Hans")))
    parts = [one for text in texts for one in re.split(r"[。？！：；.]", text) if one.strip()]
    assert max(map(len, parts)) <= 32
    assert sum(map(len, parts)) / len(parts) <= 16


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_no_word_frightens_and_no_figure_of_a_study_stands_there(sheet_of, language):
    context = patient_context(sheet_of, hilum.words(language))
    text = "\n".join(sentences(context))
    assert not FRIGHTENING.search(text)
    assert "%" not in text
    facts = {one.name: one.value for one in sheet_of.facts}
    facts |= {one.fact: one.value for one in sheet_of.derived}
    named = re.findall(r"\d+", re.sub(r"Grade 1 is|1 级最慢|Ki-67", "", text))
    count = facts.get("lesion_count")
    ends = count if isinstance(count, list) else [count]
    held = {str(int(one)) for one in ends if one is not None}
    held |= {str(facts.get("grade", "")).removeprefix("G")}
    more = [str(one.places["count"]) for one in patient_page(sheet_of).after_options
            if "count" in one.places]  # fmt: skip
    assert set(named) <= held | set(more)


def test_only_open_treatments_are_named(sheet_of):
    status = {one.treatment: one.status for one in sheet_of.options}
    page = patient_page(sheet_of)
    shown = [name for group in page.options for name in group.treatments]
    assert len(shown) <= 5
    assert {status[name] for name in shown} <= {"supported", "possible", "conditional"}


def test_nobody_is_told_of_a_treatment_that_is_not_decided():
    page = patient_page(hilum.board(EXAMPLE.parent / "sparse.toml"))
    assert page.options == ()
    assert page.after_options[-1].id == "options_undecided"
    assert page.missing


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_it_says_who_gives_it_and_is_one_page(sheet_of, language):
    words = hilum.words(language)
    page = patient_html(sheet_of, words)
    column = "text_en" if language == "en" else "text_zh"
    for name in ("intro", "given", "ask_goal"):
        assert table("sentences")[name][column] in page
    assert f'<html lang="{language}">' in page
    assert "http" not in page
    pytest.importorskip("typst")
    content = patient_pdf(sheet_of, words)
    assert len(PdfReader(BytesIO(content)).pages) == 1


def test_the_tables_are_whole_and_know_every_treatment():
    treatments = {one.id for one in hilum.read_tables().treatments.values()}
    assert set(table("treatments")) == treatments
    assert set(table("facts")) <= set(hilum.read_tables().attributes)
    for path in FOLDER.glob("patient_*.csv"):
        if path.name == "patient_lines.csv":
            continue
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        first = next(iter(rows[0]))
        assert len({row[first] for row in rows}) == len(rows)
        assert all(None not in row and all(row.values()) for row in rows), path.name
