"""``hilum case from-fhir`` and ``to-fhir``: a case from a record's export, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.language import Words

Force = Annotated[bool, typer.Option(help="Replace an existing file.")]


@asking("from_fhir")
def from_fhir(
    asked: dict[str, Any],
    file: Annotated[Path, typer.Argument(help="FHIR R4 bundle or resource (JSON).")],
    out: Annotated[
        Path | None, typer.Option(help="Case file to write (TOML); else it is printed.")
    ] = None,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    language: Language = None,
) -> None:
    """Read a FHIR R4 bundle (mCODE) into a case; say what became of everything in it."""
    from hilum.analyses import analysis
    from hilum.patient.fhir.bundle import load_bundle
    from hilum.rendering.case_file import case_file
    from hilum.rendering.fhir import from_fhir_lines

    words = words_of(language)
    record = analysis("from_fhir")
    with named():
        question = record.Asked(bundle=load_bundle(file), **asked)
        answer = record.run(question)
    content = case_file(answer, words)
    _put(answer, content, from_fhir_lines(answer, words), words, out, force, as_json)


@asking("to_fhir")
def to_fhir(
    asked: dict[str, Any],
    file: Annotated[Path, typer.Argument(help="Case file (TOML or JSON).")],
    out: Annotated[
        Path | None, typer.Option(help="Bundle to write (JSON); else it is printed.")
    ] = None,
    force: Force = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object: the bundle and what it leaves out.")
    ] = False,
    language: Language = None,
) -> None:
    """Write a case as a FHIR R4 bundle (mCODE); name what other systems will not know."""
    from hilum.analyses import analysis
    from hilum.patient.casefile import load_case
    from hilum.rendering.fhir import to_fhir_lines

    words = words_of(language)
    record = analysis("to_fhir")
    with named():
        answer = record.run(record.Asked(case=load_case(file).data, **asked))
    content = json.dumps(answer.bundle, ensure_ascii=False, indent=2) + "\n"
    _put(answer, content, to_fhir_lines(answer, words), words, out, force, as_json)


def _put(
    answer: Any,
    content: str,
    lines: list[str],
    words: Words,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write or print what was made, and the answer or its lines; lines never mix with content."""
    from hilum.analyses.forms import to_json
    from hilum.cli.writing import write

    if out is not None:
        new_file(out, force=force)
        write(content.encode(), out)
    if as_json:
        typer.echo(to_json(answer))
        return
    if out is None:
        typer.echo(content, nl=False)
    typer.echo(words.line("\n".join(lines)), err=out is None)
    if out is not None:
        typer.echo(words("wrote {file}", file=out))


def new_file(path: Path, *, force: bool) -> None:
    """Refuse to write over a file unless asked to.

    Raises
    ------
    InputError
        The file is there.
    """
    if path.exists() and not force:
        expected = "a file that does not exist yet (or --force)"
        raise InputError(Fault(str(path), None, "file", path.name, expected))
