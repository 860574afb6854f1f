"""``hilum serve work``: the processes that do what takes long, here or on another machine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.serve_saying import KeyFile, Store
from hilum.cli.tongue import Language, words_of

if TYPE_CHECKING:
    from hilum.store.cases import Cases

Dask = Annotated[
    str | None,
    typer.Option(help="Address of a Dask scheduler for grids of simulations, tcp://HOST:PORT."),
]
# Seconds between two looks whether every worker is there.
LOOK = 1.0


def work(
    store: Store = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the label maps; else HILUM_DATA, else the user's own."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes, at most.")] = 1,
    dask: Dask = None,
    key_file: KeyFile = None,
    one: Annotated[bool, typer.Option("--one", hidden=True)] = False,
    idle: Annotated[float | None, typer.Option(hidden=True)] = None,
    language: Language = None,
) -> None:
    """Do what takes long for a workbench elsewhere, over the same database; until Ctrl-C.

    A worker that dies is replaced, and what it did is begun again. Work on label maps is left to
    whoever has the folder that they lie in.
    """
    from hilum.store.opening import data_folder
    from hilum.web.running import needed

    needed()
    from hilum.store.keys import given_key
    from hilum.store.unlocked import unlocked_store
    from hilum.store.work import Jobs
    from hilum.web.crew import Crew

    words = words_of(language)
    folder = data or data_folder()
    given = given_key(key_file)
    cases = unlocked_store(folder, given, store)
    if one:
        _one(cases, folder, idle, dask)
        return
    secret = given.environment if given else {}
    jobs = Jobs(cases.engine, cases.sealing)
    crew = Crew(jobs, folder, workers, dask or "", secret=secret)
    typer.echo(words("Work is done by up to {count} processes. Ctrl-C ends them.", count=workers))
    try:
        while True:
            crew.jobs.settle()
            crew.fill()
            time.sleep(LOOK)
    finally:
        crew.close()


def _one(cases: Cases, folder: Path, idle: float | None, dask: str | None) -> None:
    """One worker, which ends with whoever started it."""
    import logging

    from hilum.store.livers import Livers
    from hilum.store.work import Jobs
    from hilum.web.kinds import Bench
    from hilum.web.liver_desk import LiverDesk
    from hilum.web.worker import Worker

    logging.getLogger("hilum.web").addHandler(logging.StreamHandler())
    desk = LiverDesk(Livers(folder, cases.sealing))
    worker = Worker(Jobs(cases.engine, cases.sealing), Bench(desk, dask), (desk.livers.place,))
    worker.ends_with_its_input()
    worker.work(idle)
