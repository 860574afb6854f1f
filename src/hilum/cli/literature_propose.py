"""``hilum literature propose``: figures that full texts seem to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of


@asking("proposals")
def propose(
    asked: dict[str, Any],
    files: Annotated[
        list[Path],
        typer.Argument(help="Full texts: PDF, or text with a form feed between pages."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write every proposal with its sentence (CSV).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Propose the figures of full texts, each with page and sentence; nothing is accepted.

    Percentages, limits, sums and arms that do not fit each other are named.
    """
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.proposals import proposals_csv, proposals_lines

    words = words_of(language)
    record = analysis("proposals")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(files=tuple(map(str, files)), **asked), watch)
    if out is not None:
        write(proposals_csv(answer).encode(), out)
    typer.echo(to_json(answer) if as_json else "\n".join(proposals_lines(answer, words)))
    if out is not None and not as_json:
        typer.echo(words("wrote {file}", file=out))
