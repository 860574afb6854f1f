"""One study whole, against the raw tables and against the cells that it feeds."""

import csv
import json
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest
from proofs.face import called

from hilum.analyses import analysis
from hilum.analyses.evidence_map import MapAsked
from hilum.analyses.evidence_map import run as evidence_map
from hilum.analyses.forms import from_json, schema, to_json
from hilum.errors import InputError, Stopped
from hilum.evidence.appraisal import template
from hilum.language import words
from hilum.rendering.study import feeds_lines, figures_table, study_lines
from tests.analyses.watches import Stopping

STUDY = analysis("evidence_study")
TABLES = Path(str(files("hilum.evidence"))) / "netlm"
# Trials, series, a review, an arm of two treatments, a cohort read from several papers.
SAMPLE = ("pavel2011", "yao2011", "strosberg2006", "gaur2011", "strosberg2017", "sofocleous2014")


def rows(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def answers():
    known = {row["study_id"] for row in rows("studies.csv")}
    return {one: STUDY.run(STUDY.Asked(study=one)) for one in SAMPLE if one in known}


def test_it_holds_every_row_of_the_tables(answers):
    assert len(answers) >= 5
    facts = {row["study_id"]: row for row in rows("appraisal_facts.csv")}
    for name, one in answers.items():
        figures = [row for row in rows("results.csv") if row["study_id"] == name]
        assert [x.result.result_id for x in one.figures] == [row["result_id"] for row in figures]
        assert [x.result.locator or "" for x in one.figures] == [row["locator"] for row in figures]
        assert [arm.arm_id for arm in one.arms] == [
            row["arm_id"] for row in rows("arms.csv") if row["study_id"] == name
        ]
        said = {fact: facts[name][fact] for fact in one.conduct.asked}
        assert one.conduct.stated == {k: v for k, v in said.items() if v != "not_stated"}


def test_every_figure_stands_somewhere_or_says_why_not(answers):
    states = set()
    for one in answers.values():
        for figure in one.figures:
            assert bool(figure.uses) is (figure.unused is None)
            for use in figure.uses:
                assert (use.state == "in") is (use.reason is None)
                states.add((use.kind, use.state))
    assert {("cell", "in"), ("cell", "left_out"), ("curve", "in"), ("comparison", "in")} <= states


def test_it_feeds_just_the_cells_that_name_it(answers):
    """The other way round: which cells of the whole map have the study in them."""
    whole = evidence_map(MapAsked(all_outcomes=True))
    fed = 0
    for name, one in answers.items():
        own = {
            (use.treatment, use.outcome)
            for figure in one.figures
            for use in figure.uses
            if use.kind == "cell" and use.state == "in"
        }
        for cell in whole.cells:
            inside = name in {figure.study_id for figure in cell.answer.studies}
            place = (cell.treatment, cell.outcome)
            if any(flag.code == "from_curve" for flag in cell.answer.flags):
                # A curve also rests on figures of other times.
                assert place not in own or inside
            else:
                assert (place in own) == inside
            fed += inside
    assert fed > 15


def test_a_comparison_names_the_printed_ratio(answers, sheet):
    for one in sheet.comparisons:
        for trial in one.trials:
            if trial.study_id not in answers:
                continue
            (figure,) = [
                x for x in answers[trial.study_id].figures
                if x.result.result_id == trial.result_id
            ]  # fmt: skip
            places = [(use.treatment, use.comparator, use.kind) for use in figure.uses]
            assert (one.treatment, one.comparator, "comparison") in places


def test_parts_of_a_derived_figure_are_told_as_parts():
    """A study that prints responses and stable disease, and no disease control."""
    results = [row for row in rows("results.csv") if row["measure"] == "proportion"]
    control = {row["study_id"] for row in results if row["outcome"] == "disease_control"}
    partial, stable = (
        {
            row["study_id"]
            for row in results
            if row["outcome"] == part and row["events"] and row["n"] and not row["subgroup"]
        }
        for part in ("partial_response", "stable_disease")
    )
    found = 0
    for name in sorted((partial & stable) - control)[:8]:
        one = STUDY.run(STUDY.Asked(study=name))
        sums = [
            use for figure in one.figures for use in figure.uses
            if use.outcome == "disease_control" and use.derived == "response + SD"
        ]  # fmt: skip
        parts = [x for x in one.figures if x.unused == "part_of_sum"]
        if sums:
            assert any(x.result.outcome == "stable_disease" for x in parts)
            found += 1
        else:
            assert not parts
    assert found


@pytest.mark.parametrize("site", ["any", "pancreas"])
def test_there_and_back(site):
    asked = STUDY.Asked(study="pavel2011", site=site)
    answer = STUDY.run(asked)
    assert from_json(STUDY.Asked, to_json(asked)) == asked
    assert from_json(STUDY.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(STUDY.Answered), json.loads(to_json(answer)))
    reasons = {use.reason for figure in answer.figures for use in figure.uses}
    assert ("other_site" in reasons or "mostly_other_site" in reasons) is (site == "pancreas")


def test_an_appraisal_is_shown(tmp_path):
    from hilum.evidence import read_evidence

    text = template(read_evidence(), "minors", ["strosberg2006"])
    head, *lines = text.splitlines()
    asked = [dict(zip(head.split(","), line.split(","), strict=False)) for line in lines]
    path = tmp_path / "appraisals.csv"
    path.write_text(
        "study,tool,question,answer,judgement,reason,rater\n"
        + "\n".join(f"{row['study']},minors,{row['question']},2,,,AB" for row in asked)
    )
    (one,) = STUDY.run(STUDY.Asked(study="strosberg2006", appraisals=path)).appraisals
    assert (one.tool, one.judgement, one.raters) == ("minors", "low", ("AB",))
    answer = STUDY.run(STUDY.Asked(study="strosberg2006", appraisals=path))
    assert any("low risk of bias (minors; AB)" in line for line in study_lines(answer, words("en")))


def test_an_unknown_study_names_those_near():
    with pytest.raises(InputError, match="gupta2005"):
        STUDY.run(STUDY.Asked(study="gupta205"))
    with pytest.raises(InputError, match="small_bowel"):
        STUDY.Asked(study="gupta2005", site="moon")


def test_it_stops_when_asked():
    with pytest.raises(Stopped):
        STUDY.run(STUDY.Asked(study="pavel2011"), Stopping(0.0))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_it_is_told_in_words(answers, language):
    spoken = words(language)
    for one in answers.values():
        lines = [*study_lines(one, spoken), *feeds_lines(one, spoken)]
        assert all(lines)
        assert "{" not in "\n".join(lines)
        _, table = figures_table(one, spoken)
        assert len(table) == len(one.figures)
    told = "\n".join(feeds_lines(answers["pavel2011"], words("en")))
    assert "pavel2011-003  comparison Everolimus against a somatostatin analogue alone" in told
    assert "left out, a control arm whose drug had failed before" in told


def test_the_command(tmp_path):
    done = called("evidence", "study", "pavel2011", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "What it feeds:" in done.stdout
    assert "pavel2011-007" in done.stdout
    assert "risk of bias: nobody has appraised it" in done.stdout
    found = json.loads(called("evidence", "study", "pavel2011", "--json").stdout)
    assert found["figures"][0]["result"]["result_id"] == "pavel2011-001"
