"""``hilum literature``: from search exports to screened records."""

from __future__ import annotations

import typer

from hilum.cli.asking import Asking
from hilum.cli.literature_simulate import simulate

literature = typer.Typer(no_args_is_help=True, help="Find, screen and keep the literature.")


@literature.callback()
def group() -> None:
    """Find, screen and keep the literature."""


literature.command("simulate", cls=Asking)(simulate)
