"""Rows of a survival table as they are written: kinds, figures, units and scales of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

from hilum.analyses.survival_cells import (
    NARROW,
    Cell,
    is_figure,
    plain_times,
    read_cell,
    read_people,
)
from hilum.analyses.survival_words import KINDS, kind_of
from hilum.errors import Fault, Phrase, phrased
from hilum.records import nearest
from hilum.tabular.rows import POINT

if TYPE_CHECKING:
    from hilum.analyses.tables import Table

COMMA = re.compile(r"\d,\d")
LIMITS = ("lower", "upper")
TIMED = ("time", *LIMITS)
NUMBERS = ("time", "value", *LIMITS, "n")
MEDIANS = ("median", "not_reached")
FIGURE = "a number, with or without its unit, percent sign and limits in brackets, or empty"
LASTING = "a time, with or without its unit and limits in brackets, NR (not reached), or empty"
TIME = "a time, with or without its unit, or empty"
PEOPLE = "a whole number of patients without a point between thousands, or empty"


@dataclass(frozen=True, slots=True)
class SurvivalRow:
    """One row as it is written, and what its times are multiplied by.

    ``unit`` is what its cells state, a key of MONTHS; ``percent``: a sign in them settles the
    scale of its rate; ``at``: the time that the name of its kind holds ("5 years"), if it does;
    ``level``: the percent of its limits that a cell states.
    """

    line: int
    study: str
    arm: str
    kind: str
    time: float | None
    value: float | None
    lower: float | None
    upper: float | None
    n: float | None
    path: str
    factor: float
    unit: str | None = None
    percent: bool = False
    at: str = ""
    level: str = ""


def named_files(table: Table) -> list[str]:
    """What column ``file`` says, or ``value`` where it is no figure, of rows of kind curve."""
    rows = zip(*(_text(table, column) for column in ("kind", "file", "value")), strict=True)
    return [
        file or value
        for kind, file, value in rows
        if kind_of(kind)[0] == "curve" and (file or (value and not is_figure(value)))
    ]


def read_rows(table: Table, faults: list[Fault], said: list[Phrase]) -> list[SurvivalRow]:
    """Every row of a known kind; faults are added, and what is said of how cells were read."""
    columns = (*NUMBERS, "study", "arm", "kind", "file")
    cells = {column: _text(table, column) for column in columns}
    out: list[SurvivalRow] = []
    grouped: dict[str, float] = {}
    times: dict[str, str] = {}
    for i, line in enumerate(table.lines):
        row = {column: cells[column][i] for column in columns}
        kind, at = kind_of(row["kind"])
        if kind not in KINDS:
            hint = nearest(kind.lower().replace(" ", "_"), KINDS)
            wanted = phrased("one of {known}{hint}", known=", ".join(KINDS), hint=hint)
            faults.append(Fault(table.file, line, "kind", row["kind"], wanted))
            continue
        if not row["study"]:
            faults.append(Fault(table.file, line, "study", "", "the name of the study"))
        try:
            n, thousands = read_people(row["n"])
        except ValueError:
            faults.append(Fault(table.file, line, "n", row["n"], PEOPLE))
            n, thousands = None, False
        if thousands and n is not None:
            grouped[row["n"]] = n
        for cell in (row[one] for one in ((*TIMED, "value") if kind in MEDIANS else ("time",))):
            if (plain := plain_times(cell)) != cell.translate(NARROW):
                times[cell] = plain
        made = replace(_row(table, line, kind, row, faults), n=n)
        if at and made.time is None:
            named = read_cell(at)
            made = replace(made, time=named.value, unit=made.unit or named.unit)
        out.append(replace(made, at=at))
    if grouped:
        told = ", ".join(f"{cell} = {n:.0f}" for cell, n in grouped.items())
        said.append(phrased("n: signs between thousands are left out: {told}", told=told))
    if times:
        told = ", ".join(f"{cell} = {plain}" for cell, plain in times.items())
        said.append(phrased("times: signs between thousands are left out: {told}", told=told))
    return out


def _row(
    table: Table, line: int, kind: str, row: dict[str, str], faults: list[Fault]
) -> SurvivalRow:
    """All of a row but its n."""
    path, value = row["file"], row["value"]
    if kind == "curve" and not path and value and not is_figure(value):
        path, value = value, ""
    found = {column: _cell(table, line, kind, column, row[column], faults) for column in TIMED}
    found["value"] = _cell(table, line, kind, "value", value, faults)
    main, time = found["value"], found["time"].value
    limits: dict[str, float | None] = {}
    for column, inside in (("lower", main.low), ("upper", main.high)):
        own = found[column].value
        if inside is not None and own is not None and own != inside:
            wanted = phrased(
                "the limit in the cell of the value, {limit:g}, or empty", limit=inside
            )
            faults.append(Fault(table.file, line, column, row[column], wanted))
        limits[column] = inside if own is None or isnan(own) else own
    number = main.value
    if number is not None and isnan(number):
        kind, number = "not_reached", None
    if kind == "not_reached":
        # None is reached before the later of its follow-up and its median's lower limit.
        time = max((t for t in (time, limits["lower"]) if t is not None), default=None)
    units = {one.unit for one in found.values() if one.unit is not None}
    if len(units) > 1:
        told = ", ".join(row[column] for column in found if found[column].unit is not None)
        faults.append(Fault(table.file, line, "unit", told, "times of one row in one unit"))
    rates = ("value", *LIMITS)
    percent = any(found[column].percent for column in rates)
    for column in rates:
        one = found[column]
        if percent and not one.percent and one.value is not None and 0 < one.value <= 1:
            wanted = "a sign of percent here too, since other cells of the row have one"
            faults.append(Fault(table.file, line, column, row[column], wanted))
    unit = units.pop() if len(units) == 1 else None
    return SurvivalRow(
        line, row["study"], row["arm"], kind, time, number, limits["lower"], limits["upper"],
        None, path, 1.0, unit, percent, level=main.level,
    )  # fmt: skip


def _cell(table: Table, line: int, kind: str, column: str, cell: str, faults: list[Fault]) -> Cell:
    timed = column == "time" or kind in MEDIANS
    try:
        one = read_cell(plain_times(cell) if timed else cell)
        if _fits(one, column, kind):
            return one
    except ValueError:
        pass
    wanted = TIME if column == "time" else LASTING if kind in MEDIANS else FIGURE
    pointed = _pointed(table) if COMMA.search(cell) else None
    if pointed is not None:
        wanted = phrased(
            "{expected}; a decimal comma is read where no number has a point, and row {row} has "
            "{cell} in column {column}: write a number of thousands there without its point, or "
            "all decimals with points",
            expected=wanted,
            row=pointed[0],
            cell=pointed[2],
            column=pointed[1],
        )
    faults.append(Fault(table.file, line, column, cell, wanted))
    return Cell()


def _pointed(table: Table) -> tuple[int, str, str] | None:
    """Row, column and cell of the first number with a point, one of thousands before others."""
    cells = [
        (line, dict(table.renamed).get(head, head), cell.strip())
        for line, row in zip(table.lines, table.rows, strict=True)
        for head, cell in zip(table.header, row, strict=True)
        if POINT.fullmatch(cell.strip())
    ]
    return min(cells, key=lambda one: len(one[2].partition(".")[2]) != 3, default=None)


def _fits(one: Cell, column: str, kind: str) -> bool:
    """Whether what stands beside a figure can stand in its column, for a report of its kind."""
    silent = one.value is not None and isnan(one.value)
    inside = one.low is not None or one.open
    if column == "time":
        return not (inside or one.percent or silent)
    if column in LIMITS and inside:
        return False
    if kind not in MEDIANS:
        return not (silent or one.open) and one.unit is None
    return not one.percent and not (silent and column == "lower")


def _text(table: Table, column: str) -> list[str]:
    return table.text(column) if column in table.header else [""] * len(table.rows)
