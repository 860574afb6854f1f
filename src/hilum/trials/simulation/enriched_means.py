"""Enrichment trials of a mean, normal, with one standard deviation or one of each stratum.

A stage's own patients give the t statistic of the treatment in a linear model of the outcome on
treatment and stratum (the subgroup, the others); those of the subgroup alone the t statistic of
two groups. Their one-sided p values are exact for normal outcomes of one variance, and their
normal scores are what the stages combine. Where the strata have standard deviations of their own,
the statistics are those of :mod:`hilum.trials.simulation.enriched_apart`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.simulation.enriched import Scores, summed
from hilum.trials.simulation.enriched_apart import ApartScores
from hilum.trials.simulation.enriched_model import Model
from hilum.trials.simulation.enriched_rates import Stages

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.enriched import Statistics
    from hilum.trials.simulation.enriched_rates import Patients


@dataclass(frozen=True, slots=True)
class MeanTruth:
    """True differences of means, in the direction hoped for, in the subgroup and in the others.

    ``sd`` is the standard deviation of the outcome within either group of the subgroup, ``rest_sd``
    that of the others; one for both where it is None or the same.
    """

    differences: tuple[float, float]
    sd: float
    prevalence: float
    rest_sd: float | None = None

    @property
    def sds(self) -> tuple[float, float]:
        """Of the subgroup and of the others."""
        return self.sd, self.sd if self.rest_sd is None else self.rest_sd

    @property
    def apart(self) -> bool:
        """Whether the strata have their own."""
        return self.sds[0] != self.sds[1]

    @property
    def effects(self) -> tuple[float, float]:
        """Differences in the full population and in the subgroup."""
        own, other = self.differences
        return self.prevalence * own + (1 - self.prevalence) * other, own

    def model(self, plan: Enrichment) -> Model:
        """What a patient is worth in the normal model."""
        split, variance = plan.ratio / (1 + plan.ratio) ** 2, np.square(self.sds)
        strata = np.array([self.prevalence, 1 - self.prevalence])
        shares = np.asarray(plan.shares)
        seen = tuple((1.0,) * plan.stages for _ in shares)
        return Model(
            shares[:, None] * strata * split * variance,
            plan.rule.enlarged * shares * split * variance[0],
            self.differences, (float(variance[0]), float(variance[1])), seen,
        )  # fmt: skip

    def player(
        self, plan: Enrichment, sizes: Patients, trials: int, rng: np.random.Generator
    ) -> MeanPlayer:
        """Its patients."""
        return MeanPlayer(plan, sizes, self, trials, rng)


def of_cells(difference: Array, within: Array, treated: Array, controls: Array) -> Scores:
    """Scores of a stage from its cells; arrays of shape (trials, 2), the subgroup first.

    Parameters
    ----------
    difference : ndarray
        Mean of the treated less that of the controls; not read where either group is empty.
    within : ndarray
        Sum of squares around the means of both groups of the stratum.
    treated, controls : ndarray of int
        Patients.
    """
    w = treated * controls / np.maximum(treated + controls, 1)
    u = w * difference
    rest = np.maximum(treated - 1, 0) + np.maximum(controls - 1, 0)
    both = w.prod(axis=1) > 0
    # Effects that differ between the strata are part of the residual of the model without them.
    apart = np.where(both, w.prod(axis=1) / np.maximum(w.sum(axis=1), 1e-300), 0.0)
    apart = apart * (difference[:, 0] - difference[:, 1]) ** 2
    squares, freedom = summed(within), summed(rest).astype(float)
    squares[:, 0] += apart
    freedom[:, 0] += both
    return Scores(summed(u), summed(w), summed(w), squares, freedom)


class MeanPlayer(Stages[MeanTruth]):
    """Each stage's patients are measured before its analysis.

    Means and sums of squares of the cells are drawn, which are all that the tests take of normal
    outcomes: independent, normal and chi-squared (Cochran 1934).
    """

    def scores(self, treated: Array, controls: Array) -> Statistics:
        """See :class:`hilum.trials.simulation.enriched_rates.Stages`."""
        rng, truth = self.rng, self.truth
        spread = np.sqrt(1 / np.maximum(treated, 1) + 1 / np.maximum(controls, 1))
        noise = rng.standard_normal(treated.shape) * spread
        freedom = np.maximum(treated - 1, 0) + np.maximum(controls - 1, 0)
        squares = np.where(freedom > 0, rng.chisquare(np.maximum(freedom, 1)), 0.0)
        sds = np.asarray(truth.sds)
        difference = np.asarray(truth.differences) + sds * noise
        if not truth.apart:
            return of_cells(difference, sds**2 * squares, treated, controls)
        w = treated * controls / np.maximum(treated + controls, 1)
        return ApartScores(w * difference, w, sds**2 * squares, freedom.astype(float))
