"""Sessions: a browser that came in, what its forms must carry, when it must come in again."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

from hilum.web.roles import OWNER, Role

if TYPE_CHECKING:
    from collections.abc import Callable

BITS = 32
# Nobody opens more browsers at once; the oldest session ends.
MOST: Final = 32
# Of all people who sign in, and of one of them.
MOST_SIGNED_IN, MOST_EACH = 2000, 8
# Seconds without a page, and from signing in, after which one signs in again.
IDLE, WHOLE = 30 * 60.0, 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that came in; ``epoch`` is the account's when it signed in."""

    csrf: str
    roles: frozenset[Role]
    who: str = "owner"
    epoch: int = 0


@dataclass(slots=True)
class Sessions:
    """The sessions of one start; nothing of them is written down, and none outlives it.

    Parameters
    ----------
    secret : str
        Of the first address.
    idle, whole : float, optional
        Seconds without a request, and in all, that a session lasts; none: as long as the program.
    most, each : int
        Sessions at once, and of one name; the oldest ends.
    """

    secret: str = field(default_factory=lambda: secrets.token_urlsafe(BITS), repr=False)
    idle: float | None = None
    whole: float | None = None
    most: int = MOST
    each: int = MOST
    clock: Callable[[], float] = time.monotonic
    _open: dict[str, Session] = field(default_factory=dict[str, Session], repr=False)
    _began: dict[str, float] = field(default_factory=dict[str, float], repr=False)
    _seen: dict[str, float] = field(default_factory=dict[str, float], repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def enter(self, said: str) -> str | None:
        """The key of a new session for whoever says the secret; nothing for anybody else."""
        if not same(said, self.secret):
            return None
        return self.begin("owner", OWNER)

    def begin(self, who: str, roles: frozenset[Role], epoch: int = 0) -> str:
        """The key of a new session; it is new each time, whatever the browser had before."""
        key, now = secrets.token_urlsafe(BITS), self.clock()
        with self._lock:
            mine = [one for one, session in self._open.items() if session.who == who]
            for old in mine[: max(0, len(mine) + 1 - self.each)]:
                self._drop(old)
            while len(self._open) >= self.most:
                self._drop(next(iter(self._open)))
            self._open[key] = Session(secrets.token_urlsafe(BITS), roles, who, epoch)
            self._began[key] = self._seen[key] = now
        return key

    def of(self, key: str | None) -> Session | None:
        """The session of a key, which was seen now; nothing where it has ended."""
        if not key:
            return None
        with self._lock:
            found, now = self._open.get(key), self.clock()
            if found is None:
                return None
            if self._ended(key, now):
                self._drop(key)
                return None
            self._seen[key] = now
            return found

    def lasts(self, key: str | None) -> bool:
        """Whether a session lasts; this is no request of its reader's."""
        with self._lock:
            return (key or "") in self._open and not self._ended(key or "", self.clock())

    def _ended(self, key: str, now: float) -> bool:
        return _past(now, self._seen.get(key, now), self.idle) or _past(
            now, self._began.setdefault(key, now), self.whole
        )

    def end(self, key: str | None) -> None:
        """End one session."""
        with self._lock:
            self._drop(key or "")

    def end_of(self, who: str) -> None:
        """End every session of a name."""
        with self._lock:
            for key in [one for one, session in self._open.items() if session.who == who]:
                self._drop(key)

    def _drop(self, key: str) -> None:
        for each in (self._open, self._began, self._seen):
            each.pop(key, None)


def signed_in() -> Sessions:
    """Sessions of people who sign in."""
    return Sessions(idle=IDLE, whole=WHOLE, most=MOST_SIGNED_IN, each=MOST_EACH)


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _past(now: float, since: float, most: float | None) -> bool:
    return most is not None and now - since >= most
