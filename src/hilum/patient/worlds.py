"""The patients that one patient could be: unknown facts given every value that would matter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Any

from hilum.patient.complete import Completed, changed, sources
from hilum.patient.judge import OPEN, Answer, Opinion, answer, judge
from hilum.patient.values import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

# More open facts than this are not tried in pairs: the option then waits for each of them.
PAIRED = 4
Change = tuple[str, "Value"]


@cache
def rules_by_fact(tables: Tables) -> Mapping[str, tuple[Rule, ...]]:
    """The rules that read a fact."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in tables.rules:
        for name in rule.needs:
            found[name].append(rule)
    return {name: tuple(rules) for name, rules in found.items()}


def askable(found: Iterable[str], patient: Completed, tables: Tables) -> frozenset[str]:
    """The board facts behind open facts: derived ones are followed to what they come from."""
    asked: set[str] = set()
    seen: set[str] = set()
    todo = list(found)
    while todo:
        name = todo.pop()
        if name in seen or not patient.is_open(name):
            continue
        seen.add(name)
        attribute = tables.attributes[name]
        if not attribute.asked:
            todo += sources(name, tables)
        elif attribute.known == "board":
            asked.add(name)
    return frozenset(asked)


def questions(rule: Rule, patient: Completed, tables: Tables) -> frozenset[str]:
    """The board facts that would answer a rule."""
    return askable(rule.needs, patient, tables)


def candidates(name: str, patient: Completed, tables: Tables) -> list[Value]:
    """One value for every way the rules can answer on a fact, consistent with what is known."""
    attribute = tables.attributes[name]
    cuts = tables.cuts.get(name, frozenset())
    if attribute.type == "boolean":
        return [True, False]
    if attribute.type == "enum":
        return list(attribute.allowed)
    if attribute.type == "list":
        return [frozenset(), *(frozenset({word}) for word in sorted(str(cut) for cut in cuts))]
    low, high = attribute.low, attribute.high
    known = patient.get(name)
    if isinstance(known, Range):
        low, high = known
    inside = {cut for cut in cuts if isinstance(cut, float) and low <= cut <= high}
    ends = sorted(inside | {low, high})
    return sorted({*ends, *((a + b) / 2 for a, b in pairwise(ends))})


@dataclass(slots=True, eq=False)
class Worlds:
    """One patient and what the verdicts would be if facts were otherwise; remembers each."""

    patient: Completed
    tables: Tables
    answers: dict[int, Answer]
    opinions: dict[str, Opinion]
    _seen: dict[tuple[Change, ...], tuple[Completed, dict[int, Answer], frozenset[int]]] = field(
        default_factory=dict
    )
    _values: dict[str, list[Value]] = field(default_factory=dict)

    @classmethod
    def of(cls, patient: Completed, tables: Tables) -> Worlds:
        """Judge every treatment for the patient as he is."""
        answers = {rule.number: answer(rule, patient.facts) for rule in tables.rules}
        region = patient.get("region")
        opinions = {
            name: judge(rules, answers, region) for name, rules in tables.rules_of.items()
        }
        return cls(patient, tables, answers, opinions)

    def facts(self, changes: tuple[Change, ...]) -> Completed:
        """All facts if some were otherwise."""
        return self._world(changes)[0]

    def opinion(self, treatment: str, changes: tuple[Change, ...]) -> Opinion:
        """The verdict on one treatment if some facts were otherwise."""
        world, answers, moved = self._world(changes)
        rules = self.tables.rules_of[treatment]
        region = world.get("region")
        if region == self.patient.get("region") and not any(r.number in moved for r in rules):
            return self.opinions[treatment]
        return judge(rules, answers, region)

    def decides(self, treatment: str, *facts: str) -> bool:
        """Whether some values of the facts leave a treatment open and others close it."""
        open_seen = closed_seen = False
        for changes in product(*(self._choices(fact) for fact in facts)):
            if self.opinion(treatment, changes).status in OPEN:
                open_seen = True
            else:
                closed_seen = True
            if open_seen and closed_seen:
                return True
        return False

    def values_of(self, name: str, fact: str) -> list[Any]:
        """The values of a derived fact over every value of another."""
        return [self.facts((change,)).get(name) for change in self._choices(fact)]

    def deciding(self, treatment: str) -> list[str]:
        """The facts that decide a treatment: alone; else two together; else all that are asked."""
        opinion = self.opinions[treatment]
        asked = sorted(
            {
                name
                for rule in opinion.unknown
                for name in questions(rule, self.patient, self.tables)
            }
        )
        alone = [fact for fact in asked if self.decides(treatment, fact)]
        if alone:
            return alone
        if len(asked) <= PAIRED:
            pairs = [pair for pair in combinations(asked, 2) if self.decides(treatment, *pair)]
            if pairs:
                return sorted({fact for pair in pairs for fact in pair})
        return [] if opinion.indications else asked

    def _choices(self, fact: str) -> list[Change]:
        if fact not in self._values:
            self._values[fact] = candidates(fact, self.patient, self.tables)
        return [(fact, value) for value in self._values[fact]]

    def _world(
        self, changes: tuple[Change, ...]
    ) -> tuple[Completed, dict[int, Answer], frozenset[int]]:
        if changes not in self._seen:
            world = changed(self.patient, dict(changes), self.tables)
            readers = rules_by_fact(self.tables)
            answers = dict(self.answers)
            moved: set[int] = set()
            for name in _moved(self.patient, world):
                for rule in readers.get(name, ()):
                    if rule.number not in moved:
                        found = answer(rule, world.facts)
                        if found != answers[rule.number]:
                            answers[rule.number] = found
                        moved.add(rule.number)
            differ = frozenset(n for n in moved if answers[n] is not self.answers[n])
            self._seen[changes] = (world, answers, differ)
        return self._seen[changes]


def _moved(one: Completed, other: Completed) -> set[str]:
    """Facts whose value, or whether it was only assumed, is not the same."""
    first, second = one.facts, other.facts
    found = {
        name for name in first.keys() | second.keys() if first.get(name) != second.get(name)
    }
    return found | (one.assumed ^ other.assumed)
