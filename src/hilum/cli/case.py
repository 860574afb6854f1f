"""``hilum case``: starting, checking and changing a case file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.asking import Asking
from hilum.cli.case_fhir import from_fhir, new_file, to_fhir
from hilum.cli.facts import measured_case
from hilum.cli.tongue import Language, Units, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

case = typer.Typer(no_args_is_help=True, help="Case files: start, check, change, exchange.")

Rules = Annotated[
    Path | None,
    typer.Option(help="Folder with a hospital's own rows, laid over the shipped ones."),
]


@case.callback()
def group() -> None:
    """Case files: start, check, change, exchange."""


case.command("from-fhir", cls=Asking)(from_fhir)
case.command("to-fhir", cls=Asking)(to_fhir)


@case.command()
def new(
    out: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="File to write; standard output when omitted."),
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every fact, not only the 20 that decide most.")
    ] = False,
    language: Language = None,
) -> None:
    """Write a case to fill in: the 20 facts that decide most, or all of them."""
    from hilum.cli.writing import write
    from hilum.patient.template import case_template

    words = words_of(language)
    content = case_template(words.language, everything=everything)
    if out is None:
        typer.echo(content, nl=False)
        return
    new_file(out, force=force)
    write(content.encode(), out)
    typer.echo(f"{words('Written:')} {out}")


@case.command()
def check(
    file: Annotated[Path, typer.Argument(help="Case file (TOML or JSON).")],
    rules: Rules = None,
    language: Language = None,
    units: Units = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a case with anything that is not used.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Say how a case is read: facts, what follows from them, contradictions, what decides."""
    from hilum.cli.lines import terminal_width
    from hilum.patient.tables import read_tables
    from hilum.patient.verdict import verdicts

    words, tables = words_of(language, units), read_tables(rules)
    patient = measured_case(file, tables, strict=strict)
    found = verdicts(patient, tables)
    if as_json:
        from hilum.patient.checking import checked

        typer.echo(json.dumps(checked(patient, found), ensure_ascii=False, indent=2))
        return
    from hilum.cli.case_text import check_lines

    typer.echo("\n".join(check_lines(patient, found, words, terminal_width())))


@case.command("set")
def set_(
    file: Annotated[Path, typer.Argument(help="Case file (TOML or JSON) to change in place.")],
    changes: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE...", help="Facts, such as egfr=25.")
    ],
    rules: Rules = None,
    language: Language = None,
    units: Units = None,
) -> None:
    """Set facts in a case file, keep everything else in it, and say which verdicts move.

    A fact that cannot be read is refused and nothing is written. An empty value means unknown.
    """
    from hilum.cli.lines import terminal_width
    from hilum.cli.whatif_text import moved_lines
    from hilum.cli.writing import write
    from hilum.patient.edit import set_facts
    from hilum.patient.remarks import sentence
    from hilum.patient.tables import read_tables
    from hilum.patient.verdict import verdicts
    from hilum.patient.whatif import moves
    from hilum.tabular import visible

    words, tables = words_of(language, units), read_tables(rules)
    wanted = _pairs(changes)
    edited = set_facts(file, wanted, tables)
    before = verdicts(measured_case(file, tables), tables)
    target = file.resolve()
    mode = target.stat().st_mode & 0o777
    write(edited.content, target, mode=mode)
    after = verdicts(measured_case(file, tables), tables)
    for one in edited.to_confirm:
        typer.echo(words.line(f"! {one.key} = {one.text}: {sentence(one, words)}"))
    said = [f"{name}={value}" for name, value in wanted.items()]
    line = visible(words("Set: {changes}", changes=", ".join(said)))
    typer.echo(typer.style(words.line(line), bold=True))
    moved = moved_lines(moves(before, after), said, words, terminal_width())
    typer.echo("\n".join(moved[1:]))


def _pairs(changes: Iterable[str]) -> dict[str, str]:
    """``KEY=VALUE`` by key.

    Raises
    ------
    InputError
        For every change that is not of that form, and for a key that is set twice.
    """
    from hilum.errors import Fault, InputError

    found: dict[str, str] = {}
    faults: list[Fault] = []
    for one in changes:
        name, sign, value = one.partition("=")
        name = name.strip()
        if not sign or not name:
            expected = "a fact and its value, such as egfr=25"
            faults.append(Fault("<command>", None, "KEY=VALUE", one, expected))
        elif name in found:
            faults.append(Fault("<command>", None, name, value, "every fact once"))
        found[name] = value.strip()
    if faults:
        raise InputError(*faults)
    return found
