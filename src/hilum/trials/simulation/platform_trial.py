"""A multi-arm trial of a binary outcome as a frozen value: stages, dropping, adaptive shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hilum.errors import phrased
from hilum.trials.simulation.require import Faults

Statistic = Literal["posterior", "z"]
Allocation = Literal["fixed", "adaptive"]
Stop = Literal["first", "all"]


@dataclass(frozen=True)
class PlatformTrial:
    """Arms with a control in front; every arm is compared with it at every look.

    Attributes
    ----------
    rates : tuple of float
        True chance of response of each arm, control first.
    looks : tuple of int
        Patients recruited in all, at each analysis; the last is the largest size.
    efficacy, futility : tuple of float
        One a look. An arm at or above ``efficacy`` is a success, one below ``futility`` is
        dropped: probabilities that it beats control by ``margin`` (``statistic="posterior"``),
        or z statistics of the difference in proportions, pooled variance (``"z"``). An empty
        ``futility`` drops none.
    allocation : {"fixed", "adaptive"}
        By ``weights`` among the arms that remain; or in proportion to the probability of being
        the best remaining arm to the power ``tempering`` (Thall & Wathen 2007).
    weights : tuple of float, or empty
        Relative shares of ``fixed`` allocation and of the stage before the first look; equal
        where empty.
    tempering : float or None
        Exponent; None lets it grow as n / (2 N) over the trial.
    minimum_share : float
        Smallest share of an arm that remains, under adaptive allocation.
    control_share : float or None
        Control's share, held at this value under adaptive allocation.
    prior : (float, float)
        Beta prior of every arm's rate.
    stop : {"first", "all"}
        End at the first success, or go on until every arm is decided (a success ends its arm's
        recruitment).
    accrual_rate : float
        Patients a month.
    lag_months : float
        Until a patient's response is known; an interim look sees only those, the last one waits.

    Raises
    ------
    InputError
        With every impossible parameter.
    """

    rates: tuple[float, ...]
    looks: tuple[int, ...]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...] = ()
    statistic: Statistic = "posterior"
    margin: float = 0.0
    allocation: Allocation = "fixed"
    weights: tuple[float, ...] = ()
    tempering: float | None = None
    minimum_share: float = 0.0
    control_share: float | None = None
    prior: tuple[float, float] = (1.0, 1.0)
    stop: Stop = "all"
    accrual_rate: float = 1.0
    lag_months: float = 0.0

    def __post_init__(self) -> None:
        faults = Faults()
        arms, looks = len(self.rates), len(self.looks)
        faults.unless(arms >= 2, "rates", self.rates, "control and one arm or more")
        faults.each("rates", self.rates, high=1.0, expected="a probability, 0 to 1")
        faults.unless(looks >= 1, "looks", "none", "one look or more")
        faults.rising("looks", self.looks)
        faults.unless(
            not self.looks or self.looks[0] >= arms,
            "looks",
            self.looks,
            phrased("{arms} or more, one an arm", arms=arms),
        )
        self._check_boundaries(faults, looks)
        self._check_allocation(faults, arms)
        faults.each("prior", self.prior, open_low=True, expected="a number above 0")
        faults.unless(len(self.prior) == 2, "prior", self.prior, "two numbers")
        faults.unless(self.stop in ("first", "all"), "stop", self.stop, "first or all")
        faults.each(
            "accrual_rate",
            (self.accrual_rate,),
            open_low=True,
            expected="patients a month, above 0",
        )
        faults.each("lag_months", (self.lag_months,), expected="months, 0 or more")
        faults.stop()

    def _check_boundaries(self, faults: Faults, looks: int) -> None:
        kinds = ("posterior", "z")
        faults.unless(self.statistic in kinds, "statistic", self.statistic, "posterior or z")
        faults.unless(
            -1 < self.margin < 1, "margin", self.margin, "a difference of proportions, -1 to 1"
        )
        if self.statistic == "z" and self.margin:
            faults.add("margin", self.margin, "0 with the z statistic")
        for name in ("efficacy", "futility"):
            values: tuple[float, ...] = getattr(self, name)
            if len(values) != looks and (values or name == "efficacy"):
                faults.add(
                    name, values or "none", phrased("{looks} values, one a look", looks=looks)
                )
            for value in values:
                probability = self.statistic == "posterior"
                if math.isnan(value) or (probability and not 0 <= value <= 1):
                    faults.add(name, value, "a probability, 0 to 1" if probability else "a number")
                    break
        for low, high in zip(self.futility, self.efficacy, strict=False):
            if low > high:
                faults.add(
                    "futility", low, phrased("at most the efficacy boundary {high:g}", high=high)
                )
                break

    def _check_allocation(self, faults: Faults, arms: int) -> None:
        kinds = ("fixed", "adaptive")
        faults.unless(self.allocation in kinds, "allocation", self.allocation, "fixed or adaptive")
        if self.weights:
            faults.unless(
                len(self.weights) == arms,
                "weights",
                self.weights,
                phrased("{arms} values, one an arm", arms=arms),
            )
            faults.each("weights", self.weights, open_low=True, expected="a number above 0")
        if self.tempering is not None:
            faults.each("tempering", (self.tempering,), expected="a number, 0 or more")
        free = arms - (self.control_share is not None)
        room = 1.0 - (self.control_share or 0.0)
        if self.control_share is not None and not 0 < self.control_share < 1:
            faults.add("control_share", self.control_share, "a share above 0 and below 1")
        elif not 0 <= self.minimum_share * free <= room + 1e-12:
            faults.add(
                "minimum_share",
                self.minimum_share,
                phrased("0 to {room:g} with {arms} arms", room=room / free, arms=arms),
            )
        if self.allocation == "fixed" and (self.minimum_share or self.control_share is not None):
            faults.add("allocation", "fixed", "adaptive, with minimum_share or control_share")

    @property
    def arms(self) -> int:
        """Number of arms, control included."""
        return len(self.rates)
