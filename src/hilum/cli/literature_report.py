"""``hilum literature report``: the monthly page of a living review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of


@asking("living_report")
def report(
    asked: dict[str, Any],
    folder: Annotated[Path, typer.Argument(help="Folder of the review.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Write the monthly page of a living review: as of when, what is new, what changed."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.living import report_lines
    from hilum.rendering.living_kept import keep_report

    words = words_of(language)
    record = analysis("living_report")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(folder=folder, **asked), watch)
    written = keep_report(folder, answer, words)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo(words.line("\n".join(report_lines(answer, words))))
    for one in written:
        typer.echo(words("wrote {file}", file=one))
