"""``hilum evidence appraise``: blank forms, checks and plots of critical appraisals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hilum.cli.tongue import tell
from hilum.errors import phrased

if TYPE_CHECKING:
    from hilum.evidence.appraisal import Appraisal, Tool

appraise = typer.Typer(
    no_args_is_help=True, help="Critical appraisal: RoB 2, ROBINS-I, JBI, MINORS."
)
Folder = Annotated[
    Path | None, typer.Option("--evidence", help="Folder of tables instead of the shipped ones.")
]
Table = Annotated[Path, typer.Argument(help="Table of appraisals (CSV).")]


@appraise.command()
def tools(
    as_json: Annotated[bool, typer.Option("--json", help="The tools as JSON.")] = False,
) -> None:
    """List the tools: questions, answers, judgements, sources and licences."""
    from dataclasses import asdict

    from hilum.evidence.appraisal import tools as known

    if as_json:
        whole = {key: asdict(tool) for key, tool in known().items()}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    for key, tool in known().items():
        typer.echo(f"{key}: {tool.name} ({tool.version})")
        typer.echo(f"  {tool.source}")
        typer.echo(f"  {tool.licence}")
        for domain in tool.domains:
            typer.echo(f"  {domain.id}: {domain.name}")
            for item in domain.items:
                typer.echo(f"    {item.id} {item.text} [{', '.join(item.answers)}]")
        typer.echo(f"  judgements: {', '.join(tool.judgements)}")


@appraise.command()
def template(
    tool: Annotated[str, typer.Option(help="rob2, robins_i, jbi_case_series or minors.")],
    study: Annotated[
        list[str] | None, typer.Option(help="Study id; may be given again. Else every fitting one.")
    ] = None,
    draft: Annotated[
        bool,
        typer.Option(help="Draft answers that a stated fact settles; a person has to sign each."),
    ] = False,
    folder: Folder = None,
    out: Annotated[Path | None, typer.Option(help="File to write; else standard output.")] = None,
) -> None:
    """Write a form: one line a question and study, to fill in with any spreadsheet."""
    from hilum.cli.writing import write
    from hilum.errors import Fault, InputError
    from hilum.evidence import read_evidence
    from hilum.evidence.appraisal import read_facts
    from hilum.evidence.appraisal import template as blank

    record = read_evidence(folder)
    facts = read_facts(record, folder) if draft else None
    text = blank(record, tool, study or (), facts)
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists():
        raise InputError(Fault("--out", None, "out", out.name, "a file that does not exist yet"))
    write(text.encode(), out)
    typer.echo(f"Written: {out}")


@appraise.command()
def check(
    table: Table,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Faults as a JSON list.")] = False,
) -> None:
    """Report every fault of a table of appraisals, else what is judged and what is missing."""
    from dataclasses import asdict

    from hilum.evidence import read_evidence
    from hilum.evidence.appraisal import check_appraisals, read_appraisals

    record = read_evidence(folder)
    faults = check_appraisals(table, record)
    found = () if faults else read_appraisals(table, record).all
    if as_json:
        whole = {
            "faults": [asdict(fault) for fault in faults],
            "appraisals": [asdict(one) for one in found],
        }
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        raise typer.Exit(1 if faults else 0)
    for fault in faults:
        tell(fault)
    if faults:
        typer.echo(f"{len(faults)} fault(s)")
        raise typer.Exit(1)
    for one in found:
        where = f" ({one.outcome})" if one.outcome else ""
        judged = one.judgement or f"not complete: {', '.join(one.missing) or 'domains to judge'}"
        typer.echo(f"{one.study} {one.tool}{where}: {judged.replace('_', ' ')}")
        if one.disagreements:
            typer.echo(f"  raters differ on {', '.join(one.disagreements)}")
    typer.echo("no fault found")


@appraise.command()
def plot(
    table: Table,
    out: Annotated[Path, typer.Option(help="SVG file to write.")],
    tool: Annotated[
        str | None, typer.Option(help="The tool to draw; needed where the table holds several.")
    ] = None,
    kind: Annotated[str, typer.Option(help="traffic or summary.")] = "traffic",
    folder: Folder = None,
) -> None:
    """Draw the appraisals of one tool: a light for each study and domain, or shares by domain."""
    from hilum.cli.writing import write
    from hilum.errors import Fault, InputError
    from hilum.evidence import read_evidence
    from hilum.evidence.appraisal import read_appraisals
    from hilum.evidence.appraisal import tools as known

    if kind not in ("traffic", "summary"):
        raise InputError(Fault("--kind", None, "kind", kind, "traffic or summary"))
    if out.suffix.lower() != ".svg":
        raise InputError(Fault("--out", None, "out", out.name, "a file name that ends in .svg"))
    record = read_evidence(folder)
    found = read_appraisals(table, record).all
    present = sorted({one.tool for one in found})
    if not present:
        raise InputError(Fault(table.name, None, "table", "", "at least one line with an answer"))
    if tool is None and len(present) > 1:
        raise InputError(
            Fault("--tool", None, "tool", "", phrased("one of {known}", known=", ".join(present)))
        )
    chosen = tool or present[0]
    if chosen not in present:
        raise InputError(
            Fault(
                "--tool", None, "tool", chosen, phrased("one of {known}", known=", ".join(present))
            )
        )
    rows = [one for one in found if one.tool == chosen]
    names = {study.study_id: study.name for study in record.studies}
    form = known()[chosen]
    asked = {
        one.study: {q.id for q in form.asked_of(record.study[one.study].design)} for one in rows
    }
    write(_drawn(form, rows, names, asked, kind).encode(), out)
    typer.echo(f"Written: {out}")


def _drawn(
    tool: Tool,
    found: list[Appraisal],
    names: dict[str, str],
    asked: dict[str, set[str]],
    kind: str,
) -> str:
    from hilum.plots import AppraisedStudy, appraisal_summary_svg, traffic_light_svg

    if tool.judged_by_domain:
        columns = [(domain.id, domain.name) for domain in tool.domains]
        legend = [(_light(one), one.replace("_", " ")) for one in tool.judgements]
        legend.append(("missing", "not judged"))
    else:
        columns = [(item.id, item.text) for item in tool.items.values()]
        legend = [(ANSWER_LIGHTS[code], words) for code, words in tool.answers.items()]
        if tool.key == "jbi_case_series":
            legend.append(("some", "some concerns (overall)"))
        else:
            legend.append(("not_applicable", "not asked of this design"))
        legend.append(("missing", "not answered"))
    columns.append(("All", "overall" if tool.judged_by_domain else "overall (hilum's convention)"))

    def lights(one: Appraisal) -> tuple[str, ...]:
        if tool.judged_by_domain:
            marks = [_light(one.domains.get(domain.id)) for domain in tool.domains]
        else:
            marks = [
                ANSWER_LIGHTS[one.answers.get(item, "" if item in asked[one.study] else "na")]
                for item in tool.items
            ]
        return (*marks, _light(one.judgement))

    title = f"{tool.name}: {len(found)} appraisals"
    if kind == "traffic":
        rows = [
            AppraisedStudy(
                names[one.study] + (f" ({one.outcome.replace('_', ' ')})" if one.outcome else ""),
                lights(one),
            )
            for one in found
        ]
        return traffic_light_svg(rows, columns, title=title, legend=legend)
    marks = [lights(one) for one in found]
    shares: list[tuple[str, dict[str, float]]] = []
    for place, (_, name) in enumerate(columns):
        column = [row[place] for row in marks]
        shares.append((name, {light: column.count(light) / len(column) for light in set(column)}))
    if not tool.judged_by_domain:
        # The overall column speaks in other words than the answers: it keeps to the traffic plot.
        shares = shares[:-1]
    return appraisal_summary_svg(shares, title=title, axis="percent of appraisals", legend=legend)


def _light(judgement: str | None) -> str:
    if judgement is None:
        return "missing"
    return {"some_concerns": "some", "no_information": "unknown"}.get(judgement, judgement)


ANSWER_LIGHTS = {
    "yes": "low",
    "no": "high",
    "unclear": "unknown",
    "na": "not_applicable",
    "2": "low",
    "1": "some",
    "0": "high",
    "": "missing",
}
