"""The normal model of an enrichment trial: score statistics without patients, for its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.simulation.enriched import Enriched, Scores, play

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.sequential.enrichment import Enrichment


@dataclass(frozen=True, slots=True)
class Model:
    """What a patient of the trial is worth; strata are the subgroup and the others.

    Attributes
    ----------
    information : ndarray, shape (stages, 2)
        Variance of the score a patient of the whole trial brings to a stage and stratum.
    enriched : ndarray, shape (stages,)
        The same where the stage is of the subgroup alone.
    effect : (float, float)
        Effects in the strata, on the scale of the design, in the direction hoped for.
    variance : (float, float)
        By which the effect has to be divided to be that of a unit of the score's variance.
    visible : tuple of tuple of float
        Of each stage (rows) the share of its information that each interim analysis sees; those
        before it and the last are not read.
    """

    information: Array
    enriched: Array
    effect: tuple[float, float]
    variance: tuple[float, float]
    visible: tuple[tuple[float, ...], ...]


class NormalPlayer:
    """Trials of one size on draws that are the same for every size."""

    def __init__(self, model: Model, n: float, noise: list[list[Array]]) -> None:
        self._model, self._n, self._noise = model, n, noise
        self._made: list[list[Scores]] = []

    def recruit(self, stage: int, enriched: Mask) -> Array:
        """See :class:`hilum.trials.simulation.enriched.Player`."""
        model = self._model
        alone = np.array([model.enriched[stage], 0.0])
        full = self._n * np.where(enriched[:, None], alone, model.information[stage])
        variance = np.asarray(model.variance)
        drift = np.asarray(model.effect) / variance
        moved, before = np.zeros_like(full), 0.0
        made: list[Scores] = []
        ends = (*model.visible[stage][stage : len(model.information) - 1], 1.0)
        for share, noise in zip(ends, self._noise[stage], strict=True):
            moved = moved + max(share - before, 0.0) ** 0.5 * noise
            before = max(share, before)
            v = before * full
            u = drift * v + np.sqrt(full) * moved
            made.append(Scores.of_strata(u, v, v / variance))
        self._made.append(made)
        return np.zeros(len(enriched))

    def seen(self, stage: int) -> Scores:
        """Likewise."""
        first, *others = (one[stage - j] for j, one in enumerate(self._made))
        for one in others:
            first = first.plus(one)
        return first

    def own(self, stage: int) -> Scores:
        """Likewise."""
        return self._made[stage][-1]

    def course(self, stage: int, *, last: bool) -> tuple[Array, Array]:
        """Nothing is counted."""
        del stage, last
        none = np.zeros(len(self._made[0][0].u))
        return none, none


def drawn(stages: int, draws: int, rng: np.random.Generator) -> list[list[Array]]:
    """Normal increments of each stage, between the interim analyses that see it."""
    return [[rng.standard_normal((draws, 2)) for _ in range(stages - j)] for j in range(stages)]


def play_normal(plan: Enrichment, model: Model, n: float, noise: list[list[Array]]) -> Enriched:
    """Trials of n patients in the normal model."""
    return play(plan, NormalPlayer(model, n, noise), len(noise[0][0]))
