"""The way in, language and look, the files that pages are drawn with, the log."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from hilum.language import languages
from hilum.store.audit import COLUMNS
from hilum.web.answers import download, shown, to, trouble
from hilum.web.asking import LANGUAGE, LOOK, WHY_ENTER, WHY_GONE
from hilum.web.compressed import VARY, sent, static_squeezed
from hilum.web.desk import LOOKS, static_files
from hilum.web.pages.account import OWN, with_key
from hilum.web.roles import Role

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
    "ct_added": "laid a CT beneath label maps",
    "ct_removed": "deleted a CT",
    "liver_removed": "deleted label maps",
    "liver_back": "brought deleted label maps back",
    "liver_deleted": "deleted label maps for good",
    "undone": "undid a state",
    "restored": "brought back a state",
    "typed": "began a draft",
    "put_back": "put a draft back",
    "moved": "changed the order",
    "board_made": "made a board",
    "board_changed": "changed a board's title or day",
    "board_put": "put the case on a board",
    "board_off": "took the case off a board",
    "board_undone": "undid a change of a board",
    "board_removed": "removed a board",
    "board_back": "brought a removed board back",
    "board_deleted": "deleted a removed board",
    "board_seen": "looked at a board",
    "board_printed": "printed the case with a board",
    "review_made": "made a review",
    "review_imported": "imported references into a review",
    "review_undone": "undid an import of a review",
    "review_paired": "looked for copies in a review",
    "review_parted": "took a pair of a review apart",
    "review_joined": "joined a pair of a review again",
    "review_linked": "said that two records of a review are of one study",
    "review_same": "said that two records of a review are one report",
    "review_settled": "changed a review's criteria or settings",
    "review_source_named": "named the source of a review's import",
    "review_search_saved": "saved a search of a review",
    "review_searched": "ran a review's searches",
    "review_reported": "made the report of a review",
    "review_decided": "decided a record of a review",
    "review_resolved": "settled a conflict of a review",
    "extract_kept": "kept a row of an extraction",
    "extract_removed": "took a row of an extraction out",
    "extract_text": "sent a full text into a review",
    "extract_appraised": "appraised a study of a review",
    "extract_resolved": "settled a difference of an extraction",
    "removed": "removed the case",
    "signed_in": "signed in",
    "sign_in_failed": "gave a wrong password",
    "signed_out": "signed out",
    "signed_out_everywhere": "signed out everywhere",
    "refused": "was refused",
    "accounts_seen": "looked at the accounts",
    "account_added": "added an account",
    "account_role": "gave a role",
    "account_password": "set a password",
    "second_added": "added a second factor",
    "second_demanded": "asked a second factor of everybody",
    "second_free": "asked a second factor of nobody any more",
    "second_removed": "took a second factor away",
    "recovery_used": "signed in with a recovery code",
    "token_added": "made a token for a program",
    "token_used": "a program used a token",
    "token_revoked": "revoked a token",
    "token_refused": "a program gave a wrong token",
    "account_removed": "removed an account",
    "copied": "made a copy of the store",
    "rekeyed": "changed the key of the store",
}
YEAR: Final = 31_536_000
HOME: Final = "/cases"
ROOMS: Final = (
    (Role.CLINICIAN, HOME),
    (Role.READER, "/evidence"),
    (Role.MEMBER, OWN),
)
# Lines of the log on its page, and letters of a case's id in it.
LINES: Final = 500
SHORT: Final = 8


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(DONE.values())


def enter(ask: Ask) -> Response:
    """Exchange the secret of the first address for a session; the secret leaves the address."""
    if ask.desk.accounts is not None:
        return gone(ask)
    key = ask.desk.sessions.enter(ask.query.get("secret", ""))
    if key is None:
        return trouble(ask, 403, ask.words("Not let in"), ask.words(WHY_ENTER))
    answer = to(HOME)
    with_key(ask, answer, key)
    return answer


def home(ask: Ask) -> Response:
    """The first room of those that are open to whoever asks."""
    return to(next(room for role, room in ROOMS if role in ask.roles))


def static(ask: Ask) -> Response:
    """A file by its name in the table; no path is ever opened."""
    found = static_files().get(ask.params["name"])
    if found is None:
        return Response(ask.words(WHY_GONE), 404, media_type="text/plain")
    content, kind = found
    headers = {"cache-control": f"public, max-age={YEAR}, immutable", **VARY}
    if ask.takes_gzip:
        return sent(static_squeezed(ask.params["name"]), True, kind, headers)
    return Response(content, media_type=kind, headers=headers)


def look(ask: Ask) -> Response:
    """Choose language or look; back to where it was chosen."""
    back = ask.form.get("back", "/")
    answer = to(back if _own(back) else "/")
    chosen(ask, answer)
    return answer


def chosen(ask: Ask, answer: Response) -> None:
    """Keep the language and look that a form chose."""
    for name, cookie, known in (("language", LANGUAGE, languages()), ("look", LOOK, LOOKS)):
        value = ask.form.get(name)
        if value in known:
            answer.set_cookie(
                ask.desk.door.own(cookie), value, max_age=YEAR, httponly=True, samesite="strict",
                path="/", secure=ask.desk.door.secure,
            )  # fmt: skip


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
            "about": one.about or "",
        }
        for one in ask.desk.cases.audit()[::-1][:LINES]
    ]
    return shown(ask, "audit.html.j2", lines=lines)


def audit_csv(ask: Ask) -> Response:
    """The whole log as a table."""
    ask.desk.cases.seen(None, "audit_taken", ask.who)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows(one.row() for one in ask.desk.cases.audit())
    return download(out.getvalue().encode(), "hilum-audit.csv", "text/csv")


def gone(ask: Ask) -> Response:
    """No such page."""
    return trouble(ask, 404, ask.words("Not there"), ask.words(WHY_GONE))
