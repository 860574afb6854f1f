"""What a trial's arm would report: one summary statistic for each draw of its treatment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

# Patients simulated at once.
BLOCK = 2_000_000


class Study(Protocol):
    """How an arm's data come from its treatment's parameter."""

    def summary(self, parameter: Array, patients: int, rng: np.random.Generator) -> Array:
        """One sufficient statistic a draw, shape (s,), of an arm with this many patients."""
        ...


@dataclass(frozen=True)
class BinaryStudy:
    """The parameter is the chance of the outcome; the statistic its share in the arm."""

    def summary(self, parameter: Array, patients: int, rng: np.random.Generator) -> Array:
        """Share of responders."""
        return rng.binomial(patients, np.clip(parameter, 0.0, 1.0)) / patients


@dataclass(frozen=True)
class SurvivalStudy:
    """The parameter is the median, months; survival exponential, entry uniform.

    Attributes
    ----------
    per_month : float
        Recruitment of one arm.
    follow_up_months : float
        After the last patient.
    """

    per_month: float
    follow_up_months: float

    def summary(self, parameter: Array, patients: int, rng: np.random.Generator) -> Array:
        """Log of events over time at risk, half an event added so that none is finite too."""
        hazard = math.log(2) / parameter
        entry = patients / self.per_month
        out = np.empty(len(parameter))
        size = max(1, BLOCK // patients)
        for start in range(0, len(parameter), size):
            rows = hazard[start : start + size]
            shape = len(rows), patients
            time = rng.standard_exponential(shape) / rows[:, None]
            seen = self.follow_up_months + entry * rng.random(shape)
            events = (time <= seen).sum(axis=1)
            at_risk = np.minimum(time, seen).sum(axis=1)
            out[start : start + size] = np.log((events + 0.5) / at_risk)
        return out


def restricted_mean(median: Array, months: float) -> Array:
    """Mean survival up to so many months where survival is exponential with this median."""
    hazard = math.log(2) / median
    return -np.expm1(-hazard * months) / hazard
