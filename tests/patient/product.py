"""hilum as the judge of the table of patients: every verdict, and what leaving a rule out does."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

from hilum.patient.case import read_case
from hilum.patient.tables import Tables, read_tables
from hilum.patient.verdict import Verdicts, verdicts
from tests.patient.row_table import Answer, Patient

STRONG = ("label", "guideline", "consensus")


@cache
def without_rule(rule_id: str | None) -> Tables:
    """The shipped tables, one rule left out."""
    tables = read_tables()
    if rule_id is None:
        return tables
    return replace(
        tables,
        rules=tuple(rule for rule in tables.rules if rule.rule_id != rule_id),
        rules_of={
            name: tuple(rule for rule in rules if rule.rule_id != rule_id)
            for name, rules in tables.rules_of.items()
        },
    )


def judged(patient: Patient, tables: Tables | None = None) -> Verdicts:
    """The verdicts of a patient written as a case file holds him; everything has to be read."""
    case = read_case({"patient": dict(patient)}, tables=tables)
    if case.not_used:
        raise ValueError("; ".join(f"{one.key} = {one.text}" for one in case.not_used))
    return verdicts(case, tables)


@cache
def _answers(patient: str, without: str | None) -> dict[str, Answer]:
    found = judged(json.loads(patient), without_rule(without))
    return {
        one.treatment: (
            one.status.value,
            frozenset(
                hit.rule.rule_id
                for hit in one.fired
                # A rule that is in force elsewhere is shown as a note and has not fired.
                if hit.effect != "note" or hit.rule.kind == "note"
            ),
        )
        for one in found.options
    }


def judge(patient: Patient, without: str | None) -> dict[str, Answer]:
    """The code of every verdict and the rules that fired."""
    return _answers(json.dumps(patient, sort_keys=True), without)


def strong_rules() -> tuple[str, ...]:
    """Rules that decide: a strong requires, forbids or indicates row, and every decisive row."""
    return tuple(
        rule.rule_id
        for rule in read_tables().rules
        if rule.decisive
        or (rule.kind in ("requires", "forbids", "indicates") and rule.authority in STRONG)
    )
