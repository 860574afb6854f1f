"""FHIR in and out as analyses and commands."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from hilum.analyses import analysis
from hilum.analyses.forms import from_json, schema, to_json
from hilum.cli.main import app
from hilum.errors import InputError
from hilum.patient.case import read_case
from tests.conftest import EXAMPLE

FOLDER = Path(__file__).parents[1] / "patient" / "fhir"
FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda one: one.stem)
def test_an_answer_goes_through_json_and_back(path):
    record = analysis("from_fhir")
    asked = record.Asked(bundle=json.loads(path.read_text()), date="2026-11-28")
    answer = record.run(asked)
    assert from_json(record.Asked, to_json(asked)) == asked
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    assert "Nowhere" not in to_json(answer), "nothing of an address is kept"


def test_a_written_bundle_goes_through_json_and_back():
    record = analysis("to_fhir")
    asked = record.Asked(case={"name": "A", "patient": {"age": 60, "ecog": 1, "grade": "G2"}})
    answer = record.run(asked)
    assert from_json(record.Answered, to_json(answer)) == answer
    assert (answer.coded, answer.own) == (("age", "ecog"), ("grade",))
    hidden = record.run(record.Asked(case=asked.case | {"id": "7"}, anonymous=True))
    patient = hidden.bundle["entry"][0]["resource"]
    assert "name" not in patient
    assert "identifier" not in patient


def test_a_day_that_is_none_is_refused():
    with pytest.raises(InputError, match="2026-11-28"):
        analysis("from_fhir").Asked(bundle={}, date="28.11.26")


@pytest.fixture
def hilum(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HILUM_LANGUAGE", raising=False)

    def run(*arguments):
        return CliRunner().invoke(app, [str(one) for one in arguments])

    return run


@pytest.mark.parametrize("path", FILES, ids=lambda one: one.stem)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_case_file_reads_without_a_remark(hilum, path, language):
    done = hilum("case", "from-fhir", path, "--date", "2026-11-28", "--out", "my.toml",
                 "--language", language)  # fmt: skip
    assert done.exit_code == 0, done.output
    found = read_case(Path("my.toml"))
    assert found.not_used == ()
    assert found.date.isoformat() == "2026-11-28"
    again = hilum("case", "from-fhir", path, "--out", "my.toml")
    assert again.exit_code == 1


def test_there_and_back_by_the_commands(hilum):
    assert hilum("case", "to-fhir", EXAMPLE, "--out", "b.json").exit_code == 0
    done = hilum("case", "from-fhir", "b.json", "--out", "back.toml")
    assert done.exit_code == 0
    assert read_case(Path("back.toml")).given == read_case(EXAMPLE).given


def test_a_bound_is_shown_as_one(hilum):
    done = hilum("case", "from-fhir", FOLDER / "values_and_units.json", "--date", "2026-11-28")
    assert "< 1.99 mg/dL" in done.output
    assert "410 ng/mL" in done.output
