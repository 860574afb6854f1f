"""``hilum trials protocol``: the protocol of a designed trial."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.protocol import ProtocolAnswered
    from hilum.language import Words


@asking("protocol")
def protocol(
    asked: dict[str, Any],
    file: Annotated[
        Path,
        typer.Argument(help="A design's answer: hilum trials design ... --json, or --out X.json."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Write the protocol; the ending says how: .html, .docx, .pdf, .json."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Write the protocol of a designed trial; what the team must decide is marked."""
    from hilum.analyses.forms import to_json
    from hilum.analyses.protocol import ProtocolAsked, read_design, run
    from hilum.cli.watching import watching
    from hilum.rendering.sheet.protocol import protocol_text

    words = words_of(language)
    form = None if out is None else form_of(out, "--out")
    with named(), watching(words) as watch:
        answer = run(ProtocolAsked(file=read_design(file), **asked), watch)
    if out is not None and form is not None:
        written(answer, form, out, words)
    if as_json:
        typer.echo(to_json(answer))
        return
    if out is None:
        typer.echo(protocol_text(answer, words))
        return
    typer.echo(words("{count} decisions are marked", count=len(answer.blanks)))
    typer.echo(words("wrote {file}", file=out))


def form_of(out: Path, option: str) -> str:
    """The format that a file's ending names.

    Raises
    ------
    InputError
        Another ending.
    """
    from hilum.rendering.sheet.protocol import FORMATS

    form = out.suffix[1:].lower()
    if form not in FORMATS:
        wanted = phrased("a file name that ends in .{forms}", forms=", .".join(FORMATS))
        raise InputError(Fault(option, None, option.lstrip("-"), out.name, wanted))
    return form


def written(answer: ProtocolAnswered, form: str, out: Path, words: Words) -> None:
    """Write the document."""
    from hilum.cli.writing import write
    from hilum.rendering.sheet.protocol import render_protocol

    write(render_protocol(answer, form, words), out)
