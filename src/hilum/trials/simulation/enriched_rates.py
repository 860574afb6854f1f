"""Enrichment trials of a rate, patient by patient."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np

from hilum.trials.fixed.sizes import whole
from hilum.trials.simulation.enriched import Scores
from hilum.trials.simulation.enriched_model import Model

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.enriched import Statistics

LEAST = 4


@dataclass(frozen=True, slots=True)
class Patients:
    """Patients of each stage as planned, and where it is of the subgroup alone."""

    planned: tuple[int, ...]
    enriched: tuple[int, ...]

    @property
    def largest(self) -> int:
        """The most there can be."""
        first, *rest = zip(self.planned, self.enriched, strict=True)
        return first[0] + sum(max(one) for one in rest)


def patients_of(plan: Enrichment, n: float) -> Patients:
    """Whole patients of the stages of a trial of n."""
    ends = np.cumsum(plan.shares) * n
    counts = np.diff([0, *(whole(float(end)) for end in ends)])
    planned = tuple(max(int(one), LEAST) for one in counts)
    return Patients(planned, tuple(max(whole(plan.rule.enlarged * x), LEAST) for x in planned))


@dataclass(frozen=True, slots=True)
class RateTruth:
    """True chances of the good outcome in the subgroup and in the others, and its prevalence."""

    control: tuple[float, float]
    treatment: tuple[float, float]
    prevalence: float

    @property
    def effects(self) -> tuple[float, float]:
        """Differences in the full population and in the subgroup."""
        own, other = (one - two for one, two in zip(self.treatment, self.control, strict=True))
        return self.prevalence * own + (1 - self.prevalence) * other, own

    def model(self, plan: Enrichment) -> Model:
        """What a patient is worth in the normal model."""
        split = plan.ratio / (1 + plan.ratio) ** 2
        q = plan.ratio / (1 + plan.ratio)
        middle = q * np.asarray(self.treatment) + (1 - q) * np.asarray(self.control)
        variance = middle * (1 - middle)
        strata = np.array([self.prevalence, 1 - self.prevalence])
        shares = np.asarray(plan.shares)
        own, other = np.asarray(self.treatment) - np.asarray(self.control)
        seen = tuple((1.0,) * plan.stages for _ in shares)
        return Model(
            shares[:, None] * strata * split * variance,
            plan.rule.enlarged * shares * split * variance[0],
            (float(own), float(other)), (float(variance[0]), float(variance[1])), seen,
        )  # fmt: skip

    def player(
        self, plan: Enrichment, sizes: Patients, trials: int, rng: np.random.Generator
    ) -> RatePlayer:
        """Its patients."""
        return RatePlayer(plan, sizes, self, trials, rng)


def of_tables(x1: Array, x0: Array, treated: Array, controls: Array) -> tuple[Array, Array, Array]:
    """Score, variance and weight of two-by-two tables: events of the treated and of the controls.

    The variance is that given all four margins (Mantel & Haenszel 1959).
    """
    parts = treated + controls
    filled = np.maximum(parts, 1)
    w = treated * controls / filled
    difference = x1 / np.maximum(treated, 1) - x0 / np.maximum(controls, 1)
    p = (x1 + x0) / filled
    return w * difference, w * p * (1 - p) * filled / np.maximum(parts - 1, 1), w


def recruited(
    sizes: Patients, stage: int, enriched: Mask, prevalence: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Patients of a stage, and of those in the subgroup and in the others; shape (trials, 2)."""
    n = np.where(enriched, sizes.enriched[stage], sizes.planned[stage])
    own = np.where(enriched, n, rng.binomial(n, prevalence))
    return n, np.stack([own, n - own], axis=1)


def allocated(parts: Array, ratio: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Treated and controls of each stratum; a patient too many falls to either group."""
    treated = np.floor(parts * (ratio / (1 + ratio)) + rng.random(parts.shape)).astype(np.int64)
    treated = np.minimum(treated, parts)
    return treated, parts - treated


class Prevalent(Protocol):
    """A truth of a population with a subgroup."""

    @property
    def prevalence(self) -> float:
        """Share of the subgroup."""
        ...


OneTruth = TypeVar("OneTruth", bound=Prevalent)


class Stages(ABC, Generic[OneTruth]):
    """Stages whose patients are all known before their analysis."""

    def __init__(
        self, plan: Enrichment, sizes: Patients, truth: OneTruth, trials: int,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._plan, self._sizes, self._trials = plan, sizes, trials
        self.truth, self.rng = truth, rng
        self.made: list[Statistics] = []

    @abstractmethod
    def scores(self, treated: Array, controls: Array) -> Statistics:
        """What a stage's patients give, by their numbers in each stratum; shape (trials, 2)."""

    def recruit(self, stage: int, enriched: Mask) -> Array:
        """See :class:`hilum.trials.simulation.enriched.Player`."""
        n, parts = recruited(self._sizes, stage, enriched, self.truth.prevalence, self.rng)
        self.made.append(self.scores(*allocated(parts, self._plan.ratio, self.rng)))
        return n

    def seen(self, stage: int) -> Statistics:
        """See :class:`hilum.trials.simulation.enriched.Player`."""
        found, *later = self.made[: stage + 1]
        for one in later:
            found = found.plus(one)
        return found

    def own(self, stage: int) -> Statistics:
        """Likewise."""
        return self.made[stage]

    def course(self, stage: int, *, last: bool) -> tuple[Array, Array]:
        """Nothing is counted."""
        del stage, last
        none = np.zeros(self._trials)
        return none, none


class RatePlayer(Stages[RateTruth]):
    """Each stage's patients answer before its analysis."""

    def scores(self, treated: Array, controls: Array) -> Scores:
        """See :class:`Stages`."""
        x1 = self.rng.binomial(treated, self.truth.treatment)
        x0 = self.rng.binomial(controls, self.truth.control)
        return Scores.of_strata(*of_tables(x1, x0, treated, controls))
