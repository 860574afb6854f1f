"""The same pooling without each of its studies in turn, whatever its model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAnswered
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
    from hilum.analyses.pool import answer_of
    from hilum.analyses.pool_rows import complete_rows
    from hilum.analyses.shaking import refitted
    from hilum.synthesis.models import pooler
    from hilum.synthesis.sensitivity import without_each

    asked = answer.asked
    rows = complete_rows(asked, weighted=pooler(asked.way).weighted)
    fit, _ = answer_of(asked, rows)
    made = refitted(asked, rows, fit, without_each(len(rows.lines)), watch)
    return tuple(
        Without(
            row=line,
            label=label,
            figure=one.figure,
            tau2=one.tau2,
            I2=one.I2,
            reason=one.reason,
        )
        for line, label, one in zip(rows.lines, rows.labels, made, strict=True)
    )
