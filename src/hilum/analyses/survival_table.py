"""Reading a table of survival reports: every fault with its row and column."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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
class _Row:
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
    table: Table, patients: Mapping[str, Table], *, unit: str | None = None, rates: str = "auto"
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
    arms = _arms(patients, table, rows, 100.0 if percent else 1.0, faults)
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


def _rows(table: Table, faults: list[Fault]) -> list[_Row]:
    def text(column: str) -> list[str]:
        return table.text(column) if column in table.header else [""] * len(table.rows)

    cells = {column: text(column) for column in (*NUMBERS, "study", "arm", "kind", "file")}
    out: list[_Row] = []
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
        out.append(_Row(line, study, arm, kind, **found, path=path, factor=1.0))
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


def _percent(table: Table, rows: list[_Row], rates: str, faults: list[Fault]) -> bool:
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
    rows: list[_Row],
    scale: float,
    faults: list[Fault],
) -> tuple[SurvivalArm, ...]:
    from hilum.synthesis.survival import SurvivalArm

    grouped: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        grouped.setdefault((row.study, row.arm), []).append(row)
    arms: list[SurvivalArm] = []
    for (study, arm), own in grouped.items():
        before = len(faults)
        for row in own:
            _check(table, row, scale, faults)
        own = [_converted(row) for row in own]
        _check_arm(table, own, faults)
        if len(faults) > before:
            continue
        reports: list[Report] = []
        for row in own:
            made = _report(patients, table, row, scale, faults)
            if made is not None:
                reports.append(made)
        if reports:
            arms.append(SurvivalArm(study, arm, tuple(reports)))
    return tuple(arms)


def _check(table: Table, row: _Row, scale: float, faults: list[Fault]) -> None:
    def bad(column: str, value: float | str | None, wanted: str) -> None:
        shown = "" if value is None else value if isinstance(value, str) else f"{value:g}"
        faults.append(Fault(table.file, row.line, column, shown, wanted))

    point = row.kind == "rate" or (row.kind == "curve" and not row.path)
    if point or row.kind in ("not_reached", "at_risk"):
        start = row.kind in ("at_risk", "curve")
        if row.time is None:
            late = "the median follow-up, by which the median was not reached, or its lower limit"
            bad("time", None, late if row.kind == "not_reached" else "the time of this report")
        elif row.time < 0 or (row.time == 0 and not start):
            bad("time", row.time, "a time above 0")
    share = "a number from 0 to 100 (percent)" if scale > 1 else "a number from 0 to 1 (share)"
    if point:
        if row.value is None:
            wanted = (
                "survival at this time, or a patients' file"
                if row.kind == "curve"
                else "survival at this time"
            )
            bad("value", None, wanted)
        elif not 0 <= row.value <= scale:
            bad("value", row.value, share)
        for column, end in (("lower", row.lower), ("upper", row.upper)):
            if end is not None and not 0 <= end <= scale:
                bad(column, end, share)
    if row.kind == "median" and not (row.value is not None and row.value > 0):
        wanted = "a median time above 0; where it was not reached, the kind not_reached with a time"
        bad("value", row.value, wanted)
    if row.value is not None and row.kind in ("rate", "median"):
        if row.lower is not None and row.lower > row.value:
            bad("lower", row.lower, phrased("at most the value, {value:g}", value=row.value))
        if row.upper is not None and row.upper < row.value:
            bad("upper", row.upper, phrased("at least the value, {value:g}", value=row.value))
    if row.n is not None and not (row.n > 0 or (row.kind == "at_risk" and row.n == 0)):
        bad("n", row.n, "a number of patients above 0")
    elif row.n is not None and row.n != int(row.n):
        bad("n", row.n, "a whole number of patients")
    if row.kind == "at_risk" and row.n is None:
        bad("n", None, "the number at risk")


def _check_arm(table: Table, rows: list[_Row], faults: list[Fault]) -> None:
    points = sorted(
        (
            (row.time, row.value, row)
            for row in rows
            if row.kind in ("rate", "curve")
            and not row.path
            and row.time is not None
            and row.value is not None
        ),
        key=lambda point: (point[0], -point[1]),
    )
    for (t1, s1, first), (t2, s2, row) in itertools.pairwise(points):
        if t1 == t2 and row.kind == "rate" and first.kind == "rate":
            wanted = phrased(
                "one rate at time {t2:g} in an arm (row {line} is another)", t2=t2, line=first.line
            )
            faults.append(Fault(table.file, row.line, "time", f"{t2:g}", wanted))
        elif s2 > s1:
            wanted = phrased(
                "at most {s1:g}, the survival at time {t1:g} (row {line}): it never rises",
                s1=s1,
                t1=t1,
                line=first.line,
            )
            faults.append(Fault(table.file, row.line, "value", f"{s2:g}", wanted))
    for kind, wanted_of in (
        ("median", "one median an arm (row {line} is another)"),
        ("not_reached", "one follow-up without a median an arm (row {line} is another)"),
    ):
        same = [row for row in rows if row.kind == kind]
        for row in same[1:]:
            wanted = phrased(wanted_of, line=same[0].line)
            faults.append(Fault(table.file, row.line, "kind", kind, wanted))
    counts = sorted(
        (row.time, row.n, row) for row in rows if row.kind == "at_risk" and row.time is not None
    )
    for (_, n1, first), (_, n2, row) in itertools.pairwise(counts):
        if n1 is not None and n2 is not None and n2 > n1:
            wanted = phrased(
                "at most {n1:g}, the number at risk before (row {line})", n1=n1, line=first.line
            )
            faults.append(Fault(table.file, row.line, "n", f"{n2:g}", wanted))
    files = [row for row in rows if row.path]
    for row in files[1:]:
        faults.append(Fault(table.file, row.line, "file", row.path, "one file of patients an arm"))
    if files or any(row.n is not None for row in rows):
        return
    for row in rows:
        if row.kind in ("rate", "median") and row.lower is None and row.upper is None:
            faults.append(
                Fault(table.file, row.line, "n", "", "the number of patients, or an interval")
            )
        elif row.kind in ("not_reached", "curve"):
            faults.append(Fault(table.file, row.line, "n", "", "the number of patients"))


def _converted(row: _Row) -> _Row:
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
    patients: Mapping[str, Table], table: Table, row: _Row, scale: float, faults: list[Fault]
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
        return replace(found, times=tuple(t * row.factor for t in found.times))
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
