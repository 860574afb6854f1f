"""What a value rests on that was not given, in words: *at least 7; albumin not given*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.patient.labels import CHINESE, attribute_label
from hilum.patient.taken import AT_LEAST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words
    from hilum.patient.report_models import RestsOn
    from hilum.patient.tables import Tables
    from hilum.patient.taken import Rests

RESTS: Final = "{text}; {facts}"
NORMAL: Final = "{facts} not given, taken as normal"
ABSENT: Final = "{facts} not given, taken as absent"
LEFT_OUT: Final = "{facts} not given"
HALF_READ: Final = "not all of this was read: {facts}"
LOWEST: Final = "at least {value}"
HIGHEST: Final = "at most {value}"
# By how a limit is to be met; what a condition forbids is met by the opposite of its sign.
NEEDED: Final = {
    "over": "{label} {value} (needed: over {limit})",
    "at_least": "{label} {value} (needed: at least {limit})",
    "at_most": "{label} {value} (at most {limit})",
    "below": "{label} {value} (needed: below {limit})",
}
SPARED: Final = {">": "at_most", ">=": "below", "<=": "over", "<": "at_least"}
# Labels that begin with the name of a place or a person.
NAMES: Final = frozenset({"Milan", "Krenning"})


def messages() -> set[str]:
    """Ids that stand in the tables above."""
    return {RESTS, NORMAL, ABSENT, LEFT_OUT, HALF_READ, LOWEST, HIGHEST, *NEEDED.values()}


def bound_of(resting: Iterable[Rests | RestsOn | None]) -> str | None:
    """Which way values can only move once what they rest on is given."""
    bounds = {one.bound for one in resting if one}
    return (bounds.pop() or None) if len(bounds) == 1 else None


def bounded(value: str, bound: str | None, words: Words) -> str:
    """A value as the lower or upper end of what it may be."""
    if not bound:
        return value
    return words(LOWEST if bound == AT_LEAST else HIGHEST, value=value)


def rested(
    text: str, resting: Iterable[Rests | RestsOn | None], tables: Tables, words: Words
) -> str:
    """A sentence with the facts that were not given and on which it rests."""
    found = [one for one in resting if one]
    if not found:
        return text
    said = _rests(found, tables, words)
    return words(RESTS, text=text, facts=said) if text else said


def _rests(resting: list[Rests | RestsOn], tables: Tables, words: Words) -> str:
    facts = list(dict.fromkeys(fact for one in resting for fact in one.facts))
    assumed = {fact for one in resting for fact in one.assumed}
    half = list(dict.fromkeys(fact for one in resting for fact in one.unread))
    comma, joint = ("、", "；") if words.language == CHINESE else (", ", "; ")

    def named(part: list[str]) -> str:
        labels = (attribute_label(tables.attributes[one], words.language) for one in part)
        return comma.join(in_line(one) for one in labels)

    # Nothing of what was not mentioned is measured: absent, not normal.
    measured = any(tables.attributes[one].numeric for one in assumed)
    parts = (
        (NORMAL if measured else ABSENT, [one for one in facts if one in assumed]),
        (LEFT_OUT, [one for one in facts if one not in assumed]),
        (HALF_READ, half),
    )
    return joint.join(words(message, facts=named(part)) for message, part in parts if part)


def in_line(label: str) -> str:
    """A label within a sentence: its first word small, unless it is a name or an abbreviation."""
    first = label.split(" ")[0]
    small = first.isalpha() and first[1:].islower() and first not in NAMES
    return label[0].lower() + label[1:] if small else label
