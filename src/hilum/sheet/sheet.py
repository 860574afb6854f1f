"""The tumour-board sheet as data: complete before any renderer sees it.

Every model is frozen; the JSON Schema that is published with hilum is generated from them.
Numbers are on the scale ``unit`` names: proportions from 0 to 1, months, or ratios.
"""

from __future__ import annotations

from typing import Any, Literal

from hilum.sheet.changes_part import ChangesPart
from hilum.sheet.liver_sheet import LiverPart
from hilum.sheet.rating import AppraisalSummary, CertaintyPart
from hilum.sheet.sheet_cells import Answer, AskedPart, Interval, JointFigure, StudyFigure, Unit
from hilum.sheet.sheet_verdict import (
    Before,
    CheckFirst,
    Contradiction,
    Derived,
    FactPart,
    Family,
    NotUsed,
    OptionVerdict,
    Part,
    RankedSource,
    ResectabilityPart,
    SwitchedOff,
    Topic,
    WouldChange,
)


class SurvivalPoint(Part):
    """Survival at one time; ``k`` studies with ``n`` patients report at or beyond it.

    ``prediction`` is the interval for a new study. ``supported``: three studies report so late, and
    three near that time; no page prints the other points.
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


class SurvivalAnswer(Part):
    """Overall survival of one treatment from every chosen rate and median together.

    ``selection`` is ``main``, or the patients of a curve ``beside`` it (a code of the arms' choice
    of patients, ``retreatment``, ``later_line``, ``counted_from_diagnosis``). ``k`` counts studies
    of the same patients once; ``kind`` is ``pooled`` from three, ``range`` for two, which make no
    line. ``reports`` counts the figures that went in by kind; ``curve`` ends at
    ``supported_months``, to which three studies report (all, where there are fewer). ``n`` is of
    the arms whose number is known, all of them where ``n_complete``. ``shape_assumed``: no arm
    reports two times well apart, so how it bends is what other arms of the evidence teach.
    """

    selection: str
    width: str
    population: str
    kind: Literal["pooled", "single", "range", "not_estimable", "no_study"]
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
    studies: list[StudyFigure]
    left_out: list[StudyFigure]
    beside: list[SurvivalAnswer]


class Option(OptionVerdict):
    """One treatment: its verdict for this patient and its outcomes in the evidence.

    ``survival`` is the curve of all reports together; none for an excluded treatment.
    """

    outcomes: dict[str, Answer]
    survival: SurvivalAnswer | None
    combinations: list[StudyFigure]


class PrintedRatio(Part):
    """One study's comparison as it printed it, first named against second.

    ``better`` is the side its value favours (``treatment`` or ``comparator`` of the whole
    comparison), ``None`` at 1 or where the direction is not said; ``clear`` whether its interval
    excludes 1. ``background``: both arms also had a somatostatin analogue. ``left_out`` is the
    code of what keeps it from the pooled line.
    """

    result_id: str
    study_id: str
    name: str
    year: int | None
    treatment: str
    comparator: str
    background: bool
    arm: str
    comparator_arm: str
    value: float
    ci: tuple[float | None, float | None] | None
    p_value: str | None
    n: tuple[int | None, int | None]
    better: Literal["treatment", "comparator"] | None
    clear: bool | None
    left_out: str | None


class Comparison(Part):
    """One treatment against another, and what kind of comparison that is.

    ``form``: ``pooled``, ``single`` (one study's ratio as printed), ``range`` (one study that
    printed its strata apart) or ``none``. Two to four trials are pooled with the ``prior`` named;
    ``sampling_ci`` is the interval by the trials' own sampling error, by which imprecision is
    judged. ``trials`` holds every ratio as printed; ``studies`` those of the line.
    """

    treatment: str
    comparator: str
    outcome: str
    measure: str
    time_months: float | None
    kind: Literal["randomised", "nonrandomised", "review"]
    population: str
    unit: Unit
    form: Literal["pooled", "single", "range", "none"]
    value: float | None
    ci: Interval | None
    prediction: Interval | None
    tau2: float | None
    i2: float | None
    k: int
    n: int | None
    method: str | None
    prior: str | None
    sampling_ci: Interval | None
    better: Literal["treatment", "comparator"] | None
    clear: bool | None
    trials: list[PrintedRatio]
    studies: list[StudyFigure]
    certainty: CertaintyPart | None = None


class CasePart(Part):
    """Whose sheet it is, as the case says it: name, number, day, what the board is asked."""

    name: str
    id: str | None = None
    date: str | None
    question: str | None = None


class Made(Part):
    """When the sheet was made and from what: hashes that change with any cell, fact or row."""

    date: str
    evidence_hash: str
    rules_hash: str
    case_hash: str


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
    """The whole sheet; :func:`hilum.sheet` makes it, the renderers show it.

    Options stand in the order of the verdicts; ``would_change``, ``before`` and ``to_check`` begin
    with what bears on most of them. ``unread`` are facts of which something was written that could
    not be read: neither known nor taken as absent. ``own_rows`` are a hospital's own treatments and
    facts, which bring their names. ``columns`` are the outcomes of the table; ``rule_sources``
    begins with the strongest. ``changes`` is there where an older sheet was given.
    """

    hilum_version: str
    made: Made
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
    unread: list[str]
    switched_off: list[SwitchedOff]
    rules_folder: str | None
    own_rows: dict[str, list[dict[str, str]]]
    liver: LiverPart | None
    asked: AskedPart
    epidemiology: list[Answer]
    columns: list[str]
    options: list[Option]
    families: list[Family]
    comparisons: list[Comparison]
    uncompared: list[str]
    unknowns: list[str]
    rule_sources: list[RankedSource]
    sources: list[SourceEntry]
    appraisals: AppraisalSummary
    changes: ChangesPart | None = None


__all__ = [
    "Answer",
    "AskedPart",
    "CasePart",
    "Comparison",
    "Interval",
    "JointFigure",
    "Made",
    "Option",
    "PrintedRatio",
    "Sheet",
    "SourceEntry",
    "StudyFigure",
    "SurvivalAnswer",
    "SurvivalPoint",
    "SurvivalTime",
    "Unit",
    "json_schema",
]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the sheet."""
    return Sheet.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
