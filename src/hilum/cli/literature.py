"""``hilum literature``: find, screen, extract and keep the evidence current."""

from __future__ import annotations

import typer

from hilum.cli.asking import Asking
from hilum.cli.literature_changes import changes
from hilum.cli.literature_report import report
from hilum.cli.literature_search import search

literature = typer.Typer(
    no_args_is_help=True, help="The literature: find it, and keep the evidence current."
)
literature.add_typer(search, name="search")
literature.command("changes", cls=Asking)(changes)
literature.command("report", cls=Asking)(report)
