"""``hilum literature flow, fulltext``: the PRISMA 2020 flow, and what became of full texts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.deciding import (
    Consensus,
    Earlier,
    Folder,
    Record,
    Resolve,
    Reviewer,
    Reviewers,
    say,
)
from hilum.cli.drawing import USUAL_DOTS, Dots, Plot
from hilum.cli.literature_versions import noted
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@asking("flow")
def flow(
    asked: dict[str, Any],
    folder: Folder,
    plot: Plot = None,
    page: Annotated[
        Path | None,
        typer.Option(help="Write one HTML page: the diagram, each box with its records."),
    ] = None,
    excluded: Annotated[
        Path | None,
        typer.Option(help="Write the full texts excluded, with reasons (CSV or XLSX)."),
    ] = None,
    dots: Dots = USUAL_DOTS,
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Count the PRISMA 2020 flow of a review and draw it; every count with its records."""
    from hilum.analyses import analysis
    from hilum.analyses.flow import titles_of
    from hilum.analyses.forms import to_json
    from hilum.cli.drawing import must_be_picture, write_picture
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.literature.bibliography.withdrawn import PARTLY, RETRACTED
    from hilum.rendering.flow import excluded_rows, flow_lines
    from hilum.rendering.flow_page import flow_page
    from hilum.rendering.flow_plot import flow_picture

    words = words_of(language)
    record = analysis("flow")
    if plot is not None:
        must_be_picture(plot)
    if excluded is not None:
        _must_be_table(excluded)
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(folder=str(folder), **asked), watch)
    noted(folder, asked["earlier"], words)
    if plot is not None:
        write_picture(plot, flow_picture(answer, words, page.name if page else ""), dots)
    if page is not None:
        titles = titles_of(str(folder), words(RETRACTED), asked["earlier"], words(PARTLY))
        write(flow_page(answer, titles, words).encode(), page)
    if excluded is not None:
        write(_table(excluded_rows(answer, words), excluded), excluded)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo("\n".join(flow_lines(answer, words)))
    for one in (plot, page, excluded):
        if one is not None:
            typer.echo(words("wrote {file}", file=one))


TABLES = (".csv", ".xlsx")


def _must_be_table(path: Path) -> None:
    if path.suffix.lower() not in TABLES:
        expected = phrased("a file name that ends in {known}", known=", ".join(TABLES))
        raise InputError(Fault("--excluded", None, "excluded", path.name, expected))


def _table(rows: list[list[str]], path: Path) -> bytes:
    """Rows for a spreadsheet that computes none of them."""
    if path.suffix.lower() == ".xlsx":
        from hilum.rendering.workbooks import workbook

        return workbook({"excluded": rows})
    from hilum.literature.review.changes import table

    return table(rows[0], rows[1:])


@asking(None)
def fulltext(
    folder: Folder,
    record: Record,
    said: Annotated[
        str,
        typer.Argument(
            help="retrieved, not-retrieved or sought (takes that back) of its full text; include, "
            "maybe, exclude or undo of what it says."
        ),
    ],
    reviewer: Reviewer,
    file: Annotated[
        Path | None, typer.Option(help="The full text; its name and checksum are kept.")
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Code of the review's table of reasons; exclude needs one.")
    ] = "",
    note: Annotated[str, typer.Option(help="A note to it.")] = "",
    resolve: Resolve = False,
    consensus: Consensus = False,
    reviewers: Reviewers = 2,
    earlier: Earlier = None,
    language: Language = None,
) -> None:
    """Note a full text as retrieved or not, include or exclude it; nothing is overwritten."""
    from hilum.analyses.fulltext import assessed, retrieval
    from hilum.analyses.screening_decide import decided_before
    from hilum.literature.flow.retrieval import FILE, STATES, head_line, line_of
    from hilum.literature.review.folder import append, append_line, now
    from hilum.records import found
    from hilum.rendering.flow import NOTED

    words = words_of(language)
    who, how = reviewer.strip(), ""
    before: tuple[tuple[str, ...], bool] = ((), True)
    if said in STATES:
        if reason or resolve or consensus:
            expected = "nothing beside include, maybe, exclude"
            raise InputError(Fault("--reason", None, "reason", reason, expected))
        name, digest = _file_of(folder, file)
        with named():
            row = retrieval(
                folder, record, said, reviewer,
                file=name, sha256=digest, note=note, when=now(), reviewers=reviewers,
                earlier=earlier,
            )  # fmt: skip
        append_line(folder, FILE, head_line(), line_of(row))
    else:
        with named():
            decision = assessed(
                folder, record, said, reviewer,
                reason=reason, note=note, resolve=resolve, consensus=consensus, when=now(),
                reviewers=reviewers, earlier=earlier,
            )  # fmt: skip
            before = decided_before(folder, decision, reviewers)
        append(folder, decision)
        who, how = decision.reviewer, decision.kind
    noted(folder, earlier, words)
    say(record, words(found(NOTED, said, "said")), who, words, kind=how, before=before)


def _file_of(folder: Path, file: Path | None) -> tuple[str, str]:
    """A full text's path in the review's folder, else its name alone; and its checksum."""
    if file is None:
        return "", ""
    from hilum.tabular.encoding import read_bytes

    digest = hashlib.sha256(read_bytes(file, MOST)).hexdigest()
    try:
        return file.resolve().relative_to(folder.resolve()).as_posix(), digest
    except ValueError:
        return file.name, digest


MOST = 2**31
"""Bytes of a full text."""
