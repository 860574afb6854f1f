"""Can the metastases be resected: one answer, and what stands in the way, in the table's order.

The answer is the fact ``resectability``; the reasons are the conditions of its formula that hold
for the patient, so that the box and every row that reads the fact cannot part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hilum.patient.because import because
from hilum.patient.compile import compiled
from hilum.patient.worlds import askable

if TYPE_CHECKING:
    from hilum.patient.conditions import Node
    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value
    from hilum.patient.worlds import Worlds

FACT = "resectability"


class Resectable(StrEnum):
    """The answer."""

    RESECTABLE = "resectable"
    AFTER_GROWTH = "after_growth"
    BORDERLINE = "borderline"
    NOT_RESECTABLE = "not_resectable"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, eq=False)
class Obstacle:
    """One thing in the way: the facts it rests on with their values, what it makes of the answer.

    ``limit`` is the sign and the cut-off of the formula's comparison where it is one of a number:
    what holds (``>=``, 7) is in the way.
    ``rules`` are the published rows on resection that fire on the same facts, strongest first.
    """

    facts: tuple[tuple[str, Value], ...]
    makes: str
    rules: tuple[Rule, ...]
    limit: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Resectability:
    """The answer, whether the board stated it itself, what is in the way, and what would decide."""

    verdict: Resectable
    stated: bool
    derived: str
    in_the_way: tuple[Obstacle, ...]
    decided_by: tuple[str, ...]


def resectability(worlds: Worlds) -> Resectability:
    """Read the answer of a judged patient."""
    patient, tables = worlds.patient, worlds.tables
    value = patient.get(FACT)
    stated = FACT in patient.given
    derived = _derived(patient.facts, tables)
    obstacles = _obstacles(worlds)
    decided: list[str] = []
    if value is None:
        asked = sorted(askable({FACT}, patient, tables))
        counted = {fact: _answers(worlds, fact) for fact in asked}
        decided = sorted((fact for fact in asked if counted[fact] > 1), key=lambda f: -counted[f])
        decided = decided or asked
    return Resectability(
        Resectable.UNDECIDED if value is None else Resectable(str(value)),
        stated,
        "" if derived is None else str(derived),
        obstacles,
        tuple(decided),
    )


def _answers(worlds: Worlds, fact: str) -> int:
    return len({str(value) for value in worlds.values_of(FACT, fact) if value is not None})


def _derived(facts: Any, tables: Tables) -> Any:
    for row in tables.derivations:
        if row.fact == FACT and (value := row.compute(facts)) is not None:
            return value
    return None


def _obstacles(worlds: Worlds) -> tuple[Obstacle, ...]:
    found: list[Obstacle] = []
    seen: set[frozenset[str]] = set()  # a fact that makes the answer no does not also make it less
    for row in worlds.tables.derivations:
        if row.fact != FACT or row.formula[0] != "case":
            continue
        for condition, result in row.formula[1]:
            if result[0] != "value" or result[1] in (None, Resectable.RESECTABLE):
                continue
            for part in _alternatives(condition):
                if compiled(part)(worlds.patient.facts) is not True:
                    continue
                facts = because(part, worlds.patient.facts)
                if facts in seen:
                    continue
                seen.add(facts)
                found.append(replace(_obstacle(worlds, facts, str(result[1])), limit=_limit(part)))
    return tuple(found)


def _limit(part: Node) -> tuple[str, float] | None:
    match part:
        case ("compare", str(sign), ("fact", _), ("value", float(cut))):
            return sign, cut
        case _:
            return None


def _alternatives(node: Node) -> list[Node]:
    """The parts of a condition that are joined by OR."""
    if node[0] == "or":
        return _alternatives(node[1]) + _alternatives(node[2])
    return [node]


def _obstacle(worlds: Worlds, facts: frozenset[str], makes: str) -> Obstacle:
    from hilum.patient.complete import sources
    from hilum.patient.records import gravest

    known = {
        name: value for name in sorted(facts) if (value := worlds.patient.get(name)) is not None
    }
    near = set(facts)
    for name in facts:
        near |= sources(name, worlds.tables)
        for behind in sources(name, worlds.tables):
            if not worlds.tables.attributes[behind].asked:
                near |= sources(behind, worlds.tables)
    rules = [
        rule
        for rule in worlds.tables.rules_of.get("resection", ())
        if rule.against
        and worlds.answers[rule.number].fires is True
        and rule.tested_facts & near
        and FACT not in rule.tested_facts
    ]
    return Obstacle(tuple(known.items()), makes, tuple(sorted(rules, key=gravest)))
