"""The verdict half of the sheet as data: options, resectability, what decides, what was given.

Codes and names of facts, values in the attribute's unit; statements of the sources in both
languages. :mod:`hilum.sheet.verdict_part` fills these models; those that
the command prints alike come from :mod:`hilum.patient.report_models`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hilum.patient.report_models import (
    Derived,
    Effect,
    FactPart,
    Ground,
    Open,
    OpensIf,
    Part,
    ReportedRule,
    Resection,
    RestsOn,
    Status,
    SwitchedOff,
    Value,
    WouldChange,
)


class RuleLine(ReportedRule):
    """A published statement, as the command prints it, with what a page calls its source.

    ``brief`` is the source in a few words, English and Chinese; ``called`` is what a page calls its
    authority (an evidence summary that counts as a guideline is not called one).
    """

    brief: tuple[str, str]
    called: str


class Fired(RuleLine):
    """A rule that speaks of this patient, and what it does to the verdict."""

    kind: str
    effect: Effect
    patient_value: dict[str, Value]
    rests_on: dict[str, RestsOn] = Field(default_factory=dict[str, RestsOn])


class Short(Part):
    """The strongest reason as numbers: what the patient has against what is asked.

    ``low`` and ``high`` span the patient's values of ``facts``; ``cut_offs`` are those of every
    merged rule, in order; the patient lies ``side`` of all of them. ``needed`` is how the limit is
    to be met where every rule asks alike.
    """

    facts: list[str]
    low: float
    high: float
    unit: str | None
    cut_offs: list[float]
    side: Literal["below", "above"]
    needed: Literal["over", "at_least", "at_most", "below"] | None
    rules: list[str]
    rests_on: dict[str, RestsOn] = Field(default_factory=dict[str, RestsOn])


class Stands(Part):
    """A value that the strongest reason was read on; a number with its ``limit``.

    ``needed`` is how the limit is to be met, as in :class:`Short`.
    """

    fact: str
    value: Value
    limit: float | None = None
    needed: Literal["over", "at_least", "at_most", "below"] | None = None
    rests_on: RestsOn | None = None


class OptionVerdict(Part):
    """Where one treatment stands for this patient.

    ``best`` is what an undecided option would be if every open fact turned out well; ``reasons``
    groups rules that answer the same question, the strongest first, and ``short`` or ``stands``
    says the first group by the patient's own values; ``contradicted`` are facts whose other reading
    closes the option.
    """

    treatment: str
    label: str
    label_zh: str
    family: str
    status: Status
    best: Open | None
    line: str | None
    ground: Ground | None
    reason: RuleLine | None
    reasons: list[list[RuleLine]]
    short: Short | None
    stands: list[Stands]
    indications: list[str]
    fired: list[Fired]
    before: list[str]
    to_check: list[str]
    decided_by: list[str]
    opens_if: list[OpensIf]
    contradicted: list[str]


class InTheWay(Part):
    """Something between the patient and resection: facts, what they make of the answer, rules."""

    facts: dict[str, Value]
    makes: str
    rules: list[RuleLine]
    short: Short | None
    rests_on: dict[str, RestsOn] = Field(default_factory=dict[str, RestsOn])


class CutOff(Part):
    """A published limit of the remnant that is for this patient."""

    rule_id: str
    fact: str
    percent: float
    authority: str
    source: str


class RemnantScale(Part):
    """The remnant against its cut-offs, percent; ``ml_needed`` where its volume is known."""

    percent: dict[str, float]
    cut_offs: list[CutOff]
    ml: float | None
    ml_needed: tuple[float, float] | None


class ResectabilityPart(Part):
    """The first question of the board.

    ``stated``: the board gave the answer itself; ``derived`` is what the facts alone would say.
    """

    verdict: Resection
    stated: bool
    derived: str | None
    in_the_way: list[InTheWay]
    decided_by: list[str]
    remnant: RemnantScale | None


class CheckFirst(Part):
    """A fact to check before a treatment; ``assumed``: nobody mentioned it, taken as absent."""

    fact: str
    assumed: bool
    treatments: list[str]


class Before(RuleLine):
    """A step before any of ``treatments``."""

    treatments: list[str]


class Contradiction(Part):
    """Facts that cannot all be true; neither reading is believed where they part.

    ``stated`` is what the case says of the first fact, ``other`` what the rest of it says;
    ``statement`` is there for a pair that the table of consistency names.
    """

    code: str
    facts: list[str]
    stated: Value
    other: Value
    notes: list[str]
    statement: str | None
    statement_zh: str | None


class NotUsed(Part):
    """Something written in the case that is not used, or is used but to be confirmed.

    ``code`` says why, ``fact`` which attribute is meant where that is known, ``line`` the line of
    the file. ``expected`` is English; ``expected_message`` with its places is the same for
    another language, absent where ``expected`` is codes alone.
    """

    key: str
    text: str
    code: str
    expected: str
    expected_message: str | None
    expected_places: dict[str, str]
    nearest: str | None
    line: int | None
    fact: str | None


class LineFact(Part):
    """A fact on the patient's lines; without a value it is missing, or taken as absent."""

    fact: str
    value: Value
    unit: str | None
    state: Literal["given", "derived", "assumed", "missing"]
    rests_on: RestsOn | None = None


class RankedSource(Part):
    """A source of rules that speak of the patient, by authority.

    ``called`` is what a page calls it; ``seen`` how the best-read of its ``rules`` was read.
    """

    source: str
    authority: str
    called: str
    seen: str
    url_or_id: str
    rules: list[str]


class Family(Part):
    """Related treatments of one verdict that stand together, since no comparison parts them.

    ``apart`` says what tells them apart; ``favoured`` are members that a comparison between two
    of them clearly favours.
    """

    family: str
    label: str
    label_zh: str
    apart: str
    apart_zh: str
    treatments: list[str]
    favoured: list[str]


class Topic(Part):
    """One pair of the patient's lines."""

    topic: str
    lines: list[list[LineFact]]


__all__ = [
    "Before",
    "CheckFirst",
    "Contradiction",
    "CutOff",
    "Derived",
    "FactPart",
    "Family",
    "Fired",
    "InTheWay",
    "LineFact",
    "NotUsed",
    "OpensIf",
    "OptionVerdict",
    "Part",
    "RankedSource",
    "RemnantScale",
    "ResectabilityPart",
    "RuleLine",
    "Short",
    "Stands",
    "SwitchedOff",
    "Topic",
    "Value",
    "WouldChange",
]
