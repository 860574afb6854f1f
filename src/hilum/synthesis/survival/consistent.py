"""Whether what one arm printed can be, and whether its figures fit one another."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from hilum.synthesis.survival.reports import Report, SurvivalArm


def points_in_order(arm: SurvivalArm, leave: object) -> list[tuple[float, float, Report]]:
    """Times and survival of rates and median, in order of time; what contradicts is left out.

    Survival that rises is an error. A median that the arm's own rates contradict (a rate below
    one half before it, or above after it) gives way to them: two or more printed rates against
    one number, and papers do count the two from different starts. So does a median whose limits
    leave out a time at which survival is one half, as far as its own interval can tell: they are
    the times where it may be (Brookmeyer and Crowley 1982).
    """
    assert callable(leave)
    rates = sorted(
        ((one.time or 0.0, one.value or 0.0, one) for one in arm.reports if one.kind == "rate"),
        key=lambda point: point[:2],
    )
    for (t1, s1, _), (t2, s2, later) in itertools.pairwise(rates):
        if t1 == t2:
            raise NotEstimable(place(arm, later, phrased("one rate at time {t2:g}", t2=t2)))
        if s2 > s1:
            wanted = phrased(
                "survival that does not rise: {s1:g} at {t1:g}, then {s2:g} at {t2:g}",
                s1=s1,
                t1=t1,
                s2=s2,
                t2=t2,
            )
            raise NotEstimable(place(arm, later, wanted))
    medians = [one for one in arm.reports if one.kind == "median"]
    if len(medians) > 1:
        raise NotEstimable(place(arm, medians[1], "one median an arm"))
    points = list(rates)
    for one in medians:
        time = one.value or 0.0
        against = any((t < time and s < 0.5) or (t > time and s > 0.5) for t, s, _ in rates)
        outside = any(not _within(one, t) and _near_half(rate) for t, _, rate in rates)
        if against or outside:
            leave(one, "contradicts")
        elif any(t == time for t, _, _ in rates):
            leave(one, "same_time")
        else:
            points.append((time, 0.5, one))
    return sorted(points, key=lambda point: point[0])


def _within(median: Report, time: float) -> bool:
    """Whether a time lies between the limits of a median; an unknown limit leaves all."""
    low, high = median.lower, median.upper
    return (low is None or low <= time) and (high is None or time <= high)


def _near_half(rate: Report) -> bool:
    """Whether a rate is one half, or within one standard error of it by its own interval."""
    value = rate.value or 0.0
    end = rate.lower if value > 0.5 else rate.upper
    if value == 0.5 or end is None:
        return value == 0.5
    return abs(value - 0.5) <= abs(value - end) / rate.z


def check(arm: SurvivalArm, one: Report) -> None:
    """Refuse a figure that cannot be: no finite number, outside its range, limits the wrong way."""
    numbers = [x for x in (one.time, one.value, one.lower, one.upper, one.n) if x is not None]
    if not all(np.isfinite(x) for x in numbers):
        raise NotEstimable(place(arm, one, "finite numbers"))
    if one.n is not None and not (one.n > 0 or (one.kind == "at_risk" and one.n == 0)):
        raise NotEstimable(place(arm, one, phrased("n above 0, not {n:g}", n=one.n)))
    if one.kind in ("rate", "not_reached", "at_risk"):
        least = one.time is not None and (one.time > 0 or (one.kind == "at_risk" and one.time == 0))
        if not least:
            raise NotEstimable(place(arm, one, "a time above 0"))
    if one.kind == "at_risk" and one.n is None:
        raise NotEstimable(place(arm, one, "n at risk"))
    if one.kind == "rate" and not (one.value is not None and 0 <= one.value <= 1):
        raise NotEstimable(
            place(arm, one, phrased("a share from 0 to 1, not {value}", value=one.value))
        )
    if one.kind == "median" and not (one.value is not None and one.value > 0):
        raise NotEstimable(
            place(arm, one, phrased("a median above 0, not {value}", value=one.value))
        )
    if one.kind in ("rate", "median"):
        value = one.value or 0.0
        low = value if one.lower is None else one.lower
        high = value if one.upper is None else one.upper
        if not 0 <= low <= value <= high or (one.kind == "rate" and high > 1):
            wanted = phrased(
                "lower <= value <= upper, not {low:g}, {value:g}, {high:g}",
                low=low,
                value=value,
                high=high,
            )
            raise NotEstimable(place(arm, one, wanted))
    if one.kind == "curve":
        times, status = np.asarray(one.times, np.float64), np.asarray(one.status)
        if len(times) == 0 or len(times) != len(status):
            raise NotEstimable(place(arm, one, "patients, one time and one status each"))
        if not bool(np.all(np.isfinite(times) & (times >= 0)) and np.isin(status, (0, 1)).all()):
            raise NotEstimable(place(arm, one, "times of 0 or more and a status of 0 or 1"))
        low, high = one.deaths or (0, len(times))
        if not 0 <= low <= int(status.sum()) <= high <= len(times):
            wanted = phrased(
                "a range of deaths that holds the patients' own, {deaths}", deaths=int(status.sum())
            )
            raise NotEstimable(place(arm, one, wanted))


def place(arm: SurvivalArm, report: Report, wanted: str) -> str:
    """Where a figure stands, and what was expected there."""
    named = [arm.study, *([arm.arm] if arm.arm else []), *([report.label] if report.label else [])]
    return phrased(
        "study {study}, {kind}: expected {expected}",
        study=", ".join(named),
        kind=report.kind,
        expected=wanted,
    )
