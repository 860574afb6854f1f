"""A multi-arm multi-stage survival trial as a frozen value: progression, death, arms dropped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from hilum.errors import phrased
from hilum.trials.simulation.piecewise import Piecewise
from hilum.trials.simulation.require import Faults

Interim = Literal["progression", "death"]
NEVER = math.inf
MAX_ARMS = 8


@dataclass(frozen=True)
class ArmsTrial:
    """Control first; times in months, rates a month (Royston et al. 2011).

    Attributes
    ----------
    patients : int
        Patients recruited where the trial is not stopped earlier.
    accrual_rates, accrual_breaks : tuple of float
        Patients a month, all arms together, by calendar period: arms that remain recruit what a
        dropped one would have.
    allocation : tuple of int
        Patients of a block in each arm, control first; a dropped arm leaves the block.
    progression_hazard, death_hazard, death_after_hazard : float
        In the control: of progression, of death without it, of death after it. The intermediate
        event is the first of progression and death.
    progression_ratios, death_ratios, death_after_ratios : tuple of float
        Of each treatment to the control. Where ``death_after_hazard`` is ``death_hazard`` and both
        have the same ratios, survival has proportional hazards with these.
    dropout_hazard, lag_months
        As in :class:`~hilum.trials.simulation.survival_trial.SurvivalTrial`.
    events : tuple of int
        Control events at which each stage is judged.
    critical_ratios, levels : tuple of float
        One of them: an arm goes on (at the last stage: is better) when Cox's hazard ratio is at or
        below, or when the log-rank test is significant at this one-sided level.
    interim : {"progression", "death"}
        Outcome of the stages before the last; the last judges death.
    maximum_months : float
        A stage whose events do not come is judged here at the latest.

    Raises
    ------
    InputError
        With every impossible parameter.
    """

    patients: int
    accrual_rates: tuple[float, ...]
    allocation: tuple[int, ...]
    progression_hazard: float
    death_hazard: float
    progression_ratios: tuple[float, ...]
    death_ratios: tuple[float, ...]
    events: tuple[int, ...]
    critical_ratios: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()
    death_after_hazard: float | None = None
    death_after_ratios: tuple[float, ...] = ()
    accrual_breaks: tuple[float, ...] = ()
    dropout_hazard: float = 0.0
    lag_months: float = 0.0
    interim: Interim = "progression"
    maximum_months: float = NEVER

    def __post_init__(self) -> None:
        faults = Faults()
        arms = len(self.allocation) - 1
        fine = 1 <= arms <= MAX_ARMS and all(one >= 1 for one in self.allocation)
        wanted = phrased(
            "whole numbers above 0, control first, 1 to {max_arms} treatments", max_arms=MAX_ARMS
        )
        faults.unless(fine, "allocation", self.allocation, wanted)
        block = sum(self.allocation) if fine else 2
        faults.unless(
            self.patients >= block,
            "patients",
            self.patients,
            phrased("a block of {block}", block=block),
        )
        faults.each("accrual_rates", self.accrual_rates, expected="a number, 0 or more")
        if not self.accrual_rates or not self.accrual_rates[-1] > 0:
            faults.add("accrual_rates", self.accrual_rates or "none", "a last rate above 0")
        faults.rising("accrual_breaks", self.accrual_breaks)
        if self.accrual_rates and len(self.accrual_breaks) != len(self.accrual_rates) - 1:
            wanted = phrased(
                "{number} values, one fewer than accrual_rates", number=len(self.accrual_rates) - 1
            )
            faults.add("accrual_breaks", self.accrual_breaks or "none", wanted)
        self._check_hazards(faults, arms)
        self._check_looks(faults)
        faults.stop()

    def _check_hazards(self, faults: Faults, arms: int) -> None:
        for name in ("progression_hazard", "dropout_hazard", "lag_months"):
            faults.each(name, (getattr(self, name),), expected="a number, 0 or more")
        for name in ("death_hazard", "death_after_hazard"):
            value = getattr(self, name)
            if value is not None:
                wanted = "a rate a month, above 0"
                faults.each(name, (value,), open_low=True, expected=wanted)
        for name in ("progression_ratios", "death_ratios", "death_after_ratios"):
            values: tuple[float, ...] = getattr(self, name)
            if values or name != "death_after_ratios":
                wanted = phrased("{arms} values, one a treatment", arms=arms)
                faults.unless(len(values) == arms, name, values or "none", wanted)
                faults.each(name, values, open_low=True, expected="a number above 0")

    def _check_looks(self, faults: Faults) -> None:
        faults.unless(len(self.events) >= 1, "events", "none", "one stage or more")
        if self.interim == "death":
            faults.rising("events", self.events)
        else:
            faults.rising("events", self.events[:-1])
            faults.unless(not self.events or self.events[-1] >= 1, "events", self.events, "above 0")
        wrong = [one for one in self.events if one > self.patients]
        faults.unless(
            not wrong,
            "events",
            wrong[:1],
            phrased("at most the {patients} patients", patients=self.patients),
        )
        if bool(self.critical_ratios) == bool(self.levels):
            seen = (*self.critical_ratios, *self.levels) or "none"
            faults.add("critical_ratios", seen, "either critical_ratios or levels, one a stage")
        for name in ("critical_ratios", "levels"):
            values: tuple[float, ...] = getattr(self, name)
            if values and len(values) != len(self.events):
                faults.add(
                    name, values, phrased("{number} values, one a stage", number=len(self.events))
                )
        wanted = "a number above 0 (inf where every arm goes on)"
        for one in self.critical_ratios:
            if math.isnan(one) or one <= 0:
                faults.add("critical_ratios", one, wanted)
                break
        for one in self.levels:
            if not 0 < one <= 1:
                faults.add("levels", one, "a level above 0, at most 1")
                break
        kinds = ("progression", "death")
        faults.unless(self.interim in kinds, "interim", self.interim, "progression or death")
        fine = self.maximum_months > self.lag_months
        faults.unless(fine, "maximum_months", self.maximum_months, "more than lag_months")

    @property
    def arms(self) -> int:
        """Treatments besides the control."""
        return len(self.allocation) - 1

    @cached_property
    def recruitment(self) -> Piecewise:
        """Patients a month."""
        return Piecewise(self.accrual_rates, self.accrual_breaks)

    @property
    def after(self) -> tuple[float, tuple[float, ...]]:
        """Hazard of death after progression, and its ratios; as before where not given."""
        hazard = self.death_hazard if self.death_after_hazard is None else self.death_after_hazard
        return hazard, self.death_after_ratios or self.death_ratios

    @property
    def null_arms(self) -> tuple[bool, ...]:
        """Whether each treatment has no effect on survival."""
        hazard, ratios = self.after
        idle = hazard == self.death_hazard
        return tuple(
            before == after == 1 and (idle or progression == 1)
            for progression, before, after in zip(
                self.progression_ratios, self.death_ratios, ratios, strict=True
            )
        )

    @property
    def true_ratios(self) -> tuple[float | None, ...]:
        """Hazard ratio of survival of each treatment; None where hazards are not proportional."""
        hazard, ratios = self.after
        pairs = zip(self.death_ratios, ratios, self.null_arms, strict=True)
        idle = hazard == self.death_hazard
        return tuple(
            1.0 if null else before if idle and before == after else None
            for before, after, null in pairs
        )
