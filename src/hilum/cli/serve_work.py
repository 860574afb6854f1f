"""``hilum serve work``: the processes that do what takes long, here or on another machine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.tongue import Language, words_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

Store = Annotated[
    str | None,
    typer.Option(
        help="Address of a PostgreSQL database, postgresql+psycopg://USER@HOST/DATABASE, without a "
        "password; else HILUM_STORE, else the file in the folder.",
    ),
]
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
    one: Annotated[bool, typer.Option("--one", hidden=True)] = False,
    idle: Annotated[float | None, typer.Option(hidden=True)] = None,
    language: Language = None,
) -> None:
    """Do what takes long for a workbench elsewhere, over the same database; until Ctrl-C.

    A worker that dies is replaced, and what it did is begun again. Work on label maps is left to
    whoever has the folder that they lie in.
    """
    from hilum.store.opening import data_folder, opened_at
    from hilum.store.work import Jobs
    from hilum.web.crew import Crew

    words = words_of(language)
    folder = data or data_folder()
    engine = opened_at(store, folder)
    if one:
        _one(engine, folder, idle, dask)
        return
    crew = Crew(Jobs(engine), folder, workers, dask or "")
    typer.echo(words("Work is done by up to {count} processes. Ctrl-C ends them.", count=workers))
    try:
        while True:
            crew.jobs.settle()
            crew.fill()
            time.sleep(LOOK)
    finally:
        crew.close()


def _one(engine: Engine, folder: Path, idle: float | None, dask: str | None) -> None:
    """One worker, which ends with whoever started it."""
    import logging

    from hilum.store.livers import Livers
    from hilum.store.work import Jobs
    from hilum.web.kinds import Bench
    from hilum.web.liver_desk import LiverDesk
    from hilum.web.worker import Worker

    logging.getLogger("hilum.web").addHandler(logging.StreamHandler())
    desk = LiverDesk(Livers(folder))
    worker = Worker(Jobs(engine), Bench(desk, dask), (desk.livers.place,))
    worker.ends_with_its_input()
    worker.work(idle)
