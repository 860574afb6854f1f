"""A board's list: every case on it, in its order, whatever one of them holds."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from typer.testing import CliRunner

import hilum
from hilum.analyses import analysis
from hilum.analyses.board_list import BoardListAsked, run
from hilum.analyses.forms import from_json, schema, to_json
from hilum.cli.main import app
from hilum.errors import InputError, Stopped
from hilum.rendering.board_list import cover_html, fault_words, sheet_name
from tests.conftest import EXAMPLE

SMALL = '[patient]\nprimary_site = "pancreas"\nlesion_count = 3\n'


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "cases"
    place.mkdir()
    (place / "b.toml").write_text(EXAMPLE.read_text("utf-8"), encoding="utf-8")
    head = 'name = "Zoe <b>"\nid = "A-7"\nquestion = "Resect?"\ndate = "2026-11-28"\n'
    (place / "a.toml").write_text(head + SMALL, encoding="utf-8")
    (place / "c.toml").write_text("[pat", encoding="utf-8")
    (place / "notes.txt").write_text("no case", encoding="utf-8")
    return place


@pytest.fixture
def answer(folder):
    return run(BoardListAsked(folder=folder))


def test_one_line_a_case_and_a_faulty_one_stops_nobody(answer):
    assert [(one.file, one.state) for one in answer.entries] == [
        ("a.toml", "facts_missing"), ("b.toml", "ready"), ("c.toml", "faulty"),
    ]  # fmt: skip
    first, second, last = answer.entries
    assert (first.name, first.id, first.question, first.date) == (
        "Zoe <b>", "A-7", "Resect?", "2026-11-28",
    )  # fmt: skip
    sheet = hilum.board(EXAMPLE)
    assert second.resectability == sheet.resectability.verdict
    assert second.options["supported"] == [
        one.treatment for one in sheet.options if one.status == "supported"
    ]
    assert [one.fact for one in first.missing] == [
        one.fact for one in hilum.board(SMALL_CASE).would_change[:3]
    ]
    assert len(last.faults) == 1
    assert {one.fact for one in answer.ask} == {one.fact for one in first.missing}


SMALL_CASE = {"patient": {"primary_site": "pancreas", "lesion_count": 3}}


def test_the_answer_goes_through_json_and_back(answer):
    record = analysis("board_list")
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    assert answer.folder == "cases"


def test_the_order_is_that_of_the_file_or_of_the_names(folder):
    (folder / "order").write_text("# Friday\nb\nnobody\nc.toml\n", encoding="utf-8")
    found = run(BoardListAsked(folder=folder))
    assert [one.file for one in found.entries] == ["b.toml", "c.toml", "a.toml"]
    assert (found.not_listed, found.not_there) == (("a.toml",), ("nobody",))
    named = run(BoardListAsked(folder=folder, order="name"))
    assert [one.file for one in named.entries] == ["a.toml", "b.toml", "c.toml"]
    with pytest.raises(InputError, match="order, name"):
        BoardListAsked(folder=folder, order="luck")


def test_a_folder_without_cases_is_refused(tmp_path):
    with pytest.raises(InputError, match="case files"):
        run(BoardListAsked(folder=tmp_path))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_cover_shows_everybody_and_runs_nothing_of_theirs(answer, language):
    page = cover_html(answer, hilum.words(language))
    assert "Zoe &lt;b&gt;" in page
    assert "<b>Zoe" in page
    assert "A-7" in page
    assert "Resect?" in page
    assert 'href="a.html"' in page or 'href="a.zh-Hans.html"' in page
    assert "c.toml" in page


def test_no_name_of_a_patient_is_in_a_file_name(answer):
    assert sheet_name("a.toml", hilum.words("en"), "pdf") == "a.pdf"
    assert "Zoe" not in sheet_name(answer.entries[0].file, hilum.words("zh-Hans"), "html")


def test_a_fault_keeps_its_sentences_to_be_told_in_any_language(answer):
    fault = answer.entries[-1].faults[0]
    assert fault.said.facts["place"] == "c.toml"
    assert fault.expected.message == "valid {kind}: {reason}"
    assert fault.expected.facts["kind"] == "TOML"
    said = fault_words(fault, hilum.words("en"))
    assert said.startswith("c.toml: expected valid TOML: ")


class _Stop:
    def __init__(self, after):
        self.left, self.shown = after, []

    def stage(self, code, total):
        self.shown.append((code, total))

    def done(self, n=1):
        self.left -= 1
        if self.left < 0:
            raise Stopped("stopped")


def test_a_list_can_be_stopped_and_says_how_far_it_is(folder):
    watch = _Stop(1)
    with pytest.raises(Stopped):
        run(BoardListAsked(folder=folder), watch)
    assert watch.shown == [("cases", 3)]


def test_the_command_writes_cover_and_sheets_and_ends_with_one(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HILUM_LANGUAGE", raising=False)
    done = CliRunner().invoke(app, ["board", "cases", "--out", "out"])
    assert done.exit_code == 1, done.output
    assert sorted(one.name for one in Path("out").iterdir()) == ["a.html", "b.html", "index.html"]
    assert "! c.toml" in done.output
    (folder / "c.toml").unlink()
    done = CliRunner().invoke(app, ["board", "cases", "--json"])
    assert done.exit_code == 0
    assert len(json.loads(done.output)["entries"]) == 2
    for wrong in (["--out", "cases"], ["--compare", "x.json"], ["--for", "patient"]):
        assert CliRunner().invoke(app, ["board", "cases", *wrong]).exit_code == 1
