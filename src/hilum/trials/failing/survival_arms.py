"""Several treatments and one control with times to events, under other truths."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isfinite
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.trials.failing.play import Played
from hilum.trials.sequential.arm_calendar import hazard_of
from hilum.trials.simulation.arms import simulate_arms
from hilum.trials.simulation.arms_trial import NEVER, ArmsTrial
from hilum.trials.simulation.designed import by_a_year

if TYPE_CHECKING:
    from hilum.trials.failing.changes import Changes
    from hilum.trials.sequential.survival_arms import SurvivalArms

# Recruitment goes on until the events have come: beyond what is expected by so much.
MORE = 1.25
MOST_PARTS = 20


def arms_followed(design: SurvivalArms) -> ArmsFollowed:
    """A design, recruited in blocks."""
    share = Fraction(design.ratio).limit_denominator(MOST_PARTS)
    return ArmsFollowed(design, (share.numerator, *[share.denominator] * design.arms))


@dataclass(frozen=True, slots=True)
class ArmsFollowed:
    """Treatments dropped on an intermediate outcome, by log-rank tests at the stages' levels.

    Success is that the first treatment, which like the others has the effect hoped for, is declared
    better; without an effect that any is. Death is as likely before as after progression.
    """

    design: SurvivalArms
    allocation: tuple[int, ...]
    levels: bool = False
    counted: str = ""
    ends: str = "events"

    @property
    def analyses(self) -> int:
        """Number of stages."""
        return len(self.design.stages)

    @property
    def at_once(self) -> int:
        """Patients of a trial, compared for each treatment in each stage."""
        return self._patients * self.design.arms

    @property
    def _patients(self) -> int:
        calendar = self.design.calendar
        if isfinite(calendar.stop):
            return ceil(calendar.accrual * calendar.stop)
        return ceil(MORE * self.design.largest[0])

    def trial(self, changes: Changes, *, works: bool) -> ArmsTrial:
        """The trial under a truth.

        Raises
        ------
        InputError
            An effect on survival that the one on the intermediate outcome does not allow.
        """
        design, calendar = self.design, self.design.calendar
        part = changes.effect if works else 0.0
        ratio, first = design.hazard_ratio**part, design.intermediate_ratio**part
        death = hazard_of(design.control_median) / changes.control_times
        progression, own = 0.0, 1.0
        if not design.same:
            either = hazard_of(design.intermediate_median) / changes.control_times
            progression = either - death
            own = (first * either - ratio * death) / progression if progression > 0 else 0.0
            if not own > 0:
                wanted = (
                    "medians and ratios of both outcomes that go together: the first event comes "
                    "before death"
                )
                shown = f"{design.intermediate_median:g}"
                raise InputError(Fault("", None, "intermediate_median", shown, wanted))
        lost = by_a_year(changes.drop_out) if changes.drop_out else calendar.lost
        stages = design.stages
        return ArmsTrial(
            patients=self._patients,
            accrual_rates=(calendar.accrual / changes.slower,),
            allocation=self.allocation,
            progression_hazard=progression,
            death_hazard=death,
            progression_ratios=(own,) * design.arms,
            death_ratios=(ratio,) * design.arms,
            dropout_hazard=lost,
            events=tuple(one.control_events for one in stages),
            levels=tuple(one.alpha for one in stages),
            interim="death" if design.same else "progression",
            maximum_months=stages[-1].month if changes.closed else NEVER,
        )

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        out = simulate_arms(self.trial(changes, works=works), trials, seed)
        passed = out.passed == self.analyses
        success = passed[:, 0] if works else passed.any(axis=1)
        patients = out.patients.sum(axis=1)
        return Played(success, out.look, patients, None, out.months, out.short)
