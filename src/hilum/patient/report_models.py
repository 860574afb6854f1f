"""The JSON that ``hilum verdict --json`` prints, as models: the published contract.

:func:`hilum.patient.report.report` makes it as plain data, so that the command needs none of this;
a test holds the two against each other. The sheet takes what it holds unchanged from here.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal[
    "supported",
    "possible",
    "conditional",
    "undecided",
    "advised_against",
    "no_indication",
    "excluded",
]
Open = Literal["supported", "possible", "conditional"]
Effect = Literal[
    "excludes", "advises_against", "condition", "softened", "indicates", "before", "note"
]
Ground = Literal["harm", "futility", "feasibility", "licence"]
Seen = Literal["full_text", "abstract", "secondary"]
Resection = Literal["resectable", "after_growth", "borderline", "not_resectable", "undecided"]
# A number, a truth, a word, a range of numbers ``[low, high]`` or a list of words.
Value = bool | int | float | str | list[float] | list[str] | None


class Part(BaseModel):
    """A piece of the sheet: frozen, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class ReportedRule(Part):
    """A published statement in both languages: who says what, and where it can be read.

    ``ground`` is why it speaks against the treatment; ``seen`` how the source was read;
    ``decisive``: it closes the treatment whatever indicates it; ``origin`` names the folder of a
    hospital's own row.
    """

    rule_id: str
    ground: Ground | None
    statement: str
    statement_zh: str
    source: str
    url_or_id: str
    authority: str
    strength: str | None
    seen: Seen
    decisive: bool
    region: str | None
    origin: str | None


class RestsOn(Part):
    """Facts that were not given and on which a derived value rests.

    ``assumed`` are those of ``facts`` that were taken as normal or absent, ``unread``
    lists of which a part was written that could not be read. ``bound``: once they
    are given, the value can only be higher (``at_least``) or lower (``at_most``).
    """

    facts: list[str]
    assumed: list[str]
    unread: list[str]
    bound: Literal["at_least", "at_most"] | None


class ReportedHit(ReportedRule):
    """A rule that speaks of this patient, what it does to the verdict, and the values it read."""

    kind: str
    effect: Effect
    patient_value: dict[str, Value]
    rests_on: dict[str, RestsOn] = Field(default_factory=dict[str, RestsOn])


class OpensIf(Part):
    """What a deciding fact would have to be for an undecided option to be open.

    Every bound is ``None`` and ``one_of`` empty where the fact decides only together with others.
    ``through`` names the derived fact that ``one_of`` is about, where the fact decides by way of
    it.
    """

    fact: str
    through: str | None
    at_least: float | None
    above: float | None
    at_most: float | None
    below: float | None
    one_of: list[Value]


class ReportedOption(Part):
    """Where one treatment stands for this patient.

    ``best`` is what an undecided option would be if every open fact turned out well; ``reasons``
    groups rules that answer the same question, the strongest first; ``contradicted`` are facts
    whose other reading closes the option.
    """

    treatment: str
    status: Status
    best: Open | None
    line: str | None
    ground: Ground | None
    reason: ReportedRule | None
    reasons: list[list[ReportedRule]]
    indications: list[str]
    fired: list[ReportedHit]
    before: list[str]
    to_check: list[str]
    decided_by: list[str]
    opens_if: list[OpensIf]
    contradicted: list[str]


class ReportedObstacle(Part):
    """Something between the patient and resection: facts, what they make of the answer, rules."""

    facts: dict[str, Value]
    makes: str
    rules: list[ReportedRule]
    rests_on: dict[str, RestsOn] = Field(default_factory=dict[str, RestsOn])


class ReportedResectability(Part):
    """Whether the liver can be resected; ``derived`` is what the facts alone say.

    ``stated``: the board gave the answer itself.
    """

    verdict: Resection
    stated: bool
    derived: str | None
    in_the_way: list[ReportedObstacle]
    decided_by: list[str]


class WouldChange(Part):
    """A missing fact and the treatments that it decides."""

    fact: str
    decides: int
    treatments: list[str]


class ReportedStep(ReportedRule):
    """A step before any of ``treatments``."""

    treatments: list[str]


class ReportedContradiction(Part):
    """Facts that cannot all be true: what the case says of the first, what the rest of it says."""

    code: str
    facts: list[str]
    stated: Value
    other: Value


class ReportedRemark(Part):
    """Something written in the case that is not used, or is used but to be confirmed.

    ``code`` says why, ``fact`` which attribute is meant where that is known, ``line`` the line of
    the file.
    """

    key: str
    text: str
    code: str
    expected: str | None
    nearest: str | None
    line: int | None
    fact: str | None


class FactPart(Part):
    """One thing given of the patient, with how it was written."""

    name: str
    value: Value
    unit: str | None
    written: str | None
    origin: list[str]


class Derived(Part):
    """One thing that follows from others; ``from`` holds what was given or follows itself."""

    fact: str
    value: Value
    unit: str | None
    from_: list[str] = Field(alias="from")
    kind: str
    source: str
    rests_on: RestsOn | None = None


class SwitchedOff(Part):
    """A row that a hospital took out, and why."""

    rule_id: str
    statement: str
    reason: str


class Report(Part):
    """The verdicts of one patient.

    ``options`` stand in the order of the sheet, ``would_change`` in the order of how many verdicts
    a fact decides. ``assumed`` are facts nobody mentioned, taken as absent; ``unread`` those of
    which something was written that could not be read: neither known nor absent. ``laid_over``
    names the rows of a hospital's own folder by table.
    """

    case: str | None
    resectability: ReportedResectability
    options: list[ReportedOption]
    nobody_open: bool
    would_change: list[WouldChange]
    before: list[ReportedStep]
    contradictions: list[ReportedContradiction]
    not_used: list[ReportedRemark]
    to_confirm: list[ReportedRemark]
    facts: list[FactPart]
    derived: list[Derived]
    assumed: list[str]
    unread: list[str]
    switched_off: list[SwitchedOff]
    laid_over: dict[str, list[str]]
    rules_folder: str | None


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what ``hilum verdict --json`` prints."""
    return Report.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
