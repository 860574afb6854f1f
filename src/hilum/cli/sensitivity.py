"""``hilum sensitivity``: what one study, small studies or chance do to a pooled answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.drawing import USUAL_DOTS, Dots, Plot
from hilum.cli.tongue import aside, words_of


@asking("sensitivity", kinds="hilum.rendering.pool_plots")
def sensitivity(
    asked: dict[str, Any],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a study.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Plot = None,
    dots: Dots = USUAL_DOTS,
    kind: Annotated[str, typer.Option(help="Kind of plot.")] = "funnel",
    studies: Annotated[
        bool, typer.Option("--studies", help="Every refit: without each study, and study by study.")
    ] = False,
    language: Language = None,
) -> None:
    """Leave-one-out, cumulative, influence, small-study tests, trim and fill, resampling."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.analyses.pool import wanted_columns
    from hilum.analyses.tables import read_table
    from hilum.cli.drawing import asked_kind, write_picture
    from hilum.cli.watching import watching
    from hilum.rendering.pool_plots import PLOT_KINDS
    from hilum.rendering.sensitivity import sensitivity_lines

    words = words_of(language)
    record = analysis("sensitivity")
    chosen = asked_kind(plot, kind, PLOT_KINDS)
    with named(beside="kind"), watching(words) as watch:
        wanted = wanted_columns(asked["measure"], asked["columns"])
        question = record.Asked(
            table=read_table(file, wanted, aside(words)),
            beside=() if chosen is None else chosen.needs,
            **asked,
        )
        answer = record.run(question, watch)
    if plot is not None and chosen is not None:
        write_picture(plot, chosen.draw(answer.pool, words), dots)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(sensitivity_lines(answer, words, studies=studies)))
    if plot is not None:
        typer.echo(words("wrote {file}", file=plot))
