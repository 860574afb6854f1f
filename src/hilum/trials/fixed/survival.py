"""Sizes for survival: events by Schoenfeld or Freedman, then patients for the events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from hilum.errors import NotEstimable
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import SampleSize
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array

Method = Literal["schoenfeld", "freedman", "lakatos"]
METHODS = ("schoenfeld", "freedman", "lakatos")
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


class Curve(Protocol):
    """Survival of a group: its hazard and survival at any time, and where the hazard jumps.

    ``starts`` are the times of the jumps (the first 0), ``rates`` bound the hazard from above.
    """

    @property
    def starts(self) -> tuple[float, ...]:
        """Times from which a rate holds."""
        ...

    @property
    def rates(self) -> tuple[float, ...]:
        """Rates between them."""
        ...

    def at(self, t: Array) -> Array:
        """Hazard at times t."""
        ...

    def survival(self, t: Array) -> Array:
        """Probability to be event-free at times t."""
        ...


@dataclass(frozen=True, slots=True)
class Hazard:
    """A piecewise constant hazard: ``rates[i]`` from ``starts[i]`` (the first 0) on, a month."""

    starts: tuple[float, ...]
    rates: tuple[float, ...]

    @classmethod
    def from_median(cls, median: float) -> Hazard:
        """Exponential survival with this median."""
        return cls((0.0,), (float(np.log(2)) / median,))

    @classmethod
    def from_survival(cls, times: Sequence[float], survival: Sequence[float]) -> Hazard:
        """Survival joined by exponentials between these times; the last piece goes on."""
        t = np.array([0.0, *times])
        logs = np.log(np.array([1.0, *survival]))
        rates = -np.diff(logs) / np.diff(t)
        return cls(tuple(t[:-1].tolist()), tuple(rates.tolist()))

    def scaled(self, factor: float) -> Hazard:
        """Proportional hazard."""
        return replace(self, rates=tuple(rate * factor for rate in self.rates))

    def at(self, t: Array) -> Array:
        """Hazard at times t."""
        return np.asarray(self.rates)[np.searchsorted(self.starts, t, "right") - 1]

    def cumulative(self, t: Array) -> Array:
        """Integrated hazard up to times t."""
        starts, rates = np.asarray(self.starts), np.asarray(self.rates)
        until = np.append(starts[1:], np.inf)
        spent = np.clip(np.minimum(t[..., None], until) - starts, 0, None)
        return spent @ rates

    def survival(self, t: Array) -> Array:
        """Probability to be event-free at times t."""
        return np.exp(-self.cumulative(t))


@dataclass(frozen=True, slots=True)
class Course:
    """Uniform accrual over ``accrual`` months, then ``follow_up`` months for the last patient.

    ``drop_out`` is the share of patients lost by ``drop_out_time`` months, if no event came
    before; exponential, alike in both groups.
    """

    accrual: float
    follow_up: float
    drop_out: float = 0.0
    drop_out_time: float = 12.0

    @property
    def total(self) -> float:
        """Months from the first patient to the analysis."""
        return self.accrual + self.follow_up

    @property
    def drop_out_rate(self) -> float:
        """Hazard of being lost, a month."""
        return -float(np.log1p(-self.drop_out)) / self.drop_out_time

    def require(self, check: Requirements) -> None:
        """Note what cannot be."""
        check.not_negative("accrual", self.accrual, "months")
        check.not_negative("follow_up", self.follow_up, "months")
        if self.accrual >= 0 and self.follow_up >= 0:
            check.need(self.total > 0, "follow_up", self.follow_up, "accrual or follow-up above 0")
        check.need(0 <= self.drop_out < 1, "drop_out", self.drop_out, "a share from 0 to below 1")
        check.above_zero("drop_out_time", self.drop_out_time, "months")

    def followed(self, t: Array, when: float | None = None) -> Array:
        """Share of all patients to be accrued who are under observation t months after entry.

        Seen at calendar time ``when`` (the end when omitted), leaving events aside.
        """
        end = self.total if when is None else when
        if self.accrual == 0:
            entered = (t <= end).astype(float)
        else:
            entered = np.clip((end - t) / self.accrual, 0, min(1.0, end / self.accrual))
        return entered * np.exp(-self.drop_out_rate * t)


def event_probability(hazard: Curve, course: Course, when: float | None = None) -> float:
    """Chance that a patient of the trial has had the event by calendar time ``when``."""
    t, w = quadrature((hazard,), course, when)
    return float((w * hazard.at(t) * hazard.survival(t) * course.followed(t, when)).sum())


def required_events(
    hazard_ratio: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    null: float = 1.0,
    method: Literal["schoenfeld", "freedman"] = "schoenfeld",
) -> float:
    """Events of a log-rank test.

    Schoenfeld 1981: ``(z_a + z_b)^2 (1 + r)^2 / (r log(HR / null)^2)``. Freedman 1982:
    ``(z_a + z_b)^2 (1 + r HR)^2 / (r (1 - HR)^2)``.

    Parameters
    ----------
    hazard_ratio : float
        Treatment over control, as hoped for.
    ratio : float
        Treatment over control group.
    null : float
        1 for superiority; the margin, above the hazard ratio, for non-inferiority (Schoenfeld).
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("ratio", ratio)
    check.one_of("method", method, ("schoenfeld", "freedman"))
    if check.above_zero("hazard_ratio", hazard_ratio) & check.above_zero("null", null):
        if null == 1:
            check.need(
                hazard_ratio != 1, "hazard_ratio", hazard_ratio,
                "a ratio other than 1 for superiority",
            )  # fmt: skip
        else:
            check.need(
                hazard_ratio < null, "hazard_ratio", hazard_ratio,
                f"a ratio below the margin ({null:g})",
            )  # fmt: skip
            check.need(method == "schoenfeld", "method", method, "schoenfeld with a margin")
    check.done()
    za, zb = quantiles(alpha, power, sided)
    if method == "freedman":
        return (za + zb) ** 2 * (1 + ratio * hazard_ratio) ** 2 / (ratio * (1 - hazard_ratio) ** 2)
    return (za + zb) ** 2 * (1 + ratio) ** 2 / (ratio * float(np.log(hazard_ratio / null)) ** 2)


def survival(
    hazard_ratio: float,
    control: Hazard | float,
    course: Course,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    null: float = 1.0,
    method: Method = "schoenfeld",
) -> SampleSize:
    """Patients of a two-group trial under proportional hazards.

    Parameters
    ----------
    control : Hazard or float
        Control group's hazard, or its median in months (exponential).
    course : Course
        Accrual, follow-up and drop-out.
    null : float
        Hazard ratio of the null hypothesis; above 1 it is a margin of non-inferiority.

    Raises
    ------
    InputError
        A hazard ratio of 1 for superiority, negative accrual, median not above 0, and the like.
    """
    check = Requirements()
    course.require(check)
    if not isinstance(control, Hazard):
        check.above_zero("control_median", control, "months")
    check.one_of("method", method, METHODS)
    check.done()
    hazard = control if isinstance(control, Hazard) else Hazard.from_median(control)
    treated = hazard.scaled(hazard_ratio)
    if method == "lakatos":
        check.need(null == 1, "null", null, "1 with Lakatos' method")
        check.done()
        required_events(hazard_ratio, alpha=alpha, power=power, sided=sided, ratio=ratio)
        from hilum.trials.fixed.lakatos import lakatos

        return lakatos(treated, hazard, course, alpha=alpha, power=power, sided=sided, ratio=ratio)
    events = required_events(
        hazard_ratio, alpha=alpha, power=power, sided=sided, ratio=ratio, null=null, method=method
    )
    share = ratio / (1 + ratio)
    chance = share * event_probability(treated, course)
    chance += (1 - share) * event_probability(hazard, course)
    return sized(events / chance, events, ratio, alpha, power, sided, method)


def expected_events(
    n: float, treatment: Hazard, control: Hazard, course: Course, ratio: float, when: float
) -> float:
    """Events expected by calendar time ``when`` (months from the first patient)."""
    share = ratio / (1 + ratio)
    return n * (
        share * event_probability(treatment, course, when)
        + (1 - share) * event_probability(control, course, when)
    )


def calendar_time(
    events: float, n: float, treatment: Hazard, control: Hazard, course: Course, ratio: float
) -> float:
    """Month at which so many events are expected.

    Raises
    ------
    NotEstimable
        The events are not expected however long the trial goes on.
    """
    from hilum.trials.sequential.recursion import solve

    def off(when: float) -> float:
        return expected_events(n, treatment, control, course, ratio, when) - events

    high = course.total
    # At the planned end the size was solved for, so that rounding error may miss it.
    if abs(off(high)) < 1e-9 * events:
        return high
    while off(high) < 0:
        high *= 1.5
        if high > 1000 * course.total:
            message = f"{events:.0f} events are never expected from {n:.0f} patients"
            raise NotEstimable(message)
    return solve(off, 1e-9, high)


def quadrature(
    hazards: tuple[Curve, ...], course: Course, when: float | None
) -> tuple[Array, Array]:
    """Quadrature on panels that end where a hazard or the follow-up changes."""
    end = course.total if when is None else when
    breaks = {0.0, end, min(max(end - course.accrual, 0.0), end)}
    breaks |= {start for hazard in hazards for start in hazard.starts if start < end}
    top = max(max(hazard.rates) for hazard in hazards) + course.drop_out_rate
    edges: list[float] = []
    ordered = sorted(breaks)
    for low, high in pairwise(ordered):
        pieces = max(1, int(np.ceil((high - low) * max(top, 1e-9) / 1.5)))
        edges += np.linspace(low, high, min(pieces, 400) + 1)[:-1].tolist()
    edges.append(end)
    left, width = np.array(edges[:-1]), np.diff(np.array(edges))
    t = (left[:, None] + width[:, None] * (_NODES + 1) / 2).ravel()
    return t, (width[:, None] * _WEIGHTS / 2).ravel()


def sized(
    n: float, events: float, ratio: float, alpha: float, power: float, sided: int, method: str
) -> SampleSize:
    """Patients and events as the record every survival design returns."""
    za = quantiles(alpha, power, sided)[0]
    return SampleSize(
        n, n * ratio / (1 + ratio), n / (1 + ratio), alpha, power, sided, method,
        events=events, critical=za,
    )  # fmt: skip
