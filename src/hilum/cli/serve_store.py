"""``hilum serve audit``, ``backup``, ``rekey``, ``new-key``: the store beside the workbench."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from hilum.cli.serve_saying import Data, KeyFile, Store
from hilum.cli.tongue import Language, words_of


def audit(
    check: Annotated[
        bool, typer.Option("--check", help="Look whether any line was changed or taken out.")
    ] = False,
    kept: Annotated[
        str | None,
        typer.Option("--kept", help="Hash of a line, kept elsewhere: it must be in the log."),
    ] = None,
    data: Data = None,
    store: Store = None,
    language: Language = None,
) -> None:
    """Print the log as CSV, or check that it is as it was written.

    Keep the last hash elsewhere now and then: whoever can write the file of the store can write
    the log anew, and only a hash that they cannot reach says so.
    """
    from hilum.store.opening import data_folder, opened_at
    from hilum.web.running import needed

    needed()
    from hilum.store.audit import COLUMNS, checked, lines

    words, engine = words_of(language), opened_at(store, data or data_folder())
    if not check and kept is None:
        table = csv.writer(sys.stdout)
        table.writerow(COLUMNS)
        table.writerows(one.row() for one in lines(engine))
        return
    found = checked(engine, kept)
    if found.broken is not None:
        typer.echo(words("Line {number} is not as it was written.", number=found.broken))
    if found.cut:
        typer.echo(words("Lines at the end are missing, or were added by nobody."))
    if found.known is False:
        typer.echo(words("No line has the hash that was kept: the log was written anew."))
    if not found.whole:
        raise typer.Exit(1)
    typer.echo(words("{count} lines, as they were written. The last hash:", count=found.lines))
    typer.echo(found.last)


def new_key(
    file: Annotated[Path, typer.Argument(help="File of the key; it must not be there yet.")],
    language: Language = None,
) -> None:
    """Write a new key for an encrypted store into a file that only its owner can read."""
    import os

    from hilum.errors import Fault, InputError
    from hilum.store.opening import OWNER_ONLY
    from hilum.web.running import needed

    needed()
    from hilum.store.keys import new_key as made

    words = words_of(language)
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as error:
        wanted = "a file that is not there yet, in a folder that can be written"
        raise InputError(Fault(file.name, None, "key", "", wanted)) from error
    with os.fdopen(number, "w", encoding="utf-8") as out:
        out.write(f"{made()}\n")
    typer.echo(words("Keep a copy elsewhere: without this key nobody opens the store again."))


def backup(
    file: Annotated[Path, typer.Argument(help="The copy, a zip; it must not be there yet.")],
    data: Data = None,
    language: Language = None,
) -> None:
    """Copy the whole store into one file, also while the workbench answers.

    An encrypted store stays encrypted in its copy. Cases that are removed later are still in it:
    the store keeps where its copies lie, and says so. To go back, unpack it into an empty folder
    and name that by --data.
    """
    from hilum.store.opening import data_folder
    from hilum.web.running import needed

    needed()
    from hilum.store.copies import copied

    words = words_of(language)
    made = copied(data or data_folder(), file)
    typer.echo(words("{file}, {size} MB, SHA-256:", file=file, size=f"{made.size / 1e6:.1f}"))
    typer.echo(made.sha256)


def rekey(
    key_file: KeyFile = None,
    new_key_file: Annotated[
        Path | None,
        typer.Option(help="The new key; else a new passphrase is asked, or read from the input."),
    ] = None,
    data: Data = None,
    store: Store = None,
    language: Language = None,
) -> None:
    """Encrypt a store that is not yet, or encrypt everything anew under another key.

    The workbench must not be running. The old key is named as for hilum serve.
    """
    from hilum.cli.serve_saying import asked_password
    from hilum.store.opening import data_folder
    from hilum.web.running import needed

    needed()
    from hilum.store.keys import given_key, passphrase
    from hilum.store.rekeyed import rekeyed

    words = words_of(language)
    if new_key_file is not None:
        new = given_key(new_key_file, {})
        assert new is not None
    else:
        new = passphrase(asked_password(words))
    count = rekeyed(data or data_folder(), given_key(key_file), new, store)
    typer.echo(words("{count} rows and files are encrypted under the new key.", count=count))
