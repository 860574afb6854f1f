"""Questions that take long: answered from what is kept, else by a worker, and kept.

A worker is a process of its own (:mod:`hilum.web.worker`), so that it can be ended whatever it is
doing, and pages are answered meanwhile. Where there is no crew, as in tests, the work is done here.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, Final

from hilum._version import __version__
from hilum.errors import HilumError, Stopped
from hilum.store.work import BROKEN, DONE, FAILED, LIVING, STOPPED
from hilum.watch import SILENT
from hilum.web.exact import NotKept, read, written
from hilum.web.kinds import Bench, run_kind

if TYPE_CHECKING:
    from hilum.store.work import Job, Jobs
    from hilum.watch import Watch
    from hilum.web.crew import Crew

# Seconds between two looks at a row: short at first, since much is quick.
FIRST_LOOK, LAST_LOOK = 0.03, 0.3
# Seconds after which one looks whether a worker is there at all.
CREW_LOOK: Final = 2.0


class Broken(RuntimeError):
    """A worker ended in an error that nobody foresaw; the worker's own log has its place."""


class Queue:
    """The questions of one desk.

    Parameters
    ----------
    jobs : Jobs
        The rows.
    bench : Bench
        For what is done here.
    place : str
        The folder that files lie in.
    crew : Crew, optional
        The workers of this program; without them work is done here.
    """

    def __init__(self, jobs: Jobs, bench: Bench, place: str = "", crew: Crew | None = None) -> None:
        self.jobs, self._bench, self._place, self._crew = jobs, bench, place, crew

    def key(self, kind: str, asked: object) -> str:
        """The hash of a question: with another version of hilum it is another question."""
        whole = f"{kind}\n{__version__}\n{_record()}\n{written(asked)}"
        return hashlib.sha256(whole.encode()).hexdigest()

    def kept(self, key: str) -> Any:
        """What was answered to the question of this hash; nothing where nothing was."""
        text = self.jobs.answers.find(key)
        if text is None:
            return None
        try:
            return read(text)
        except NotKept:
            return None

    def answered(
        self,
        kind: str,
        asked: object,
        watch: Watch = SILENT,
        *,
        who: str,
        subject: str | None = None,
        local: bool = False,
    ) -> Any:
        """The answer, waited for; ``watch`` is told how far it is, and may stop it.

        Parameters
        ----------
        kind : str
            Of :data:`hilum.web.kinds.KINDS`.
        asked : object
            A frozen value of hilum's own.
        watch : Watch
        who : str
            Who asks.
        subject : str, optional
            The case that it is about: the answer goes with it.
        local : bool
            Whether it needs the files of this folder.

        Raises
        ------
        HilumError
            As the work raised it.
        Stopped
            Somebody stopped it, or the watch did.
        Broken
            It ended in an error that nobody foresaw.
        """
        key = self.key(kind, asked)
        found = self.kept(key)
        if found is not None:
            return found
        if self._crew is None:
            answer = run_kind(kind, self._bench, asked, watch)
            self.jobs.answers.keep(key, kind, written(answer), subject)
            return answer
        self.begin(kind, asked, who=who, subject=subject, local=local)
        self._wait(key, watch)
        return self.kept(key)

    def begin(
        self, kind: str, asked: object, *, who: str, subject: str | None = None,
        local: bool = False,
    ) -> Job:  # fmt: skip
        """Leave a question to the workers; where it waits or is being done already, that one."""
        place = self._place if local else None
        job = self.jobs.begin(kind, self.key(kind, asked), written(asked), who, subject, place)
        if self._crew is not None:
            self._crew.fill()
        return job

    def _wait(self, key: str, watch: Watch) -> None:
        told, look, crew_look = ("", 0, 0), FIRST_LOOK, time.monotonic()
        try:
            while True:
                job = self._there(key)
                if job.state not in LIVING:
                    break
                told = _tell(watch, told, job)
                if self._crew is not None and time.monotonic() - crew_look > CREW_LOOK:
                    self.jobs.settle()
                    self._crew.fill()
                    crew_look = time.monotonic()
                time.sleep(look)
                look = min(LAST_LOOK, look * 1.3)
        except Stopped:
            self.jobs.stop(key)
            raise
        ended(job)

    def _there(self, key: str) -> Job:
        job = self.jobs.last(key)
        if job is None:  # its case was removed
            raise Stopped
        return job


def _tell(watch: Watch, told: tuple[str, int, int], job: Job) -> tuple[str, int, int]:
    """Say what has moved since it was said last; the watch may stop it here."""
    code, done, total = told
    if (job.code, job.total) != (code, total) or job.done < done:
        watch.stage(job.code, job.total)
        done = 0
    watch.done(job.done - done)
    return job.code, job.done, job.total


def ended(job: Job) -> None:
    """Nothing where work led to an answer; else what it ended in.

    Raises
    ------
    HilumError, Stopped, Broken
        As it ended.
    """
    if job.state == DONE:
        return
    if job.state == STOPPED:
        raise Stopped
    if job.state == FAILED and job.error is not None:
        error = read(job.error)
        if isinstance(error, HilumError):
            raise error
    raise Broken(BROKEN)


def _record() -> str:
    """What the published record holds, in short."""
    from hilum.web.desk import evidence

    return evidence().content_hash
