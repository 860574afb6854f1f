"""The sheet as data: contract, provenance and honesty."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

import hilum
from hilum.sheet.summary import summarise

ROOT = Path(__file__).parents[2]


def answers(sheet):
    for option in sheet.options:
        for key, one in option.outcomes.items():
            yield option, key, one
            for other in one.other_populations:
                yield option, key, other


def test_the_json_is_valid_and_its_schema_is_published(sheet):
    schema = hilum.json_schema()
    jsonschema_rs.validate(schema, json.loads(sheet.model_dump_json()))
    published = json.loads((ROOT / "docs" / "sheet.schema.json").read_text())
    assert published == schema, "run `make schema`"


def test_every_pooled_number_opens_to_its_studies(sheet):
    counted = 0
    for _, _, one in answers(sheet):
        assert (one.form != "none") == (one.k > 0) == bool(one.studies)
        assert (one.value is not None) == (one.form in ("pooled", "total", "single"))
        assert one.k == len(one.studies)
        if one.population == "netlm":
            assert {figure.population for figure in one.studies} <= {"netlm"}
        for figure in (*one.studies, *one.left_out):
            assert figure.source
            assert figure.study_id in {source.study_id for source in sheet.sources}
        if one.form in ("pooled", "total"):
            counted += 1
            # Survivors of a rate are rounded to whole patients: half a patient of the smallest n.
            small = min(figure.n for figure in one.studies if figure.n)
            slack = 0 if one.unit == "months" else 0.5 / small
            # A reading of a survival curve may lie outside the figures of its time, and says so.
            outside = any(flag.code == "outside_reports" for flag in one.flags)
            if one.range is not None and not outside:
                assert one.range[0] - slack <= one.value <= one.range[1] + slack
            else:
                assert one.method == "survival curve"
            assert one.ci[0] <= one.value <= one.ci[1]
    assert counted > 25


def test_values_come_from_the_tables(sheet, evidence):
    rows = {row.result_id: row for row in evidence.results}
    together = 0
    for _, _, one in answers(sheet):
        for figure in one.studies:
            row = rows[figure.result_id]
            assert (figure.row, figure.source) == (row.row, row.source)
            if figure.arms > 1:
                together += 1
            elif not figure.n_assumed and not figure.derived:
                assert (figure.events, figure.n) == (row.events, row.n)
    assert together


def test_example_is_judged_as_the_rules_say(sheet):
    status = {option.treatment: option.status for option in sheet.options}
    assert sheet.resectability.verdict == "not_resectable"
    assert status["sunitinib"] == "excluded"  # licensed for the pancreas alone
    assert status["everolimus"] == "conditional"  # not licensed for functional carcinoids
    assert status["phenol_injection"] == "no_indication"
    assert status["prrt_lu177"] == "supported"
    assert list(status) == [name for one in STATUSES_IN_ORDER for name in by(status, one)]
    assert len(status) == 27


STATUSES_IN_ORDER = (
    "supported",
    "possible",
    "conditional",
    "undecided",
    "advised_against",
    "no_indication",
    "excluded",
)


def by(status, wanted):
    return [treatment for treatment, one in status.items() if one == wanted]


def test_comparisons_say_what_they_are(sheet, evidence):
    kinds = {row.kind for row in sheet.comparisons}
    assert kinds == {"randomised", "nonrandomised", "review"}
    for row in sheet.comparisons:
        designs = {evidence.study[trial.study_id].design for trial in row.trials}
        assert (designs == {"rct"}) == (row.kind == "randomised")
        assert (designs == {"pooled_analysis"}) == (row.kind == "review")
        assert row.k == len({figure.study_id for figure in row.studies})
        assert row.treatment != row.comparator


def test_a_trial_is_named_with_its_year_and_the_better_side(sheet):
    page = " ".join(hilum.render(sheet, "html", hilum.words("en")).decode().split())
    assert "Strosberg 2017</a>: 0.21 (0.13–0.32), better with Peptide receptor" in page
    assert "a somatostatin analogue alone" in page
    # RADIANT-3 is of pancreatic tumours: in sight, with its reason, not in a midgut line.
    assert "Yao 2011</a>: 0.35 (0.27–0.45), better with Everolimus <small>(another primary" in page


def test_summary_is_read_from_the_tables(evidence):
    found = {line.outcome: line for line in summarise(evidence).ranges}
    for outcome, line in found.items():
        rows = [row for row in evidence.results if row.row in (line.low.row, line.high.row)]
        assert all(row.outcome == outcome for row in rows)
        assert line.low.percent < line.high.percent
        assert evidence.study[line.low.study_id].year <= 2011


def test_hilum_board_is_callable_before_and_after_its_room_is_loaded(evidence):
    import hilum.sheet.sheet

    found = hilum.board({"patient": {"age": 50}}, evidence)
    assert isinstance(found, hilum.sheet.sheet.Sheet)


@pytest.mark.parametrize("form", ["html", "json", "docx", "pdf"])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_form_in_every_language_is_complete(sheet, form, language, tmp_path):
    words = hilum.words(language)
    content = hilum.render(sheet, form, words)
    assert len(content) > 20_000
    assert words.missing == set()
    if form == "pdf":
        from io import BytesIO

        from pypdf import PdfReader

        reader = PdfReader(BytesIO(content))
        text = reader.pages[0].extract_text()
        assert ("不可切除" if language == "zh-Hans" else "Not resectable") in text
        box = reader.pages[0].mediabox
        assert (round(box.width), round(box.height)) == (595, 842)  # A4 upright in points
        pages = len(reader.pages)
        for number, page in enumerate(reader.pages, start=1):
            said = page.extract_text()
            assert sheet.case.name in said, "whose sheet it is stands on every page"
            number_text = (
                f"第 {number} 页，共 {pages} 页"
                if language == "zh-Hans"
                else f"page {number} of {pages}"
            )
            assert number_text in " ".join(said.split())
    if form == "docx":
        from io import BytesIO

        from docx import Document

        text = "\n".join(one.text for one in Document(BytesIO(content)).paragraphs)
        assert ("不可切除" if language == "zh-Hans" else "Not resectable") in text


def test_every_message_has_a_translation():
    from tools.messages import FOLDER, catalogue, message_ids

    ids = message_ids()
    found = catalogue(FOLDER / "hilum.po")
    known = {(one.context, one.id) for one in found if one.id and one.string}
    parted = [text.rpartition("\x04") for text in ids]
    lacking = [text for context, _, text in parted if (context or None, text) not in known]
    assert lacking == []
    words = hilum.words("zh-Hans")
    for text in ids:
        if "{" not in text:
            words(text)
    assert words.missing == set(), "run `make messages`"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_two_pages_hold_every_option_and_the_first_whatever_is_open(sheet, language):
    from io import BytesIO

    from pypdf import PdfReader

    reader = PdfReader(BytesIO(hilum.render(sheet, "pdf", hilum.words(language))))
    assert len(reader.pages) == 2
    said = ["".join(page.extract_text().split()) for page in reader.pages]
    for option in sheet.options:
        label = "".join((option.label_zh if language == "zh-Hans" else option.label).split())
        assert label in said[0] + said[1], label
        if option.status in ("supported", "possible", "conditional"):
            assert label in said[0], label
