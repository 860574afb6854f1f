"""What ``hilum literature decide`` and ``fulltext`` are both told, and what both say at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hilum.language import Words

Folder = Annotated[Path, typer.Argument(help="Folder of the review.")]
Record = Annotated[str, typer.Argument(help="The record's id.")]
Reviewer = Annotated[str, typer.Option(help="Who decides: initials or a name.")]
Resolve = Annotated[
    bool, typer.Option("--resolve", help="Decide where two others disagree, as a third.")
]
Consensus = Annotated[
    bool, typer.Option("--consensus", help="Write down what those who disagree agreed on.")
]
Reviewers = Annotated[
    int, typer.Option(help="Reviewers who have to agree on a record.", min=1, max=9)
]
Earlier = Annotated[
    Path | None,
    typer.Option(help="Folder of the last round, where the review is an update of it."),
]


def say(
    record: str,
    decision: str,
    reviewer: str,
    words: Words,
    *,
    kind: str,
    before: tuple[tuple[str, ...], bool],
) -> None:
    """Who decided what, by consensus or alone, and what was decided before."""
    from hilum.rendering.screening import further_lines

    facts = {"record": record, "decision": decision, "reviewer": reviewer}
    if kind == "consensus":
        typer.echo(words("{record}: {decision} by consensus, noted by {reviewer}", **facts))
    else:
        typer.echo(words("{record}: {decision} by {reviewer}", **facts))
    for line in further_lines(record, *before, words):
        typer.echo(line)
