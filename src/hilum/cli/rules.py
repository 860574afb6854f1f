"""``hilum rules``: the published rules that verdicts rest on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hilum.cli.tongue import Language, words_of

rules = typer.Typer(no_args_is_help=True, help="The published rules that verdicts rest on.")

Own = Annotated[
    Path | None,
    typer.Option("--rules", help="Folder with a hospital's own rows, laid over the shipped ones."),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@rules.callback()
def group() -> None:
    """The published rules that verdicts rest on."""


@rules.command("list")
def list_rules(
    treatment: Annotated[
        str | None, typer.Option(help="Only of one treatment or class, for example tace.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="indicates, requires, forbids, cautions, before or note."),
    ] = None,
    fact: Annotated[str | None, typer.Option(help="Only rules that read a fact.")] = None,
    ground: Annotated[
        str | None, typer.Option(help="harm, futility, feasibility or licence.")
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option(help="label, guideline, consensus, review, trial, cohort, centre or payer."),
    ] = None,
    own: Own = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """List rules, one line each."""
    from hilum.cli.asking import named
    from hilum.cli.lines import terminal_width
    from hilum.cli.rules_text import list_lines, overlay_lines
    from hilum.patient.rule_view import chosen, rule_record
    from hilum.patient.tables import read_tables

    words, tables = words_of(language), read_tables(own)
    with named():
        found = chosen(
            tables, treatment=treatment, kind=kind, fact=fact, ground=ground, authority=authority
        )
    if as_json:
        records = [rule_record(rule, tables) for rule in found]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return
    width = terminal_width()
    typer.echo(
        "\n".join(list_lines(found, tables, words, width) + overlay_lines(tables, words, width))
    )


@rules.command()
def show(
    rule_id: Annotated[str, typer.Argument(help="Id of a rule, for example PRRT-30.")],
    own: Own = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Show one rule whole: who it is for, what it tests, who says so, its alternatives."""
    from hilum.cli.lines import terminal_width
    from hilum.cli.rules_text import rule_lines
    from hilum.patient.rule_view import rule_record
    from hilum.patient.tables import read_tables

    words, tables = words_of(language), read_tables(own)
    rule = tables.rule(rule_id)
    if as_json:
        typer.echo(json.dumps(rule_record(rule, tables), ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join(rule_lines(rule, tables, words, terminal_width())))


@rules.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder with a hospital's own rows; else the shipped ones."),
    ] = None,
    language: Language = None,
) -> None:
    """Check the tables: every fault with file, row and column; exit status 1 if there is one."""
    from hilum.cli.lines import terminal_width
    from hilum.cli.rules_text import overlay_lines
    from hilum.language.telling import sentence
    from hilum.patient.table_check import check_tables, unused_attributes
    from hilum.patient.tables import read_tables
    from hilum.tabular.encoding import visible

    words = words_of(language)
    faults = check_tables(folder)
    for fault in faults:
        typer.echo(visible(sentence(fault.phrase, words)), err=True)
    if faults:
        typer.echo(words("{count} faults", count=len(faults)), err=True)
        raise typer.Exit(1)
    tables = read_tables(folder)
    said = words(
        "{treatments} treatments, {attributes} attributes, {derivations} derivations, "
        "{rules} rules: no fault",
        treatments=len(tables.treatments),
        attributes=len(tables.attributes),
        derivations=len(tables.derivations),
        rules=len(tables.rules),
    )
    typer.echo(said)
    unused = unused_attributes(tables)
    if unused:
        typer.echo(words("read by no rule: {facts}", facts=", ".join(unused)))
    for line in overlay_lines(tables, words, terminal_width()):
        typer.echo(line)
