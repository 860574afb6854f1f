"""``hilum evidence study``: one study whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.cli.asking import Language, asking, named
from hilum.cli.tongue import words_of

if TYPE_CHECKING:
    from rich.console import Console

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

    from hilum.rendering.study import feeds_lines, figures_table, study_lines

    console = Console(highlight=False)
    console.print(f"[bold]{escape(answer.name)}[/bold] {escape(answer.study.title or '')}")
    for line in study_lines(answer, words):
        console.print(escape(words.line(line)), soft_wrap=True)
    _print_figures(console, *figures_table(answer, words), words)
    for line in feeds_lines(answer, words):
        console.print(escape(words.line(line)), soft_wrap=True)


def _print_figures(
    console: Console, head: tuple[str, ...], rows: list[tuple[str, ...]], words: Words
) -> None:
    """A table where it fits; on a narrow terminal a few lines a figure, its id whole."""
    from rich.markup import escape
    from rich.table import Table

    from hilum.cli.lines import fold, width_of

    filled = [place for place in range(len(head)) if any(row[place] for row in rows)]
    widths = (max(map(width_of, (head[place], *(row[place] for row in rows)))) for place in filled)
    if sum(widths) + 3 * len(filled) + 1 <= console.width:
        table = Table(*(head[place] for place in filled))
        for row in rows:
            table.add_row(*(escape(row[place]) for place in filled))
        console.print(table)
        return
    for row in rows:
        said = [f"{head[place]}{words(': ')}{row[place]}" for place in filled[1:] if row[place]]
        text = words.line(" · ".join(said))
        typer.echo(row[0])
        for line in fold(text, console.width, "  ", "  "):
            typer.echo(line)
