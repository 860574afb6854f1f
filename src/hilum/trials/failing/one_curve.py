"""One group followed in time, held against a known share or curve, under other truths."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.trials.failing.curves import changed_course, changed_pattern, observed
from hilum.trials.failing.play import Played
from hilum.trials.fixed.course import Course, Hazard
from hilum.trials.fixed.lakatos import changing_hazard
from hilum.trials.simulation.nonproportional import inverse

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.trials.failing.changes import Changes
    from hilum.trials.failing.curves import Seen


@dataclass(frozen=True, slots=True)
class Landmark:
    """Survival at a time by Kaplan-Meier against a fixed share, on the arcsine square-root scale.

    Parameters
    ----------
    null, hoped : float
        Shares at ``time`` months; times to the event are exponential.
    n : int
    critical : float
        What the standardised difference must reach.
    """

    null: float
    hoped: float
    time: float
    course: Course
    n: int
    critical: float
    levels: bool = True
    counted: str = "events"
    ends: str = "follow-up"
    analyses: int = 1

    @property
    def at_once(self) -> int:
        """Patients of a trial."""
        return 2 * self.n

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        part = changes.effect if works else 0.0
        share = self.null + changes.control_points + part * (self.hoped - self.null)
        if not 0 < share < 1:
            wanted = phrased(
                "a change that leaves the share above 0 and below 1 (not {rate:.3g})", rate=share
            )
            name = "control_points" if changes.control_points else "effect"
            raise InputError(Fault("", None, name, f"{changes.made.get(name, 1):g}", wanted))
        hazard = Hazard((0.0,), (-log(share) / self.time,))
        time = inverse(hazard, rng.standard_exponential((trials, self.n)))
        seen, month = observed(rng, time, changed_course(self.course, changes))
        left, spread = kaplan_meier(seen, self.time)
        shift = np.arcsin(np.sqrt(left)) - np.arcsin(self.null**0.5)
        # Var asin(sqrt(S)) = S^2 sum d / (r (r - d)) / (4 S (1 - S)).
        error = np.sqrt(left * spread / (4 * np.maximum(1 - left, 1e-300)))
        success = np.where(error > 0, shift >= self.critical * error, left > self.null)
        return Played(
            success, np.zeros(trials, np.int64), seen.there.sum(axis=1).astype(float),
            seen.event.sum(axis=1).astype(float), month, np.full(trials, changes.closed),
        )  # fmt: skip


def kaplan_meier(seen: Seen, time: float) -> tuple[Array, Array]:
    """Share left at a time, and the sum of Greenwood's formula up to it; shape (trials,).

    Where everybody was lost before, the share is that of the last event.
    """
    order = np.argsort(seen.time, axis=1)
    when = np.take_along_axis(seen.time, order, 1)
    event = np.take_along_axis(seen.event, order, 1) & (when <= time)
    at_risk = np.arange(when.shape[1], 0, -1)
    left = np.prod(np.where(event, 1 - 1 / at_risk, 1.0), axis=1)
    rest = np.maximum(at_risk - 1, 1)
    spread = np.where(event, 1 / (at_risk * rest), 0.0).sum(axis=1)
    return left, np.where(left > 0, spread, 0.0)


@dataclass(frozen=True, slots=True)
class KnownCurve:
    """Observed events against those expected of a known exponential curve.

    Parameters
    ----------
    historical : Hazard
    hazard_ratio : float
        Hoped for; above 1 where the event is a good one.
    """

    historical: Hazard
    hazard_ratio: float
    course: Course
    n: int
    critical: float
    levels: bool = True
    counted: str = "events"
    ends: str = "follow-up"
    analyses: int = 1

    @property
    def at_once(self) -> int:
        """Patients of a trial."""
        return 2 * self.n

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        rng = np.random.default_rng(seed)
        pattern = changed_pattern(((0.0, self.hazard_ratio),), changes, works=works)
        own = changing_hazard(self.historical.scaled(1 / changes.control_times), pattern)
        time = inverse(own, rng.standard_exponential((trials, self.n)))
        seen, month = observed(rng, time, changed_course(self.course, changes))
        found = seen.event.sum(axis=1).astype(float)
        expected = self.historical.cumulative(seen.time).sum(axis=1)
        side = 1.0 if self.hazard_ratio < 1 else -1.0
        z = side * (expected - found) / np.sqrt(np.maximum(expected, 1e-300))
        return Played(
            z >= self.critical, np.zeros(trials, np.int64), seen.there.sum(axis=1).astype(float),
            found, month, np.full(trials, changes.closed),
        )  # fmt: skip
