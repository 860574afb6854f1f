"""``hilum evidence study``: one study whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of

if TYPE_CHECKING:
    from hilum.analyses.evidence_study import StudyAnswered
    from hilum.language import Words


@asking("evidence_study")
def evidence_study(
    asked: dict[str, Any],
    study: Annotated[str, typer.Argument(help="Study id, for example gupta2005.")],
    as_json: Annotated[bool, typer.Option("--json", help="The study as JSON.")] = False,
    language: Language = None,
) -> None:
    """Show one study whole: arms, figures, conduct, appraisal, and what it feeds."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching

    words = words_of(language)
    record = analysis("evidence_study")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(study=study, **asked), watch)
    if as_json:
        typer.echo(to_json(answer))
        return
    _print(answer, words)


def _print(answer: StudyAnswered, words: Words) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from hilum.rendering.study import feeds_lines, figures_table, study_lines

    console = Console(highlight=False)
    console.print(f"[bold]{escape(answer.name)}[/bold] {escape(answer.study.title or '')}")
    for line in study_lines(answer, words):
        console.print(escape(words.line(line)), soft_wrap=True)
    head, rows = figures_table(answer, words)
    table = Table()
    for one in head:
        table.add_column(one, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)
    for line in feeds_lines(answer, words):
        console.print(escape(words.line(line)), soft_wrap=True)
