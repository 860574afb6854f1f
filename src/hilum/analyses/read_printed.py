"""Curves of a figure against the median and the hazard ratio that are printed beside it."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, NotEstimable, phrased
from hilum.literature.figures.printed_risk import beyond, contradicted, excess
from hilum.literature.figures.risk_times import STANDS
from hilum.literature.figures.risk_steps import check_steps
from hilum.literature.figures.self_check import in_order, judged, warned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.analyses.read_curves import ReadCurve
    from hilum.literature.figures import RiskTable
    from hilum.synthesis.arrays import Array

# Patients of an arm whose number is not known: many, so that rounding of the levels is small.
NOMINAL = 1000
# A level is one half where it is so near: standard errors of it, or what clicks are exact to.
ERRORS, LEAST = 3.0, 1e-6


def medians_of(given: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Printed medians by arm, from ``ARM=VALUE``; a bare value is the only arm's.

    Raises
    ------
    InputError
        No number above 0, or no such arm.
    """
    out: dict[str, float] = {}
    faults: list[Fault] = []
    for entry in given:
        arm, _, text = entry.rpartition("=")
        name = names[0] if not arm.strip() and len(names) == 1 else arm.strip()
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            faults.append(Fault("", None, "median", text, "a number above 0"))
        elif name not in names:
            wanted = phrased("ARM=VALUE with one of {names}", names=", ".join(names))
            faults.append(Fault("", None, "median", entry, wanted))
        else:
            out[name] = value
    if faults:
        raise InputError(*faults)
    return out


def with_typed(
    curves: tuple[ReadCurve, ...], risk: Mapping[str, RiskTable]
) -> tuple[ReadCurve, ...]:
    """The curves with numbers at risk that were typed, in place of those of the page.

    Where the page prints others for a curve, each curve says where they differ.

    Raises
    ------
    InputError
        A table of no curve.
    """
    if len(curves) == 1 and len(risk) == 1:
        risk = {curves[0].arm: next(iter(risk.values()))}
    names = [one.arm for one in curves]
    for arm, table in risk.items():
        if arm not in names:
            wanted = phrased("one of the curves {names}", names=", ".join(map(repr, names)))
            raise InputError(Fault(table.file, table.lines[0], "arm", arm, wanted))
    out: list[ReadCurve] = []
    for one in curves:
        table = risk.get(one.arm)
        if table is None:
            out.append(one)
            continue
        table = table.within(one.unit)
        fits = judged("at_risk_fits", excess(one.time, one.survival, table.time, table.n))
        numbers = tuple(zip(table.time, table.n, strict=True))
        made = judged("at_risk_steps", _steps_against(one, table))
        after = judged("at_risk_beyond", beyond(one.time, table.time, table.n))
        checks = in_order((*one.checks, fits, made, after))
        x = None if one.axes is None else one.axes.x
        slip = 0.0 if x is None or x.log else STANDS * abs(x.slope)
        out.append(
            replace(
                one,
                at_risk=numbers,
                risk_typed=True,
                risk_differs=contradicted(numbers, one.at_risk, slip),
                risk_refused="",
                risk_heading="",
                risk_why="",
                checks=checks,
            )
        )
    return tuple(out)


def _steps_against(one: ReadCurve, table: RiskTable) -> float | None:
    """Share of the steps that typed numbers do not make; None where the steps do not tell."""
    if (
        one.hazard
        or one.precision is None
        or any(c.code == "steps_only_down" for c in warned(one.checks))
    ):
        return None
    found = check_steps(one.time, one.survival, table.time, table.n, one.precision)
    return found.share


def against_printed(
    curves: tuple[ReadCurve, ...], median: Sequence[str], hazard_ratio: float | None
) -> tuple[ReadCurve, ...]:
    """The curves, with what was printed of them among their checks.

    Raises
    ------
    InputError
        A median of no curve, or a hazard ratio of other than two.
    MissingExtra
        The extra ``survival`` is not installed.
    """
    medians = medians_of(median, [one.arm for one in curves])
    if hazard_ratio is not None and len(curves) != 2:
        raise InputError(Fault("", None, "hazard_ratio", str(len(curves)), "two arms to compare"))
    apart = None if hazard_ratio is None else _apart(curves, hazard_ratio)
    out: list[ReadCurve] = []
    for one in curves:
        checks = list(one.checks)
        if one.arm in medians:
            printed = medians[one.arm]
            # A median that is printed and never reached is as far away as can be.
            away = [abs(own / printed - 1) for own in _medians(one)]
            checks.append(judged("median_agrees", min(away, default=1.0)))
        if hazard_ratio is not None:
            checks.append(judged("hazard_ratio_agrees", apart))
        out.append(replace(one, checks=in_order(checks)))
    return tuple(out)


def _medians(one: ReadCurve) -> list[float]:
    """The medians that a curve may be said to have: none where it stays above one half.

    Where it goes level at one half, some programs print when it gets there, and others (R, SAS) the
    middle of that stretch.
    """
    import numpy as np

    from hilum.synthesis.survival.fidelity import first_half

    time, level = np.array(one.time), np.array(one.survival)
    first = first_half(time, level)
    out = [] if first is None else [first]
    half = np.flatnonzero(np.abs(level - 0.5) <= max(ERRORS * (one.precision or 0.0), LEAST))
    after = time[half[-1] + 1 :][:1] if len(half) else time[:0]
    if len(after):
        start = float(time[half[0]])
        out += [start, (start + float(after[0])) / 2]
    return out


def _apart(curves: Sequence[ReadCurve], printed: float) -> float | None:
    """Logarithm of the curves' hazard ratio, second arm to first, over the printed one."""
    from hilum.synthesis.survival.fidelity import compare_patients

    try:
        first, second = (_patients(one) for one in curves)
    except NotEstimable:
        return None
    if not first[1].any() or not second[1].any():
        return None
    return abs(log(compare_patients(first, second).hazard_ratio / printed))


def _patients(one: ReadCurve) -> tuple[Array, Array]:
    """Of its numbers at risk, where the page has them; else so many that nobody leaves early."""
    import numpy as np

    from hilum.synthesis.survival import reconstruct

    if one.at_risk:
        time, n = zip(*one.at_risk, strict=True)
        found = reconstruct(
            one.time, one.survival, time, n, None, one.censor_time or None,
            precision=one.precision or 0.002,
        )  # fmt: skip
        return found.time, found.status.astype(np.float64)
    level = np.minimum.accumulate(np.array(one.survival))
    died = np.rint(NOMINAL * (1 - level)).astype(np.int64)
    deaths = np.diff(died, prepend=0)
    when = np.repeat(np.maximum(np.array(one.time), 1e-9), np.maximum(deaths, 0))
    left = NOMINAL - len(when)
    time = np.concatenate([when, np.full(left, one.time[-1])])
    return time, np.concatenate([np.ones(len(when)), np.zeros(left)])
