"""A worker: takes what waits, does it, and can be ended at any moment.

Its heart beats in the row that it does; when it is killed another worker takes the row. It ends
when whoever started it does (its input closes), when it has been idle, or when work that was
stopped does not look up.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import uuid
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from hilum.errors import HilumError, Stopped
from hilum.store.work import BROKEN, DONE, FAILED, STOPPED
from hilum.web.exact import read, written
from hilum.web.guard import place_of
from hilum.web.kinds import Bench, run_kind

if TYPE_CHECKING:
    from hilum.store.work import Job, Jobs

# Seconds: between two beats; between two looks for work; that stopped work has to look up.
BEAT, LOOK, GRACE = 1.0, 0.2, 10.0
# Status of a worker that left work which did not look up.
LEFT: Final = 75
LOG: Final = logging.getLogger("hilum.web")


def named() -> str:
    """A worker's name: its machine, its process, and no other's."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(slots=True, eq=False)
class Hand:
    """The watch of a piece of work, whose heart beats in its row."""

    jobs: Jobs
    job: Job
    code: str = ""
    done_parts: int = 0
    total: int = 0
    lost: bool = False
    _stop: Event = field(default_factory=Event)
    _end: Event = field(default_factory=Event)

    def stage(self, code: str, total: int) -> None:
        """See :class:`hilum.watch.Watch`."""
        self.code, self.done_parts, self.total = code, 0, total
        self.done(0)

    def done(self, n: int = 1) -> None:
        """See :class:`hilum.watch.Watch`."""
        self.done_parts += n
        if self._stop.is_set():
            raise Stopped

    def beats(self) -> None:
        """Beat until the work has ended; leave the process where it does not look up."""
        silent = 0.0
        while not self._end.wait(BEAT):
            try:
                said = self.jobs.beat(self.job, self.code, self.done_parts, self.total)
            except SQLAlchemyError:
                continue  # the database is away; where it stays so, another worker takes the row
            self.lost = said is None
            if said or self.lost:
                self._stop.set()
                silent += BEAT
            if silent > GRACE:
                if not self.lost:
                    self.jobs.finish(self.job, STOPPED)
                os._exit(LEFT)

    def ends(self) -> None:
        """It has ended."""
        self._end.set()


@dataclass(slots=True, eq=False)
class Worker:
    """One worker.

    Parameters
    ----------
    places : tuple of str
        The folders that it can read.
    """

    jobs: Jobs
    bench: Bench
    places: tuple[str, ...] = ()
    end: Event = field(default_factory=Event)
    _job: Job | None = None

    def work(self, idle: float | None = None) -> int:
        """Take what waits until told to end, or until nothing came for ``idle`` seconds.

        Returns
        -------
        int
            How much was done.
        """
        me, count, waited = named(), 0, 0.0
        while not self.end.is_set():
            try:
                self._job = self.jobs.claim(me, self.places)
                if self._job is not None:
                    self._do(self._job)
                    self._job = None
                    count, waited = count + 1, 0.0
                    continue
                self.jobs.settle()
            except SQLAlchemyError as error:
                LOG.error("%s at %s", type(error).__name__, place_of(error))  # noqa: TRY400
            if idle is not None and waited >= idle:
                break
            self.end.wait(LOOK)
            waited += LOOK
        return count

    def _do(self, job: Job) -> None:
        """Do one piece of work, and say how it ended."""
        hand = Hand(self.jobs, job)
        heart = Thread(target=hand.beats, daemon=True, name="hilum-heart")
        heart.start()
        state, answer, error = BROKEN, None, None
        try:
            answer = written(run_kind(job.kind, self.bench, read(job.asked), hand))
            state = DONE
        except Stopped:
            state = STOPPED
        except HilumError as found:
            state, error = FAILED, written(found)
        except Exception as found:
            # What it says may quote a patient.
            LOG.error(  # noqa: TRY400
                "%s at %s in %s", type(found).__name__, place_of(found), job.kind
            )
        finally:
            hand.ends()
        heart.join()
        # Where the row is another's by now nothing is written: it is not this worker's to end.
        self.jobs.finish(job, state, answer, error)

    def ends_with_its_input(self) -> None:
        """Leave at once when whoever started this process has gone; others do what was begun."""

        def wait() -> None:
            while sys.stdin.buffer.read(1):
                pass
            job = self._job
            try:
                if job is not None:
                    self.jobs.release(job)
            finally:
                os._exit(0)

        Thread(target=wait, daemon=True, name="hilum-input").start()
