"""Copies of a store: made whole, and remembered, since they keep what is removed later."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Engine, insert, select

from hilum.errors import Fault, InputError
from hilum.store.accounts import TERMINAL
from hilum.store.audit import logged
from hilum.store.livers import NAME as LIVERS
from hilum.store.opening import ADDRESS, NAME, OWNER_ONLY, opened_at
from hilum.store.schema import COPIES
from hilum.store.times import aware, now

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: where it was laid, of when, and what was in it then."""

    place: str
    made_at: dt.datetime
    sha256: str
    size: int = 0

    @property
    def there(self) -> bool:
        """Whether it is still where it was laid."""
        return Path(self.place).is_file()


def copied(folder: Path, file: Path) -> Copied:
    """Copy a store on SQLite with its label maps into one zip, whole or not at all.

    Raises
    ------
    InputError
        The file is there already, or cannot be written.
    """
    place = file.absolute()
    if place.exists():
        raise InputError(Fault(file.name, None, "backup", "", "a file that is not there yet"))
    engine = opened_at(None, folder)
    if engine.dialect.name != "sqlite":
        wanted = "a store in a file: a database is copied by its own tools, pg_dump for PostgreSQL"
        raise InputError(Fault(ADDRESS, None, "backup", "", wanted))
    beside = place.with_name(f".{place.name}.new")
    try:
        with os.fdopen(
            os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w+b"
        ) as out:
            _zip(folder, out)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            made = Copied(str(place), now(), hashlib.file_digest(out, "sha256").hexdigest(),
                          out.seek(0, os.SEEK_END))  # fmt: skip
        # A name that somebody took meanwhile is not overwritten.
        os.link(beside, place)
    except OSError as error:
        wanted = "a file that is not there yet, in a folder that can be written"
        raise InputError(Fault(file.name, None, "backup", "", wanted)) from error
    finally:
        beside.unlink(missing_ok=True)
    with engine.begin() as connection:
        row = {"id": uuid.uuid4().hex, "made_at": made.made_at, "place": made.place}
        connection.execute(insert(COPIES).values(**row, sha256=made.sha256))
        logged(connection, TERMINAL, "copied", about=made.sha256)
    engine.dispose()
    return made


def copies(engine: Engine) -> list[Copied]:
    """Every copy that hilum made, the latest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(COPIES).order_by(COPIES.c.made_at.desc()))
        return [Copied(row.place, aware(row.made_at), row.sha256) for row in rows]


def _zip(folder: Path, out: object) -> None:
    """The database as it is at one moment, and the files beside it."""
    with (
        TemporaryDirectory(dir=folder) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,  # pyright: ignore[reportArgumentType,reportCallIssue]
    ):
        copy = Path(made) / NAME
        source, target = sqlite3.connect(folder / NAME), sqlite3.connect(copy)
        with source, target:
            source.backup(target)
        source.close()
        target.close()
        archive.write(copy, NAME)
        for path in sorted((folder / LIVERS).rglob("*")):
            # What is being sent just now is not part of it.
            inside = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                archive.write(path, inside)
