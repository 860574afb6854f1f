"""``hilum evidence``: check, summarise and open the published record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hilum.cli.appraise import appraise
from hilum.cli.asking import Asking, Language, asking, named
from hilum.cli.evidence_cell import cell
from hilum.cli.evidence_map import evidence_map
from hilum.cli.evidence_published import published
from hilum.cli.evidence_study import evidence_study
from hilum.cli.findings import findings
from hilum.cli.tongue import words_of
from hilum.errors import InputError

evidence = typer.Typer(no_args_is_help=True, help="The published record.")


@evidence.command(cls=Asking)
@asking(None)
def check(
    directory: Annotated[
        Path | None, typer.Argument(help="Folder with studies.csv, arms.csv, results.csv.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Faults as a JSON list.")] = False,
    language: Language = None,
) -> None:
    """Report every fault of the tables; exit status 1 when there is one."""
    from dataclasses import asdict

    from hilum.evidence import check_tables
    from hilum.evidence.appraisal import check_appraisals, check_facts
    from hilum.evidence.tables import read_tables
    from hilum.language import told
    from hilum.tabular.encoding import visible

    words = words_of(language)
    faults = check_tables(directory)
    faults += check_facts(read_tables(directory)[0], directory)
    if directory is not None and (table := directory / "appraisals.csv").exists():
        faults += check_appraisals(table, read_tables(directory)[0])
    if as_json:
        typer.echo(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=2))
    elif faults:
        typer.echo(visible(told(InputError(*faults), words)), err=True)
        typer.echo(words("{count} fault(s)", count=len(faults)))
    else:
        typer.echo(words("no fault found"))
    raise typer.Exit(1 if faults else 0)


@evidence.command(cls=Asking)
@asking("summary")
def summary(
    asked: dict[str, Any],
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
    language: Language = None,
) -> None:
    """Print what the tables hold, and the ranges of embolisation series beside the review's."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import to_json
    from hilum.cli.watching import watching
    from hilum.rendering.summary import summary_lines

    words = words_of(language)
    record = analysis("summary")
    with named(), watching(words) as watch:
        answer = record.run(record.Asked(**asked), watch)
    typer.echo(to_json(answer) if as_json else "\n".join(summary_lines(answer, words)))


evidence.command("cell", cls=Asking)(cell)
evidence.command("map", cls=Asking)(evidence_map)
evidence.command("study", cls=Asking)(evidence_study)
evidence.command("published", cls=Asking)(published)
evidence.command("findings", cls=Asking)(findings)
evidence.add_typer(appraise, name="appraise")
