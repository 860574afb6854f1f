"""Hazards, accrual and follow-up: when a trial's events come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.trials.parameters import Requirements

# A century, in months: a longer trial is a slip of the unit or the pen.
LONGEST = 1200.0
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
            wanted = "accrual and follow-up of at most 1200 months"
            check.need(self.total <= LONGEST, "follow_up", self.follow_up, wanted)
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
            message = phrased(
                "{events:.0f} events are never expected from {n:.0f} patients", events=events, n=n
            )
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
