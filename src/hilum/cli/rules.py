"""``hilum rules``: the eligibility rules as they are shipped."""

from __future__ import annotations

import json
from typing import Annotated

import typer

rules = typer.Typer(no_args_is_help=True, help="The eligibility rules.")


@rules.callback()
def group() -> None:
    """The eligibility rules."""


@rules.command("list")
def list_rules(
    treatment: Annotated[
        str | None, typer.Option(help="Only the rules of one treatment, for example tace.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The rules as JSON.")] = False,
) -> None:
    """List every rule with its threshold, basis and source."""
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    from hilum.errors import Fault, InputError
    from hilum.patient import read_rules

    found = read_rules()
    known = sorted({rule.treatment for rule in found})
    if treatment is not None:
        if treatment not in known:
            raise InputError(
                Fault("--treatment", None, "treatment", treatment, f"one of {', '.join(known)}")
            )
        found = tuple(rule for rule in found if rule.treatment == treatment)
    if as_json:
        typer.echo(
            json.dumps([asdict(rule) for rule in found], ensure_ascii=False, indent=2, default=str)
        )
        return
    table = Table("rule", "kind", "condition", "statement", "basis", "source", show_lines=False)
    for rule in found:
        condition = f"{rule.patient_attribute} {rule.operator} {rule.threshold} {rule.unit}".strip()
        table.add_row(rule.rule_id, rule.kind, condition, rule.statement, rule.basis, rule.source)
    Console(highlight=False, markup=False).print(table)
