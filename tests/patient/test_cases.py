"""Every given patient, danger, letter and row of the table against hilum; leaving a rule out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hilum.patient.tables import read_tables
from hilum.patient.verdict import Verdicts
from tests.patient.product import judge, judged, strong_rules
from tests.patient.row_table import misses, mutate, read_rows

HERE = Path(__file__).parent
# How many strong rules, left out one at a time, their own patients have to notice.
NOTICED = 0.95


def given(name: str) -> list[dict[str, Any]]:
    return json.loads((HERE / name).read_text("utf-8"))["cases"]


def wrong(case: dict[str, Any], found: Verdicts) -> list[str]:
    """What of a given patient is answered otherwise than a board would accept."""
    out: list[str] = []
    for treatment, wanted in case["expect"].items():
        status = found.option(treatment).status.value
        if status not in wanted["accept"]:
            out.append(f"{treatment}: {status}, accepted {wanted['accept']}: {wanted['why']}")
    liver = found.resectability.verdict.value
    if liver not in case.get("resectability", [liver]):
        out.append(f"resectability: {liver}, accepted {case['resectability']}")
    for treatment, facts in case.get("to_check", {}).items():
        shown = found.option(treatment).to_check
        out += [f"{treatment}: {fact} not to check" for fact in facts if fact not in shown]
    asked = {fact for one in found.options for fact in (*one.to_check, *one.decided_by)}
    asked |= {one.fact for one in found.would_change}
    out += [f"asked: {fact}" for fact in case.get("never_asked", []) if fact in asked]
    return out


@pytest.mark.parametrize(
    ("file", "count"), [("cases.json", 20), ("dangers.json", 187), ("letters.json", 20)]
)
def test_given_patients_are_answered_as_a_board_would(file: str, count: int) -> None:
    cases = given(file)
    assert len(cases) == count
    missed = {case["id"]: wrong(case, judged(case["patient"])) for case in cases}
    assert {name: found for name, found in missed.items() if found} == {}


def test_a_wrong_answer_is_seen() -> None:
    """The comparison itself: a verdict, a fact to check and a question that are not there."""
    case = given("cases.json")[0]
    found = judged(case["patient"])
    other = {
        "expect": {"resection": {"accept": ["excluded"], "why": ""}},
        "resectability": ["not_resectable"],
        "to_check": {"resection": ["ecog"]},
        "never_asked": [next(fact for one in found.options for fact in one.to_check)],
    }
    assert len(wrong(other, found)) == 4


def test_every_row_of_the_table_is_answered_as_its_words_say() -> None:
    rows = read_rows()
    assert len(rows) >= 1143
    assert misses(rows, judge) == []


def test_leaving_out_a_strong_rule_is_noticed() -> None:
    rules = strong_rules()
    assert len(rules) >= 199
    how = mutate(read_rows(), rules, judge)
    unnoticed = sorted(rule for rule, found in how.items() if not found)
    assert len(unnoticed) <= (1 - NOTICED) * len(rules), unnoticed
    by_verdict = [rule for rule, found in how.items() if found == "verdict"]
    assert len(by_verdict) >= 0.8 * len(rules)


def test_a_rule_left_out_is_gone_from_every_treatment() -> None:
    row = next(one for one in read_rows() if one.rule_id == "PRRT-15" and one.fires)
    assert "PRRT-15" in judge(row.patient, None)[row.treatment][1]
    assert not [
        name for name, (_, fired) in judge(row.patient, "PRRT-15").items() if "PRRT-15" in fired
    ]
    assert {one.rule_id for one in read_tables().rules} >= set(strong_rules())
