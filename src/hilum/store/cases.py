"""Cases: every state that was kept, the draft, the order on the list, who looked and changed.

The only module that reads and writes these tables. A state is added, never changed.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hilum.errors import HilumError, UnknownCode
from hilum.store.audit import Entry, Line, lines
from hilum.store.audit import logged as _log
from hilum.store.schema import (
    ANSWERS,
    BOARD_CASES,
    BOARDS,
    CASES,
    DRAFTS,
    JOBS,
    PUT_BACK,
    STATES,
)
from hilum.store.sealed import BACK, DRAFT, PLAIN, STATE, Sealing
from hilum.store.times import aware as _aware
from hilum.store.times import now as _now
from hilum.store.views import Views

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

Content = dict[str, Any]
# The one list that there is as long as boards have no names of their own.
LIST = "list"


class Overtaken(HilumError):
    """A state was kept meanwhile: what was typed rests on an older one, and is still a draft."""


@dataclass(frozen=True, slots=True)
class State:
    """One kept state: its number from 1, when and why it was kept, which state it repeats.

    ``why`` is a code: ``new``, ``example``, ``file``, ``fhir``, ``kept``, ``undone``,
    ``restored``, ``liver`` (measured from label maps).
    """

    case_id: str
    number: int
    kept_at: dt.datetime
    why: str
    restores: int | None
    content: Content


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed since state ``base`` and is not kept."""

    case_id: str
    base: int
    typed_at: dt.datetime
    content: Content


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of one store; ``sealing`` encrypts what is in them where the store has a key."""

    engine: Engine
    sealing: Sealing = PLAIN
    _views: Views = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_views", Views(self.engine))

    def add(self, content: Content, why: str, who: str) -> str:
        """A new case, last on the list; its id."""
        found = uuid.uuid4().hex
        with self.engine.begin() as connection:
            connection.execute(insert(CASES).values(id=found, made_at=_now()))
            self._keep(connection, found, 1, content, why, None)
            self._list_last(connection, found)
            _log(connection, who, why, found, 1)
        return found

    def listed(self) -> list[State]:
        """The last state of every case, in the order of the list."""
        last = (
            select(STATES.c.case_id, func.max(STATES.c.number).label("number"))
            .group_by(STATES.c.case_id)
            .subquery()
        )
        asked = (
            select(STATES)
            .join(last, (STATES.c.case_id == last.c.case_id) & (STATES.c.number == last.c.number))
            .join(BOARD_CASES, BOARD_CASES.c.case_id == STATES.c.case_id)
            .where(BOARD_CASES.c.board_id == LIST)
            .order_by(BOARD_CASES.c.place, STATES.c.case_id)
        )
        with self.engine.connect() as connection:
            return [self._state(row) for row in connection.execute(asked)]

    def begun(self, case_ids: Iterable[str]) -> dict[str, dt.datetime]:
        """When some cases were begun."""
        asked = select(CASES.c.id, CASES.c.made_at).where(CASES.c.id.in_(list(case_ids)))
        with self.engine.connect() as connection:
            return {row.id: _aware(row.made_at) for row in connection.execute(asked)}

    def states(self, case_id: str) -> list[State]:
        """Every state of a case, the first first.

        Raises
        ------
        UnknownCode
            There is no such case.
        """
        asked = select(STATES).where(STATES.c.case_id == case_id).order_by(STATES.c.number)
        with self.engine.connect() as connection:
            found = [self._state(row) for row in connection.execute(asked)]
        if not found:
            raise UnknownCode("case", case_id, ())
        return found

    def last(self, case_id: str) -> State:
        """The state that counts."""
        asked = (
            select(STATES)
            .where(STATES.c.case_id == case_id)
            .order_by(STATES.c.number.desc())
            .limit(1)
        )
        with self.engine.connect() as connection:
            row = connection.execute(asked).first()
        if row is None:
            raise UnknownCode("case", case_id, ())
        return self._state(row)

    def state(self, case_id: str, number: int) -> State:
        """One state by its number."""
        for one in self.states(case_id):
            if one.number == number:
                return one
        raise UnknownCode("state", str(number), ())

    def keep(self, case_id: str, base: int, content: Content, who: str, why: str = "kept") -> State:
        """Keep what was typed, or measured, as the next state, and clear the draft.

        Raises
        ------
        Overtaken
            ``base`` is no longer the last state.
        """
        return self._next(case_id, base, content, why, None, who)

    def undo(self, case_id: str, who: str) -> State | None:
        """Keep the state before the last one again; nothing where there is none.

        Undoing again goes further back: what a state repeats counts as its own number.
        """
        states = self.states(case_id)
        last = states[-1]
        at = last.restores if last.why == "undone" else None
        to = (at or last.number) - 1
        if to < 1:
            return None
        before = next(one for one in states if one.number == to)
        as_number = before.restores if before.why == "undone" else to
        return self._next(case_id, last.number, before.content, "undone", as_number, who)

    def restore(self, case_id: str, number: int, who: str) -> State:
        """Keep an earlier state again."""
        found, last = self.state(case_id, number), self.last(case_id)
        return self._next(case_id, last.number, found.content, "restored", number, who)

    def _next(
        self, case_id: str, base: int, content: Content, why: str, restores: int | None, who: str
    ) -> State:
        overtaken = Overtaken(
            "another state of this case was kept meanwhile; what you typed is still a draft"
        )
        if self.last(case_id).number != base:
            raise overtaken
        try:
            with self.engine.begin() as connection:
                self._keep(connection, case_id, base + 1, content, why, restores)
                for table in (DRAFTS, PUT_BACK):
                    connection.execute(delete(table).where(table.c.case_id == case_id))
                _log(connection, who, why, case_id, base + 1)
        except IntegrityError as error:
            raise overtaken from error
        return self.last(case_id)

    def draft(self, case_id: str) -> Draft | None:
        """What was typed and not kept."""
        with self.engine.connect() as connection:
            row = connection.execute(select(DRAFTS).where(DRAFTS.c.case_id == case_id)).first()
        if row is None:
            return None
        content = self.sealing.open(row.content, DRAFT.context(case_id))
        return Draft(row.case_id, row.base, _aware(row.typed_at), json.loads(content))

    def type(self, case_id: str, base: int, content: Content, who: str) -> Draft:
        """Keep what was typed, as a draft; the log has a line where a draft begins."""
        now = _now()
        sealed = self.sealing.close(_written(content), DRAFT.context(case_id))
        values = {"base": base, "typed_at": now, "content": sealed}
        mine = update(DRAFTS).where(DRAFTS.c.case_id == case_id).values(**values)
        with self.engine.begin() as connection:
            there = connection.execute(mine).rowcount
        if not there:
            try:
                with self.engine.begin() as connection:
                    connection.execute(insert(DRAFTS).values(case_id=case_id, **values))
                    _log(connection, who, "typed", case_id, base)
            except IntegrityError:  # another keystroke was first
                with self.engine.begin() as connection:
                    connection.execute(mine)
        return Draft(case_id, base, now, content)

    def put_back(self, case_id: str, who: str, *, for_good: bool = False) -> None:
        """Drop the draft; it can be brought back, but ``for_good`` where it said nothing anew."""
        with self.engine.begin() as connection:
            mine = delete(PUT_BACK).where(PUT_BACK.c.case_id == case_id)
            row = connection.execute(select(DRAFTS).where(DRAFTS.c.case_id == case_id)).first()
            gone = connection.execute(delete(DRAFTS).where(DRAFTS.c.case_id == case_id)).rowcount
            if row is None or not gone:
                return
            _log(connection, who, "put_back", case_id, None)
            if for_good:
                return
            connection.execute(mine)
            content = self.sealing.open(row.content, DRAFT.context(case_id))
            sealed = self.sealing.close(content, BACK.context(case_id))
            values = {"case_id": case_id, "base": row.base, "typed_at": row.typed_at}
            connection.execute(insert(PUT_BACK).values(**values, content=sealed))

    def was_put_back(self, case_id: str) -> Draft | None:
        """What was put back last, where it can be brought back: on the same state, no draft yet."""
        last = select(func.max(STATES.c.number)).where(STATES.c.case_id == case_id)
        there = select(DRAFTS.c.case_id).where(DRAFTS.c.case_id == case_id)
        mine = PUT_BACK.c.case_id == case_id
        asked = select(PUT_BACK).where(mine, PUT_BACK.c.base == last.scalar_subquery())
        with self.engine.connect() as connection:
            row = connection.execute(asked.where(~there.exists())).first()
        if row is None:
            return None
        content = self.sealing.open(row.content, BACK.context(case_id))
        return Draft(row.case_id, row.base, _aware(row.typed_at), json.loads(content))

    def bring_back(self, case_id: str, who: str) -> bool:
        """What was put back is the draft again; whether there was any."""
        found = self.was_put_back(case_id)
        if found is None:
            return False
        self.type(case_id, found.base, found.content, who)
        with self.engine.begin() as connection:
            connection.execute(delete(PUT_BACK).where(PUT_BACK.c.case_id == case_id))
        return True

    def move(self, case_id: str, up: bool, who: str) -> None:
        """Change places with the neighbour on the list; the ends stay where they are."""
        with self.engine.begin() as connection:
            _lock_list(connection)
            asked = (
                select(BOARD_CASES.c.case_id)
                .where(BOARD_CASES.c.board_id == LIST)
                .order_by(BOARD_CASES.c.place, BOARD_CASES.c.case_id)
            )
            order = [str(row.case_id) for row in connection.execute(asked)]
            if case_id not in order:
                raise UnknownCode("case", case_id, ())
            at = order.index(case_id)
            to = at - 1 if up else at + 1
            if 0 <= to < len(order):
                order[at], order[to] = order[to], order[at]
                self._placed(connection, order)
                _log(connection, who, "moved", case_id, None)

    def seen(self, case_id: str | None, what: str, who: str, state: int | None = None) -> None:
        """Note that somebody looked; the line is kept when this returns."""
        self._views.note(Entry(who, what, case_id, state))

    def audit(self) -> list[Line]:
        """The log, the oldest line first."""
        return lines(self.engine)

    def remove(self, case_id: str, who: str) -> None:
        """Take a case away with every state of it; the log keeps that it was, and nothing of it.

        SQLite overwrites what it frees (``secure_delete``) and gives the pages back; copies that
        somebody made of the file are not reached.
        """
        self.last(case_id)
        with self.engine.begin() as connection:
            for table in (DRAFTS, PUT_BACK, STATES, BOARD_CASES):
                connection.execute(delete(table).where(table.c.case_id == case_id))
            for table in (JOBS, ANSWERS):
                connection.execute(delete(table).where(table.c.subject == case_id))
            connection.execute(delete(CASES).where(CASES.c.id == case_id))
            _log(connection, who, "removed", case_id, None)
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            ) as connection:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _state(self, row: Row[Any]) -> State:
        content = self.sealing.open(row.content, STATE.context(row.case_id, row.number))
        return State(
            row.case_id,
            row.number,
            _aware(row.kept_at),
            row.why,
            row.restores,
            json.loads(content),
        )

    def _keep(
        self, connection: Connection, case_id: str, number: int, content: Content, why: str,
        restores: int | None,
    ) -> None:  # fmt: skip
        sealed = self.sealing.close(_written(content), STATE.context(case_id, number))
        row = {"case_id": case_id, "number": number, "kept_at": _now(), "why": why}
        connection.execute(insert(STATES).values(**row, restores=restores, content=sealed))

    def _list_last(self, connection: Connection, case_id: str) -> None:
        _lock_list(connection)
        asked = select(func.max(BOARD_CASES.c.place)).where(BOARD_CASES.c.board_id == LIST)
        place = connection.execute(asked).scalar() or 0
        row = {"board_id": LIST, "case_id": case_id, "place": place + 1}
        connection.execute(insert(BOARD_CASES).values(**row))

    def _placed(self, connection: Connection, order: Iterable[str]) -> None:
        for place, one in enumerate(order, 1):
            mine = (BOARD_CASES.c.board_id == LIST) & (BOARD_CASES.c.case_id == one)
            connection.execute(update(BOARD_CASES).where(mine).values(place=place))


def _lock_list(connection: Connection) -> None:
    """Whoever changes the list at the same time waits: its row is written first.

    A lock of the row alone would do on PostgreSQL, and nothing on SQLite.
    """
    mine = update(BOARDS).where(BOARDS.c.id == LIST).values(title=LIST)
    if connection.execute(mine).rowcount:
        return
    with suppress(IntegrityError), connection.begin_nested():
        connection.execute(insert(BOARDS).values(id=LIST, made_at=_now(), title=LIST))
    connection.execute(mine)


def _written(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False, default=str)
