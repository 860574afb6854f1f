"""Response and disease control from the parts that an arm prints, where it prints neither."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from hilum.evidence.codes import UnitOfN
from hilum.evidence.vocabulary import FigureKind, Measure, Outcome, response_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.evidence import Result

COMPLETE, PARTIAL, STABLE, RESPONSE, CONTROL = map(
    response_part, ("complete", "partial", "stable", "response", "control")
)
PARTS = frozenset([COMPLETE, PARTIAL, STABLE, RESPONSE, CONTROL])


def with_derived(results: Iterable[Result]) -> list[Result]:
    """The figures and, after them, those that follow from printed parts, marked as derived.

    CR + PR give the response, PR alone counts as the response, response + SD give disease
    control; always of the same patients, by the same criteria.
    """
    rows = list(results)
    printed = {
        (row.study_id, row.arm_id, row.subgroup, row.outcome)
        for row in rows
        if row.measure is Measure.PROPORTION
    }
    groups: dict[tuple[object, ...], dict[Outcome, Result]] = defaultdict(dict)
    for row in rows:
        if _is_part(row):
            who = (row.study_id, row.arm_id, row.subgroup, row.criteria, row.n)
            groups[who].setdefault(row.outcome, row)
    for got in groups.values():
        for made in _derive(got):
            key = (made.study_id, made.arm_id, made.subgroup, made.outcome)
            if key not in printed:
                printed.add(key)
                rows.append(made)
    return rows


def _is_part(row: Result) -> bool:
    return (
        row.outcome in PARTS
        and row.figure_kind is FigureKind.ESTIMATE
        and row.measure is Measure.PROPORTION
        and row.comparator_arm_id is None
        and row.events is not None
        and row.n is not None
        and row.unit_of_n is UnitOfN.PATIENTS
    )


def _derive(got: dict[Outcome, Result]) -> Iterable[Result]:
    events = {outcome: row.events or 0 for outcome, row in got.items()}
    best = events.get(PARTIAL, 0) + events.get(COMPLETE, 0)
    if PARTIAL in got:
        how = "CR + PR" if COMPLETE in got else "PR only (CR not printed)"
        yield from _made(got[PARTIAL], RESPONSE, best, how)
    if STABLE in got and (PARTIAL in got or RESPONSE in got):
        model = got.get(PARTIAL) or got[STABLE]
        control = events.get(RESPONSE, best) + events[STABLE]
        yield from _made(model, CONTROL, control, "response + SD")


def _made(model: Result, outcome: Outcome, events: int, how: str) -> Iterable[Result]:
    if model.n is None or events > model.n:
        return
    yield model.model_copy(
        update={
            "outcome": outcome,
            "events": events,
            "value": round(100 * events / model.n, 1),
            "ci_low": None,
            "ci_high": None,
            "derived": how,
            "notes": None,
        }
    )
