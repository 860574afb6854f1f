"""Boards: cases in an order with a title and a day; every change of one can be undone."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine, delete, func, insert, select, update

from hilum.errors import Fault, InputError, UnknownCode, phrased
from hilum.store.audit import logged as _log
from hilum.store.cases import LIST
from hilum.store.schema import BOARD_CASES, BOARD_STEPS, BOARDS, CASES
from hilum.store.sealed import BOARD, PLAIN, STEP, Sealing
from hilum.store.times import now as _now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

# A board of an afternoon has some twenty; more are no board but the list.
MOST = 40
# Changes that can be undone.
STEPS = 50


@dataclass(frozen=True, slots=True)
class Board:
    """A board: ``day`` as 2026-11-28, empty where none was said; ``cases`` in their order.

    ``undo`` is the number of the last change, 0 where nothing can be undone.
    """

    board_id: str
    title: str
    day: str
    cases: tuple[str, ...]
    undo: int = 0


@dataclass(frozen=True, slots=True)
class Boards:
    """The boards of one store; ``sealing`` encrypts titles where the store has a key."""

    engine: Engine
    sealing: Sealing = PLAIN

    def add(self, title: str, day: str, who: str) -> str:
        """A new board without cases; its id."""
        made = uuid.uuid4().hex
        with self.engine.begin() as connection:
            row = {"id": made, "made_at": _now(), "title": self._closed(made, title), "day": day}
            connection.execute(insert(BOARDS).values(**row))
            _log(connection, who, "board_made")
        return made

    def all(self) -> list[Board]:
        """Every board but the list of all cases, the latest day first."""
        there = (BOARDS.c.id != LIST) & BOARDS.c.removed_at.is_(None)
        asked = select(BOARDS.c.id).where(there)
        asked = asked.order_by(BOARDS.c.day.desc(), BOARDS.c.made_at.desc())
        with self.engine.connect() as connection:
            return [self._board(connection, str(row.id)) for row in connection.execute(asked).all()]

    def one(self, board_id: str) -> Board:
        """One board.

        Raises
        ------
        UnknownCode
            There is none.
        """
        with self.engine.connect() as connection:
            return self._board(connection, board_id)

    def of(self, case_id: str) -> list[Board]:
        """The boards that a case is on, the latest day first."""
        return [one for one in self.all() if case_id in one.cases]

    def rename(self, board_id: str, title: str, day: str, who: str) -> None:
        """Give a board another title or day."""
        with self.engine.begin() as connection:
            _lock(connection, board_id)
            before = self._board(connection, board_id)
            if (before.title, before.day) == (title, day):
                return
            self._step(connection, before)
            values = {"title": self._closed(board_id, title), "day": day}
            connection.execute(update(BOARDS).where(BOARDS.c.id == board_id).values(**values))
            _log(connection, who, "board_changed")

    def put(self, board_id: str, case_id: str, who: str) -> None:
        """Put a case on a board, last.

        Raises
        ------
        InputError
            The board is full.
        UnknownCode
            There is no such board or case.
        """
        with self.engine.begin() as connection:
            _lock(connection, board_id)
            before = self._board(connection, board_id)
            if case_id in before.cases:
                return
            if connection.execute(select(CASES.c.id).where(CASES.c.id == case_id)).first() is None:
                raise UnknownCode("case", case_id, ())
            if len(before.cases) >= MOST:
                expected = phrased("at most {most} patients on a board", most=MOST)
                raise InputError(Fault("", None, "case", str(len(before.cases)), expected))
            self._step(connection, before)
            _placed(connection, board_id, (*before.cases, case_id))
            _log(connection, who, "board_put", case_id)

    def take_off(self, board_id: str, case_id: str, who: str) -> None:
        """Take a case off a board; the case itself stays."""
        self._ordered(board_id, case_id, None, who, "board_off")

    def move(self, board_id: str, case_id: str, by: int, who: str) -> None:
        """Move a case up or down on a board, or on the list of all; the ends stay."""
        self._ordered(board_id, case_id, by, who, "moved")

    def _ordered(self, board_id: str, case_id: str, by: int | None, who: str, what: str) -> None:
        with self.engine.begin() as connection:
            _lock(connection, board_id)
            before = self._board(connection, board_id)
            if case_id not in before.cases:
                raise UnknownCode("case", case_id, ())
            order = [one for one in before.cases if one != case_id]
            if by is not None:
                at = before.cases.index(case_id)
                order.insert(min(max(at + by, 0), len(order)), case_id)
            if tuple(order) == before.cases:
                return
            self._step(connection, before)
            _placed(connection, board_id, order)
            _log(connection, who, what, case_id)

    def undo(self, board_id: str, who: str) -> bool:
        """Take the last change back; whether there was one."""
        with self.engine.begin() as connection:
            _lock(connection, board_id)
            now = self._board(connection, board_id)
            if not now.undo:
                return False
            mine = (BOARD_STEPS.c.board_id == board_id) & (BOARD_STEPS.c.number == now.undo)
            row = connection.execute(select(BOARD_STEPS.c.content).where(mine)).one()
            content = self.sealing.open(row.content, STEP.context(board_id, now.undo))
            before = json.loads(content)
            known = {str(one.id) for one in connection.execute(select(CASES.c.id))}
            order = [one for one in before["cases"] if one in known]
            if board_id == LIST:
                # Cases that came since stay: they are on no other list.
                order += [one for one in now.cases if one not in order]
            _placed(connection, board_id, order)
            values = {"title": self._closed(board_id, before["title"]), "day": before["day"]}
            connection.execute(update(BOARDS).where(BOARDS.c.id == board_id).values(**values))
            connection.execute(delete(BOARD_STEPS).where(mine))
            _log(connection, who, "board_undone")
        return True

    def remove(self, board_id: str, who: str) -> None:
        """Take a board away; its cases stay on the list of all, and it can be brought back."""
        if board_id == LIST:
            raise UnknownCode("board", board_id, ())
        with self.engine.begin() as connection:
            _lock(connection, board_id)
            self._board(connection, board_id)
            mine = update(BOARDS).where(BOARDS.c.id == board_id)
            connection.execute(mine.values(removed_at=_now()))
            _log(connection, who, "board_removed")

    def removed(self) -> list[Board]:
        """Boards that were taken away, the last first."""
        asked = select(BOARDS.c.id).where(BOARDS.c.removed_at.is_not(None))
        asked = asked.order_by(BOARDS.c.removed_at.desc())
        with self.engine.connect() as connection:
            return [
                self._board(connection, str(row.id), removed=True)
                for row in connection.execute(asked).all()
            ]

    def bring_back(self, board_id: str, who: str) -> None:
        """A board that was taken away is there again, as it was."""
        with self.engine.begin() as connection:
            _lock(connection, board_id)
            self._board(connection, board_id, removed=True)
            mine = update(BOARDS).where(BOARDS.c.id == board_id)
            connection.execute(mine.values(removed_at=None))
            _log(connection, who, "board_back")

    def delete(self, board_id: str, who: str) -> None:
        """Delete a board that was taken away; nothing of it is left."""
        with self.engine.begin() as connection:
            _lock(connection, board_id)
            self._board(connection, board_id, removed=True)
            for table in (BOARD_STEPS, BOARD_CASES):
                connection.execute(delete(table).where(table.c.board_id == board_id))
            connection.execute(delete(BOARDS).where(BOARDS.c.id == board_id))
            _log(connection, who, "board_deleted")

    def _board(self, connection: Connection, board_id: str, *, removed: bool = False) -> Board:
        row = connection.execute(select(BOARDS).where(BOARDS.c.id == board_id)).first()
        if row is None or (row.removed_at is not None) is not removed:
            raise UnknownCode("board", board_id, ())
        asked = (
            select(BOARD_CASES.c.case_id)
            .where(BOARD_CASES.c.board_id == board_id)
            .order_by(BOARD_CASES.c.place, BOARD_CASES.c.case_id)
        )
        cases = tuple(str(one.case_id) for one in connection.execute(asked))
        mine = BOARD_STEPS.c.board_id == board_id
        steps = select(func.max(BOARD_STEPS.c.number)).where(mine)
        last = connection.execute(steps).scalar() or 0
        return Board(
            str(row.id), self._opened(str(row.id), str(row.title)), str(row.day), cases, int(last)
        )

    def _step(self, connection: Connection, before: Board) -> None:
        """Remember what a board was."""
        content = {"title": before.title, "day": before.day, "cases": before.cases}
        number = before.undo + 1
        sealed = self.sealing.close(json.dumps(content), STEP.context(before.board_id, number))
        row = {"board_id": before.board_id, "number": number, "content": sealed}
        connection.execute(insert(BOARD_STEPS).values(**row))
        old = BOARD_STEPS.c.number <= before.undo + 1 - STEPS
        mine = BOARD_STEPS.c.board_id == before.board_id
        connection.execute(delete(BOARD_STEPS).where(mine, old))

    def _closed(self, board_id: str, title: str) -> str:
        # The list's own title is a code, and stays as it is.
        return title if board_id == LIST else self.sealing.close(title, BOARD.context(board_id))

    def _opened(self, board_id: str, title: str) -> str:
        return title if board_id == LIST else self.sealing.open(title, BOARD.context(board_id))


def _lock(connection: Connection, board_id: str) -> None:
    """Whoever changes the board at the same time waits: its row is written first.

    A case that is added meanwhile would else be lost from the list.
    """
    mine = BOARDS.c.id == board_id
    connection.execute(update(BOARDS).where(mine).values(day=BOARDS.c.day))


def _placed(connection: Connection, board_id: str, order: Sequence[str]) -> None:
    connection.execute(delete(BOARD_CASES).where(BOARD_CASES.c.board_id == board_id))
    rows = [
        {"board_id": board_id, "case_id": one, "place": place} for place, one in enumerate(order, 1)
    ]
    if rows:
        connection.execute(insert(BOARD_CASES), rows)
