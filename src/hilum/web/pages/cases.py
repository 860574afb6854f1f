"""The list of cases: new ones, invented ones, files; their order; taking one away."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, cast

from hilum.errors import Fault, InputError, UnknownCode
from hilum.language import told
from hilum.patient.case import TABLES, read_case
from hilum.patient.casefile import Twice, parsed_case
from hilum.patient.fhir.bundle import checked
from hilum.patient.spoken import printable
from hilum.store.cases import LIST
from hilum.store.copies import copies
from hilum.web.answers import shown, to, trouble
from hilum.web.pages.boards import onto, order_context
from hilum.web.pages.untouched import nameless, sweep, touched

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.store.cases import Content
    from hilum.web.asking import Ask, Upload

EXAMPLES: Final = ("midgut-multifocal", "pancreas-few")
NO_TEXT: Final = (
    "a case file (TOML or JSON) or a FHIR bundle (JSON): text in UTF-8; this file is no such text"
)
LONGEST_NAME: Final = 60
ENDINGS: Final = (".toml", ".json")


def listing(ask: Ask) -> Response:
    """Every case: who, what is asked, what the rules answer, what decides."""
    cases = ask.desk.cases
    found = touched(ask, cases.listed())
    board = ask.desk.boards.one(LIST) if found else None
    cases.seen(None, "listed", ask.who)
    return shown(
        ask, "cases.html.j2", **order_context(ask, board, found, at=ask.query.get("at", ""))
    )


def new(ask: Ask) -> Response:
    """A case of which nothing is known yet."""
    sweep(ask)
    return _open(ask, {"patient": {}}, "new")


def example(ask: Ask) -> Response:
    """An invented patient to play with."""
    name = ask.form.get("name")
    if name not in EXAMPLES:
        return trouble(ask, 404, ask.words("There is no such example."))
    return to(f"/cases/{invented(ask, name)}")


def invented(ask: Ask, name: str) -> str:
    """An invented patient as a new case; its id."""
    path = files("hilum.web") / "examples" / f"{name}.toml"
    data = parsed_case(path.read_text("utf-8"), PurePath(path.name)).data
    return _added(ask, data, "example")


def bring(ask: Ask) -> Response:
    """A case from a file that was sent: a case file, or a FHIR bundle with a report of it."""
    sent = ask.form.uploads.get("file")
    if sent is None or not sent.content:
        return trouble(ask, 422, ask.words("Choose a file first."))
    try:
        data = _parsed(sent)
        if "resourceType" in data:
            return _from_fhir(ask, data)
        return _open(ask, _as_case(data, sent), "file")
    except InputError as error:
        title = ask.words("The file was not taken over; nothing was changed.")
        return trouble(ask, 422, title, *told(error, ask.words).splitlines())


def _name(sent: Upload) -> PurePath:
    """A name for messages: the ending alone counts, nothing else of what a browser said."""
    ending = PurePath(sent.name).suffix.lower()
    return PurePath(f"case{ending if ending in ENDINGS else '.toml'}")


def _parsed(sent: Upload) -> dict[str, Any]:
    name = _name(sent)
    try:
        text = sent.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # It is no case file: it is called as it was sent.
        shown_as = printable(PurePath(sent.name).name)[:LONGEST_NAME] or name.name
        raise InputError(Fault(shown_as, None, "file", "", NO_TEXT)) from error
    return parsed_case(text, name).data


def _as_case(data: dict[str, Any], sent: Upload) -> Content:
    name = _name(sent).name
    if "imaging" in data:
        wanted = "a case without label maps: the workbench opens no file that a case names"
        raise InputError(Fault(name, None, "imaging", "", wanted))
    if isinstance(data, Twice) or isinstance(data.get("patient"), Twice):
        raise InputError(Fault(name, None, "patient", "", "every key once"))
    # Read once: what is no case at all is refused before it is kept.
    read_case(data)
    if isinstance(data.get("patient"), dict):
        return data
    outer = {key: value for key, value in data.items() if key in TABLES}
    inner = {key: value for key, value in data.items() if key not in TABLES}
    return {**outer, "patient": inner}


def _from_fhir(ask: Ask, data: dict[str, Any]) -> Response:
    from hilum.analyses import analysis

    record = analysis("from_fhir")
    answer = record.run(record.Asked(bundle=checked(data, "FHIR")))
    content = cast("dict[str, Any]", json.loads(json.dumps(answer.case, default=str)))
    made = ask.desk.cases.add(content, "fhir", ask.who)
    onto(ask, made)
    ask.desk.brought.get(made, lambda: answer)
    return to(f"/cases/{made}/brought")


def brought(ask: Ask) -> Response:
    """What became of everything in a file from elsewhere, as long as it is known."""
    from hilum.rendering.fhir import from_fhir_lines

    last = ask.desk.cases.last(ask.params["case"])
    try:
        answer = ask.desk.brought.find(last.case_id)
    except UnknownCode:
        return to(f"/cases/{last.case_id}")
    ask.desk.cases.seen(last.case_id, "seen", ask.who, last.number)
    lines = from_fhir_lines(answer, ask.words)
    return shown(ask, "brought.html.j2", case_id=last.case_id, lines=lines)


def _open(ask: Ask, content: Content, why: str) -> Response:
    return to(f"/cases/{_added(ask, content, why)}")


def _added(ask: Ask, content: Content, why: str) -> str:
    plain = cast("dict[str, Any]", json.loads(json.dumps(content, default=str)))
    made = ask.desk.cases.add(plain, why, ask.who)
    onto(ask, made)
    return made


def remove_asked(ask: Ask) -> Response:
    """Whether a case is to be taken away for good."""
    last = ask.desk.cases.last(ask.params["case"])
    name = str(last.content.get("name", "")) or nameless(ask, [last])[last.case_id]
    kept = [
        {"place": one.place, "day": one.made_at.astimezone().strftime("%Y-%m-%d %H:%M")}
        for one in copies(ask.desk.cases.engine)
        if one.there and one.made_at >= ask.desk.cases.states(last.case_id)[0].kept_at
    ]
    return shown(
        ask, "remove.html.j2", case_id=last.case_id, name=name, count=last.number, copies=kept
    )


def remove(ask: Ask) -> Response:
    """Take a case away with every state of it."""
    case_id = ask.desk.cases.last(ask.params["case"]).case_id
    # First what lies beside the store: a case that is gone leaves no label maps behind.
    ask.desk.livers.remove(case_id)
    ask.desk.cases.remove(case_id, ask.who)
    ask.desk.pages.forget(lambda _: True)
    ask.desk.documents.forget(lambda key: isinstance(key, tuple) and case_id in key)
    return to("/cases")
