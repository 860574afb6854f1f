"""``hilum trials``: the group of commands on new trials."""

from __future__ import annotations

import typer

from hilum.cli import trial_design_stages
from hilum.cli.trial_design import design

# Its commands join the group as the module loads.
assert trial_design_stages.design is design

trials = typer.Typer(no_args_is_help=True, help="Design the study that is missing.")
trials.add_typer(design, name="design")
