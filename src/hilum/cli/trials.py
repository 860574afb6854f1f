"""``hilum trials``: designing the study that is missing."""

from __future__ import annotations

import typer

from hilum.cli.trials_rank import rank
from hilum.cli.trials_simulate import simulate

trials = typer.Typer(no_args_is_help=True, help="Designs, simulation and value of information.")


@trials.callback()
def group() -> None:
    """Designs, simulation and value of information."""


trials.command("simulate")(simulate)
trials.command("rank")(rank)
