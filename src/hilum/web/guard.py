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
USUAL_PORTS: Final = {"http": 80, "https": 443}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx"
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
# A year, and every name below: what comes by another way than HTTPS is not asked for again.
STRICT: Final = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
NOT_KEPT: Final = ("cache-control", "no-store")
MISDIRECTED: Final = 421
LOG: Final = logging.getLogger("hilum.web")


def nonced(nonce: str, policy: str = POLICY) -> str:
    """The policy of a page whose parts may ask for others: those that bear its nonce (hx-csp)."""
    return policy.replace("script-src 'self'", f"script-src 'self' 'nonce-{nonce}'")


def own_names(port: int, scheme: str = "http") -> frozenset[str]:
    """What a browser on this machine may call the program."""
    named = {f"{host}:{port}" for host in LOOPBACK}
    return frozenset(named | (set(LOOPBACK) if port == USUAL_PORTS[scheme] else set()))


@dataclass(frozen=True, slots=True)
class Guard:
    """The application behind a check of ``Host``, with its headers on every answer.

    An error that nobody foresaw leaves a line with its kind and place in the log, and nothing that
    was in it: it may quote a patient.
    """

    app: App
    names: frozenset[str]
    scheme: str = "http"

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        started = False
        hosts = [value.decode("latin-1").lower() for name, value in scope["headers"]
                 if name == b"host"]  # fmt: skip
        own = len(hosts) == 1 and hosts[0] in self.names
        # A browser told that of localhost would refuse whatever else answers there.
        strict = self.scheme == "https" and own and not hosts[0].startswith(LOOPBACK)

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = _headers(message.get("headers", ()), STRICT if strict else {})
            await send(message)

        if not own:
            await _plain(guarded, MISDIRECTED, b"hilum does not answer to this name.")
            return
        try:
            await self.app(scope, receive, guarded)
        except Exception as error:
            LOG.error("%s at %s", type(error).__name__, place_of(error))  # noqa: TRY400
            if not started:
                await _plain(guarded, 500, b"Something went wrong. Nothing was changed.")


def _headers(given: Any, strict: dict[str, str]) -> list[tuple[bytes, bytes]]:
    found = {bytes(name).lower() for name, _ in given}
    more = {**HEADERS, **strict}
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
