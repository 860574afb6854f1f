"""``hilum trials``: the group of commands on new trials."""

from __future__ import annotations

import typer

from hilum.cli.asking import Asking
from hilum.cli.trial_design import design
from hilum.cli.trials_protocol import protocol
from hilum.cli.trials_rank import rank
from hilum.cli.trials_simulate import simulate

trials = typer.Typer(no_args_is_help=True, help="Designs, simulation and value of information.")
trials.add_typer(design, name="design")
trials.command("simulate", cls=Asking)(simulate)
trials.command("protocol", cls=Asking)(protocol)
trials.command("rank", cls=Asking)(rank)
