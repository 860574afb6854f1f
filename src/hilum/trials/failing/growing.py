"""Two stages of two rates, the second raised where the interim result is promising."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.failing.play import Played

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.failing.changes import Changes
    from hilum.trials.failing.rates import Pace, Rates
    from hilum.trials.sequential.promising import PromisingZone

    Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GrowingRates:
    """Two rates in two stages; the stages' own statistics are combined with the planned weights.

    Parameters
    ----------
    plan : PromisingZone
        In patients of both groups.
    share : float
        Of the treatment among all patients.
    test : callable (x1, x2, n1, n2) -> ndarray
        The statistic of counts, of one stage's own patients.
    """

    rates: Rates
    plan: PromisingZone
    share: float
    test: Callable[[Counts, Counts, Counts, Counts], Array]
    pace: Pace
    levels: bool = True
    counted: str = "successes"
    ends: str = "patients"
    analyses: int = 2
    at_once: int = 20

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        plan = self.plan
        control, (treated,) = self.rates.seen(changes, works=works)
        first = np.full(trials, round(plan.n1))
        z1, events1 = self._stage(rng, first, treated, control)
        second = np.maximum(np.rint(plan.second_stage(z1)).astype(np.int64), 2)
        z2, events2 = self._stage(rng, second, treated, control)
        early: Mask = z1 >= plan.design.efficacy[0]
        stopped: Mask = early | (z1 < plan.design.futility[0])
        weight = plan.design.information_rates[0]
        late = weight**0.5 * z1 + (1 - weight) ** 0.5 * z2 >= plan.critical
        patients = (first + np.where(stopped, 0, second)).astype(float)
        return Played(
            early | (~stopped & late), np.where(stopped, 0, 1), patients,
            events1 + np.where(stopped, 0.0, events2), self.pace.months(patients, changes),
        )  # fmt: skip

    def _stage(
        self, rng: np.random.Generator, n: Counts, treated: float, control: float
    ) -> tuple[Array, Array]:
        """The statistic of a stage's own patients, and how many of them count as a success."""
        n1 = np.clip(np.rint(self.share * n).astype(np.int64), 1, n - 1)
        n2 = n - n1
        x1, x2 = rng.binomial(n1, treated), rng.binomial(n2, control)
        return self.test(x1, x2, n1, n2), (x1 + x2).astype(float)
