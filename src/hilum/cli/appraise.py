"""``hilum evidence appraise``: blank forms, checks and plots of critical appraisals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.grouping import Grouped
from hilum.cli.tongue import words_of
from hilum.errors import Fault, InputError

appraise = typer.Typer(
    cls=Grouped, no_args_is_help=True, help="Critical appraisal: RoB 2, ROBINS-I, JBI, MINORS."
)
Folder = Annotated[
    Path | None, typer.Option("--evidence", help="Folder of tables instead of the shipped ones.")
]
Table = Annotated[Path, typer.Argument(help="Table of appraisals (CSV).")]


@appraise.command(cls=Asking)
@asking(None)
def tools(
    as_json: Annotated[bool, typer.Option("--json", help="The tools as JSON.")] = False,
    language: Language = None,
) -> None:
    """List the tools: questions, answers, judgements, sources and licences."""
    from dataclasses import asdict

    from hilum.evidence.appraisal import tools as known
    from hilum.rendering.appraise import tool_lines

    words = words_of(language)
    if as_json:
        whole = {key: asdict(tool) for key, tool in known().items()}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join(tool_lines(words)))


@appraise.command(cls=Asking)
@asking(None)
def template(
    tool: Annotated[
        str, typer.Option(help="rob2, robins_i, minors, jbi_cohort or jbi_case_series.")
    ],
    study: Annotated[
        list[str] | None, typer.Option(help="Study id; may be given again. Else every fitting one.")
    ] = None,
    draft: Annotated[
        bool,
        typer.Option(help="Draft answers that a stated fact settles; a person has to sign each."),
    ] = False,
    folder: Folder = None,
    out: Annotated[Path | None, typer.Option(help="File to write; else standard output.")] = None,
    language: Language = None,
) -> None:
    """Write a form: one line a question and study, to fill in with any spreadsheet."""
    from hilum.cli.writing import write
    from hilum.evidence import read_evidence
    from hilum.evidence.appraisal import read_facts
    from hilum.evidence.appraisal import template as blank
    from hilum.rendering.appraise import where_lines

    words = words_of(language)
    record = read_evidence(folder)
    facts = read_facts(record, folder) if draft else None
    with named():
        text = blank(record, tool, study or (), facts, words)
    if out is None:
        typer.echo(text, nl=False)
        for line in where_lines(tool, words):
            typer.echo(line, err=True)
        return
    if out.exists():
        raise InputError(Fault("--out", None, "out", out.name, "a file that does not exist yet"))
    write(text.encode(), out)
    typer.echo(words("wrote {file}", file=out))
    for line in where_lines(tool, words):
        typer.echo(line)


@appraise.command(cls=Asking)
@asking("appraise")
def check(
    asked: dict[str, Any],
    table: Table,
    as_json: Annotated[bool, typer.Option("--json", help="Faults as a JSON list.")] = False,
    language: Language = None,
) -> None:
    """Report every fault of a table of appraisals, else what is judged and what is missing."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.language import told
    from hilum.rendering.appraise import appraise_lines
    from hilum.tabular.encoding import visible

    words = words_of(language)
    record = analysis("appraise")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(table=table, **asked), watch)
    if as_json:
        typer.echo(to_json(answer))
    elif answer.faults:
        typer.echo(visible(told(InputError(*answer.faults), words)), err=True)
        typer.echo(words("{count} fault(s)", count=len(answer.faults)))
    else:
        typer.echo("\n".join(appraise_lines(answer, words)))
    raise typer.Exit(1 if answer.faults else 0)


@appraise.command(cls=Asking)
@asking("appraise", kinds="hilum.rendering.appraise")
def plot(
    asked: dict[str, Any],
    table: Table,
    out: Annotated[Path, typer.Option(help="SVG file to write.")],
    tool: Annotated[
        str | None, typer.Option(help="The tool to draw; needed where the table holds several.")
    ] = None,
    kind: Annotated[str, typer.Option(help="Kind of plot.")] = "traffic",
    language: Language = None,
) -> None:
    """Draw the appraisals of one tool: a light for each study and domain, or shares by domain."""
    from hilum.analyses import analysis
    from hilum.cli.watching import watching
    from hilum.cli.writing import write
    from hilum.rendering.appraise import appraise_picture

    words = words_of(language)
    record = analysis("appraise")
    if out.suffix.lower() != ".svg":
        raise InputError(Fault("--out", None, "out", out.name, "a file name that ends in .svg"))
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(table=table, **asked), watch)
        picture = appraise_picture(answer, kind, tool, words)
    write(picture.encode(), out)
    typer.echo(words("wrote {file}", file=out))
