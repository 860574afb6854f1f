"""A two-arm survival trial as a frozen value: who comes, what happens to them, when one looks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from hilum.errors import phrased
from hilum.trials.simulation.piecewise import Piecewise
from hilum.trials.simulation.require import Faults

Accrual = Literal["even", "uniform", "poisson"]
NEVER = math.inf


@dataclass(frozen=True)
class SurvivalTrial:
    """Control first, experimental second; times in months, rates a month.

    Attributes
    ----------
    patients : int
        Patients recruited where the trial is not stopped earlier.
    accrual_rates, accrual_breaks : tuple of float
        Patients a month, by calendar period; the last rate goes on until all have come.
    accrual : {"even", "uniform", "poisson"}
        Evenly spaced arrivals; arrivals of a Poisson process given their number; a Poisson
        process.
    allocation : (int, int)
        Patients of a block in each arm; blocks follow each other. Patients are exchangeable
        given their arm, so the order within a block is immaterial.
    control_hazards, control_breaks : tuple of float
        Hazard of the event in the control arm, by month since randomisation.
    hazard_ratios, ratio_breaks : tuple of float
        Experimental over control, by month since randomisation: ``(1, 0.6)`` with ``(4,)`` is an
        effect delayed by four months.
    dropout_hazards, competing_hazards : (float, float)
        Of leaving follow-up, and of death from another cause (censored in the log-rank test,
        which compares cause-specific hazards).
    crossover_hazards : (float, float)
        Of switching to the other arm's treatment; from then on its hazard at that month applies.
        Analysis stays by intention to treat.
    lag_months : float
        Between an outcome and its being known: an analysis decided on in month t sees what had
        happened by t - lag, while recruitment has gone on.
    events : tuple of int, or empty
        Analyses when so many events are known; otherwise ``look_months`` gives their months.
    efficacy, futility : tuple of float
        Boundaries of the z statistic, one a look (positive favours the experimental arm):
        rejected at or above ``efficacy``, stopped below ``futility`` (-inf: never).
    sided : {1, 2}
        Two-sided tests compare abs(z) with ``efficacy`` and have no futility boundary.
    maximum_months : float
        A trial whose events do not come is analysed here at the latest.

    Raises
    ------
    InputError
        With every impossible parameter.
    """

    patients: int
    accrual_rates: tuple[float, ...]
    control_hazards: tuple[float, ...]
    hazard_ratios: tuple[float, ...]
    efficacy: tuple[float, ...]
    accrual_breaks: tuple[float, ...] = ()
    accrual: Accrual = "even"
    allocation: tuple[int, int] = (1, 1)
    control_breaks: tuple[float, ...] = ()
    ratio_breaks: tuple[float, ...] = ()
    dropout_hazards: tuple[float, float] = (0.0, 0.0)
    competing_hazards: tuple[float, float] = (0.0, 0.0)
    crossover_hazards: tuple[float, float] = (0.0, 0.0)
    lag_months: float = 0.0
    events: tuple[int, ...] = ()
    look_months: tuple[float, ...] = ()
    futility: tuple[float, ...] = ()
    sided: Literal[1, 2] = 1
    maximum_months: float = NEVER

    def __post_init__(self) -> None:
        faults = Faults()
        self._check_patients(faults)
        self._check_looks(faults)
        faults.stop()

    def _check_patients(self, faults: Faults) -> None:
        faults.unless(self.patients >= 2, "patients", self.patients, "2 or more")
        _steps(faults, "accrual_rates", self.accrual_rates, "accrual_breaks", self.accrual_breaks)
        if self.accrual_rates and not self.accrual_rates[-1] > 0:
            faults.add("accrual_rates", self.accrual_rates[-1], "a last rate above 0")
        kinds = ("even", "uniform", "poisson")
        faults.unless(self.accrual in kinds, "accrual", self.accrual, ", ".join(kinds))
        fine = len(self.allocation) == 2 and all(one >= 1 for one in self.allocation)
        faults.unless(fine, "allocation", self.allocation, "two whole numbers above 0")
        if fine and self.patients < sum(self.allocation):
            faults.add(
                "patients",
                self.patients,
                phrased("a block of {allocation} or more", allocation=sum(self.allocation)),
            )
        _steps(
            faults, "control_hazards", self.control_hazards, "control_breaks", self.control_breaks
        )
        _steps(faults, "hazard_ratios", self.hazard_ratios, "ratio_breaks", self.ratio_breaks)
        for ratio in self.hazard_ratios:
            if not ratio > 0:
                faults.add("hazard_ratios", ratio, "a number above 0")
                break
        for name in ("dropout_hazards", "competing_hazards", "crossover_hazards"):
            values: tuple[float, ...] = getattr(self, name)
            faults.unless(len(values) == 2, name, values, "two numbers, control first")
            faults.each(name, values, expected="a rate a month, 0 or more")
        faults.each("lag_months", (self.lag_months,), expected="months, 0 or more")

    def _check_looks(self, faults: Faults) -> None:
        self._check_when(faults)
        looks = len(self.events or self.look_months)
        faults.unless(
            len(self.efficacy) == looks,
            "efficacy",
            self.efficacy,
            phrased("{looks} values, one a look", looks=looks),
        )
        faults.unless(
            not any(math.isnan(one) for one in (*self.efficacy, *self.futility)),
            "efficacy, futility",
            (*self.efficacy, *self.futility),
            "numbers",
        )
        if self.futility:
            self._check_futility(faults, looks)
        faults.unless(self.sided in (1, 2), "sided", self.sided, "1 or 2")
        if self.sided == 2:
            faults.unless(not self.futility, "futility", self.futility, "none in two-sided tests")
            faults.unless(
                all(one > 0 for one in self.efficacy), "efficacy", self.efficacy, "above 0"
            )
        self._check_end(faults)

    def _check_when(self, faults: Faults) -> None:
        """Looks at events or at months, one of the two, and in order."""
        if bool(self.events) == bool(self.look_months):
            seen = (*self.events, *self.look_months)
            faults.add("events", seen or "none", "either events or look_months, one a look")
        if self.events:
            faults.rising("events", self.events)
            wrong = [one for one in self.events if one > self.patients]
            if wrong:
                faults.add(
                    "events",
                    wrong[0],
                    phrased("at most the {patients} patients", patients=self.patients),
                )
        if self.look_months:
            faults.rising("look_months", self.look_months, above=self.lag_months)

    def _check_futility(self, faults: Faults, looks: int) -> None:
        """One boundary a look, none above that for efficacy."""
        faults.unless(
            len(self.futility) == looks,
            "futility",
            self.futility,
            phrased("{looks} values, one a look (-inf where there is no stopping)", looks=looks),
        )
        for low, high in zip(self.futility, self.efficacy, strict=False):
            if low > high:
                faults.add(
                    "futility",
                    low,
                    phrased("at most the efficacy boundary {high:g}", high=high),
                )
                break

    def _check_end(self, faults: Faults) -> None:
        """A last month, where the events may never come."""
        faults.unless(
            self.maximum_months > 0, "maximum_months", self.maximum_months, "a number above 0"
        )
        if self.events and self.control_hazards and self.maximum_months == NEVER:
            ends = zip(self.dropout_hazards, self.competing_hazards, strict=False)
            if self.control_hazards[-1] <= 0 and any(a + b <= 0 for a, b in ends):
                faults.add(
                    "maximum_months",
                    "none",
                    "a number of months, since the last hazard is 0 and events may never come",
                )

    @property
    def looks(self) -> int:
        """Number of analyses."""
        return len(self.efficacy)

    @cached_property
    def recruitment(self) -> Piecewise:
        """Patients a month."""
        return Piecewise(self.accrual_rates, self.accrual_breaks)

    @cached_property
    def hazards(self) -> tuple[Piecewise, Piecewise]:
        """Hazard of the event, control and experimental."""
        control = Piecewise(self.control_hazards, self.control_breaks)
        return control, control.times(Piecewise(self.hazard_ratios, self.ratio_breaks))

    @property
    def proportional(self) -> bool:
        """Whether one hazard ratio holds throughout, so that the estimate has a true value."""
        return len(set(self.hazard_ratios)) == 1 and not any(self.crossover_hazards)

    @property
    def null(self) -> bool:
        """Whether the arms do not differ, so that rejecting is an error."""
        return set(self.hazard_ratios) == {1.0}


def _steps(
    faults: Faults, name: str, rates: tuple[float, ...], where: str, breaks: tuple[float, ...]
) -> None:
    faults.unless(len(rates) > 0, name, "none", "one rate or more")
    faults.each(name, rates, expected="a number, 0 or more")
    faults.rising(where, breaks)
    if rates and len(breaks) != len(rates) - 1:
        faults.add(
            where,
            breaks or "none",
            phrased("{number} values, one fewer than {name}", number=len(rates) - 1, name=name),
        )
