"""The cells held against published syntheses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option
from hilum.analyses.summary import FOLDER
from hilum.answers.published import Published, Reason
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.answers.published import Held
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class PublishedAsked:
    """Which tables, and which published figures."""

    evidence: Annotated[Path | None, Option(FOLDER)] = None
    table: Annotated[
        Path | None,
        Option("Folder with published.csv and published_reasons.csv; else shipped."),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAgainst:
    """A published figure and its cell (percent or months); ``n`` are the cell's patients."""

    published: Published
    form: str | None
    k: int | None
    value: float | None
    ours: tuple[float, float] | None
    touches: bool
    reason: Reason | None
    months: bool
    n: int


@dataclass(frozen=True, kw_only=True)
class PublishedAnswered:
    """Every comparison, and how many touch or differ without a reason."""

    compared: int
    touching: int
    without_reason: int
    comparisons: tuple[HeldAgainst, ...]
    asked: PublishedAsked


def run(asked: PublishedAsked, watch: Watch = SILENT) -> PublishedAnswered:
    """Hold every cell against published syntheses.

    Raises
    ------
    InputError
        With every fault of the tables.
    Stopped
        When the watch says so.
    """
    from hilum.answers.published import held_against_published
    from hilum.evidence import read_evidence

    watch.stage("evidence", 1)
    record = read_evidence(asked.evidence)
    watch.done()
    held = held_against_published(record, asked.table, watch)
    return PublishedAnswered(
        compared=len(held),
        touching=sum(one.touches for one in held),
        without_reason=sum(not one.touches and one.reason is None for one in held),
        comparisons=tuple(_held(one) for one in held),
        asked=asked,
    )


def _held(one: Held) -> HeldAgainst:
    cell = one.cell
    return HeldAgainst(
        published=one.published,
        form=None if cell is None else cell.form,
        k=None if cell is None else cell.k,
        value=None if cell is None else cell.value,
        ours=one.ours,
        touches=one.touches,
        reason=one.reason,
        months=cell is not None and cell.months,
        n=0 if cell is None else cell.n,
    )
