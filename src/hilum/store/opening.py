"""Opening the store: where it lies, who may read it, its schema brought up to date."""

from __future__ import annotations

import os
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, MissingExtra, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import URL, Connection, Engine

NAME: Final = "hilum.db"
VARIABLE: Final = "HILUM_DATA"
# An address with a password in it is taken from the environment alone, where no list of programs
# shows it.
ADDRESS: Final = "HILUM_STORE"
POSTGRESQL: Final = "postgresql+psycopg"
NEEDS: Final = "the workbench needs the extra web: pip install 'hilum[web]'"
NEEDS_DRIVER: Final = (
    "a PostgreSQL store needs the extra postgresql: pip install 'hilum[postgresql]'"
)
OWNER_ONLY, OWNER_FOLDER = 0o600, 0o700
# Where Alembic notes what it did; and how a migration names itself and those before it.
VERSIONS: Final = "alembic_version"
REVISION, BEFORE, NAMED = (
    re.compile(r'^revision = "(\w+)"', re.MULTILINE),
    re.compile(r"^down_revision = (.*)$", re.MULTILINE),
    re.compile(r'"(\w+)"'),
)
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
    path = own_folder(folder) / NAME
    try:
        # Made with its rights before anything is written: the journals beside it take them over.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
        path.chmod(OWNER_ONLY)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return connected(f"sqlite:///{path}")


def own_folder(folder: Path) -> Path:
    """The folder, made where there is none, that only its owner may read.

    Raises
    ------
    InputError
        It cannot be made or written.
    """
    try:
        folder.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        folder.chmod(OWNER_FOLDER)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _unwritable(folder: Path, error: OSError) -> InputError:
    expected = phrased("a folder that can be written ({reason})", reason=error.strerror or "")
    return InputError(Fault(str(folder), None, "data", folder.name, expected))


def opened_at(
    address: str | None, folder: Path, environ: Mapping[str, str] | None = None
) -> Engine:
    """The store of an address, else of ``HILUM_STORE``, else the one in the folder.

    Raises
    ------
    InputError
        The address is none of PostgreSQL, carries a password, or nobody answers at it.
    MissingExtra
        SQLAlchemy, Alembic or psycopg is not installed.
    """
    known = os.environ if environ is None else environ
    said = address or known.get(ADDRESS)
    if not said:
        return opened(folder)
    own_folder(folder)
    return connected(_postgresql(said, from_environment=not address))


def _postgresql(said: str, *, from_environment: bool) -> URL:
    try:
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError as error:
        raise MissingExtra(NEEDS) from error
    wanted = "an address such as postgresql+psycopg://USER@HOST/DATABASE"
    try:
        url = make_url(said)
    except (ArgumentError, ValueError):
        # What it says is not repeated: it may hold a password.
        raise InputError(Fault("--store", None, "store", "", wanted)) from None
    if url.drivername not in ("postgresql", POSTGRESQL):
        raise InputError(Fault("--store", None, "store", url.drivername, wanted))
    if not from_environment and (url.password or "password" in url.query):
        wanted = (
            "an address without a password: PGPASSWORD, a pgpass file, or HILUM_STORE "
            "with the whole address holds it"
        )
        raise InputError(Fault("--store", None, "store", shown(url), wanted))
    return url.set(drivername=POSTGRESQL)


def shown(url: URL) -> str:
    """An address as it may be printed: without its password."""
    return url.difference_update_query(["password"]).render_as_string(hide_password=True)


def connected(address: str | URL) -> Engine:
    """The store at a database's address, its schema brought up to date.

    Raises
    ------
    InputError
        Nobody answers at the address.
    MissingExtra
        SQLAlchemy, Alembic or the driver is not installed.
    """
    try:
        import alembic  # noqa: F401  # pyright: ignore[reportUnusedImport]
        from sqlalchemy import create_engine, event, make_url
        from sqlalchemy.exc import OperationalError
    except ImportError as error:
        raise MissingExtra(NEEDS) from error
    try:
        # A connection that a server or a firewall has closed meanwhile is made anew.
        engine = create_engine(address, pool_pre_ping=True, hide_parameters=True)
    except ImportError as error:
        raise MissingExtra(NEEDS_DRIVER) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _as_sqlite)
    try:
        _up_to_date(engine)
    except OperationalError as error:
        engine.dispose()
        if engine.dialect.name == "sqlite":
            raise
        wanted = "a database that answers, and lets this user in"
        fault = Fault("--store", None, "store", shown(make_url(engine.url)), wanted)
        raise InputError(fault) from error
    return engine


def _up_to_date(engine: Engine) -> None:
    """Bring the schema up to date where it is not; most starts find that it is."""
    with engine.connect() as connection:
        if _versions(connection) == newest():
            return
    from alembic import command

    with engine.begin() as connection:
        _alone(connection)
        command.upgrade(alembic_config(connection), "head")


def newest() -> frozenset[str]:
    """The last of the migrations: what no other one follows."""
    folder = files("hilum.store") / "migrations" / "versions"
    texts = [one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".py")]
    own = {said[1] for text in texts if (said := REVISION.search(text))}
    before = {name for text in texts if (said := BEFORE.search(text))
              for name in NAMED.findall(said[1])}  # fmt: skip
    return frozenset(own - before)


def _versions(connection: Connection) -> frozenset[str]:
    """What was done to a database so far."""
    from sqlalchemy import inspect

    if not inspect(connection).has_table(VERSIONS):
        return frozenset()
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSIONS}")
    return frozenset(str(row[0]) for row in found)


def _alone(connection: Connection) -> None:
    """Of programs that start at once, one brings the schema up to date and the others wait."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('hilum.migrations'))")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


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
