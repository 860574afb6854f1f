"""Enrichment trials of the time to an event, patient by patient.

A patient belongs to the stage that recruited him and is followed on after its interim analysis
(Jenkins, Stone & Jennison 2011): the test of a stage takes its own patients until a number of
events that was fixed in advance, so that the p values of the stages rest on different patients,
and an interim analysis may use whatever it knows. It comes when its stage is recruited and sees
the events until then; since the stage's test is not complete there, it never ends the trial with
success.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.fixed.course import Course, Hazard, event_probability
from hilum.trials.simulation.enriched import Scores
from hilum.trials.simulation.enriched_model import Model
from hilum.trials.simulation.logrank import log_rank, risk_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.enriched_rates import Patients


@dataclass(frozen=True, slots=True)
class TimeTruth:
    """Medians of the controls and hazard ratios in the subgroup and in the others.

    ``better`` is 1 where a lower hazard is hoped for, -1 where a higher.
    """

    medians: tuple[float, float]
    ratios: tuple[float, float]
    prevalence: float
    better: int = 1

    @property
    def effects(self) -> tuple[float, float]:
        """Log hazard ratios in the direction hoped for, in all (weighted by patients), subgroup."""
        own, other = self.better * -np.log(np.asarray(self.ratios))
        return float(self.prevalence * own + (1 - self.prevalence) * other), float(own)

    def hazards(self) -> tuple[tuple[Hazard, Hazard], tuple[Hazard, Hazard]]:
        """Control and treatment, of the subgroup and of the others."""
        own, other = (
            (Hazard.from_median(median), Hazard.from_median(median).scaled(ratio))
            for median, ratio in zip(self.medians, self.ratios, strict=True)
        )
        return own, other


@dataclass(frozen=True, slots=True)
class Windows:
    """Months at which the stages' recruitment ends as planned, and the whole course."""

    ends: tuple[float, ...]
    course: Course

    @classmethod
    def of(cls, shares: Sequence[float], course: Course) -> Windows:
        """Of stages that recruit these shares of the patients at one pace."""
        return cls(tuple(float(one) for one in np.cumsum(shares) * course.accrual), course)

    def cohort(self, stage: int) -> tuple[float, Course]:
        """The start of a stage's recruitment, and its patients' own course."""
        start = 0.0 if stage == 0 else self.ends[stage - 1]
        length = self.ends[stage] - start
        whole = self.course
        course = Course(length, whole.total - self.ends[stage], whole.drop_out, whole.drop_out_time)
        return start, course


def chances(truth: TimeTruth, windows: Windows, stage: int, q: float, when: float | None) -> Array:
    """Chance of an event of a stage's patient in either stratum, by a month or the end."""
    start, course = windows.cohort(stage)
    at = None if when is None else when - start
    return np.array(
        [
            (1 - q) * event_probability(control, course, at)
            + q * event_probability(treated, course, at)
            for control, treated in truth.hazards()
        ]
    )


@dataclass(frozen=True, slots=True)
class Events:
    """Events of each stage's own patients at which its test is made, as planned and enriched."""

    planned: tuple[int, ...]
    enriched: tuple[int, ...]


def chance_of(plan: Enrichment, windows: Windows, truth: TimeTruth) -> tuple[float, ...]:
    """Chance that a patient of each stage has had the event by the planned end."""
    q, mix = plan.ratio / (1 + plan.ratio), np.array([truth.prevalence, 1 - truth.prevalence])
    return tuple(float(mix @ chances(truth, windows, k, q, None)) for k in range(len(windows.ends)))


def events_of(chance: Sequence[float], sizes: Patients) -> Events:
    """The planned events of the stages; an enriched stage has as many a patient."""
    return Events(
        *(
            tuple(max(int(n * p), 1) for n, p in zip(counts, chance, strict=True))
            for counts in (sizes.planned, sizes.enriched)
        )
    )


def model_of(plan: Enrichment, windows: Windows, truth: TimeTruth, planned: TimeTruth) -> Model:
    """What a patient is worth in the normal model; events are counted as planned."""
    q = plan.ratio / (1 + plan.ratio)
    split, strata = q * (1 - q), np.array([truth.prevalence, 1 - truth.prevalence])
    stages = range(plan.stages)
    known = np.array(chance_of(plan, windows, planned))
    own = np.stack([strata * chances(truth, windows, k, q, None) for k in stages])
    # The events of a stage are fixed; the truth decides in which stratum they come.
    own *= (known / own.sum(axis=1))[:, None]
    shares = np.asarray(plan.shares)
    visible = tuple(
        tuple(
            1.0 if j > k else min(
                float(strata @ chances(truth, windows, j, q, windows.ends[k])) / known[j], 1.0)
            for k in stages
        )
        for j in stages
    )  # fmt: skip
    first, second = truth.better * -np.log(np.asarray(truth.ratios))
    return Model(
        split * shares[:, None] * own, split * plan.rule.enlarged * shares * known,
        (float(first), float(second)), (1.0, 1.0), visible,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cohort:
    """Patients of a stage: entry, end of observation, whether by the event; who is in the group."""

    entry: Array
    end: Array
    event: Mask
    inside: Mask
    arm: Array
    cut: Array

    def scores(self, when: Array, better: int) -> Scores:
        """Log-rank statistics of both strata at calendar months."""
        month = when[:, None]
        here = self.entry < month
        time = np.minimum(self.end, month) - self.entry
        event = self.event & (self.end <= month) & here
        found: list[tuple[Array, Array]] = []
        for stratum in (self.inside, ~self.inside):
            used = here & stratum
            u, v = log_rank(risk_table(np.where(used, time, -1.0), event & used, self.arm))
            found.append((-better * u, v))
        u, v = (np.stack(part, axis=1) for part in zip(*found, strict=True))
        return Scores.of_strata(u, v, v)

    def events(self, when: Array) -> Array:
        """Seen by calendar months."""
        return (self.event & (self.end <= when[:, None])).sum(axis=1).astype(float)


class TimePlayer:
    """Stages recruit one after the other at one pace; in the subgroup alone as it is prevalent."""

    def __init__(
        self, plan: Enrichment, sizes: Patients, events: Events, windows: Windows,
        truth: TimeTruth, trials: int, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._plan, self._sizes, self._events, self._windows = plan, sizes, events, windows
        self._truth, self._rng = truth, rng
        self._now = np.zeros(trials)
        self._looks: list[Array] = []
        self._cohorts: list[_Cohort] = []

    def recruit(self, stage: int, enriched: Mask) -> Array:
        """See :class:`hilum.trials.simulation.enriched.Player`."""
        rng, truth, trials = self._rng, self._truth, len(enriched)
        planned, alone = self._sizes.planned[stage], self._sizes.enriched[stage]
        n = np.where(enriched, alone, planned)
        most = max(planned, alone)
        _, course = self._windows.cohort(stage)
        length = course.accrual * np.where(enriched, alone / planned / truth.prevalence, 1.0)
        place = np.arange(most)
        there = place < n[:, None]
        own = np.where(enriched, n, rng.binomial(n, truth.prevalence))
        inside = place < own[:, None]
        q = self._plan.ratio / (1 + self._plan.ratio)
        # Places alternate, so that either stratum is allocated in the ratio.
        arm = np.diff(np.floor(np.arange(most + 1) * q + 0.5)).astype(np.int64)
        entry = self._now[:, None] + length[:, None] * rng.random((trials, most))
        entry = np.where(there, entry, np.inf)
        rates = np.array([[one.rates[0] for one in pair] for pair in truth.hazards()])
        rate = np.where(inside, rates[0][arm], rates[1][arm])
        time = rng.standard_exponential((trials, most)) / rate
        lost = np.full((trials, most), np.inf)
        if course.drop_out_rate > 0:
            lost = rng.standard_exponential((trials, most)) / course.drop_out_rate
        event = (time <= lost) & there
        end = entry + np.minimum(time, lost)
        needed = np.where(enriched, self._events.enriched[stage], self._events.planned[stage])
        made = np.sort(np.where(event, end, np.inf), axis=1)
        cut = np.take_along_axis(made, np.minimum(needed, most)[:, None] - 1, axis=1)[:, 0]
        # Where so many events never come all of them are used.
        last = np.where(there, end, -np.inf).max(axis=1)
        cut = np.where(np.isfinite(cut), cut, last)
        self._cohorts.append(_Cohort(entry, end, event, inside & there, arm, cut))
        self._now = self._now + length
        self._looks.append(self._now)
        return n

    def seen(self, stage: int) -> Scores:
        """Likewise."""
        when, better = self._looks[stage], self._truth.better
        found = self._cohorts[0].scores(when, better)
        for one in self._cohorts[1 : stage + 1]:
            found = found.plus(one.scores(when, better))
        return found

    def own(self, stage: int) -> Scores:
        """Likewise."""
        one = self._cohorts[stage]
        return one.scores(one.cut, self._truth.better)

    def course(self, stage: int, *, last: bool) -> tuple[Array, Array]:
        """Likewise."""
        used = self._cohorts[: stage + 1]
        if last:
            months = np.max([one.cut for one in used], axis=0)
            return np.sum([one.events(one.cut) for one in used], axis=0), months
        when = self._looks[stage]
        return np.sum([one.events(when) for one in used], axis=0), when
