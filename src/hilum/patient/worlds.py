"""The patients that one patient could be: unknown facts given every value that would matter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Any

from hilum.patient.complete import Completed, changed, sources
from hilum.patient.judge import OPEN, Answer, Gates, Opinion, answer, judge, stays_open
from hilum.patient.values import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.records import Rule
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

# More open facts than this are not tried in pairs: the option then waits for each of them.
PAIRED = 4
Change = tuple[str, "Value"]


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The rules that read a fact, by treatment and fact; and the rows that open or close each."""

    readers: Mapping[str, Mapping[str, tuple[Rule, ...]]]
    gates: Mapping[str, Gates]


@cache
def _index(tables: Tables) -> _Index:
    readers: dict[str, dict[str, tuple[Rule, ...]]] = {}
    for treatment, rules in tables.rules_of.items():
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            for name in rule.needs:
                found[name].append(rule)
        readers[treatment] = {name: tuple(rows) for name, rows in found.items()}
    return _Index(readers, {name: Gates.of(rules) for name, rules in tables.rules_of.items()})


@dataclass(frozen=True, slots=True, eq=False)
class _World:
    """All facts if some were otherwise, the facts that moved, and the answers looked up so far."""

    facts: Completed
    moved: frozenset[str]
    answers: dict[int, Answer]


def askable(found: Iterable[str], patient: Completed, tables: Tables) -> frozenset[str]:
    """The facts that a board can say behind open facts; derived ones are followed to their sources.

    What was written and could not be read is at hand too, whatever ``known`` says of such a fact:
    somebody has the letter. A payer's circumstance is not asked for.
    """
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
        elif attribute.known == "board" or (name in patient.unread and attribute.known != "policy"):
            asked.add(name)
    return frozenset(asked)


def scores(names: Iterable[str], patient: Completed, tables: Tables) -> frozenset[str]:
    """Derived facts behind some that stay a range though nothing behind them is left to ask.

    Ascites of unknown degree leaves the Child-Pugh score open: the score itself is then asked for,
    and an indication that waits for it is not said to be missing.
    """
    found: set[str] = set()
    todo, seen = list(names), set[str]()
    while todo:
        name = todo.pop()
        if name in seen or not patient.is_open(name):
            continue
        seen.add(name)
        if isinstance(patient.get(name), Range) and not tables.attributes[name].asked:
            found.add(name)
        todo += sources(name, tables)
    return frozenset(found)


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
    _seen: dict[tuple[Change, ...], _World] = field(default_factory=dict)
    _values: dict[str, list[Value]] = field(default_factory=dict)
    _asked: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, patient: Completed, tables: Tables) -> Worlds:
        """Judge every treatment for the patient as he is."""
        answers = {rule.number: answer(rule, patient.facts) for rule in tables.rules}
        region = patient.get("region")
        opinions = {name: judge(rules, answers, region) for name, rules in tables.rules_of.items()}
        return cls(patient, tables, answers, opinions)

    def facts(self, changes: tuple[Change, ...]) -> Completed:
        """All facts if some were otherwise."""
        return self._world(changes).facts

    def opinion(self, treatment: str, changes: tuple[Change, ...]) -> Opinion:
        """The verdict on one treatment if some facts were otherwise."""
        world = self._world(changes)
        if not self._differs(treatment, world):
            return self.opinions[treatment]
        rules = self.tables.rules_of[treatment]
        return judge(rules, {**self.answers, **world.answers}, world.facts.get("region"))

    def is_open(self, treatment: str, changes: tuple[Change, ...]) -> bool:
        """Whether a treatment would be open if some facts were otherwise, or could still be."""
        world = self._world(changes)
        if not self._differs(treatment, world):
            return self.opinions[treatment].status in OPEN
        gates = _index(self.tables).gates[treatment]
        return stays_open(gates, self.answers, world.answers, world.facts.get("region"))

    def decides(self, treatment: str, *facts: str) -> bool:
        """Whether some values of the facts leave a treatment open and others close it."""
        first: bool | None = None
        for changes in product(*(self.choices(fact) for fact in facts)):
            found = self.is_open(treatment, changes)
            if first is None:
                first = found
            elif found is not first:
                return True
        return False

    def values_of(self, name: str, fact: str) -> list[Any]:
        """The values of a derived fact over every value of another."""
        return [self.facts((change,)).get(name) for change in self.choices(fact)]

    def questions(self, rule: Rule) -> frozenset[str]:
        """The board facts that would answer a rule."""
        found: set[str] = set()
        for name in rule.needs:
            if name not in self._asked:
                self._asked[name] = askable((name,), self.patient, self.tables)
            found |= self._asked[name]
        return frozenset(found)

    def deciding(self, treatment: str) -> list[str]:
        """The facts that decide a treatment: alone; else two together; else all that are asked."""
        opinion = self.opinions[treatment]
        asked = sorted({name for rule in opinion.unknown for name in self.questions(rule)})
        alone = [fact for fact in asked if self.decides(treatment, fact)]
        if alone:
            return alone
        if len(asked) <= PAIRED:
            pairs = [pair for pair in combinations(asked, 2) if self.decides(treatment, *pair)]
            if pairs:
                return sorted({fact for pair in pairs for fact in pair})
        if opinion.indications:
            return []
        if asked:
            return asked
        waiting = [rule for rule in opinion.unknown if rule.role == "indicates"]
        needs = {name for rule in waiting for name in rule.needs}
        return sorted(scores(needs, self.patient, self.tables))

    def choices(self, fact: str) -> list[Change]:
        """A fact with every value that would matter."""
        if fact not in self._values:
            self._values[fact] = candidates(fact, self.patient, self.tables)
        return [(fact, value) for value in self._values[fact]]

    def _world(self, changes: tuple[Change, ...]) -> _World:
        if changes not in self._seen:
            facts = changed(self.patient, dict(changes), self.tables)
            self._seen[changes] = _World(facts, _moved(self.patient, facts), {})
        return self._seen[changes]

    def _differs(self, treatment: str, world: _World) -> bool:
        """Whether any rule of a treatment says something else; looks its answers up."""
        readers = _index(self.tables).readers[treatment]
        answers, base, facts = world.answers, self.answers, world.facts.facts
        differs = "region" in world.moved
        for name in world.moved & readers.keys():
            for rule in readers[name]:
                number = rule.number
                found = answers.get(number)
                if found is None:
                    found = answers[number] = answer(rule, facts)
                differs = differs or found is not base[number]
        return differs


def _moved(one: Completed, other: Completed) -> frozenset[str]:
    """Facts whose value, or whether it was only assumed, is not the same."""
    first, second = one.facts, other.facts
    found = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
    return frozenset(found | (one.assumed ^ other.assumed))
