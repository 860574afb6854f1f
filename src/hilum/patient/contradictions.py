"""Facts of one case that cannot be true together.

Three sources, none of them in code: a stated fact that the other facts would derive differently
(``derivations.csv``), a stated fact that cannot apply to this patient (``applies_to_patient`` of
``attributes.csv``), and pairs that cannot stand together (``consistency.csv``). Nothing is changed:
both readings are kept, and each contradiction gives the other one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, UnknownCode, phrased
from hilum.patient.compile import ASSUMED, compiled
from hilum.patient.complete import complete, stated_only
from hilum.patient.conditions import ConditionError, names, parse
from hilum.patient.spoken import rows
from hilum.patient.values import Range, span
from hilum.patient.volumetry import written_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.case import Fact
    from hilum.patient.compile import Test
    from hilum.patient.records import Attribute, Derivation
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

DERIVED, NOT_APPLICABLE, TWICE = "derived_differs", "does_not_apply", "stated_twice"
# Kinds of rows of ``consistency.csv``: what cannot stand together, and what a derivation would
# call a contradiction though it is none.
CONTRADICTS, AGREES = "contradicts", "agrees"
# Rows that guess (``inference``) do not contradict anybody.
BINDING = frozenset({"formula", "definition", "convention"})
# A figure typed by hand is within a tenth of the computed one.
ROUNDING = 0.1
NOTE_ASSUMED, NOTE_CONVENTION = "assumed", "convention"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two readings of the same patient.

    Parameters
    ----------
    code : str
        ``derived_differs``, ``does_not_apply``, ``stated_twice`` or the code of a row of
        ``consistency.csv``.
    facts : tuple of str
        The facts that contradict each other; the first is the one that ``other`` reads anew.
    stated, other : value or None
        What the case says of the first fact, and what the rest of the case says of it.
    alternative : dict
        The other reading as facts; empty where the rest of the case gives none, and where the
        stated one is the board's own judgement.
    notes : tuple of str
        ``assumed``: the other reading rests on facts that nobody mentioned; ``convention``: on a
        convention of hilum's.
    statement_en, statement_zh : str
        The sentence of a row of ``consistency.csv``.
    """

    code: str
    facts: tuple[str, ...]
    stated: Value | None = None
    other: Value | None = None
    alternative: dict[str, Value] = field(default_factory=dict[str, "Value"])
    notes: tuple[str, ...] = ()
    statement_en: str = ""
    statement_zh: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """A row of ``consistency.csv``."""

    code: str
    when: Test
    facts: tuple[str, ...]
    fact: str
    other: Test
    statement_en: str
    statement_zh: str


def contradictions(
    given: Mapping[str, Value], tables: Tables, other_readings: Iterable[Fact] = ()
) -> tuple[Contradiction, ...]:
    """Everything in the stated facts that cannot be true together, in the order of the tables.

    Parameters
    ----------
    given : mapping
        The stated facts in the attributes' units.
    other_readings : iterable of Fact
        Second, different values of facts that are given (``Case.other_readings``).
    """
    twice = (
        Contradiction(TWICE, (one.name,), given.get(one.name), one.value, {one.name: one.value})
        for one in other_readings
    )
    return (
        *twice,
        *_derived(given, tables),
        *_not_applicable(given, tables),
        *_pairs(given, tables),
    )


def consistent(stated: Value, derived: Value) -> bool:
    """Whether a stated value and a derived one can be the same."""
    if isinstance(stated, bool) or isinstance(derived, bool):
        return stated is derived
    if isinstance(stated, float | Range) and isinstance(derived, float | Range):
        if isinstance(stated, Range) or isinstance(derived, Range):
            a, b = span(stated), span(derived)
            return a.low <= b.high and b.low <= a.high
        return abs(derived - stated) <= ROUNDING * abs(stated)
    return stated == derived


def _derived(given: Mapping[str, Value], tables: Tables) -> Iterable[Contradiction]:
    seen: set[str] = set()
    agreed = {one.fact for one in _consistency(tables, AGREES) if one.when(given) is True}
    for one in tables.derivations:
        if one.fact not in given or one.kind not in BINDING or one.fact in seen | agreed:
            continue
        rest = {name: value for name, value in given.items() if name != one.fact}
        facts = complete(rest, tables).facts
        stated = given[one.fact]
        derived = one.compute(facts)
        outcomes = [derived] if derived is not None else _whatever(one, facts, tables)
        if not outcomes or any(consistent(stated, value) for value in outcomes):
            continue
        seen.add(one.fact)
        yield _differs(one, stated, outcomes[0], rest, facts, tables)


def _differs(
    one: Derivation,
    stated: Value,
    derived: Value,
    rest: Mapping[str, Value],
    facts: Mapping[str, Any],
    tables: Tables,
) -> Contradiction:
    notes: list[str] = []
    if one.needs & _beneath(one.needs, facts, tables):
        sure = one.compute(stated_only(rest, tables))
        if sure is None or consistent(stated, sure):
            notes.append(NOTE_ASSUMED)
    if one.kind == "convention":
        notes.append(NOTE_CONVENTION)
    # What is otherwise only concluded (resectability, Milan) is, where stated, the board's own
    # judgement and stands; a score that is computed from figures (Child-Pugh) is not.
    judged = not tables.attributes[one.fact].asked and one.kind != "formula"
    return Contradiction(
        DERIVED,
        (one.fact, *_stated_behind(one.fact, rest, tables)),
        stated,
        derived,
        {} if NOTE_ASSUMED in notes or judged else {one.fact: derived},
        tuple(notes),
    )


def _whatever(one: Derivation, facts: Mapping[str, Any], tables: Tables) -> list[Value]:
    """What a row gives for every word of the one fact that it lacks; nothing if one gives none.

    So *G1* and Ki-67 60 contradict each other, whether well or poorly differentiated.
    """
    lacking = [name for name in one.needs if facts.get(name) is None]
    if len(lacking) != 1:
        return []
    attribute = tables.attributes[lacking[0]]
    if attribute.type not in ("enum", "boolean"):
        return []
    found = [one.compute({**facts, attribute.name: word}) for word in _words(attribute)]
    return [] if any(value is None for value in found) else found


def _words(attribute: Attribute) -> tuple[Value, ...]:
    return (True, False) if attribute.type == "boolean" else attribute.allowed


def _beneath(wanted: Iterable[str], facts: Mapping[str, Any], tables: Tables) -> set[str]:
    """Those of some facts that were assumed, or that an assumed one may stand behind."""
    assumed = facts[ASSUMED]
    return {
        name
        for name in wanted
        if name in assumed or _reads(tables).get(name, frozenset()) & assumed
    }


def _stated_behind(fact: str, given: Mapping[str, Value], tables: Tables) -> tuple[str, ...]:
    """The stated facts that the derivations of a fact read, directly or through others."""
    return tuple(name for name in given if name in _reads(tables).get(fact, frozenset()))


@cache
def _reads(tables: Tables) -> Mapping[str, frozenset[str]]:
    """Every fact that the derivations of a fact read, directly or through others."""
    direct: dict[str, set[str]] = {}
    for one in tables.derivations:
        direct.setdefault(one.fact, set()).update(one.needs)
    found: dict[str, frozenset[str]] = {}
    for name in direct:
        reached: set[str] = set()
        todo = list(direct[name])
        while todo:
            other = todo.pop()
            if other not in reached:
                reached.add(other)
                todo += direct.get(other, ())
        found[name] = frozenset(reached - {name})
    return found


def _not_applicable(given: Mapping[str, Value], tables: Tables) -> Iterable[Contradiction]:
    facts = complete(given, tables).facts
    for name, applies in _applies(tables).items():
        attribute = tables.attributes[name]
        if name not in given or attribute.absent is None or given[name] == attribute.absent:
            continue
        if applies(facts) is False:
            behind = tuple(one for one in given if one in names(attribute.applies))
            yield Contradiction(
                NOT_APPLICABLE,
                (name, *behind),
                given[name],
                attribute.absent,
                {name: attribute.absent},
            )


@cache
def _applies(tables: Tables) -> Mapping[str, Test]:
    return {
        one.name: compiled(one.applies) for one in tables.attributes.values() if names(one.applies)
    }


def _pairs(given: Mapping[str, Value], tables: Tables) -> Iterable[Contradiction]:
    facts = complete(given, tables).facts
    for one in _consistency(tables, CONTRADICTS):
        if one.when(facts) is not True:
            continue
        other = one.other(facts) if one.fact else None
        stated = given.get(one.fact) if one.fact else None
        behind = tuple(name for name in one.facts if name in given and name != one.fact)
        yield Contradiction(
            one.code,
            (one.fact, *behind) if stated is not None else behind,
            stated,
            other,
            {} if other is None or stated is None else {one.fact: other},
            (),
            one.statement_en,
            one.statement_zh,
        )


@cache
def _consistency(tables: Tables, kind: str) -> tuple[_Pair, ...]:
    """Rows of ``consistency.csv`` of one kind.

    Raises
    ------
    InputError
        With every row that cannot be read.
    """
    known = frozenset(tables.attributes)
    faults: list[Fault] = []
    found: list[_Pair] = []
    for line, row in enumerate(rows("consistency"), start=2):
        try:
            when, other = (parse(written_out(row[one]), known) for one in ("when", "other"))
        except (ConditionError, UnknownCode) as error:
            faults.append(
                Fault(
                    "consistency.csv",
                    line,
                    "when",
                    row["when"],
                    phrased("a condition ({error})", error=error.sentence),
                )
            )
            continue
        if row["kind"] not in (CONTRADICTS, AGREES):
            expected = phrased("{contradicts} or {agrees}", contradicts=CONTRADICTS, agrees=AGREES)
            faults.append(Fault("consistency.csv", line, "kind", row["kind"], expected))
        if row["fact"] and row["fact"] not in known:
            faults.append(Fault("consistency.csv", line, "fact", row["fact"], "an attribute"))
        if row["kind"] != kind:
            continue
        found.append(
            _Pair(
                row["code"],
                compiled(when),
                tuple(sorted(names(when))),
                row["fact"],
                compiled(other),
                row["statement_en"],
                row["statement_zh"],
            )
        )
    if faults:
        raise InputError(*faults)
    return tuple(found)
