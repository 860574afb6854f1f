"""Answers by the hash of what was asked: kept once, never changed.

Nothing here reads what they hold; whoever keeps an answer brings it as text.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from hilum._version import __version__
from hilum.store.schema import ANSWERS
from hilum.store.sealed import ANSWER, PLAIN, Sealing

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one store."""

    engine: Engine
    sealing: Sealing = PLAIN

    def find(self, key: str) -> str | None:
        """What was answered to the question of this hash."""
        asked = select(ANSWERS.c.content).where(ANSWERS.c.key == key)
        with self.engine.connect() as connection:
            row = connection.execute(asked).first()
        return None if row is None else self.sealing.open(row.content, ANSWER.context(key))

    def kind_of(self, key: str) -> str | None:
        """Of what kind the answer of this hash is; nothing where there is none."""
        asked = select(ANSWERS.c.kind).where(ANSWERS.c.key == key)
        with self.engine.connect() as connection:
            row = connection.execute(asked).first()
        return None if row is None else str(row.kind)

    def keep(self, key: str, kind: str, content: str, subject: str | None = None) -> None:
        """Keep an answer; where there is one already, that one stays."""
        with self.engine.begin() as connection:
            self.keep_in(connection, key, kind, content, subject)

    def keep_in(
        self, connection: Connection, key: str, kind: str, content: str, subject: str | None
    ) -> None:
        """The same, as a part of a change that is whole or not at all."""
        there = select(ANSWERS.c.key).where(ANSWERS.c.key == key)
        if connection.execute(there).first() is not None:
            return
        row = {
            "key": key,
            "kind": kind,
            "subject": subject,
            "made_at": dt.datetime.now(tz=dt.UTC),
            "version": __version__,
            "content": self.sealing.close(content, ANSWER.context(key)),
        }
        try:
            part: AbstractContextManager[object] = connection.begin_nested()
            with part:
                connection.execute(insert(ANSWERS).values(**row))
        except IntegrityError:
            return  # somebody else answered it at the same moment
