"""What changed since an older sheet, as data: verdicts first, each with its cause."""

from __future__ import annotations

from typing import Literal

from hilum.patient.report_models import Part, Value
from hilum.sheet.sheet_cells import Unit
from hilum.sheet.sheet_verdict import RuleLine

# Why something is not as before; ``unknown`` where the older sheet does not say enough.
Cause = Literal["facts", "rules", "both", "evidence", "question", "unknown"]
# What of an older sheet cannot be compared.
Gap = Literal["stamp", "facts", "rules", "figures", "verdicts", "resectability", "question"]


class Stamp(Part):
    """When a sheet was made and from what; ``None`` where an older one does not say."""

    date: str | None
    hilum_version: str | None
    evidence_hash: str | None
    rules_hash: str | None
    case_hash: str | None


class VerdictMove(Part):
    """A treatment whose verdict is not the same.

    ``facts`` and ``rules`` are what moved it: each fact whose older value alone gives the older
    verdict back, else all that changed and bear on it; ``reason`` is the strongest now.
    """

    treatment: str
    before: str | None
    before_best: str | None
    after: str | None
    after_best: str | None
    cause: Cause
    facts: list[str]
    rules: list[str]
    reason: RuleLine | None


class ResectabilityMove(Part):
    """The answer to the board's first question, where it is not the same."""

    before: str
    after: str
    cause: Cause
    facts: list[str]


class FactMove(Part):
    """A fact that the two cases state otherwise; ``None`` where one does not state it."""

    fact: str
    before: Value
    after: Value
    unit: str | None


class RuleMove(Part):
    """A published statement that speaks of the patient otherwise than before.

    ``added``, ``removed`` and ``changed`` are of the table; ``fires`` and ``silent`` of the
    patient: its facts bring the row in or take it out. ``columns`` are those that changed.
    """

    rule_id: str
    kind: Literal["added", "removed", "changed", "fires", "silent"]
    columns: list[str]
    statement: str
    statement_zh: str
    treatments: list[str]


class Shown(Part):
    """One figure as a sheet shows it."""

    form: str | None
    value: float | None
    ci: list[float | None] | None
    k: int | None
    n: int | None


class FigureMove(Part):
    """A figure that is not the same, and whether the record or the question moved it."""

    treatment: str
    outcome: str
    unit: Unit
    before: Shown | None
    after: Shown | None
    cause: Cause


class StudyMove(Part):
    """A study that stands behind only one of the sheets."""

    study_id: str
    name: str
    kind: Literal["added", "removed"]


class ChangesPart(Part):
    """What changed between an older sheet and this one.

    ``asked`` are the parts of the question that the patient now asks otherwise; ``not_compared``
    says what the older sheet does not hold, ``unknown_facts`` which of its facts hilum no longer
    knows; ``same_patient`` is false where name or number differ.
    """

    older: Stamp
    newer: Stamp
    same_patient: bool
    verdicts: list[VerdictMove]
    resectability: ResectabilityMove | None
    facts: list[FactMove]
    rules: list[RuleMove]
    asked: list[str]
    figures: list[FigureMove]
    studies: list[StudyMove]
    not_compared: list[Gap]
    unknown_facts: list[str]


__all__ = [
    "Cause",
    "ChangesPart",
    "FactMove",
    "FigureMove",
    "Gap",
    "ResectabilityMove",
    "RuleMove",
    "Shown",
    "Stamp",
    "StudyMove",
    "VerdictMove",
]
