"""Long work of a page: done beside the pages, looked at while it runs, stopped on request.

Nothing of it outlives the program: what it leads to is kept by whoever began it.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Event, Lock, Semaphore, Thread
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import HilumError, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from hilum.watch import Watch

# What is done at once: each takes a processor and some hundred megabytes.
AT_ONCE: Final = 2
# Work that has ended and is remembered.
REMEMBERED: Final = 32
RUNNING, DONE, STOPPED, FAILED, BROKEN = "running", "done", "stopped", "failed", "broken"
LOG: Final = logging.getLogger("hilum.web")


@dataclass(slots=True, eq=False)
class Work:
    """One piece of work: how far it is, and how it ended.

    ``error`` is hilum's own where it ``failed``; what ``broken`` work ended in is in the log alone.
    """

    state: str = RUNNING
    code: str = ""
    done_parts: int = 0
    total: int = 0
    result: Any = None
    error: HilumError | None = None
    _stop: Event = field(default_factory=Event)

    def stop(self) -> None:
        """Ask it to end."""
        self._stop.set()

    def stage(self, code: str, total: int) -> None:
        """See :class:`hilum.watch.Watch`."""
        self.code, self.done_parts, self.total = code, 0, total
        self.done(0)

    def done(self, n: int = 1) -> None:
        """See :class:`hilum.watch.Watch`."""
        self.done_parts += n
        if self._stop.is_set():
            raise Stopped

    def run(self, what: Callable[[Watch], object]) -> None:
        """Do it, and remember how it ended."""
        try:
            self.done(0)
            self.result = what(self)
            self.state = DONE
        except Stopped:
            self.state = STOPPED
        except HilumError as error:
            self.error, self.state = error, FAILED
        except Exception as error:
            # What it says may quote a patient.
            LOG.error("%s in %s", type(error).__name__, self.code or "work")  # noqa: TRY400
            self.state = BROKEN


class Works:
    """What is being done, and what was done last, by whose it is.

    Parameters
    ----------
    immediate : bool
        Do it before :meth:`begin` returns, for tests.
    """

    def __init__(self, *, immediate: bool = False) -> None:
        self._immediate, self._lock = immediate, Lock()
        self._places = Semaphore(AT_ONCE)
        self._known: OrderedDict[Hashable, Work] = OrderedDict()

    def begin(self, key: Hashable, what: Callable[[Watch], object]) -> Work:
        """Begin work; where the same is being done it is that one."""
        with self._lock:
            known = self._known.get(key)
            if known is not None and known.state == RUNNING:
                return known
            made = self._known[key] = Work()
            self._known.move_to_end(key)
            ended = [one for one, work in self._known.items() if work.state != RUNNING]
            for one in ended[: max(0, len(self._known) - REMEMBERED)]:
                del self._known[one]
        if self._immediate:
            made.run(what)
        else:
            Thread(target=self._run, args=(made, what), daemon=True, name="hilum-work").start()
        return made

    def _run(self, made: Work, what: Callable[[Watch], object]) -> None:
        with self._places:
            made.run(what)

    def of(self, key: Hashable) -> Work | None:
        """What was begun last under a key."""
        return self._known.get(key)

    def forget(self, key: Hashable) -> None:
        """Stop what is being done, and remember it no longer."""
        with self._lock:
            known = self._known.pop(key, None)
        if known is not None:
            known.stop()

    def close(self) -> None:
        """Stop whatever is being done; what it computes in a process of its own ends with it."""
        with self._lock:
            known = list(self._known.values())
        for one in known:
            one.stop()


class Patience:
    """A watch that ends what a reader would not wait for."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def stage(self, code: str, total: int) -> None:
        """See :class:`hilum.watch.Watch`."""
        del code, total
        self.done()

    def done(self, n: int = 1) -> None:
        """See :class:`hilum.watch.Watch`."""
        del n
        if time.monotonic() > self._until:
            raise Stopped
