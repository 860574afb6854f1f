"""The sheet's cells: whom they are asked for, and that every rendering says their form."""

from io import BytesIO

import pytest

import hilum
from hilum.answers import Question, index
from hilum.answers.published import as_printed_cell
from hilum.patient import read_case
from hilum.sheet.asked import asked_of
from hilum.sheet.present import form_line, headline, told_lines


def case(**patient):
    return read_case({"name": "made", "patient": patient})


@pytest.mark.parametrize(
    ("patient", "site", "grade", "line", "unknown"),
    [
        ({"primary_site": "pancreas", "grade": "G1"}, "pancreas", "G1-2", "any", ["line"]),
        ({"primary_site": "small_bowel", "grade": "G2"}, "small_bowel", "G1-2", "any", ["line"]),
        ({"primary_site": "rectum", "grade": "G3"}, "git", "G3_NET", "any", ["line"]),
        ({"primary_site": "thymus", "grade": "NEC"}, "other", "NEC", "any", ["line"]),
        ({"primary_site": "unknown"}, "any", "G1-2", "any", ["site", "grade", "line"]),
        ({"line_of_therapy": 1}, "any", "G1-2", "first", ["site", "grade"]),
        ({"line_of_therapy": 2}, "any", "G1-2", "later", ["site", "grade"]),
        ({"line_of_therapy": 5}, "any", "G1-2", "later", ["site", "grade"]),
    ],
)
def test_a_patient_is_asked_for_by_site_grade_and_line(patient, site, grade, line, unknown):
    asked = asked_of(case(**patient))
    assert (asked.site, asked.grade, asked.line) == (site, grade, line)
    assert asked.not_known == unknown


def test_two_patients_do_not_get_the_same_cell(evidence):
    shown = {
        site: hilum.board(case(primary_site=site, grade=grade), evidence)
        for site, grade in (("pancreas", "G2"), ("small_bowel", "G2"), ("stomach", "NEC"))
    }
    cells = {
        site: next(one for one in sheet.options if one.treatment == "everolimus").outcomes
        for site, sheet in shown.items()
    }
    studies = [
        tuple(study.study_id for study in one["progression_free_survival"].studies)
        for one in cells.values()
    ]
    assert len(set(studies)) == 3


def test_the_sheet_holds_the_cells_of_its_question(sheet, evidence):
    asked = sheet.asked
    assert (asked.site, asked.grade) == ("small_bowel", "G1-2")
    forms = set()
    for option in sheet.options:
        for key, one in option.outcomes.items():
            if one.told is None:
                continue
            # As printed: survival from its curve, contradictions taken away.
            made = as_printed_cell(
                Question(option.treatment, key, asked.site, asked.grade, asked.line),
                index(evidence),
            )
            forms.add(one.form)
            assert one.k == made.k == len(one.studies)
            assert one.form == made.form
            scale = 1 if made.months else 100
            if one.value is not None:
                assert one.value * scale == pytest.approx(made.value)
            if one.range is not None:
                assert tuple(end * scale for end in one.range) == pytest.approx(made.range)
            assert one.sentence
            assert [group.k for group in one.beside] == [group.k for group in made.beside]
    assert forms == {"pooled", "total", "single", "range", "none"}


def test_every_rendering_says_the_form(sheet):
    from docx import Document

    words = hilum.words("en")
    option = next(one for one in sheet.options if one.treatment == "tace")
    ranged = option.outcomes["objective_response"]
    assert ranged.form == "range"
    page = hilum.render(sheet, "html", words).decode()
    document = Document(BytesIO(hilum.render(sheet, "docx", words, full=True)))
    text = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    for shown in (page, text):
        assert headline(ranged, words) in shown
        assert form_line(ranged, words) in shown
        assert "primary site small bowel" in shown
        assert "all patients together" in shown
        assert "Beside it, not in it:" in shown
    assert told_lines(ranged, words)[0] in text


def test_a_range_shows_no_pooled_line(sheet):
    from hilum.sheet.present import forest_of

    words = hilum.words("en")
    option = next(one for one in sheet.options if one.treatment == "tace")
    ranged = option.outcomes["objective_response"]
    pooled = option.outcomes["overall_survival_rate_60m"]
    assert pooled.form == "pooled"
    assert ">pooled<" not in forest_of(ranged, "t", words)
    assert ">pooled<" in forest_of(pooled, "t", words)
