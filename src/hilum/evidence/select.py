"""Choosing the figures that answer a question, one a patient group; the others say why not."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hilum.evidence.question import LeftOut, Question, Selection
from hilum.evidence.vocabulary import OUTCOMES, Design, FigureKind, Measure, named_at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from hilum.evidence.records import Evidence, Result


def select(evidence: Evidence, question: Question) -> Selection:
    """Rows that answer a question, in table order; every other touching row with its reason.

    One figure an arm and one study a cohort enter. Within an arm the figure by the best-defined
    criteria is kept (see :func:`preference`); within a cohort the study with most patients in
    the figure, then the newest, then the first id. The order of the tables never matters.
    """
    candidates: list[Result] = []
    left_out: list[LeftOut] = []
    for result in evidence.by_outcome.get(question.outcome, ()):
        if not touches(evidence, question, result):
            continue
        reason = _unfit(evidence, question, result)
        if reason is None:
            candidates.append(result)
        else:
            left_out.append(LeftOut(result, reason))
    kept, repeats = _one_per_arm(candidates)
    rows, overlaps = one_per_cohort(evidence, kept)
    order = sorted(left_out + repeats + overlaps, key=lambda item: item.result.row)
    return Selection(question, tuple(sorted(rows, key=lambda row: row.row)), tuple(order))


def _has_positive_interval(result: Result) -> bool:
    """Both ends known and above 0, as the log scale needs (some papers print a lower end of 0)."""
    return bool(result.ci_low) and result.ci_high is not None


def touches(evidence: Evidence, question: Question, result: Result) -> bool:
    """Whether a row is of the question's treatment, population, measure and time."""
    study = evidence.study[result.study_id]
    if result.measure is not question.measure or study.population is not question.population:
        return False
    if question.time_months is not None and result.time_months != question.time_months:
        return False
    if result.comparator_arm_id is not None:
        return False
    if not question.modalities:
        return True
    modality = evidence.arm[result.study_id, result.arm_id].modality
    wanted = set(question.modalities)
    if wanted & set(modality.split("+")):
        return True
    return bool(wanted & set(named_at_once(modality)))


def _unfit(evidence: Evidence, question: Question, result: Result) -> str | None:
    """The first reason that keeps a row out of a pooled answer, or ``None``."""
    reason = unfit_row(evidence, question, result)
    return reason or _unfit_number(question, result, result.derived or "")


def unfit_row(evidence: Evidence, question: Question, result: Result) -> str | None:
    """The same of what the row is about, whatever its numbers."""
    modality = evidence.arm[result.study_id, result.arm_id].modality
    checks = (
        ("not_estimate", result.figure_kind is not FigureKind.ESTIMATE),
        ("combination", bool(question.modalities) and "+" in modality),
        ("not_separable", bool(named_at_once(modality)) and modality not in question.modalities),
        ("subgroup", result.subgroup is not None),
        (
            "pooled_analysis",
            evidence.study[result.study_id].design is Design.POOLED_ANALYSIS
            and bool(question.modalities),
        ),
        ("no_value", result.value is None and result.events is None),
    )
    for reason, holds in checks:
        if holds:
            return reason
    return None


def _unfit_number(question: Question, result: Result, derived: str) -> str | None:
    if question.measure is Measure.MEDIAN_MONTHS:
        if result.value is None:
            return "no_value"
        return None if _has_positive_interval(result) else "no_interval"
    if result.n is None:
        return "no_denominator"
    if question.measure is Measure.PROPORTION and result.events is None:
        return "no_denominator"
    if "assumed" in derived:
        return "denominator_assumed"
    if derived and not question.include_derived:
        return "derived"
    return None


def preference(result: Result) -> tuple[object, ...]:
    """Sort key: the figure of an arm that speaks for it comes first.

    Complications: the widest definition, hence most events, since any one toxicity is a part of
    it. Responses: named RECIST before other named criteria before none stated. Then most
    patients, then a reading that does not depend on the table's order.
    """
    criteria = (result.criteria or "").lower()
    if OUTCOMES[result.outcome].counts_any_severity:
        first = -(result.events or 0)
    elif criteria.startswith("recist"):
        first = 0
    else:
        first = 1 if criteria else 2
    return (
        first,
        -(result.n or 0),
        criteria,
        result.value or 0.0,
        result.locator or "",
        result.source,
    )


def _one_per_arm(rows: Iterable[Result]) -> tuple[list[Result], list[LeftOut]]:
    return preferred(rows, lambda row: (row.study_id, row.arm_id, row.comparator_arm_id))


def preferred(
    rows: Iterable[Result], key: Callable[[Result], Hashable]
) -> tuple[list[Result], list[LeftOut]]:
    """The first by :func:`preference` of the rows of each key; the others repeat its patients."""
    groups: dict[Hashable, list[Result]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    kept: list[Result] = []
    repeats: list[LeftOut] = []
    for group in groups.values():
        first, *others = sorted(group, key=preference)
        kept.append(first)
        repeats += [LeftOut(other, "same_arm", first.label) for other in others]
    return kept, repeats


def one_per_cohort(
    evidence: Evidence, rows: Iterable[Result]
) -> tuple[list[Result], list[LeftOut]]:
    """Rows of one study a cohort: most patients, then the newest, then the first id."""
    groups: dict[str, dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        cohort = evidence.study[row.study_id].cohort_of or row.study_id
        groups[cohort][row.study_id].append(row)
    kept: list[Result] = []
    overlaps: list[LeftOut] = []
    for studies in groups.values():
        best = min(
            studies,
            key=lambda name: (
                -sum(row.n or 0 for row in studies[name]),
                -(evidence.study[name].year or 0),
                name,
            ),
        )
        kept += studies[best]
        overlaps += [
            LeftOut(row, "same_cohort", best)
            for name, group in studies.items()
            if name != best
            for row in group
        ]
    return kept, overlaps
