"""The sheet of a case: on the screen, on two pages, in Word, as data; the case file itself."""

from __future__ import annotations

import datetime as dt
import json
from base64 import b64decode
from typing import TYPE_CHECKING, Final

from hilum.rendering.sheet.html import Linked, html
from hilum.sheet import board
from hilum.web.answers import download
from hilum.web.compressed import sent, squeezed
from hilum.web.desk import evidence, stamp
from hilum.web.kinds import SHEET, SheetAsked
from hilum.web.work import Patience

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.store.cases import State
    from hilum.web.asking import Ask

KINDS: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
HTML: Final = "text/html"
# First letters of a case's id: enough to tell files apart, and nothing of the patient.
SHORT: Final = 8
# Seconds that a document may take.
PATIENCE: Final = 90.0


def page(ask: Ask) -> Response:
    """The whole sheet of the state that is kept."""
    last, key = _asked(ask, "sheet")
    case_id = ask.params["case"]
    ways = (
        (f"/cases/{case_id}", ask.words("Back to the case")),
        (f"/cases/{case_id}/sheet.pdf", ask.words("Two pages (PDF)")),
        (f"/cases/{case_id}/sheet.docx", "Word"),
        (f"/cases/{case_id}/sheet.json", "JSON"),
    )
    linked = Linked(
        (f"/static/sheet.css?{stamp()}", f"/static/served.css?{stamp()}"),
        f"/static/sheet.js?{stamp()}",
        ways,
    )

    def made() -> bytes:
        return squeezed(html(board(last.content, evidence()), ask.words, linked=linked).encode())

    # No form stands on it, and so no token.
    return sent(ask.desk.documents.get((*key, "html"), made), ask.takes_gzip, HTML)


def document(ask: Ask) -> Response:
    """The sheet as a file."""
    form = str(ask.params["form"])
    last, key = _asked(ask, f"taken_{form}")
    content = ask.desk.documents.get((*key, form), lambda: _made(ask, last, form))
    return download(content, f"sheet-{ask.params['case'][:SHORT]}.{form}", KINDS[form])


def _made(ask: Ask, last: State, form: str) -> bytes:
    """A document; where there are workers one of them makes it, beside the pages."""
    asked = SheetAsked(
        case_id=last.case_id,
        number=last.number,
        day=_today().isoformat(),
        language=ask.words.language,
        form=form,
        case=last.content,
    )
    made = ask.desk.queue.answered(
        SHEET, asked, Patience(PATIENCE), who=ask.who, subject=last.case_id
    )
    return b64decode(made)


def case_file(ask: Ask) -> Response:
    """The case as a file that the commands read."""
    last = ask.desk.cases.last(ask.params["case"])
    ask.desk.cases.seen(last.case_id, "taken_case", ask.who, last.number)
    content = json.dumps(last.content, ensure_ascii=False, indent=2) + "\n"
    return download(content.encode(), f"case-{last.case_id[:SHORT]}.json", KINDS["json"])


def _asked(ask: Ask, what: str) -> tuple[State, tuple[object, ...]]:
    """The state that is kept, and what its sheet rests on: a sheet bears the day that it is of."""
    last = ask.desk.cases.last(ask.params["case"])
    ask.desk.cases.seen(last.case_id, what, ask.who, last.number)
    return last, (last.case_id, last.number, _today(), ask.words.language)


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).astimezone().date()
