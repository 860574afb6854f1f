"""Whether a rule can fire and can stay silent on some patient.

Facts are given one after the other, every value that the rule tells apart; a fact that is not given
yet is unknown, so that a branch is left as soon as the rule's answer is certain.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hilum.errors import phrased
from hilum.patient.conditions import asks_known, tests
from hilum.patient.judge import answer

if TYPE_CHECKING:
    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables

UNKNOWN = object()


def unreachable(rule: Rule, tables: Tables) -> str:
    """What was expected of a rule that can never fire or never stay silent; empty for a sound one.

    Steps, notes and a caution without any condition may be for everybody; what indicates, requires
    or forbids may not.
    """
    found = reaches(rule, tables)
    if True not in found:
        return phrased("a test that some patient meets: it can never fire")
    conditioned = bool(rule.when_text or rule.holds_text)
    if False not in found and (
        rule.role in ("indicates", "requires", "forbids")
        or (rule.role == "cautions" and conditioned)
    ):
        return phrased("a test that some patient does not meet: it fires for everybody")
    return ""


def reaches(rule: Rule, tables: Tables) -> set[bool]:
    """The answers that a rule can give when everything it reads is known."""
    found: set[bool] = set()
    # What a rule asks to be known is settled first: there, *unknown* is an answer.
    order = sorted(rule.needs, key=lambda name: (not _asked(rule, name), name))
    _search(rule, order, {}, {name: choices(name, rule, tables) for name in order}, found)
    return found


def choices(name: str, rule: Rule, tables: Tables) -> list[Any]:
    """Every value of a fact that the rule tells apart."""
    attribute = tables.attributes[name]
    found: list[Any]
    tested = [
        value for tree in (rule.when, rule.holds) for fact, value in tests(tree) if fact == name
    ]
    if attribute.type == "boolean":
        found = [True, False]
    elif attribute.type == "enum":
        found = list(attribute.allowed)
    elif attribute.type == "list":
        words = sorted({str(value) for value in tested})
        found = [frozenset(), *(frozenset({word}) for word in words), frozenset(words)]
    else:
        inside = [
            v for v in tested if isinstance(v, float) and attribute.low <= v <= attribute.high
        ]
        ends = sorted({attribute.low, attribute.high, *inside})
        found = sorted({*ends, *((low + high) / 2 for low, high in pairwise(ends))})
    return [*found, UNKNOWN] if _asked(rule, name) else found


def _asked(rule: Rule, name: str) -> bool:
    return asks_known(rule.when, name) or asks_known(rule.holds, name)


def _search(
    rule: Rule,
    order: list[str],
    facts: dict[str, Any],
    values: dict[str, list[Any]],
    found: set[bool],
) -> None:
    settled = len(facts) >= sum(_asked(rule, name) for name in order)
    said = answer(rule, {k: v for k, v in facts.items() if v is not UNKNOWN}).fires
    if (said is not None and settled) or len(facts) == len(order):
        found |= set() if said is None else {said}
        return
    name = order[len(facts)]
    for value in values[name]:
        _search(rule, order, {**facts, name: value}, values, found)
        if found >= {True, False}:
            return
