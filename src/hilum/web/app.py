"""The application: the table of routes behind the guard, errors as pages, in one place each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Match, Route

from hilum.errors import HilumError, InputError, MissingExtra, UnknownCode
from hilum.language import told
from hilum.rendering.own_table import OWN, own_kinds
from hilum.rendering.pool_page import DRAWN
from hilum.store.audit import log
from hilum.web.answers import to, trouble
from hilum.web.asking import (
    SAFE,
    WHY_ENTER,
    WHY_FAILED,
    WHY_FILES,
    WHY_GONE,
    WHY_LARGE,
    WHY_SIGN_IN,
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
from hilum.web.compressed import takes_gzip
from hilum.web.guard import Guard
from hilum.web.guide import COOKIE as GUIDE
from hilum.web.pages.account import SIGN_IN
from hilum.web.pages.machine import refused
from hilum.web.pages.sheets import KINDS
from hilum.web.roles import Role
from hilum.web.table import PAGES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from hilum.web.desk import Desk
    from hilum.web.sessions import Session
    from hilum.web.table import Page

PROGRAMS: Final = "/api/"
MEGABYTE: Final = 1_000_000
# Parts of an address that the table names, and what each may be.
ONE_OF: Final = {"document": KINDS, "drawing": DRAWN, "simulated": ("csv", "json"),
                 "own": OWN, "ownplot": own_kinds()}  # fmt: skip
GONE, UNREADABLE, NO_EXTRA = 404, 422, 501


def _one_of(words: Iterable[str]) -> Convertor[str]:
    """A part of an address that is one of the words that there are."""

    class OneOf(Convertor[str]):
        regex = "|".join(words)

        def convert(self, value: str) -> str:
            return value

        def to_string(self, value: str) -> str:
            return value

    return OneOf()


class _Count(Convertor[int]):
    """A number that counts something: of a state, of a plan."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


_READ: Final = frozenset(one.path for one in PAGES if one.method == "GET")


def application(desk: Desk) -> Guard:
    """The workbench of one desk."""
    for name, known in ONE_OF.items():
        register_url_convertor(name, _one_of(known))
    register_url_convertor("count", _Count())
    routes = [
        Route(
            one.path, _answering(one, desk), methods=[one.method], name=f"{one.method} {one.path}"
        )
        for one in PAGES
    ]

    async def gone(request: Request, error: Exception) -> Response:
        ask = _ask(request, desk, Form(), await _session(request, desk))
        said = refused if ask.path.startswith(PROGRAMS) else partial(trouble, ask)
        made = said(
            getattr(error, "status_code", GONE), ask.words("Not there"), ask.words(WHY_GONE)
        )
        # Which methods there are, where it was another one.
        made.headers.update(getattr(error, "headers", None) or {})
        return made

    async def failed(request: Request, error: Exception) -> Response:
        del error
        ask = _ask(request, desk, Form(), await _session(request, desk))
        return trouble(ask, 500, ask.words("Something went wrong"), ask.words(WHY_FAILED))

    handlers = {404: gone, 405: gone, 500: failed}
    made = Starlette(routes=routes, exception_handlers=handlers)
    return Guard(made, desk.names, desk.door.scheme)


def _answering(page: Page, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    """A route's way from request to response: who asks, what is sent, then the page itself."""

    async def answer(request: Request) -> Response:
        bearer = _bearer(request) if page.machine and desk.accounts is not None else None
        if bearer is None:
            session = await _session(request, desk)
        else:
            session = await run_in_threadpool(_of_token, desk, bearer, _from(request, desk))
        closed = page.role is not Role.ANYBODY and not page.machine
        if closed and session is None and _asks_a_page(request, desk):
            return to(SIGN_IN)
        try:
            checked_role(page.role, session, WHY_ENTER if desk.accounts is None else WHY_SIGN_IN)
            form = Form()
            if page.method not in SAFE and page.machine:
                form = await _from_program(
                    request, page, session if bearer is None else None, desk.door.scheme
                )
            elif page.method not in SAFE:
                checked_origin(request, desk.door.scheme)
                form = await read_form(request, page.most, page.files)
                if session is not None:
                    checked_csrf(form, session)
            ask = _ask(request, desk, form, session)
            return await run_in_threadpool(_run, page, ask, _whence(request))
        except Refused as error:
            if session is not None:
                await run_in_threadpool(_noted, page, desk, session.who)
            ask = _ask(request, desk, Form(), session)
            most = {WHY_LARGE: f"{page.most / MEGABYTE:g}", WHY_FILES: str(page.files)}
            places = {"most": most[error.why]} if error.why in most else {}
            told = refused if page.machine else partial(trouble, ask, leads=_whence(request))
            answer = told(error.status, ask.words("Refused"), ask.words(error.why, **places))
            if session is None and ask.partial and page.method in SAFE:
                # A part of a page that somebody left open: the whole says that they are out.
                answer.headers["hx-refresh"] = "true"
            return answer

    return answer


def _bearer(request: Request) -> str | None:
    """The token that a program carries; no browser sends one by itself."""
    kind, _, said = request.headers.get("authorization", "").partition(" ")
    return said.strip() if kind.lower() == "bearer" else None


def _of_token(desk: Desk, secret: str, address: str) -> Session | None:
    """The session of a token for this request alone; a wrong one is noted, and counts as a try."""
    found = desk.of_token(secret)
    if found is None and not desk.throttle.tried("", address):
        log(desk.cases.engine, "", "token_refused", about=address)
    return found


def _noted(page: Page, desk: Desk, who: str) -> None:
    """Somebody who came in was refused; the route is noted, and nothing that was sent."""
    log(desk.cases.engine, who, "refused", about=f"{page.method} {page.path}")


async def _from_program(request: Request, page: Page, session: Session | None, scheme: str) -> Form:
    """What a program sends, with its token; a browser on another site can send neither."""
    if "origin" in request.headers:
        checked_origin(request, scheme)
    if session is not None:
        checked_token(request, session)
    return await read_body(request, page.most)


def _run(page: Page, ask: Ask, back: str) -> Response:
    """The page's own answer; hilum's errors as pages that lead ``back``, in the reader's words."""
    words = ask.words
    said = refused if page.machine else partial(trouble, ask, leads=back)
    if any("\0" in str(one) for one in ask.params.values()):
        # No id has it, and not every database takes it in a question.
        return said(GONE, words("Not there"), words(WHY_GONE))
    try:
        return page.answer(ask)
    except UnknownCode:
        said = refused if page.machine else partial(trouble, ask)
        return said(GONE, words("Not there"), words(WHY_GONE))
    except MissingExtra as error:
        return said(NO_EXTRA, words("A part of hilum is not installed"), told(error, words))
    except InputError as error:
        lines = told(error, words).splitlines()
        return said(UNREADABLE, words("This was not understood"), *lines)
    except HilumError as error:
        return said(UNREADABLE, words("This cannot be answered"), told(error, words))


async def _session(request: Request, desk: Desk) -> Session | None:
    """Whose request it is; the accounts are asked beside the loop."""
    key = request.cookies.get(desk.cookie)
    if desk.accounts is None or not key:
        return desk.session(key)
    return await run_in_threadpool(desk.session, key)


def _asks_a_page(request: Request, desk: Desk) -> bool:
    """Whether a person opens a page where people sign in; parts of pages and files are refused."""
    whole = request.headers.get("hx-request") != "true"
    return desk.accounts is not None and request.method in SAFE and whole


def _from(request: Request, desk: Desk) -> str:
    """The address that a request comes from: a proxy in front appends it last."""
    said = request.headers.get("x-forwarded-for", "") if desk.door.forwarded else ""
    last = said.rpartition(",")[2].strip()
    return (last or (request.client.host if request.client else ""))[:64]


def _here(request: Request) -> str:
    """The page with its query; of what was sent the page at the same address, or the first."""
    path, query = request.url.path, request.url.query
    if request.method in SAFE:
        return f"{path}?{query}" if query else path
    route = request.scope.get("route")
    return path if isinstance(route, Route) and route.path in _READ else "/"


def _whence(request: Request) -> str:
    """The page that something was sent from: as the browser says it, else the nearest above it.

    Of a page that was asked for, the first one.
    """
    if request.method in SAFE:
        return "/"
    said = urlsplit(request.headers.get("referer", ""))
    if said.netloc == request.headers.get("host") and _is_page(request, said.path):
        return f"{said.path}?{said.query}" if said.query else said.path
    path = request.url.path
    while path and not _is_page(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_page(request: Request, path: str) -> bool:
    """Whether a person can look at an address."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    routes = request.app.routes
    return any(one.matches(scope)[0] is Match.FULL for one in routes if isinstance(one, Route))


def _ask(request: Request, desk: Desk, form: Form, session: Session | None) -> Ask:
    return Ask(
        desk=desk,
        words=chosen_words(request, desk),
        look=chosen_look(request, desk),
        session=session,
        params=dict(request.path_params),
        query=dict(request.query_params),
        form=form,
        path=request.url.path,
        partial=request.headers.get("hx-request") == "true",
        guide=request.cookies.get(desk.door.own(GUIDE), ""),
        key=request.cookies.get(desk.cookie),
        address=_from(request, desk),
        here=_here(request),
        takes_gzip=takes_gzip(request.headers.get("accept-encoding", "")),
    )
