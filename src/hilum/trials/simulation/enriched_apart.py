"""Scores of a mean whose standard deviation is another in the subgroup and in the others.

The effect in the full population is that of :mod:`hilum.trials.simulation.enriched_means`: the
strata's differences weighted by patients, ``sum w d / sum w`` with ``w = n1 n0 / (n1 + n0)``. Its
error takes each stratum's own variance, ``sqrt(sum w s^2) / sum w``, with the degrees of freedom of
Satterthwaite 1946 (Biometrics Bull 2:110), as Welch's test does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.trials.sequential.subgroup_closed import TINY

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array


@dataclass(frozen=True, slots=True)
class ApartScores:
    """Of each stratum; arrays of shape (trials, 2), the subgroup first, then the others.

    ``u`` is ``w`` times the difference in the direction hoped for; ``squares`` around the means of
    both groups have so much ``freedom``. A stratum without any says nothing.
    """

    u: Array
    w: Array
    squares: Array
    freedom: Array

    def plus(self, other: ApartScores) -> ApartScores:
        """Of the patients of both."""
        return ApartScores(
            self.u + other.u, self.w + other.w, self.squares + other.squares,
            self.freedom + other.freedom,
        )  # fmt: skip

    @property
    def _known(self) -> Array:
        return (self.freedom > 0) & (self.squares > 0) & (self.w > 0)

    @property
    def _variance(self) -> Array:
        """``w s^2`` of each stratum, 0 where it is not known."""
        known = self._known
        return np.where(known, self.w * self.squares / np.where(known, self.freedom, 1.0), 0.0)

    @property
    def z(self) -> Array:
        """Normal scores of the t's p values, the full population first; 0 where nothing is seen."""
        v = self._variance
        u = np.where(self._known, self.u, 0.0)
        both = np.stack([u.sum(axis=1), u[:, 0]], axis=1)
        spread = np.stack([v.sum(axis=1), v[:, 0]], axis=1)
        of_squares = v**2 / np.where(self._known, self.freedom, 1.0)
        below = np.stack([of_squares.sum(axis=1), of_squares[:, 0]], axis=1)
        seen = spread > 0
        freedom = np.where(seen, spread, 1.0) ** 2 / np.where(seen, below, 1.0)
        t = np.abs(both) / np.sqrt(np.where(seen, spread, 1.0))
        score = -special.ndtri(np.maximum(special.stdtr(freedom, -t), TINY))
        return np.where(seen, np.sign(both) * score, 0.0)

    @property
    def effect(self) -> Array:
        """Differences, the full population first; 0 where nothing is seen."""
        u = np.stack([self.u.sum(axis=1), self.u[:, 0]], axis=1)
        w = np.stack([self.w.sum(axis=1), self.w[:, 0]], axis=1)
        return np.where(w > 0, u / np.where(w > 0, w, 1.0), 0.0)

    @property
    def share(self) -> Array:
        """The subgroup's part of the variance; shape (trials,)."""
        v = self._variance
        total = v.sum(axis=1)
        return np.where(total > 0, v[:, 0] / np.where(total > 0, total, 1.0), 0.0)
