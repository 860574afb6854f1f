"""``hilum evidence cell`` and ``published``: what they print, and what they refuse."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hilum.answers import Question, cell
from hilum.cli.main import app
from hilum.errors import InputError
from tests.answers.reference import record

CASE = Path(__file__).parents[2] / "examples" / "midgut-multifocal.toml"


def run(*arguments):
    return CliRunner().invoke(app, ["evidence", *map(str, arguments)])


def as_json(*arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("treatment", "outcome", "site", "grade"),
    [
        ("tace", "objective_response", "small_bowel", "G1-2"),
        ("everolimus", "progression_free_survival", "pancreas", "G1-2"),
        ("chemo_platinum", "objective_response", "any", "NEC"),
        ("tae", "mortality_30d", "any", "G1-2"),
        ("phenol_injection", "objective_response", "any", "G1-2"),
    ],
)
def test_a_cell_with_everything_behind_it(treatment, outcome, site, grade):
    found = as_json("cell", treatment, outcome, "--site", site, "--grade", grade)
    one = cell(Question(treatment, outcome, site, grade), record())
    shown = found["cell"]
    assert found["asked"] == {"site": site, "grade": grade, "line": "any", "not_known": []}
    assert (shown["form"], shown["k"], shown["n"]) == (one.form, one.k, one.n or None)
    assert [study["study_id"] for study in shown["studies"]] == [
        study.study_id for study in one.studies
    ]
    assert shown["k"] == len(shown["studies"])
    assert len(shown["left_out"]) == len(one.left_out)
    assert all(figure["left_out"] for figure in shown["left_out"])
    counts = {}
    for figure in shown["left_out"]:
        counts[figure["left_out"]] = counts.get(figure["left_out"], 0) + 1
    told = {}
    for code, count in shown["told"]["left_out"]:
        told[code.partition(":")[0]] = told.get(code.partition(":")[0], 0) + count
    assert counts == told
    assert shown["sentence"]


def test_a_cell_for_the_patient_of_a_case_is_that_of_the_sheet(sheet):
    found = as_json("cell", "ssa", "objective_response", "--case", CASE)
    option = next(one for one in sheet.options if one.treatment == "ssa")
    shown = option.outcomes["objective_response"].model_dump(mode="json")
    assert found["asked"]["site"] == "small_bowel"
    for key in ("form", "value", "ci", "k", "n", "sentence", "beside", "largest", "wider"):
        assert found["cell"][key] == shown[key]


def test_the_terminal_says_the_range_the_largest_and_who_is_left_out():
    result = run("cell", "tace", "objective_response")
    assert result.exit_code == 0
    one = cell(Question("tace", "objective_response"), record())
    assert one.form == "range"
    low, high = (one.text(end) for end in one.range)
    assert f"{low}–{high}\u202f%" in result.stdout
    assert f"{one.k} reported; largest: {one.largest.first.study.name}" in result.stdout
    assert "Beside it, not in it:" in result.stdout
    assert "Left out:" in result.stdout


def test_switches_show_the_answer_without():
    everything = as_json("cell", "everolimus", "objective_response")["cell"]
    recist = as_json("cell", "everolimus", "objective_response", "--only", "recist")["cell"]
    assert 0 < recist["k"] < everything["k"]
    assert {code for code, _ in recist["told"]["criteria"]} == {"recist"}
    own = as_json("cell", "everolimus", "objective_response", "--without", "arm_n")["cell"]
    assert own["told"]["n_of_arm"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tacee", "objective_response"), "nearest: 'tace'"),
        (("tace", "response"), "one of objective_response"),
        (("tace", "objective_response", "--site", "moon"), "small_bowel"),
        (("tace", "objective_response", "--grade", "G9"), "G3_NET"),
        (("tace", "objective_response", "--line", "third"), "first"),
        (("tace", "objective_response", "--case", CASE, "--site", "any"), "beside --case"),
        (("tace", "objective_response", "--without", "luck"), "arm_n"),
        (("tace", "objective_response", "--only", "luck"), "recist, prospective"),
        (("tace", "objective_response", "--language", "fr"), "zh-Hans"),
    ],
)
def test_what_is_not_known_is_said(arguments, said):
    result = run("cell", *arguments)
    assert isinstance(result.exception, InputError), result.output
    assert said in str(result.exception)


def test_all_unknown_words_are_told_at_once():
    result = run("cell", "tacee", "response", "--site", "moon")
    assert {one.column for one in result.exception.faults} == {"treatment", "outcome", "site"}


def test_published_syntheses():
    found = as_json("published")
    assert found["compared"] == len(found["comparisons"]) == 54
    assert found["touching"] >= 0.7 * found["compared"]
    assert found["without_reason"] == 0
    result = run("published")
    assert result.exit_code == 0
    assert f"{found['touching']} of 54 touch" in result.stdout
    assert result.stdout.count("(drafted)") == 54 - found["touching"]


def test_a_difference_without_a_reason_is_exit_status_1(tmp_path):
    (tmp_path / "published.csv").write_text(
        "treatment,outcome,time_months,site,value,ci_low,ci_high,source\n"
        "tace,overall_survival,60,mixed,99,98,100,made up\n"
    )
    result = run("published", "--table", tmp_path)
    assert result.exit_code == 1
    assert "no reason given" in result.stdout
