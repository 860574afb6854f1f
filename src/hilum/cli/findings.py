"""``hilum evidence findings``: a GRADE summary of findings for reviewers' tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hilum.cli.tongue import Language, words_of
from hilum.errors import phrased


def findings(
    out: Annotated[
        Path | None,
        typer.Option(help="File to write (html, csv, json, svg); else CSV is printed."),
    ] = None,
    treatment: Annotated[
        list[str] | None, typer.Option(help="Only this treatment; may be given again.")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="Folder of evidence tables instead of the shipped ones.")
    ] = None,
    certainty: Annotated[
        Path | None,
        typer.Option(help="Changes of certainty by a person (TOML or CSV), each with its reason."),
    ] = None,
    appraisals: Annotated[
        Path | None,
        typer.Option(help="Appraisals (CSV); else appraisals.csv of the --evidence folder."),
    ] = None,
    language: Language = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the JSON form and write no file.")
    ] = False,
) -> None:
    """Every pooled figure and comparison with its certainty, by GRADE, and why."""
    from hilum.cli.writing import write
    from hilum.errors import Fault, InputError
    from hilum.rendering.sheet.findings import FINDINGS_FORMATS, render_findings
    from hilum.sheet.findings import findings as make

    words = words_of(language)
    form = "json" if as_json else out.suffix[1:].lower() if out is not None else "csv"
    if form not in FINDINGS_FORMATS:
        expected = phrased(
            "a file name that ends in .{findings_formats}",
            findings_formats=", .".join(FINDINGS_FORMATS),
        )
        raise InputError(Fault("--out", None, "out", out.name if out else "", expected))
    found = make(evidence, treatment=treatment or (), certainty=certainty, appraisals=appraisals)
    content = render_findings(found, form, words)
    if as_json or out is None:
        typer.echo(content.decode("utf-8-sig"), nl=False)
        return
    write(content, out)
    typer.echo(f"Written: {out} ({len(found.rows)} findings)")
