"""The ``hilum`` command and its groups; turns hilum's errors into messages and exit codes."""

from __future__ import annotations

import errno
import os
import sys
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from hilum._version import __version__
from hilum.errors import HilumError

# The output cannot be written: nothing of hilum's, and nothing that a traceback explains.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
EVIDENCE, SYNTHESIS, BOARD, TRIALS = "Evidence", "Synthesis", "Patient and board", "Trials"
# Every command by name, in the order in which the work is done, with its panel in the help. The
# module ``hilum.cli.NAME`` holds it under the same name; it is imported when it is asked for.
COMMANDS = {
    "evidence": EVIDENCE,
    "curve": EVIDENCE,
    "pool": SYNTHESIS,
    "sensitivity": SYNTHESIS,
    "network": SYNTHESIS,
    "joint": SYNTHESIS,
    "survival": SYNTHESIS,
    "case": BOARD,
    "liver": BOARD,
    "rules": BOARD,
    "verdict": BOARD,
    "board": BOARD,
    "trials": TRIALS,
}
FLOW = tuple(COMMANDS)


class _Flow(TyperGroup):
    """Commands in the order in which the work is done."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of :data:`FLOW`; one that is not in it comes last."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: FLOW.index(name) if name in FLOW else len(FLOW))


@cache
def application(only: str | None = None) -> typer.Typer:
    """The whole program, or the program with one command: the others are then not imported."""
    made = typer.Typer(
        cls=_Flow,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="From the published evidence to one patient's tumour-board sheet. "
        "Informs a board; never prescribes.",
    )
    made.callback()(options)
    for name, panel in COMMANDS.items():
        if only in (None, name):
            found = getattr(import_module(f"hilum.cli.{name}"), name)
            if isinstance(found, typer.Typer):
                made.add_typer(found, name=name, rich_help_panel=panel)
            else:
                made.command(name, rich_help_panel=panel)(found)
    return made


def __getattr__(name: str) -> typer.Typer:
    """``app`` is the whole program, made when it is asked for."""
    if name == "app":
        return application()
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"hilum {__version__}")
        raise typer.Exit


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
        first = sys.argv[1] if len(sys.argv) > 1 else None
        application(first if first in COMMANDS else None)()
    except HilumError as error:
        print(f"hilum: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except OSError as error:
        if error.errno not in FULL:
            raise
        print(f"hilum: the output could not be written: {error.strerror}", file=sys.stderr)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (nothing is flushed at the end)
        raise SystemExit(1) from None
