"""Cases that nothing was typed into: not listed, and gone a day later; what a nameless one is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, cast

from hilum.patient.form import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.store.cases import State
    from hilum.web.asking import Ask

# Somebody may have the form of an empty case open for as long as this.
OPEN_FOR: Final = dt.timedelta(days=1)


def untouched(ask: Ask, state: State) -> bool:
    """Whether a case is as *New case* made it: no fact, no title, no draft, none put back."""
    content = state.content
    if state.number != 1 or state.why != "new" or content.get("patient"):
        return False
    if any(content.get(one) for one in TITLES):
        return False
    cases = ask.desk.cases
    return cases.draft(state.case_id) is None and cases.was_put_back(state.case_id) is None


def touched(ask: Ask, states: Iterable[State]) -> list[State]:
    """The cases of a list that something was typed into."""
    return [one for one in states if not untouched(ask, one)]


def sweep(ask: Ask) -> None:
    """Remove cases that nothing was typed into for a day and that stand on no board."""
    limit = dt.datetime.now(tz=dt.UTC) - OPEN_FOR
    for one in ask.desk.cases.listed():
        old = one.kept_at < limit
        if old and untouched(ask, one) and not ask.desk.boards.of(one.case_id):
            ask.desk.livers.remove(one.case_id)
            ask.desk.cases.remove(one.case_id, ask.who)


def nameless(ask: Ask, states: Sequence[State]) -> dict[str, str]:
    """What tells a case without a name apart: when it was begun, by case."""
    wanted = [one.case_id for one in states if not one.content.get("name")]
    begun = ask.desk.cases.begun(wanted)
    return {
        name: ask.words(
            "no name given, begun {day}", day=day.astimezone().strftime("%Y-%m-%d %H:%M")
        )
        for name, day in begun.items()
    }


def told_apart(row: dict[str, Any], called: str) -> str:
    """A case in a selector: its name, or when it was begun; then number, person and tumour."""
    parts = (cast("str", row[name]) for name in ("id", "person", "tumour"))
    return " · ".join(one for one in (row["name"] or called, *parts) if one)
