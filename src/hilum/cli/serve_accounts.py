"""``hilum serve accounts``: who may sign in to the workbench, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.serve_saying import Data, Store, asked_password
from hilum.cli.tongue import Language, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.store.accounts import Accounts

accounts = typer.Typer(no_args_is_help=True, help="Who may sign in to the workbench.")

Name = Annotated[str, typer.Argument(help="Small letters, digits or . _ @ -")]
Role = Annotated[
    str,
    typer.Option(
        help="reader (evidence), reviewer (also asks for syntheses), clinician (also patients) "
        "or admin (also accounts and the log)."
    ),
]
Lasting = Annotated[
    bool,
    typer.Option(
        "--lasting", help="It is the person's own password: it need not be changed at first."
    ),
]


@accounts.callback()
def group() -> None:
    """Who may sign in to the workbench."""


@accounts.command("add")
def add(
    name: Name,
    role: Role = "reader",
    lasting: Lasting = False,
    data: Data = None,
    store: Store = None,
    language: Language = None,
) -> None:
    """Add an account; the password is typed unseen, or read from the input."""
    from hilum.records import found
    from hilum.store.accounts import TERMINAL
    from hilum.web.roles import GIVEN

    words, kept = words_of(language), _accounts(data, store)
    found({str(one): one for one in GIVEN}, role, "role")
    kept.add(name, role, asked_password(words), TERMINAL, lasting=lasting)
    typer.echo(words("{name} may sign in as {role}.", name=name, role=role))


@accounts.command("list")
def list_accounts(data: Data = None, store: Store = None, language: Language = None) -> None:
    """Print every account with its role, and since when its password is as it is."""
    words, kept = words_of(language), _accounts(data, store)
    for one in kept.listed():
        day = one.changed_at.astimezone().strftime("%Y-%m-%d")
        more = words("to be changed at the next sign-in") if one.must_change else ""
        typer.echo("\t".join((one.name, one.role, day, more)).rstrip())


@accounts.command("role")
def role(
    name: Name,
    role: Annotated[str, typer.Argument(help="reader, reviewer, clinician or admin.")],
    data: Data = None,
    store: Store = None,
    language: Language = None,
) -> None:
    """Give another role; sessions of the account end at once."""
    from hilum.records import found
    from hilum.store.accounts import TERMINAL
    from hilum.web.roles import GIVEN

    words, kept = words_of(language), _accounts(data, store)
    found({str(one): one for one in GIVEN}, role, "role")
    kept.give_role(name, role, TERMINAL)
    typer.echo(words("{name} may sign in as {role}.", name=name, role=role))


@accounts.command("password")
def password(
    name: Name,
    lasting: Lasting = False,
    data: Data = None,
    store: Store = None,
    language: Language = None,
) -> None:
    """Set another password; sessions of the account end at once."""
    from hilum.store.accounts import TERMINAL

    words, kept = words_of(language), _accounts(data, store)
    kept.give_password(name, asked_password(words), TERMINAL, lasting=lasting)
    typer.echo(words("{name} has another password.", name=name))


@accounts.command("no-code")
def no_code(name: Name, data: Data = None, store: Store = None, language: Language = None) -> None:
    """Take the second factor of an account away, whose phone is lost; its sessions end at once."""
    from hilum.store.accounts import TERMINAL
    from hilum.store.second import SecondFactors

    words, kept = words_of(language), _accounts(data, store)
    kept.end_sessions(name, TERMINAL)
    SecondFactors(kept.engine).remove(name, TERMINAL)
    typer.echo(words("{name} signs in by password alone.", name=name))


@accounts.command("remove")
def remove(name: Name, data: Data = None, store: Store = None, language: Language = None) -> None:
    """Take an account away; its sessions end at once, and the log keeps its name."""
    from hilum.store.accounts import TERMINAL

    words, kept = words_of(language), _accounts(data, store)
    kept.remove(name, TERMINAL)
    typer.echo(words("{name} may not sign in any more.", name=name))


def _accounts(data: Path | None, store: str | None) -> Accounts:
    from hilum.store.opening import data_folder, opened_at
    from hilum.web.running import needed

    needed()
    from hilum.store.accounts import Accounts

    return Accounts(opened_at(store, data or data_folder()))
