"""The studies of one cell of the evidence as a table that can be pooled again."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.sheet.sheet_cells import Answer, StudyFigure

Row = tuple[object, ...]
SHARES, TIMES = "pool", "survival"
SHARE_COLUMNS: Final = ("study", "events", "n", "design", "year", "source")
TIME_COLUMNS: Final = ("study", "arm", "kind", "time", "value", "lower", "upper", "n", "unit")


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as text: ``analysis`` pools it; ``without`` counts studies that could not go in."""

    analysis: str
    text: str
    studies: int
    without: int


def rows_of(answer: Answer) -> Rows:
    """Every study in the answer, one a row, as the record holds it; nothing is computed.

    Shares go in as events of patients: a study that prints a percentage alone, from which no
    counts were derived, cannot. Medians and rates at a time go in as survival reports; one without
    an interval and without a number of patients cannot.
    """
    analysis = found(ANALYSES, answer.measure, "measure")
    columns = COLUMNS[analysis]
    made = [(one, found(ROW, one.measure, "measure")(one)) for one in answer.studies]
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows(row for _, row in made if row)
    inside = sum(1 for _, row in made if row)
    return Rows(analysis, out.getvalue(), inside, len(made) - inside)


def _share(one: StudyFigure) -> Row | None:
    if one.events is None or one.n is None:
        return None
    return one.name, one.events, one.n, one.design, one.year, one.source


def _time(kind: str) -> Callable[[StudyFigure], Row | None]:
    def row(one: StudyFigure) -> Row | None:
        if one.value is None or (one.n is None and not one.ci):
            return None
        low, high = one.ci or (None, None)
        time = one.time_months if kind == "rate" else None
        return one.name, one.arm, kind, time, one.value, low, high, one.n, "months"

    return row


ANALYSES: Final = {"proportion": SHARES, "rate_at": TIMES, "median_months": TIMES}
"""What pools the studies of a cell, by its measure."""
COLUMNS: Final = {SHARES: SHARE_COLUMNS, TIMES: TIME_COLUMNS}
ROW: Final[dict[str, Callable[[StudyFigure], Row | None]]] = {
    "proportion": _share, "rate_at": _time("rate"), "median_months": _time("median"),
}  # fmt: skip
"""How a study's figure is a row, by its own measure."""
