"""``hilum serve``: the workbench, in a browser; and what its administrators do beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.serve_accounts import accounts
from hilum.cli.serve_saying import Data, KeyFile, Store
from hilum.cli.serve_store import audit, backup, new_key, rekey
from hilum.cli.serve_work import Dask, work
from hilum.cli.tongue import Language, words_of

if TYPE_CHECKING:
    from hilum.web.running import Running

serve = typer.Typer(invoke_without_command=True)
serve.add_typer(accounts, name="accounts")
serve.command("work")(work)
serve.command("audit")(audit)
serve.command("backup")(backup)
serve.command("rekey")(rekey)
serve.command("new-key")(new_key)


@serve.callback()
def serving(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port; 0 takes one that is free.")] = 8337,
    host: Annotated[
        str,
        typer.Option(help="This machine, or one of its addresses; other machines need --auth."),
    ] = "127.0.0.1",
    data: Data = None,
    browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the address in the browser.")
    ] = False,
    auth: Annotated[
        bool, typer.Option("--auth", help="People sign in; see hilum serve accounts.")
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(help="What browsers call this machine; may be said again."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Certificate of TLS with its chain, in PEM.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Key of the certificate, in PEM.")] = None,
    behind_proxy: Annotated[
        str | None,
        typer.Option(help="Origin of a proxy in front that encrypts: https://NAME."),
    ] = None,
    unencrypted: Annotated[
        bool,
        typer.Option(
            "--unencrypted",
            help="Serve other machines without encryption: whoever is on the network can read "
            "patients and passwords.",
        ),
    ] = False,
    key_file: KeyFile = None,
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
    """Open the workbench: cases, forms and sheets in a browser.

    On this machine alone it prints an address that lets one person's browsers in. With --auth
    people sign in, also from elsewhere. It answers until Ctrl-C. Cases are kept in a folder that
    only their owner can read, encrypted where a key is given.
    """
    if context.invoked_subcommand is not None:
        return
    from hilum.store.opening import data_folder
    from hilum.web.running import needed

    needed()
    from hilum.cli.asking import said_language
    from hilum.cli.writing import GIVEN
    from hilum.store.keys import given_key
    from hilum.web.door import Serving
    from hilum.web.running import Behind, started, warmed

    # A language that is said first is taken out by the group.
    words = words_of(language or said_language(list(GIVEN.get())))
    folder = data or data_folder()
    how = Serving(
        auth=auth,
        names=tuple(name or ()),
        certificate=certificate,
        key=key,
        proxy=behind_proxy,
        unencrypted=unencrypted,
        given=given_key(key_file),
    )
    behind = Behind(store, workers, dask or "")
    running = started(folder, host, port, words.language, behind, how)
    typer.echo(words("The workbench answers at:") if auth else
               words("The workbench answers on this machine at:"))  # fmt: skip
    typer.echo(running.address)
    typer.echo(words("Cases are kept in {folder}. Ctrl-C ends it.", folder=_kept(running, folder)))
    if running.desk.cases.sealing:
        typer.echo(words("They are encrypted by the key that was given."))
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
