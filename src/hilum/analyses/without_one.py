"""The same pooling without each of its studies in turn, whatever its model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.analyses.pool import run
from hilum.analyses.tables import Table
from hilum.errors import NotConverged, NotEstimable
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAnswered, PoolAsked
    from hilum.analyses.pooled import Limits
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The answer without one study: ``figure`` on the scale that people read, else ``reason``."""

    row: int
    label: str
    figure: Limits | None = None
    tau2: float | None = None
    I2: float | None = None
    reason: str = ""


def without_one(answer: PoolAnswered, watch: Watch = SILENT) -> tuple[Without, ...]:
    """Each study of an answer left out in turn: the model, test and correction stay its own.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    watch.stage("without_one", len(answer.studies))
    found: list[Without] = []
    for one in answer.studies:
        found.append(_left(answer.asked, one.row, one.label))
        watch.done()
    return tuple(found)


def _left(asked: PoolAsked, row: int, label: str) -> Without:
    table = asked.table
    kept = [place for place, line in enumerate(table.lines) if line != row]
    fewer = Table(
        table.file,
        table.header,
        tuple(table.rows[place] for place in kept),
        tuple(table.lines[place] for place in kept),
        table.renamed,
    )
    try:
        again = run(replace(asked, table=fewer, by=None, same_tau2=False, beside=()))
    except (NotEstimable, NotConverged) as error:
        return Without(row=row, label=label, reason=error.sentence)
    return Without(row=row, label=label, figure=again.transformed, tau2=again.tau2, I2=again.I2)
