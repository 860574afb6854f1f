"""A throw-away PostgreSQL of Debian's, reached by a socket in its own folder alone."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

USER = "hilum"
# Nothing of it is to survive anything.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB",
         "listen_addresses=", "max_connections=80", "autovacuum=off")  # fmt: skip


def program(name):
    """Where Debian keeps the newest of PostgreSQL's programs, which are not on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: one.parts[4])
    there = str(found[-1]) if found else shutil.which(name)
    if there is None:
        pytest.fail(f"PostgreSQL's {name} is needed: `make test` installs it")
    return there


@contextmanager
def cluster():
    """The address of a cluster's database, as long as it runs."""
    # A socket's path may have 107 letters: pytest's own folders are too deep.
    home = Path(mkdtemp(prefix="hilum-pg-", dir="/tmp"))
    # PostgreSQL refuses to run as root.
    other = {"user": "postgres", "group": "postgres", "extra_groups": ()} if _root() else {}
    if other:
        shutil.chown(home, "postgres", "postgres")
    quiet = {"cwd": home, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    running = None
    try:
        subprocess.run(
            [program("initdb"), "-D", home / "data", "-U", USER, "-A", "trust", "-E", "UTF8",
             "--locale", "C", "--no-sync", "--no-instructions"],
            check=True, stderr=subprocess.PIPE, **quiet, **other,
        )  # fmt: skip
        settings = [part for one in QUICK for part in ("-c", one)]
        running = subprocess.Popen(
            [program("postgres"), "-D", home / "data", "-k", home, *settings],
            stderr=subprocess.DEVNULL, **quiet, **other,
        )  # fmt: skip
        address = f"postgresql+psycopg://{USER}@/postgres?host={home}"
        _answers(home, running)
        yield address
    finally:
        if running is not None:
            running.send_signal(signal.SIGQUIT)
            running.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _answers(home, running, patience=30.0):
    import psycopg

    until = time.monotonic() + patience
    while running.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(f"host={home} user={USER} dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("PostgreSQL did not start")


def emptied(engine):
    """Nothing is left in any table."""
    from sqlalchemy import insert

    from hilum.store.audit import END, START
    from hilum.store.schema import AUDIT_END, METADATA

    names = ", ".join(f'"{one.name}"' for one in METADATA.sorted_tables)
    with engine.begin() as connection:
        # The log refuses to be emptied.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        connection.execute(insert(AUDIT_END).values(id=END, lines=0, hash=START))
