"""hilum's verdicts beside those of the reference, on the same tables and the same patients."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hilum.patient.tables import read_tables
from hilum.patient.values import Range
from hilum.patient.verdict import verdicts
from tests.patient.specification import specification

CASES = Path(__file__).parent / "cases.json"


def modules() -> tuple[Any, Any, Any]:
    """``evaluate``, ``tables`` and ``language`` of the reference."""
    found = specification()
    return found.evaluate, found.tables, found.language


def reference_tables() -> Any:
    """The shipped tables as the reference reads them."""
    return specification().shipped


@cache
def given_cases() -> dict[str, dict[str, Any]]:
    """Facts of the given cases, by id, as the reference reads them."""
    cases = json.loads(CASES.read_text("utf-8"))["cases"]
    return {one["id"]: read(one["patient"]) for one in cases}


def read(patient: dict[str, Any]) -> dict[str, Any]:
    """Facts of a patient as the reference reads them."""
    return modules()[1].read_case(patient, reference_tables())[0]


def ours(given: dict[str, Any]) -> dict[str, Any]:
    """The same facts as hilum's values."""
    return {
        name: Range(*value) if type(value).__name__ == "Range" else value
        for name, value in given.items()
    }


def random_patient(rng: random.Random) -> dict[str, Any]:
    """A given case with facts taken out and others set to a value that some rule tells apart."""
    evaluate, tables = modules()[0], reference_tables()
    given = dict(rng.choice(list(given_cases().values())))
    for name in rng.sample(sorted(given), min(len(given), rng.randint(0, 30))):
        del given[name]
    for name in rng.sample(sorted(tables.attributes), rng.randint(0, 5)):
        given[name] = rng.choice(evaluate.candidates(name, {}, tables))
    return given


def differences(given: dict[str, Any]) -> list[str]:
    """What is not the same; empty where hilum and the reference agree.

    The reference does not know what follows from two readings of facts that contradict each other,
    so hilum is asked without them.
    """
    evaluate, tables = modules()[0], reference_tables()
    wanted, facts, _ = evaluate.options(given, tables)
    with patch("hilum.patient.verdict.contradictions", lambda *_: ()):
        found = verdicts(ours(given), read_tables())
    out: list[str] = []

    def same(what: str, one: object, other: object) -> None:
        if one != other:
            out.append(f"{what}: reference {one!r}, hilum {other!r}")

    same("order", evaluate.in_order(wanted, tables), [one.treatment for one in found.options])
    same(
        "resectability",
        facts.get("resectability") or "undecided",
        found.resectability.verdict.value,
    )
    for one in found.options:
        name, ref = one.treatment, wanted[one.treatment]
        same(f"{name} status", evaluate.CODES[ref.verdict], one.status.value)
        same(f"{name} decided by", ref.deciding, list(one.decided_by))
        same(f"{name} best", evaluate.CODES.get(ref.best), one.best and one.best.value)
        same(f"{name} reasons", _ids(ref.reasons), [rule.rule_id for rule in one.reasons])
        same(f"{name} before", _ids(ref.before), [rule.rule_id for rule in one.before])
        same(f"{name} to check", ref.check, list(one.to_check))
        same(f"{name} line", next((r["line"] for r in ref.indications), ""), one.line)
        same(
            f"{name} ground",
            next((r["ground"] for r in ref.reasons if r["ground"]), ""),
            one.ground,
        )
    return out


def _ids(rules: list[dict[str, Any]]) -> list[str]:
    return [rule["rule_id"] for rule in rules]
