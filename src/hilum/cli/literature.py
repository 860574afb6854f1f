"""``hilum literature``: find, screen and keep the literature of a review."""

from __future__ import annotations

import typer

from hilum.cli.asking import Asking
from hilum.cli.literature_dedupe import dedupe

literature = typer.Typer(
    no_args_is_help=True, help="The literature of a review: references, duplicates, screening."
)
literature.command("dedupe", cls=Asking)(dedupe)
