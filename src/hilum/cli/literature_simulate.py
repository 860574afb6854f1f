"""``hilum literature simulate``: a labelled set replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.drawing import USUAL_DOTS, Dots, Plot
from hilum.cli.tongue import words_of
from hilum.one_thread import one_thread


@asking("screening_replay")
def simulate(
    asked: dict[str, Any],
    file: Annotated[
        Path, typer.Argument(help="CSV with titles, abstracts and a column of decisions.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Plot = None,
    dots: Dots = USUAL_DOTS,
    language: Language = None,
) -> None:
    """Replay the screening of a labelled set: records saved, and where the rule stops."""
    one_thread()
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.drawing import must_be_picture, write_picture
    from hilum.cli.watching import watching
    from hilum.rendering.screening_replay import recall_picture, replay_lines

    words = words_of(language)
    record = analysis("screening_replay")
    if plot is not None:
        must_be_picture(plot)
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(file=str(file), **asked), watch)
    if plot is not None:
        write_picture(plot, recall_picture(answer, words), dots)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(replay_lines(answer, words)))
    if plot is not None:
        typer.echo(words("wrote {file}", file=plot))
