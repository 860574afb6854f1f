"""The application: the table of routes behind the guard, errors as pages, in one place each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Route

from hilum.errors import HilumError, InputError, MissingExtra, UnknownCode
from hilum.language import told
from hilum.rendering.pool_page import DRAWN
from hilum.web.answers import trouble
from hilum.web.asking import (
    SAFE,
    WHY_FAILED,
    WHY_GONE,
    WHY_LARGE,
    Ask,
    Form,
    Refused,
    checked_csrf,
    checked_origin,
    checked_role,
    checked_token,
    chosen_look,
    chosen_words,
    read_body,
    read_form,
)
from hilum.web.guard import Guard
from hilum.web.pages.machine import refused
from hilum.web.pages.sheets import KINDS
from hilum.web.table import PAGES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from hilum.web.desk import Desk
    from hilum.web.sessions import Session
    from hilum.web.table import Page

PROGRAMS: Final = "/api/"
MEGABYTE: Final = 1_000_000
GONE, UNREADABLE, NO_EXTRA = 404, 422, 501


class _Drawing(Convertor[str]):
    """Kinds of plot of a pooled answer."""

    regex = "|".join(DRAWN)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Count(Convertor[int]):
    """A number that counts something: of a state, of a plan."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class _Document(Convertor[str]):
    """Endings of the documents that there are."""

    regex = "|".join(KINDS)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def application(desk: Desk) -> Guard:
    """The workbench of one desk."""
    register_url_convertor("document", _Document())
    register_url_convertor("drawing", _Drawing())
    register_url_convertor("count", _Count())
    routes = [
        Route(
            one.path, _answering(one, desk), methods=[one.method], name=f"{one.method} {one.path}"
        )
        for one in PAGES
    ]

    async def gone(request: Request, error: Exception) -> Response:
        ask = _ask(request, desk, Form())
        said = refused if ask.path.startswith(PROGRAMS) else partial(trouble, ask)
        made = said(
            getattr(error, "status_code", GONE), ask.words("Not there"), ask.words(WHY_GONE)
        )
        # Which methods there are, where it was another one.
        made.headers.update(getattr(error, "headers", None) or {})
        return made

    async def failed(request: Request, error: Exception) -> Response:
        del error
        ask = _ask(request, desk, Form())
        return trouble(ask, 500, ask.words("Something went wrong"), ask.words(WHY_FAILED))

    handlers = {404: gone, 405: gone, 500: failed}
    made = Starlette(routes=routes, exception_handlers=handlers)
    return Guard(made, desk.names)


def _answering(page: Page, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    """A route's way from request to response: who asks, what is sent, then the page itself."""

    async def answer(request: Request) -> Response:
        session = desk.sessions.of(request.cookies.get(desk.cookie))
        try:
            checked_role(page.role, session)
            form = Form()
            if page.method not in SAFE and page.machine:
                form = await _from_program(request, page, session)
            elif page.method not in SAFE:
                checked_origin(request)
                form = await read_form(request, page.most, page.files)
                if session is not None:
                    checked_csrf(form, session)
            ask = _ask(request, desk, form)
            return await run_in_threadpool(_run, page, ask)
        except Refused as error:
            ask = _ask(request, desk, Form())
            places = {"most": f"{page.most / MEGABYTE:g}"} if error.why is WHY_LARGE else {}
            told = refused if page.machine else partial(trouble, ask)
            return told(error.status, ask.words("Refused"), ask.words(error.why, **places))

    return answer


async def _from_program(request: Request, page: Page, session: Session | None) -> Form:
    """What a program sends, with its token; a browser on another site can send neither."""
    if "origin" in request.headers:
        checked_origin(request)
    if session is not None:
        checked_token(request, session)
    return await read_body(request, page.most)


def _run(page: Page, ask: Ask) -> Response:
    """The page's own answer; hilum's errors as pages, in the language of the reader."""
    words = ask.words
    said = refused if page.machine else partial(trouble, ask)
    try:
        return page.answer(ask)
    except UnknownCode:
        return said(GONE, words("Not there"), words(WHY_GONE))
    except MissingExtra as error:
        return said(NO_EXTRA, words("A part of hilum is not installed"), told(error, words))
    except InputError as error:
        lines = told(error, words).splitlines()
        return said(UNREADABLE, words("This was not understood"), *lines)
    except HilumError as error:
        return said(UNREADABLE, words("This cannot be answered"), told(error, words))


def _ask(request: Request, desk: Desk, form: Form) -> Ask:
    return Ask(
        desk=desk,
        words=chosen_words(request, desk),
        look=chosen_look(request),
        session=desk.sessions.of(request.cookies.get(desk.cookie)),
        params=dict(request.path_params),
        query=dict(request.query_params),
        form=form,
        path=request.url.path,
        partial=request.headers.get("hx-request") == "true",
    )
