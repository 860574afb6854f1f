"""``hilum curve``: from a printed survival curve to patients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.curve_read import read
from hilum.cli.drawing import USUAL_DOTS, Dots
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError

curve = typer.Typer(no_args_is_help=True, help="Printed survival curves.")


@curve.callback()
def group() -> None:
    """Printed survival curves."""


curve.command("read", cls=Asking)(read)


@curve.command("reconstruct", cls=Asking)
@asking("reconstruct")
def reconstruct(
    asked: dict[str, Any],
    coordinates: Annotated[
        Path,
        typer.Argument(
            help="CSV with time, survival (and arm, where several), as hilum curve read writes "
            "it, or an export of WebPlotDigitizer or DigitizeIt."
        ),
    ],
    at_risk: Annotated[
        Path | None, typer.Option(help="CSV with time, n (and arm, where several).")
    ] = None,
    total_events: Annotated[
        list[str] | None, typer.Option(help="Deaths in all; ARM=N where there are several arms.")
    ] = None,
    patients: Annotated[
        list[str] | None,
        typer.Option(help="All patients, where the table has no time 0; ARM=N for several arms."),
    ] = None,
    median: Annotated[
        list[str] | None, typer.Option(help="Median as printed; ARM=VALUE for several arms.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV of patients; standard output when omitted.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="Write the curve and the patients' one (SVG, PDF, PNG, TIFF or EPS)."),
    ] = None,
    arms_out: Annotated[
        Path | None,
        typer.Option(help="CSV of each arm: patients, deaths, and how few and many they may be."),
    ] = None,
    dots: Dots = USUAL_DOTS,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Individual patients (time, status) whose survival curve is the printed one."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.drawing import must_be_picture, write_picture
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.literature.figures import read_coordinates, read_risk_table
    from hilum.rendering.reconstruct import (
        arms_csv,
        patients_csv,
        reconstruct_lines,
        reconstruct_picture,
    )

    words = words_of(language)
    record = analysis("reconstruct")
    if plot is not None:
        must_be_picture(plot)
    with named(), watching(words) as watch:
        question = record.Asked(
            curves=tuple(read_coordinates(coordinates)),
            risk={} if at_risk is None else read_risk_table(at_risk),
            total_events=_by_arm("total_events", total_events),
            patients=_by_arm("patients", patients),
            median=_by_arm("median", median),
            **asked,
        )
        answer = record.run(question, watch)
    content = patients_csv(answer)
    if plot is not None:
        write_picture(plot, reconstruct_picture(answer, words), dots)
    if arms_out is not None:
        write(arms_csv(answer).encode(), arms_out)
    if out is not None:
        write(content.encode(), out)
    if as_json:
        typer.echo(to_json(answer))
        return
    if out is None:
        typer.echo(content, nl=False)
    typer.echo("\n".join(reconstruct_lines(answer, words)), err=out is None)
    for path in (out, arms_out, plot):
        if path is not None:
            typer.echo(words("wrote {file}", file=path), err=out is None)


def _by_arm(field: str, given: list[str] | None) -> dict[str, float]:
    """``ARM=VALUE`` pairs; a bare value belongs to the only arm ("")."""
    out: dict[str, float] = {}
    for entry in given or []:
        name, _, text = entry.rpartition("=")
        try:
            out[name] = float(text)
        except ValueError:
            wanted = "a whole number from 0" if field != "median" else "a number from 0"
            raise InputError(Fault("", None, field, text, wanted)) from None
    return out
