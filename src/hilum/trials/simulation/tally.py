"""Means over trials with their Monte-Carlo error, mergeable in any number of pieces."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and sum of squared deviations of one figure over trials."""

    count: int
    mean: float
    m2: float

    @property
    def mcse(self) -> float:
        """Monte-Carlo standard error of the mean; NaN with fewer than two trials."""
        if self.count < 2:
            return math.nan
        return math.sqrt(self.m2 / (self.count - 1) / self.count)

    def merged(self, other: Moments) -> Moments:
        """Both together (Chan, Golub & LeVeque 1983)."""
        if not other.count or not self.count:
            return self if self.count else other
        count = self.count + other.count
        apart = other.mean - self.mean
        mean = self.mean + apart * other.count / count
        m2 = self.m2 + other.m2 + apart**2 * self.count * other.count / count
        return Moments(count, mean, m2)


Tally = dict[str, Moments]


def tally(figures: Mapping[str, ArrayLike]) -> Tally:
    """Moments of each figure over trials; a trial where it is NaN does not count."""
    out: Tally = {}
    for name, values in figures.items():
        array = np.asarray(values, np.float64)
        array = array[np.isfinite(array)]
        mean = float(array.mean()) if len(array) else math.nan
        out[name] = Moments(len(array), mean, float(((array - mean) ** 2).sum()))
    return out


def merge(parts: Iterable[Tally]) -> Tally:
    """All parts together, in the order given: the same order gives the same last digit."""
    out: Tally = {}
    for part in parts:
        for name, moments in part.items():
            out[name] = out[name].merged(moments) if name in out else moments
    return out
