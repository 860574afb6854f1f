"""What the commands of the workbench ask alike: where the store is, its key, a password."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.language import Words

Data = Annotated[
    Path | None,
    typer.Option(help="Folder of the cases; else HILUM_DATA, else the user's own data folder."),
]
Store = Annotated[
    str | None,
    typer.Option(
        help="Address of a PostgreSQL database, postgresql+psycopg://USER@HOST/DATABASE, without a "
        "password; else HILUM_STORE, else the file in the folder.",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        help="Key of an encrypted store; else HILUM_KEY, else the passphrase HILUM_PASSPHRASE.",
    ),
]


def asked_password(words: Words) -> str:
    """A password: typed twice unseen, or the first line of what is sent; never an argument."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    said = getpass(f"{words('Password')}: ")
    if getpass(f"{words('The same again')}: ") != said:
        raise InputError(Fault("", None, "password", "", "the same password twice"))
    return said
