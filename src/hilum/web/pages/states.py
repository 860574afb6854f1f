"""Earlier states of a case: listed, two compared, one kept again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.rendering.sheet.changes import changes_context
from hilum.sheet.between import between
from hilum.web.answers import shown, to
from hilum.web.asking import whole_number
from hilum.web.desk import evidence

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.web.asking import Ask

WHY: Final = {
    "new": "begun",
    "example": "an invented example",
    "file": "from a case file",
    "fhir": "from a FHIR file",
    "kept": "kept",
    "liver": "measured from label maps",
    "undone": "undone: as state {number}",
    "restored": "brought back: as state {number}",
}


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(WHY.values())


def states(ask: Ask) -> Response:
    """Every state, the last first."""
    found = ask.desk.cases.states(ask.params["case"])
    ask.desk.cases.seen(ask.params["case"], "states", ask.who)
    rows = [
        {
            "number": one.number,
            "at": one.kept_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            "why": ask.words(WHY[one.why], number=one.restores),
        }
        for one in reversed(found)
    ]
    return shown(ask, "states.html.j2", case_id=ask.params["case"], rows=rows)


def compare(ask: Ask) -> Response:
    """Two states: what is not the same, and why."""
    case_id = ask.params["case"]
    numbers = sorted(
        whole_number(said) or 0 for said in (ask.query.get("one", ""), ask.query.get("other", ""))
    )
    older, newer = (ask.desk.cases.state(case_id, number) for number in numbers)
    ask.desk.cases.seen(case_id, "compared", ask.who, newer.number)
    days = (older.kept_at.astimezone().date(), newer.kept_at.astimezone().date())
    sheet = between(older.content, newer.content, evidence(), days)
    return shown(
        ask,
        "compare.html.j2",
        case_id=case_id,
        numbers=numbers,
        heading=ask.words("State {newer} against state {older}", newer=numbers[1],
                          older=numbers[0]),
        changes=changes_context(sheet, ask.words),
    )  # fmt: skip


def restore(ask: Ask) -> Response:
    """Keep an earlier state again; what was typed is kept first, as a state too."""
    cases, case_id = ask.desk.cases, ask.params["case"]
    draft = cases.draft(case_id)
    if draft is not None:
        cases.keep(case_id, cases.last(case_id).number, draft.content, ask.who)
    cases.restore(case_id, ask.params["number"], ask.who)
    return to(f"/cases/{ask.params['case']}")
