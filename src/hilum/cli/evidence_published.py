"""``hilum evidence published``: the cells held against published syntheses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from hilum.answers.published import Held


def published(
    folder: Annotated[
        Path | None,
        typer.Option("--evidence", help="Folder of evidence tables instead of the shipped ones."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(help="Folder with published.csv and published_reasons.csv; else shipped."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The comparisons as JSON.")] = False,
) -> None:
    """Hold every cell against published syntheses; exit 1 where one differs without a reason."""
    from hilum.answers.published import held_against_published
    from hilum.evidence import read_evidence

    held = held_against_published(read_evidence(folder), table)
    silent = [one for one in held if not one.touches and one.reason is None]
    touching = sum(one.touches for one in held)
    if as_json:
        whole = {
            "compared": len(held),
            "touching": touching,
            "without_reason": len(silent),
            "comparisons": [_plain(one) for one in held],
        }
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        for one in held:
            typer.echo(_line(one))
        share = f"{100 * touching / len(held):.0f} %" if held else "none"
        typer.echo(f"{touching} of {len(held)} touch ({share}); {len(silent)} without a reason")
    raise typer.Exit(1 if silent else 0)


def _line(one: Held) -> str:
    from hilum.answers.published import CODES

    theirs = one.published
    time = f" at {theirs.time_months:g} months" if theirs.time_months else ""
    ours = "no cell"
    if one.cell is not None:
        form, k = one.cell.form, one.cell.k
        ours = f"{form}, k = {k}"
        if one.ours is not None:
            low, high = (one.cell.text(end) for end in one.ours)
            ours = f"{low}-{high} ({form}, k = {k})"
    text = (
        f"{theirs.published_id} {'touches' if one.touches else 'DIFFERS'} "
        f"{theirs.treatment} {theirs.outcome}{time}, {theirs.site}: "
        f"published {theirs.value} ({theirs.ends[0]:g}-{theirs.ends[1]:g}), cell {ours}"
    )
    if one.touches:
        return text
    if one.reason is None:
        return f"{text}\n    no reason given"
    by = f"reviewed by {one.reason.reviewed_by}" if one.reason.reviewed_by else "drafted"
    return f"{text}\n    {CODES[one.reason.code]} ({by}): {one.reason.note}"


def _plain(one: Held) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "published": asdict(one.published),
        "form": one.cell.form if one.cell else None,
        "k": one.cell.k if one.cell else None,
        "value": one.cell.value if one.cell else None,
        "ours": one.ours,
        "touches": one.touches,
        "reason": asdict(one.reason) if one.reason else None,
    }
