"""``hilum sensitivity``: what one study, small studies or chance do to a pooled answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.columns import Shown, typed_columns
from hilum.cli.drawing import USUAL_DOTS, Dots, Favours, Groups, Plot, Title, XLab
from hilum.cli.tongue import aside, words_of


@asking("sensitivity", kinds="hilum.rendering.sensitivity_plots")
def sensitivity(
    asked: dict[str, Any],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, one row a study.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Plot = None,
    dots: Dots = USUAL_DOTS,
    kind: Annotated[str, typer.Option(help="Kind of plot.")] = "funnel",
    columns: Shown = None,
    title: Title = None,
    xlab: XLab = None,
    groups: Groups = None,
    favours: Favours = None,
    studies: Annotated[
        bool, typer.Option("--studies", help="Every refit: without each study, and study by study.")
    ] = False,
    language: Language = None,
) -> None:
    """Leave-one-out, cumulative, influence, small-study tests, trim and fill, resampling."""
    from hilum.analyses import analysis
    from hilum.analyses.columns_read import following
    from hilum.analyses.forms import to_json
    from hilum.analyses.pool_asked import wanted_columns
    from hilum.analyses.tables import read_table, say_unread
    from hilum.cli.drawing import asked_kind, write_picture
    from hilum.cli.watching import watching
    from hilum.rendering.pool_look import look_of
    from hilum.rendering.sensitivity import sensitivity_lines
    from hilum.rendering.sensitivity_plots import PLOT_KINDS

    words = words_of(language)
    record = analysis("sensitivity")
    chosen = asked_kind(plot, kind, PLOT_KINDS)
    names, beside = typed_columns(columns)
    with named(beside="kind"), watching(words) as watch:
        look = look_of(
            title=title, xlab=xlab, order=asked["order"], beside=beside, groups=groups,
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
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(sensitivity_lines(answer, words, studies=studies)))
    if plot is not None:
        typer.echo(words("wrote {file}", file=plot))
