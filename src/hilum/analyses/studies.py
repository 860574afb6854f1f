"""The rows that were used, as they are shown beside an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hilum.analyses.forms import number
from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.analyses.pool import PoolAnswered
    from hilum.analyses.pool_asked import PoolAsked
    from hilum.analyses.pool_rows import Rows
    from hilum.analyses.tables import Table
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.models import AnyFit

JUDGEMENTS: Final = {
    "": "",
    "low": "low",
    "some": "some",
    "some concerns": "some",
    "moderate": "some",
    "high": "high",
    "serious": "high",
    "critical": "high",
}
"""What a cell of risk of bias may say, and what is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRow:
    """One study of the answer.

    ``row`` is its line in the file; ``yi`` and ``vi`` stand on the measure's own scale, None
    without information; ``weight`` is its percent of the model's weights, where it has such;
    those of a prior of tau stand in :class:`hilum.analyses.pooled.Shown`.
    ``value``, ``low`` and ``high`` are its own effect and interval on the scale that people read,
    ``events`` of ``n`` where it is a proportion, those of the first group where there are two;
    ``events2`` of ``n2`` those of the second. ``corrected``: its effect is of counts that were
    raised, for the sake of empty cells.
    """

    row: int
    label: str
    yi: float | None
    vi: float | None
    weight: float | None
    value: float | None
    low: float | None
    high: float | None
    events: int | None = None
    n: int | None = None
    events2: int | None = None
    n2: int | None = None
    group: str = ""
    bias: str = ""
    source: str = ""
    corrected: bool = False


def as_shown(answer: PoolAnswered) -> PoolAnswered:
    """The answer with the weights of the model that is shown, where they are not metafor's."""
    weights = () if answer.shown is None else answer.shown.weights
    if len(weights) != len(answer.studies):
        return answer
    rows = zip(answer.studies, weights, strict=True)
    return replace(answer, studies=tuple(replace(one, weight=weight) for one, weight in rows))


def study_rows(asked: PoolAsked, rows: Rows, fit: AnyFit | None) -> tuple[StudyRow, ...]:
    """One a row used, in the order of the file.

    Raises
    ------
    InputError
        An absent column, or a word that is no judgement of risk of bias.
    """
    import numpy as np
    from scipy import special

    from hilum.analyses.row_remarks import corrected_rows
    from hilum.synthesis import exact_interval
    from hilum.synthesis.effects import SCALES, back_transform
    from hilum.synthesis.effects import measure as measure_of
    from hilum.synthesis.effects.measures import ONE_GROUP, TWO_GROUPS

    measure = measure_of(asked.measure)
    counted = measure.columns == ONE_GROUP
    z = float(special.ndtri(0.5 + asked.level / 2))
    judged = _judged(asked.table, asked.bias)
    source, group = (_text(asked.table, column) for column in (asked.source, asked.by))
    # A way to pool may weigh something else than the rows.
    weights = _weights(fit)
    if weights is not None and len(weights) != len(rows.lines):
        weights = None
    sized = SCALES[measure.scale].sized
    raised = corrected_rows(asked, rows)
    out: list[StudyRow] = []
    for i, line in enumerate(rows.lines):
        yi, vi = number(rows.yi[i]), number(rows.vi[i])
        ends: tuple[float | None, ...] = (None, None, None)
        events = n = events2 = n2 = None
        if counted:
            events, n = int(rows.values["xi"][i]), int(rows.values["ni"][i])
            ends = (events / n, *exact_interval(events, n, asked.level))
        if measure.columns == TWO_GROUPS:
            events, n, events2, n2 = (int(rows.values[name][i]) for name in TWO_GROUPS)
        if not counted and yi is not None and vi is not None:
            half = z * float(np.sqrt(vi))
            size = rows.values["ni"][i] if sized else None
            ends = tuple(
                number(value)
                for value in back_transform([yi, yi - half, yi + half], measure.code, size)
            )
        out.append(
            StudyRow(
                row=line,
                label=rows.labels[i],
                yi=yi,
                vi=vi,
                weight=None if weights is None else number(weights[i]),
                value=ends[0],
                low=ends[1],
                high=ends[2],
                events=events,
                n=n,
                events2=events2,
                n2=n2,
                group=group.get(line, ""),
                bias=judged.get(line, ""),
                source=source.get(line, ""),
                corrected=raised[i],
            )
        )
    return tuple(out)


def _weights(fit: AnyFit | None) -> Array | None:
    """Percent of each row, where the model has such weights."""
    from hilum.analyses.nested import weights_of
    from hilum.synthesis.henmi_copas import HenmiCopasFit
    from hilum.synthesis.multilevel import MultilevelFit
    from hilum.synthesis.two_stage import Fit

    if isinstance(fit, MultilevelFit):
        return weights_of(fit)
    return fit.weights if isinstance(fit, Fit | HenmiCopasFit) else None


def _text(table: Table, column: str | None) -> dict[int, str]:
    if column is None:
        return {}
    return dict(zip(table.lines, table.text(column), strict=True))


def _judged(table: Table, column: str | None) -> dict[int, str]:
    cells = _text(table, column)
    faults = [
        Fault(table.file, line, column or "", cell, "low, some or high, or empty")
        for line, cell in cells.items()
        if cell.lower() not in JUDGEMENTS
    ]
    if faults:
        raise InputError(*faults)
    return {line: JUDGEMENTS[cell.lower()] for line, cell in cells.items()}
