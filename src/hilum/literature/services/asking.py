"""One service asked over HTTP: never too fast, again where that helps, never without an end.

A client of its own rather than a library of retries: how long to wait is said by the service
(Retry-After), by its published rate and by how often it failed, together; and while waiting the
person who started it must be able to stop it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hilum._version import __version__
from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.literature.services.fault import Passing, Refusal
from hilum.literature.services.plain import SHOWN, arr, obj, read_json, shown, txt
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.literature.services.service import Request, Service
    from hilum.watch import Watch

Read = TypeVar("Read")
AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
LOOK: Final = 0.2
"""Seconds between two looks at whether it should stop."""
REDIRECTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a service is waited for, in seconds.

    ``tries`` of one request; ``first`` wait, doubled each time up to ``longest``; ``ceiling`` of
    what a service may ask to wait; ``connect`` and ``stall`` without a byte; ``whole`` answer;
    ``largest`` answer in bytes.
    """

    tries: int = 6
    first: float = 1.0
    longest: float = 60.0
    ceiling: float = 300.0
    connect: float = 15.0
    stall: float = 30.0
    whole: float = 300.0
    largest: int = 256 * 1024 * 1024


USUAL: Final = Patience()


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came: what was asked (without keys), when, its bytes and their SHA-256."""

    url: str
    date: str
    body: bytes
    sha256: str


@dataclass(slots=True)
class Asker:
    """Asks one service; keeps its distance from one request to the next.

    Parameters
    ----------
    service : Service
    address : str
    patience : Patience
    watch : Watch
    """

    service: Service
    address: str
    patience: Patience = USUAL
    watch: Watch = SILENT
    last: float = float("-inf")
    client: Any = None

    def ask(self, request: Request, read: Callable[[bytes], Read]) -> tuple[Raw, Read]:
        """An answer, and what it says.

        Raises
        ------
        Refusal
            The service does not take what was asked.
        Passing
            It failed as often as it was tried.
        Stopped
            When the watch says so.
        """
        left = self.patience.tries
        while True:
            try:
                raw = self._once(request)
                return raw, read(raw.body)
            except Passing as fault:
                left -= 1
                wait = self._wait(fault, self.patience.tries - left)
                if not left:
                    raise
                if wait > self.patience.ceiling:
                    raise Refusal(_far(wait)) from fault
                self._pause(wait)

    def close(self) -> None:
        """Let the connection go."""
        if self.client is not None:
            self.client.close()
            self.client = None

    def _wait(self, fault: Passing, failed: int) -> float:
        """Doubled at each failure and blurred, so that many do not come back together."""
        grown = min(self.patience.first * 2 ** (failed - 1), self.patience.longest)
        wait = grown * random.uniform(0.5, 1.0)
        return wait if fault.after is None else max(fault.after, wait)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.watch.done(0)
            time.sleep(min(left, LOOK))

    @property
    def _key(self) -> str:
        return os.environ.get(self.service.key, "") if self.service.key else ""

    def _once(self, request: Request) -> Raw:
        gap = self.service.gap_with_key if self._key else self.service.gap
        self._pause(self.last + gap - time.monotonic())
        secret = {
            name: value
            for name, variable in self.service.polite.items()
            if (value := os.environ.get(variable, ""))
        }
        if self._key:
            secret[self.service.key_param] = self._key
        if self.service.code == "pubmed":
            secret["tool"] = "hilum"
        url = f"{self.address.rstrip('/')}/{request.path}"
        long = sum(map(len, request.params.values())) > self.service.longest or request.post
        try:
            status, headers, body = self._fetch(url, {**request.params, **secret}, post=long)
        finally:
            # From an answer to the next request: a slow start never makes two come together.
            self.last = time.monotonic()
        if status != 200:
            self._judge(status, headers, body)
        said = "&".join(f"{name}={value}" for name, value in request.params.items())
        now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
        return Raw(f"{request.path}?{said}", now, body, hashlib.sha256(body).hexdigest())

    def _judge(self, status: int, headers: dict[str, str], body: bytes) -> None:
        said = self._hidden(complaint(body))
        sentence = phrased("HTTP {status}: {said}", status=status, said=said or "-")
        if status in AGAIN or status in self.service.too_fast:
            raise Passing(sentence, after(headers.get("retry-after", "")))
        raise Refusal(sentence, place=status in (400, 404, 410))

    def _hidden(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text

    def _fetch(
        self, url: str, params: dict[str, str], *, post: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """In a thread of its own, so that a silent server cannot keep anybody from stopping."""
        box: list[Any] = []
        self._open()

        def fetch() -> None:
            try:
                box.append(_stream(self.client, url, params, self.patience, post=post))
            except BaseException as error:
                box.append(error)

        thread = threading.Thread(target=fetch, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(LOOK)
            self.watch.done(0)
        found = box[0]
        if isinstance(found, BaseException):
            raise self._told(found) from None
        return found

    def _told(self, error: BaseException) -> BaseException:
        import httpx2

        if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return Refusal(phrased("an address that begins with https:// or http://"))
        if isinstance(error, httpx2.TimeoutException):
            return Passing(phrased("no answer in time"))
        if isinstance(error, httpx2.HTTPError | OSError):
            # The library's sentence may hold the whole address, keys included.
            return Passing(phrased("no whole answer ({kind})", kind=type(error).__name__))
        return error

    def _open(self) -> None:
        if self.client is not None:
            return
        try:
            import httpx2
        except ImportError:
            message = "searching needs httpx2: pip install 'hilum[literature]'"
            raise MissingExtra(message) from None
        limit = self.patience
        self.client = httpx2.Client(
            timeout=httpx2.Timeout(limit.stall, connect=limit.connect),
            headers={"user-agent": f"hilum/{__version__}", "accept-encoding": "gzip"},
            follow_redirects=False,
        )


def _stream(
    client: Any, url: str, params: dict[str, str], patience: Patience, *, post: bool
) -> tuple[int, dict[str, str], bytes]:
    end = time.monotonic() + patience.whole
    if post:
        request = client.build_request("POST", url, data=params)
    else:
        request = client.build_request("GET", url, params=params)
    for _ in range(REDIRECTS + 1):
        response = client.send(request, stream=True)
        try:
            if response.next_request is not None:
                if request.url.scheme == "https" != response.next_request.url.scheme:
                    raise Refusal(phrased("a redirection away from https://"))
                request = response.next_request
                continue
            parts: list[bytes] = []
            size = 0
            for part in response.iter_bytes():
                size += len(part)
                parts.append(part)
                if size > patience.largest:
                    raise Refusal(phrased("an answer of more than {size} bytes", size=size))
                if time.monotonic() > end:
                    raise Passing(phrased("no answer in time"))
            headers = {name.lower(): value for name, value in response.headers.items()}
            return response.status_code, headers, b"".join(parts)
        finally:
            response.close()
    raise Refusal(phrased("a redirection without an end"))


def complaint(body: bytes) -> str:
    """What an error says, without what else stands in its body (such as the asker's address)."""
    try:
        answer = read_json(body)
    except Passing:
        return shown(body)
    texts = (txt(answer.get(name)) for name in ("message", "error", "detail", "errMsg"))
    inner = (txt(obj(one).get("message")) for one in arr(answer.get("message")))
    return next(filter(None, (*texts, *inner)), "")[:SHOWN]


FAR: Final = 3600
"""Seconds from which on a wait is said as the time at which it ends."""


def _far(wait: float) -> str:
    seconds = round(wait)
    if seconds < FAR:
        return phrased(
            "the service asks to wait {seconds} seconds: run it again then", seconds=seconds
        )
    end = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=int(wait))
    return phrased(
        "the service asks to wait {seconds} seconds: run it again then (not before {day})",
        seconds=seconds,
        day=f"{end:%Y-%m-%d %H:%M} UTC",
    )


def after(said: str) -> float | None:
    """Seconds of a Retry-After: a number, or a date; None where it says neither."""
    text = said.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        day = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if day.tzinfo is None:
        day = day.replace(tzinfo=dt.UTC)
    return max((day - dt.datetime.now(tz=dt.UTC)).total_seconds(), 0.0)


def address_of(service: Service, said: str | None = None) -> str:
    """Where a service is: as said, as the environment says, or its own address.

    Raises
    ------
    InputError
        A key is needed and there is none.
    """
    other = said or os.environ.get(service.variable, "")
    if not other and service.key_needed and not os.environ.get(service.key):
        wanted = phrased("the user's own key in the environment, {name}", name=service.key)
        raise InputError(Fault("", None, "service", service.code, wanted))
    return other or service.address
