"""Responses of pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hilum.web.guard import nonced

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from hilum.web.asking import Ask

SEE_OTHER = 303
# A document brings its own style and runs nothing; of this origin, so that its links lead back.
DOCUMENT: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'none'; sandbox allow-same-origin",
}
# The way back stands above a document and is not printed.
WAYS: Final = (
    "<style>nav.served{padding:8px 20px;border-bottom:1px solid #d6dce2;font:14px/20px sans-serif}"
    "nav.served a{display:inline-block;min-height:24px;margin-right:16px}"
    "@media print{nav.served{display:none}}</style>"
)
# Stands for the token in pages that are kept: no text has it, and it is no HTML.
TOKEN = "\ue000token\ue001"
NONCE = "\ue000nonce\ue001"


def shown(ask: Ask, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page."""
    return _of(ask, ask.page(template, **context), status)


def _of(ask: Ask, text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status, {"content-security-policy": nonced(ask.nonce)})


def shown_once(
    ask: Ask, template: str, key: Hashable, context: Callable[[], dict[str, Any]]
) -> HTMLResponse:
    """A page that is made once for all who see the same of it; each gets their own token and nonce.

    ``key`` names everything that the page shows beside the reader's language, look and roles.
    """
    mine = ask.session
    marked = replace(ask, nonce=NONCE, session=replace(mine, csrf=TOKEN) if mine else None)
    whole = (template, key, ask.words.language, ask.look, ask.here, ask.who, ask.guide,
             mine.roles if mine else None)  # fmt: skip
    made = ask.desk.pages.get(whole, lambda: marked.page(template, **context()))
    made = made.replace(NONCE, ask.nonce)
    return _of(ask, made.replace(TOKEN, mine.csrf) if mine else made)


def to(address: str) -> RedirectResponse:
    """Go on to another page; what was sent is not sent again."""
    return RedirectResponse(address, SEE_OTHER)


def as_document(page: str, ways: Iterable[tuple[str, str]]) -> HTMLResponse:
    """A document as a page of its own, with the ways that lead back from it."""
    links = Markup(" ").join(Markup('<a href="{}">{}</a>').format(*way) for way in ways)
    nav = Markup('{}<nav class="served">{}</nav>').format(Markup(WAYS), links)
    return HTMLResponse(page.replace("<body>", f"<body>{nav}", 1), headers=DOCUMENT)


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to keep; its name holds nothing of a patient."""
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type=kind, headers={"content-disposition": disposition})


def trouble(
    ask: Ask, status: int, title: str, *lines: str, back: str = "/", leads: str = ""
) -> Response:
    """A page that says what was not done and why, and leads back.

    A change of language comes to ``back``, which can be read by everybody; the button leads there
    too, or to ``leads``, from where something was sent.
    """
    return shown(
        ask, "trouble.html.j2", status, title=title, lines=lines, back=back, leads=leads or back
    )
