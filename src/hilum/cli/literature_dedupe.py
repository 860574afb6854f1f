"""``hilum literature dedupe``: duplicates among search exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of


@asking("dedupe")
def dedupe(
    asked: dict[str, Any],
    files: Annotated[
        list[Path],
        typer.Argument(help="Search exports; the format is recognised from the content."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write the records, copies merged, to this file (ris, bib or csv)."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(help="Write every merge, link and possible pair with its reasons (CSV)."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The groups as one JSON object and nothing else.")
    ] = False,
    language: Language = None,
) -> None:
    """Find the duplicates among search exports: copies, versions, reports of one study."""
    from hilum.analyses import analysis
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.dedupe import dedupe_lines, groups_of, pairs_csv

    words = words_of(language)
    record = analysis("dedupe")
    with named(), watching(words) as watch:
        question = record.Asked(files=tuple(map(str, files)), **asked)
        answer = record.run(question, watch)
    made: list[Path] = []
    if table is not None:
        write(pairs_csv(answer, words).encode(), table)
        made.append(table)
    if as_json:
        typer.echo(json.dumps({"groups": groups_of(answer)}, ensure_ascii=False))
        return
    typer.echo("\n".join(dedupe_lines(answer, words)))
    for path in made:
        typer.echo(words("wrote {file}", file=path))
