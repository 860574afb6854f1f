"""What a row of a survival table must hold, and what the rows of one arm must not say together."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hilum.errors import Fault, phrased

if TYPE_CHECKING:
    from hilum.analyses.survival_table import SurvivalRow
    from hilum.analyses.tables import Table


def check_row(table: Table, row: SurvivalRow, scale: float, faults: list[Fault]) -> None:
    """Whether one figure can be what its kind says; rates run from 0 to ``scale``."""

    def bad(column: str, value: float | str | None, wanted: str) -> None:
        shown = "" if value is None else value if isinstance(value, str) else f"{value:g}"
        faults.append(Fault(table.file, row.line, column, shown, wanted))

    point = row.kind == "rate" or (row.kind == "curve" and not row.path)
    if point or row.kind in ("not_reached", "at_risk"):
        start = row.kind in ("at_risk", "curve")
        if row.time is None:
            late = "the median follow-up, by which the median was not reached, or its lower limit"
            bad("time", None, late if row.kind == "not_reached" else "the time of this report")
        elif row.time < 0 or (row.time == 0 and not start and row.value != scale):
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


def check_arm(table: Table, rows: list[SurvivalRow], faults: list[Fault]) -> None:
    """Whether the figures of one arm, in one unit of time, can stand beside one another."""
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
            names = dict(zip(table.lines, table.text("study"), strict=True))
            if names.get(row.line) != names.get(first.line):
                wanted = phrased(
                    "{expected}; case, spaces and dashes tell no studies apart: name another study "
                    "otherwise than {name}",
                    expected=wanted,
                    name=names.get(first.line),
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
