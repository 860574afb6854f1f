"""``hilum evidence findings``: a GRADE summary of findings for reviewers' tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased


@asking("findings")
def findings(
    asked: dict[str, Any],
    out: Annotated[
        Path | None,
        typer.Option(help="File to write (html, csv, json, svg); else CSV is printed."),
    ] = None,
    certainty: Annotated[
        Path | None,
        typer.Option(help="Changes of certainty by a person (TOML or CSV), each with its reason."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the JSON form and write no file.")
    ] = False,
    language: Language = None,
) -> None:
    """Every pooled figure and comparison with its certainty, by GRADE, and why."""
    from hilum.analyses import analysis
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.sheet.findings import FINDINGS_FORMATS, render_findings
    from hilum.sheet.overrides import read_overrides

    words = words_of(language)
    record = analysis("findings")
    form = "json" if as_json else out.suffix[1:].lower() if out is not None else "csv"
    if form not in FINDINGS_FORMATS:
        expected = phrased("a file name that ends in .{known}", known=", .".join(FINDINGS_FORMATS))
        raise InputError(Fault("--out", None, "out", out.name if out else "", expected))
    with named(), watching(words) as watch:
        question = record.Asked(changes=read_overrides(certainty), **asked)
        answer = record.run(question, watch)
    content = render_findings(answer, form, words)
    if as_json or out is None:
        typer.echo(content.decode("utf-8-sig"), nl=False)
        return
    write(content, out)
    typer.echo(words("wrote {file} ({count} findings)", file=out, count=len(answer.rows)))
