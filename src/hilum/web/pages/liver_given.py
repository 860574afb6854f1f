"""What the pages of a liver are given: the room, what a plan leaves, how far a search is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.liver_rows import notice_rows
from hilum.errors import UnknownCode
from hilum.patient.liver.ct import WINDOWS
from hilum.patient.liver.held import HeldLiver
from hilum.patient.liver.plan import Plan
from hilum.patient.liver.wanted import SEARCH_MARGIN_MM
from hilum.rendering.liver_room import (
    liver_context,
    not_taken,
    notices_of,
    outcome_context,
    plan_name,
    plans_context,
)
from hilum.rendering.liver_stills import hatching, still_svg
from hilum.sheet.judged import judged
from hilum.sheet.liver_tried import Tried
from hilum.sheet.liver_tried import tried as tried_on
from hilum.web.asking import whole_number
from hilum.web.liver_desk import plan_of
from hilum.web.pages.telling import progress_of
from hilum.web.work import BROKEN, DONE, FAILED, RUNNING, STOPPED

if TYPE_CHECKING:
    from hilum.store.cases import Content
    from hilum.store.livers import KeptLiver
    from hilum.web.asking import Ask
    from hilum.web.work import Work

STOPPED_READING: Final = "Reading was stopped; nothing of the label maps was kept."
UNUSED: Final = "labels_unused"
BROKEN_WORK: Final = "Something went wrong. Nothing was changed."


def given_messages() -> set[str]:
    """Ids that stand in constants."""
    return {STOPPED_READING, BROKEN_WORK, *(one.name for one in WINDOWS)}


def ended(ask: Ask, work: Work) -> list[str]:
    """How work ended that led to nothing."""
    if work.state == FAILED and work.error is not None:
        return not_taken(work.error, ask.words)
    return [ask.words(STOPPED_READING if work.state == STOPPED else BROKEN_WORK)]


def address_of(kept: KeptLiver) -> str:
    """Where the room of a liver is."""
    return f"/cases/{kept.case_id}/liver/{kept.liver_id}"


def found_liver(ask: Ask) -> tuple[KeptLiver, HeldLiver]:
    """The liver of the address, measured.

    Raises
    ------
    UnknownCode
        There is none, or it is not read yet.
    """
    kept = ask.desk.livers.livers.one(ask.params["case"], ask.params["liver"])
    found = ask.desk.livers.held(kept)
    if not isinstance(found, HeldLiver):
        raise UnknownCode("liver", kept.liver_id, ())
    return kept, found


def content_of(ask: Ask) -> tuple[int, Content]:
    """The state that counts, and the case with what was typed since."""
    last = ask.desk.cases.last(ask.params["case"])
    draft = ask.desk.cases.draft(last.case_id)
    return last.number, draft.content if draft else last.content


def name_of(ask: Ask) -> str:
    """The case's name; empty where it has none."""
    return str(content_of(ask)[1].get("name", ""))


def room_given(ask: Ask, kept: KeptLiver, found: HeldLiver) -> dict[str, Any]:
    """What the room shows besides what follows from the plan."""
    asked = tuple(whole_number(ask.query.get(name, "")) for name in ("upper", "lower"))
    numbered, slices, seen = ask.desk.livers.pictures(kept, found, asked)
    plan = _shown_plan(ask, kept)
    gone = plan.segments
    cleared = (*plan.wedge, *plan.ablate)
    upper, lower = (one.index for one in slices)
    return {
        "case_id": kept.case_id,
        "liver_id": kept.liver_id,
        "address": address_of(kept),
        "name": name_of(ask),
        "day": kept.made_at.astimezone().strftime("%Y-%m-%d"),
        "liver": liver_context(found, ask.words),
        "notices": notices_of(
            # Labels that are not used stand in a list of their own.
            tuple(one for one in notice_rows(found.measurement.notices) if one.code != UNUSED),
            ask.words,
        ),
        "plan": plan,
        "fate": {**dict.fromkeys(plan.wedge, "wedge"), **dict.fromkeys(plan.ablate, "ablate")},
        "margin": f"{plan.margin_mm:g}",
        "has_ct": ask.desk.livers.livers.has_ct(kept),
        "windows": [
            {
                "key": one.key,
                "name": ask.words(one.name),
                "low": one.low,
                "high": one.high,
                "said": f"{one.level}/{one.width}",
            }
            for one in WINDOWS
        ],
        "undo": len(ask.desk.livers.livers.plans(kept)),
        "slices": [still_svg(one, numbered, ask.words, gone, cleared) for one in slices],
        "front": still_svg(seen, numbered, ask.words, gone, cleared),
        "hatching": hatching(),
        "count": slices[0].count,
        "upper": upper,
        "lower": lower,
        "labels": [
            {"kind": one.kind, "of": one.of, "name": one.name, "colour": one.colour}
            for one in numbered.labels
        ],
    }


def _shown_plan(ask: Ask, kept: KeptLiver) -> Plan:
    plans = ask.desk.livers.livers.plans(kept)
    made = plan_of(plans[-1]) if plans else None
    margin = float(plans[-1]["margin_mm"]) if plans else SEARCH_MARGIN_MM
    return made or Plan(margin_mm=margin)


def outcome_given(ask: Ask, kept: KeptLiver, found: HeldLiver) -> dict[str, Any]:
    """What the plan that is tried leaves, and the verdicts on it."""
    base, content = content_of(ask)
    plan = ask.desk.livers.plan(kept)
    one: Tried = tried_on(content, found, plan, ask.desk.tables)
    return {
        **outcome_context(one, judged(content, ask.desk.tables), found, ask.words),
        "plan_name": plan_name(plan, ask.words) if plan else "",
        "base": base,
    }


def plans_given(ask: Ask, kept: KeptLiver) -> dict[str, Any]:
    """The search of this liver: not begun, running, or how it ended."""
    work = ask.desk.livers.searched(kept)
    found: dict[str, Any] = {"state": work.state if work else "", "found": None, "why": []}
    if work is None:
        return {"search": found}
    if work.state == RUNNING:
        found |= progress_of(ask, work)
    elif work.state == DONE:
        found["found"] = plans_context(work.result, ask.words)
    elif work.state in (FAILED, BROKEN):
        found["why"] = ended(ask, work)
    return {"search": found}
