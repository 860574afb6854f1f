"""Answering one question: choosing the rows, pooling them, keeping every figure traceable.

The one place where selected rows become arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.answers import Form, outcomes
from hilum.errors import NotConverged
from hilum.evidence import (
    LeftOut,
    Measure,
    Outcome,
    Population,
    Question,
    Selection,
    select,
)
from hilum.evidence.records import source_link
from hilum.sheet.sheet import Answer, StudyFigure, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.evidence import Evidence, Result
    from hilum.synthesis import Estimate

# Order in which a population answers when an earlier one has no study: nearest to the patient.
POPULATIONS = (Population.NETLM, Population.MIXED_NET, Population.MIXED_LIVER_METASTASES)
# Reasons that keep a study's own whole-arm figure out of pooling, not out of sight.
UNPOOLABLE = ("no_interval", "no_denominator", "denominator_assumed", "derived")

OUTCOMES: dict[str, tuple[Outcome, Measure, float | None]] = {
    key: (one.outcome, one.measure, one.time_months) for key, one in outcomes().items()
}
"""The outcomes of the sheet, by their key in its JSON."""


def beside(main: Answer, each: Sequence[Answer]) -> Answer:
    """One population's answer with those of the other populations that hold a figure."""
    others = [one for one in each if one is not main and (one.k or one.left_out)]
    return main.model_copy(update={"other_populations": others})


def answer_question(evidence: Evidence, question: Question) -> Answer:
    """Pooled, single or empty answer to exactly one question."""
    return answer_selection(evidence, select(evidence, question))


def answer_selection(evidence: Evidence, selection: Selection) -> Answer:
    """Answer of a selection, with every figure in it and beside it."""
    question, rows = selection.question, selection.rows
    unit: Unit = "months" if question.measure is Measure.MEDIAN_MONTHS else "proportion"
    estimate = _pool(rows, question.measure) if rows else None
    form: Form = "pooled" if len(rows) > 1 else "single" if rows else "none"
    if rows and estimate is None:
        form = "range"
    values = [value for row in rows if (value := _value(row)) is not None]
    counted = [row.n for row in rows if row.n is not None]
    return Answer(
        outcome=question.outcome,
        measure=question.measure,
        time_months=question.time_months,
        unit=unit,
        form=form,
        value=estimate.value if estimate else None,
        ci=estimate.ci if estimate else None,
        prediction=estimate.prediction if estimate else None,
        tau2=estimate.tau2 if estimate else None,
        i2=estimate.i2 if estimate and len(rows) > 1 else None,
        k=len(rows),
        k_with_n=len(rows),
        n=sum(counted) if counted else None,
        range=(min(values), max(values)) if values else None,
        reported_range=_reported_range(selection),
        method=estimate.method if estimate else None,
        population=question.population,
        designs=sorted({evidence.study[row.study_id].design for row in rows}),
        criteria=sorted({row.criteria or "" for row in rows}),
        studies=[_figure(evidence, row) for row in rows],
        left_out=[_figure(evidence, item.result, item) for item in selection.left_out],
        other_populations=[],
    )


def figures(evidence: Evidence, selection: Sequence[Result]) -> list[StudyFigure]:
    """Figures shown as they were reported, not pooled."""
    return [_figure(evidence, row) for row in selection]


def _pool(rows: Sequence[Result], measure: Measure) -> Estimate | None:
    """Estimate of the rows, or ``None`` where they do not determine one."""
    from hilum.synthesis import binomial_normal, pool_medians

    labels = [row.label for row in rows]
    if measure is Measure.MEDIAN_MONTHS:
        return pool_medians(
            [row.value or 0.0 for row in rows],
            [row.ci_low or 0.0 for row in rows],
            [row.ci_high or 0.0 for row in rows],
            labels,
        )
    try:
        return binomial_normal(
            [events_of(row) for row in rows], [row.n or 0 for row in rows], labels
        )
    except NotConverged:
        return None


def events_of(row: Result) -> int:
    """Events of a proportion; of a rate, the survivors that n patients and the rate imply.

    A rate read as survivors / n takes censored patients as followed: its interval is too narrow,
    which the sheet says beside every pooled rate.
    """
    if row.measure is Measure.RATE_AT:
        return round((row.value or 0.0) * (row.n or 0) / 100)
    return row.events or 0


def _value(row: Result) -> float | None:
    if row.measure is Measure.PROPORTION and row.events is not None and row.n:
        return row.events / row.n
    if row.value is None:
        return None
    return row.value / 100 if row.measure in (Measure.PROPORTION, Measure.RATE_AT) else row.value


def _reported_range(selection: Selection) -> tuple[float, float] | None:
    shown = [item.result for item in selection.left_out if item.reason in UNPOOLABLE]
    values = [value for row in (*selection.rows, *shown) if (value := _value(row)) is not None]
    return (min(values), max(values)) if values else None


def _figure(evidence: Evidence, row: Result, left: LeftOut | None = None) -> StudyFigure:
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
        value=_value(row),
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
