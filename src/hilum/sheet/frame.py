"""The epidemiology that frames a sheet: any cohort, whatever its patients were given."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hilum.answers.kept_pools import shares
from hilum.errors import NotConverged
from hilum.evidence import FigureKind, LeftOut, Measure, Population, named_at_once
from hilum.sheet.answer import figure, share
from hilum.sheet.sheet import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from hilum.answers import Form
    from hilum.evidence import Evidence, Outcome, Result
    from hilum.synthesis import Estimate


def frame(evidence: Evidence, outcome: Outcome) -> Answer:
    """How often an outcome is found, of the population with most studies; the others beside it.

    One figure an arm and one study a cohort enter: most patients, then the newest, then the
    first id. The order of the tables never matters.
    """
    each = [_answer(evidence, outcome, population) for population in Population]
    main = max(each, key=lambda one: (one.k, len(one.left_out)))
    others = [one for one in each if one is not main and (one.k or one.left_out)]
    return main.model_copy(update={"other_populations": others})


def _answer(evidence: Evidence, outcome: Outcome, population: Population) -> Answer:
    """Pooled, single or empty answer of one population."""
    rows, left = _chosen(evidence, outcome, population)
    estimate = _pool(rows)
    form: Form = "pooled" if len(rows) > 1 else "single" if rows else "none"
    if rows and estimate is None:
        form = "range"
    values = [value for row in rows if (value := share(row)) is not None]
    shown = [one.result for one in left if one.reason == "no_denominator"]
    reported = [value for row in (*rows, *shown) if (value := share(row)) is not None]
    counted = [row.n for row in rows if row.n is not None]
    return Answer(
        outcome=outcome,
        measure=Measure.PROPORTION,
        time_months=None,
        unit="proportion",
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
        reported_range=(min(reported), max(reported)) if reported else None,
        method=estimate.method if estimate else None,
        population=population,
        designs=sorted({evidence.study[row.study_id].design for row in rows}),
        criteria=sorted({row.criteria or "" for row in rows}),
        studies=[figure(evidence, row) for row in rows],
        left_out=[figure(evidence, one.result, one) for one in left],
        other_populations=[],
    )


def _chosen(
    evidence: Evidence, outcome: Outcome, population: Population
) -> tuple[list[Result], list[LeftOut]]:
    """Figures in the order of their table; every other one with its reason."""
    fit: list[Result] = []
    left: list[LeftOut] = []
    for row in evidence.by_outcome.get(outcome, ()):
        if not _touches(evidence, row, population):
            continue
        reason = _unfit(evidence, row)
        if reason is None:
            fit.append(row)
        else:
            left.append(LeftOut(row, reason))
    kept, repeats = _first_of_each(fit, lambda row: (row.study_id, row.arm_id))
    rows, overlaps = _one_per_cohort(evidence, kept)
    left = sorted(left + repeats + overlaps, key=lambda one: one.result.row)
    return sorted(rows, key=lambda row: row.row), left


def _touches(evidence: Evidence, row: Result, population: Population) -> bool:
    """Whether it is a share of an arm of that population."""
    return (
        row.measure is Measure.PROPORTION
        and evidence.study[row.study_id].population is population
        and row.comparator_arm_id is None
    )


def _unfit(evidence: Evidence, row: Result) -> str | None:
    """The first reason that keeps a figure out of a pooled answer, or ``None``."""
    modality = evidence.arm[row.study_id, row.arm_id].modality
    checks = (
        ("not_estimate", row.figure_kind is not FigureKind.ESTIMATE),
        ("not_separable", bool(named_at_once(modality))),
        ("subgroup", row.subgroup is not None),
        ("no_value", row.value is None and row.events is None),
        ("no_denominator", row.n is None or row.events is None),
    )
    return next((reason for reason, holds in checks if holds), None)


def _first_of_each(
    rows: Iterable[Result], key: Callable[[Result], Hashable]
) -> tuple[list[Result], list[LeftOut]]:
    """The first by :func:`_preference` of the rows of each key; the others repeat its patients."""
    groups: dict[Hashable, list[Result]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    kept: list[Result] = []
    repeats: list[LeftOut] = []
    for group in groups.values():
        first, *others = sorted(group, key=_preference)
        kept.append(first)
        repeats += [LeftOut(other, "same_arm", first.label) for other in others]
    return kept, repeats


def _preference(row: Result) -> tuple[object, ...]:
    """Sort key: criteria stated, then most patients, then what no order of the table changes."""
    criteria = (row.criteria or "").lower()
    return (
        not criteria,
        -(row.n or 0),
        criteria,
        row.value or 0.0,
        row.locator or "",
        row.source,
    )


def _one_per_cohort(
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

        def order(name: str, studies: dict[str, list[Result]] = studies) -> tuple[int, int, str]:
            patients = sum(row.n or 0 for row in studies[name])
            return -patients, -(evidence.study[name].year or 0), name

        best = min(studies, key=order)
        kept += studies[best]
        others = [row for name, group in studies.items() if name != best for row in group]
        overlaps += [LeftOut(row, "same_cohort", best) for row in others]
    return kept, overlaps


def _pool(rows: Sequence[Result]) -> Estimate | None:
    """Estimate of the rows, or ``None`` where they do not determine one."""
    if not rows:
        return None
    labels = tuple(row.label for row in rows)
    try:
        return shares(
            tuple(row.events or 0 for row in rows), tuple(row.n or 0 for row in rows), labels
        )
    except NotConverged:
        return None
