"""One case: its form with the verdicts beside it; what is typed is a draft until it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.patient.form import TITLES, Written, with_written
from hilum.patient.form import shown as as_shown
from hilum.rendering.case_answer import answer_context, field_notes
from hilum.rendering.case_form import form_sections
from hilum.sheet.judged import judged
from hilum.store.cases import Overtaken
from hilum.web.answers import shown, to
from hilum.web.asking import whole_number
from hilum.web.pages.boards import neighbours
from hilum.web.pages.entry import chosen

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.store.cases import Content, Draft, State
    from hilum.web.asking import Ask, Form

FACT, UNIT, TITLE = "f:", "u:", "t:"


def form(ask: Ask) -> Response:
    """The form, with the draft where there is one."""
    cases = ask.desk.cases
    last = cases.last(ask.params["case"])
    draft = cases.draft(last.case_id)
    content = draft.content if draft else last.content
    cases.seen(last.case_id, "seen", ask.who, last.number)
    after, before = _sheets(ask, last, draft)
    return shown(
        ask,
        "case.html.j2",
        **_context(ask, last, draft),
        **answer_context(after, before, ask.words),
        sections=form_sections(content, ask.words, ask.desk.tables),
        titles={name: str(content.get(name, "")) for name in TITLES},
        notes=field_notes(after, ask.words),
        total=len(ask.desk.tables.attributes),
        boards=neighbours(ask, last.case_id),
    )


def typed(ask: Ask) -> Response:
    """Keep what is typed as a draft; the verdicts, and what changed at the fields."""
    cases = ask.desk.cases
    last = cases.last(ask.params["case"])
    old = cases.draft(last.case_id)
    draft = _drafted(ask, last, old)
    if not ask.partial:
        answer = to(f"/cases/{last.case_id}")
        chosen(ask, answer)
        return answer
    after, before = _sheets(ask, last, draft)
    notes = field_notes(after, ask.words)
    past = field_notes(_sheets(ask, last, old)[0], ask.words)
    moved = {name: notes.get(name) for name in {*notes, *past} if notes.get(name) != past.get(name)}
    return shown(
        ask,
        "answer_partial.html.j2",
        **_context(ask, last, draft),
        **answer_context(after, before, ask.words),
        moved_notes=moved,
    )


def keep(ask: Ask) -> Response:
    """Keep what is typed as the next state."""
    cases = ask.desk.cases
    last = cases.last(ask.params["case"])
    base = ask.form.get("base")
    content = _content(ask, last)
    if content is None:
        draft = cases.draft(last.case_id)
        content = draft.content if draft else last.content
    if _same(ask, content, last.content):
        cases.put_back(last.case_id, ask.who, for_good=True)
        return to(f"/cases/{last.case_id}")
    try:
        cases.keep(last.case_id, whole_number(base) or 0, content, ask.who)
    except Overtaken:
        cases.type(last.case_id, last.number, content, ask.who)
        return shown(ask, "overtaken.html.j2", 409, case_id=last.case_id, base=last.number)
    return to(f"/cases/{last.case_id}")


def put_back(ask: Ask) -> Response:
    """Drop what is typed and not kept."""
    ask.desk.cases.put_back(ask.desk.cases.last(ask.params["case"]).case_id, ask.who)
    return to(f"/cases/{ask.params['case']}")


def type_again(ask: Ask) -> Response:
    """What was put back last is tried again."""
    ask.desk.cases.bring_back(ask.desk.cases.last(ask.params["case"]).case_id, ask.who)
    return to(f"/cases/{ask.params['case']}")


def undo(ask: Ask) -> Response:
    """Put back what is typed; where nothing is, the state before the last one, kept again."""
    cases = ask.desk.cases
    if cases.draft(ask.params["case"]) is None:
        cases.undo(ask.params["case"], ask.who)
    else:
        cases.put_back(ask.params["case"], ask.who)
    return to(f"/cases/{ask.params['case']}")


def _drafted(ask: Ask, last: State, old: Draft | None) -> Draft | None:
    """The draft after what was sent: none where it is as the kept state."""
    content = _content(ask, last)
    if content is None:
        return old
    if _same(ask, content, last.content):
        ask.desk.cases.put_back(last.case_id, ask.who, for_good=True)
        return None
    return ask.desk.cases.type(last.case_id, last.number, content, ask.who)


def _content(ask: Ask, last: State) -> Content | None:
    """The case that the form says; nothing where the form holds none of it."""
    facts, titles = _facts(ask.form), _titles(ask.form)
    if not facts and not titles:
        return None
    return with_written(last.content, facts, titles, ask.desk.tables)


def _facts(sent: Form) -> dict[str, Written]:
    return {
        name.removeprefix(FACT): Written(
            "\n".join(one for one in values if one),
            sent.get(UNIT + name.removeprefix(FACT)),
        )
        for name, values in sent.values.items()
        if name.startswith(FACT)
    }


def _titles(sent: Form) -> dict[str, str]:
    return {name: sent.get(TITLE + name) for name in TITLES if TITLE + name in sent.values}


def _same(ask: Ask, one: Content, other: Content) -> bool:
    """Whether two contents say the same in the form."""
    tables = ask.desk.tables
    titles = [[str(each.get(name, "")) for name in TITLES] for each in (one, other)]
    return titles[0] == titles[1] and as_shown(one, tables) == as_shown(other, tables)


def _sheets(ask: Ask, last: State, draft: Draft | None) -> tuple[Any, Any]:
    """The verdicts as typed, and as kept where these are others."""
    kept = judged(last.content, ask.desk.tables)
    return (judged(draft.content, ask.desk.tables), kept) if draft else (kept, None)


def _context(ask: Ask, last: State, draft: Draft | None) -> dict[str, Any]:
    return {
        "case_id": last.case_id,
        "base": last.number,
        "states": last.number,
        "kept_at": last.kept_at,
        "draft": draft,
        "put_back": draft is None and ask.desk.cases.was_put_back(last.case_id) is not None,
        "typed_at": draft.typed_at.astimezone().strftime("%H:%M:%S") if draft else "",
    }
