"""Which facts decide most, over every rule that can rule a treatment in or out."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from hilum.patient.complete import sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables

BOARD = "board"


@cache
def most_deciding(tables: Tables) -> tuple[str, ...]:
    """Facts that a board is asked for, those first that decide the most treatments.

    A fact decides a treatment when an indication, a strong ``requires`` or ``forbids`` or a
    decisive row of it reads the fact. What is derived counts for the facts that it is derived
    from, in equal shares. Equal facts stand in the order of ``attributes.csv``.
    """
    found: dict[str, float] = defaultdict(float)
    for rules in tables.rules_of.values():
        shares: dict[str, float] = defaultdict(float)
        for name in {name for rule in rules if _decides(rule) for name in rule.needs}:
            for fact, share in _shares(name, tables, frozenset()).items():
                shares[fact] = max(shares[fact], share)
        for fact, share in shares.items():
            found[fact] += share
    place = {name: number for number, name in enumerate(tables.attributes)}
    return tuple(sorted(found, key=lambda one: (-round(found[one], 9), place[one])))


def _decides(rule: Rule) -> bool:
    if rule.decisive or rule.role == "indicates":
        return True
    return rule.strong and rule.strict


def _shares(name: str, tables: Tables, seen: frozenset[str]) -> Mapping[str, float]:
    """The asked facts behind a fact, each with its share."""
    attribute = tables.attributes[name]
    if attribute.asked:
        return {name: 1.0} if attribute.known == BOARD else {}
    behind = sorted(sources(name, tables) - seen - {name})
    found: dict[str, float] = defaultdict(float)
    for one in behind:
        for fact, share in _shares(one, tables, seen | {name}).items():
            found[fact] += share / len(behind)
    return found
