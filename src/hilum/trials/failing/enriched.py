"""Enrichment trials under other truths than the planned one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.failing.play import Played
from hilum.trials.failing.rates import Rates
from hilum.trials.fixed.course import Course
from hilum.trials.simulation.enriched_means import MeanTruth
from hilum.trials.simulation.enriched_rates import LEAST, Patients
from hilum.trials.simulation.enriched_sizes import Times, simulate_enriched
from hilum.trials.simulation.enriched_survival import TimeTruth, Windows

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Mask
    from hilum.trials.failing.changes import Changes
    from hilum.trials.failing.rates import Pace
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.enriched_sizes import Endpoint, Truth

COLUMNS = {"full": [0], "subgroup": [1], "either": [0, 1]}


@dataclass(frozen=True, slots=True)
class EnrichedPlayed:
    """Stages that may enrich; success is that what the power is of is declared effective.

    Without an effect it is that either population is.
    """

    plan: Enrichment
    endpoint: Endpoint
    truth: Truth
    sizes: Patients
    of: str
    pace: Pace
    lower: bool = False

    @property
    def analyses(self) -> int:
        """Number of stages."""
        return self.plan.stages

    @property
    def at_once(self) -> int:
        """Draws of a trial."""
        return self.sizes.largest if self.timed else 40 * self.plan.stages

    @property
    def levels(self) -> bool:
        """See :class:`hilum.trials.failing.play.Playable`."""
        return not self.timed

    @property
    def counted(self) -> str:
        """Likewise."""
        return "events" if self.timed else ""

    @property
    def ends(self) -> str:
        """Likewise."""
        return "events" if self.timed else "patients"

    @property
    def timed(self) -> bool:
        """Whether times to an event are compared."""
        return isinstance(self.truth, TimeTruth)

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        endpoint, sizes = self.endpoint, self.sizes
        if isinstance(endpoint, Times):
            endpoint = replace(endpoint, actual=_windows(endpoint.windows, changes))
        elif isinstance(self.truth, MeanTruth):
            sizes = _measured(sizes, changes)
        truth = self._truth(changes, works=works)
        out = simulate_enriched(self.plan, endpoint, sizes, truth, trials, seed)
        columns = COLUMNS[self.of if works else "either"]
        patients = out.patients * (self.sizes.planned[0] / sizes.planned[0])
        success: Mask = np.any(out.rejected[:, columns], axis=1)
        return Played(
            success, out.ended.astype(np.int64), patients,
            out.events if self.timed else None,
            out.months if self.timed else self.pace.months(patients, changes),
        )  # fmt: skip

    def _truth(self, changes: Changes, *, works: bool) -> Truth:
        """What is true; effects of both strata are changed alike."""
        truth, part = self.truth, changes.effect if works else 0.0
        if isinstance(truth, TimeTruth):
            return replace(
                truth,
                medians=tuple(one * changes.control_times for one in truth.medians),
                ratios=tuple(one**part for one in truth.ratios),
            )
        if isinstance(truth, MeanTruth):
            differences = tuple(part * one for one in truth.differences)
            other = None if truth.rest_sd is None else truth.rest_sd * changes.sd
            sd = truth.sd * changes.sd
            return replace(truth, differences=differences, sd=sd, rest_sd=other)
        own, rest = (
            Rates(control, (treated,), lower=self.lower).seen(changes, works=works)
            for control, treated in zip(truth.control, truth.treatment, strict=True)
        )
        return replace(truth, control=(own[0], rest[0]), treatment=(own[1][0], rest[1][0]))


def _windows(planned: Windows, changes: Changes) -> Windows:
    """Recruitment that takes longer, and other losses."""
    course = planned.course
    accrual = course.accrual * changes.slower
    losses = (course.drop_out, course.drop_out_time)
    if changes.drop_out:
        losses = (changes.drop_out, 12.0)
    ends = tuple(one * changes.slower for one in planned.ends)
    return Windows(ends, Course(accrual, course.follow_up, *losses))


def _measured(sizes: Patients, changes: Changes) -> Patients:
    """Patients whose outcome is not missing, as many as are expected."""
    kept = 1 - changes.drop_out
    return Patients(
        *(
            tuple(max(round(kept * n), LEAST) for n in counts)
            for counts in (sizes.planned, sizes.enriched)
        )
    )
