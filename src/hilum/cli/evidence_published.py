"""``hilum evidence published``: the cells held against published syntheses."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of


@asking("published")
def published(
    asked: dict[str, Any],
    as_json: Annotated[bool, typer.Option("--json", help="The comparisons as JSON.")] = False,
    language: Language = None,
) -> None:
    """Hold every cell against published syntheses; exit 1 where one differs without a reason."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.published import published_lines

    words = words_of(language)
    record = analysis("published")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(**asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(published_lines(answer, words)))
    raise typer.Exit(1 if answer.without_reason else 0)
