"""``hilum evidence cell``: one cell with everything behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.analyses.cell import CellAnswered
    from hilum.language import Words

PATIENT = ("site", "grade", "line")


Site = Annotated[str | None, typer.Option(help="any, pancreas, small_bowel, git, lung or other.")]
Grade = Annotated[str | None, typer.Option(help="G1-2, G3_NET or NEC.")]
Line = Annotated[str | None, typer.Option(help="any, first or later.")]
CaseFile = Annotated[
    Path | None, typer.Option(help="A patient's case file; site, grade and line come from it.")
]


@asking("cell")
def cell(
    asked: dict[str, Any],
    treatment: Annotated[str, typer.Argument(help="Id of a treatment, for example tace.")],
    outcome: Annotated[
        str, typer.Argument(help="Key of an outcome, for example objective_response.")
    ],
    site: Site = None,
    grade: Grade = None,
    line: Line = None,
    case: CaseFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="The cell as JSON.")] = False,
    language: Language = None,
) -> None:
    """Show one cell: its figure, the studies in it, those left out and why, and what is beside."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching

    words = words_of(language)
    record = analysis("cell")
    given = dict(zip(PATIENT, (site, grade, line), strict=True))
    said = {part: value for part, value in given.items() if value is not None}
    with named(), watching(words) as watch:
        patient = patient_of(case, said)
        question = record.Asked(treatment=treatment, outcome=outcome, **patient, **asked)
        answer = record.run(question, watch)
    if as_json:
        typer.echo(to_json(answer))
        return
    _print(answer, words)


def patient_of(case: Path | None, said: dict[str, str]) -> dict[str, Any]:
    """What a case determines of a question, else what was said of the patient.

    Raises
    ------
    InputError
        Something said beside a case, which says it.
    """
    if case is None:
        return dict(said)
    from hilum.patient import read_case
    from hilum.sheet.asked import asked_of

    if said:
        expected = "nothing beside --case, which says it"
        raise InputError(*(Fault("", None, part, one, expected) for part, one in said.items()))
    found = asked_of(read_case(case))
    return {
        **{part: getattr(found, part) for part in PATIENT},
        "not_known": tuple(found.not_known),
    }


def _print(answer: CellAnswered, words: Words) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from hilum.rendering.cell import cell_lines, cell_table, cell_title

    console = Console(highlight=False)
    console.print(f"[bold]{escape(cell_title(answer, words))}[/bold]", soft_wrap=True)
    for line in cell_lines(answer, words):
        console.print(escape(line), soft_wrap=True)
    head, rows = cell_table(answer, words)
    if not rows:
        return
    table = Table(*head)
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)
