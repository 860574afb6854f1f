"""The sheet's outcomes, and every figure traceable to where it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers import outcomes
from hilum.evidence import LeftOut, Measure, Outcome
from hilum.evidence.records import source_link
from hilum.sheet.sheet import StudyFigure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.evidence import Evidence, Result

OUTCOMES: dict[str, tuple[Outcome, Measure, float | None]] = {
    key: (one.outcome, one.measure, one.time_months) for key, one in outcomes().items()
}
"""The outcomes of the sheet, by their key in its JSON."""


def figures(evidence: Evidence, selection: Sequence[Result]) -> list[StudyFigure]:
    """Figures shown as they were reported, not pooled."""
    return [figure(evidence, row) for row in selection]


def share(row: Result) -> float | None:
    """Its value, percent as a share; of events where the row has them."""
    if row.measure is Measure.PROPORTION and row.events is not None and row.n:
        return row.events / row.n
    if row.value is None:
        return None
    return row.value / 100 if row.measure in (Measure.PROPORTION, Measure.RATE_AT) else row.value


def figure(evidence: Evidence, row: Result, left: LeftOut | None = None) -> StudyFigure:
    """One figure with where it was read, and why it is left out if it is."""
    study = evidence.study[row.study_id]
    arm = evidence.arm[row.study_id, row.arm_id]
    percent = row.measure in (Measure.PROPORTION, Measure.RATE_AT)
    low, high = row.ci_low, row.ci_high
    if percent:
        low, high = (None if end is None else end / 100 for end in (low, high))
    return StudyFigure(
        study_id=study.study_id,
        name=study.name,
        outcome=row.outcome,
        measure=row.measure,
        time_months=row.time_months,
        arm=arm.description or arm.arm_id,
        modality=arm.modality,
        design=study.design,
        population=study.population,
        year=study.year,
        subgroup=row.subgroup,
        criteria=row.criteria,
        events=row.events,
        n=row.n,
        value=share(row),
        ci=None if low is None and high is None else (low, high),
        locator=row.locator,
        source=row.source,
        link=source_link(row.source) or study.link,
        read_from=study.read_from,
        derived=row.derived,
        verify=study.verify is not None,
        row=row.row,
        result_id=row.result_id,
        left_out=left.reason if left else None,
        kept=left.kept if left else None,
    )
