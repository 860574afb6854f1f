"""Certainty on the sheet and in the summary of findings."""

import csv
import json
import shutil
from importlib.resources import files
from io import BytesIO, StringIO
from pathlib import Path

import pytest

import hilum
from hilum.board.cells_part import answers_of
from hilum.board.certainty import answer_id, body_of_comparison, patients_of_both_arms
from hilum.board.findings import findings
from hilum.board.overrides import read_overrides
from hilum.board.render.findings import COLUMNS, render_findings
from hilum.board.treatments import treatments
from hilum.errors import InputError
from hilum.evidence.appraisal import Appraisals
from hilum.synthesis.certainty import LEVELS

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "midgut-multifocal.toml"
SUBJECT = "tace/overall_survival_rate_60m/netlm"
WHY = "Enrolled by referral; read in full."
TOML = f"""
[[override]]
subject = "{SUBJECT}"
domain = "risk_of_bias"
from = "not_assessed"
to = "serious"
reason = "{WHY}"
who = "A. Reader"
when = 2026-01-31
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory, evidence):
    path = tmp_path_factory.mktemp("overrides") / "o.toml"
    path.write_text(TOML)
    return hilum.board(EXAMPLE, evidence, certainty=path)


@pytest.fixture(scope="module")
def found(evidence):
    return findings(evidence)


def figures(sheet):
    for option in sheet.options:
        for key, main in option.outcomes.items():
            for one in (main, *main.other_populations):
                yield option.treatment, key, one


def test_every_figure_is_rated_and_nothing_else(sheet):
    rated = 0
    for treatment, key, one in figures(sheet):
        assert (one.certainty is not None) == (one.value is not None)
        if one.certainty is not None:
            rated += 1
            assert one.certainty.id == f"{treatment}/{key}/{one.population}"
            assert one.certainty.level in LEVELS
    assert rated > 50
    assert all(row.certainty is not None for row in sheet.comparisons)


def test_series_start_at_low_or_very_low_and_say_why(sheet):
    for _, _, one in figures(sheet):
        if one.certainty is None:
            continue
        start = one.certainty.domains["start"]
        planned = {"rct", "case_series_prospective", "registry"}
        expected = "low" if set(one.designs) <= planned else "very_low"
        assert start.judgement == expected
        assert "no control group" in start.reason
        assert one.certainty.level in ("low", "very_low")


def test_without_appraisals_the_sheet_says_not_appraised(sheet):
    assert sheet.appraisals.appraised == 0
    for row in sheet.comparisons:
        one = row.certainty.domains["risk_of_bias"]
        assert (one.judgement, one.steps) == ("not_assessed", 0)
    page = hilum.render(sheet, "html", hilum.words("en")).decode()
    assert "None of the" in page
    assert "has been appraised" in page


def test_randomised_comparisons_start_high(sheet):
    for row in sheet.comparisons:
        start = row.certainty.domains["start"].judgement
        assert start == ("high" if row.kind == "randomised" else "low")
        if row.population != "netlm":
            assert row.certainty.domains["indirectness"].judgement != "not_serious"


def test_patients_of_a_ratio_are_those_of_both_arms(evidence, sheet):
    # RADIANT-3 randomised 410 patients, 207 to everolimus and 203 to placebo (Yao 2011, abstract).
    name = "everolimus/placebo/overall_survival/randomised/mixed_net"
    row = next(one for one in sheet.comparisons if one.certainty.id == name)
    assert [figure.study_id for figure in row.studies] == ["yao2011"]
    assert patients_of_both_arms(row.studies, evidence) == 410
    assert body_of_comparison(row, evidence, Appraisals()).n == 410


def test_a_change_by_a_person_is_shown_with_its_reason(sheet, changed):
    before = {one.certainty.id: one.certainty for _, _, one in figures(sheet) if one.certainty}
    after = {one.certainty.id: one.certainty for _, _, one in figures(changed) if one.certainty}
    assert {name for name in after if after[name] != before[name]} == {SUBJECT}
    judgement = after[SUBJECT].domains["risk_of_bias"]
    assert (judgement.judgement, judgement.steps, judgement.reason) == ("serious", -1, WHY)
    assert (judgement.edit.who, judgement.edit.when) == ("A. Reader", "2026-01-31")
    assert judgement.code == "bias_not_appraised"
    assert WHY in json.dumps(json.loads(changed.model_dump_json()))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_rendering_says_the_certainty_and_the_change(changed, language):
    words = hilum.words(language)
    label = {"en": "very low certainty", "zh-Hans": "极低确定性"}[language]
    page = hilum.render(changed, "html", words).decode()
    assert "⊕◯◯◯" in page
    assert label in page
    assert "A. Reader" in page
    assert WHY in page
    assert not words.missing
    from docx import Document

    document = Document(BytesIO(hilum.render(changed, "docx", words)))
    text = "\n".join(one.text for one in document.paragraphs)
    text += "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert WHY in text
    assert label in text
    assert "⊕◯◯◯" in text


def test_appraisals_beside_the_tables_are_used(tmp_path, evidence):
    folder = tmp_path / "tables"
    shutil.copytree(files("hilum.evidence") / "netlm", folder)
    lines = ["study,tool,question,answer,judgement,reason,rater"]
    lines += [
        f"{study.study_id},rob2,overall,,high,open label,AB"
        for study in evidence.studies
        if study.design == "rct"
    ]
    (folder / "appraisals.csv").write_text("\n".join(lines) + "\n")
    sheet = hilum.board(EXAMPLE, folder)
    assert sheet.appraisals.by_tool == {"rob2": sheet.appraisals.appraised}
    assert sheet.appraisals.appraised > 10
    for row in sheet.comparisons:
        if row.kind == "randomised":
            one = row.certainty.domains["risk_of_bias"]
            assert (one.judgement, one.facts["high"]) == ("very_serious", 100)
            assert {figure.appraisal.judgement for figure in row.studies} == {"high"}
    page = hilum.render(sheet, "html", hilum.words("en")).decode()
    assert "high (RoB 2)" in page
    assert page.count('<circle class="high"') > 3
    (folder / "appraisals.csv").write_text(lines[0] + "\nnobody,rob2,overall,,high,x,AB\n")
    with pytest.raises(InputError, match="nobody"):
        hilum.board(EXAMPLE, folder)


def test_overrides_read_alike_from_toml_and_csv(tmp_path):
    one, other = tmp_path / "o.toml", tmp_path / "o.csv"
    one.write_text(TOML)
    other.write_text(
        "subject,domain,from,to,reason,who,when\n"
        f"{SUBJECT},risk_of_bias,not_assessed,serious,{WHY},A. Reader,2026-01-31\n"
    )
    (a,), (b,) = read_overrides(one), read_overrides(other)
    assert (a.subject, a.before, a.after, a.reason, a.when) == (
        *(b.subject, b.before, b.after, b.reason, b.when),
    )
    assert read_overrides([a]) == (a,)
    assert read_overrides(None) == ()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("o.toml", TOML.replace(f'reason = "{WHY}"\n', ""), "reason"),
        ("o.toml", TOML.replace(f'"{WHY}"', "3"), "reason"),
        ("o.toml", TOML.replace("reason", "raeson"), "nearest: 'reason'"),
        ("o.toml", TOML.replace("[[override]]", "[[overide]]"), "overide"),
        ("o.toml", "override = 3\n", "override"),
        ("o.toml", "override = [3]\n", "a table"),
        ("o.toml", "not toml", "well-formed TOML"),
        ("o.csv", "subject,domain,from,to,who,when\na,b,c,d,e,f\n", "reason"),
        ("o.csv", "subject,domain,from,to,reason,who,when\na,b\n", "cells"),
        ("o.txt", "", ".toml or .csv"),
    ],
)
def test_files_of_overrides_that_make_no_sense(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=said.replace(".", r"\.")):
        read_overrides(path)
    with pytest.raises(InputError, match="none"):
        read_overrides(tmp_path / "none.toml")


def test_the_summary_holds_every_rated_figure_once(found, sheet, evidence):
    ids = [row.id for row in found.rows]
    assert len(ids) == len(set(ids))
    # The summary is for no patient in particular: the cells of any primary site.
    anybody = {
        answer_id(treatment.treatment, key, one.population)
        for treatment in treatments()
        for key, one in answers_of(evidence, treatment.treatment).items()
        if one.value is not None
    }
    assert anybody == {row.id for row in found.rows if row.kind == "single_arm"}
    assert {row.certainty.id for row in sheet.comparisons} <= set(ids)
    kinds = [row.kind for row in found.rows]
    assert kinds == sorted(kinds, key=("randomised", "nonrandomised", "single_arm").index)


def test_the_summary_as_csv_opens_as_an_evidence_profile(found):
    content = render_findings(found, "csv", hilum.words("en"))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [row.id for row in found.rows]
    for row, one in zip(rows, found.rows, strict=True):
        assert float(row["effect"]) == pytest.approx(one.value, rel=1e-5)
        assert row["symbols"] == one.certainty.circles
        assert row["risk_of_bias"] == "not assessed"


def test_the_summary_as_json_and_html(found):
    data = json.loads(render_findings(found, "json", hilum.words("en")))
    assert data["rows"][0]["certainty"]["domains"]["start"]["judgement"] == "high"
    for language in ("en", "zh-Hans"):
        words = hilum.words(language)
        page = render_findings(found, "html", words).decode()
        assert page.count("<tr id=") == len(found.rows)
        assert not words.missing


def test_the_summary_of_some_treatments(evidence):
    some = findings(evidence, treatment=["everolimus"])
    assert all("everolimus" in (row.treatment, row.comparator) for row in some.rows)
    assert len(some.rows) > 3
    with pytest.raises(InputError, match="everolimos"):
        findings(evidence, treatment=["everolimos"])
