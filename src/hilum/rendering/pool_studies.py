"""The rows behind a pooled answer: in a terminal, as CSV, as a workbook."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.studies import as_shown
from hilum.language.columns import padded, width_of
from hilum.rendering.pool import said
from hilum.rendering.pool_look import cells_of
from hilum.rendering.workbooks import workbook
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.pool import PoolAnswered, StudyRow
    from hilum.analyses.without_one import Without
    from hilum.language import Words

HEAD: Final = (
    "row", "label", "events", "n", "events2", "n2", "yi", "vi", "weight", "value", "low", "high",
    "group", "bias", "source",
)  # fmt: skip
WITHOUT: Final = ("without", "without_low", "without_high", "without_tau2")
TITLES: Final = {
    "label": "study",
    "counts": "events/n",
    "figure": "figure",
    "weight": "weight",
    "bias": "risk of bias",
}


def study_lines(answer: PoolAnswered, words: Words, beside: Sequence[str] = ()) -> list[str]:
    """One line a study, in columns: counts, its own figure and interval, weight, risk of bias.

    ``beside`` are columns of the table that stand there too.
    """
    own = cells_of(answer.asked.table, beside)
    rows = [
        {**_cells(one, answer, words), **dict(zip(map(_own, beside), own[one.row], strict=True))}
        for one in as_shown(answer).studies
    ]
    titles = {**{name: words(text) for name, text in TITLES.items()},
              **{_own(name): name for name in beside}}  # fmt: skip
    used = [name for name in titles if any(row[name] for row in rows)]
    head = {name: titles[name] for name in used}
    width = {name: max(width_of(row[name]) for row in [head, *rows]) for name in used}
    return [
        "  " + "  ".join(padded(row[name], width[name]) for name in used).rstrip()
        for row in [head, *rows]
    ]


def _own(column: str) -> str:
    """The key of a column of the table, which may be called as one of hilum's is."""
    return f"table:{column}"


def _cells(one: StudyRow, answer: PoolAnswered, words: Words) -> dict[str, str]:
    code = answer.measure
    counts = "" if one.n is None else f"{one.events}/{one.n}"
    figure = words("no information")
    if one.value is not None:
        figure = f"{said(one.value, code)} ({said(one.low, code)}; {said(one.high, code)})"
    return {
        "label": one.label,
        "counts": counts if one.n2 is None else f"{counts}  {one.events2}/{one.n2}",
        "figure": figure,
        "weight": "" if one.weight is None else f"{one.weight:.1f} %",
        "bias": one.bias,
    }


def study_table(
    answer: PoolAnswered, left: Sequence[Without] = (), beside: Sequence[str] = ()
) -> tuple[list[str], list[list[Any]]]:
    """Names of columns and the rows; with the pooled figure without each study where ``left``.

    ``beside`` are columns of the table that stand at the end.
    """
    own = cells_of(answer.asked.table, beside)
    without = {one.row: one for one in left}
    rows: list[list[Any]] = []
    for one in as_shown(answer).studies:
        row = [getattr(one, name) for name in HEAD]
        if left:
            other = without.get(one.row)
            limits = None if other is None else other.figure
            ends = (None,) * 3 if limits is None else (limits.pred, limits.ci_lb, limits.ci_ub)
            row += [*ends, None if other is None else other.tau2]
        rows.append([*row, *own[one.row]])
    return [*HEAD, *(WITHOUT if left else ()), *beside], rows


def as_csv(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """The table as CSV in UTF-8; what a spreadsheet would compute stands behind an apostrophe."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerows([safe_cell(cell) for cell in row] for row in (head, *rows))
    return out.getvalue().encode()


def as_workbook(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """The table as an XLSX workbook; see :func:`hilum.rendering.workbooks.workbook`."""
    return workbook({"studies": [head, *rows]})


WRITERS: Final = {".csv": as_csv, ".xlsx": as_workbook}
"""How the rows are written, by the ending of the file's name."""


def messages() -> set[str]:
    """Ids that stand in tables."""
    return set(TITLES.values())
