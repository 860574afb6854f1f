"""``hilum board``: one patient's sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import Units, words_of
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet import Sheet

PATIENT = "patient"
# For whom a sheet is, and in which formats.
FORMS_FOR = {"board": ("html", "json", "docx", "pdf"), PATIENT: ("html", "pdf")}


@asking("board")
def board(
    asked: dict[str, Any],
    case: Annotated[Path, typer.Argument(help="Case file (TOML or JSON), or a folder of them.")],
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
    units: Units = None,
    reader: Annotated[
        str,
        typer.Option(
            "--for", help="board, or patient: one page in plain words, given by the physician."
        ),
    ] = "board",
    order: Annotated[
        str,
        typer.Option(
            help="Order of a folder's cases: as its file named order lists them, or by name."
        ),
    ] = "order",
) -> None:
    """Make the tumour-board sheet of one patient, or of every case of a folder with a cover."""
    from hilum.analyses import analysis
    from hilum.cli.board_list import whole_list
    from hilum.cli.own_settings import own_settings
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.sheet import render

    tongue = words_of(language, units)
    chosen = "json" if as_json else form or (out.suffix[1:] if out and out.suffix else "html")
    known = FORMS_FOR.get(reader)
    if known is None:
        expected = phrased("one of {known}", known=", ".join(FORMS_FOR))
        raise InputError(Fault("--for", None, "for", reader, expected))
    if chosen not in known:
        expected = phrased("one of {known}", known=", ".join(known))
        raise InputError(Fault("--format", None, "format", chosen, expected))
    if case.is_dir() and reader == PATIENT:
        expected = "one case: a whole list does not take it"
        raise InputError(Fault("--for", None, "for", reader, expected))
    if asked.get("settings") is None:
        asked["settings"] = own_settings()
    if case.is_dir():
        faulty = whole_list(
            case, asked, tongue, form=chosen, out=out, order=order, full=full, as_json=as_json
        )
        raise typer.Exit(1 if faulty else 0)
    record = analysis("board")
    with watching(tongue) as watch:
        with named():
            question = record.Asked(case=case, **asked)
        sheet = record.run(question, watch)
        watch.stage("document", 1)
        content = (
            _plain_page(sheet, chosen, tongue)
            if reader == PATIENT
            else render(sheet, chosen, tongue, full=full)
        )
    if as_json or (out is not None and str(out) == "-"):
        typer.echo(content, nl=False)
        return
    suffix = "" if tongue.language == "en" else f".{tongue.language}"
    middle = f".{PATIENT}" if reader == PATIENT else ""
    path = out or Path("board") / f"{case.stem}{middle}{suffix}.{chosen}"
    write(content, path)
    if reader == PATIENT:
        typer.echo(f"{tongue('Written:')} {path}")
        return
    _summary(sheet, tongue, path)


def _plain_page(sheet: Sheet, form: str, words: Words) -> bytes:
    from hilum.rendering.patient_page import patient_html, patient_pdf

    return patient_pdf(sheet, words) if form == "pdf" else patient_html(sheet, words).encode()


def _summary(sheet: Sheet, words: Words, path: Path) -> None:
    """The sheet in a few lines for a terminal, and where the file is."""
    from hilum.cli.lines import fold, terminal_width
    from hilum.rendering.sheet.changes import OTHER, changes_lines
    from hilum.rendering.sheet.verdict_page import VerdictPage

    width = terminal_width()

    def folded(text: str, first: str = "", rest: str = "  ") -> None:
        for line in fold(words.line(text), width, first, rest):
            typer.echo(line)

    for line in changes_lines(sheet, words):
        if line == f"! {words(OTHER)}":
            typer.secho("\n".join(fold(words.line(line), width, "", "  ")), fg="red", bold=True)
        else:
            folded(line)
    found = VerdictPage(sheet, words).context()
    for one in found["alerts"]:
        folded(f"{one['name']}{words(': ')}{one['text']}")
    typer.echo(typer.style(words.line(found["heading"]), bold=True))
    folded(f"{words('Can it be resected?')} {found['answer']['word']}")
    for item in found["answer"]["reasons"]:
        folded(item["text"], "  – ", "    ")
    if found["nobody"]:
        folded(found["nobody"])
    for line in _option_lines(sheet, found["groups"], words, width):
        typer.echo(line)
    folded(words("The last figure is objective response; single-arm figures are no comparison."))
    typer.echo(f"{words('Written:')} {path}")


# Columns of a verdict and of a treatment's name, at most.
VERDICT, NAME = 24, 34


def _option_lines(
    sheet: Sheet, groups: list[dict[str, Any]], words: Words, width: int
) -> list[str]:
    """A row an option: verdict, name, strongest reason with its source, and response."""
    from hilum.cli.lines import GAP, beside, width_of
    from hilum.sheet.present import headline

    options = {one.treatment: one for one in sheet.options}
    labels = [option["label"] for group in groups for option in group["options"]]
    first = min(VERDICT, max((width_of(group["word"]) for group in groups), default=0))
    second = min(NAME, max(map(width_of, labels), default=0), (width - first) // 3)
    rest = max(width - first - second - 2 * GAP, second)
    lines: list[str] = []
    for group in groups:
        if group["status"] == "no_indication":
            names = words.line(words(", ").join(one["label"] for one in group["options"]))
            found = beside([group["word"], names], [first, second + GAP + rest])
            lines += [_bold(found[0], first), *found[1:]]
            continue
        for place, option in enumerate(group["options"]):
            response = options[option["treatment"]].outcomes["objective_response"]
            figure = f" · {headline(response, words)} (k {response.k})" if response.k else ""
            text = words.line(f"{option['reason']} {option['brief']}".strip() + figure)
            word = "" if place else group["word"]
            found = beside([word, option["label"], text], [first, second, rest])
            lines += [_bold(found[0], first) if word else found[0], *found[1:]]
    return lines


def _bold(line: str, width: int) -> str:
    """A line whose first column stands out."""
    from hilum.cli.lines import width_of

    ends = (place for place in range(len(line)) if width_of(line[:place]) >= width)
    end = next(ends, len(line))
    return typer.style(line[:end], bold=True) + line[end:]
