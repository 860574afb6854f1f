"""The log: who looked at or changed what, and when; lines are added and never changed.

Each line holds the SHA-256 of the line before with its own content, so that one that was changed
or taken out is found; the database refuses to change or delete any (triggers of the migration).
The row of the end says how many there are. Whoever can write the database's file can write it
anew from any line on: keep the last hash elsewhere, and :func:`checked` compares with it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, insert, select, update

from hilum.store.schema import AUDIT, AUDIT_END
from hilum.store.times import aware, now

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

START: Final = "0" * 64
END: Final = 1
COLUMNS: Final = ("at", "who", "what", "case", "state", "about", "number", "hash")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log: ``about`` is the account, address or file that was acted on or from."""

    number: int
    at: dt.datetime
    who: str
    what: str
    case_id: str | None
    state: int | None
    about: str | None
    hash: str

    def row(self) -> tuple[object, ...]:
        """As a row of the table that people take, under :data:`COLUMNS`."""
        return (self.at.isoformat(timespec="microseconds"), self.who, self.what, self.case_id,
                self.state, self.about, self.number, self.hash)  # fmt: skip

    def chained(self, before: str) -> str:
        """The hash of this line after another one."""
        said = [self.number, self.at.isoformat(timespec="microseconds"), self.who, self.what,
                self.case_id, self.state, self.about]  # fmt: skip
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the log found: ``broken`` is the first line that is not as it was written.

    ``cut`` says that lines at the end are gone, ``known`` whether a hash that was kept elsewhere
    is among those of the log; none where no such hash was said.
    """

    lines: int
    last: str
    broken: int | None
    cut: bool
    known: bool | None

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return self.broken is None and not self.cut and self.known is not False


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line is to say; its number, time and hash are given where it is written."""

    who: str
    what: str
    case_id: str | None = None
    state: int | None = None
    about: str | None = None


def logged(
    connection: Connection,
    who: str,
    what: str,
    case_id: str | None = None,
    state: int | None = None,
    about: str | None = None,
) -> None:
    """Add a line, as part of a transaction: whoever else adds one waits until that has ended."""
    logged_all(connection, (Entry(who, what, case_id, state, about),))


def logged_all(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add lines in their order, as :func:`logged` adds one."""
    # Written first: it locks the end of the log on every database.
    mine = AUDIT_END.c.id == END
    more = AUDIT_END.c.lines + len(entries)
    connection.execute(update(AUDIT_END).where(mine).values(lines=more))
    end = connection.execute(select(AUDIT_END).where(mine)).one()
    first, before = int(end.lines) - len(entries) + 1, str(end.hash)
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(entries, first):
        line = Line(number, now(), one.who, one.what, one.case_id, one.state, one.about, "")
        before = line.chained(before)
        rows.append({"id": number, "at": line.at, **asdict(one), "hash": before})
    connection.execute(insert(AUDIT), rows)
    connection.execute(update(AUDIT_END).where(mine).values(hash=before))


def log(engine: Engine, who: str, what: str, about: str | None = None) -> None:
    """Add a line that belongs to no other change."""
    with engine.begin() as connection:
        logged(connection, who, what, about=about)


def lines(engine: Engine) -> list[Line]:
    """The log, the oldest line first."""
    with engine.connect() as connection:
        return list(_lines(connection))


def checked(engine: Engine, kept: str | None = None) -> Checked:
    """Whether the log is as it was written.

    Parameters
    ----------
    engine : Engine
        The store.
    kept : str, optional
        A hash of a line, kept elsewhere.
    """
    before, broken, number = START, None, 0
    known = None if kept is None else kept == START
    with engine.connect() as connection:
        end = connection.execute(select(AUDIT_END).where(AUDIT_END.c.id == END)).one()
        for number, line in enumerate(_lines(connection), 1):
            right = line.number == number and line.hash == line.chained(before)
            if broken is None and not right:
                broken = number
            known = known or line.hash == kept if kept is not None else None
            before = line.hash
    cut = (int(end.lines), str(end.hash)) != (number, before)
    return Checked(number, before, broken, cut, known)


def _lines(connection: Connection) -> Iterator[Line]:
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)):
        yield _line(row)


def _line(row: Any) -> Line:
    return Line(
        int(row.id), aware(row.at), row.who, row.what, row.case_id, row.state, row.about, row.hash
    )
