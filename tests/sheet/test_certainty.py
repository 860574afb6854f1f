"""Certainty on the sheet and in the summary of findings."""

import csv
import json
import math
import shutil
from importlib.resources import files
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from scipy import stats

import hilum
from hilum.errors import InputError
from hilum.evidence.appraisal import Appraisals
from hilum.rendering.sheet.findings import COLUMNS, render_findings
from hilum.sheet.cells_part import answers_of
from hilum.sheet.certainty import answer_id, body_of_answer, body_of_comparison, comparison_id
from hilum.sheet.comparisons_part import compared_by_ratio
from hilum.sheet.findings import findings
from hilum.sheet.overrides import read_overrides
from hilum.sheet.rating import certainty_sentence
from hilum.sheet.sheet_cells import AskedPart
from hilum.sheet.treatments import treatments
from hilum.synthesis.certainty import LEVELS, grade
from hilum.synthesis.certainty.grade import crossings

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
    for row in sheet.comparisons:
        assert (row.certainty is not None) == (row.value is not None)


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
    behind = {
        figure.study_id
        for one in (
            *sheet.epidemiology,
            *(one for option in sheet.options for one in option.outcomes.values()),
            *(option.survival for option in sheet.options if option.survival),
        )
        for figure in one.studies
    } | {trial.study_id for row in sheet.comparisons for trial in row.trials}
    assert sheet.appraisals.studies == len(behind) < len(sheet.sources)
    for row in sheet.comparisons:
        if row.certainty is None:
            continue
        one = row.certainty.domains["risk_of_bias"]
        assert (one.judgement, one.steps) == ("not_assessed", 0)
        # Silence never gives moderate or high; what it costs is said.
        assert row.certainty.level in ("very_low", "low")
        assert row.certainty.held_down == (_summed(row.certainty) > LEVELS.index("low"))
    page = hilum.render(sheet, "html", hilum.words("en")).decode()
    assert "None of the" in page
    assert "has been appraised" in page


def _summed(certainty):
    start = LEVELS.index(certainty.domains["start"].judgement)
    steps = sum(one.steps for name, one in certainty.domains.items() if name != "start")
    return min(max(start + steps, 0), 3)


def test_randomised_comparisons_start_high(sheet):
    rated = [row for row in sheet.comparisons if row.certainty is not None]
    assert {row.kind for row in rated} == {"randomised", "nonrandomised"}
    for row in rated:
        start = row.certainty.domains["start"].judgement
        assert start == ("high" if row.kind == "randomised" else "low")


def test_a_sentence_says_what_lowers_it_and_what_nobody_assessed(found):
    words = hilum.words("en")
    rows = {row.id: row.certainty for row in found.rows}
    both = rows["prrt_lu177/ssa_alone/progression_free_survival/randomised/mixed_net"]
    assert both.held_down
    assert both.level == "low"
    assert certainty_sentence(both, words) == (
        "Starts at: high. Lowered by nothing. Not assessed: Risk of bias, Publication bias. "
        "Nobody assessed the risk of bias, so no level above low is given."
    )
    wide = rows["everolimus+ssa/everolimus/overall_survival/randomised/mixed_net"]
    assert "Lowered by: Imprecision (very serious)." in certainty_sentence(wide, words)
    assert not wide.held_down


def test_what_the_method_adds_to_an_interval_lowers_nothing(found, evidence):
    """Two trials that agree: the prior widens 0.24 to 0.13-0.46, their own error to 0.18-0.33."""
    row = next(
        one
        for one in compared_by_ratio(evidence)
        if (one.treatment, one.comparator) == ("prrt_lu177", "ssa_alone")
        and one.outcome == "progression_free_survival"
    )
    body = body_of_comparison(row, Appraisals())
    assert body.sampling_ci == row.sampling_ci
    assert row.ci[0] < row.sampling_ci[0] < row.sampling_ci[1] < row.ci[1]
    assert grade(body).domains["imprecision"].judgement == "not_serious"
    # Everolimus with an analogue: the printed interval 0.27-1.59 would cost two levels.
    wide = next(
        one
        for one in compared_by_ratio(evidence)
        if (one.treatment, one.comparator) == ("everolimus+ssa", "everolimus")
        and one.outcome == "progression_free_survival"
    )
    judged = grade(body_of_comparison(wide, Appraisals())).domains
    assert crossings(wide.ci, (0.75, 1.25)) == 2
    assert judged["imprecision"].steps == -1
    assert judged["inconsistency"].steps < 0


def test_a_median_of_three_studies_is_judged_without_students_quantile(evidence):
    answers = answers_of(evidence, "everolimus")
    one = answers["progression_free_survival"].model_copy(
        update={"form": "pooled", "k": 3, "value": 10.0, "ci": (5.0, 20.0)}
    )
    body = body_of_answer(one, Appraisals(), "everolimus")
    half = math.log(2) * 1.959964 / stats.t.ppf(0.975, 2)
    assert body.sampling_ci == pytest.approx((10 * math.exp(-half), 10 * math.exp(half)))
    many = one.model_copy(update={"k": 5})
    assert body_of_answer(many, Appraisals(), "everolimus").sampling_ci is None


def test_directness_is_the_cell_s(evidence):
    """A drug's mixed NET patients are its own; a wider choice of primary sites is not direct."""
    site = AskedPart(site="small_bowel", grade="G1-2", line="any", not_known=[])
    wide = answers_of(evidence, "everolimus", site)["overall_survival_rate_12m"]
    assert wide.told.width == "mixed_sites"
    assert set(body_of_answer(wide, Appraisals(), "everolimus").directness) == {"partly"}
    own = answers_of(evidence, "everolimus", site)["overall_survival"]
    assert own.told.width != "mixed_sites"
    anybody = answers_of(evidence, "everolimus")["overall_survival"]
    assert anybody.told.width == "all_sites"
    assert {f.population for f in anybody.studies} == {"mixed_net"}
    if anybody.value is not None:
        assert set(body_of_answer(anybody, Appraisals(), "everolimus").directness) == {"direct"}


def test_patients_of_a_ratio_are_those_of_both_arms(evidence):
    # RADIANT-3 randomised 410 patients, 207 to everolimus and 203 to placebo (Yao 2011, abstract).
    row = next(
        one
        for one in compared_by_ratio(evidence)
        if (one.treatment, one.comparator, one.outcome)
        == ("everolimus", "placebo", "overall_survival")
    )
    assert [figure.study_id for figure in row.studies] == ["yao2011"]
    assert row.n == 410
    assert body_of_comparison(row, Appraisals()).n == 410


def test_a_change_by_a_person_is_shown_with_its_reason(sheet, changed):
    before = {one.certainty.id: one.certainty for _, _, one in figures(sheet) if one.certainty}
    after = {one.certainty.id: one.certainty for _, _, one in figures(changed) if one.certainty}
    assert {name for name in after if after[name] != before[name]} == {SUBJECT}
    judgement = after[SUBJECT].domains["risk_of_bias"]
    assert (judgement.judgement, judgement.steps, judgement.reason) == ("serious", -1, WHY)
    assert (judgement.edit.who, judgement.edit.when) == ("A. Reader", "2026-01-31")
    assert judgement.code == "bias_not_appraised"
    assert WHY in json.dumps(json.loads(changed.model_dump_json()))


@pytest.mark.parametrize("language", ["zh-Hans", pytest.param("en", marks=pytest.mark.slow)])
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

    document = Document(BytesIO(hilum.render(changed, "docx", words, full=True)))
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
        if row.kind == "randomised" and row.certainty is not None:
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
    # A trial that printed its strata apart is one figure for a patient of one stratum only.
    strata = {comparison_id(row) for row in compared_by_ratio(evidence) if row.form == "range"}
    rated = {row.certainty.id for row in sheet.comparisons if row.certainty is not None}
    assert rated - strata <= set(ids)
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
