"""Outcomes ranked beside the fits of others, on the cores that are free, told to one watch."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

from hilum.errors import Stopped
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from hilum.watch import Watch

Found = TypeVar("Found")


class Beside(Generic[Found]):
    """Jobs in threads beside the main work; each is started once and answers under its name.

    Parameters
    ----------
    watch : Watch
        Of the whole; told of the jobs' parts as the stage ``code`` when the main work is over.
    code : str
    total : int
        Parts of all jobs.
    """

    def __init__(self, watch: Watch, code: str, total: int) -> None:
        self._watch, self._code, self._total = watch, code, total
        self._lock = threading.RLock()
        self._parts, self._over, self._ended = 0, False, False
        self._jobs: dict[str, Future[Found]] = {}
        self._pool = ThreadPoolExecutor(_cores())

    @property
    def main(self) -> Watch:
        """What the main work tells, in its own stages."""
        return SILENT if self._watch is SILENT else _Main(self._watch, self._lock)

    def __enter__(self) -> Beside[Found]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the jobs that still run when the work was stopped or failed."""
        self._ended = True
        self._pool.shutdown(cancel_futures=True)

    def start(self, name: str, job: Callable[[Watch], Found]) -> None:
        """Start a job; it is given a watch."""
        self._jobs[name] = self._pool.submit(job, _Job(self))

    def results(self) -> dict[str, Future[Found]]:
        """Every job that was started, complete; the main work is over.

        Raises
        ------
        Stopped
            When the watch says so.
        """
        with self._lock:
            self._watch.stage(self._code, self._total)
            self._watch.done(self._parts)
            self._over = True
        for job in self._jobs.values():
            if isinstance(job.exception(), Stopped):
                job.result()
        return self._jobs

    def told(self, n: int) -> None:
        """Parts of a job are done."""
        with self._lock:
            if self._ended:
                raise Stopped
            self._parts += n
            self._watch.done(n if self._over else 0)


class _Main:
    def __init__(self, watch: Watch, lock: threading.RLock) -> None:
        self._watch, self._lock = watch, lock

    def stage(self, code: str, total: int) -> None:
        with self._lock:
            self._watch.stage(code, total)

    def done(self, n: int = 1) -> None:
        with self._lock:
            self._watch.done(n)


class _Job:
    def __init__(self, beside: Beside[Found]) -> None:
        self._beside = beside

    def stage(self, code: str, total: int) -> None: ...

    def done(self, n: int = 1) -> None:
        self._beside.told(n)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
