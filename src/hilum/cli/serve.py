"""``hilum serve``: the workbench, in a browser on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hilum.cli.tongue import Language, words_of


def serve(
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
    language: Language = None,
) -> None:
    """Open the workbench: cases, forms and sheets in a browser, on this machine alone.

    It prints an address that lets one person's browsers in, and answers until Ctrl-C. Cases are
    kept in a folder that only their owner can read.
    """
    from hilum.store.opening import data_folder
    from hilum.web.running import started, warmed

    words = words_of(language)
    folder = data or data_folder()
    running = started(folder, host, port, words.language)
    typer.echo(words("The workbench answers on this machine at:"))
    typer.echo(running.address)
    typer.echo(words("Cases are kept in {folder}. Ctrl-C ends it.", folder=folder))
    warmed()
    if browser:
        import webbrowser

        webbrowser.open(running.address)
    running.serve()
