"""The pairs of patients written from the words of every rule, and who notices a missing rule.

``rows.csv`` gives for each rule patients for whom it speaks (*fires*), patients for whom it does
not (*silent*) and patients of a region where it is not in force (*elsewhere*). A patient is one of
``rows_patients.json`` with a few facts changed: ``key=value; key=value``, an empty value takes
the fact out, ``[a|b]`` is a list. ``verdict`` is the code of the named treatment.

Whoever judges is passed in, so that the table can be put to any engine: a `Judge` takes a patient
and the id of a rule to leave out (or none) and gives for every treatment the code of its verdict
and the ids of the rules that fired.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

HERE = Path(__file__).parent
SIDES = ("fires", "silent", "elsewhere")
CODES = (
    "supported",
    "possible",
    "conditional",
    "undecided",
    "advised_against",
    "no_indication",
    "excluded",
)

Value: TypeAlias = bool | int | float | str | list[str]
Patient: TypeAlias = dict[str, Value]
Answer: TypeAlias = tuple[str, frozenset[str]]
Judge: TypeAlias = Callable[[Patient, str | None], Mapping[str, Answer]]


@dataclass(frozen=True, slots=True)
class Row:
    """One patient of one rule."""

    number: int
    rule_id: str
    side: str
    treatment: str
    patient: Patient
    verdict: str
    fires: bool | None

    def missed_by(self, answer: Answer) -> str:
        """What the answer gets wrong: ``verdict``, ``fires`` or nothing."""
        verdict, fired = answer
        if self.verdict and verdict != self.verdict:
            return "verdict"
        if self.fires is not None and (self.rule_id in fired) != self.fires:
            return "fires"
        return ""


def value_of(text: str) -> Value:
    """A fact as a case file would hold it."""
    if text.startswith("["):
        return [item for item in text[1:-1].split("|") if item]
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def changed(patient: Patient, facts: str) -> Patient:
    """The patient with the facts of a row put in, and those with an empty value taken out."""
    found = dict(patient)
    for fact in filter(None, facts.split("; ")):
        key, _, value = fact.partition("=")
        if value:
            found[key] = value_of(value)
        else:
            found.pop(key, None)
    return found


def read_rows(folder: Path = HERE) -> list[Row]:
    """The table."""
    patients = json.loads((folder / "rows_patients.json").read_text("utf-8"))
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
        return [
            Row(
                number,
                line["rule_id"],
                line["side"],
                line["treatment"],
                changed(patients[line["patient"]]["patient"], line["facts"]),
                line["verdict"],
                {"yes": True, "no": False, "": None}[line["fires"]],
            )
            for number, line in enumerate(csv.DictReader(file), 2)
        ]


def misses(rows: Iterable[Row], judge: Judge, without: str | None = None) -> list[str]:
    """Every row that the judge answers otherwise, as ``line rule side treatment: got``."""
    found: list[str] = []
    for row in rows:
        answer = judge(row.patient, without)[row.treatment]
        if row.missed_by(answer):
            where = f"line {row.number} {row.rule_id} {row.side} {row.treatment}"
            found.append(f"{where}: {answer[0]}, wanted {row.verdict or 'any'}, fires {row.fires}")
    return found


def noticed_by(rule_id: str, rows: Iterable[Row], judge: Judge) -> str:
    """How the rule's own rows notice that it is left out: ``verdict``, ``fires`` or not at all."""
    how = ""
    for row in rows:
        if row.rule_id == rule_id:
            found = row.missed_by(judge(row.patient, rule_id)[row.treatment])
            if found == "verdict":
                return found
            how = how or found
    return how


def mutate(rows: list[Row], rule_ids: Iterable[str], judge: Judge) -> dict[str, str]:
    """`noticed_by` for each rule, left out one at a time."""
    return {rule_id: noticed_by(rule_id, rows, judge) for rule_id in rule_ids}
