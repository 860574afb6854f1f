"""``hilum serve``: the workbench, in a browser on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.serve_work import Dask, Store, work
from hilum.cli.tongue import Language, words_of

if TYPE_CHECKING:
    from hilum.web.running import Running

serve = typer.Typer(
    invoke_without_command=True,
    help="Open the workbench: cases, forms and sheets in a browser, on this machine alone.",
)
serve.command("work")(work)


@serve.callback()
def serving(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port; 0 takes one that is free.")] = 8337,
    host: Annotated[
        str, typer.Option(help="Name of this machine: 127.0.0.1, localhost or ::1; no other.")
    ] = "127.0.0.1",
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the cases; else HILUM_DATA, else the user's own data folder."),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the address in the browser.")
    ] = False,
    store: Store = None,
    workers: Annotated[
        int,
        typer.Option(
            min=0, max=64, help="Processes for long work, at most; 0 leaves it to hilum serve work."
        ),
    ] = 2,
    dask: Dask = None,
    language: Language = None,
) -> None:
    """Open the workbench: cases, forms and sheets in a browser, on this machine alone.

    It prints an address that lets one person's browsers in, and answers until Ctrl-C. Cases are
    kept in a folder that only their owner can read.
    """
    if context.invoked_subcommand is not None:
        return
    from hilum.store.opening import data_folder
    from hilum.web.running import Behind, started, warmed

    words = words_of(language)
    folder = data or data_folder()
    behind = Behind(store, workers, dask or "")
    running = started(folder, host, port, words.language, behind)
    typer.echo(words("The workbench answers on this machine at:"))
    typer.echo(running.address)
    typer.echo(words("Cases are kept in {folder}. Ctrl-C ends it.", folder=_kept(running, folder)))
    warmed()
    if browser:
        import webbrowser

        webbrowser.open(running.address)
    running.serve()


def _kept(running: Running, folder: Path) -> str:
    """Where cases are kept, without the password that leads there."""
    from hilum.store.opening import shown

    url = running.desk.cases.engine.url
    return str(folder) if url.drivername.startswith("sqlite") else shown(url)
