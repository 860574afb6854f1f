"""``hilum evidence cell``: one cell with everything behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.tongue import Language, words_of
from hilum.errors import phrased

if TYPE_CHECKING:
    from hilum.answers import Switches
    from hilum.language import Words
    from hilum.sheet.sheet_cells import Answer, AskedPart


def cell(
    treatment: Annotated[str, typer.Argument(help="Id of a treatment, for example tace.")],
    outcome: Annotated[
        str, typer.Argument(help="Key of an outcome, for example objective_response.")
    ],
    case: Annotated[
        Path | None, typer.Option(help="A patient's case file; site, grade and line come from it.")
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="any, pancreas, small_bowel, git, lung or other.")
    ] = None,
    grade: Annotated[str | None, typer.Option(help="G1-2, G3_NET or NEC.")] = None,
    line: Annotated[str | None, typer.Option(help="any, first or later.")] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            help="Leave out: arm_n, unstated_criteria, unverified, inferred_cohorts, derived."
        ),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only: recist, prospective.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--evidence", help="Folder of tables instead of the shipped ones."),
    ] = None,
    language: Language = None,
    as_json: Annotated[bool, typer.Option("--json", help="The cell as JSON.")] = False,
) -> None:
    """Show one cell: its figure, the studies in it, those left out and why, and what is beside."""
    from hilum.answers import Question
    from hilum.evidence import read_evidence
    from hilum.sheet.cells_part import answers_of

    asked = _asked(case, site, grade, line)
    words = words_of(language)
    switches = _switches(without or [], only or [])
    # Every unknown word is told at once, before anything is read.
    Question(treatment, outcome, asked.site, asked.grade, asked.line, switches)
    record = read_evidence(folder)
    found = answers_of(record, treatment, asked, switches)[outcome]
    if as_json:
        whole = {
            "treatment": treatment,
            "outcome": outcome,
            "asked": asked.model_dump(mode="json"),
            "cell": found.model_dump(mode="json"),
        }
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    names = {one.study_id: one.name for one in record.studies}
    _show(found, treatment, outcome, names, words)


def _asked(case: Path | None, site: str | None, grade: str | None, line: str | None) -> AskedPart:
    from hilum.errors import Fault, InputError
    from hilum.patient import read_case
    from hilum.sheet.asked import asked_of

    given = {"site": site, "grade": grade, "line": line}
    named = {part: value for part, value in given.items() if value is not None}
    if case is not None and named:
        expected = "nothing beside --case, which says it"
        raise InputError(
            *(Fault(f"--{part}", None, part, x, expected) for part, x in named.items())
        )
    asked = asked_of(read_case(case) if case is not None else None)
    return asked.model_copy(update=named)


def _switches(without: list[str], only: list[str]) -> Switches:
    from dataclasses import fields

    from hilum.answers import Switches
    from hilum.errors import Fault, InputError

    names = [one.name for one in fields(Switches)]
    off = [name for name in names if not name.endswith("_only")]
    on = [name.removesuffix("_only") for name in names if name.endswith("_only")]
    faults = [
        Fault(option, None, "switch", word, phrased("one of {known}", known=", ".join(known)))
        for option, words, known in (("--without", without, off), ("--only", only, on))
        for word in words
        if word not in known
    ]
    if faults:
        raise InputError(*faults)
    return Switches(**dict.fromkeys(without, False), **{f"{word}_only": True for word in only})


def _show(found: Answer, treatment: str, outcome: str, names: dict[str, str], words: Words) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from hilum.sheet.present import (
        beside_line,
        cell_interval,
        counts,
        figure_unit,
        figure_when,
        form_line,
        headline,
        interval,
        number,
        reason,
        sign,
        told_lines,
    )

    console = Console(highlight=False)
    figure = headline(found, words)
    if found.ci is not None:
        figure += f" ({cell_interval(found, found.ci)})"
    if found.prediction is not None:
        figure += f"; {words('prediction interval')} {cell_interval(found, found.prediction)}"
    kind = form_line(found, words)
    console.print(f"[bold]{treatment} · {outcome}: {escape(figure)}[/bold]", soft_wrap=True)
    if kind:
        console.print(escape(kind), soft_wrap=True)
    for text in told_lines(found, words):
        console.print(escape(text), soft_wrap=True)
    for figure in found.randomised:
        shown = f"{number(figure.value, found.unit)} {interval(figure.ci, found.unit)}".rstrip()
        text = f"{words('Randomised arms as printed:')} {figure.name} {shown} {counts(figure)}"
        console.print(escape(text), soft_wrap=True)
    for group in (*found.beside, *([found.wider] if found.wider else [])):
        text = f"{words('Beside it, not in it:')} {beside_line(group, found, words, names)}"
        console.print(escape(text), soft_wrap=True)
    if not (found.studies or found.left_out):
        return
    table = Table(
        words("Study"), words("Arm"), words("Figure"), words("Where read"), words("In the answer?")
    )
    left = sorted(found.left_out, key=lambda one: (one.left_out or "", one.kept or "", one.name))
    for one in (*found.studies, *left):
        unit = figure_unit(one, found.unit)
        shown = " ".join(
            part
            for part in (
                figure_when(one, found, words),
                number(one.value, unit) if one.value is not None else "",
                sign(unit, words).strip() if unit != found.unit else "",
                interval(one.ci, unit),
                counts(one),
            )
            if part
        )
        said = f"{words('no')}: {reason(one, words, names)}" if one.left_out else words("yes")
        table.add_row(
            escape(one.name),
            escape(one.arm + (f" ({one.subgroup})" if one.subgroup else "")),
            shown,
            f"{escape(one.locator or '')} {one.result_id}",
            escape(said),
        )
    console.print(table)
