"""``hilum literature dedupe``: duplicates among search exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.bibliography.record import Record


@asking("dedupe")
def dedupe(
    asked: dict[str, Any],
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Search exports, or the folder of a review; formats are recognised from the "
            "content."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the records, copies merged, to this file (ris, bib, nbib, csv or xlsx)."
        ),
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
    from hilum.cli.literature_review import keep_merges
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.literature.review.state import is_review
    from hilum.rendering.dedupe import dedupe_lines, groups_of, pairs_csv

    words = words_of(language)
    record = analysis("dedupe")
    if out is not None:
        form_of(out)
    with named(), watching(words) as watch:
        question = record.Asked(files=tuple(map(str, files)), **asked)
        answer = record.run(question, watch)
    made: list[Path] = []
    if out is not None:
        from hilum.analyses.dedupe import merged_records

        with watching(words) as watch:
            joined = [(one.a, one.b) for one in answer.merges]
            whole = merged_records(
                answer.asked.files, joined, watch=watch, columns=question.columns
            )
            write(content_of(whole, form_of(out)), out)
        made.append(out)
    if len(files) == 1 and is_review(files[0]):
        keep_merges(files[0], answer, words)
    if table is not None:
        write(pairs_csv(answer, words).encode(), table)
        made.append(table)
    if as_json:
        typer.echo(json.dumps({"groups": groups_of(answer)}, ensure_ascii=False))
        return
    typer.echo("\n".join(dedupe_lines(answer, words)))
    for path in made:
        typer.echo(words("wrote {file}", file=path))


def content_of(records: Iterable[Record], form: str) -> bytes:
    """Records in a form; in a workbook nothing is ever computed."""
    from hilum.literature.bibliography.writing import sheet, written

    if form != "xlsx":
        return written(records, form).encode()
    from hilum.rendering.workbooks import workbook

    return workbook({"records": list(sheet(records))})


def form_of(out: Path) -> str:
    """The form of references that a file's name asks for.

    Raises
    ------
    InputError
        None of the known ones.
    """
    from hilum.literature.bibliography.writing import WRITERS

    form = out.suffix[1:].lower()
    if form not in (*WRITERS, "xlsx"):
        known = ", .".join((*WRITERS, "xlsx"))
        expected = phrased("a file name that ends in .{known}", known=known)
        raise InputError(Fault("--out", None, "out", out.name, expected))
    return form
