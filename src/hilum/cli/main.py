"""The ``hilum`` command and its groups; turns hilum's errors into messages and exit codes."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from hilum._version import __version__
from hilum.cli.appraise import appraise
from hilum.cli.board import board
from hilum.cli.case import case
from hilum.cli.curve import curve
from hilum.cli.evidence import evidence
from hilum.cli.findings import findings
from hilum.cli.joint import joint
from hilum.cli.liver import liver
from hilum.cli.net import TRACEBACK, caught, flush, harden, leave
from hilum.cli.network import network
from hilum.cli.pool import pool
from hilum.cli.rules import rules
from hilum.cli.sensitivity import sensitivity
from hilum.cli.survival import survival
from hilum.cli.trials import trials
from hilum.cli.verdict import verdict
from hilum.cli.writing import GIVEN
from hilum.errors import HilumError

EVIDENCE, SYNTHESIS, BOARD, TRIALS = "Evidence", "Synthesis", "Patient and board", "Trials"
FLOW = (
    *("evidence", "curve", "pool", "sensitivity", "network", "joint", "survival"),
    *("case", "liver", "rules", "verdict", "board", "trials"),
)


class _Flow(TyperGroup):
    """Commands in the order in which the work is done."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the words of the command for whoever has to compare outputs with inputs."""
        GIVEN.set(tuple(args))
        return super().parse_args(ctx, args)

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
app.command("pool", rich_help_panel=SYNTHESIS)(pool)
app.command("sensitivity", rich_help_panel=SYNTHESIS)(sensitivity)
app.command("network", rich_help_panel=SYNTHESIS)(network)
app.command("joint", rich_help_panel=SYNTHESIS)(joint)
app.add_typer(survival, name="survival", rich_help_panel=SYNTHESIS)
app.add_typer(case, name="case", rich_help_panel=BOARD)
app.add_typer(liver, name="liver", rich_help_panel=BOARD)
app.add_typer(rules, name="rules", rich_help_panel=BOARD)
app.command("verdict", rich_help_panel=BOARD)(verdict)
app.command("board", rich_help_panel=BOARD)(board)
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
    """Entry point: every error becomes one message and an exit status.

    1 for errors made on purpose, 74 for output that could not be written, 70 for anything that
    nobody foresaw.
    """
    harden()
    raise SystemExit(_status())


def _status() -> int:
    try:
        try:
            app()
        except SystemExit as stop:
            code = stop.code
        else:
            code = 0
        flush(sys.stdout)
    except HilumError as error:
        return leave(str(error), 1)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        return leave(*caught(error))
    return code if isinstance(code, int) else 0 if code is None else 1
