"""Which cells, curves and comparisons a study's figures stand in, and why not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from hilum.analyses.evidence_study import Kind, StudyFigures, Unused, Use
from hilum.answers import index, treatments
from hilum.answers.contrasts import RATIOS
from hilum.answers.derived import CONTROL, PARTS, RESPONSE
from hilum.answers.fits import given
from hilum.answers.patient import treatment_cells
from hilum.answers.select import BESIDE
from hilum.answers.survival import survival_curves
from hilum.evidence.vocabulary import OUTCOMES, OVERALL_SURVIVAL
from hilum.sheet.comparisons_part import compared_by_ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hilum.answers import Cell, Index, Item, LeftOut
    from hilum.evidence import Evidence, Result
    from hilum.sheet.sheet_cells import AskedPart

Found = tuple[str, Use]
"""A figure's id and where it stands."""


def uses_of(record: Evidence, study: str, patient: AskedPart) -> tuple[StudyFigures, ...]:
    """Every figure of a study with its places, in the order of the table."""
    found: dict[str, list[Use]] = defaultdict(list)
    for name in _treatments(record, study):
        for result, use in (
            *_in_cells(index(record), name, study, patient),
            *_in_curves(index(record), name, study, patient),
        ):
            found[result].append(use)
    for result, use in _in_comparisons(record, study, patient):
        found[result].append(use)
    rows = [row for row in record.results if row.study_id == study]
    for row in rows:
        found[row.result_id] = [_own(use, row) for use in found[row.result_id]]
    sums = {_patients(row) for row in rows if any(map(_of_sum, found[row.result_id]))}
    return tuple(
        StudyFigures(
            result=row,
            uses=tuple(dict.fromkeys(found[row.result_id])),
            unused=None if found[row.result_id] else _unused(record, row, sums),
        )
        for row in rows
    )


def _own(use: Use, row: Result) -> Use:
    """What the table itself says of its figure is no news of the cell's."""
    return replace(use, derived=None) if use.derived == row.derived else use


def _patients(row: Result) -> tuple[object, ...]:
    """Whose parts of response may be added up."""
    return row.arm_id, row.subgroup, row.criteria, row.n


def _of_sum(use: Use) -> bool:
    """Whether a cell has a sum of printed parts in place of the printed figure."""
    return use.derived is not None and use.outcome in (RESPONSE, CONTROL)


def _treatments(record: Evidence, study: str) -> list[str]:
    """Treatments that an arm of the study is about."""
    parts = {part for arm in record.arms if arm.study_id == study for part in given(arm)}
    return [name for name, one in treatments().items() if parts & set(one.modalities)]


def _in_cells(found: Index, name: str, study: str, patient: AskedPart) -> Iterator[Found]:
    cells = treatment_cells(found, name, patient.site, patient.grade, patient.line)
    for key, cell in cells.items():
        for item in _inside(cell):
            if item.study_id == study:
                yield _use(item, "cell", name, key)
        for left in cell.left_out:
            if left.item.study_id == study:
                yield _left(left, "cell", name, key)


def _inside(cell: Cell) -> Iterable[Item]:
    """Figures of the cell's own outcome and time; a curve's others are told of the curve."""
    survival = cell.question.asked.outcome is OVERALL_SURVIVAL
    studies = cell.here if survival else cell.studies
    return (item for one in studies for item in one.items)


def _in_curves(found: Index, name: str, study: str, patient: AskedPart) -> Iterator[Found]:
    for one in survival_curves(found, name, patient.site, patient.grade, patient.line):
        used = set(one.curve.used) if one.curve else set[str]()
        why = dict(one.curve.unused) if one.curve else {}
        for item in one.reports:
            if item.study_id != study:
                continue
            result = item.row.result_id
            reason = None if result in used else why.get(result, "no_n")
            yield _use(item, "curve", name, str(OVERALL_SURVIVAL), one.selection, reason)
        for left in one.left_out:
            if left.item.study_id == study:
                yield _left(left, "curve", name, str(OVERALL_SURVIVAL), one.selection)


def _use(
    item: Item,
    kind: Kind,
    name: str,
    outcome: str,
    selection: str | None = None,
    reason: str | None = None,
) -> Found:
    return item.row.result_id, Use(
        kind=kind,
        treatment=name,
        comparator=None,
        outcome=outcome,
        selection=selection,
        state="in" if reason is None else "left_out",
        reason=reason,
        kept=None,
        derived=item.row.derived,
    )


def _left(
    left: LeftOut, kind: Kind, name: str, outcome: str, selection: str | None = None
) -> Found:
    detailed = left.reason in ("special", "criteria") and left.detail
    beside = left.reason in BESIDE and left.item.value is not None
    return left.item.row.result_id, Use(
        kind=kind,
        treatment=name,
        comparator=None,
        outcome=outcome,
        selection=selection,
        state="beside" if beside else "left_out",
        reason=f"{left.reason}:{left.detail}" if detailed else left.reason,
        kept=None if detailed else left.detail,
        derived=left.item.row.derived,
    )


def _in_comparisons(record: Evidence, study: str, patient: AskedPart) -> Iterator[Found]:
    for one in compared_by_ratio(record, patient):
        for trial in one.trials:
            if trial.study_id == study:
                yield (
                    trial.result_id,
                    Use(
                        kind="comparison",
                        treatment=one.treatment,
                        comparator=one.comparator,
                        outcome=one.outcome,
                        selection=None,
                        state="in" if trial.left_out is None else "left_out",
                        reason=trial.left_out,
                        kept=None,
                        derived=None,
                    ),
                )


def _unused(record: Evidence, row: Result, sums: set[tuple[object, ...]]) -> Unused:
    """Why a figure stands nowhere, the first reason that holds."""
    if row.comparator_arm_id is not None:
        compared = row.measure in RATIOS and OUTCOMES[row.outcome].compared
        return "same_treatment" if compared else "not_compared"
    known = {part for one in treatments().values() for part in one.modalities}
    if not known & set(given(record.arm[row.study_id, row.arm_id])):
        return "no_treatment"
    return "part_of_sum" if row.outcome in PARTS and _patients(row) in sums else "no_cell"
