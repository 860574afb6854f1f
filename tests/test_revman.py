"""Review Manager files, decimal commas and Chinese heads: tables as reviewers have them."""

import pytest

from hilum.analyses.pool_asked import wanted_columns
from hilum.analyses.tables import read_table
from hilum.errors import InputError

REVIEW = """<?xml version="1.0" encoding="UTF-8"?>
<COCHRANE_REVIEW>
<STUDIES><STUDY ID="STD-Ada-2001" NAME="Ada 2001"/>
<STUDY ID="STD-Bo-2002" NAME="Bo 2002"/></STUDIES>
<ANALYSES_AND_DATA><COMPARISON NO="1"><NAME>TAE or TACE</NAME>
<DICH_OUTCOME NO="1"><NAME>Response</NAME>
<DICH_SUBGROUP NO="1"><NAME>early</NAME>
<DICH_DATA STUDY_ID="STD-Ada-2001" EVENTS_1="3" TOTAL_1="20" EVENTS_2="5" TOTAL_2="22"/>
</DICH_SUBGROUP>
<DICH_DATA STUDY_ID="STD-Bo-2002" EVENTS_1="7" TOTAL_1="30" EVENTS_2="9" TOTAL_2="31"/>
</DICH_OUTCOME>
<CONT_OUTCOME NO="2"><NAME>Pain</NAME>
<CONT_DATA STUDY_ID="STD-Cy-2003" MEAN_1="3.1" SD_1="1" TOTAL_1="20"
 MEAN_2="4" SD_2="1.2" TOTAL_2="22"/>
</CONT_OUTCOME>
<IV_OUTCOME NO="3"><NAME>Survival</NAME><IV_DATA STUDY_ID="STD-Cy-2003" SE="0.1"/></IV_OUTCOME>
</COMPARISON></ANALYSES_AND_DATA></COCHRANE_REVIEW>
"""


@pytest.fixture
def review(tmp_path):
    path = tmp_path / "review.rm5"
    path.write_text(REVIEW, encoding="utf-8")
    return path


def test_one_analysis_of_a_review(review):
    found = read_table(review.with_name("review.rm5#1.1"))
    assert found.header == ("study", "ai", "n1i", "ci", "n2i", "group")
    assert found.rows == (
        ("Ada 2001", "3", "20", "5", "22", "early"),
        ("Bo 2002", "7", "30", "9", "31", ""),
    )
    means = read_table(review.with_name("review.rm5#1.2"))
    assert means.numbers("m2i") == [4.0]
    # A study that the review does not list keeps its id.
    assert means.text("study") == ["Cy-2003"]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("", "there are: 1.1 Response (2); 1.2 Pain (1); 1.3 Survival (1)"),
        ("#2.1", "there are: 1.1 Response"),
        ("#1.3", "an analysis of counts or means"),
    ],
)
def test_what_is_not_one_analysis_is_refused(review, part, said):
    with pytest.raises(InputError) as caught:
        read_table(review.with_name(f"review.rm5{part}"))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (REVIEW[:700], "well-formed XML"),
        (
            REVIEW.replace("<COCHRANE", '<!DOCTYPE r [<!ENTITY a "b">]><COCHRANE', 1),
            "document type",
        ),
    ],
)
def test_a_damaged_review_is_refused(tmp_path, text, said):
    path = tmp_path / "bad.rm5"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_table(path)


def test_a_comma_before_decimals(tmp_path):
    path = tmp_path / "german.csv"
    path.write_text("Studie;yi;vi\nA, B;-0,3;0,05\nC;1,234;2e-1\n", encoding="utf-8")
    told = []
    found = read_table(path, say=lambda phrase: told.append(str(phrase)))
    assert found.numbers("yi") == [-0.3, 1.234]
    assert found.numbers("vi") == [0.05, 0.2]
    assert found.text("Studie") == ["A, B", "C"]
    assert any("decimal commas" in one for one in told)


@pytest.mark.parametrize(
    "cells",
    [
        # Perhaps thousands.
        "1,234;2,345",
        # Points and commas.
        "0,5;0.25",
    ],
)
def test_a_comma_that_may_mean_something_else_is_refused(tmp_path, cells):
    path = tmp_path / "odd.csv"
    path.write_text(f"study;yi;vi\nA;{cells}\n", encoding="utf-8")
    found = read_table(path)
    with pytest.raises(InputError):
        [found.numbers(name) for name in ("yi", "vi")]


def test_chinese_heads(tmp_path):
    path = tmp_path / "zh.csv"
    path.write_bytes("研究,事件数,总例数\n甲,3,20\n乙,7,30\n".encode("gb18030"))
    found = read_table(path, wanted_columns("PLO"), lambda phrase: None)
    assert found.numbers("xi") == [3, 7]
    assert found.numbers("ni") == [20, 30]
