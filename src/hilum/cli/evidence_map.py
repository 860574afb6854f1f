"""``hilum evidence map``: treatments by outcomes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.drawing import USUAL_DOTS, Dots
from hilum.cli.evidence_cell import PATIENT, CaseFile, Grade, Line, Site, patient_of
from hilum.cli.tongue import words_of


@asking("evidence_map")
def evidence_map(
    asked: dict[str, Any],
    site: Site = None,
    grade: Grade = None,
    line: Line = None,
    case: CaseFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write a table, one row a cell (CSV).")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write the map as a picture (SVG, PDF, PNG, TIFF or EPS).")
    ] = None,
    dots: Dots = USUAL_DOTS,
    bubbles: Annotated[
        bool, typer.Option("--bubbles", help="Bubbles instead of squares with figures.")
    ] = False,
    language: Language = None,
) -> None:
    """Map what has been published: treatments by outcomes, and what is missing."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.drawing import must_be_picture, write_picture
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.evidence_map import map_csv, map_lines
    from hilum.rendering.evidence_map_plot import evidence_map_picture

    words = words_of(language)
    record = analysis("evidence_map")
    if plot is not None:
        must_be_picture(plot)
    given = dict(zip(PATIENT, (site, grade, line), strict=True))
    said = {part: value for part, value in given.items() if value is not None}
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(**asked, **patient_of(case, said)), watch)
    written = [one for one in (csv, plot) if one is not None]
    if csv is not None:
        write(map_csv(answer, words).encode(), csv)
    if plot is not None:
        write_picture(plot, evidence_map_picture(answer, words, bubbles=bubbles), dots)
    if as_json:
        typer.echo(to_json(answer))
        return
    typer.echo(words.line("\n".join(map_lines(answer, words))))
    for one in written:
        typer.echo(words("wrote {file}", file=one))
