"""Files of patients that a table of survival reports names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.tables import Table
    from hilum.synthesis.survival import Report

PATIENTS = ("time", "status")
# Fewest and most deaths, in a file of patients read back from a printed curve.
RANGE = ("events_low", "events_high")
# Largest fall of survival between two points of that curve, and where they stand.
FAR = ("far_fall", "far_start", "far_stop")


def followed(file: Table, table: str, line: int, arm: str, faults: list[Fault]) -> Report | None:
    """The report of a row whose patients stand in a file; None where there are faults.

    Of a file of several arms the patients of the row's arm, where it names one.

    Parameters
    ----------
    file : Table
        The patients: ``time``, ``status`` (1 = event), and where they have them ``arm``,
        ``events_low`` and ``events_high``, ``far_fall``, ``far_start`` and ``far_stop``.
    table, line, arm : str, int, str
        The table that names the file, the row, and its arm.
    faults : list of Fault
        Faults are added to it.
    """
    from hilum.synthesis.survival import Report

    time, status = _patients(file, faults)
    if not time:
        return None
    own = range(len(time))
    arms = file.text("arm") if "arm" in file.header else [""] * len(time)
    if arm and len(set(arms)) > 1:
        own = [i for i in own if arms[i] == arm]
        if not own:
            wanted = phrased(
                "an arm of the file {file}: one of {known}",
                file=file.file,
                known=", ".join(dict.fromkeys(arms)),
            )
            faults.append(Fault(table, line, "arm", arm, wanted))
            return None
    before = len(faults)
    deaths = _range(file, [arms[i] for i in own], own, status, faults)
    far = _far(file, own, faults)
    if len(faults) > before:
        return None
    return Report(
        "curve",
        label=f"row {line}",
        times=tuple(time[i] for i in own),
        status=tuple(status[i] for i in own),
        deaths=deaths,
        far=far,
    )


def arms_of(file: Table) -> tuple[str, ...]:
    """Arms that a file of patients names."""
    return tuple(dict.fromkeys(file.text("arm"))) if "arm" in file.header else ()


def _range(
    file: Table,
    arms: Sequence[str],
    own: Sequence[int],
    status: Sequence[int],
    faults: list[Fault],
) -> tuple[int, int] | None:
    """Fewest and most deaths of patients read back from a curve, the same in every row of an arm.

    Arms taken together are as uncertain as all of them.
    """
    if not all(name in file.header for name in RANGE):
        return None
    try:
        columns = [file.numbers(name) for name in RANGE]
    except InputError as error:
        faults += error.faults
        return None
    total = [0, 0]
    for arm in dict.fromkeys(arms):
        rows = [i for i, name in zip(own, arms, strict=True) if name == arm]
        died = sum(status[i] for i in rows)
        ends = [column[rows[0]] for column in columns]
        if all(end != end for end in ends):
            ends = [float(died)] * 2
        for i in rows:
            for name, column, end in zip(RANGE, columns, ends, strict=True):
                if column[i] == end or (end == died and column[i] != column[i]):
                    continue
                wanted = "the same range of deaths in every row of an arm"
                faults.append(Fault(file.file, file.lines[i], name, f"{column[i]:g}", wanted))
                return None
        low, high = ends
        if not 0 <= low <= died <= high <= len(rows) or low != int(low) or high != int(high):
            wanted = phrased(
                "whole numbers with the {died} deaths of the file between them", died=died
            )
            found = f"{low:g} to {high:g}"
            faults.append(Fault(file.file, file.lines[rows[0]], "events_low", found, wanted))
            return None
        total[0] += int(low)
        total[1] += int(high)
    return total[0], total[1]


def _far(file: Table, own: Sequence[int], faults: list[Fault]) -> tuple[float, float, float] | None:
    """The largest fall between two points of a printed curve, and the times of both."""
    if not all(name in file.header for name in FAR):
        return None
    try:
        fall, start, stop = (file.numbers(name) for name in FAR)
    except InputError as error:
        faults += error.faults
        return None
    told = [i for i in own if not (fall[i] != fall[i] and start[i] != start[i])]
    for i in told:
        if not (0 < fall[i] <= 1 and 0 <= start[i] < stop[i]):
            found = f"{fall[i]:g}, {start[i]:g}, {stop[i]:g}"
            wanted = "a fall from 0 to 1, and two times of which the second is later"
            faults.append(Fault(file.file, file.lines[i], ", ".join(FAR), found, wanted))
            return None
    return max(((fall[i], start[i], stop[i]) for i in told), default=None)


def _patients(table: Table, faults: list[Fault]) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Times and statuses of a file with columns time and status (1 = event)."""
    try:
        time, status = table.numbers("time"), table.numbers("status")
    except InputError as error:
        faults += error.faults
        return (), ()
    before = len(faults)
    for line, t, d in zip(table.lines, time, status, strict=True):
        if not t >= 0:
            wanted = "a time of 0 or more"
            faults.append(Fault(table.file, line, "time", "" if t != t else f"{t:g}", wanted))
        if d not in (0.0, 1.0):
            wanted = "0 (censored) or 1 (event)"
            faults.append(Fault(table.file, line, "status", "" if d != d else f"{d:g}", wanted))
    if len(faults) > before:
        return (), ()
    return tuple(time), tuple(int(d) for d in status)
