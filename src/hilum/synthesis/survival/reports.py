"""What a study printed of its survival, and the grouped data that it amounts to.

Figures of one arm are not independent: the five-year rate counts the deaths of the one-year rate
again. Each arm is therefore read from left to right as *conditional* survival between its times,
which are independent given the number at risk, exactly as in a life table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, joined, phrased
from hilum.synthesis.arrays import coverage
from hilum.synthesis.survival.consistent import check, place, points_in_order
from hilum.synthesis.survival.death_range import information_share
from hilum.synthesis.survival.extremes import patients_of_extreme
from hilum.synthesis.survival.left_out import REASONS
from hilum.synthesis.survival.median_widths import Width, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.synthesis.arrays import Array

Kind = Literal["rate", "median", "not_reached", "at_risk", "curve"]
KINDS: tuple[str, ...] = get_args(Kind)
LOG_2 = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class Report:
    """One printed figure.

    Parameters
    ----------
    kind : {"rate", "median", "not_reached", "at_risk", "curve"}
        ``rate``: survival ``value`` (a share) at ``time``; ``median``: ``value`` in time units;
        ``not_reached``: the median was not reached by ``time``; ``at_risk``: ``n`` patients are
        followed at ``time``; ``curve``: one patient a row in ``times`` and ``status``.
    lower, upper : float, optional
        Limits of the value; one suffices (an upper limit of a median is often not reached).
    level : float
        Coverage of those limits as they were printed.
    n : float, optional
        Patients at the start (``at_risk``: at ``time``).
    deaths : (int, int), optional
        Of a ``curve`` whose patients were read back from a printed one: the fewest and the most
        deaths that it allows.
    far : (float, float, float), optional
        Of such a ``curve``: the largest fall of survival between two points that were read, too
        far apart to say when, and the times of both.
    from_n : bool
        The limits were made from ``n``: they say nothing that it does not.
    """

    kind: Kind
    time: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: float | None = None
    label: str = ""
    times: tuple[float, ...] = field(default=(), repr=False)
    status: tuple[int, ...] = field(default=(), repr=False)
    deaths: tuple[int, int] | None = None
    far: tuple[float, float, float] | None = None
    from_n: bool = False
    level: float = 0.95

    @property
    def z(self) -> float:
        """Standard errors from the value to a limit."""
        return float(special.ndtri(0.5 + self.level / 2))


@dataclass(frozen=True, slots=True)
class SurvivalArm:
    """All reports of one arm of one study."""

    study: str
    arm: str
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Unused:
    """A report that did not enter, and why.

    ``reason`` is ``patients_given``, ``same_time``, ``median_reached_later``, ``contradicts``,
    ``no_n``, ``at_risk_alone`` or ``no_information``; ``not_on_grid`` where a curve without a
    distribution was asked for.
    """

    study: str
    arm: str
    report: Report
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Survival ``p`` from ``start`` to ``end`` of effectively ``m`` patients.

    ``kind``: ``share`` is survival seen at a fixed time; ``time`` is a median, a time seen at a
    fixed survival; ``log_time`` a median from time 0 whose logarithm has the standard error
    ``log_se``; ``floor`` a median not reached, of which only ``p`` being exceeded is known.
    """

    start: float
    end: float
    m: float
    p: float
    kind: Literal["share", "time", "log_time", "floor"] = "share"
    log_se: float | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """One arm as life-table pieces or patients, with what went in and what did not.

    ``weight`` is the share of the patients' information that the range of their deaths leaves;
    ``widths`` are what the widths of printed medians' intervals tell of the curve's slope.
    """

    study: str
    arm: str
    n: float | None
    last: float
    pieces: tuple[Piece, ...]
    times: Array
    status: Array
    used: tuple[Report, ...]
    unused: tuple[Unused, ...]
    weight: float = 1.0
    widths: tuple[Width, ...] = ()


def group(arms: Iterable[SurvivalArm]) -> tuple[Grouped, ...]:
    """Every arm as independent pieces.

    Parameters
    ----------
    arms : iterable of SurvivalArm
        At least one with a usable report.

    Raises
    ------
    NotEstimable
        A figure outside its range, limits in the wrong order, survival that rises within an arm,
        or no usable figure at all.
    """
    out = [_group(arm) for arm in arms]
    if not any(one.used for one in out):
        if not any(one.unused for one in out):
            raise NotEstimable("no usable report")
        reasons = Counter(left.reason for one in out for left in one.unused)
        listed = joined(
            phrased("{what} (reports: {count})", what=REASONS[code], count=count)
            for code, count in reasons.items()
        )
        message = phrased("no usable report: {reasons}", reasons=listed)
        raise NotEstimable(message)
    return tuple(out)


def told_of_both(deaths: float, alive: float) -> None:
    """Refuse figures that tell of no death, or of nobody alive: a curve follows from neither.

    Raises
    ------
    NotEstimable
        Which of them nothing tells of, and what to give.
    """
    if not deaths > 0:
        message = (
            "no figure tells of a death (rates of 100 %, medians not reached, nobody who died): "
            "any curve that is high enough fits them; give one rate below 100 % or one median"
        )
        raise NotEstimable(message)
    if not alive > 0:
        message = (
            "no figure tells of anybody alive (rates of 0 % alone): any curve that falls fast "
            "enough fits them; give one earlier rate above 0 % or one median"
        )
        raise NotEstimable(message)


def _group(arm: SurvivalArm) -> Grouped:
    for report in arm.reports:
        coverage(report.level)
        check(arm, report)
    curves = [one for one in arm.reports if one.kind == "curve"]
    if len(curves) > 1:
        raise NotEstimable(place(arm, curves[1], "one curve an arm"))
    if curves:
        times = _after_start(arm, curves[0])
        others = [one for one in arm.reports if one is not curves[0]]
        return Grouped(
            arm.study,
            arm.arm,
            float(len(times)),
            float(times.max()),
            (),
            times,
            np.asarray(curves[0].status, np.float64),
            (curves[0],),
            tuple(Unused(arm.study, arm.arm, one, "patients_given") for one in others),
            information_share(sum(curves[0].status), *(curves[0].deaths or (0, 0))),
        )
    return _life_table(arm)


def _after_start(arm: SurvivalArm, curve: Report) -> Array:
    """Deaths on the day that time is counted from stand half-way to the arm's next time.

    A family's hazard at time 0 is 0 or infinite; Kaplan and Meier's curve does not mind.
    """
    times = np.asarray(curve.times, np.float64)
    later = times[times > 0]
    if not len(later):
        raise NotEstimable(place(arm, curve, "some time above 0"))
    return np.where(times > 0, times, later.min() / 2)


def _life_table(arm: SurvivalArm) -> Grouped:
    unused: list[Unused] = []

    def leave(report: Report, reason: str) -> None:
        unused.append(Unused(arm.study, arm.arm, report, reason))

    at_risk = {one.time: one.n for one in arm.reports if one.kind == "at_risk"}
    points = points_in_order(arm, leave)
    sizes = [one.n for one in arm.reports if one.kind != "at_risk" and one.n is not None]
    size = at_risk.get(0.0) or (max(sizes) if sizes else None)
    pieces, used, previous, spread, share, risk = list[Piece](), list[Report](), 0.0, 0.0, 1.0, size
    widths = list[Width]()
    counts = sorted((time, n) for time, n in at_risk.items() if time is not None and n is not None)
    for time, value, report in points:
        p = value / share if share > 0 else 1.0
        variance = _variance(report)
        if share <= 0:
            leave(report, "no_information")
            continue
        risk = dict(counts).get(previous, risk)
        m = _effective(p, variance, spread, risk, dict(counts).get(time))
        if share == 1:
            # Nobody has died before: the interval is of this piece.
            exact = patients_of_extreme(value, report.lower, report.upper, report.level)
            m = min((one for one in (m, exact) if one is not None), default=None)
        if m is None:
            leave(report, "no_n")
            continue
        pieces.append(_piece(report, previous, time, m, min(p, 1.0)))
        width = width_of(report) if pieces[-1].kind == "log_time" else None
        if width is not None and width.likely:
            widths.append(width)
        used.append(report)
        spread += (1 - p) / (p * m) if p > 0 and m > 0 else 0.0
        previous, share, risk = time, value, m * p
    for report in (one for one in arm.reports if one.kind == "not_reached"):
        time, n = report.time or 0.0, risk if pieces else (report.n or size)
        if time <= previous:
            reached = share < 0.5
            leave(report, "median_reached_later" if reached else "no_information")
        elif share <= 0.5:
            leave(report, "contradicts")
        elif n is None:
            leave(report, "no_n")
        else:
            pieces.append(Piece(previous, time, n, 0.5 / share, "floor"))
            used.append(report)
            previous = time
            break
    risks = [one for one in arm.reports if one.kind == "at_risk"]
    if used:
        used += risks
    else:
        for report in risks:
            leave(report, "at_risk_alone")
    empty = np.zeros(0)
    last = max((piece.end for piece in pieces), default=0.0)
    return Grouped(
        arm.study,
        arm.arm,
        size,
        last,
        tuple(pieces),
        empty,
        empty,
        tuple(used),
        tuple(unused),
        widths=tuple(widths),
    )


def _piece(report: Report, start: float, end: float, m: float, p: float) -> Piece:
    if report.kind == "rate":
        return Piece(start, end, m, p)
    log_se = _log_se(report)
    if start > 0 or log_se is None:
        return Piece(start, end, m, p, "time")
    return Piece(start, end, m, p, "log_time", log_se)


def _variance(report: Report) -> float | None:
    """Variance of log S at the report, from its interval on the log-log scale.

    Of a median: taken as if log(-log S) rose with log time by one, as an exponential's does. The
    median's own likelihood does not use it; what a later figure of the arm adds does.
    """
    z, low, high, value = report.z, report.lower, report.upper, report.value or 0.0
    if report.kind == "median":
        width = _log_se(report)
        return None if width is None else (LOG_2 * width) ** 2
    if not 0 < value < 1:
        return None
    low = None if low is not None and low <= 0 else low
    high = None if high is not None and high >= 1 else high

    def deep(share: float) -> float:
        return float(np.log(-np.log(share)))

    if low is not None and high is not None:
        width = (deep(low) - deep(high)) / (2 * z)
    elif low is not None:
        width = (deep(low) - deep(value)) / z
    elif high is not None:
        width = (deep(value) - deep(high)) / z
    else:
        return None
    return (float(np.log(value)) * width) ** 2 if width > 0 else None


def _log_se(report: Report) -> float | None:
    """Standard error of a log median from its interval, or from the half of it that is known."""
    z, low, high, value = report.z, report.lower, report.upper, report.value or 0.0
    if low is not None and high is not None and 0 < low < high:
        return float(np.log(high / low)) / (2 * z)
    if low is not None and 0 < low < value:
        return float(np.log(value / low)) / z
    if high is not None and high > value:
        return float(np.log(high / value)) / z
    return None


def _effective(
    p: float,
    variance: float | None,
    before: float,
    risk: float | None,
    at_end: float | None,
) -> float | None:
    """Patients that a piece amounts to; ``None`` where neither interval nor n is known.

    By Greenwood the variance of log S grows by (1 - p) / (p m) over a piece, so two intervals
    give m; numbers at risk at both ends give the actuarial m = (n0 + n1) / (1 + p), in which half
    of those censored count; n alone takes everybody as followed. No piece can hold more patients
    than were left from the one before.
    """
    if variance is not None and 0 < p < 1:
        grown = variance - before
        # Rounding of the printed limits can make the growth vanish or negative.
        m = (1 - p) / (p * grown) if grown > 0 else np.inf
        if risk is not None:
            return float(min(m, risk))
        return float(m) if np.isfinite(m) else None
    if risk is not None and at_end is not None:
        return min(risk, (risk + at_end) / (1 + p))
    return risk


def rescale(arms: Sequence[SurvivalArm], factor: float) -> tuple[SurvivalArm, ...]:
    """The same arms with every time multiplied by ``factor`` (12 turns years into months)."""

    def times(one: Report) -> Report:
        def by(x: float | None) -> float | None:
            return None if x is None else x * factor

        median = one.kind == "median"
        return replace(
            one,
            time=by(one.time),
            value=by(one.value) if median else one.value,
            lower=by(one.lower) if median else one.lower,
            upper=by(one.upper) if median else one.upper,
            times=tuple(t * factor for t in one.times),
        )

    return tuple(replace(arm, reports=tuple(times(one) for one in arm.reports)) for arm in arms)
