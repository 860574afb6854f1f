"""The way in: a secret of this start, exchanged for a session that ends with the program."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from threading import Lock

from hilum.web.roles import OWNER, Role

BITS = 32
# Nobody opens more browsers at once; the oldest session ends.
MOST = 32


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that came in: what its forms must carry, and what it may do."""

    csrf: str
    roles: frozenset[Role]
    who: str = "owner"


@dataclass(slots=True)
class Sessions:
    """The sessions of one start; nothing of them is written down."""

    secret: str = field(default_factory=lambda: secrets.token_urlsafe(BITS), repr=False)
    _open: dict[str, Session] = field(default_factory=dict[str, Session], repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def enter(self, said: str) -> str | None:
        """The key of a new session for whoever says the secret; nothing for anybody else."""
        if not hmac.compare_digest(said.encode(), self.secret.encode()):
            return None
        key = secrets.token_urlsafe(BITS)
        with self._lock:
            while len(self._open) >= MOST:
                del self._open[next(iter(self._open))]
            self._open[key] = Session(secrets.token_urlsafe(BITS), OWNER)
        return key

    def of(self, key: str | None) -> Session | None:
        """The session of a key."""
        with self._lock:
            return self._open.get(key or "")


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
