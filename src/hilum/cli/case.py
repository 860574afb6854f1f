"""``hilum case``: starting a case file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

case = typer.Typer(no_args_is_help=True, help="Case files.")


@case.callback()
def group() -> None:
    """Case files."""


@case.command()
def new(
    out: Annotated[
        Path | None, typer.Argument(help="File to write; standard output when omitted.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Write a commented template of a case: every attribute, its unit and why it is asked."""
    from hilum.cli.writing import write
    from hilum.errors import Fault, InputError
    from hilum.patient import case_template

    if out is None:
        typer.echo(case_template(), nl=False)
        return
    if out.exists() and not force:
        expected = "a file that does not exist yet (or --force)"
        raise InputError(Fault(str(out), None, "file", out.name, expected))
    write(case_template().encode(), out)
    typer.echo(f"Written: {out}")
