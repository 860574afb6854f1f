"""``hilum trials simulate``: operating characteristics of a design, or of a grid of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased


@asking("simulate")
def simulate(
    asked: dict[str, Any],
    file: Annotated[
        Path | None, typer.Argument(help="Scenario file (TOML); see --template.")
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            help="Print a commented file to start from: survival, platform, arms, reestimation."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Parquet table; scenarios it holds already are not run again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Simulate trials patient by patient and report operating characteristics."""
    from hilum.analyses.forms import to_json
    from hilum.analyses.scenario import read_text
    from hilum.analyses.scenario_templates import TEMPLATES
    from hilum.analyses.simulate import SimulateAsked, run
    from hilum.cli.simulation_store import Store
    from hilum.cli.watching import watching
    from hilum.rendering.scenario_template import scenario_template
    from hilum.rendering.simulate import simulate_lines

    words = words_of(language)
    if template is not None:
        if template not in TEMPLATES:
            wanted = phrased("one of {known}", known=", ".join(TEMPLATES))
            raise InputError(Fault("--template", None, "template", template, wanted))
        typer.echo(scenario_template(template, words), nl=False)
        return
    if file is None:
        wanted = "a scenario file (hilum trials simulate --template survival prints one)"
        raise InputError(Fault("FILE", None, "file", "none", wanted))
    with named(), watching(words) as watch:
        question = SimulateAsked(file=read_text(file), **asked)
        store = Store(out) if out is not None else None
        answer = run(question, watch, keep=store)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(simulate_lines(answer, words)))
    if answer.resumed:
        known, every = answer.resumed, len(answer.cells)
        typer.echo(
            words("{known} of {every} were in {file} already", known=known, every=every, file=out)
        )
    if out is not None:
        typer.echo(words("wrote {file}", file=out))
