"""Several treatments and one control whose successes are counted, under other truths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.failing.play import Played
from hilum.trials.failing.rate_tests import pooled
from hilum.trials.failing.rates import shortened
from hilum.trials.simulation.platform_rules import simulate_rules
from hilum.trials.simulation.selected import simulate_selected

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.failing.changes import Changes
    from hilum.trials.failing.rates import Pace, Rates
    from hilum.trials.sequential.platform import PlatformRules
    from hilum.trials.sequential.selection import Selection
    from hilum.trials.simulation.selected import Sizes


@dataclass(frozen=True, slots=True)
class ManyArms:
    """Treatments dropped in stages; success is that the one good treatment is picked.

    Without an effect success is that any is declared better.

    Parameters
    ----------
    rates : Rates
        The treatment hoped for first.
    shares, efficacy, futility : tuple of float
        Of each analysis: the part of the patients, and bounds of z; infinite where there are none.
    n1, n2 : int
        Patients of a treatment and of the control.
    """

    rates: Rates
    shares: tuple[float, ...]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    n1: int
    n2: int
    pace: Pace
    levels: bool = True
    counted: str = "successes"
    ends: str = "patients"

    @property
    def analyses(self) -> int:
        """Number of analyses."""
        return len(self.efficacy)

    @property
    def at_once(self) -> int:
        """Draws of a trial."""
        return 8 * self.analyses * (len(self.rates.treatments) + 1)

    def _sizes(self, n: int, changes: Changes) -> tuple[int, ...]:
        """Patients of a group at each analysis."""
        at = [round(share * n) for share in self.shares]
        return shortened(at, changes)

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        control, treated = self.rates.seen(changes, works=works)
        n1, n2 = self._sizes(self.n1, changes), self._sizes(self.n2, changes)
        looks = min(len(n1), len(n2))
        n1, n2 = (*n1[: looks - 1], n1[-1]), (*n2[: looks - 1], n2[-1])
        efficacy = (*self.efficacy[: looks - 1], self.efficacy[-1])
        futility = (*self.futility[: looks - 1], self.futility[-1])
        shape = trials, len(treated)
        x1, x2 = np.zeros(shape, np.int64), np.zeros((trials, 1), np.int64)
        going = np.ones(shape, np.bool_)
        alive = np.ones(trials, np.bool_)
        success = np.zeros(trials, np.bool_)
        look = np.full(trials, looks - 1)
        patients, events = np.zeros(trials), np.zeros(trials)
        for k in range(looks):
            more1, more2 = n1[k] - (n1[k - 1] if k else 0), n2[k] - (n2[k - 1] if k else 0)
            new1 = np.where(going, rng.binomial(more1, treated, shape), 0)
            new2 = rng.binomial(more2, control, (trials, 1))
            x1, x2 = x1 + new1, x2 + new2
            patients += alive * (going.sum(axis=1) * more1 + more2)
            events += alive * (new1.sum(axis=1) + new2[:, 0])
            z = np.where(going, pooled(x1, x2, n1[k], n2[k]), -np.inf)
            crossed = (z >= efficacy[k]) & alive[:, None]
            picked = crossed[:, 0] & (z.argmax(axis=1) == 0) if works else crossed.any(axis=1)
            success |= picked
            going &= z >= futility[k]
            ends = alive & (crossed.any(axis=1) | ~going.any(axis=1))
            look[ends] = k
            alive &= ~ends
        shown = np.where(look == looks - 1, self.analyses - 1, look)
        short = np.full(trials, changes.closed) & (look == looks - 1)
        return Played(success, shown, patients, events, self.pace.months(patients, changes), short)


@dataclass(frozen=True, slots=True)
class Selecting:
    """Treatments selected at an interim analysis; success is that the first is declared better."""

    rates: Rates
    plan: Selection
    sizes: Sizes
    pace: Pace
    levels: bool = True
    counted: str = ""
    ends: str = "patients"
    analyses: int = 2

    @property
    def at_once(self) -> int:
        """Draws of a trial."""
        return 20 * self.plan.arms

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        control, treated = self.rates.seen(changes, works=works)
        out = simulate_selected(self.plan, self.sizes, (control, *treated), trials, seed)
        anything: Mask = np.any(out.rejected, axis=1)
        success = out.rejected[:, 0] if works else anything
        look = np.where(out.early, 0, 1)
        patients = out.patients.astype(float)
        return Played(success, look, patients, None, self.pace.months(patients, changes))


@dataclass(frozen=True, slots=True)
class RulesPlayed:
    """Rules of a platform; success is that the first treatment graduates.

    Without an effect it is that any does.
    """

    rates: Rates
    rules: PlatformRules
    pace: Pace
    levels: bool = True
    counted: str = ""
    ends: str = "patients"
    analyses: int = 1

    @property
    def at_once(self) -> int:
        """Draws of a trial, of which many analyses are made."""
        return 1000

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        control, treated = self.rates.seen(changes, works=works)
        out = simulate_rules(self.rules, (control, *treated), trials, seed)
        anything: Mask = np.any(out.graduated, axis=1)
        success = out.graduated[:, 0] if works else anything
        patients = out.patients.sum(axis=1)
        look = np.zeros(trials, np.int64)
        return Played(success, look, patients, None, self.pace.months(patients, changes))


@dataclass(frozen=True, slots=True)
class Strata:
    """Two groups within strata, compared by the Cochran-Mantel-Haenszel statistic.

    Parameters
    ----------
    strata : tuple of Rates
        Of each stratum.
    shares : tuple of float
        Of the patients in each, on average: who comes is chance.
    n1, n2 : int
        Patients of the treatment and of the control.
    critical : float
        What the statistic must reach.
    """

    strata: tuple[Rates, ...]
    shares: tuple[float, ...]
    n1: int
    n2: int
    critical: float
    pace: Pace
    levels: bool = True
    counted: str = "successes"
    ends: str = "patients"
    analyses: int = 1

    @property
    def at_once(self) -> int:
        """Draws of a trial."""
        return 10 * len(self.strata)

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        seen = [one.seen(changes, works=works) for one in self.strata]
        (n1,), (n2,) = shortened((self.n1,), changes), shortened((self.n2,), changes)
        m1, m2 = (rng.multinomial(n, self.shares, trials) for n in (n1, n2))
        x1 = rng.binomial(m1, np.array([treated[0] for _, treated in seen]))
        x2 = rng.binomial(m2, np.array([control for control, _ in seen]))
        z = cochran(x1, x2, m1, m2)
        patients = np.full(trials, float(n1 + n2))
        return Played(
            z >= self.critical, np.zeros(trials, np.int64), patients,
            (x1.sum(axis=1) + x2.sum(axis=1)).astype(float), self.pace.months(patients, changes),
            np.full(trials, changes.closed),
        )  # fmt: skip


def cochran(x1: Array, x2: Array, n1: Array, n2: Array) -> Array:
    """Cochran-Mantel-Haenszel z of counts, shape (trials, strata), without correction.

    The variance is the hypergeometric's (Mantel & Haenszel 1959).
    """
    n, x = n1 + n2, x1 + x2
    some = np.maximum(n, 1)
    shift = (x1 - n1 * x / some).sum(axis=1)
    variance = (n1 * n2 * x * (n - x) / (some**2 * np.maximum(n - 1, 1))).sum(axis=1)
    known = variance > 0
    return np.where(known, shift / np.sqrt(np.where(known, variance, 1.0)), 0.0)
