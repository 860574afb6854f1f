"""The tumour-board sheet as data: complete before any renderer sees it.

Every model is frozen; the JSON Schema that is published with hilum is generated from them.
Numbers are on the scale ``unit`` names: proportions from 0 to 1, months, or ratios.
"""

from __future__ import annotations

from typing import Any, Literal

from hilum.board.liver_sheet import LiverPart
from hilum.board.rating import AppraisalSummary, CertaintyPart, FigureAppraisal
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

Unit = Literal["proportion", "months", "ratio"]
Interval = tuple[float, float]


class StudyFigure(Part):
    """One study's figure, with where it was read."""

    study_id: str
    name: str
    outcome: str
    measure: str
    time_months: float | None
    arm: str
    modality: str
    design: str
    population: str
    year: int | None
    subgroup: str | None
    criteria: str | None
    events: int | None
    n: int | None
    value: float | None
    ci: tuple[float | None, float | None] | None
    locator: str | None
    source: str
    link: str | None
    read_from: str
    derived: str | None
    verify: bool
    row: int
    left_out: str | None = None
    kept: str | None = None
    appraisal: FigureAppraisal | None = None


class JointFigure(Part):
    """What the joint model says for patients like this one.

    ``reason`` is None where it holds and its figure is this patient's; else ``no_study``,
    ``not_estimable``, ``not_converged``, ``extrapolation`` or ``prior``, and the pooled figure
    stands. ``detail`` names the covariates or the share behind the reason.
    """

    value: float | None
    ci: Interval | None
    prediction: Interval | None
    k: int
    reason: str | None
    detail: str | None


class Answer(Part):
    """What the evidence says to one question, with every figure in it and beside it.

    ``kind`` is ``pooled`` (k >= 2), ``single`` (the one study's own figure),
    ``not_estimable`` (the likelihood of these studies has no finite maximum) or ``no_study``.
    ``range`` spans the figures that were pooled; ``reported_range`` also those that are the
    studies' own whole-arm figures but lack what pooling needs (an interval or a denominator).
    ``joint`` is there only where the joint model was asked for.
    """

    outcome: str
    measure: str
    time_months: float | None
    unit: Unit
    kind: Literal["pooled", "single", "not_estimable", "no_study"]
    value: float | None
    ci: Interval | None
    prediction: Interval | None
    tau2: float | None
    i2: float | None
    k: int
    n: int | None
    range: Interval | None
    reported_range: Interval | None
    method: str | None
    population: str
    designs: list[str]
    criteria: list[str]
    studies: list[StudyFigure]
    left_out: list[StudyFigure]
    other_populations: list[Answer]
    certainty: CertaintyPart | None = None
    joint: JointFigure | None = None


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
    id: str | None
    date: str | None
    question: str | None


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
    nobody_open: bool
    facts: list[FactPart]
    derived: list[Derived]
    assumed: list[str]
    switched_off: list[SwitchedOff]
    rules_folder: str | None
    liver: LiverPart | None
    epidemiology: list[Answer]
    options: list[Option]
    comparisons: list[Comparison]
    uncompared: list[str]
    unknowns: list[str]
    sources: list[SourceEntry]
    appraisals: AppraisalSummary


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the sheet."""
    return Sheet.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
