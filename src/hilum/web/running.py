"""Starting the workbench: the store opened, the port bound, the address told."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, HilumError, InputError, MissingExtra, phrased

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.web.desk import Desk
    from hilum.web.door import Serving

NEEDS: Final = "the workbench needs the extra web: pip install 'hilum[web]'"
# Seconds that a first page has for itself.
WARM_AFTER: Final = 1.5
MOST_HEADERS: Final = 16_384
HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True)
class Running:
    """A workbench whose port is bound and which answers once :meth:`serve` is called."""

    desk: Desk
    host: str
    port: int
    listening: socket.socket
    serving: Serving

    @property
    def address(self) -> str:
        """The first address: it lets one browser in, or leads to where people sign in."""
        if self.serving.proxy is not None:
            return f"{self.serving.proxy.rstrip('/')}/"
        name = f"[{self.host}]" if ":" in self.host else self.host
        if self.serving.names:
            name = self.serving.names[0]
        start = f"{self.desk.door.scheme}://{name}:{self.port}/"
        return start if self.serving.auth else f"{start}enter?secret={self.desk.sessions.secret}"

    def serve(self) -> None:
        """Answer until the terminal stops it; then all that it began ends as well."""
        crew = self.desk.crew
        try:
            if crew is not None:
                # What an earlier start left unfinished is taken up.
                crew.jobs.settle()
                crew.fill()
            self.server().run(sockets=[self.listening])
        finally:
            self.desk.close()

    def server(self) -> Any:
        """The server, with nothing of a request in its log."""
        import uvicorn

        from hilum.web.app import application
        from hilum.web.door import context

        logging.getLogger("hilum.web").addHandler(logging.StreamHandler())
        settings = uvicorn.Config(
            application(self.desk),
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="critical",
            server_header=False,
            h11_max_incomplete_event_size=MOST_HEADERS,
            timeout_graceful_shutdown=2,
            # Whose address a request comes from is read where a proxy is known to be in front.
            proxy_headers=False,
        )
        if self.serving.certificate is not None:
            settings.load()
            settings.ssl = context(self.serving)
        made = uvicorn.Server(settings)
        # A stream would hold the end up.
        self.desk.places.over = lambda: made.should_exit
        return made


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the pages.

    Parameters
    ----------
    store : str, optional
        Address of a database; the file in the folder where nothing is said.
    workers : int, optional
        Processes for long work, at most; without any the pages' own threads do it.
    dask : str
        Address of a Dask scheduler; empty for none.
    """

    store: str | None = None
    workers: int | None = None
    dask: str = ""


def started(
    folder: Path,
    host: str,
    port: int,
    language: str,
    behind: Behind | None = None,
    serving: Serving | None = None,
) -> Running:
    """A workbench over the store in a folder, its port bound.

    Raises
    ------
    InputError
        The host would be served without what is asked of it, the port is taken, the folder cannot
        be written, nobody has an account, or the store has another key.
    MissingExtra
        The extra ``web`` is not installed.
    """
    needed()
    from hilum.web.door import Serving, checked_serving

    serving = serving or Serving()
    checked_serving(serving, host)
    if not 0 <= port <= HIGHEST_PORT:
        raise InputError(Fault("--port", None, "port", str(port), "a port from 0 to 65535"))
    listening = _bound(host, port)
    try:
        desk = _desk(folder, listening.getsockname()[1], language, behind or Behind(),
                     serving, host)  # fmt: skip
    except HilumError:
        listening.close()
        raise
    return Running(desk, host, desk.port, listening, serving)


def needed() -> None:
    """Whether the extra is there.

    Raises
    ------
    MissingExtra
        The extra ``web`` is not installed.
    """
    try:
        import argon2  # noqa: F401  # pyright: ignore[reportUnusedImport]
        import cryptography  # noqa: F401  # pyright: ignore[reportUnusedImport]
        import python_multipart  # noqa: F401  # pyright: ignore[reportUnusedImport]
        import starlette  # noqa: F401  # pyright: ignore[reportUnusedImport]
        import uvicorn  # noqa: F401  # pyright: ignore[reportUnusedImport]
        import zxcvbn  # noqa: F401  # pyright: ignore[reportUnusedImport]

        import hilum.store.cases  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError as error:
        raise MissingExtra(NEEDS) from error


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        # From now on whoever calls waits; nobody is turned away while the rest is loaded.
        listening.listen()
    except OSError as error:
        listening.close()
        expected = phrased("a port that is free ({reason})", reason=error.strerror or "")
        raise InputError(Fault("--port", None, "port", str(port), expected)) from error
    return listening


def _desk(
    folder: Path, port: int, language: str, behind: Behind, serving: Serving, host: str
) -> Desk:
    from hilum.store.accounts import Accounts
    from hilum.store.livers import Livers
    from hilum.store.unlocked import unlocked_store
    from hilum.store.work import Jobs
    from hilum.web.crew import Crew
    from hilum.web.desk import Desk
    from hilum.web.door import door_of
    from hilum.web.sessions import Sessions, signed_in

    cases = unlocked_store(folder, serving.given, behind.store)
    accounts = Accounts(cases.engine) if serving.auth else None
    if accounts is not None and not accounts.listed():
        cases.engine.dispose()
        wanted = "an account first: hilum serve accounts add NAME --role admin"
        raise InputError(Fault("--auth", None, "accounts", "", wanted))
    # What a killed program left half written.
    Livers(folder, cases.sealing).sweep()
    crew = None
    if behind.workers is not None:
        secret = serving.given.environment if serving.given else {}
        jobs = Jobs(cases.engine, cases.sealing)
        crew = Crew(jobs, folder, behind.workers, behind.dask, secret=secret)
    sessions = signed_in() if serving.auth else Sessions()
    door = door_of(serving, host, port)
    return Desk(cases, port, language, sessions, folder, crew, accounts=accounts, door=door)


def warmed() -> threading.Thread:
    """Read the record and make one sheet behind the scenes, so that the first is not waited for."""

    def work() -> None:
        # The first page comes first: it needs none of this, and they would share one processor.
        time.sleep(WARM_AFTER)
        from hilum.sheet import board
        from hilum.web.desk import evidence

        with suppress(HilumError):
            board({"patient": {}}, evidence())

    thread = threading.Thread(target=work, daemon=True, name="hilum-warming")
    thread.start()
    return thread
