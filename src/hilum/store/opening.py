"""Opening the store: where it lies, who may read it, its schema brought up to date."""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, MissingExtra, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

NAME: Final = "hilum.db"
VARIABLE: Final = "HILUM_DATA"
OWNER_ONLY, OWNER_FOLDER = 0o600, 0o700
# Milliseconds that a writer waits for another one.
PATIENCE: Final = 5000


def data_folder(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The user's own folder for hilum's data: ``HILUM_DATA``, else where the system keeps such."""
    known = os.environ if environ is None else environ
    if known.get(VARIABLE):
        return Path(known[VARIABLE]).expanduser()
    if platform == "win32" and known.get("LOCALAPPDATA"):
        return Path(known["LOCALAPPDATA"]) / "hilum"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "hilum"
    return Path(known.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "hilum"


def opened(folder: Path) -> Engine:
    """The store in a folder, made where there is none; only its owner may read it.

    Raises
    ------
    InputError
        The folder cannot be made or written.
    MissingExtra
        SQLAlchemy or Alembic is not installed.
    """
    path = folder / NAME
    try:
        folder.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        folder.chmod(OWNER_FOLDER)
        # Made with its rights before anything is written: the journals beside it take them over.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
        path.chmod(OWNER_ONLY)
    except OSError as error:
        expected = phrased("a folder that can be written ({reason})", reason=error.strerror or "")
        raise InputError(Fault(str(folder), None, "data", folder.name, expected)) from error
    return connected(f"sqlite:///{path}")


def connected(address: str) -> Engine:
    """The store at a database's address, its schema brought up to date."""
    try:
        from alembic import command
        from sqlalchemy import create_engine, event
    except ImportError as error:
        message = "the workbench needs the extra web: pip install 'hilum[web]'"
        raise MissingExtra(message) from error
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _as_sqlite)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    return engine


def alembic_config(connection: Any) -> Any:
    """Alembic's settings over an open connection; the migrations lie in the package."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(files("hilum.store") / "migrations"))
    made.attributes["connection"] = connection
    return made


def _as_sqlite(connection: Any, _record: object) -> None:
    """Readers and a writer at once, and what was kept survives a power cut."""
    cursor = connection.cursor()
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={PATIENCE}",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()
