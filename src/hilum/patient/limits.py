"""Published limits on one number, read out of the conditions of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.patient.compile import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hilum.patient.conditions import Node
    from hilum.patient.records import Rule


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule's comparison of a fact with a number; the rule speaks where it holds."""

    rule: Rule
    fact: str
    sign: str
    value: float

    def passed(self, value: float) -> bool:
        """Whether a value lies where the rule speaks against it."""
        beyond = PLAIN[self.sign](value, self.value)
        return not beyond if self.rule.role == "requires" else beyond


def limits_on(fact: str, rules: Iterable[Rule], roles: Iterable[str]) -> list[Limit]:
    """Every limit that rules of some roles set on a fact by itself, in the order of the table.

    Rows whose test names a second fact are left out: they do not limit this one alone.
    """
    wanted = set(roles)
    return [
        Limit(rule, fact, sign, value)
        for rule in rules
        if rule.role in wanted and rule.tested_facts == frozenset({fact})
        for sign, value in _comparisons(rule.holds, fact)
    ]


def _comparisons(node: Node, fact: str) -> Iterator[tuple[str, float]]:
    if node[0] == "compare" and node[2] == ("fact", fact) and node[3][0] == "value":
        if isinstance(node[3][1], float):
            yield node[1], node[3][1]
    elif node[0] in ("and", "or"):
        yield from _comparisons(node[1], fact)
        yield from _comparisons(node[2], fact)
