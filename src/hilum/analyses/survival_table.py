"""Reading a table of survival reports: every fault with its row and column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.analyses.printed_level import level_of, levels_of_rows
from hilum.analyses.survival_checks import check_arm, check_row
from hilum.analyses.survival_patients import PATIENTS, arms_of, followed
from hilum.analyses.survival_rows import named_files, read_rows
from hilum.analyses.survival_same import one_name_each, say_sizes, say_twice
from hilum.analyses.survival_scale import on_one_scale, scale_of_rates, unit_of_times
from hilum.analyses.survival_words import MONTHS as MONTHS
from hilum.analyses.tables import read_table
from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hilum.analyses.survival_rows import SurvivalRow
    from hilum.analyses.tables import Say, Table
    from hilum.errors import Phrase
    from hilum.synthesis.survival import Report, SurvivalArm

# What a scale of rates may be said to be.
RATES = ("auto", "percent", "share")
COLUMNS = ("study", "arm", "kind", "time", "value", "lower", "upper", "n", "file", "unit")


@dataclass(frozen=True, slots=True)
class SurvivalTable:
    """Arms in table order; ``unit`` is a key of MONTHS, or ``None`` where nothing states it.

    ``converted``: rows stated several units, and all their times are now in ``unit``.
    ``together``: files of several arms that a row without an arm takes as one series.
    ``by_limit``: studies whose median, not reached, was followed to its lower limit.
    ``remarks``: how cells and names were read, and what may be counted twice.
    """

    file: str
    arms: tuple[SurvivalArm, ...]
    unit: str | None
    percent: bool
    converted: bool = False
    together: tuple[str, ...] = ()
    by_limit: tuple[str, ...] = ()
    remarks: tuple[Phrase, ...] = ()


def read_patients(path: Path, table: Table, say: Say | None = None) -> dict[str, Table]:
    """The files of patients that a table names, by the names it gives them.

    Raises
    ------
    InputError
        Every file that cannot be read.
    """
    found: dict[str, Table] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys(named_files(table)):
        try:
            found[name] = read_table(path.parent / name, PATIENTS, say)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return found


def survival_arms(
    table: Table,
    patients: Mapping[str, Table],
    *,
    unit: str | None = None,
    rates: str = "auto",
    printed_level: float | None = None,
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
        Coverage of the limits in the table; else what its columns and cells state, or 0.95.

    Raises
    ------
    InputError
        Every fault of the table, and of the patients' files it names.
    """
    faults = _header(table)
    if faults:
        raise InputError(*faults)
    said: list[Phrase] = []
    common = level_of(table, printed_level, said)
    rows = one_name_each(read_rows(table, faults, said), said)
    levels = levels_of_rows(table, rows, (printed_level, common), faults, said)
    unit, factors = unit_of_times(table, rows, unit, faults, said)
    percent = scale_of_rates(table, rows, rates, faults)
    if faults:
        raise InputError(*faults)
    rows = [replace(on_one_scale(row, percent), factor=factors.get(row.line, 1.0)) for row in rows]
    arms = _arms(patients, table, rows, 100.0 if percent else 1.0, levels, faults)
    if faults:
        raise InputError(*faults)
    whole = [patients[row.path] for row in rows if row.path and not row.arm]
    together = tuple(one.file for one in whole if len(arms_of(one)) > 1)
    limited = [row for row in rows if row.kind == "not_reached" and row.time == row.lower]
    by_limit = tuple(dict.fromkeys(row.study for row in limited if row.lower is not None))
    _say_starts(rows, arms, 100.0 if percent else 1.0, said)
    say_sizes(arms, said)
    say_twice(arms, said)
    return SurvivalTable(
        table.file, arms, unit, percent, bool(factors), together, by_limit, tuple(said)
    )


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


def _arms(
    patients: Mapping[str, Table],
    table: Table,
    rows: list[SurvivalRow],
    scale: float,
    levels: Mapping[int, float],
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
                reports.append(replace(made, level=levels[row.line]))
        if reports:
            arms.append(SurvivalArm(study, arm, _with_start(own, reports)))
    return tuple(arms)


def _with_start(rows: list[SurvivalRow], reports: list[Report]) -> tuple[Report, ...]:
    """Reports with the n of a row at time 0, whose survival says nothing: the arm's patients."""
    from hilum.synthesis.survival import Report

    known = [row.n for row in rows if _at_start(row) and row.n is not None]
    if not known or max(known) in [one.n for one in reports]:
        return tuple(reports)
    for place, one in enumerate(reports):
        if one.n is None and one.kind == "rate":
            reports[place] = replace(one, n=max(known))
            return tuple(reports)
    return (Report("at_risk", 0.0, n=max(known), label=f"row {rows[0].line}"), *reports)


def _at_start(row: SurvivalRow) -> bool:
    return row.kind in ("rate", "curve") and not row.path and row.time == 0


def _say_starts(
    rows: list[SurvivalRow], arms: tuple[SurvivalArm, ...], scale: float, said: list[Phrase]
) -> None:
    """Survival at time 0 that is left unread, and arms that have nothing else."""
    low = [row for row in rows if _at_start(row) and row.value is not None and row.value < scale]
    if low:
        message = "rows {rows}: survival below 100 % at time 0 is left unread: all are alive there"
        said.append(phrased(message, rows=", ".join(str(row.line) for row in low)))
    told = {(arm.study, arm.arm) for arm in arms}
    for study, arm in dict.fromkeys((row.study, row.arm) for row in rows):
        if (study, arm) not in told:
            message = "{study}: nothing but survival at time 0, which says nothing"
            said.append(phrased(message, study=f"{study} {arm}".strip()))


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
