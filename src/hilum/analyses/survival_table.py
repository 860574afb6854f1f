"""Reading a table of survival reports: every fault with its row and column."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.analyses.survival_checks import check_arm, check_row
from hilum.analyses.survival_patients import PATIENTS, arms_of, followed
from hilum.analyses.tables import MISSING, read_table
from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.records import nearest
from hilum.tabular import number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hilum.analyses.tables import Say, Table
    from hilum.synthesis.survival import Report, SurvivalArm

KINDS = ("rate", "median", "not_reached", "at_risk", "curve")
MONTHS = {"days": 12 / 365.25, "weeks": 84 / 365.25, "months": 1.0, "years": 12.0}
# What a scale of rates may be said to be.
RATES = ("auto", "percent", "share")
COLUMNS = ("study", "arm", "kind", "time", "value", "lower", "upper", "n", "file", "unit")
NUMBERS = ("time", "value", "lower", "upper", "n")
# As papers write that a median, or a limit of it, was not reached; bare of case, points and spaces.
NOT_REACHED = frozenset((
    "nr", "ne", "notreached", "notestimable", "notestimated", "nichterreicht", "nonatteint",
    "noalcanzada", "未达到", "∞", "inf", "infinity",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class SurvivalTable:
    """Arms in table order; ``unit`` is a key of MONTHS, or ``None`` where nothing states it.

    ``converted``: rows stated several units, and all their times are now in ``unit``.
    ``together``: files of several arms that a row without an arm takes as one series.
    ``by_limit``: studies whose median, not reached, was followed to its lower limit.
    """

    file: str
    arms: tuple[SurvivalArm, ...]
    unit: str | None
    percent: bool
    converted: bool = False
    together: tuple[str, ...] = ()
    by_limit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SurvivalRow:
    """One row as it is written, and what its times are multiplied by."""

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


def read_patients(path: Path, table: Table, say: Say | None = None) -> dict[str, Table]:
    """The files of patients that a table names, by the names it gives them.

    Raises
    ------
    InputError
        Every file that cannot be read.
    """
    found: dict[str, Table] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys(_named_files(table)):
        try:
            found[name] = read_table(path.parent / name, PATIENTS, say)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return found


def _named_files(table: Table) -> list[str]:
    """What column ``file`` says, or ``value`` where it is no number, of rows of kind curve."""

    def text(column: str) -> list[str]:
        return table.text(column) if column in table.header else [""] * len(table.rows)

    rows = zip(text("kind"), text("file"), text("value"), strict=True)
    return [
        file or value
        for kind, file, value in rows
        if kind.lower() == "curve" and (file or (value and _number(value) is None))
    ]


def survival_arms(
    table: Table,
    patients: Mapping[str, Table],
    *,
    unit: str | None = None,
    rates: str = "auto",
    printed_level: float = 0.95,
) -> SurvivalTable:
    """Arms of ``study, arm, kind, time, value, lower, upper, n`` (and ``file``, ``unit``).

    Parameters
    ----------
    patients : mapping of str to Table
        Files of patients by the name that the table gives them.
    unit : str, optional
        Of every time and median; a column ``unit`` does the same. Where its rows state several,
        times are converted to ``unit``, or else to the one that most rows state.
    rates : {"auto", "percent", "share"}
        Scale of rates; ``auto`` takes percent when a rate is above 1, and refuses a mixture.
    printed_level : float
        Coverage of the limits in the table.

    Raises
    ------
    InputError
        Every fault of the table, and of the patients' files it names.
    """
    faults = _header(table)
    if faults:
        raise InputError(*faults)
    rows = _rows(table, faults)
    unit, factors = _unit(table, unit, faults)
    rows = [replace(row, factor=factors.get(row.line, 1.0)) for row in rows]
    percent = _percent(table, rows, rates, faults)
    if faults:
        raise InputError(*faults)
    arms = _arms(patients, table, rows, 100.0 if percent else 1.0, printed_level, faults)
    if faults:
        raise InputError(*faults)
    whole = [patients[row.path] for row in rows if row.path and not row.arm]
    together = tuple(one.file for one in whole if len(arms_of(one)) > 1)
    limited = [row for row in rows if row.kind == "not_reached" and row.time == row.lower]
    by_limit = tuple(dict.fromkeys(row.study for row in limited if row.lower is not None))
    return SurvivalTable(table.file, arms, unit, percent, bool(factors), together, by_limit)


def _header(table: Table) -> list[Fault]:
    needed = ("study", "kind", "value")
    faults: list[Fault] = []
    for column in needed:
        if column not in table.header:
            hint = nearest(column, table.header, 1)
            wanted = phrased(
                "this column (study, arm, kind, time, value, lower, upper, n){hint}", hint=hint
            )
            faults.append(Fault(table.file, 1, column, "", wanted))
    return faults


def _rows(table: Table, faults: list[Fault]) -> list[SurvivalRow]:
    def text(column: str) -> list[str]:
        return table.text(column) if column in table.header else [""] * len(table.rows)

    cells = {column: text(column) for column in (*NUMBERS, "study", "arm", "kind", "file")}
    out: list[SurvivalRow] = []
    for i, line in enumerate(table.lines):
        kind = cells["kind"][i].lower().replace(" ", "_").replace("-", "_")
        if kind not in KINDS:
            wanted = phrased(
                "one of {known}{hint}", known=", ".join(KINDS), hint=nearest(kind, KINDS)
            )
            faults.append(Fault(table.file, line, "kind", cells["kind"][i], wanted))
            continue
        if not cells["study"][i]:
            faults.append(Fault(table.file, line, "study", "", "the name of the study"))
        path, value = cells["file"][i], cells["value"][i]
        if kind == "curve" and not path and value and _number(value) is None:
            path, value = value, ""
        limits = {name: cells[name][i] for name in ("lower", "upper")}
        if kind == "median" and _not_reached(limits["upper"]):
            limits["upper"] = ""
        if kind == "median" and _not_reached(value):
            kind, value = "not_reached", ""
        found: dict[str, float | None] = {}
        for column, cell in (
            ("time", cells["time"][i]),
            ("value", value),
            *limits.items(),
            ("n", cells["n"][i]),
        ):
            found[column] = None
            if cell.lower() in MISSING:
                continue
            number = _number(cell)
            if number is None:
                wanted = "a number without a sign of unit or percent, or empty"
                if cells["kind"][i].lower() == "median" and column in ("value", "upper"):
                    wanted = "a number without a sign of unit, NR (not reached), or empty"
                faults.append(Fault(table.file, line, column, cell, wanted))
            found[column] = number
        if kind == "not_reached":
            found["time"] = _not_reached_by(found)
        study, arm = cells["study"][i], cells["arm"][i]
        out.append(SurvivalRow(line, study, arm, kind, **found, path=path, factor=1.0))
    return out


def _not_reached(cell: str) -> bool:
    return re.sub(r"[\s._-]", "", cell.lower()) in NOT_REACHED


def _not_reached_by(found: Mapping[str, float | None]) -> float | None:
    """Its follow-up, or the lower limit of its median where that is later: none is before it."""
    return max((t for t in (found["time"], found["lower"]) if t is not None), default=None)


def _number(cell: str) -> float | None:
    try:
        return number(cell)
    except ValueError:
        return None


def _unit(
    table: Table, unit: str | None, faults: list[Fault]
) -> tuple[str | None, dict[int, float]]:
    """The unit of all times, and by line what those of a row are multiplied by, if they differ."""
    cells = table.text("unit") if "unit" in table.header else []
    stated: dict[int, str] = {}
    for line, cell in zip(table.lines, cells, strict=False):
        if not cell:
            continue
        own = _plural(cell)
        if own not in MONTHS:
            wanted = phrased("one of {known}", known=", ".join(MONTHS))
            faults.append(Fault(table.file, line, "unit", cell, wanted))
            return None, {}
        stated[line] = own
    chosen = None if unit is None else _plural(unit)
    if chosen is not None and chosen not in MONTHS:
        wanted = phrased("one of {known}", known=", ".join(MONTHS))
        faults.append(Fault("", None, "unit", unit or "", wanted))
        return None, {}
    counts = Counter(stated.values())
    if chosen is not None and len(counts) == 1 and chosen not in counts:
        wanted = phrased("the unit of the table's own column ({next})", next=", ".join(counts))
        faults.append(Fault("", None, "unit", chosen, wanted))
    if len(counts) < 2:
        return chosen or next(iter(counts), None), {}
    for line, cell in zip(table.lines, cells, strict=False):
        if not cell:
            wanted = phrased(
                "the unit of this row, since the others state several ({known})",
                known=", ".join(counts),
            )
            faults.append(Fault(table.file, line, "unit", "", wanted))
    to = chosen or counts.most_common(1)[0][0]
    return to, {line: MONTHS[own] / MONTHS[to] for line, own in stated.items()}


def _plural(unit: str) -> str:
    named = unit.lower()
    return named if named.endswith("s") else f"{named}s"


def _percent(table: Table, rows: list[SurvivalRow], rates: str, faults: list[Fault]) -> bool:
    points = [row for row in rows if row.kind in ("rate", "curve") and row.value is not None]
    if rates != "auto":
        return rates == "percent"
    high = [row for row in points if (row.value or 0) > 1]
    # Survival of exactly 1 at the start of a curve is no percentage below one.
    low = [
        row for row in points if 0 < (row.value or 0) <= 1 and not (row.value == 1 and not row.time)
    ]
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


def _arms(
    patients: Mapping[str, Table],
    table: Table,
    rows: list[SurvivalRow],
    scale: float,
    printed_level: float,
    faults: list[Fault],
) -> tuple[SurvivalArm, ...]:
    from hilum.synthesis.survival import SurvivalArm

    grouped: dict[tuple[str, str], list[SurvivalRow]] = {}
    for row in rows:
        grouped.setdefault((row.study, row.arm), []).append(row)
    arms: list[SurvivalArm] = []
    for (study, arm), own in grouped.items():
        before = len(faults)
        for row in own:
            check_row(table, row, scale, faults)
        own = [_converted(row) for row in own]
        check_arm(table, own, faults)
        if len(faults) > before:
            continue
        reports: list[Report] = []
        for row in own:
            made = _report(patients, table, row, scale, faults)
            if made is not None:
                reports.append(replace(made, level=printed_level))
        if reports:
            arms.append(SurvivalArm(study, arm, tuple(reports)))
    return tuple(arms)


def _converted(row: SurvivalRow) -> SurvivalRow:
    """Its times in the table's unit; those of a file of patients follow once it is read."""

    def by(x: float | None) -> float | None:
        # A year is twelve months, whatever the last digit of a product.
        return None if x is None else round(x * row.factor, 9)

    if row.factor == 1 or row.path:
        return row
    if row.kind == "median":
        return replace(row, value=by(row.value), lower=by(row.lower), upper=by(row.upper))
    return replace(row, time=by(row.time))


def _report(
    patients: Mapping[str, Table], table: Table, row: SurvivalRow, scale: float, faults: list[Fault]
) -> Report | None:
    from hilum.synthesis.survival import Report

    label = f"row {row.line}"
    if row.path:
        if row.path not in patients:
            faults.append(Fault(table.file, row.line, "file", row.path, "a file of patients"))
            return None
        found = followed(patients[row.path], table.file, row.line, row.arm, faults)
        if found is None:
            return None
        fall, *ends = found.far or (0.0,)
        far = (fall, ends[0] * row.factor, ends[1] * row.factor) if ends else None
        return replace(found, times=tuple(t * row.factor for t in found.times), far=far)
    if row.kind in ("rate", "curve"):
        if not row.time:
            # A curve's first point says that everybody is alive.
            return None
        value, lower, upper = (
            None if end is None else end / scale for end in (row.value, row.lower, row.upper)
        )
        return Report("rate", row.time, value, lower, upper, row.n, label)
    if row.kind == "median":
        return Report("median", None, row.value, row.lower, row.upper, row.n, label)
    kind = "not_reached" if row.kind == "not_reached" else "at_risk"
    return Report(kind, row.time, n=row.n, label=label)
