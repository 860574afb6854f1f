"""Rates under other truths than the planned one: what is seen of a rate, and who tests it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.trials.failing.play import Played

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.failing.changes import Changes

    Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pace:
    """Patients a month, as planned; None where nobody said."""

    monthly: float | None = None

    def months(self, patients: Array, changes: Changes) -> Array | None:
        """Months until so many have come."""
        return None if self.monthly is None else patients * changes.slower / self.monthly


@dataclass(frozen=True, slots=True)
class Rates:
    """True rates of good outcomes: the control's, each treatment's, and those without effect.

    Parameters
    ----------
    control : float
        Of the control, or of patients as they are in a trial of one group.
    treatments : tuple of float
        As hoped for, one a treatment.
    idle : tuple of float
        Under the null hypothesis: the control's, or at the margin.
    lower : bool
        Whether what is counted is the outcome without the event: the words are of the event.
    """

    control: float
    treatments: tuple[float, ...]
    idle: tuple[float, ...] = ()
    lower: bool = False

    def true(self, changes: Changes, *, works: bool) -> tuple[float, tuple[float, ...]]:
        """Rates of the control and of each treatment, before anything is lost or misread.

        Raises
        ------
        InputError
            A rate that would leave 0 to 1.
        """
        points = -changes.control_points if self.lower else changes.control_points
        idle = self.idle or (self.control,) * len(self.treatments)
        part = changes.effect if works else 0.0
        control = self.control + points
        treatments = tuple(
            none + points + part * (one - none)
            for one, none in zip(self.treatments, idle, strict=True)
        )
        for rate in (control, *treatments):
            if not 0 <= rate <= 1:
                shown = 1 - rate if self.lower else rate
                name = "control_points" if points else "effect"
                wanted = phrased("a change that leaves every rate from 0 to 1 (not {rate:.3g})",
                                 rate=shown)  # fmt: skip
                raise InputError(Fault("", None, name, f"{changes.made.get(name, 1):g}", wanted))
        return control, treatments

    def seen(self, changes: Changes, *, works: bool) -> tuple[float, tuple[float, ...]]:
        """Chances that a patient of the control and of each treatment counts as a success."""
        control, treatments = self.true(changes, works=works)
        mixed = control
        if changes.crossover:
            mixed += changes.crossover * (treatments[0] - control)
        return counted(mixed, changes), tuple(counted(one, changes) for one in treatments)


def counted(rate: float, changes: Changes) -> float:
    """Chance to count as a success: what is missing is none, what is misread is the other."""
    read = rate * (1 - changes.missed) + (1 - rate) * changes.overread
    return read * (1 - changes.drop_out)


def shortened(sizes: Sequence[int], changes: Changes) -> tuple[int, ...]:
    """Patients of a group at each analysis, where the trial ends in the planned month.

    Analyses come as planned as long as there are patients for them; the last is held with those
    there are.
    """
    if not changes.closed:
        return tuple(sizes)
    most = max(int(sizes[-1] / changes.slower + 1e-9), 1)
    return (*(one for one in sizes if one < most), most)


@dataclass(frozen=True, slots=True)
class CountedStages:
    """One group whose successes are counted, bounds on the count at each analysis.

    Parameters
    ----------
    n, futility, efficacy : tuple of int
        Patients; a trial ends with at most, and with at least, so many successes; bounds that
        cannot be met stand for none.
    """

    rates: Rates
    n: tuple[int, ...]
    futility: tuple[int, ...]
    efficacy: tuple[int, ...]
    pace: Pace
    levels: bool = True
    counted: str = "successes"
    ends: str = "patients"

    @property
    def analyses(self) -> int:
        """Number of analyses."""
        return len(self.n)

    @property
    def at_once(self) -> int:
        """Draws of a trial."""
        return 4 * len(self.n)

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        _, (rate,) = self.rates.seen(changes, works=works)
        steps = np.diff((0, *self.n))
        count = np.cumsum(rng.binomial(steps, rate, (trials, len(steps))), axis=1)
        up: Mask = count >= np.asarray(self.efficacy)
        look = first(up | (count <= np.asarray(self.futility)))
        rows = np.arange(trials)
        patients = np.asarray(self.n, float)[look]
        return Played(
            up[rows, look], look, patients, count[rows, look].astype(float),
            self.pace.months(patients, changes),
        )  # fmt: skip


def first(ended: Mask) -> NDArray[np.int64]:
    """The first analysis at which each trial ended, the last where none says so."""
    last = ended.shape[1] - 1
    return np.where(ended.any(axis=1), ended.argmax(axis=1), last)


@dataclass(frozen=True, slots=True)
class TwoRates:
    """A treatment and a control whose successes are counted and tested at each analysis.

    Parameters
    ----------
    n1, n2 : tuple of int
        Patients of the treatment and of the control at each analysis.
    test : callable (x1, x2, n1, n2) -> ndarray
        The statistic of counts, above 0 where the treatment is better.
    efficacy, futility : tuple of float
        Bounds of the statistic; infinite where there are none.
    """

    rates: Rates
    n1: tuple[int, ...]
    n2: tuple[int, ...]
    test: Callable[[Counts, Counts, int, int], Array]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    pace: Pace
    levels: bool = True
    counted: str = "successes"
    ends: str = "patients"

    @property
    def analyses(self) -> int:
        """Number of analyses."""
        return len(self.n1)

    @property
    def at_once(self) -> int:
        """Draws of a trial."""
        return 8 * len(self.n1)

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        control, (treated,) = self.rates.seen(changes, works=works)
        n1, n2 = shortened(self.n1, changes), shortened(self.n2, changes)
        looks = min(len(n1), len(n2))
        n1, n2 = (*n1[: looks - 1], n1[-1]), (*n2[: looks - 1], n2[-1])
        # The last analysis is held at its own bounds, whenever it comes.
        efficacy = np.array([*self.efficacy[: looks - 1], self.efficacy[-1]])
        futility = np.array([*self.futility[: looks - 1], self.futility[-1]])
        x1 = np.cumsum(rng.binomial(np.diff((0, *n1)), treated, (trials, looks)), axis=1)
        x2 = np.cumsum(rng.binomial(np.diff((0, *n2)), control, (trials, looks)), axis=1)
        z = np.stack([self.test(x1[:, k], x2[:, k], n1[k], n2[k]) for k in range(looks)], axis=1)
        up: Mask = z >= efficacy
        look = first(up | (z < futility))
        rows = np.arange(trials)
        patients = (np.asarray(n1, float) + np.asarray(n2, float))[look]
        events = (x1 + x2)[rows, look].astype(float)
        # The last of fewer analyses is that of the plan.
        shown = np.where(look == looks - 1, len(self.n1) - 1, look)
        short = np.full(trials, changes.closed) & (look == looks - 1)
        return Played(
            up[rows, look], shown, patients, events, self.pace.months(patients, changes), short
        )
