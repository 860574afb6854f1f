"""``hilum pool``: one table, one outcome, one pooled answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.columns import Shown, typed_columns
from hilum.cli.drawing import (
    USUAL_DOTS,
    Dots,
    Favours,
    Groups,
    Order,
    Plot,
    Title,
    Weights,
    XLab,
)
from hilum.cli.tongue import aside, words_of


@asking("pool", kinds="hilum.rendering.pool_plots")
def pool(
    asked: dict[str, Any],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a study.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Plot = None,
    dots: Dots = USUAL_DOTS,
    kind: Annotated[str, typer.Option(help="Kind of plot.")] = "forest",
    order: Order = None,
    columns: Shown = None,
    title: Title = None,
    xlab: XLab = None,
    weights: Weights = True,
    groups: Groups = None,
    favours: Favours = None,
    studies: Annotated[
        bool, typer.Option("--studies", help="Every study: counts, figure, interval, weight.")
    ] = False,
    table: Annotated[
        Path | None, typer.Option(help="Write the studies as a table (CSV or XLSX).")
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(help="Print the lines that make the answer again: R (metafor) or Python."),
    ] = None,
    language: Language = None,
) -> None:
    """Pool one outcome over the studies of a table."""
    from hilum.analyses import analysis
    from hilum.analyses.columns_read import following
    from hilum.analyses.forms import to_json
    from hilum.analyses.pool_asked import wanted_columns
    from hilum.analyses.tables import read_table, say_unread
    from hilum.cli.drawing import asked_kind, write_picture
    from hilum.cli.watching import watching
    from hilum.rendering.pool import pool_lines
    from hilum.rendering.pool_look import look_of
    from hilum.rendering.pool_plots import PLOT_KINDS

    words = words_of(language)
    record = analysis("pool")
    chosen = asked_kind(plot, kind, PLOT_KINDS)
    names, beside = typed_columns(columns)
    with named({"beside": kind}, beside="kind"), watching(words) as watch:
        look = look_of(
            title=title, xlab=xlab, weights=weights, order=order, beside=beside, groups=groups,
            favours=favours,
        )  # fmt: skip
        wanted = wanted_columns(asked["measure"], asked["columns"])
        question = record.Asked(
            table=read_table(file, wanted, aside(words), names),
            beside=() if chosen is None else chosen.needs,
            **asked,
        )
        with following() as seen:
            answer = record.run(question, watch)
            picture = None if chosen is None else chosen.draw(answer, words, look)
        say_unread(question.table, (*seen, *(beside or ())), aside(words))
    if plot is not None and picture is not None:
        write_picture(plot, picture, dots)
    if table is not None:
        from hilum.cli.tables import write_table
        from hilum.rendering.pool_studies import study_table

        write_table(table, *study_table(answer, beside=beside))
    if code is not None:
        from hilum.rendering.pool_code import code_of

        typer.echo(code_of(answer, code, file))
        return
    if as_json:
        typer.echo(to_json(answer))
        return
    lines = pool_lines(answer, words)
    if studies:
        from hilum.rendering.pool_studies import study_lines

        lines += study_lines(answer, words, beside)
    typer.echo("\n".join(lines))
    for written in (plot, table):
        if written is not None:
            typer.echo(words("wrote {file}", file=written))
