"""From the stated facts to all facts: what follows from them, and what is taken as absent.

The order is that of ``pathway/SEMANTICS``: facts that do not apply and screen facts that nobody
mentioned are absent; then everything that a derivation gives is added. A stated fact is never
replaced. A fact that was written and could not be read was mentioned: it stays unknown.
:func:`changed` varies facts of a completed case and derives again only what depends on
them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from hilum.patient.compile import ASSUMED, compiled
from hilum.patient.conditions import names
from hilum.patient.values import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.compile import Test
    from hilum.patient.records import Derivation
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """All facts of a patient: ``given`` by the case, ``assumed`` absent, derived by ``origin``.

    ``facts`` maps names to values and holds the assumed names under ``ASSUMED``. ``unread`` are the
    facts of which something was written that could not be read.
    """

    given: Mapping[str, Value]
    facts: Mapping[str, Any]
    assumed: frozenset[str]
    origin: Mapping[str, Derivation]
    unread: frozenset[str] = frozenset()

    def get(self, name: str) -> Value | None:
        """Value of a fact, or ``None`` when it is not known."""
        return self.facts.get(name)

    def is_open(self, name: str) -> bool:
        """Whether a fact is not known, or only as a range."""
        value = self.facts.get(name)
        return value is None or isinstance(value, Range)


@dataclass(frozen=True, slots=True, eq=False)
class _Absent:
    """A fact with a value for *nobody mentioned it*."""

    name: str
    value: Value
    screen: bool
    applies: Test


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """The steps of completing a case for one set of tables, and what depends on what."""

    plain: tuple[_Absent, ...]
    derived: tuple[_Absent, ...]
    derivations: tuple[Derivation, ...]
    dependents: Mapping[str, frozenset[str]]
    sources: Mapping[str, frozenset[str]]


@cache
def _plan(tables: Tables) -> _Plan:
    derived = {one.fact for one in tables.derivations}
    absent = [
        _Absent(one.name, one.absent, one.known == "screen", compiled(one.applies))
        for one in tables.attributes.values()
        if one.absent is not None
    ]
    direct: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    for one in tables.derivations:
        sources[one.fact] |= one.needs
        for name in one.needs:
            direct[name].add(one.fact)
    for one in tables.attributes.values():
        if one.absent is not None:
            for name in names(one.applies):
                direct[name].add(one.name)
    return _Plan(
        tuple(one for one in absent if one.name not in derived),
        tuple(one for one in absent if one.name in derived),
        tables.derivations,
        {name: frozenset(_reach(name, direct)) for name in tables.attributes},
        {name: frozenset(found) for name, found in sources.items()},
    )


def _reach(name: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(direct.get(name, ()))
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += direct.get(one, ())
    return found


def complete(
    given: Mapping[str, Value], tables: Tables, unread: frozenset[str] = frozenset()
) -> Completed:
    """Stated facts, what follows from them, and what is taken as absent.

    Parameters
    ----------
    given : mapping
        The stated facts in the attributes' units.
    unread : frozenset of str, optional
        Facts of which something was written that could not be read (``Case.unread``): not absent.
    """
    plan = _plan(tables)
    facts: dict[str, Any] = dict(given)
    assumed: set[str] = set()
    origin: dict[str, Derivation] = {}
    unread -= given.keys()
    _fill(plan, facts, assumed, origin, None, unread)
    return Completed(given, facts, facts[ASSUMED], origin, unread)


def stated_only(given: Mapping[str, Value], tables: Tables) -> Mapping[str, Any]:
    """The facts without anything taken as absent: what could still turn out otherwise."""
    facts: dict[str, Any] = {**given, ASSUMED: frozenset()}
    _derive(_plan(tables).derivations, facts, {}, None)
    return facts


def changed(base: Completed, changes: Mapping[str, Value], tables: Tables) -> Completed:
    """The same patient with some facts as given otherwise; the same as completing anew."""
    plan = _plan(tables)
    affected: set[str] = set()
    for name in changes:
        affected |= plan.dependents.get(name, frozenset())
    given = {**base.given, **changes}
    affected -= given.keys()
    facts = dict(base.facts)
    assumed = set(base.assumed) - affected - changes.keys()
    origin = {k: v for k, v in base.origin.items() if k not in affected and k not in changes}
    for name in affected:
        facts.pop(name, None)
    facts |= changes
    facts.pop(ASSUMED)
    unread = base.unread - changes.keys()
    if affected:
        _fill(plan, facts, assumed, origin, affected, unread)
    else:
        facts[ASSUMED] = frozenset(assumed)
    return Completed(given, facts, facts[ASSUMED], origin, unread)


def dependents(name: str, tables: Tables) -> frozenset[str]:
    """Every fact that may change when this one does."""
    return _plan(tables).dependents.get(name, frozenset())


def sources(name: str, tables: Tables) -> frozenset[str]:
    """The facts that the derivations of a fact read."""
    return _plan(tables).sources.get(name, frozenset())


def _fill(
    plan: _Plan,
    facts: dict[str, Any],
    assumed: set[str],
    origin: dict[str, Derivation],
    only: set[str] | None,
    unread: frozenset[str],
) -> None:
    _absent(
        plan.plain, facts, assumed, only, unread
    )  # first: "no dialysis" is there for the kidneys
    late = {one.name for one in plan.derived}
    _derive(plan.derivations, facts, origin, late if only is None else late & only)
    _absent(plan.derived, facts, assumed, only, unread)
    facts[ASSUMED] = frozenset(assumed)
    _derive(plan.derivations, facts, origin, only)


def _absent(
    wanted: Iterable[_Absent],
    facts: dict[str, Any],
    assumed: set[str],
    only: set[str] | None,
    unread: frozenset[str],
) -> None:
    for one in wanted:
        if one.name in facts or (only is not None and one.name not in only):
            continue
        applies = one.applies(facts)
        if applies is False or (one.screen and one.name not in unread):
            facts[one.name] = one.value
            if applies is not False:
                assumed.add(one.name)


def _derive(
    derivations: Iterable[Derivation],
    facts: dict[str, Any],
    origin: dict[str, Derivation],
    only: set[str] | None,
) -> None:
    """Add what follows until nothing more does; grade and Ki-67 each follow from the other."""
    todo = [one for one in derivations if only is None or one.fact in only]
    moved = True
    while moved and todo:
        moved = False
        for one in todo:
            if one.fact not in facts and (value := one.compute(facts)) is not None:
                facts[one.fact] = value
                origin[one.fact] = one
                moved = True
