"""``hilum survival``: survival pooled from rates, medians, curves and patients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.columns import Columns, OfReports, only_named
from hilum.cli.drawing import USUAL_DOTS, Dots
from hilum.cli.tongue import aside, words_of
from hilum.one_thread import one_thread

# Before what is asked is read: that loads libraries which look at it once.
one_thread()

survival = typer.Typer(no_args_is_help=True, help="Survival evidence.")


@survival.callback()
def about() -> None:
    """Survival evidence."""


@survival.command("pool", cls=Asking)
@asking("survival")
def pool(
    asked: dict[str, Any],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX with columns study, arm, kind, time, value, lower, upper, n."
        ),
    ],
    columns: OfReports = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Write the curve (SVG, PDF, PNG, TIFF or EPS).")
    ] = None,
    dots: Dots = USUAL_DOTS,
    language: Language = None,
) -> None:
    """Pool survival over studies, whatever each of them printed."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.analyses.survival_table import COLUMNS, read_patients
    from hilum.analyses.tables import read_table, say_unread
    from hilum.cli.drawing import must_be_picture, write_picture
    from hilum.cli.watching import watching
    from hilum.rendering.survival import survival_lines
    from hilum.rendering.survival_plot import survival_picture

    words = words_of(language)
    record, say = analysis("survival"), aside(words)
    if plot is not None:
        must_be_picture(plot)
    with named(), watching(words) as watch:
        table = read_table(file, COLUMNS, say, only_named(columns), asked.get("printed_level"))
        say_unread(table, COLUMNS, say)
        question = record.Asked(table=table, patients=read_patients(file, table, say), **asked)
        answer = record.run(question, watch)
    if plot is not None:
        write_picture(plot, survival_picture(answer, words), dots)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(survival_lines(answer, words)))
    if plot is not None:
        typer.echo(words("wrote {file}", file=plot))


@survival.command("hazard-ratio", cls=Asking)
@asking("hazard_ratios")
def hazard_ratio(
    asked: dict[str, Any],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX, one row a trial: study and hazard_ratio with lower and upper, with "
            "p, or with events and comparator_events; or observed_minus_expected, variance; or "
            "yi, sei (logarithms); or file (CSV of patients: time, status, arm)."
        ),
    ],
    columns: Columns = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Pool hazard ratios, from what trials printed or from their patients."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.analyses.hazard_ratios import COLUMNS, read_ratio_patients
    from hilum.analyses.tables import read_table, say_unread
    from hilum.cli.watching import watching
    from hilum.rendering.hazard_ratios import hazard_ratio_lines

    words = words_of(language)
    record, say = analysis("hazard_ratios"), aside(words)
    with named(), watching(words) as watch:
        table = read_table(file, COLUMNS, say, only_named(columns), asked.get("printed_level"))
        say_unread(table, COLUMNS, say)
        files = read_ratio_patients(file, table, say)
        answer = record.run(record.Asked(table=table, patients=files, **asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(hazard_ratio_lines(answer, words)))
