"""Enrichment trials of every endpoint: figures under a truth, and the size with a power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.trials.simulation.enriched import Enriched, Player, figures, joined, play
from hilum.trials.simulation.enriched_means import MeanTruth
from hilum.trials.simulation.enriched_model import Model, drawn, play_normal
from hilum.trials.simulation.enriched_rates import Patients, RateTruth, patients_of
from hilum.trials.simulation.enriched_survival import (
    Events,
    TimePlayer,
    TimeTruth,
    Windows,
    chance_of,
    events_of,
    model_of,
)
from hilum.trials.simulation.played import MOST, sized_in_play
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.tally import Tally
    from hilum.watch import Watch

# Draws of the normal model in which the size is looked for; the same for every size.
DRAWS = 5_000
# Patients of a block of simulated trials, so that a block takes part of a second.
CELLS, BLOCK = 400_000, 5_000
# An effect this far below 0 is none: averages of opposite effects are 0 but for rounding.
ROUNDING = 1e-12


Truth = RateTruth | TimeTruth | MeanTruth


class Endpoint(Protocol):
    """An endpoint of an enrichment trial, with all that is needed to play it."""

    @property
    def one_by_one(self) -> bool:
        """Whether its patients are drawn one by one."""
        ...

    @property
    def most(self) -> float:
        """Patients beyond which no trial is looked for."""
        ...

    def model(self, plan: Enrichment, truth: Truth) -> Model:
        """Its normal model."""
        ...

    def player(
        self, plan: Enrichment, sizes: Patients, truth: Truth, trials: int,
        rng: np.random.Generator,
    ) -> Player:  # fmt: skip
        """Its patients."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """A rate or a mean, known of every patient before the analysis of his stage."""

    one_by_one: bool = False
    most: float = MOST

    def model(self, plan: Enrichment, truth: Truth) -> Model:
        """See :class:`Endpoint`."""
        assert not isinstance(truth, TimeTruth)
        return truth.model(plan)

    def player(
        self, plan: Enrichment, sizes: Patients, truth: Truth, trials: int,
        rng: np.random.Generator,
    ) -> Player:  # fmt: skip
        """Likewise."""
        assert not isinstance(truth, TimeTruth)
        return truth.player(plan, sizes, trials, rng)


@dataclass(frozen=True, slots=True)
class Times:
    """Times to an event; ``planned`` is the truth that the events of the stages are planned for.

    ``windows`` are as planned too; ``actual`` where recruitment or losses are otherwise.
    """

    windows: Windows
    planned: TimeTruth
    one_by_one: bool = True
    most: float = 5_000
    actual: Windows | None = None

    def events(self, plan: Enrichment, sizes: Patients) -> Events:
        """Events at which the stages are tested."""
        return events_of(chance_of(plan, self.windows, self.planned), sizes)

    def model(self, plan: Enrichment, truth: Truth) -> Model:
        """See :class:`Endpoint`."""
        assert isinstance(truth, TimeTruth)
        return model_of(plan, self.windows, truth, self.planned)

    def player(
        self, plan: Enrichment, sizes: Patients, truth: Truth, trials: int,
        rng: np.random.Generator,
    ) -> Player:  # fmt: skip
        """Likewise."""
        assert isinstance(truth, TimeTruth)
        events = self.events(plan, sizes)
        return TimePlayer(plan, sizes, events, self.actual or self.windows, truth, trials, rng)


def simulate_enriched(
    plan: Enrichment,
    endpoint: Endpoint,
    sizes: Patients,
    truth: Truth,
    trials: int,
    seed: int | np.random.SeedSequence,
    *,
    watch: Watch = SILENT,
) -> Enriched:
    """Simulate trials; the same seed and number give the same trials."""
    rng = np.random.default_rng(seed)
    block = BLOCK
    if endpoint.one_by_one:
        block = max(20, min(BLOCK, CELLS // sizes.largest))
    parts: list[Enriched] = []
    for i in range(0, trials, block):
        watch.done(0)
        number = min(block, trials - i)
        parts.append(play(plan, endpoint.player(plan, sizes, truth, number, rng), number))
    return joined(parts)


def characteristics(
    plan: Enrichment,
    endpoint: Endpoint,
    sizes: Patients,
    truth: Truth,
    trials: int,
    seed: int | np.random.SeedSequence,
    *,
    watch: Watch = SILENT,
) -> Tally:
    """Figures of such trials: see :func:`hilum.trials.simulation.enriched.figures`."""
    out = simulate_enriched(plan, endpoint, sizes, truth, trials, seed, watch=watch)
    full, subgroup = truth.effects
    return figures(out, plan, (full <= ROUNDING, subgroup <= ROUNDING))


def sized(
    plan: Enrichment,
    endpoint: Endpoint,
    truth: Truth,
    of: str,
    power: float,
    trials: int,
    seed: int,
    *,
    watch: Watch = SILENT,
) -> tuple[Patients, Tally]:
    """The stages in which the populations asked for are declared effective with this chance.

    Parameters
    ----------
    of : {"either", "subgroup", "full"}
        What has to be declared.

    Raises
    ------
    NotEstimable
        No trial of the most patients has it.
    """
    model = endpoint.model(plan, truth)
    noise = drawn(plan.stages, DRAWS, np.random.default_rng(seed))
    column = {"full": [0], "subgroup": [1], "either": [0, 1]}[of]

    def normal(n: float) -> float:
        return float(play_normal(plan, model, n, noise).rejected[:, column].any(axis=1).mean())

    def played(n: float) -> Tally:
        return characteristics(
            plan, endpoint, patients_of(plan, n), truth, trials, seed, watch=watch
        )

    def never() -> NotEstimable:
        message = phrased(
            "power {power:g} is not reached by any trial of up to {most:.0f} patients: the effects "
            "are small, or the rule leaves the population out too often",
            power=power, most=endpoint.most,
        )  # fmt: skip
        return NotEstimable(message)

    n, found = sized_in_play(normal, played, of, power, plan.alpha, never, watch, endpoint.most)
    return patients_of(plan, n), found
