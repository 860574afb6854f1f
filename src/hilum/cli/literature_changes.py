"""``hilum literature changes``: what changed in the answers between two states of the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import aside, words_of
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.language import Words


@asking("living")
def changes(
    asked: dict[str, Any],
    before: Annotated[
        Path, typer.Argument(help="Folder of evidence tables as they were; or one own table.")
    ],
    after: Annotated[
        Path | None,
        typer.Argument(help="The same as they are; else the shipped evidence tables."),
    ] = None,
    measure: Annotated[
        str, typer.Option(help="Of own tables: the effect measure, as hilum pool takes it.")
    ] = "GEN",
    by: Annotated[
        str | None, typer.Option(help="Of own tables: the column that names the answers.")
    ] = None,
    line: Annotated[
        float | None, typer.Option(help="Of own tables: the line that decides, such as 1.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Say which answers changed when rows of the evidence changed, how much, and for whom."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.living import living_lines

    words = words_of(language)
    if before.is_file():
        answer, text = _tables(asked, before, after, measure, by, line, words)
    else:
        record = analysis("living")
        with named(), watching(words) as watch:
            question = record.Asked(before=evidence_of(before), after=evidence_of(after), **asked)
            answer = record.run(question, watch)
        text = "\n".join(living_lines(answer, words))
    written: list[Path] = []
    if asked["review"] is not None:
        written = _keep(asked["review"], answer, text, words, own=before.is_file())
    typer.echo(to_json(answer) if as_json else words.line(text))
    if not as_json:
        for one in written:
            typer.echo(words("wrote {file}", file=one))


def evidence_of(folder: Path | None) -> Path | None:
    """The evidence of a folder: its own tables, else those in its ``evidence``, as of a review."""
    if folder is None or (folder / "studies.csv").is_file():
        return folder
    inner = folder / "evidence"
    return inner if (inner / "studies.csv").is_file() else folder


def _tables(
    asked: dict[str, Any], before: Path, after: Path | None, measure: str, by: str | None,
    line: float | None, words: Words,
) -> tuple[Any, str]:  # fmt: skip
    """The answers of two states of an own table, and what is told of them."""
    from hilum.analyses import analysis
    from hilum.analyses.pool_asked import wanted_columns
    from hilum.analyses.tables import read_table
    from hilum.cli.watching import watching
    from hilum.rendering.living_table import table_lines

    if after is None or not after.is_file():
        expected = "a second table, as the first is one"
        raise InputError(Fault("", None, "after", str(after or ""), expected))
    record = analysis("living_table")
    with named(), watching(words) as watch:
        old, new = (
            read_table(one, wanted_columns(measure), aside(words)) for one in (before, after)
        )
        review = None if asked["review"] is None else str(asked["review"])
        question = record.Asked(
            before=old, after=new, review=review, measure=measure, by=by, line=line
        )
        answer = record.run(question, watch)
    return answer, "\n".join(table_lines(answer, words))


def _keep(folder: Path, answer: Any, text: str, words: Words, *, own: bool) -> list[Path]:
    """Keep a comparison in the review, and write its feed anew."""
    from hilum.analyses.forms import to_json
    from hilum.analyses.living_report import CHANGES, TABLES
    from hilum.cli.writing import write
    from hilum.rendering.living_kept import keep_feed

    stamp = answer.date.replace("-", "").replace(":", "").partition("+")[0]
    place = folder / CHANGES / TABLES if own else folder / CHANGES
    path = place / f"{stamp}Z-{answer.after_hash}"
    written = [path.with_suffix(".json"), path.with_suffix(".txt")]
    write(f"{to_json(answer)}\n".encode(), written[0])
    write(f"{text}\n".encode(), written[1])
    return [*written, keep_feed(folder, words, answer.date)]
