"""The tumour-board sheet as data: complete before any renderer sees it.

Every model is frozen; the JSON Schema that is published with hilum is generated from them.
Numbers are on the scale ``unit`` names: proportions from 0 to 1, months, or ratios.
"""

from __future__ import annotations

from typing import Any, Literal

from hilum.board.liver_sheet import LiverPart
from hilum.board.rating import AppraisalSummary, CertaintyPart
from hilum.board.sheet_cells import Answer, AskedPart, Interval, JointFigure, StudyFigure, Unit
from hilum.board.sheet_verdict import (
    Before,
    CheckFirst,
    Contradiction,
    Derived,
    FactPart,
    NotUsed,
    OptionVerdict,
    Part,
    ResectabilityPart,
    SwitchedOff,
    Topic,
    WouldChange,
)


class SurvivalPoint(Part):
    """Survival at one time; ``k`` studies with ``n`` patients report at or beyond it.

    ``prediction`` is the interval for a new study. ``supported``: some study reports so late and,
    where the curve's shape is assumed, near that time; no page prints the other points.
    """

    time_months: float
    survival: float
    ci: Interval
    prediction: Interval | None
    k: int
    n: int
    supported: bool


class SurvivalTime(Part):
    """A median in months; ``supported`` as for a point of the curve."""

    value: float
    ci: Interval
    prediction: Interval | None
    supported: bool


class SurvivalFamily(Part):
    """A family that was tried; the lowest AIC is used."""

    family: str
    shape_varies: bool
    aic: float | None


class SurvivalAnswer(Part):
    """Overall survival of one treatment from every rate and median of one population together.

    ``reports`` counts the figures that went in by kind; ``curve`` ends at ``supported_months``,
    the last time that a study reports. ``n`` is of the arms whose number is known, all of them
    where ``n_complete``. ``shape_assumed``: no arm reports two times, so the curve is exponential
    by assumption.
    """

    population: str
    kind: Literal["pooled", "single", "not_estimable", "no_study"]
    k: int
    n: int | None
    n_complete: bool
    reports: dict[str, int]
    family: str | None
    shape_assumed: bool
    shape_varies: bool
    tau2: float | None
    method: str | None
    supported_months: float | None
    curve: list[SurvivalPoint]
    rates: list[SurvivalPoint]
    median: SurvivalTime | None
    families: list[SurvivalFamily]
    studies: list[StudyFigure]
    left_out: list[StudyFigure]
    other_populations: list[SurvivalAnswer]


class Option(OptionVerdict):
    """One treatment: its verdict for this patient and its outcomes in the evidence.

    ``survival`` is the curve of all reports together; none for an excluded treatment.
    """

    outcomes: dict[str, Answer]
    survival: SurvivalAnswer | None
    combinations: list[StudyFigure]


class Comparison(Part):
    """One treatment against another, and what kind of comparison that is."""

    treatment: str
    comparator: str
    outcome: str
    kind: Literal["randomised", "nonrandomised"]
    population: str
    unit: Unit
    value: float | None
    ci: Interval | None
    prediction: Interval | None
    tau2: float | None
    k: int
    method: str | None
    studies: list[StudyFigure]
    certainty: CertaintyPart | None = None


class CasePart(Part):
    """Whose sheet it is, as the case says it."""

    name: str
    date: str | None


class SourceEntry(Part):
    """One publication behind the sheet."""

    study_id: str
    name: str
    title: str | None
    journal: str | None
    year: int | None
    source: str
    link: str | None
    verify: bool


class Sheet(Part):
    """The whole sheet; :func:`hilum.board` makes it, the renderers show it.

    Options stand in the order of the verdicts; ``would_change``, ``before`` and ``to_check`` begin
    with what bears on most of them.
    """

    hilum_version: str
    evidence: dict[str, int]
    case: CasePart
    patient: list[Topic]
    resectability: ResectabilityPart
    would_change: list[WouldChange]
    before: list[Before]
    to_check: list[CheckFirst]
    contradictions: list[Contradiction]
    not_used: list[NotUsed]
    to_confirm: list[NotUsed]
    nobody_open: bool
    facts: list[FactPart]
    derived: list[Derived]
    assumed: list[str]
    switched_off: list[SwitchedOff]
    rules_folder: str | None
    liver: LiverPart | None
    asked: AskedPart
    epidemiology: list[Answer]
    options: list[Option]
    comparisons: list[Comparison]
    uncompared: list[str]
    unknowns: list[str]
    sources: list[SourceEntry]
    appraisals: AppraisalSummary


__all__ = [
    "Answer",
    "AskedPart",
    "CaseAttribute",
    "CasePart",
    "Comparison",
    "Fired",
    "InTheWay",
    "Interval",
    "JointFigure",
    "Option",
    "ResectabilityPart",
    "Sheet",
    "SourceEntry",
    "Status",
    "StudyFigure",
    "SurvivalAnswer",
    "SurvivalFamily",
    "SurvivalPoint",
    "SurvivalTime",
    "Unit",
    "json_schema",
]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the sheet."""
    return Sheet.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
