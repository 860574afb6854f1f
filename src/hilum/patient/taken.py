"""On which facts that were not given a derived fact rests: taken as normal, or left aside.

Verdicts stay as they are; this is what must be said beside them. A derived value rests on a fact
that nobody gave where some value of that fact would put it outside of what is said now: a
Child-Pugh score of 7 with albumin taken as normal may be 9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.patient.complete import sources
from hilum.patient.values import Range, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.values import Value
    from hilum.patient.worlds import Worlds

AT_LEAST, AT_MOST = "at_least", "at_most"


@dataclass(frozen=True, slots=True)
class Rests:
    """``facts`` that were not given; ``assumed`` are those of them taken as normal or absent.

    ``unread`` are lists of which a part was written that could not be read.

    ``bound``: the value can only be higher (``at_least``) or lower (``at_most``) once they are
    given; empty where it may be either, or is no number.
    """

    facts: tuple[str, ...]
    assumed: tuple[str, ...]
    bound: str = ""
    unread: tuple[str, ...] = ()


def resting(worlds: Worlds, unread: frozenset[str]) -> Mapping[str, Rests]:
    """Every derived fact that rests on facts which were not given, or were given and half read.

    ``unread`` are the facts of which something was written that could not be read.
    """
    found: dict[str, Rests] = {}
    lists = {
        one for one in unread & worlds.patient.given.keys()
        if worlds.tables.attributes[one].type == "list"
    }  # fmt: skip
    for name in worlds.patient.origin:
        rests = _rests(name, worlds)
        half = tuple(sorted(lists & _all_behind(name, worlds)))
        if half:
            rests = replace(rests or Rests((), ()), bound="", unread=half)
        if rests is not None:
            found[name] = rests
    return found


def _all_behind(name: str, worlds: Worlds) -> set[str]:
    """Every fact that a derived one is made from, by way of other derived ones too."""
    found, todo = set[str](), [name]
    while todo:
        for fact in sources(todo.pop(), worlds.tables) - found:
            found.add(fact)
            if fact in worlds.patient.origin:
                todo.append(fact)
    return found - {name}


def _rests(name: str, worlds: Worlds) -> Rests | None:
    patient, tables = worlds.patient, worlds.tables
    value = patient.get(name)
    if value is None:
        return None
    facts: list[str] = []
    others: list[Value | None] = []
    behind = [
        fact
        for fact in sorted(_all_behind(name, worlds))
        if fact not in patient.origin
        and tables.attributes[fact].known != "policy"
        and (fact in patient.assumed or patient.get(fact) is None)
    ]
    for fact in behind:
        seen = [one for one in worlds.values_of(name, fact) if _outside(one, value)]
        if seen:
            facts.append(fact)
            others += seen
    if not facts:
        return None
    order = [one for one in tables.attributes if one in facts]
    assumed = tuple(one for one in order if one in patient.assumed)
    return Rests(tuple(order), assumed, _bound(others, value))


def _outside(other: Value | None, value: Value) -> bool:
    """Whether another value, or none, is not within what is said."""
    if other is None:
        return True
    if isinstance(value, bool | str | frozenset) or isinstance(other, bool | str | frozenset):
        return other != value
    said, ends = span(value), span(other)
    return ends.low < said.low or ends.high > said.high


def _bound(others: list[Value | None], value: Value) -> str:
    if isinstance(value, bool | str | frozenset) or None in others:
        return ""
    said = span(value)
    ends = [span(one) for one in others if isinstance(one, float | int | Range)]
    if all(one.low >= said.low for one in ends):
        return AT_LEAST
    return AT_MOST if all(one.high <= said.high for one in ends) else ""
