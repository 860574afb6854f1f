"""Starting the workbench: the store opened, the port bound, the address told."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, HilumError, InputError, MissingExtra, phrased

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.web.desk import Desk

HOSTS: Final = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}
# Where a browser finds each of them.
NAMES: Final = {"127.0.0.1": "127.0.0.1", "localhost": "localhost", "::1": "[::1]"}
NEEDS: Final = "the workbench needs the extra web: pip install 'hilum[web]'"
MOST_HEADERS: Final = 16_384
HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True)
class Running:
    """A workbench whose port is bound and which answers once :meth:`serve` is called."""

    desk: Desk
    host: str
    port: int
    listening: socket.socket

    @property
    def address(self) -> str:
        """The first address: it lets one browser in."""
        name = NAMES[self.host]
        return f"http://{name}:{self.port}/enter?secret={self.desk.sessions.secret}"

    def serve(self) -> None:
        """Answer until the terminal stops it; then its workers end as well."""
        crew = self.desk.crew
        try:
            if crew is not None:
                # What an earlier start left unfinished is taken up.
                crew.jobs.settle()
                crew.fill()
            self.server().run(sockets=[self.listening])
        finally:
            if crew is not None:
                crew.close()

    def server(self) -> Any:
        """The server, with nothing of a request in its log."""
        import uvicorn

        from hilum.web.app import application

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
        )
        return uvicorn.Server(settings)


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
    folder: Path, host: str, port: int, language: str, behind: Behind | None = None
) -> Running:
    """A workbench over the store in a folder, its port bound on this machine alone.

    Raises
    ------
    InputError
        The host is not this machine, the port is taken, or the folder cannot be written.
    MissingExtra
        The extra ``web`` is not installed.
    """
    family = HOSTS.get(host)
    if family is None:
        wanted = (
            "this machine (127.0.0.1, localhost or ::1): there is no sign-in and no encryption "
            "yet, so that hilum serves nobody else"
        )
        raise InputError(Fault("--host", None, "host", host, wanted))
    if not 0 <= port <= HIGHEST_PORT:
        raise InputError(Fault("--port", None, "port", str(port), "a port from 0 to 65535"))
    try:
        import python_multipart  # noqa: F401  # pyright: ignore[reportUnusedImport]
        import starlette  # noqa: F401  # pyright: ignore[reportUnusedImport]
        import uvicorn  # noqa: F401  # pyright: ignore[reportUnusedImport]

        import hilum.store.cases  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError as error:
        raise MissingExtra(NEEDS) from error

    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((NAMES[host].strip("[]"), port))
        # From now on whoever calls waits; nobody is turned away while the rest is loaded.
        listening.listen()
    except OSError as error:
        listening.close()
        expected = phrased("a port that is free ({reason})", reason=error.strerror or "")
        raise InputError(Fault("--port", None, "port", str(port), expected)) from error
    try:
        desk = _desk(folder, listening.getsockname()[1], language, behind or Behind())
    except HilumError:
        listening.close()
        raise
    return Running(desk, host, desk.port, listening)


def _desk(folder: Path, port: int, language: str, behind: Behind) -> Desk:
    from hilum.store.cases import Cases
    from hilum.store.livers import Livers
    from hilum.store.opening import opened_at
    from hilum.store.work import Jobs
    from hilum.web.crew import Crew
    from hilum.web.desk import Desk

    cases = Cases(opened_at(behind.store, folder))
    # What a killed program left half written.
    Livers(folder).sweep()
    crew = None
    if behind.workers is not None:
        crew = Crew(Jobs(cases.engine), folder, behind.workers, behind.dask)
    return Desk(cases, port, language, folder=folder, crew=crew)


def warmed() -> threading.Thread:
    """Read the record and make one sheet behind the scenes, so that the first is not waited for."""

    def work() -> None:
        from hilum.sheet import board
        from hilum.web.desk import evidence

        with suppress(HilumError):
            board({"patient": {}}, evidence())

    thread = threading.Thread(target=work, daemon=True, name="hilum-warming")
    thread.start()
    return thread
