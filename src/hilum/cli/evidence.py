"""``hilum evidence``: check, show and summarise the published record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.appraise import appraise
from hilum.cli.evidence_cell import cell
from hilum.cli.evidence_published import published
from hilum.cli.findings import findings
from hilum.cli.tongue import tell
from hilum.errors import phrased
from hilum.records import nearest

if TYPE_CHECKING:
    from hilum.evidence import Arm
    from hilum.sheet.summary import RangeLine

evidence = typer.Typer(no_args_is_help=True, help="The published record.")
Folder = Annotated[
    Path | None, typer.Option("--evidence", help="Folder of tables instead of the shipped ones.")
]


@evidence.command()
def check(
    directory: Annotated[
        Path | None, typer.Argument(help="Folder with studies.csv, arms.csv, results.csv.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Faults as a JSON list.")] = False,
) -> None:
    """Report every fault of the tables; exit status 1 when there is one."""
    from dataclasses import asdict

    from hilum.evidence import check_tables

    faults = check_tables(directory)
    from hilum.evidence.appraisal import check_facts
    from hilum.evidence.tables import read_tables

    faults += check_facts(read_tables(directory)[0], directory)
    if directory is not None and (table := directory / "appraisals.csv").exists():
        from hilum.evidence.appraisal import check_appraisals

        faults += check_appraisals(table, read_tables(directory)[0])
    if as_json:
        typer.echo(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            tell(fault)
        typer.echo(f"{len(faults)} fault(s)" if faults else "no fault found")
    raise typer.Exit(1 if faults else 0)


@evidence.command()
def show(
    study: Annotated[str, typer.Argument(help="Study id, for example gupta2005.")],
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="The study as JSON.")] = False,
) -> None:
    """Show a study, its arms and every figure read from it."""
    from dataclasses import asdict

    from hilum.errors import Fault, InputError
    from hilum.evidence import read_evidence
    from hilum.evidence.appraisal import read_facts

    record = read_evidence(folder)
    if study not in record.study:
        hint = nearest(study, record.study, 3)
        raise InputError(
            Fault("studies.csv", None, "study_id", study, phrased("a known study{hint}", hint=hint))
        )
    found = record.study[study]
    arms = [arm for arm in record.arms if arm.study_id == study]
    results = [row for row in record.results if row.study_id == study]
    facts = read_facts(record, folder).get(study)
    if as_json:
        whole = {
            "study": found.model_dump(mode="json"),
            "facts": asdict(facts) if facts else None,
            "arms": [arm.model_dump(mode="json") for arm in arms],
            "results": [row.model_dump(mode="json", by_alias=True) for row in results],
        }
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    console.print(f"[bold]{escape(found.name)}[/bold] {escape(found.title or '')}")
    console.print(f"{found.design} · {found.population} · read from {found.read_from}")
    console.print(f"{escape(found.link or found.source)}")
    if found.verify:
        console.print("to be checked against the original")
    if found.notes:
        console.print(escape(found.notes))
    if facts is not None:
        stated = ", ".join(f"{fact} {said}" for fact, said in facts.stated.items())
        console.print(f"stated of its conduct: {stated or 'nothing'}", soft_wrap=True)
        if facts.published_judgement:
            judged = f"{facts.published_judgement} ({facts.judgement_source})"
            console.print(f"judged by others: {escape(judged)}", soft_wrap=True)
    for arm in arms:
        size = f", n = {arm.n}" if arm.n else ""
        console.print(f"arm {arm.arm_id}: {arm.modality}{size} {escape(arm.description or '')}")
        codes = ", ".join(f"{name} {value}" for name, value in _codes(arm).items())
        console.print(f"  {codes}", soft_wrap=True)
    table = Table("id", "arm", "subgroup", "outcome", "measure", "figure", "locator", "derived")
    for row in results:
        parts = [f"{row.value:g}" if row.value is not None else ""]
        if row.events is not None and row.n is not None:
            parts.append(f"{row.events}/{row.n}")
        if row.ci_low is not None and row.ci_high is not None:
            parts.append(f"({row.ci_low:g}–{row.ci_high:g})")
        time = f" {row.time_months:g} mo" if row.time_months else ""
        table.add_row(
            row.result_id,
            row.arm_id,
            escape(row.subgroup or ""),
            row.outcome + time,
            row.measure,
            " ".join(part for part in parts if part),
            escape(row.locator or ""),
            escape(row.derived or ""),
        )
    console.print(table)


def _codes(arm: Arm) -> dict[str, str]:
    """The codes of an arm that say something."""
    names = ("line", "background", "nuclide", "scope", "site", "grade_scope", "reference_arm")
    values = {name: getattr(arm, name) for name in (*names, "selection", "part_of", "codes_known")}
    return {name: str(value) for name, value in values.items() if value not in (None, "")}


@evidence.command()
def summary(
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
) -> None:
    """Print what the tables hold, and the ranges of embolisation series beside the review's."""
    from hilum.evidence import read_evidence
    from hilum.sheet.summary import summarise

    found = summarise(read_evidence(folder))
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    typer.echo(f"{found.studies} studies, {found.arms} arms, {found.results} figures")
    for title, counts in (("design", found.designs), ("population", found.populations)):
        text = ", ".join(f"{name} {count}" for name, count in counts.items())
        typer.echo(f"{title}: {text}")
    typer.echo("")
    typer.echo(f"Embolisation series (TAE, TACE) published up to {found.last_year}:")
    for line in found.ranges:
        typer.echo(_range(line))


def _range(line: RangeLine) -> str:
    name = line.outcome.replace("_", " ")
    review = f"the review's {line.review[0]:g}-{line.review[1]:g} %" if line.review else "no review"
    if line.low is None or line.high is None:
        return f"  {name}: no figure in the tables; {review}"
    return (
        f"  {name}: {line.low.percent:.0f}-{line.high.percent:.0f} % in {line.k} studies "
        f"(lowest {line.low.name} [{line.low.study_id}] {line.low.figure}, "
        f"highest {line.high.name} [{line.high.study_id}] {line.high.figure}); {review}"
    )


evidence.command("cell")(cell)
evidence.command("published")(published)
evidence.command("findings")(findings)
evidence.add_typer(appraise, name="appraise")
