"""Units of time and scales of rates in a survival table: what each row means, by one scale."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from hilum.analyses.survival_cells import read_cell
from hilum.analyses.survival_words import MONTHS, unit_in_head, unit_of
from hilum.errors import Fault, Parameter, Phrase, phrased

if TYPE_CHECKING:
    from hilum.analyses.survival_rows import SurvivalRow
    from hilum.analyses.tables import Table

# Times that differ by a smaller share are one: five years are 60 months, or 1826 days.
CLOSE = 0.02


def unit_of_times(
    table: Table,
    rows: list[SurvivalRow],
    unit: str | None,
    faults: list[Fault],
    said: list[Phrase],
) -> tuple[str | None, dict[int, float]]:
    """The unit of all times, and by line what those of a row are multiplied by, if they differ.

    A unit in a cell counts before that of the column ``unit``, that before the one of the option,
    and that before the one in the name of the column of times.
    """
    chosen = _known("", None, "unit", unit, faults)
    column = _column(table, faults)
    if column is None or (chosen is None and unit is not None):
        return None, {}
    counts = Counter(column.values())
    head = None if counts else unit_in_head(dict(table.renamed).get("time", "time"))
    told = next(iter(counts)) if len(counts) == 1 else head
    if chosen is not None and told is not None and told != chosen:
        wanted = phrased("the unit of the table's own column ({next})", next=told)
        faults.append(Fault("", None, "unit", chosen, wanted))
    own = {row.line: row.unit for row in rows if row.unit is not None}
    _say_other(rows, own, column, said)
    usual = chosen or told
    stated = {**column, **own}
    several = len(set(stated.values())) > 1
    for row in rows:
        timed = row.time is not None or row.kind == "median" or row.path
        if row.line in stated or not timed:
            continue
        if usual is not None and len(counts) < 2:
            stated[row.line] = usual
        elif several or len(counts) > 1:
            wanted = phrased(
                "the unit of this row, since the others state several ({known})",
                known=", ".join(dict.fromkeys(stated.values())),
            )
            faults.append(Fault(table.file, row.line, "unit", "", wanted))
    _agree(table, rows, stated, usual, faults)
    counts = Counter(stated.values())
    to = usual or (counts.most_common(1)[0][0] if counts else None)
    if to is None or set(counts) <= {to}:
        return to, {}
    return to, {line: MONTHS[one] / MONTHS[to] for line, one in stated.items()}


def _known(
    file: str, line: int | None, column: str, cell: str | None, faults: list[Fault]
) -> str | None:
    found = None if cell is None else unit_of(cell)
    if found is None and cell is not None:
        wanted = phrased("one of {known}", known=", ".join(MONTHS))
        faults.append(Fault(file, line, column, cell, wanted))
    return found


def _column(table: Table, faults: list[Fault]) -> dict[int, str] | None:
    """What the column of units states, by line; None where a cell of it is none."""
    stated: dict[int, str] = {}
    cells = table.text("unit") if "unit" in table.header else []
    for line, cell in zip(table.lines, cells, strict=False):
        if cell:
            own = _known(table.file, line, "unit", cell, faults)
            if own is None:
                return None
            stated[line] = own
    return stated


def _say_other(
    rows: list[SurvivalRow], own: dict[int, str], column: dict[int, str], said: list[Phrase]
) -> None:
    other = [row.line for row in rows if own.get(row.line, "") not in ("", column.get(row.line))]
    other = [line for line in other if line in column]
    if other:
        message = "rows {rows}: the unit in their cells counts, not that of the column unit"
        said.append(phrased(message, rows=", ".join(map(str, other))))


def _agree(
    table: Table,
    rows: list[SurvivalRow],
    stated: dict[int, str],
    usual: str | None,
    faults: list[Fault],
) -> None:
    """A kind that names the time of its rate ("5-year survival") has that time."""
    for row in rows:
        if not row.at or row.time is None:
            continue
        named = read_cell(row.at)
        unit = stated.get(row.line, usual)
        if unit is None or named.unit is None or named.value is None:
            wanted = phrased("the unit of times, since a kind names one ({at})", at=row.at)
            faults.append(Fault(table.file, row.line, "unit", "", wanted))
            continue
        time, told = row.time * MONTHS[unit], named.value * MONTHS[named.unit]
        if abs(time - told) > CLOSE * told:
            wanted = phrased("the time that the kind of the row names ({at}), or empty", at=row.at)
            faults.append(Fault(table.file, row.line, "time", f"{row.time:g} {unit}", wanted))


def scale_of_rates(table: Table, rows: list[SurvivalRow], rates: str, faults: list[Fault]) -> bool:
    """Whether rates without a sign of percent are percent."""
    points = [row for row in rows if row.kind in ("rate", "curve") and row.value is not None]
    if rates != "auto":
        return rates == "percent"
    bare = [row for row in points if not row.percent]
    if not bare:
        return bool(points)
    high = [row for row in bare if (row.value or 0) > 1]
    # Survival of exactly 1 at the start of a curve is no percentage below one.
    low = [
        row for row in bare if 0 < (row.value or 0) <= 1 and not (row.value == 1 and not row.time)
    ]
    head = dict(table.renamed).get("value", "value")
    if any(sign in head for sign in ("%", "％")):
        if low and not high:
            wanted = phrased(
                "percent, as the column is named ({column}), and not shares throughout: state "
                "{rates} share or percent",
                column=head,
                rates=Parameter("rates"),
            )
            faults.append(Fault(table.file, low[0].line, "value", f"{low[0].value:g}", wanted))
        return True
    if high and low:
        one, other = low[0], high[0]
        wanted = phrased(
            "percent throughout or shares throughout (row {line} holds {value:g}): write the "
            "column in one scale; only where {one:g} is a percentage too, state {rates} percent",
            line=other.line,
            value=other.value,
            one=one.value,
            rates=Parameter("rates"),
        )
        faults.append(Fault(table.file, one.line, "value", f"{one.value:g}", wanted))
    return bool(high)


def on_one_scale(row: SurvivalRow, percent: bool) -> SurvivalRow:
    """A row whose sign of percent settles its scale, or a 1 at time 0, on that of the table."""
    if percent and row.kind in ("rate", "curve") and row.time == 0 and row.value == 1:
        return replace(row, value=100.0)
    if not row.percent or percent:
        return row

    def by(x: float | None) -> float | None:
        return None if x is None else x / 100

    return replace(row, value=by(row.value), lower=by(row.lower), upper=by(row.upper))
