"""``hilum literature changes``: what changed in the answers between two states of the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of


@asking("living")
def changes(
    asked: dict[str, Any],
    before: Annotated[Path, typer.Argument(help="Folder of evidence tables as they were.")],
    after: Annotated[
        Path | None,
        typer.Argument(help="Folder of evidence tables as they are; else the shipped ones."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Say which answers changed when rows of the evidence changed, how much, and for whom."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.analyses.living_report import CHANGES
    from hilum.cli.literature_feed import keep_feed
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.living import living_lines

    words = words_of(language)
    record = analysis("living")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(before=before, after=after, **asked), watch)
    text = "\n".join(living_lines(answer, words))
    written: list[Path] = []
    if asked["review"] is not None:
        folder: Path = asked["review"]
        stamp = answer.date.replace("-", "").replace(":", "").partition("+")[0]
        place = folder / CHANGES / f"{stamp}Z-{answer.after_hash}"
        written = [place.with_suffix(".json"), place.with_suffix(".txt")]
        write(f"{to_json(answer)}\n".encode(), written[0])
        write(f"{text}\n".encode(), written[1])
        written.append(keep_feed(folder, words, answer.date))
    typer.echo(to_json(answer) if as_json else words.line(text))
    if not as_json:
        for one in written:
            typer.echo(words("wrote {file}", file=one))
