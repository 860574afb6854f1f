"""From one patient to all who would be treated on the answer: numbers, time, money."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hilum.errors import phrased
from hilum.trials.simulation.require import Faults


@dataclass(frozen=True)
class Reach:
    """Whom an answer reaches.

    Attributes
    ----------
    patients_per_year : float
        New patients a year who face the choice.
    horizon_years : float
        Years from today until the choice is expected to be another.
    discount : float
        Yearly rate, 0.03 for 3 %; decisions are spread evenly over the year.

    Raises
    ------
    InputError
        With every impossible value.
    """

    patients_per_year: float
    horizon_years: float
    discount: float

    def __post_init__(self) -> None:
        faults = Faults()
        positive = "a number above 0"
        faults.each(
            "patients_per_year", (self.patients_per_year,), open_low=True, expected=positive
        )
        faults.each("horizon_years", (self.horizon_years,), open_low=True, expected=positive)
        faults.each("discount", (self.discount,), high=1.0, expected="a rate from 0 to 1")
        faults.stop()

    def patients(self, after_years: float = 0.0) -> float:
        """Discounted number of patients decided on from then to the horizon.

        Integral of patients_per_year (1 + discount)^-t over t.
        """
        start, end = min(after_years, self.horizon_years), self.horizon_years
        rate = math.log1p(self.discount)
        if rate == 0:
            return self.patients_per_year * (end - start)
        span = math.exp(-rate * start) - math.exp(-rate * end)
        return self.patients_per_year * span / rate


@dataclass(frozen=True)
class Recruitment:
    """What a trial could recruit.

    Attributes
    ----------
    per_year : float
        Patients a year, both arms together.
    max_years : float
        Longest recruitment.
    follow_up_months : float
        From the last patient in to the analysis.
    smallest : int
        Smallest trial considered, both arms together.

    Raises
    ------
    InputError
        With every impossible value; when not even the smallest trial can be recruited.
    """

    per_year: float
    max_years: float
    follow_up_months: float
    smallest: int = 20

    def __post_init__(self) -> None:
        faults = Faults()
        positive = "a number above 0"
        faults.each("recruit_per_year", (self.per_year,), open_low=True, expected=positive)
        faults.each("max_years", (self.max_years,), open_low=True, expected=positive)
        faults.each("follow_up_months", (self.follow_up_months,), expected="months, 0 or more")
        faults.unless(self.smallest >= 4, "smallest", self.smallest, "4 or more")
        if not faults.found and self.most < self.smallest:
            faults.add(
                "recruit_per_year",
                self.per_year,
                phrased(
                    "enough for {smallest} patients in {max_years:g} years",
                    smallest=self.smallest,
                    max_years=self.max_years,
                ),
            )
        faults.stop()

    @property
    def most(self) -> int:
        """Largest trial, an even number."""
        return int(self.per_year * self.max_years + 1e-9) // 2 * 2

    def years(self, patients: int) -> float:
        """From the first patient to the result."""
        return patients / self.per_year + self.follow_up_months / 12

    def sizes(self, count: int = 8) -> tuple[int, ...]:
        """Even numbers of patients from the smallest to the largest, evenly spaced in log."""
        low, high = self.smallest + self.smallest % 2, self.most
        ratio = (high / low) ** (1 / max(count - 1, 1))
        made = {min(high, round(low * ratio**i / 2) * 2) for i in range(count)}
        return tuple(sorted({*made, high}))


@dataclass(frozen=True)
class Costs:
    """Money, where the board wants it.

    Attributes
    ----------
    per_unit : float
        What one unit of outcome (a responder, a month) is held to be worth.
    fixed, per_patient : float
        Of a trial.

    Raises
    ------
    InputError
        With every impossible value.
    """

    per_unit: float
    fixed: float
    per_patient: float

    def __post_init__(self) -> None:
        faults = Faults()
        faults.each("per_unit", (self.per_unit,), open_low=True, expected="a number above 0")
        faults.each("fixed_cost", (self.fixed,), expected="a number, 0 or more")
        faults.each("cost_per_patient", (self.per_patient,), expected="a number, 0 or more")
        faults.stop()

    def net(self, units: float, patients: int) -> float:
        """Expected net benefit of sampling: worth of the units less the trial's cost."""
        return units * self.per_unit - self.fixed - patients * self.per_patient
