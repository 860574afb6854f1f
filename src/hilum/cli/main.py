"""The ``hilum`` command and its groups; turns hilum's errors into messages and exit codes."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from hilum._version import __version__
from hilum.cli.appraise import appraise
from hilum.cli.asking import Asking
from hilum.cli.board import board
from hilum.cli.case import case
from hilum.cli.curve import curve
from hilum.cli.evidence import evidence
from hilum.cli.findings import findings
from hilum.cli.joint import joint
from hilum.cli.liver import liver
from hilum.cli.network import network
from hilum.cli.pool import pool
from hilum.cli.rules import rules
from hilum.cli.schema import schema
from hilum.cli.sensitivity import sensitivity
from hilum.cli.survival import survival
from hilum.cli.trials import trials
from hilum.errors import HilumError

EVIDENCE, SYNTHESIS, BOARD, TRIALS = "Evidence", "Synthesis", "Patient and board", "Trials"
ANALYSES = "Analyses"
FLOW = (
    *("evidence", "curve", "pool", "sensitivity", "network", "joint", "survival"),
    *("case", "liver", "rules", "board", "trials", "schema"),
)


class _Flow(TyperGroup):
    """Commands in the order in which the work is done."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of :data:`FLOW`; one that is not in it comes last."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: FLOW.index(name) if name in FLOW else len(FLOW))


app = typer.Typer(
    cls=_Flow,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="From the published evidence to one patient's tumour-board sheet. "
    "Informs a board; never prescribes.",
)
evidence.command("findings")(findings)
evidence.add_typer(appraise, name="appraise")
app.add_typer(evidence, name="evidence", rich_help_panel=EVIDENCE)
app.add_typer(curve, name="curve", rich_help_panel=EVIDENCE)
app.command("pool", cls=Asking, rich_help_panel=SYNTHESIS)(pool)
app.command("sensitivity", cls=Asking, rich_help_panel=SYNTHESIS)(sensitivity)
app.command("network", cls=Asking, rich_help_panel=SYNTHESIS)(network)
app.command("joint", rich_help_panel=SYNTHESIS)(joint)
app.add_typer(survival, name="survival", rich_help_panel=SYNTHESIS)
app.add_typer(case, name="case", rich_help_panel=BOARD)
app.add_typer(liver, name="liver", rich_help_panel=BOARD)
app.add_typer(rules, name="rules", rich_help_panel=BOARD)
app.command("board", rich_help_panel=BOARD)(board)
app.command("schema", rich_help_panel=ANALYSES)(schema)
app.add_typer(trials, name="trials", rich_help_panel=TRIALS)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"hilum {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """From the published evidence to one patient's tumour-board sheet."""
    del version


def run() -> None:
    """Entry point: errors made on purpose become one message and exit status 1."""
    try:
        app()
    except HilumError as error:
        print(f"hilum: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
