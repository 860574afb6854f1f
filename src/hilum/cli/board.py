"""``hilum board``: one patient's sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet import Sheet


@asking("board")
def board(
    asked: dict[str, Any],
    case: Annotated[Path, typer.Argument(help="Case file (TOML or JSON).")],
    language: Language = None,
    form: Annotated[
        str | None, typer.Option("--format", help="html, json, docx or pdf; else as --out ends.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; '-' for standard output.")
    ] = None,
    full: Annotated[
        bool, typer.Option(help="Paper or Word with the appendix: every rule, study and source.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the JSON form and write no file.")
    ] = False,
) -> None:
    """Make the tumour-board sheet of one patient."""
    from hilum.analyses import analysis
    from hilum.cli.own_settings import own_settings
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.sheet import FORMATS, render

    tongue = words_of(language)
    chosen = "json" if as_json else form or (out.suffix[1:] if out and out.suffix else "html")
    if chosen not in FORMATS:
        expected = phrased("one of {known}", known=", ".join(FORMATS))
        raise InputError(Fault("--format", None, "format", chosen, expected))
    record = analysis("board")
    if asked.get("settings") is None:
        asked["settings"] = own_settings()
    with watching(tongue) as watch:
        with named():
            question = record.Asked(case=case, **asked)
        sheet = record.run(question, watch)
        watch.stage("document", 1)
        content = render(sheet, chosen, tongue, full=full)
    if as_json or (out is not None and str(out) == "-"):
        typer.echo(content, nl=False)
        return
    suffix = "" if tongue.language == "en" else f".{tongue.language}"
    path = out or Path("board") / f"{case.stem}{suffix}.{chosen}"
    write(content, path)
    _summary(sheet, tongue, path)


def _summary(sheet: Sheet, words: Words, path: Path) -> None:
    """The sheet in a few lines for a terminal, and where the file is."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from hilum.rendering.sheet.verdict_page import VerdictPage
    from hilum.sheet.present import headline

    page = VerdictPage(sheet, words)
    found = page.context()
    console = Console(highlight=False)
    for one in found["alerts"]:
        console.print(f"[bold]{escape(one['name'])}[/bold] {escape(one['text'])}")
    console.print(f"[bold]{escape(found['heading'])}[/bold]")
    console.print(f"{words('Can it be resected?')} [bold]{escape(found['answer']['word'])}[/bold]")
    for item in found["answer"]["reasons"]:
        console.print(f"  – {escape(item['text'])}")
    if found["nobody"]:
        console.print(f"[bold]{escape(found['nobody'])}[/bold]")
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        table.add_column()
    options = {one.treatment: one for one in sheet.options}
    for group in found["groups"]:
        if group["status"] == "no_indication":
            names = words(", ").join(option["label"] for option in group["options"])
            table.add_row(f"[bold]{group['word']}[/bold]", "", escape(names))
            continue
        for place, option in enumerate(group["options"]):
            response = options[option["treatment"]].outcomes["objective_response"]
            figure = f" · {headline(response, words)} (k {response.k})" if response.k else ""
            table.add_row(
                f"[bold]{group['word']}[/bold]" if place == 0 else "",
                escape(option["label"]),
                escape(f"{option['reason']} {option['brief']}".strip() + figure),
            )
    console.print(table)
    console.print(
        words("The last figure is objective response; single-arm figures are no comparison.")
    )
    console.print(f"{words('Written:')} {escape(str(path))}", soft_wrap=True)
