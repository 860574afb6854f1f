"""Another key for a store: everything in it encrypted anew, rows at once and files one by one.

Every key that the store had stays in it, wrapped by the new one, so that a file which a power cut
left as it was still opens; the next change of the key takes it along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.exc import OperationalError

from hilum.errors import Fault, InputError
from hilum.store.accounts import TERMINAL
from hilum.store.audit import logged
from hilum.store.keys import Given, added, unlocked, wrap
from hilum.store.livers import Livers
from hilum.store.opening import opened_at
from hilum.store.schema import METADATA, SEALS
from hilum.store.sealed import CELLS, Cell, Sealing

if TYPE_CHECKING:
    from pathlib import Path

RUNNING: Final = "a store that nobody has open: end hilum serve first"


def rekeyed(folder: Path, old: Given | None, new: Given, address: str | None = None) -> int:
    """Encrypt everything under another key; how many rows and files.

    Parameters
    ----------
    folder : Path
        Of the store.
    old : Given, optional
        What opens it now; none where it is not encrypted.
    new : Given
        What opens it from now on.
    address : str, optional
        Of a database in the place of the folder's file; nobody looks whether it is in use.

    Raises
    ------
    InputError
        Another program has the store open, or the old key does not open it.
    """
    engine = opened_at(address, folder)
    try:
        _alone(engine)
        before = unlocked(engine, old)
        with engine.begin() as connection:
            number = before.number + 1
            connection.execute(delete(SEALS))
            wrap(connection, new, before.keys)
            after = Sealing({**before.keys, number: added(connection, new, number)})
            count = sum(_moved(connection, cell, before, after) for cell in CELLS)
            logged(connection, TERMINAL, "rekeyed")
        # What a power cut leaves from here on, the same command takes along when it runs again.
        count += Livers(folder, after).sealed_anew(after)
        _cleaned(engine)
    finally:
        engine.dispose()
    return count


def _moved(connection: Connection, cell: Cell, before: Sealing, after: Sealing) -> int:
    """Encrypt one column anew."""
    table, count = METADATA.tables[cell.table], 0
    keys = [table.c[name] for name in cell.key]
    for row in connection.execute(select(*keys, table.c[cell.column])).all():
        key = tuple(row)[:-1]
        if key in cell.but or row[-1] is None:
            continue
        context = cell.context(*key)
        text = after.close(before.open(str(row[-1]), context), context)
        mine = [column == value for column, value in zip(keys, key, strict=True)]
        connection.execute(update(table).where(*mine).values({cell.column: text}))
        count += 1
    return count


def _alone(engine: Engine) -> None:
    """Refuse while another program has the store open: it would write by the key until now."""
    if engine.dialect.name != "sqlite":
        return
    engine.dispose()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            # SQLite leaves its journal beside the file only for whoever is alone.
            connection.exec_driver_sql("PRAGMA busy_timeout=200")
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        except OperationalError as error:
            raise InputError(Fault("--data", None, "data", "", RUNNING)) from error
    engine.dispose()


def _cleaned(engine: Engine) -> None:
    """Overwrite what stood there before."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
