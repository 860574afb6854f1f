"""Rates of events under other truths than the planned one, compared on the log scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.failing.play import Played
from hilum.trials.failing.rates import first, shortened

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.trials.failing.changes import Changes
    from hilum.trials.failing.rates import Pace


@dataclass(frozen=True, slots=True)
class TwoCounts:
    """Two groups whose events are counted, patient by patient.

    The log ratio of the rates (events over follow-up) is compared with its null value. Where a
    dispersion was planned its variance has that of a negative binomial, the dispersion estimated by
    moments within the groups; otherwise it is the robust one of a Poisson regression.

    Parameters
    ----------
    rate_ratio, null, control_rate, exposure, dispersion : float
        As planned: treatment over control, events a month, months.
    n1, n2 : tuple of int
        Patients of the treatment and of the control at each analysis.
    efficacy : tuple of float
        Bounds of the statistic, infinite where there are none.
    sided : {1, 2}
    """

    rate_ratio: float
    null: float
    control_rate: float
    exposure: float
    dispersion: float
    n1: tuple[int, ...]
    n2: tuple[int, ...]
    efficacy: tuple[float, ...]
    sided: int
    pace: Pace
    levels: bool = True
    counted: str = "events"
    ends: str = "follow-up"

    @property
    def analyses(self) -> int:
        """Number of analyses."""
        return len(self.n1)

    @property
    def at_once(self) -> int:
        """Patients of a trial."""
        return self.n1[-1] + self.n2[-1]

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        part = changes.effect if works else 0.0
        ratio = self.null * (self.rate_ratio / self.null) ** part
        rate = self.control_rate * changes.control_events
        n1, n2 = shortened(self.n1, changes), shortened(self.n2, changes)
        looks = min(len(n1), len(n2))
        n1, n2 = (*n1[: looks - 1], n1[-1]), (*n2[: looks - 1], n2[-1])
        efficacy = np.array([*self.efficacy[: looks - 1], self.efficacy[-1]])
        treated = self._group(rng, rate * ratio, rate * ratio, 0.0, n1, trials, changes)
        control = self._group(rng, rate, rate * ratio, changes.crossover, n2, trials, changes)
        z = self._statistic(treated, control)
        up = z >= efficacy
        # A trial of two sides ends on the other side too.
        look = first(up | (z <= -efficacy) if self.sided == 2 else up)
        rows = np.arange(trials)
        patients = (np.asarray(n1, float) + np.asarray(n2, float))[look]
        months = self.pace.months(patients, changes)
        shown = np.where(look == looks - 1, self.analyses - 1, look)
        return Played(
            up[rows, look], shown, patients, (treated.events + control.events)[rows, look],
            None if months is None else months + self.exposure,
            np.full(trials, changes.closed) & (look == looks - 1),
        )  # fmt: skip

    def _group(
        self, rng: np.random.Generator, rate: float, other: float, share: float,
        n: tuple[int, ...], trials: int, changes: Changes,
    ) -> Sums:  # fmt: skip
        """Events and follow-up of a group's patients, of whom a share has the other rate."""
        shape = trials, n[-1]
        time = np.full(shape, self.exposure)
        if changes.drop_out:
            hazard = -log(1 - changes.drop_out) / 12
            time = np.minimum(time, rng.standard_exponential(shape) / hazard)
        mean = rate * time
        if share:
            # At an exponential time within the follow-up, as the share of a year says.
            until = rng.standard_exponential(shape) / (-log(1 - share) / 12)
            mean = rate * np.minimum(time, until) + other * np.maximum(time - until, 0.0)
        spread = self.dispersion + changes.dispersion
        if spread:
            mean = mean * rng.gamma(1 / spread, spread, shape)
        count = rng.poisson(mean).astype(float)
        at = np.asarray(n) - 1

        def so_far(x: Array) -> Array:
            return np.cumsum(x, axis=1)[:, at]

        return Sums(
            so_far(count), so_far(time), so_far(count**2), so_far(count * time), so_far(time**2),
            np.asarray(n, float),
        )  # fmt: skip

    def _statistic(self, treated: Sums, control: Sums) -> Array:
        """Z of the log ratio, above 0 where the treatment is better; 0 without an event."""
        known = (treated.events > 0) & (control.events > 0)
        rates = [np.where(known, one.events, 1.0) / one.time for one in (treated, control)]
        groups = tuple(zip((treated, control), rates, strict=True))
        if self.dispersion:
            beyond = sum(one.residual(rate) - rate * one.time for one, rate in groups)
            spread = np.maximum(beyond / sum(rate**2 * one.square for one, rate in groups), 0.0)
            variance = sum(
                1 / (rate * one.time) + spread * one.square / one.time**2 for one, rate in groups
            )
        else:
            variance = sum(one.residual(rate) / (rate * one.time) ** 2 for one, rate in groups)
        shift = np.log(rates[0] / rates[1]) - log(self.null)
        side = 1.0 if self.rate_ratio > self.null else -1.0
        fine = known & (np.asarray(variance) > 0)
        return np.where(fine, side * shift / np.sqrt(np.where(fine, variance, 1.0)), 0.0)


@dataclass(frozen=True, slots=True)
class Sums:
    """Over the patients of a group at each analysis; shape (trials, analyses).

    Events, follow-up, squares of the events, their products with follow-up, squares of follow-up.
    """

    events: Array
    time: Array
    events_square: Array
    product: Array
    square: Array
    n: Array

    def residual(self, rate: Array) -> Array:
        """Squares around the expected counts, as of n patients with one rate estimated."""
        found = self.events_square - 2 * rate * self.product + rate**2 * self.square
        return found * self.n / np.maximum(self.n - 1, 1)
