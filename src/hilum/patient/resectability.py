"""The first question of the board: can the metastases be resected, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hilum.patient.case import Case, Fact
from hilum.patient.rules import Rule, holds, value_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.attributes import Value

# The rules of resection that describe whether it can be done; the others say when it should.
GATES = [
    "RES-01",
    "RES-02",
    "RES-03",
    "RES-04",
    "RES-05",
    "RES-06",
    "RES-07",
    "RES-08",
    "RES-09",
    "RES-10",
    "RES-11",
    "RES-12",
    "RES-14",
    "RES-18",
    "RES-19",
]
# Obstacles that alone make the answer no: nothing else offsets them in the published rules.
ABSOLUTE = ("flr", "differentiation", "clearance", "fitness")
CODES = {
    "grade": "grade",
    "differentiation": "differentiation",
    "extrahepatic_disease": "extrahepatic_disease",
    "resectable_fraction_percent": "clearance",
    "fit_for_major_liver_surgery": "fitness",
    "flr_percent": "flr",
    "distribution": "distribution",
}
ASKED = (
    "distribution",
    "lesion_count",
    "flr_percent",
    "liver_condition",
    "grade",
    "differentiation",
    "extrahepatic_disease",
    "resectable_fraction_percent",
    "fit_for_major_liver_surgery",
)


class Resectable(StrEnum):
    """The answer."""

    RESECTABLE = "resectable"
    BORDERLINE = "borderline"
    NOT_RESECTABLE = "not_resectable"
    CANNOT_BE_JUDGED = "cannot_be_judged"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way, with the rule that says so; ``code`` names its kind."""

    code: str
    attribute: str
    patient_value: Value | None
    threshold: str
    unit: str
    rule_id: str
    statement: str
    source: str


@dataclass(frozen=True, slots=True)
class Resectability:
    """The answer, what stands in the way and what is not known."""

    verdict: Resectable
    in_the_way: tuple[Obstacle, ...]
    missing: tuple[str, ...]


def assess(case: Case, rules: Iterable[Rule]) -> Resectability:
    """Assess resectability from the rules of resection and the surgeons' own judgement.

    A remnant below every published cut-off for the liver's condition, poor differentiation,
    unfitness or a clearance that falls short of 90 % mean *not resectable*; another obstacle, or
    a remnant between cut-offs, means *borderline*; no obstacle and nothing unknown means
    *resectable*. ``resectable`` given in the case is the board's own finding and is kept.
    """
    obstacles: list[Obstacle] = []
    remnant: list[bool] = []
    for rule in rules:
        if rule.rule_id not in GATES or any(
            holds(case, one) is not True for one in rule.applies_when
        ):
            continue
        truth = holds(case, rule.condition)
        if truth is None:
            continue
        passed = truth if rule.kind == "required" else not truth
        if rule.patient_attribute == "flr_percent":
            remnant.append(passed)
        if not passed:
            obstacles.append(_obstacle(case, rule))
    missing = tuple(name for name in ASKED if case.get(name) is None)
    given = case.get("resectable")
    if given is True:
        verdict = Resectable.BORDERLINE if obstacles else Resectable.RESECTABLE
    elif given is False:
        verdict = Resectable.NOT_RESECTABLE
        obstacles.insert(0, Obstacle("judgement", "resectable", False, "true", "", "", "", ""))
    else:
        verdict = _verdict(obstacles, remnant, missing)
    return Resectability(verdict, tuple(obstacles), missing)


def with_resectable(case: Case, found: Resectability) -> Case:
    """The case with ``resectable`` set where the assessment is clear and nobody gave it."""
    if found.verdict not in (Resectable.RESECTABLE, Resectable.NOT_RESECTABLE):
        return case
    origin = tuple(dict.fromkeys(item.attribute for item in found.in_the_way)) or ASKED
    value = found.verdict is Resectable.RESECTABLE
    return case.with_fact(Fact("resectable", value, "", origin))


def _verdict(
    obstacles: list[Obstacle], remnant: list[bool], missing: tuple[str, ...]
) -> Resectable:
    hard = {item.code for item in obstacles if item.code in ABSOLUTE}
    if "flr" in hard and any(remnant):
        hard.discard("flr")  # enough by one source, too little by another
    if hard:
        return Resectable.NOT_RESECTABLE
    if missing:
        return Resectable.CANNOT_BE_JUDGED
    return Resectable.BORDERLINE if obstacles else Resectable.RESECTABLE


def _obstacle(case: Case, rule: Rule) -> Obstacle:
    sign = {"in": "", "==": ""}.get(rule.operator, rule.operator)
    return Obstacle(
        CODES[rule.patient_attribute],
        rule.patient_attribute,
        value_for(case, rule.condition),
        f"{sign} {rule.threshold}".strip(),
        rule.unit,
        rule.rule_id,
        rule.statement,
        rule.source,
    )
