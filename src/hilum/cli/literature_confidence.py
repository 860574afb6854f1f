"""``hilum literature confidence``: whether what is unread would change the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import aside, words_of


@asking("confidence")
def confidence(
    asked: dict[str, Any],
    folder: Annotated[Path, typer.Argument(help="Folder of the review.")],
    file: Annotated[Path, typer.Argument(help="What was extracted: CSV or XLSX, one row a study.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Ask whether what is unread would change the pooled answer: a hunch beside the promise."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.analyses.pool_asked import wanted_columns
    from hilum.analyses.tables import read_table
    from hilum.cli.watching import watching
    from hilum.rendering.confidence import confidence_lines

    words = words_of(language)
    record = analysis("confidence")
    with named(), watching(words) as watch:
        wanted = wanted_columns(asked["measure"], asked["columns"])
        table = read_table(file, wanted, aside(words))
        answer = record.run(record.Asked(folder=str(folder), table=table, **asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(confidence_lines(answer, words)))
