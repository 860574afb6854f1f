"""Long work of a room, with a page that says how far it is, stops it, and leads on.

Whoever asks waits a moment: what is quick is answered at once, and the page of progress is never
seen. Nothing of it outlives the program; what was typed is a draft in the store.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import UnknownCode
from hilum.web.work import RUNNING, Works

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.watch import Watch
    from hilum.web.work import Work

# Seconds that a reader waits before the page of progress comes.
AT_ONCE: Final = 1.5
LOOK: Final = 0.02
REMEMBERED: Final = 64


@dataclass(frozen=True, slots=True)
class Doing:
    """What is done: a message id as its title, where it came from, and the work.

    The work gives the address of what it led to. ``who`` began it.
    """

    title: str
    back: str
    who: str
    what: Callable[[Watch], str]


class Doings:
    """What the rooms are doing, by key.

    Parameters
    ----------
    works : Works, optional
        What does it.
    patience : float
        Seconds that whoever begins something waits for it.
    """

    def __init__(self, works: Works | None = None, patience: float = AT_ONCE) -> None:
        self._works, self.patience = works or Works(), patience
        self._known: dict[str, Doing] = {}

    def begin(self, key: str, doing: Doing) -> Work:
        """Begin, and wait a moment for what is quick."""
        self._known.pop(key, None)
        self._known[key] = doing
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        work = self._works.begin(key, doing.what)
        until = time.monotonic() + self.patience
        while work.state == RUNNING and time.monotonic() < until:
            time.sleep(LOOK)
        return work

    def of(self, key: str, who: str) -> tuple[Doing, Work]:
        """What goes on under a key, for whoever began it.

        Raises
        ------
        UnknownCode
            Nothing does, or it was forgotten.
        """
        doing, work = self._known.get(key), self._works.of(key)
        if doing is None or work is None or doing.who != who:
            raise UnknownCode("work", key, ())
        return doing, work

    def close(self) -> None:
        """Stop whatever goes on."""
        self._works.close()
