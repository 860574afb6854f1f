"""``hilum schema``: what an analysis can be asked, or answers, as JSON Schema."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from hilum.errors import Fault, InputError, UnknownCode, phrased


def schema(
    name: Annotated[
        str | None, typer.Argument(help="Name of an analysis; without one, the names.")
    ] = None,
    asked: Annotated[
        bool, typer.Option("--asked", help="What can be asked, not what is answered.")
    ] = False,
) -> None:
    """Print the JSON Schema of what an analysis answers: of its --json output."""
    from hilum.analyses import ANALYSES, analysis
    from hilum.analyses.forms import schema as schema_of

    if name is None:
        typer.echo("\n".join(f"{one.name}: {one.summary}" for one in ANALYSES.values()))
        return
    try:
        record = analysis(name)
    except UnknownCode as error:
        wanted = phrased("one of {known}", known=", ".join(error.known))
        raise InputError(Fault("NAME", None, "name", name, wanted)) from None
    form = record.Asked if asked else record.Answered
    typer.echo(json.dumps(schema_of(form), ensure_ascii=False, indent=2))
