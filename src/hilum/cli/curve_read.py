"""``hilum curve read``: a figure or a file of clicks becomes one checked table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError


@asking("read")
def read(
    asked: dict[str, Any],
    figure: Annotated[
        Path,
        typer.Argument(
            help="PDF, SVG, PNG or JPEG, or coordinates (CSV, TXT) of a digitising program."
        ),
    ],
    at_risk: Annotated[
        Path | None,
        typer.Option(
            help="CSV with time, n (and arm, where several): numbers at risk as typed, checked "
            "against the curve."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV of the curve; standard output when omitted.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write what was read laid over the figure (PNG).")
    ] = None,
    risk_out: Annotated[
        Path | None,
        typer.Option(
            help="CSV of the numbers at risk that stand with the figure as text, or were typed."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Read survival curves from a figure: its vector paths, its pixels, or clicked points."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.literature.figures import read_risk_table
    from hilum.rendering.read_curves import (
        curves_csv,
        overlay_picture,
        read_lines,
        risk_csv,
        risk_lines,
    )

    words = words_of(language)
    record = analysis("read")
    if plot is not None and plot.suffix.lower() != ".png":
        raise InputError(Fault("--plot", None, "plot", plot.name, "a file name that ends in .png"))
    with named(colour="curve"):
        typed = {} if at_risk is None else read_risk_table(at_risk)
        with watching(words) as watch:
            answer = record.run(record.Asked(figure=str(figure), risk=typed, **asked), watch)
        picture = None if plot is None else overlay_picture(answer)
    content = curves_csv(answer)
    if plot is not None and picture is not None:
        write(picture, plot)
    risk = None if risk_out is None else risk_csv(answer)
    if risk_out is not None and risk is not None:
        write(risk.encode(), risk_out)
    if out is not None:
        write(content.encode(), out)
    bare = [] if risk_out is None else risk_lines(answer, words)
    if as_json:
        typer.echo(to_json(answer))
        for line in bare:
            typer.echo(line, err=True)
        return
    if out is None:
        typer.echo(content, nl=False)
    typer.echo("\n".join([*read_lines(answer, words), *bare]), err=out is None)
    for path in (out, None if risk is None else risk_out, plot):
        if path is not None:
            typer.echo(words("wrote {file}", file=path), err=out is None)
