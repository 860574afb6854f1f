"""Rows of the pathway's tables, read and typed; a row is enough for a new one of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hilum.patient.compile import Test
from hilum.patient.conditions import Node
from hilum.patient.rule_kinds import AGAINST, STRICT, Role
from hilum.patient.values import Value

# Strongest first. The first three are strong: only they exclude.
AUTHORITIES = ("label", "guideline", "consensus", "review", "trial", "cohort", "centre", "payer")
STRONG = frozenset(AUTHORITIES[:3])
# Why a row speaks against a treatment, gravest first.
GROUNDS = ("harm", "futility", "feasibility", "licence")
# Place in the order of options.
LINES = {"first": 0, "second": 1, "any": 2, "": 2, "later": 3}


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of an attribute: its old words by new ones, and a unit that the name carries."""

    name: str
    words: dict[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing a case may say.

    ``known`` is when a board has it: ``board``, ``workup``, ``screen`` or ``policy``. ``absent`` is
    the value of a screen fact that nobody mentioned, and of any fact that does not apply.
    ``units`` gives the factor into ``unit`` of every unit a value may be written in.
    """

    name: str
    type: str
    unit: str
    units: dict[str, float]
    allowed: tuple[str, ...]
    low: float
    high: float
    group: str
    known: str
    asked: bool
    absent: Value | None
    applies: Node
    why_needed: str
    label_en: str
    label_zh: str
    help_en: str
    help_zh: str
    concept: str
    aliases: dict[str, Alias]
    line: int

    @property
    def numeric(self) -> bool:
        """Whether a value is a number or a range of numbers."""
        return self.type in ("number", "integer", "points")


@dataclass(frozen=True, slots=True)
class Treatment:
    """One option of the board, its classes and the modalities of the evidence that it covers."""

    id: str
    classes: tuple[str, ...]
    name_en: str
    name_zh: str
    modalities: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """A fact that follows from facts; of several rows for one fact the first that answers wins."""

    fact: str
    formula: Node
    compute: Test
    needs: frozenset[str]
    kind: str
    source: str
    note: str
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One published statement.

    ``when`` says for whom, ``holds`` what is tested; ``number`` is its place in the table, the
    tie-breaker between equals. ``off`` is why a hospital switched the row off, empty where it is
    on; ``origin`` names the folder of a row that was laid over the shipped ones.
    """

    rule_id: str
    applies_to: tuple[str, ...]
    kind: str
    role: Role
    when: Node
    holds: Node
    tested: bool
    when_test: Test
    holds_test: Test
    when_text: str
    holds_text: str
    decisive: bool
    ground: str
    line: str
    place: str
    authority: str
    strength: str
    region: str
    alternatives: str
    statement_en: str
    statement_zh: str
    source: str
    url_or_id: str
    seen: str
    replaces: str
    notes: str
    number: int
    needs: frozenset[str]
    tested_facts: frozenset[str]
    off: str = ""
    origin: str = ""

    @property
    def strong(self) -> bool:
        """Whether its source may exclude."""
        return self.authority in STRONG

    @property
    def against(self) -> bool:
        """Whether it speaks against a treatment."""
        return self.role in AGAINST

    @property
    def strict(self) -> bool:
        """Whether it closes a treatment where its source is strong."""
        return self.role in STRICT


def strength(rule: Rule) -> tuple[int, bool, int]:
    """Strongest first; equal rows stand in the order of the table."""
    return AUTHORITIES.index(rule.authority), not rule.decisive, rule.number


def gravest(rule: Rule) -> tuple[int, int, bool, int]:
    """Harm before a licence that does not reach, then the strongest source."""
    return GROUNDS.index(rule.ground), *strength(rule)


def earliest(rule: Rule) -> tuple[int, int, bool, int]:
    """The earliest line, then the strongest source."""
    return LINES[rule.line], *strength(rule)


Key = Callable[[Rule], tuple[int, ...]]
