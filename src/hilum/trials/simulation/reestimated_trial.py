"""A two-stage survival trial whose second stage grows where it is promising, as a frozen value."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hilum.errors import phrased
from hilum.trials.simulation.require import Faults
from hilum.trials.simulation.survival_trial import SurvivalTrial


@dataclass(frozen=True)
class ReestimatedTrial(SurvivalTrial):
    """As :class:`SurvivalTrial`, with two looks by events; the final test combines the stages.

    ``events`` and ``patients`` are those planned. The final statistic is the inverse normal
    combination of the stages' log-rank statistics with the planned shares (Lehmacher & Wassmer
    1999; Cui, Hung & Wang 1999), so ``efficacy`` holds whatever is decided at the first look.

    Attributes
    ----------
    events_max : int
        Largest number of events.
    patients_max : int or None
        Largest number of patients; they grow in proportion with the events. The further ones
        arrive from the decision on, at the same rate. ``patients`` where None.
    conditional_power : float
        Wanted at the first look (Mehta & Pocock 2011).
    promising_from : float
        Conditional power below which nothing is added.
    assumed_ratio : float or None
        Hazard ratio under which conditional power is computed; the observed effect where None.
    """

    events_max: int = 0
    patients_max: int | None = None
    conditional_power: float = 0.9
    promising_from: float = 0.3
    assumed_ratio: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        faults = Faults()
        faults.unless(len(self.events) == 2, "events", self.events or "none", "two looks by events")
        faults.unless(self.sided == 1, "sided", self.sided, "1")
        planned = self.events[-1] if self.events else 1
        faults.unless(
            planned <= self.events_max <= self.largest,
            "events_max",
            self.events_max,
            phrased(
                "from the planned {planned} to the {largest} patients",
                planned=planned,
                largest=self.largest,
            ),
        )
        faults.unless(
            self.largest >= self.patients, "patients_max", self.largest,
            phrased("at least the planned {patients}", patients=self.patients),
        )  # fmt: skip
        for name, value in (("conditional_power", self.conditional_power),
                            ("promising_from", self.promising_from)):  # fmt: skip
            faults.unless(0 <= value < 1, name, value, "from 0 to below 1")
        if self.assumed_ratio is not None and not 0 < self.assumed_ratio < 1:
            faults.add("assumed_ratio", self.assumed_ratio, "a ratio above 0 and below 1")
        faults.stop()

    @property
    def largest(self) -> int:
        """Patients of the largest trial."""
        return self.patients if self.patients_max is None else self.patients_max

    @property
    def drift(self) -> float | None:
        """Mean of z at one event under the assumed ratio; None where the observed one counts."""
        if self.assumed_ratio is None:
            return None
        control, experimental = self.allocation
        share = experimental / (control + experimental)
        return -math.log(self.assumed_ratio) * math.sqrt(share * (1 - share))
