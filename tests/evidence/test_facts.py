"""Facts of a study's conduct: read, checked, and drafting the answers that they settle."""

import csv
import json
from io import StringIO

import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.errors import InputError
from hilum.evidence.appraisal import (
    FACTS,
    check_appraisals,
    check_facts,
    drafts,
    read_facts,
    template,
    tools,
)
from tests.evidence.test_check import SHIPPED


@pytest.fixture(scope="module")
def facts(evidence):
    return read_facts(evidence)


def test_every_study_has_its_facts(evidence, facts):
    assert set(facts) == set(evidence.study)
    assert {one.says(fact) for one in facts.values() for fact in FACTS} == {
        "yes",
        "no",
        "not_stated",
    }
    assert check_facts(evidence) == []


def test_a_draft_answers_a_question_of_the_tool_with_one_of_its_answers(facts):
    drafted = 0
    for key in ("jbi_case_series", "minors", "rob2"):
        items = tools()[key].items
        for one in facts.values():
            for question, draft in drafts(key, one).items():
                drafted += 1
                assert draft.answer in items[question].answers
                assert one.says(draft.fact) == draft.says != "not_stated"
    assert drafted > 50
    assert drafts("rob2", None) == {}


def test_a_fact_that_is_not_stated_drafts_nothing(facts):
    silent = next(one for one in facts.values() if not set(one.stated) - {"randomised"})
    assert all(drafts(key, silent) == {} for key in tools())


def test_a_drafted_form_reads_only_with_a_persons_name(evidence, facts, tmp_path):
    text = template(evidence, "minors", ["mazzaferro2016"], facts)
    rows = {row["question"]: row for row in csv.DictReader(StringIO(text))}
    assert (rows["2"]["answer"], rows["7"]["answer"], rows["1"]["answer"]) == ("2", "2", "")
    assert rows["2"]["reason"] == "draft from the texts: consecutive yes"
    path = tmp_path / "appraisals.csv"
    path.write_text(text)
    assert {one.column for one in check_appraisals(path, evidence)} == {"rater"}
    path.write_text(text.replace("yes,,", "yes,AB,"))
    assert check_appraisals(path, evidence) == []
    assert "draft" not in template(evidence, "minors", ["mazzaferro2016"])


def test_faults_of_the_table_are_told_together(evidence, tmp_path):
    lines = (SHIPPED / "appraisal_facts.csv").read_text("utf-8").splitlines()
    bad = lines[1].replace(",no,", ",perhaps,", 1)
    (tmp_path / "appraisal_facts.csv").write_text(
        "\n".join([lines[0], bad, "nobody" + lines[2][lines[2].index(",") :], lines[3], lines[3]]),
        "utf-8",
    )
    found = {(one.row, one.column) for one in check_facts(evidence, tmp_path)}
    assert {(2, "prospective"), (3, "study_id"), (5, "study_id")} == found
    with pytest.raises(InputError, match="perhaps"):
        read_facts(evidence, tmp_path)
    assert read_facts(evidence, tmp_path / "nowhere") == {}


def test_show_and_the_form_of_the_command_line():
    shown = CliRunner().invoke(app, ["evidence", "study", "mazzaferro2016"])
    said = " ".join(shown.stdout.split())
    assert "stated of its conduct: consecutive patients: yes" in said
    assert "selected by the Milan criteria" in said
    whole = json.loads(
        CliRunner().invoke(app, ["evidence", "study", "mazzaferro2016", "--json"]).stdout
    )
    assert whole["conduct"]["stated"]["consecutive"] == "yes"
    first = whole["figures"][0]["result"]
    assert first["result_id"].startswith("mazzaferro2016-")
    assert "from" in first
    form = CliRunner().invoke(
        app,
        ["evidence", "appraise", "template", "--tool", "rob2", "--study", "chan2024", "--draft"],
    )
    assert "draft from the texts: outcome_assessor_blinded yes" in form.stdout
