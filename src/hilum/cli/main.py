"""The ``hilum`` command and its groups; turns hilum's errors into messages and exit codes."""

from __future__ import annotations

import sys

import typer

from hilum._version import __version__
from hilum.cli.appraise import appraise
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
from hilum.cli.sensitivity import sensitivity
from hilum.cli.survival import survival
from hilum.cli.trials import trials
from hilum.errors import HilumError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="From the published evidence to one patient's tumour-board sheet. "
    "Informs a board; never prescribes.",
)
app.command("board")(board)
app.command("joint")(joint)
app.command("pool")(pool)
app.command("network")(network)
app.command("sensitivity")(sensitivity)
evidence.command("findings")(findings)
evidence.add_typer(appraise, name="appraise")
app.add_typer(curve, name="curve")
app.add_typer(evidence, name="evidence")
app.add_typer(rules, name="rules")
app.add_typer(case, name="case")
app.add_typer(trials, name="trials")
app.add_typer(liver, name="liver")
app.add_typer(survival, name="survival")


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
