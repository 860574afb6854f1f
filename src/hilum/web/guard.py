"""What stands before every route: the name that was called, the headers of every answer.

A page on another site can make a visitor's browser call this program under a name of its own (DNS
rebinding); the name of the machine is therefore checked before anything else is looked at.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
HTTP_PORT: Final = 80
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# With `no-referrer` browsers send `Origin: null` with every form and the check of it is void;
# `same-origin` tells other sites as little, and no address holds anything of a patient.
HEADERS: Final = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
NOT_KEPT: Final = ("cache-control", "no-store")
MISDIRECTED: Final = 421
LOG: Final = logging.getLogger("hilum.web")


def own_names(port: int) -> frozenset[str]:
    """What a browser on this machine may call the program."""
    named = {f"{host}:{port}" for host in LOOPBACK}
    return frozenset(named | (set(LOOPBACK) if port == HTTP_PORT else set()))


@dataclass(frozen=True, slots=True)
class Guard:
    """The application behind a check of ``Host``, with its headers on every answer.

    An error that nobody foresaw leaves a line with its kind and place in the log, and nothing that
    was in it: it may quote a patient.
    """

    app: App
    names: frozenset[str]

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = _headers(message.get("headers", ()))
            await send(message)

        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in self.names:
            await _plain(guarded, MISDIRECTED, b"hilum answers on this machine only.")
            return
        try:
            await self.app(scope, receive, guarded)
        except Exception as error:
            LOG.error("%s at %s", type(error).__name__, place_of(error))  # noqa: TRY400
            if not started:
                await _plain(guarded, 500, b"Something went wrong. Nothing was changed.")


def _headers(given: Any) -> list[tuple[bytes, bytes]]:
    found = {bytes(name).lower() for name, _ in given}
    more = dict(HEADERS)
    if b"cache-control" not in found:
        more[NOT_KEPT[0]] = NOT_KEPT[1]
    return [
        *given,
        *((name.encode(), value.encode()) for name, value in more.items()
          if name.encode() not in found),
    ]  # fmt: skip


def place_of(error: BaseException) -> str:
    """The last line of hilum's own that an error came from."""
    at, found = error.__traceback__, "?"
    while at is not None:
        file = at.tb_frame.f_code.co_filename
        if "hilum" in file:
            found = f"{file.rpartition('hilum')[2].lstrip('/')}:{at.tb_lineno}"
        at = at.tb_next
    return found


async def _plain(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
