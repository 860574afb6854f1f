"""What moves when a fact is otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.patient.case import Case, Fact, read_case
from hilum.patient.naming import attribute_of
from hilum.patient.vocabulary import is_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.resectability import Resectability
    from hilum.patient.tables import Tables
    from hilum.patient.verdict import Verdict, Verdicts

FILE = "--if"


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A treatment whose verdict is not the same."""

    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What a change moves: treatments in the order of the new sheet, and the liver's answer.

    ``before`` and ``after`` are everything, moved or not.
    """

    treatments: tuple[Move, ...]
    liver: tuple[Resectability, Resectability] | None
    before: Verdicts
    after: Verdicts


def otherwise(case: Case, changes: Mapping[str, str], tables: Tables) -> Case:
    """The same patient with some facts as written in ``changes``; *unknown* takes a fact out.

    Raises
    ------
    InputError
        For every change that cannot be read as a value of a case.
    """
    data = {"patient": dict(changes), **({"date": case.date} if case.date else {})}
    try:
        new = read_case(data, strict=True, tables=tables)
    except InputError as error:
        faults = (Fault(FILE, None, one.column, one.value, one.expected) for one in error.faults)
        raise InputError(*faults) from None
    out = {fact.name for fact in new.facts}
    for key, raw in changes.items():
        alias = attribute_of(key, tables)
        if alias is not None and is_unknown(raw, tables.attributes[alias.name]):
            out.add(alias.name)
    kept = tuple(fact for fact in case.facts if fact.name not in out)
    mine = tuple(Fact(one.name, one.value, one.unit, one.text) for one in new.facts)
    return replace(
        case,
        facts=kept + mine,
        not_used=tuple(one for one in case.not_used if one.name not in out),
        to_confirm=(
            *(one for one in case.to_confirm if one.name not in out),
            *(replace(one, line=None) for one in new.to_confirm),
        ),
        other_readings=tuple(one for one in case.other_readings if one.name not in out),
    )


def moves(before: Verdicts, after: Verdicts) -> Moves:
    """Compare the verdicts of one patient with those of the same patient otherwise described."""
    found = [Move(before.option(one.treatment), one) for one in after.options]
    one, other = before.resectability, after.resectability
    return Moves(
        tuple(
            move
            for move in found
            if (move.before.status, move.before.best) != (move.after.status, move.after.best)
        ),
        None if one.verdict is other.verdict else (one, other),
        before,
        after,
    )
