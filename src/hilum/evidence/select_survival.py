"""Choosing every figure of an arm's survival at once: its rates and its median together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.evidence.question import LeftOut, Question, Selection
from hilum.evidence.select import one_per_cohort, preferred, touches, unfit_row
from hilum.evidence.vocabulary import Measure, Outcome, Population

if TYPE_CHECKING:
    from hilum.evidence.records import Evidence, Result

MEASURES = (Measure.RATE_AT, Measure.MEDIAN_MONTHS)


def select_survival(
    evidence: Evidence,
    modalities: tuple[str, ...],
    outcome: Outcome,
    population: Population,
    *,
    include_derived: bool = True,
) -> Selection:
    """Rates and medians of the arms of one treatment; every other touching row with its reason.

    The rules are those of :func:`hilum.evidence.select.select` with one difference: an arm gives
    all its times, so that a figure repeats another only at the same time, and a median needs an
    interval *or* a number of patients. One study a cohort enters: that with most patients (its
    arms' largest numbers added up), then the newest, then the first id. The selection's question
    names the rate at no time.
    """
    candidates: list[Result] = []
    left_out: list[LeftOut] = []
    for result in evidence.by_outcome.get(outcome, ()):
        if result.measure not in MEASURES:
            continue
        asked = Question(
            modalities, outcome, result.measure, population, result.time_months, include_derived
        )
        if not touches(evidence, asked, result):
            continue
        reason = unfit_row(evidence, asked, result) or _unfit(result, include_derived)
        if reason is None:
            candidates.append(result)
        else:
            left_out.append(LeftOut(result, reason))
    kept, repeats = _one_per_time(candidates)
    rows, overlaps = _one_study_per_cohort(evidence, kept)
    order = sorted(left_out + repeats + overlaps, key=lambda item: item.result.row)
    question = Question(modalities, outcome, Measure.RATE_AT, population, None, include_derived)
    return Selection(question, tuple(sorted(rows, key=lambda row: row.row)), tuple(order))


def _unfit(result: Result, include_derived: bool) -> str | None:
    if result.value is None:
        return "no_value"
    if result.measure is Measure.RATE_AT and result.time_months is None:
        return "no_value"
    bounds = (result.ci_low, result.ci_high)
    interval = any(end is not None and end > 0 for end in bounds)
    if result.n is None and not interval:
        return "no_denominator"
    derived = result.derived or ""
    if "assumed" in derived:
        return "denominator_assumed"
    if derived and not include_derived and result.measure is Measure.RATE_AT:
        return "derived"
    return None


def _one_per_time(rows: list[Result]) -> tuple[list[Result], list[LeftOut]]:
    return preferred(
        rows,
        lambda row: (
            row.study_id,
            row.arm_id,
            row.measure,
            row.time_months if row.measure is Measure.RATE_AT else None,
        ),
    )


def _one_study_per_cohort(
    evidence: Evidence, rows: list[Result]
) -> tuple[list[Result], list[LeftOut]]:
    """As for one figure an arm, each arm standing for its largest number of patients."""
    arms: dict[tuple[str, str], Result] = {}
    for row in sorted(rows, key=lambda row: (row.n or 0, -row.row)):
        arms[row.study_id, row.arm_id] = row
    kept, overlaps = one_per_cohort(evidence, arms.values())
    studies = {row.study_id for row in kept}
    stands = {item.result.study_id: item.kept for item in overlaps}
    return (
        [row for row in rows if row.study_id in studies],
        [
            LeftOut(row, "same_cohort", stands[row.study_id])
            for row in rows
            if row.study_id not in studies
        ],
    )
