"""Means under other truths than the planned one, compared by t tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.trials.failing.play import Played

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.failing.changes import Changes
    from hilum.trials.failing.rates import Pace


@dataclass(frozen=True, slots=True)
class TwoMeans:
    """Two groups of a normal outcome, one t test or two against a margin.

    Parameters
    ----------
    difference, sd : float
        For the better, as planned.
    n1, n2 : int
        Patients of the treatment and of the control; a trial of one group has ``n2`` 0 and is
        compared with 0.
    level : float
        One-sided, of a test.
    margin : float
        The difference is compared with its negative: 0 for superiority.
    equivalent : bool
        Whether it is compared with the margin on the other side too.
    """

    difference: float
    sd: float
    n1: int
    n2: int
    level: float
    margin: float
    equivalent: bool
    pace: Pace
    levels: bool = True
    counted: str = ""
    ends: str = "patients"
    analyses: int = 1
    at_once: int = 10

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`.

        What the test takes of normal outcomes are the means and the sums of squares, which are
        drawn; those of controls of whom some had the treatment are noncentral.
        """
        rng = np.random.default_rng(seed)
        none = -self.margin
        true = none + (changes.effect * (self.difference - none) if works else 0.0)
        sd = self.sd * changes.sd
        shorter = changes.slower if changes.closed else 1.0
        came = [max(int(n / shorter + 1e-9), min(n, 1)) for n in (self.n1, self.n2)]
        m1, m2 = (rng.binomial(n, 1 - changes.drop_out, trials) for n in came)
        mixed = rng.binomial(m2, changes.crossover)
        part = mixed / np.maximum(m2, 1)
        mean = true * (1 - part) + sd * rng.standard_normal(trials) * _root(m1, m2, self.n2)
        apart = np.where(m2 > 0, m2 * part * (1 - part), 0.0) * (true / sd) ** 2
        squares = _squares(rng, m1, m2, apart) * sd**2
        freedom = np.maximum(m1 - 1, 0) + np.maximum(m2 - 1, 0)
        known: Mask = (freedom > 0) & (m1 > 0) & ((m2 > 0) | (self.n2 == 0))
        some = np.maximum(freedom, 1)
        error = np.sqrt(np.where(known, squares, 1.0) / some) * _root(m1, m2, self.n2)
        critical = special.stdtrit(some, 1 - self.level)
        success: Mask = known & (mean + self.margin >= critical * error)
        if self.equivalent:
            success &= self.margin - mean >= critical * error
        patients = np.full(trials, float(sum(came)))
        return Played(
            success, np.zeros(trials, np.int64), patients, None,
            self.pace.months(patients, changes), np.full(trials, changes.closed),
        )  # fmt: skip


def _root(m1: Array, m2: Array, planned: int) -> Array:
    """Error of the difference in standard deviations; of the mean in a trial of one group."""
    other = 1 / np.maximum(m2, 1) if planned else 0.0
    return np.sqrt(1 / np.maximum(m1, 1) + other)


def _squares(rng: np.random.Generator, m1: Array, m2: Array, apart: Array) -> Array:
    """Sums of squares around the groups' means, of a standard deviation of 1."""
    own = np.where(m1 > 1, rng.chisquare(np.maximum(m1 - 1, 1)), 0.0)
    other = np.where(m2 > 1, rng.noncentral_chisquare(np.maximum(m2 - 1, 1), apart), 0.0)
    return own + other
