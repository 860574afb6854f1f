"""hilum evidence appraise and findings, and hilum board --certainty, as a user types them."""

import csv
import json
import shutil
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.errors import InputError

ROOT = Path(__file__).parents[2]
CASE = str(ROOT / "examples" / "midgut-multifocal.toml")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(*words):
    done = run(*words)
    assert done.exit_code == 1
    assert isinstance(done.exception, InputError)
    return str(done.exception)


@pytest.fixture
def form(tmp_path):
    """A form of one trial, filled in with the mildest answers."""
    path = tmp_path / "form.csv"
    words = ("evidence", "appraise", "template", "--tool", "rob2", "--study", "yao2011")
    assert run(*words, "--out", path).exit_code == 0
    with path.open() as file:
        rows = list(csv.DictReader(file))
    good = {"1.1", "1.2", "2.6", "3.1", "5.1"}
    for row in rows:
        if "." in row["question"]:
            row["answer"] = "Y" if row["question"] in good else "N"
            row["rater"] = "AB"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_template_check_and_plot(form, tmp_path):
    done = run("evidence", "appraise", "check", form)
    assert done.exit_code == 0
    assert "yao2011 rob2: low" in done.stdout
    data = json.loads(run("evidence", "appraise", "check", form, "--json").stdout)
    assert data["appraisals"][0]["domains"] == dict.fromkeys(("D1", "D2", "D3", "D4", "D5"), "low")
    for kind in ("traffic", "summary"):
        out = tmp_path / f"{kind}.svg"
        done = run("evidence", "appraise", "plot", form, "--kind", kind, "--out", out)
        assert done.exit_code == 0
        assert ET.fromstring(out.read_text()).tag.endswith("svg")


def test_a_bad_table_fails_with_every_fault(form):
    form.write_text(form.read_text().replace(",Y,", ",yes,").replace("yao2011", "yao2012", 1))
    done = run("evidence", "appraise", "check", form)
    assert done.exit_code == 1
    assert "form.csv:2: study: 'yao2012'" in done.stderr
    assert "fault(s)" in done.stdout
    data = json.loads(run("evidence", "appraise", "check", form, "--json").stdout)
    assert len(data["faults"]) == 6
    assert data["appraisals"] == []


def test_what_cannot_be_drawn_or_written_leaves_nothing(form, tmp_path):
    out = tmp_path / "p.svg"
    plot = ("evidence", "appraise", "plot", form)
    assert "one of traffic, summary" in refused(*plot, "--out", out, "--kind", "pie")
    assert ".svg" in refused(*plot, "--out", tmp_path / "p.png")
    assert "rob2" in refused(*plot, "--out", out, "--tool", "minors")
    form.write_text(form.read_text().splitlines()[0] + "\n")
    assert "at least one line" in refused(*plot, "--out", out)
    assert not out.exists()
    again = ("evidence", "appraise", "template", "--tool", "rob2", "--out", form)
    assert "does not exist yet" in refused(*again)
    assert "robins_i" in refused("evidence", "appraise", "template", "--tool", "robins")


@pytest.mark.parametrize("tool", ["robins_i", "jbi_case_series", "minors"])
def test_every_tool_draws(tool, tmp_path):
    path, out = tmp_path / "f.csv", tmp_path / "f.svg"
    study = "mazzaferro2016"
    words = ("evidence", "appraise", "template", "--tool", tool, "--study", study)
    rows = list(csv.DictReader(run(*words).stdout.splitlines()))
    answer = {"robins_i": "N", "jbi_case_series": "yes", "minors": "2"}[tool]
    lines = ["study,tool,question,answer,judgement,reason,rater"]
    for row in rows:
        whole = row["question"].startswith("D")
        said = "lt" if row["question"] == "arm" else answer
        cells = ("", "moderate", "as read") if whole else (said, "", "")
        lines.append(",".join((study, tool, row["question"], *cells, "AB")))
    path.write_text("\n".join(lines) + "\n")
    assert run("evidence", "appraise", "check", path).exit_code == 0
    done = run("evidence", "appraise", "plot", path, "--out", out)
    assert done.exit_code == 0, done.exception
    assert out.exists()


def test_check_of_a_folder_looks_at_its_appraisals(tmp_path):
    folder = tmp_path / "tables"
    shutil.copytree(files("hilum.evidence") / "netlm", folder)
    assert run("evidence", "check", folder).exit_code == 0
    table = folder / "appraisals.csv"
    table.write_text("study,tool,question,answer,judgement,reason,rater\nnobody,rob2,1.1,Y,,,AB\n")
    done = run("evidence", "check", folder)
    assert done.exit_code == 1
    assert "appraisals.csv:2: study: 'nobody'" in done.stderr


def test_tools_are_listed_with_source_and_licence():
    text = run("evidence", "appraise", "tools").stdout
    for said in ("bmj.l4898", "bmj.i4919", "CC BY-NC-ND", "JBI", "MINORS"):
        assert said in text
    assert set(json.loads(run("evidence", "appraise", "tools", "--json").stdout)) == {
        *("rob2", "robins_i", "jbi_case_series", "jbi_cohort", "minors"),
    }


def test_findings_in_each_form(tmp_path):
    for form in ("html", "csv", "json", "svg"):
        out = tmp_path / f"f.{form}"
        done = run("evidence", "findings", "--treatment", "everolimus", "--out", out)
        assert done.exit_code == 0
        assert "everolimus" in out.read_text("utf-8").lower()
    printed = run("evidence", "findings", "--treatment", "everolimus").stdout
    assert printed.startswith("id,treatment")
    data = json.loads(run("evidence", "findings", "--json").stdout)
    assert data["rows"]
    assert ".html" in refused("evidence", "findings", "--out", tmp_path / "f.odt")
    assert "zh-Hans" in refused("evidence", "findings", "--language", "fr")
    assert not (tmp_path / "f.odt").exists()


def test_a_board_with_a_change_of_certainty(tmp_path):
    change, out = tmp_path / "o.toml", tmp_path / "s.json"
    text = (
        '[[override]]\nsubject = "tace/overall_survival_rate_60m/netlm"\ndomain = "level"\n'
        'from = "very_low"\nto = "low"\nreason = "consecutive, complete"\nwho = "AB"\n'
        "when = 2026-01-31\n"
    )
    change.write_text(text)
    assert run("board", CASE, "--certainty", change, "--out", out).exit_code == 0
    tace = next(one for one in json.loads(out.read_text())["options"] if one["treatment"] == "tace")
    rated = tace["outcomes"]["overall_survival_rate_60m"]["certainty"]
    assert (rated["level"], rated["edit"]["reason"]) == ("low", "consecutive, complete")
    kept = out.read_text()
    change.write_text(text.replace('reason = "consecutive, complete"', 'reason = ""'))
    assert "reason" in refused("board", CASE, "--certainty", change, "--out", out)
    change.write_text(text.replace('to = "low"', 'to = "lower"'))
    assert "very_low, low, moderate, high" in refused(
        "board", CASE, "--certainty", change, "--out", out
    )
    assert out.read_text() == kept
