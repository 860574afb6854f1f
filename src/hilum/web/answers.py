"""Responses of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from hilum.web.asking import Ask

SEE_OTHER = 303


def shown(ask: Ask, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page."""
    return HTMLResponse(ask.page(template, **context), status)


def to(address: str) -> RedirectResponse:
    """Go on to another page; what was sent is not sent again."""
    return RedirectResponse(address, SEE_OTHER)


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to keep; its name holds nothing of a patient."""
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type=kind, headers={"content-disposition": disposition})


def trouble(ask: Ask, status: int, title: str, *lines: str, back: str = "/") -> Response:
    """A page that says what was not done and why, and leads back."""
    return shown(ask, "trouble.html.j2", status, title=title, lines=lines, back=back)
