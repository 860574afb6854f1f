"""``hilum literature``: find, screen and keep the literature of a review."""

from __future__ import annotations

import typer

from hilum.cli.asking import Asking
from hilum.cli.literature_changes import changes
from hilum.cli.literature_confidence import confidence
from hilum.cli.literature_dedupe import dedupe
from hilum.cli.literature_extract import extract
from hilum.cli.literature_flow import flow, fulltext
from hilum.cli.literature_pairs import pairs
from hilum.cli.literature_propose import propose
from hilum.cli.literature_report import report
from hilum.cli.literature_review import check, export, new, origin, status, take, undo
from hilum.cli.literature_screen import agree, decide, screen
from hilum.cli.literature_search import search
from hilum.cli.literature_simulate import simulate

literature = typer.Typer(
    no_args_is_help=True, help="The literature of a review: references, duplicates, screening."
)
literature.command("new", cls=Asking)(new)
literature.add_typer(search, name="search")
literature.command("check", cls=Asking)(check)
literature.command("import", cls=Asking)(take)
literature.command("dedupe", cls=Asking)(dedupe)
literature.command("pairs", cls=Asking)(pairs)
literature.command("origin", cls=Asking)(origin)
literature.command("undo", cls=Asking)(undo)
literature.command("status", cls=Asking)(status)
literature.command("export", cls=Asking)(export)
literature.command("screen", cls=Asking)(screen)
literature.command("decide", cls=Asking)(decide)
literature.command("agreement", cls=Asking)(agree)
literature.command("propose", cls=Asking)(propose)
literature.command("fulltext", cls=Asking)(fulltext)
literature.command("flow", cls=Asking)(flow)
literature.command("confidence", cls=Asking)(confidence)
literature.add_typer(extract, name="extract")
literature.command("simulate", cls=Asking)(simulate)
literature.command("changes", cls=Asking)(changes)
literature.command("report", cls=Asking)(report)
