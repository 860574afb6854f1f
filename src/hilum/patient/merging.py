"""Reasons that say the same of one fact, made one: *17 % is below all four cut-offs, 20 to 26.6 %*.

Rows are alternatives of one question where the table gives them one word in ``alternatives``. They
are merged where each tests a number against a constant in the same direction and on the same
ground; the cut-offs come from the conditions, never from the statements.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.records import Rule
    from hilum.patient.values import Value

# The side of the cut-off on which a row fires, by comparison; turned round for what is required.
BELOW = {"<": True, "<=": True, ">": False, ">=": False}


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of the patient against the cut-offs of its question, ``missed`` and ``met``."""

    fact: str
    value: Value
    missed: tuple[float, ...]
    met: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """Rows that say the same, strongest first; ``measured`` is empty where a row stands alone.

    ``below`` is the side of the cut-offs on which the patient lies.
    """

    rules: tuple[Rule, ...]
    measured: tuple[Measured, ...] = ()
    below: bool = False

    @property
    def first(self) -> Rule:
        """The strongest row."""
        return self.rules[0]


def merged(
    reasons: Iterable[Rule], facts: Mapping[str, Value], asked: Iterable[Rule] = ()
) -> tuple[Reason, ...]:
    """Reasons in their order, those of one question as one.

    Parameters
    ----------
    reasons : iterable of Rule
        Strongest first.
    facts : mapping
        The patient.
    asked : iterable of Rule
        Every row that applies to the patient: the cut-offs that are met are counted with them.
    """
    groups: dict[object, list[Rule]] = {}
    for rule in reasons:
        groups.setdefault(_question(rule) or rule.rule_id, []).append(rule)
    if len(groups) == sum(map(len, groups.values())):
        return tuple(Reason((rows[0],)) for rows in groups.values())
    others: dict[object, list[Rule]] = defaultdict(list)
    for rule in asked:
        others[_question(rule)].append(rule)
    return tuple(_reason(rows, facts, others[_question(rows[0])]) for rows in groups.values())


def cut_off(rule: Rule) -> tuple[str, float, bool] | None:
    """The fact, the number and the side on which a row fires, if it tests one number."""
    node = rule.holds
    if node[0] != "compare" or node[1] not in BELOW or node[2][0] != "fact":
        return None
    if node[3][0] != "value" or not isinstance(node[3][1], float):
        return None
    return node[2][1], node[3][1], BELOW[node[1]] is not (rule.role == "requires")


def _question(rule: Rule) -> tuple[str, bool, bool, str, bool] | None:
    """Rows with the same question and weight may be merged."""
    if not rule.alternatives or not rule.ground:
        return None
    test = cut_off(rule)
    if test is None:
        return None
    strict = rule.strong and rule.strict
    return rule.alternatives, strict, rule.decisive, rule.ground, test[2]


def _reason(rules: list[Rule], facts: Mapping[str, Value], asked: list[Rule]) -> Reason:
    first = cut_off(rules[0])
    if len(rules) == 1 or first is None:
        return Reason(tuple(rules))
    missed: dict[str, set[float]] = defaultdict(set)
    met: dict[str, set[float]] = defaultdict(set)
    for rows, into in ((rules, missed), (asked, met)):
        for rule in rows:
            test = cut_off(rule)
            if test is not None and test[0] in facts:
                into[test[0]].add(test[1])
    return Reason(
        tuple(rules),
        tuple(
            Measured(fact, facts[fact], tuple(sorted(cuts)), tuple(sorted(met[fact] - cuts)))
            for fact, cuts in sorted(missed.items())
        ),
        first[2],
    )
