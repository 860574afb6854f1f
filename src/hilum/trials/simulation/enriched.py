"""Enrichment trials played: stages, selection, closed test; and sized so.

A player draws the patients of one kind of endpoint and gives score statistics of each stratum
(the subgroup, and the others): their sums over both are those of the full population, stratified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy import special

from hilum.trials.sequential.enrichment import Seen
from hilum.trials.sequential.subgroup_closed import FULL, SUBGROUP, TINY, declared
from hilum.trials.simulation.tally import Tally, tally

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.sequential.enrichment import Enrichment


class Statistics(Protocol):
    """What a stage's tests and an interim analysis take; the full population first."""

    @property
    def z(self) -> Array:
        """Statistics; shape (trials, 2)."""
        ...

    @property
    def effect(self) -> Array:
        """Effects; shape (trials, 2)."""
        ...

    @property
    def share(self) -> Array:
        """The subgroup's part of the information; shape (trials,)."""
        ...

    def plus(self, other: Any) -> Statistics:
        """Of the patients of both, measured alike."""
        ...


@dataclass(frozen=True, slots=True)
class Scores:
    """Score statistics; shape (trials, 2), the full population first.

    ``u`` in the direction hoped for, with variance ``v``; ``u / w`` is the effect. Of a mean ``v``
    is that of a unit of the outcome's variance, which ``squares`` over their ``freedom`` estimate;
    both are None where the variance of the score is known.
    """

    u: Array
    v: Array
    w: Array
    squares: Array | None = None
    freedom: Array | None = None

    @classmethod
    def of_strata(cls, u: Array, v: Array, w: Array) -> Scores:
        """From the subgroup's and the others', in this order."""
        return cls(summed(u), summed(v), summed(w))

    @classmethod
    def none(cls, trials: int) -> Scores:
        """Of nobody."""
        return cls(*np.zeros((3, trials, 2)))

    def plus(self, other: Scores) -> Scores:
        """Of the patients of both."""
        return Scores(
            self.u + other.u, self.v + other.v, self.w + other.w,
            _added(self.squares, other.squares), _added(self.freedom, other.freedom),
        )  # fmt: skip

    @property
    def z(self) -> Array:
        """Statistics; 0 where nothing was seen. Of a mean, the normal scores of t's p values."""
        z = np.where(self.v > 0, self.u / np.sqrt(np.where(self.v > 0, self.v, 1.0)), 0.0)
        if self.squares is None or self.freedom is None:
            return z
        known = (self.freedom > 0) & (self.squares > 0)
        freedom = np.where(known, self.freedom, 1.0)
        t = np.abs(z) / np.sqrt(np.where(known, self.squares, 1.0) / freedom)
        score = -special.ndtri(np.maximum(special.stdtr(freedom, -t), TINY))
        return np.where(known, np.sign(z) * score, 0.0)

    @property
    def effect(self) -> Array:
        """Effects; 0 where nothing was seen."""
        return np.where(self.w > 0, self.u / np.where(self.w > 0, self.w, 1.0), 0.0)

    @property
    def share(self) -> Array:
        """The subgroup's part of the information; shape (trials,)."""
        full = np.where(self.v[:, FULL] > 0, self.v[:, FULL], 1.0)
        return np.clip(self.v[:, SUBGROUP] / full, 0.0, 1.0)


def summed(x: Array) -> Array:
    """Figures of the subgroup and of the others as those of the full population and the subgroup.

    Shape (trials, 2), before and after.
    """
    return np.stack([x.sum(axis=1), x[:, 0]], axis=1)


def _added(one: Array | None, two: Array | None) -> Array | None:
    return one if two is None else two if one is None else one + two


class Player(Protocol):
    """Patients of many trials at once, drawn stage by stage."""

    def recruit(self, stage: int, enriched: Mask) -> Array:
        """Patients of a stage, the marked trials in the subgroup alone; how many there are."""
        ...

    def seen(self, stage: int) -> Statistics:
        """What the interim analysis after a stage sees of all patients so far."""
        ...

    def own(self, stage: int) -> Statistics:
        """The patients of a stage, as the test of the stage takes them."""
        ...

    def course(self, stage: int, *, last: bool) -> tuple[Array, Array]:
        """Events seen, and months gone, where a trial ends after a stage; 0 if not counted."""
        ...


@dataclass(frozen=True, slots=True)
class Enriched:
    """What came of each trial.

    Attributes
    ----------
    rejected, going : ndarray of bool, shape (trials, 2)
        Declared effective; pursued in the last stage the trial had. Full population first.
    decided : ndarray of bool, shape (trials, 2)
        Who went on after the first interim analysis; nobody where the trial ended there.
    ended : ndarray of int, shape (trials,)
        The stage after which it ended, from 0.
    patients, events, months : ndarray, shape (trials,)
    excess : ndarray, shape (trials, 2)
        Estimate of all patients less that of the last stage's, of populations pursued to the last
        planned stage; NaN of the others.
    """

    rejected: Mask
    going: Mask
    decided: Mask
    ended: Array
    patients: Array
    events: Array
    months: Array
    excess: Array


def _nobody(trials: int) -> Statistics:
    return Scores.none(trials)


def play(plan: Enrichment, player: Player, trials: int) -> Enriched:
    """Recruit, look, select and test, stage by stage."""
    closed, last = plan.closed, plan.stages - 1
    going = np.ones((trials, 2), np.bool_)
    decided = going.copy()
    alive = np.ones(trials, np.bool_)
    ended = np.full(trials, float(last))
    crossed = np.zeros((trials, 3), np.bool_)
    patients, events, months = np.zeros((3, trials))
    scores: list[Array] = []
    own = whole = _nobody(trials)
    for k in range(plan.stages):
        patients += alive * player.recruit(k, ~going[:, FULL])
        own = player.own(k)
        whole = own if k == 0 else whole.plus(own)
        scores.append(closed.scores(own.z, np.sqrt(own.share), going))
        crossed |= closed.crossed(scores) & alive[:, None]
        if k == last:
            break
        seen = player.seen(k)
        done = float(sum(closed.shares[: k + 1]))
        after = plan.rule.going(
            going, Seen(seen.effect, seen.z, seen.share, done, closed.efficacy[-1])
        )
        stop = alive & (declared(crossed).any(axis=1) | ~after.any(axis=1))
        going = np.where((alive & ~stop)[:, None], after, going)
        if k == 0:
            decided = after & ~stop[:, None]
        ended[stop] = k
        for total, one in zip((events, months), player.course(k, last=False), strict=True):
            total[stop] = one[stop]
        alive &= ~stop
    for total, one in zip((events, months), player.course(last, last=True), strict=True):
        total[alive] = one[alive]
    pursued = going & alive[:, None]
    excess = np.where(pursued, whole.effect - own.effect, np.nan)
    return Enriched(declared(crossed), going, decided, ended, patients, events, months, excess)


def joined(parts: list[Enriched]) -> Enriched:
    """Blocks of trials as one."""
    return Enriched(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Enriched.__slots__)
    )


def figures(out: Enriched, plan: Enrichment, null: tuple[bool, bool]) -> Tally:
    """Figures of the trials, each a mean with its Monte-Carlo error.

    ``full``, ``subgroup``, ``either`` declared effective, any that is not (``false``; ``null``
    says of both populations whether they are without effect); who goes on after the first interim
    analysis (``only_full``, ``only_subgroup``, ``both``, ``none``); ``patients``, ``events``,
    ``months``; the excess of the plain estimate (``excess_full``, ``excess_subgroup``); ended at
    each analysis with and without success (``up0``, ``down0``, ...), ``early`` before the last.
    """
    full, subgroup = out.decided[:, FULL], out.decided[:, SUBGROUP]
    either = out.rejected.any(axis=1)
    found: dict[str, Array | Mask] = {
        "full": out.rejected[:, FULL],
        "subgroup": out.rejected[:, SUBGROUP],
        "either": either,
        "false": (out.rejected & np.asarray(null)).any(axis=1),
        "only_full": full & ~subgroup,
        "only_subgroup": subgroup & ~full,
        "both": full & subgroup,
        "none": ~full & ~subgroup,
        "patients": out.patients,
        "events": out.events,
        "months": out.months,
        "excess_full": out.excess[:, FULL],
        "excess_subgroup": out.excess[:, SUBGROUP],
        "early": out.ended < plan.stages - 1,
    }
    for k in range(plan.stages):
        found[f"up{k}"] = (out.ended == k) & either
        found[f"down{k}"] = (out.ended == k) & ~either
    return tally(found)
