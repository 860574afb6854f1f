"""The way in, language and look, the files that pages are drawn with, the log."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from hilum.language import languages
from hilum.web.answers import download, shown, to, trouble
from hilum.web.asking import LANGUAGE, LOOK, WHY_ENTER, WHY_GONE
from hilum.web.desk import LOOKS, static_files

if TYPE_CHECKING:
    from hilum.web.asking import Ask

# What the log notes, in words; the table to take has the codes.
DONE: Final = {
    "listed": "looked at the list",
    "seen": "looked at the case",
    "states": "looked at earlier states",
    "compared": "compared two states",
    "audit": "looked at the log",
    "audit_taken": "took the log",
    "sheet": "looked at the sheet",
    "taken_pdf": "took the sheet (PDF)",
    "taken_docx": "took the sheet (Word)",
    "taken_json": "took the sheet (JSON)",
    "taken_case": "took the case file",
    "new": "began a case",
    "example": "took an invented example",
    "file": "took over a case file",
    "fhir": "took over a FHIR file",
    "kept": "kept a state",
    "liver": "took over measures of the liver",
    "liver_seen": "looked at the liver",
    "liver_added": "sent label maps",
    "liver_removed": "deleted label maps",
    "undone": "undid a state",
    "restored": "brought back a state",
    "typed": "began a draft",
    "put_back": "put a draft back",
    "moved": "changed the order",
    "removed": "removed the case",
}
YEAR: Final = 31_536_000
HOME: Final = "/cases"
# Lines of the log on its page, and letters of a case's id in it.
LINES: Final = 500
SHORT: Final = 8


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(DONE.values())


def enter(ask: Ask) -> Response:
    """Exchange the secret of the first address for a session; the secret leaves the address."""
    key = ask.desk.sessions.enter(ask.query.get("secret", ""))
    if key is None:
        return trouble(ask, 403, ask.words("Not let in"), ask.words(WHY_ENTER))
    answer = to(HOME)
    answer.set_cookie(ask.desk.cookie, key, httponly=True, samesite="strict", path="/")
    return answer


def home(ask: Ask) -> Response:
    """The first room."""
    del ask
    return to(HOME)


def static(ask: Ask) -> Response:
    """A file by its name in the table; no path is ever opened."""
    found = static_files().get(ask.params["name"])
    if found is None:
        return Response("not there", 404, media_type="text/plain")
    content, kind = found
    headers = {"cache-control": f"public, max-age={YEAR}, immutable"}
    return Response(content, media_type=kind, headers=headers)


def look(ask: Ask) -> Response:
    """Choose language or look; back to where it was chosen."""
    back = ask.form.get("back", HOME)
    answer = to(back if _own(back) else HOME)
    chosen(ask, answer)
    return answer


def chosen(ask: Ask, answer: Response) -> None:
    """Keep the language and look that a form chose."""
    for name, cookie, known in (("language", LANGUAGE, languages()), ("look", LOOK, LOOKS)):
        value = ask.form.get(name)
        if value in known:
            answer.set_cookie(
                cookie, value, max_age=YEAR, httponly=True, samesite="strict", path="/"
            )


def _own(address: str) -> bool:
    """Whether an address is a page of hilum's own: a path, and no other host's."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def audit(ask: Ask) -> Response:
    """The log: who looked at or changed which case, and when."""
    ask.desk.cases.seen(None, "audit", ask.who)
    lines = [
        {
            "at": one.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            "who": one.who,
            "what": ask.words(DONE[one.what]),
            "case": (one.case_id or "")[:SHORT],
            "state": "" if one.state is None else one.state,
        }
        for one in ask.desk.cases.audit()[::-1][:LINES]
    ]
    return shown(ask, "audit.html.j2", lines=lines)


def audit_csv(ask: Ask) -> Response:
    """The whole log as a table."""
    ask.desk.cases.seen(None, "audit_taken", ask.who)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("at", "who", "what", "case", "state"))
    for one in ask.desk.cases.audit():
        table.writerow((one.at.isoformat(), one.who, one.what, one.case_id, one.state))
    return download(out.getvalue().encode(), "hilum-audit.csv", "text/csv")


def gone(ask: Ask) -> Response:
    """No such page."""
    return trouble(ask, 404, ask.words("Not there"), ask.words(WHY_GONE))
