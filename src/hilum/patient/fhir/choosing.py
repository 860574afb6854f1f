"""Of several readings the latest counts; what differs without an order is a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hilum.patient.fhir.lines import ABOUT, CARRIED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.patient.fhir.gathered import Gathered, Staged, Statement

Dated = TypeVar("Dated", bound="Statement | Staged")


def chosen(out: Gathered) -> list[Statement]:
    """The reading of each fact that counts; lines say what became of the others."""
    by_fact: dict[str, list[Statement]] = {}
    for one in out.statements:
        by_fact.setdefault(one.fact, []).append(one)
    found = [_one(fact, given, out) for fact, given in by_fact.items()]
    return [one for one in found if one is not None]


def _one(fact: str, given: list[Statement], out: Gathered) -> Statement | None:
    final = [one for one in given if not one.preliminary]
    pool = final or given
    top = latest(pool)
    best = top[0]
    different = [one for one in top if one.value != best.value]
    for one in given:
        if one in top or one.preliminary != best.preliminary:
            continue
        out.say("older", one.place, fact, one.when.text, value=one.text,
                later=best.when.text)  # fmt: skip
    if different:
        values = " / ".join(dict.fromkeys(_dated(one) for one in top))
        for one in top:
            out.say("two_values", one.place, fact, one.when.text, values=values)
        return None
    noted = next((one for one in top if not one.note), best)
    out.say(noted.note or "used", noted.place, fact, noted.when.text, value=noted.text)
    for one in top:
        if one is not noted:
            out.say("same", one.place, fact, one.when.text, value=one.text)
    if final:
        _preliminary(fact, best, [one for one in given if one.preliminary], out)
    return noted


def _preliminary(fact: str, best: Statement, given: list[Statement], out: Gathered) -> None:
    """What is preliminary beside a final value: history where it is older, else a question."""
    for one in given:
        if one.value == best.value:
            out.say("same", one.place, fact, one.when.text, value=one.text)
        elif best.when.before(one.when):
            out.say("newer_preliminary", one.place, fact, one.when.text, value=one.text)
        else:
            out.say("older", one.place, fact, one.when.text, value=one.text, later=best.when.text)


def latest(given: Sequence[Dated]) -> list[Dated]:
    """Readings of which no other is surely later, the last dated first."""
    top = [one for one in given if not any(one.when.before(other.when) for other in given)]
    return sorted(top, key=lambda one: one.when.text, reverse=True)


def carry(out: Gathered) -> list[Staged]:
    """Categories and stages that count, by the same rule."""
    by_what: dict[str, list[Staged]] = {}
    for one in out.staged:
        by_what.setdefault(one.what, []).append(one)
    found: list[Staged] = []
    for what, given in by_what.items():
        name = CARRIED[what]
        top = latest(given)
        best = top[0]
        for one in given:
            if one not in top:
                out.say("stage_older", one.place, date=one.when.text, what=name, value=one.value,
                        later=best.when.text)  # fmt: skip
        if len({one.value for one in top}) > 1:
            values = " / ".join(dict.fromkeys(_dated(one) for one in top))
            for one in top:
                out.say("stage_two", one.place, date=one.when.text, what=name, values=values)
            continue
        found.append(best)
    _stage_lines(out.staged, out)
    return found


def _stage_lines(given: Iterable[Staged], out: Gathered) -> None:
    for one in given:
        name = CARRIED[one.what]
        if one.added:
            out.say("stage_prefix", one.place, date=one.when.text, value=one.value,
                    what=ABOUT[one.what[0]], text=one.text)  # fmt: skip
        elif one.text != one.value:
            out.say("stage_read", one.place, date=one.when.text, what=name, value=one.value,
                    text=one.text)  # fmt: skip
        else:
            out.say("stage", one.place, date=one.when.text, what=name, value=one.value)


def _dated(one: Statement | Staged) -> str:
    text = one.text if one.text else str(getattr(one, "value", ""))
    return f"{text} ({one.when.text})" if one.when.text else text
