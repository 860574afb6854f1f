"""Lines of the log about who looked, written together where many look at once.

Nobody sees anything of a patient before the line about it is on the disk. A commit waits for the
disk, though, and SQLite has one writer at a time: fifty who open a sheet at once would queue for
fifty commits, and the last would be turned away. Whoever comes first writes the lines of all who
wait by then; the others find theirs written.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from hilum.store.audit import Entry, logged_all

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(slots=True, eq=False)
class _Waiting:
    """A line that somebody waits for."""

    entry: Entry
    written: bool = False


@dataclass(slots=True, eq=False)
class Views:
    """The lines about looking of one start of the program."""

    engine: Engine
    _waiting: list[_Waiting] = field(default_factory=list[_Waiting], repr=False)
    _adding: Lock = field(default_factory=Lock, repr=False)
    _writing: Lock = field(default_factory=Lock, repr=False)

    def note(self, entry: Entry) -> None:
        """Add a line, alone or with those of others; it is kept when this returns."""
        mine = _Waiting(entry)
        with self._adding:
            self._waiting.append(mine)
        with self._writing:
            if not mine.written:
                self._write_all()
        if not mine.written:
            # Not with the others: what is wrong, if it still is, is told to each of them.
            self._write([mine])

    def _write_all(self) -> None:
        with self._adding:
            found, self._waiting = self._waiting, []
        if found:
            with suppress(SQLAlchemyError):
                self._write(found)

    def _write(self, these: list[_Waiting]) -> None:
        with self.engine.begin() as connection:
            logged_all(connection, [one.entry for one in these])
        for one in these:
            one.written = True
