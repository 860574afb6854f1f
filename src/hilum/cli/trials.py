"""``hilum trials``: designing the study that is missing."""
"""``hilum trials``: the group of commands on new trials."""

from __future__ import annotations

import typer

from hilum.cli.trials_rank import rank
from hilum.cli.trials_simulate import simulate

trials = typer.Typer(no_args_is_help=True, help="Designs, simulation and value of information.")


@trials.callback()
def group() -> None:
    """Designs, simulation and value of information."""


trials.command("simulate")(simulate)
from hilum.cli import trial_design_stages
from hilum.cli.trial_design import design

# Its commands join the group as the module loads.
assert trial_design_stages.design is design

trials = typer.Typer(no_args_is_help=True, help="Design the study that is missing.")
trials.add_typer(design, name="design")
trials.command("rank")(rank)
