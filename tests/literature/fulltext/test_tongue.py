"""A text that is not in English is said to be none, and only what is English is read."""

import csv

import pytest

from hilum.analyses import analysis
from hilum.language import words
from hilum.literature.fulltext.tongue import LEAST, tongue_of
from hilum.rendering.proposal_rows import rows_of
from hilum.rendering.proposals import proposals_lines

CHINESE = (
    "目的 探讨TACE治疗神经内分泌肿瘤肝转移的疗效。结果 58例患者的"
    "客观缓解率为48.3%（28/58），中位PFS为"
    "14.2个月（95%CI：11.0～17.9），中位总生存期为37.5个月，"
    "1、3、5年生存率分别为91.2%、66.4%和43.0%（P=0.009）。"
)
ENGLISH = "Objective response was seen in 28 of 58 patients (48.3%). Median PFS was 14.2 months."
GERMAN = (
    "Von den 58 Patienten mit Lebermetastasen wurden 28 nach der Behandlung mit einer Remission "
    "gesehen, und bei 21 war die Erkrankung stabil. Das mediane OS nach der TACE war 37,5 Monate."
)
JAPANESE = (
    "神経内分泌腫瘍の肝転移に対するTACEの奏効率は48.3%（28/58）であり、"
    "生存期間の中央値は37.5か月であった。"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CHINESE, "chinese"), (ENGLISH, "english"), (GERMAN, "another"), (JAPANESE, "another"),
        ("Медиана общей выживаемости составила 37,5 месяца (28 из 58).", "another"),
        # An English paper with a Chinese name or summary stays English.
        (f"{ENGLISH} {ENGLISH} 神经内分泌肿瘤肝转移", "english"),
        # A table has no small words at all.
        ("ORR 28/58 (48.3)\nPFS 14.2 (11.0-17.9)", "english"),
        ("", "english"),
        # On, below and above the fewest small words of other languages.
        (" ".join(["und"] * (LEAST - 1)), "english"), (" ".join(["und"] * LEAST), "another"),
        (" ".join(["und"] * LEAST + ["the"] * LEAST), "english"),
        (" ".join(["und"] * (LEAST + 1) + ["the"] * LEAST), "another"),
    ],
)  # fmt: skip
def test_the_language_of_a_text(text, code):
    assert tongue_of([text]) == code


def answered(tmp_path, text):
    path = tmp_path / "paper.txt"
    path.write_text(text, encoding="utf-8")
    record = analysis("proposals")
    return record.run(record.Asked(files=(str(path),)))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_chinese_text_is_said_to_be_one_and_gives_nothing(tmp_path, language):
    answer = answered(tmp_path, CHINESE)
    (paper,) = answer.papers
    assert (paper.tongue, paper.figures, paper.left_out) == ("chinese", (), ())
    lines = proposals_lines(answer, words(language))
    assert len(lines) == 3
    if language == "en":
        assert lines[1].strip().startswith("English texts are read; this one is in Chinese")


def test_the_english_summary_of_a_chinese_text_is_read(tmp_path):
    (paper,) = answered(tmp_path, f"{CHINESE}{CHINESE}{CHINESE}\n\n{ENGLISH}\n").papers
    assert paper.tongue == "chinese"
    assert [one.value for one in paper.figures] == ["48.3", "14.2"]


def test_an_english_text_says_nothing_of_its_language(tmp_path):
    answer = answered(tmp_path, ENGLISH)
    assert not any("English" in line for line in proposals_lines(answer, words("en")))


def test_which_of_several_figures_side_by_side(tmp_path):
    answer = answered(tmp_path, "Five-year survival was 81% and 79%, respectively.")
    lines = proposals_lines(answer, words("en"))
    assert "[1 of 2 side by side]: rate at a time 81 %" in lines[1]
    assert "[2 of 2 side by side]: rate at a time 79 %" in lines[3]
    table, _ = rows_of(answer, "own2026")
    rows = list(csv.DictReader(table.splitlines()))
    assert [(row["arm_id"], row["notes"]) for row in rows] == [
        ("", "1 of 2 side by side"), ("", "2 of 2 side by side"),
    ]  # fmt: skip
