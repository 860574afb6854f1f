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
    from hilum.analyses.living_report import FILE, REPORTS
    from hilum.cli.literature_feed import keep_feed
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.living import report_html, report_lines

    words = words_of(language)
    record = analysis("living_report")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(folder=folder, **asked), watch)
    text = "\n".join(report_lines(answer, words))
    stamp = answer.date.replace("-", "").replace(":", "").partition("+")[0]
    place = folder / REPORTS / f"{stamp}Z"
    pages = {
        "report.html": report_html(answer, words),
        "report.txt": f"{text}\n",
        FILE: f"{to_json(answer)}\n",
    }
    for name, content in pages.items():
        write(content.encode(), place / name)
    feed = keep_feed(folder, words, answer.date)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo(words.line(text))
    for one in (*(place / name for name in pages), feed):
        typer.echo(words("wrote {file}", file=one))
