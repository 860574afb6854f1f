"""Is this a survival curve? Checks of what was read, each fault with its point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.risk_steps import check_steps
from hilum.literature.figures.self_check import judged
from hilum.synthesis.survival.risk_table import risk_fault
from hilum.synthesis.survival.staircase import point_fault, staircase

if TYPE_CHECKING:
    from hilum.literature.figures.coordinates import Coordinates
    from hilum.literature.figures.risk import RiskTable

UNITS = ("days", "weeks", "months", "years")
# Survival above this is in percent; between here and 1 it is wrong in both.
PERCENT = 1.5
# Below so many percent a curve in percent may go on with levels below 1.
LOW_PERCENT = 5.0
# Nobody is at risk later than so many times the end of a curve, but in another unit: a month has 4.3
# weeks, a year 12 months.
LONG_AFTER = 3.0
# Two points on each of two axes set a figure's scale; a curve outside of them is another line.
SLIP = 0.01


@dataclass(frozen=True, slots=True)
class PrintedCurve:
    """One checked curve.

    Attributes
    ----------
    time, survival : tuple of float
        In ``unit``; shares from 1.
    censor_time : tuple of float
        Censoring ticks; empty where none were read.
    unit : str
        days, weeks, months or years.
    precision : float or None
        Standard error of a level, where known.
    name, source : str
        Which curve, and the file.
    resorted : bool
        Whether clicked points stood in another order than that of time.
    """

    time: tuple[float, ...]
    survival: tuple[float, ...]
    censor_time: tuple[float, ...]
    unit: str
    precision: float | None
    name: str
    source: str
    resorted: bool = False


def checked(
    read: Coordinates, unit: str | None, *, limits: tuple[float, float] | None = None
) -> PrintedCurve:
    """The curve as shares over a stated unit of time.

    Parameters
    ----------
    read : Coordinates
        As they stand in a file or were measured in a figure.
    unit : str or None
        What the user states; the file's own where None.
    limits : (float, float), optional
        Ends of the axis of time.

    Raises
    ------
    InputError
        No unit; axes swapped; percent mixed with shares; a point outside the axes; a curve that
        does not start at 1 or rises.
    """
    stated = _unit(read, unit)
    time = np.array(read.time)
    survival = np.array(read.survival)

    def fault(at: int, column: str, expected: str) -> InputError:
        value = f"time {time[at]:g}, survival {survival[at]:g}"
        return InputError(Fault(read.file, read.lines[at] or None, column, value, expected))

    if len(time) < 2:
        wanted = "at least two points"
        raise InputError(Fault(read.file, None, "curve", f"{len(time)} points", wanted))
    if _swapped(time, survival):
        at = int(time.argmax())
        raise fault(at, "axes", "time across and survival upwards (the two columns look swapped)")
    if survival.max() > PERCENT:
        mixed = _mixed(time, survival)
        if mixed is not None:
            raise fault(mixed, "survival", "percent throughout, or shares throughout: both occur")
        survival = survival / 100
    if limits is not None:
        slip = SLIP * (limits[1] - limits[0])
        outside = np.flatnonzero((time < limits[0] - slip) | (time > limits[1] + slip))
        if len(outside):
            inside = phrased(
                "a time inside the axis, {limits:g} to {limits_2:g}",
                limits=limits[0],
                limits_2=limits[1],
            )
            raise fault(int(outside[0]), "time", inside)
    wrong = point_fault(time, survival)
    if wrong is not None:
        raise fault(*wrong)
    longest = float(time.max())
    ticks: list[float] = []
    for tick, line in zip(read.censor_time, read.censor_lines, strict=True):
        beyond = not 0 <= tick <= longest * (1 + SLIP)
        if limits is not None and beyond:
            # Something else that was drawn there: nobody typed it.
            continue
        ticks.append(tick)
        if beyond:
            wanted = phrased("a censoring tick on the curve, 0 to {longest:g}", longest=longest)
            raise InputError(Fault(read.file, line or None, "time", f"{tick:g}", wanted))
    resorted = limits is None and bool((np.diff(time) < 0).any())
    if resorted:
        order = np.lexsort((-survival, time))
        time, survival = time[order], survival[order]
    return PrintedCurve(
        tuple(time.tolist()),
        tuple(survival.tolist()),
        tuple(sorted(ticks)),
        stated,
        read.precision,
        read.name,
        read.file,
        resorted,
    )


def check_against_curve(risk: RiskTable, curve: PrintedCurve) -> None:
    """Refuse a risk table that the curve contradicts.

    Where no unit is said, a table that contradicts the curve in its unit and fits it in another
    is told so.

    Raises
    ------
    InputError
        Fewer patients left between two columns than the curve has deaths, patients at risk long
        after the curve's end, or numbers of which its steps are no deaths where another unit
        makes them some.
    """
    fault = _against(risk, curve)
    steps = risk.unit is None and _no_deaths(risk, curve)
    if fault is None and not steps:
        return
    others = [unit for unit in UNITS if unit != curve.unit and _fits_in(unit, risk, curve)]
    if risk.unit is None and others:
        wanted = phrased(
            "times in {unit}, as the curve: it contradicts them so, and fits them in {others} "
            "(say which in a column unit)",
            unit=curve.unit,
            others=", ".join(others),
        )
        last = len(risk.time) - 1
        raise InputError(Fault(risk.file, risk.lines[last], "time", f"{risk.time[last]:g}", wanted))
    if fault is not None:
        raise InputError(fault)


def _against(risk: RiskTable, curve: PrintedCurve) -> Fault | None:
    """What of a table cannot be beside a curve, in the same unit."""
    steps = staircase(curve.time, curve.survival)
    found = risk_fault(steps, np.array(risk.time, float), np.array(risk.n, np.int64))
    if found is not None:
        at, words = found
        fits = phrased("a table that fits: {words}", words=words)
        return Fault(risk.file, risk.lines[at], "n", str(risk.n[at]), fits)
    late = [i for i, n in enumerate(risk.n) if n and risk.time[i] > LONG_AFTER * steps.end > 0]
    if not late:
        return None
    wanted = phrased(
        "times in {unit} on a curve that ends at {end:g} (another unit? say it in a column unit; "
        "or give the curve a last point where its last patient left)",
        unit=curve.unit,
        end=steps.end,
    )
    return Fault(risk.file, risk.lines[late[-1]], "time", f"{risk.time[late[-1]]:g}", wanted)


def _no_deaths(risk: RiskTable, curve: PrintedCurve) -> bool:
    """Whether the steps of a curve that was read exactly are no deaths among the numbers."""
    if curve.precision is None:
        return False
    found = check_steps(curve.time, curve.survival, risk.time, risk.n, curve.precision)
    return found.contradicted


def _fits_in(unit: str, risk: RiskTable, curve: PrintedCurve) -> bool:
    """Whether a table fits a curve if its times are in a unit, and reaches about its end."""
    other, end = replace(risk, unit=unit).within(curve.unit), max(curve.time)
    if end <= 0:
        return False
    reached = other.time[-1] / end
    near = judged("at_risk_reaches", reached).outcome == "ok" and reached <= LONG_AFTER
    return near and _against(other, curve) is None and not _no_deaths(other, curve)


def _unit(read: Coordinates, unit: str | None) -> str:
    stated = unit or read.unit
    if stated is None:
        raise InputError(
            Fault(
                read.file,
                None,
                "unit",
                "",
                phrased(
                    "one of {known}: the figure does not say it (--unit)", known=", ".join(UNITS)
                ),
            )
        )
    if stated not in UNITS:
        raise InputError(
            Fault(
                read.file, None, "unit", stated, phrased("one of {known}", known=", ".join(UNITS))
            )
        )
    if unit is not None and read.unit is not None and unit != read.unit:
        raise InputError(
            Fault(read.file, None, "unit", unit, phrased("{unit}, as in the file", unit=read.unit))
        )
    return stated


def _swapped(time: np.ndarray, survival: np.ndarray) -> bool:
    """A curve that is 1 (or 100) across where it is 0 upwards, and does not start at the top."""
    first, last = int(time.argmin()), int(time.argmax())
    top = 100.0 if time.max() > PERCENT else 1.0
    start = survival[first]
    upright = (0.9 <= start <= 1 + SLIP or 90 <= start <= 101) and time[first] <= 0.02 * time.max()
    return bool(
        not upright
        and abs(time[last] - top) <= 0.02 * top
        and survival[last] <= 0.05 * survival.max()
        and survival[first] >= 0.5 * survival.max()
    )


def _mixed(time: np.ndarray, survival: np.ndarray) -> int | None:
    """The first share among percents: nearer to the point before it when taken times 100.

    A percent curve may end at 0, by way of levels below 1: what falls there from a level near it is
    no share.
    """
    order = np.lexsort((-survival, time))
    share = survival <= 1
    for before, at in pairwise(order):
        p, q = float(survival[before]), float(survival[at])
        near = p > LOW_PERCENT and 0.3 * p <= 100 * q
        if share[at] and not share[before] and near and abs(100 * q - p) < abs(p - q):
            return int(at)
        if share[before] and not share[at] and q > PERCENT:
            return int(before)
    return None
