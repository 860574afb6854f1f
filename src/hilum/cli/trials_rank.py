"""``hilum trials rank``: which comparison is worth a trial, and how large a one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.drawing import USUAL_DOTS, Dots
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError
from hilum.one_thread import one_thread

# Before what is asked is read, which loads numpy.
one_thread()


@asking("rank")
def rank(
    asked: dict[str, Any],
    tables: Annotated[
        Path | None, typer.Argument(help="Folder of tables; the shipped evidence when omitted.")
    ] = None,
    top: Annotated[int, typer.Option(help="Comparisons shown of each outcome.")] = 5,
    plot: Annotated[
        Path | None, typer.Option(help="Write the picture (SVG, PDF, PNG, TIFF or EPS).")
    ] = None,
    dots: Dots = USUAL_DOTS,
    language: Language = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Rank comparisons by what the best trial that can be recruited would be worth."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.drawing import must_be_picture, write_picture
    from hilum.cli.watching import watching
    from hilum.rendering.rank import rank_lines
    from hilum.rendering.rank_plot import rank_picture

    words = words_of(language)
    record = analysis("rank")
    if top < 1:
        raise InputError(Fault("--top", None, "top", str(top), "1 or more"))
    if plot is not None:
        must_be_picture(plot)
    with named(follow_up_months="follow-up", horizon_years="horizon"), watching(words) as watch:
        question = record.Asked(evidence=None if tables is None else str(tables), **asked)
        answer = record.run(question, watch)
    if plot is not None:
        write_picture(plot, rank_picture(answer, top, words), dots)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(rank_lines(answer, top, words)))
    if plot is not None:
        typer.echo(words("wrote {file}", file=plot))
