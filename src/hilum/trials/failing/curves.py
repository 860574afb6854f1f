"""Two groups followed in time, any hazards, under other truths than the planned one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.failing.play import Played
from hilum.trials.fixed.course import Course, Hazard
from hilum.trials.fixed.lakatos import changing_hazard
from hilum.trials.simulation.designed import by_a_year
from hilum.trials.simulation.logrank import log_rank, risk_table
from hilum.trials.simulation.nonproportional import inverse, statistic

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.failing.changes import Changes

Pattern = tuple[tuple[float, float], ...]


def changed_pattern(pattern: Pattern, changes: Changes, *, works: bool) -> Pattern:
    """Hazard ratios by the month from which they hold, under a truth."""
    if not works:
        return ((0.0, 1.0),)
    if changes.delay:
        pattern = ((0.0, 1.0), (changes.delay, pattern[-1][1]))
    return tuple((month, ratio**changes.effect) for month, ratio in pattern)


def changed_course(course: Course, changes: Changes) -> Course:
    """Accrual and losses under a truth; a trial that is closed has less follow-up."""
    accrual = course.accrual * changes.slower
    follow_up = course.total - accrual if changes.closed else course.follow_up
    if not changes.drop_out:
        return replace(course, accrual=accrual, follow_up=follow_up)
    return Course(accrual, follow_up, changes.drop_out, 12.0)


@dataclass(frozen=True, slots=True)
class Seen:
    """Patients at the analysis; shape (trials, n). Who is not there has follow-up 0."""

    time: Array
    event: Mask
    there: Mask


def observed(
    rng: np.random.Generator, time: Array, course: Course, *, events: int | None = None
) -> tuple[Seen, Array]:
    """What an analysis sees of times to an event, and its month.

    It is held in the last month of the course, or when so many events have come; where they never
    come, when nobody is left.
    """
    entry = rng.uniform(0, course.accrual, time.shape) if course.accrual else np.zeros(time.shape)
    lost = np.full(time.shape, np.inf)
    if course.drop_out:
        lost = rng.standard_exponential(time.shape) / course.drop_out_rate
    month = np.full(len(time), course.total)
    if events is not None:
        calendar = np.sort(np.where(time <= lost, entry + time, np.inf), axis=1)
        month = calendar[:, min(events, time.shape[1]) - 1]
        nobody = (entry + np.minimum(time, lost)).max(axis=1)
        month = np.where(np.isfinite(month), month, nobody)
    last = month[:, None]
    there = entry < last
    seen = np.minimum(time, np.minimum(last - entry, lost))
    event = there & (time <= lost) & (entry + time <= last)
    return Seen(np.where(there, seen, 0.0), event, there), month


def crossing(
    rng: np.random.Generator, control: Hazard, treated: Hazard, changes: Changes, spent: Array
) -> Array:
    """Times of controls of whom some change to the other hazard at an exponential time."""
    time = inverse(control, spent)
    if not changes.crossover:
        return time
    when = rng.standard_exponential(spent.shape) / by_a_year(changes.crossover)
    before = control.cumulative(when)
    later = inverse(treated, np.maximum(spent - before, 0.0) + treated.cumulative(when))
    return np.where(spent <= before, time, later)


@dataclass(frozen=True, slots=True)
class TwoCurves:
    """Two groups compared in their planned last month by MaxCombo or restricted means.

    Parameters
    ----------
    control : Hazard
    pattern : tuple of (month, hazard ratio from then on)
    horizon : float or None
        Months over which means are restricted; the largest of weighted log-rank tests where None.
    """

    control: Hazard
    pattern: Pattern
    course: Course
    n1: int
    n2: int
    critical: float
    weights: tuple[tuple[float, float], ...]
    horizon: float | None
    levels: bool = True
    counted: str = "events"
    ends: str = "follow-up"
    analyses: int = 1

    @property
    def at_once(self) -> int:
        """Patients of a trial, of whom several statistics are made."""
        return 2 * (self.n1 + self.n2)

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        control = self.control.scaled(1 / changes.control_times)
        treated = changing_hazard(control, changed_pattern(self.pattern, changes, works=works))
        course = changed_course(self.course, changes)
        spent = rng.standard_exponential((trials, self.n1 + self.n2))
        time = np.hstack([
            inverse(treated, spent[:, : self.n1]),
            crossing(rng, control, treated, changes, spent[:, self.n1 :]),
        ])  # fmt: skip
        seen, month = observed(rng, time, course)
        arm = np.concatenate([np.ones(self.n1), np.zeros(self.n2)])
        z = statistic(seen.time, seen.event, arm, self.weights, self.horizon)
        return Played(
            z >= self.critical, np.zeros(trials, np.int64), seen.there.sum(axis=1).astype(float),
            seen.event.sum(axis=1).astype(float), month, np.full(trials, changes.closed),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StrataCurves:
    """Two groups within strata, compared by the stratified log-rank test at so many events.

    Parameters
    ----------
    controls : tuple of Hazard
        Of each stratum.
    shares : tuple of float
        Of the patients in each, on average.
    events : int
        At which it is analysed; in the planned month at the latest where the trial is closed.
    sided : {1, 2}
        Success is a result in the direction hoped for.
    """

    controls: tuple[Hazard, ...]
    shares: tuple[float, ...]
    ratio: float
    course: Course
    n1: int
    n2: int
    events: int
    critical: float
    levels: bool = False
    counted: str = "events"
    ends: str = "events"
    analyses: int = 1

    @property
    def at_once(self) -> int:
        """Patients of a trial, looked at in each stratum."""
        return len(self.shares) * (self.n1 + self.n2)

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        n = self.n1 + self.n2
        # Places of the treatment lie evenly among all.
        arm = np.diff(np.floor(np.arange(n + 1) * (self.n1 / n) + 1e-9)).astype(np.int64)
        stratum = rng.choice(len(self.shares), (trials, n), p=self.shares)
        spent = rng.standard_exponential((trials, n))
        pattern = changed_pattern(((0.0, self.ratio),), changes, works=works)
        time = np.zeros((trials, n))
        for k, hazard in enumerate(self.controls):
            control = hazard.scaled(1 / changes.control_times)
            treated = changing_hazard(control, pattern)
            other = crossing(rng, control, treated, changes, spent)
            own = np.where(arm == 1, inverse(treated, spent), other)
            time = np.where(stratum == k, own, time)
        course = changed_course(self.course, changes)
        events = None if changes.closed else self.events
        seen, month = observed(rng, time, course, events=events)
        u, v = np.zeros(trials), np.zeros(trials)
        for k in range(len(self.shares)):
            used = seen.there & (stratum == k)
            part = log_rank(risk_table(np.where(used, seen.time, -1.0), seen.event & used, arm))
            u, v = u + part[0], v + part[1]
        side = -1.0 if self.ratio < 1 else 1.0
        z = np.where(v > 0, side * u / np.sqrt(np.where(v > 0, v, 1.0)), 0.0)
        found = seen.event.sum(axis=1)
        return Played(
            z >= self.critical, np.zeros(trials, np.int64), seen.there.sum(axis=1).astype(float),
            found.astype(float), month, found < self.events,
        )  # fmt: skip
