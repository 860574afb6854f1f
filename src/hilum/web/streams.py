"""How far work is, told as it moves: server-sent events (HTML Living Standard, 9.2).

A stream says a part of a page whenever it has changed, and ``ended`` when the work has. It costs a
connection and no thread. There are so many places for streams: whoever gets none is answered with
the part of the page that asks again by itself, which is also what stands there without scripts.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

KIND: Final = "text/event-stream"
# Nothing between here and the browser may gather what is said, or change it.
HEADERS: Final = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}
# Streams at once: of all, and of one session, since a browser opens six connections to a program.
MOST, MOST_EACH = 64, 3
# Seconds between two looks, between two beats, and that a stream lasts before it is asked again.
LOOK, BEAT, LASTS = 0.25, 10.0, 300.0
ENDED: Final = b"event: ended\ndata:\n\n"
HEART: Final = b": beat\n\n"


@dataclass(slots=True)
class Places:
    """Places for streams; entered and left in the one thread that answers them."""

    most: int = MOST
    each: int = MOST_EACH
    over: Callable[[], bool] = bool
    _taken: Counter[str] = field(default_factory=Counter[str], repr=False)

    def enter(self, key: str) -> bool:
        """A place for a session; nothing where it has its share, or all are taken."""
        if self._taken.total() >= self.most or self._taken[key] >= self.each:
            return False
        self._taken[key] += 1
        return True

    def leave(self, key: str) -> None:
        """Give it back."""
        self._taken[key] -= 1
        if not self._taken[key]:
            del self._taken[key]

    def __len__(self) -> int:
        return self._taken.total()


@dataclass(frozen=True, slots=True)
class Told:
    """What a stream tells.

    Parameters
    ----------
    look : callable
        The part of the page as it is now; nothing where the work has ended.
    allowed : callable
        Whether whoever reads may still do so; asked at each beat, beside the loop.
    """

    look: Callable[[], str | None]
    allowed: Callable[[], bool]


def message(text: str) -> bytes:
    """A part of a page as one event."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines())
    return f"{lines}\n".encode()


async def events(told: Told, over: Callable[[], bool]) -> AsyncGenerator[bytes]:
    """What is said, until the work has ended, the reader may read no more, or the program ends."""
    said, began = "", time.monotonic()
    beat = began
    while not over() and time.monotonic() - began < LASTS:
        now = told.look()
        if now is None:
            yield ENDED
            return
        if now != said:
            said, beat = now, time.monotonic()
            yield message(now)
        elif time.monotonic() - beat >= BEAT:
            if not await run_in_threadpool(told.allowed):
                return
            beat = time.monotonic()
            yield HEART
        await anyio.sleep(LOOK)


class Stream(StreamingResponse):
    """A stream in a place of its own, given back however it ends; ``instead`` where there is none.

    A question for the headers alone (``HEAD``) is answered as if there were none.
    """

    def __init__(self, told: Told, places: Places, key: str, instead: Response) -> None:
        super().__init__(events(told, places.over), media_type=KIND, headers=HEADERS)
        self._places, self._key, self._instead = places, key, instead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["method"] == "HEAD" or not self._places.enter(self._key):
            await self._instead(scope, receive, send)
            return
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._places.leave(self._key)
