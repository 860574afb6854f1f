"""The eligibility rules as data, and whether one condition holds for a patient."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.patient.attributes import attributes

if TYPE_CHECKING:
    from hilum.patient.attributes import Value
    from hilum.patient.case import Case

KINDS = ("required", "contraindicated", "relative_contraindication", "preferred_if", "needs_before")
OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "in")
CONDITION = re.compile(r"^\s*(\w+)\s*(==|!=|>=|<=|>|<| in )\s*(.+?)\s*$")
# Words of rules that stand for several words of a case.
WIDER = {
    ("grade", "low"): ("G1", "G2"),
    ("primary_site", "gi"): ("small_bowel", "appendix", "colon", "rectum", "stomach", "duodenum"),
    ("portal_vein_main_thrombosis", "true"): ("true", "extensive_tumour_thrombus"),
    # Frilling's types II and III are both multifocal and on both sides.
    ("distribution", "multifocal_bilobar"): ("type_II", "type_III"),
    ("child_pugh", "C"): tuple(f"C{points}" for points in range(10, 16)),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """``attribute operator threshold``; a threshold may hold words parted by ``|``."""

    attribute: str
    operator: str
    threshold: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One published rule (a row of ``rules.csv``)."""

    rule_id: str
    treatment: str
    kind: str
    patient_attribute: str
    operator: str
    threshold: str
    unit: str
    applies_when: tuple[Condition, ...]
    statement: str
    basis: str
    strength: str
    source: str
    seen: str
    conflict_group: str
    notes: str

    @property
    def condition(self) -> Condition:
        """The rule's own condition on the patient."""
        return Condition(self.patient_attribute, self.operator, self.threshold, self.unit)


@cache
def read_rules(path: str | Path | None = None) -> tuple[Rule, ...]:
    """Read the rules (the shipped ones when ``path`` is omitted).

    Raises
    ------
    InputError
        With every row whose kind, operator, attribute or condition is not understood.
    """
    source = files("hilum.patient").joinpath("pathway/rules.csv") if path is None else Path(path)
    reader = csv.DictReader(source.read_text("utf-8").splitlines())
    found: list[Rule] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for row in reader:
        line = reader.line_num

        def fault(column: str, expected: str, row: dict[str, str] = row, line: int = line) -> None:
            faults.append(Fault("rules.csv", line, column, row[column], expected))

        if row["kind"] not in KINDS:
            fault("kind", f"one of {', '.join(KINDS)}")
        if row["operator"] not in OPERATORS:
            fault("operator", f"one of {', '.join(OPERATORS)}")
        if row["patient_attribute"] not in (*attributes(), "all_patients"):
            fault("patient_attribute", "an attribute of attributes.csv")
        if row["rule_id"] in seen:
            fault("rule_id", "an id not used before")
        seen.add(row["rule_id"])
        when: list[Condition] = []
        for part in filter(None, row["applies_when"].split(" AND ")):
            match = CONDITION.match(part)
            if match is None or match[1] not in attributes():
                fault("applies_when", "conditions such as grade in G1|G2, joined by AND")
            else:
                when.append(Condition(match[1], match[2].strip(), match[3]))
        found.append(Rule(**(row | {"applies_when": tuple(when)})))  # pyright: ignore[reportArgumentType]
    if faults:
        raise InputError(*faults)
    return tuple(found)


def value_for(case: Case, condition: Condition) -> Value | None:
    """The patient's value a condition looks at; a remnant by the rule's own denominator."""
    if condition.attribute == "all_patients":
        return True
    if condition.attribute == "flr_percent" and case.flr:
        for denominator, percent in case.flr:
            if denominator in condition.unit:
                return percent
        if condition.unit == "percent sFLR":
            return dict(case.flr).get("formula SLV")
        if condition.unit:
            return None
    return case.get(condition.attribute)


def holds(case: Case, condition: Condition) -> bool | None:
    """Whether a condition holds; ``None`` when the attribute is not known."""
    value = value_for(case, condition)
    if value is None:
        return None
    words = condition.threshold.split("|")
    if condition.operator in ("==", "in"):
        return any(_same(condition.attribute, value, word) for word in words)
    if condition.operator == "!=":
        return not any(_same(condition.attribute, value, word) for word in words)
    left, right = _rank(value), _rank(words[0])
    if left is None or right is None:
        return False if value == "none" else None
    return {
        ">": left > right,
        ">=": left >= right,
        "<": left < right,
        "<=": left <= right,
    }[condition.operator]


def _same(attribute: str, value: Value, word: str) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == word
    if isinstance(value, int | float):
        return value == float(word)
    if isinstance(value, tuple):
        return word in value
    if attribute == "functioning" and word == "true":
        return value != "false"
    return value == word or value in WIDER.get((attribute, word), ())


def _rank(value: Value) -> float | None:
    """A number to compare by; a Child-Pugh class by its points."""
    if isinstance(value, int | float):
        return float(value)
    match = re.match(r"^[A-C]?(\d+(?:\.\d+)?)$", value) if isinstance(value, str) else None
    return float(match[1]) if match else None
