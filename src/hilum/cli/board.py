"""``hilum board``: one patient's sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.board import Sheet
    from hilum.language import Words


def board(
    case: Annotated[Path, typer.Argument(help="Case file (TOML or JSON).")],
    language: Annotated[str, typer.Option(help="en or zh-Hans.")] = "en",
    form: Annotated[
        str | None, typer.Option("--format", help="html, json, docx or pdf; else as --out ends.")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="Folder of evidence tables instead of the shipped ones.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; '-' for standard output.")
    ] = None,
    without_derived: Annotated[
        bool, typer.Option(help="Leave out events computed from a printed percentage.")
    ] = False,
    certainty: Annotated[
        Path | None,
        typer.Option(help="Changes of certainty by a person (TOML or CSV), each with its reason."),
    ] = None,
    appraisals: Annotated[
        Path | None,
        typer.Option(help="Appraisals (CSV); else appraisals.csv of the --evidence folder."),
    ] = None,
    joint: Annotated[
        list[str] | None,
        typer.Option(
            help="Outcome (may be repeated) for which the joint model is fitted now, a minute "
            "each, where no posterior of this record is kept; that of the shipped evidence is."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the JSON form and write no file.")
    ] = False,
) -> None:
    """Make the tumour-board sheet of one patient."""
    from hilum.board import board as make
    from hilum.board.render import FORMATS, render
    from hilum.cli.progress import waiting
    from hilum.cli.writing import write
    from hilum.language import LANGUAGES, words

    if language not in LANGUAGES:
        expected = f"one of {', '.join(LANGUAGES)}"
        raise InputError(Fault("--language", None, "language", language, expected))
    chosen = "json" if as_json else form or (out.suffix[1:] if out and out.suffix else "html")
    if chosen not in FORMATS:
        expected = f"one of {', '.join(FORMATS)}"
        raise InputError(Fault("--format", None, "format", chosen, expected))
    tongue = words(language)
    with waiting(tongue("Evidence is being read and pooled")):
        sheet = make(
            case,
            evidence,
            include_derived=not without_derived,
            certainty=certainty,
            appraisals=appraisals,
            joint=joint or (),
        )
    with waiting(tongue("The document is being set")):
        content = render(sheet, chosen, tongue)
    if as_json or (out is not None and str(out) == "-"):
        typer.echo(content, nl=False)
        return
    suffix = "" if language == "en" else f".{language}"
    path = out or Path("board") / f"{case.stem}{suffix}.{chosen}"
    write(content, path)
    _summary(sheet, tongue, path)


def _summary(sheet: Sheet, words: Words, path: Path) -> None:
    """The sheet in a few lines for a terminal, and where the file is."""
    from rich.console import Console
    from rich.table import Table

    from hilum.board.present import OUTCOME_LABELS, RESECTABILITY, STATUS, headline
    from hilum.board.render.html import Page

    page = Page(sheet, words)
    console = Console(highlight=False)
    sign, word = RESECTABILITY[sheet.resectability.verdict]
    console.print(f"[bold]{sheet.case.name}[/bold]  {words('Is the liver resectable?')} ", end="")
    console.print(f"[bold]{sign} {words(word)}[/bold]")
    for item in sheet.resectability.in_the_way:
        console.print(f"  – {page.attribute(item.attribute)}: {page.value(item.patient_value)}")
    keys = ("objective_response", "overall_survival", "overall_survival_rate_60m")
    table = Table(box=None, pad_edge=False)
    table.add_column(words("Treatment"))
    table.add_column(words("Verdict"))
    for key in keys:
        table.add_column(words(OUTCOME_LABELS[key]))
    for option in sheet.options:
        mark, status = STATUS[option.status]
        cells: list[str] = []
        for key in keys:
            one = option.outcomes[key]
            other = "†" if one.k and one.population != "netlm" else ""
            cells.append(f"{headline(one, words)}{other} (k={one.k})" if one.k else "–")
        table.add_row(words(option.label), f"{mark} {words(status)}", *cells)
    console.print(table)
    console.print(words("† not NET liver metastases alone; single-arm figures are no comparison."))
    console.print(f"{words('Written:')} {path}", soft_wrap=True)
