"""A request as a page sees it, after everything that can be refused has been."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException, MultiPartParser

from hilum.language import languages, words
from hilum.web.desk import LOOKS
from hilum.web.guide import shown as guide_shown
from hilum.web.roles import Role
from hilum.web.sessions import same

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request

    from hilum.language import Words
    from hilum.web.desk import Desk
    from hilum.web.sessions import Session

SMALL: Final = 200_000
UPLOAD: Final = 8_000_000
# Label maps with the slices that they were drawn on; the readers bound what they unpack to.
LABEL_MAPS: Final = 64_000_000
# Search exports: some fifteen thousand records with their abstracts.
REFERENCES: Final = 48_000_000
# A paper with its figures; the reader bounds what it unpacks to.
FULL_TEXT: Final = 32_000_000
MOST_FIELDS: Final = 1000
PART: Final = 100_000
MANY_FILES: Final = 50
MOST_DIGITS: Final = 15
NONCE_BYTES: Final = 16
SAFE: Final = frozenset({"GET", "HEAD"})
LANGUAGE, LOOK = "hilum-language", "hilum-look"
CSRF, TOKEN = "csrf", "x-csrf-token"


class Refused(Exception):
    """A request that is not answered; ``status`` says why to a program, ``why`` to a person."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


WHY_ENTER: Final = (
    "Open the address that hilum serve printed in its terminal: it lets this browser in."
)
WHY_SIGN_IN: Final = "Sign in first: nobody is signed in here, or the time has passed."
WHY_ROLE: Final = "This page asks for another role than yours."
WHY_ORIGIN: Final = "This came from another site, and nothing was done."
WHY_CSRF: Final = "This form is of an earlier start of hilum: open the page again."
WHY_LARGE: Final = "This is too large: at most {most} MB."
WHY_FILES: Final = (
    "These are too many files for one upload: at most {most} go in at once. Nothing of them was "
    "kept: send them in several uploads."
)
WHY_FORM: Final = "This form could not be read."
WHY_JSON: Final = "This is no JSON: say content-type: application/json."
WHY_TOKEN: Final = "The header x-csrf-token must hold what GET /api/session says."
WHY_FAILED: Final = "Nothing was changed. What you typed before is kept as a draft."
WHY_GONE: Final = "There is no such page, or no such case."


def messages() -> set[str]:
    """Message ids of the refusals."""
    return {
        WHY_ENTER,
        WHY_SIGN_IN,
        WHY_ROLE,
        WHY_ORIGIN,
        WHY_CSRF,
        WHY_LARGE,
        WHY_FILES,
        WHY_FORM,
        WHY_JSON,
        WHY_TOKEN,
        WHY_FAILED,
        WHY_GONE,
    }


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its name counts for its ending alone."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent: every value of every name, and its files; a program sends a ``body``.

    ``sent`` are all files in their order, where one field may hold several.
    """

    values: dict[str, list[str]] = field(default_factory=dict[str, list[str]], repr=False)
    uploads: dict[str, Upload] = field(default_factory=dict[str, Upload], repr=False)
    body: bytes = field(default=b"", repr=False)
    sent: tuple[Upload, ...] = field(default=(), repr=False)

    def get(self, name: str, default: str = "") -> str:
        """The last value of a name."""
        return self.values.get(name, [default])[-1]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a page is asked: by whom, in which language, with what.

    ``address`` is whoever's; ``here`` is where a change of language or look comes back to: the page
    with its query, or the page that a form was sent from.
    """

    desk: Desk
    words: Words
    look: str
    session: Session | None
    params: Mapping[str, Any]
    query: Mapping[str, str]
    form: Form
    path: str
    partial: bool
    guide: str = ""
    key: str | None = field(default=None, repr=False)
    address: str = ""
    here: str = "/"
    takes_gzip: bool = False
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(NONCE_BYTES), repr=False)

    @property
    def roles(self) -> frozenset[str]:
        """What whoever asks may ask for."""
        return self.session.roles if self.session else frozenset()

    @property
    def who(self) -> str:
        """Whom the log names."""
        return self.session.who if self.session else ""

    def page(self, template: str, **context: Any) -> str:
        """A page in the reader's language, with what every page has."""
        return self.desk.page(
            template,
            self.words,
            csrf=self.session.csrf if self.session else "",
            nonce=self.nonce,
            look=self.look,
            path=self.path,
            here_again=self.here,
            guide=guide_shown(self.guide, self.words) if self.session else None,
            roles=self.roles,
            account=self.who if self.desk.accounts is not None else "",
            **context,
        )


class InMemory(MultiPartParser):
    """Files stay in memory: what a clinician sends is never written to a temporary file."""

    spool_max_size = LABEL_MAPS + 1


def checked_origin(request: Request, scheme: str = "http") -> None:
    """Refuse a change that another site asks for.

    Raises
    ------
    Refused
        The request names another origin, or none that a browser would leave out.
    """
    said = request.headers.get("origin")
    own = f"{scheme}://{request.headers['host']}".lower()
    if said is None:
        if request.headers.get("sec-fetch-site") == "same-origin":
            return
        raise Refused(403, WHY_ORIGIN)
    if said.lower() != own:
        raise Refused(403, WHY_ORIGIN)


def checked_role(role: Role, session: Session | None, why: str = WHY_ENTER) -> None:
    """Refuse whoever did not come in, or came in for something else.

    Raises
    ------
    Refused
        The page demands a role that the session has not.
    """
    if role is Role.ANYBODY:
        return
    if session is None:
        raise Refused(403, why)
    if role not in session.roles:
        raise Refused(403, WHY_ROLE)


def checked_csrf(form: Form, session: Session) -> None:
    """Refuse a form that does not carry the session's own token."""
    if not same(form.get(CSRF), session.csrf):
        raise Refused(403, WHY_CSRF)


async def read_form(request: Request, most: int, files: int = 1) -> Form:
    """The form of a request, its size looked at before anything of it is read.

    Raises
    ------
    Refused
        It is too large, or no form, or holds more than ``files`` files.
    """
    body = await _body(request, most)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(
                body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS
            )
        except ValueError as error:
            raise Refused(400, WHY_FORM) from error
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return Form(values)
    if kind == "multipart/form-data":
        return await _parts(request, body, files)
    raise Refused(415, WHY_FORM)


async def read_body(request: Request, most: int) -> Form:
    """What a program sent: JSON, or nothing.

    Raises
    ------
    Refused
        It is too large, or something else.
    """
    body = await _body(request, most)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/json":
        raise Refused(415, WHY_JSON)
    return Form(body=body)


def checked_token(request: Request, session: Session) -> None:
    """Refuse a program that does not carry the session's own token in its own header."""
    if not same(request.headers.get(TOKEN, ""), session.csrf):
        raise Refused(403, WHY_TOKEN)


async def _parts(request: Request, body: bytes, files: int) -> Form:
    async def stream() -> AsyncIterator[bytes]:
        yield body

    values: dict[str, list[str]] = {}
    uploads: dict[str, Upload] = {}
    sent: list[Upload] = []
    try:
        parser = InMemory(
            request.headers,
            stream(),  # pyright: ignore[reportArgumentType]
            max_files=files,
            max_fields=20,
            max_part_size=PART,
        )
        parts = await parser.parse()
    except MultiPartException as error:
        many = error.message.startswith("Too many files")
        raise Refused(*((413, WHY_FILES) if many else (400, WHY_FORM))) from error
    except (KeyError, UnicodeDecodeError) as error:
        raise Refused(400, WHY_FORM) from error
    for name, part in parts.multi_items():
        if isinstance(part, str):
            values.setdefault(name, []).append(part)
        else:
            uploads[name] = Upload(part.filename or "", await part.read())
            sent.append(uploads[name])
            await part.close()
    return Form(values, uploads, sent=tuple(sent))


def whole_number(said: str) -> int | None:
    """A whole number from 0 in plain digits, of no more of them than anything here counts."""
    return int(said) if len(said) <= MOST_DIGITS and said.isascii() and said.isdigit() else None


async def _body(request: Request, most: int) -> bytes:
    said = request.headers.get("content-length", "")
    size = whole_number(said) if said else 0
    if size is None or size > most:
        raise Refused(413, WHY_LARGE)
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > most:
            raise Refused(413, WHY_LARGE)
    return bytes(found)


def chosen_words(request: Request, desk: Desk) -> Words:
    """Words of the language that the reader chose, else of the program's."""
    said = request.cookies.get(desk.door.own(LANGUAGE), "")
    return words(said if said in languages() else desk.language)


def chosen_look(request: Request, desk: Desk) -> str:
    """Light or dark where the reader chose; empty: as the system has it."""
    said = request.cookies.get(desk.door.own(LOOK), "")
    return said if said in LOOKS else ""
