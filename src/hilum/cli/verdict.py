"""``hilum verdict``: what published advice supports for one patient, on one screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.facts import measured_case
from hilum.cli.tongue import Language, Units, words_of


def verdict(
    case: Annotated[Path, typer.Argument(help="The case: a TOML or JSON file.")],
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--if",
            metavar="KEY=VALUE",
            help="What moves if a fact were otherwise; may be repeated.",
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(help="Folder with a hospital's own rows, laid over the shipped ones."),
    ] = None,
    language: Language = None,
    units: Units = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a case with anything that is not used.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """What published advice supports for one patient, what forbids it, and what would decide it."""
    from hilum.cli.lines import terminal_width
    from hilum.patient.tables import read_tables
    from hilum.patient.verdict import verdicts

    words, tables = words_of(language, units), read_tables(rules)
    patient = measured_case(case, tables, strict=strict)
    found = verdicts(patient, tables)
    if changes:
        from hilum.cli.whatif_text import moved_lines, moved_report
        from hilum.patient.whatif import moves, otherwise

        other = otherwise(patient, _pairs(changes), tables)
        moved = moves(found, verdicts(other, tables))
        doubtful = [one for one in other.to_confirm if one not in patient.to_confirm]
        if as_json:
            _print(moved_report(moved, changes, doubtful))
        else:
            lines = moved_lines(moved, changes, words, terminal_width(), doubtful)
            typer.echo("\n".join(lines))
        return
    if as_json:
        from hilum.patient.report import report

        _print(report(patient, found))
        return
    from hilum.cli.verdict_text import Screen

    typer.echo("\n".join(Screen(found, words, terminal_width()).lines(patient)))


def _pairs(changes: list[str]) -> dict[str, str]:
    """``KEY=VALUE`` by key.

    Raises
    ------
    InputError
        For every change that is not of that form, or of a fact that another one changes.
    """
    from hilum.errors import Fault, InputError

    pairs = [one.partition("=") for one in changes]
    faults = [
        Fault("--if", None, "KEY=VALUE", one, "a fact and its value, such as egfr=25")
        for one, (key, sign, _) in zip(changes, pairs, strict=True)
        if not sign or not key.strip()
    ]
    keys = [key.strip() for key, _, _ in pairs]
    faults += [
        Fault("--if", None, key, one, "each fact once")
        for place, (one, key) in enumerate(zip(changes, keys, strict=True))
        if key and key in keys[:place]
    ]
    if faults:
        raise InputError(*faults)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _print(found: dict[str, Any]) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
