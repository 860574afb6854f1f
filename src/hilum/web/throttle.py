"""Signing in again and again: after some failures one waits, longer each time."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# Failures that cost no wait: of one name from one address, of one name, from one address. A
# hospital's people may share an address; nobody shuts another one out from elsewhere at once.
FREE: Final = {"pair": 4, "name": 20, "address": 20}
LONGEST: Final = 15 * 60.0
# After this long without a failure nothing is remembered.
FORGOTTEN: Final = 24 * 3600.0
REMEMBERED: Final = 10_000

Key = tuple[str, str, str]


@dataclass(slots=True)
class Failures:
    """Failures in a row, and when the last one was."""

    count: int = 0
    last: float = 0.0


@dataclass(slots=True)
class Throttle:
    """Failures of one start of the program."""

    clock: Callable[[], float] = time.monotonic
    _known: OrderedDict[Key, Failures] = field(default_factory=OrderedDict[Key, Failures])
    _lock: Lock = field(default_factory=Lock)

    def tried(self, name: str, address: str) -> float:
        """Seconds until the next try is looked at; at 0 this one is, and counts as a failure.

        Counted before it is looked at: many at once are no way around.
        """
        now = self.clock()
        with self._lock:
            wait = max(self._wait(key, now) for key in _keys(name, address))
            if wait:
                return wait
            for key in _keys(name, address):
                found = self._known.setdefault(key, Failures())
                if now - found.last >= FORGOTTEN:
                    found.count = 0
                found.count, found.last = found.count + 1, now
                self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return 0.0

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of a name that came in; the address keeps its own."""
        pair, named, place = _keys(name, address)
        with self._lock:
            for key in (pair, named):
                self._known.pop(key, None)
            found = self._known.get(place)
            if found is not None:
                found.count = max(0, found.count - 1)

    def _wait(self, key: Key, now: float) -> float:
        found = self._known.get(key)
        if found is None or found.count < FREE[key[0]] or now - found.last >= FORGOTTEN:
            return 0.0
        seconds = min(LONGEST, 2.0 ** min(found.count - FREE[key[0]] + 1, 20))
        return max(0.0, found.last + seconds - now)


def _keys(name: str, address: str) -> tuple[Key, Key, Key]:
    return ("pair", name, address), ("name", name, ""), ("address", "", address)
