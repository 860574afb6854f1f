"""Work that is waited for: rows that one worker claims, whose heart beats in them until it ends.

A worker may be any process, on any machine that reaches the database. Who has a row is decided by
compare-and-set: its state, its worker and its count of attempts must be as they were seen. A row
whose heart has stopped is taken by the next worker; after ``MOST_ATTEMPTS`` it is broken.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Float, and_, cast, delete, func, insert, literal_column, or_, select, update
from sqlalchemy.exc import IntegrityError

from hilum.store.answers import Answers
from hilum.store.schema import JOBS
from hilum.store.sealed import JOB_ASKED, JOB_ERROR, PLAIN, Sealing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Engine, Row

WAITING, RUNNING, DONE, STOPPED, FAILED, BROKEN = (
    "waiting", "running", "done", "stopped", "failed", "broken",
)  # fmt: skip
LIVING: Final = (WAITING, RUNNING)
# Seconds without a beat after which a worker is taken for dead; a heart beats every second.
STALE: Final = 20.0
# Workers that may die of a piece of work before it is left alone.
MOST_ATTEMPTS: Final = 3
# What has ended is forgotten after so many days; its answer stays.
FORGOTTEN: Final = dt.timedelta(days=30)
# What is asked may be megabytes, and a patient's: whoever looks how far work is needs none of it.
SEEN: Final = tuple(one for one in JOBS.c if one.name != "asked")


@dataclass(frozen=True, slots=True)
class Job:
    """One row: what is asked, how far it is, how it ended."""

    id: str
    key: str
    number: int
    kind: str
    owner: str
    subject: str | None
    place: str | None
    state: str
    worker: str | None
    attempts: int
    code: str
    done: int
    total: int
    stop: bool
    error: str | None
    asked: str = field(default="", repr=False)

    @property
    def living(self) -> bool:
        """Whether it waits or is being done."""
        return self.state in LIVING


@dataclass(frozen=True, slots=True)
class Jobs:
    """The work of one store.

    Parameters
    ----------
    stale : float
        Seconds after which a silent worker is taken for dead.
    """

    engine: Engine
    sealing: Sealing = PLAIN
    stale: float = STALE

    @property
    def answers(self) -> Answers:
        """What it leads to."""
        return Answers(self.engine, self.sealing)

    def begin(
        self,
        kind: str,
        key: str,
        asked: str,
        owner: str,
        subject: str | None = None,
        place: str | None = None,
    ) -> Job:
        """A row for what is asked; where the same waits or is being done, that one."""
        while True:
            last = self.last(key)
            if last is not None and last.living and not last.stop:
                return last
            made = uuid.uuid4().hex
            row = {
                "id": made, "key": key, "number": 1 if last is None else last.number + 1,
                "kind": kind, "owner": owner, "subject": subject, "place": place,
                "state": WAITING, "asked": self.sealing.close(asked, JOB_ASKED.context(made)),
                "made_at": dt.datetime.now(tz=dt.UTC), "attempts": 0, "code": "", "done": 0,
                "total": 0, "stop": False,
            }  # fmt: skip
            try:
                with self.engine.begin() as connection:
                    connection.execute(insert(JOBS).values(**row))
            except IntegrityError:
                continue  # somebody asked the same at the same moment
            found = self.last(key)
            if found is not None:
                return found

    def last(self, key: str) -> Job | None:
        """The last row of a question, without what is asked."""
        asked = select(*SEEN).where(JOBS.c.key == key).order_by(JOBS.c.number.desc()).limit(1)
        with self.engine.connect() as connection:
            row = connection.execute(asked).first()
        return None if row is None else self._job(row)

    def waiting(self) -> int:
        """How many rows nobody is doing."""
        asked = select(func.count()).select_from(JOBS).where(self._free())
        with self.engine.connect() as connection:
            return connection.execute(asked).scalar() or 0

    def claim(self, worker: str, places: Sequence[str] = ()) -> Job | None:
        """The row that has waited longest, from now on this worker's; nothing where none waits.

        ``places`` are the folders that the worker can read.
        """
        reached = or_(JOBS.c.place.is_(None), JOBS.c.place.in_(places))
        asked = (
            select(*SEEN)
            .where(self._free(), reached, JOBS.c.attempts < MOST_ATTEMPTS)
            .order_by(JOBS.c.made_at, JOBS.c.id)
            .limit(8)
        )
        with self.engine.connect() as connection:
            seen = list(connection.execute(asked))
        for row in seen:
            values = {"state": RUNNING, "worker": worker, "beat": self._now(),
                      "attempts": row.attempts + 1, "code": "", "done": 0, "total": 0}  # fmt: skip
            as_seen = and_(
                JOBS.c.id == row.id,
                JOBS.c.state == row.state,
                JOBS.c.attempts == row.attempts,
                JOBS.c.stop.is_(False),
                self._free(),
            )
            with self.engine.begin() as connection:
                mine = connection.execute(update(JOBS).where(as_seen).values(**values)).rowcount
            if mine:
                last = self._one(row.id)
                if last is not None:
                    return last
        return None

    def beat(self, job: Job, code: str, done: int, total: int) -> bool | None:
        """Say how far it is; whether it is to stop, or nothing where it is no longer one's own."""
        values = {"beat": self._now(), "code": code, "done": done, "total": total}
        with self.engine.begin() as connection:
            if not connection.execute(self._own(job).values(**values)).rowcount:
                return None
            asked = select(JOBS.c.stop).where(JOBS.c.id == job.id)
            return bool(connection.execute(asked).scalar())

    def finish(
        self, job: Job, state: str, answer: str | None = None, error: str | None = None
    ) -> bool:
        """End it, with its answer in the same change; whether it was still one's own."""
        values: dict[str, Any] = {"state": state, "asked": None, "beat": None, "worker": None}
        if error is not None:
            values["error"] = self.sealing.close(error, JOB_ERROR.context(job.id))
        with self.engine.begin() as connection:
            if not connection.execute(self._own(job).values(**values)).rowcount:
                return False
            if answer is not None:
                self.answers.keep_in(connection, job.key, job.kind, answer, job.subject)
        return True

    def release(self, job: Job) -> None:
        """Put it back, as if it had not been begun: whoever did it was told to end."""
        values = {"state": WAITING, "worker": None, "beat": None, "attempts": job.attempts - 1}
        with self.engine.begin() as connection:
            connection.execute(self._own(job).values(**values))
            self._unbegun(connection, JOBS.c.id == job.id, JOBS.c.stop.is_(True))

    def stop(self, key: str) -> None:
        """Ask what is being done for a question to end; what waits ends here."""
        living = and_(JOBS.c.key == key, JOBS.c.state.in_(LIVING))
        with self.engine.begin() as connection:
            connection.execute(update(JOBS).where(living).values(stop=True))
            self._unbegun(connection, JOBS.c.key == key)

    def _unbegun(self, connection: Connection, *which: ColumnElement[bool]) -> None:
        """Stop what nobody has begun."""
        waits = update(JOBS).where(JOBS.c.state == WAITING, *which)
        connection.execute(waits.values(state=STOPPED, asked=None))

    def settle(self) -> None:
        """Say of what nobody does any more how it ended, and forget what ended long ago."""
        dead = and_(JOBS.c.state == RUNNING, self._silent())
        spent = JOBS.c.attempts >= MOST_ATTEMPTS
        old = dt.datetime.now(tz=dt.UTC) - FORGOTTEN
        ended = {"asked": None, "worker": None, "beat": None}
        with self.engine.begin() as connection:
            stopped = update(JOBS).where(dead, JOBS.c.stop.is_(True))
            connection.execute(stopped.values(state=STOPPED, **ended))
            connection.execute(update(JOBS).where(dead, spent).values(state=BROKEN, **ended))
            past = and_(JOBS.c.state.not_in(LIVING), JOBS.c.made_at < old)
            connection.execute(delete(JOBS).where(past))

    def _free(self) -> ColumnElement[bool]:
        return or_(JOBS.c.state == WAITING, and_(JOBS.c.state == RUNNING, self._silent()))

    def _silent(self) -> ColumnElement[bool]:
        return JOBS.c.beat < self._now() - self.stale

    def _own(self, job: Job) -> Any:
        return update(JOBS).where(
            JOBS.c.id == job.id,
            JOBS.c.state == RUNNING,
            JOBS.c.worker == job.worker,
            JOBS.c.attempts == job.attempts,
        )

    def _now(self) -> ColumnElement[float]:
        """The clock of the database: those of several machines differ."""
        if self.engine.dialect.name == "postgresql":
            return cast(func.extract("epoch", func.clock_timestamp()), Float)
        return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Float)

    def _one(self, job_id: str) -> Job | None:
        with self.engine.connect() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.id == job_id)).first()
        if row is None:
            return None
        asked = (
            None if row.asked is None else self.sealing.open(row.asked, JOB_ASKED.context(job_id))
        )
        return replace(self._job(row), asked=asked or "")

    def _job(self, row: Row[Any]) -> Job:
        error = row.error
        return Job(
            id=row.id, key=row.key, number=row.number, kind=row.kind, owner=row.owner,
            subject=row.subject, place=row.place, state=row.state, worker=row.worker,
            attempts=row.attempts, code=row.code, done=row.done, total=row.total, stop=row.stop,
            error=None if error is None else self.sealing.open(error, JOB_ERROR.context(row.id)),
        )  # fmt: skip
