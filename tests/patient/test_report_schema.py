"""The published schema of ``hilum verdict --json`` against what is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from hilum.patient.case import read_case
from hilum.patient.report import report
from hilum.patient.report_models import Report, report_schema
from hilum.patient.verdict import verdicts

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests" / "patient" / "cases.json").read_text("utf-8"))["cases"]
PUBLISHED = json.loads((ROOT / "docs" / "verdict.schema.json").read_text("utf-8"))
# Letters with what cannot be read, a unit to be asked for and two facts that cannot both be true.
DOUBTFUL = {"sex": "male", "pregnancy": "maybe", "bilirubin": "18", "grade": "G1", "ki67": "60"}


def printed(patient: dict[str, Any]) -> Any:
    case = read_case({"patient": patient})
    return json.loads(json.dumps(report(case, verdicts(case))))


def test_the_published_schema_is_that_of_the_code() -> None:
    assert report_schema() == PUBLISHED, "run `make schema`"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_given_patients_report_is_as_published(case: dict[str, Any]) -> None:
    whole = printed(case["patient"])
    jsonschema_rs.validate(PUBLISHED, whole)
    # Nothing is printed beside the models, and nothing is changed by them.
    assert json.loads(Report.model_validate(whole).model_dump_json()) == whole


def test_a_doubtful_case_is_as_published() -> None:
    whole = printed(DOUBTFUL)
    jsonschema_rs.validate(PUBLISHED, whole)
    assert "pregnancy" in whole["unread"]
    assert whole["not_used"]
    assert whole["contradictions"]


@pytest.mark.parametrize("key", ["status", "fired", "decided_by"])
def test_a_report_that_lacks_a_part_is_refused(key: str) -> None:
    whole = printed(CASES[0]["patient"])
    del whole["options"][0][key]
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(PUBLISHED, whole)
