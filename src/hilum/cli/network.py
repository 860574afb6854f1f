"""``hilum network``: a table of studies, every pair of treatments compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.columns import Columns, only_named
from hilum.cli.drawing import USUAL_DOTS, Dots, Plot
from hilum.cli.tongue import aside, words_of


@asking("network", kinds="hilum.rendering.network_plots")
def network(
    asked: dict[str, Any],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX. Contrasts (studlab treat1 treat2 and TE seTE, or hr ci_lb ci_ub; "
            "every pair of a multi-arm study) or arms (studlab treat, and event n, event time or "
            "mean sd n)."
        ),
    ],
    changes: Annotated[
        Path | None,
        typer.Option(help="A person's changes of the draft of confidence (TOML or CSV)."),
    ] = None,
    columns: Columns = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Plot = None,
    dots: Dots = USUAL_DOTS,
    kind: Annotated[str, typer.Option(help="Kind of plot; funnel needs --order.")] = "graph",
    league: Annotated[
        Path | None,
        typer.Option(help="Write the league table (CSV, or XLSX with every figure)."),
    ] = None,
    language: Language = None,
) -> None:
    """Compare every pair of treatments in a network of studies."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.analyses.network_rows import COLUMNS
    from hilum.analyses.tables import read_table, unread_said
    from hilum.cli.drawing import asked_kind, write_picture
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.network import network_lines
    from hilum.rendering.network_league import league_file
    from hilum.rendering.network_plots import PLOT_KINDS
    from hilum.sheet.overrides import read_overrides

    words = words_of(language)
    record = analysis("network")
    chosen = asked_kind(plot, kind, PLOT_KINDS)
    with named(), watching(words) as watch:
        wanted = [name for name in COLUMNS if name not in asked.get("columns", {})]
        table = read_table(file, wanted, aside(words), only_named(columns))
        question = record.Asked(table=table, changes=read_overrides(changes), **asked)
        answer = record.run(question, watch)
        for one in unread_said(table, answer.unread):
            aside(words)(one)
        picture = None if chosen is None else chosen.draw(answer, words)
        table_of = None if league is None else league_file(answer, league.suffix.lower(), words)
    if plot is not None and picture is not None:
        write_picture(plot, picture, dots)
    if league is not None and table_of is not None:
        write(table_of, league)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(network_lines(answer, words)))
    for written in (plot, league):
        if written is not None:
            typer.echo(words("wrote {file}", file=written))
