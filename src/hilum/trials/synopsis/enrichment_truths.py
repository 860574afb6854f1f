"""Truths under which an enrichment trial is simulated, from the one hoped for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.simulation.enriched_rates import RateTruth
from hilum.trials.simulation.enriched_sizes import ROUNDING
from hilum.trials.simulation.enriched_survival import TimeTruth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.trials.simulation.enriched_means import MeanTruth
    from hilum.trials.simulation.enriched_sizes import Truth

# An effect that would make a rate 0 or 1 is made so much smaller.
ROOM = 0.98


@dataclass(frozen=True, slots=True)
class Named:
    """A truth by its code; ``rest`` is the effect in the others, as the truth's own.

    ``null`` says whether a population is without effect, ``smaller`` why the effect is smaller
    than the code says (see :class:`hilum.trials.synopsis.special.EnrichedTruth`).
    """

    code: str
    truth: Truth
    rest: float
    null: bool
    smaller: str = ""


@dataclass(frozen=True, slots=True)
class _Effects:
    """Effects hoped for, those that cancel out, and the subgroup's effect in the others.

    ``smaller`` and ``other_smaller`` say why the latter two are smaller than hoped for.
    """

    hoped: tuple[float, float]
    opposite: tuple[float, float]
    other: float
    smaller: str = ""
    other_smaller: str = ""


def rate_truths(hoped: RateTruth, prevalences: Sequence[float]) -> tuple[Named, ...]:
    """Of differences of rates."""

    def made(own: float, rest: float, prevalence: float) -> RateTruth:
        treated = hoped.control[0] + own, hoped.control[1] + rest
        return replace(hoped, treatment=treated, prevalence=prevalence)

    own, rest = (one - two for one, two in zip(hoped.treatment, hoped.control, strict=True))
    part = hoped.prevalence / (1 - hoped.prevalence)
    # The others lose what the subgroup gains, as far as their rate can fall.
    less = min(own, ROOM * hoped.control[1] / part)
    other = min(own, ROOM * (1 - hoped.control[1]))
    effects = _Effects(
        (own, rest), (less, -part * less), other, "possible" if less < own else "",
        "possible" if other < own else "",
    )  # fmt: skip
    return _truths(effects, hoped.prevalence, prevalences, made)


def time_truths(hoped: TimeTruth, prevalences: Sequence[float]) -> tuple[Named, ...]:
    """Of log hazard ratios."""

    def made(own: float, rest: float, prevalence: float) -> TimeTruth:
        first, second = np.exp(-hoped.better * np.array([own, rest]))
        return replace(hoped, ratios=(float(first), float(second)), prevalence=prevalence)

    own, rest = (float(one) for one in -hoped.better * np.log(np.asarray(hoped.ratios)))
    effects = _balanced(own, rest, hoped.prevalence)
    return _truths(effects, hoped.prevalence, prevalences, made)


def mean_truths(hoped: MeanTruth, prevalences: Sequence[float]) -> tuple[Named, ...]:
    """Of differences of means."""

    def made(own: float, rest: float, prevalence: float) -> MeanTruth:
        return replace(hoped, differences=(own, rest), prevalence=prevalence)

    effects = _balanced(*hoped.differences, hoped.prevalence)
    return _truths(effects, hoped.prevalence, prevalences, made)


def _balanced(own: float, rest: float, prevalence: float) -> _Effects:
    """Of effects that nothing bounds: neither population gains or loses more than is hoped for."""
    part = prevalence / (1 - prevalence)
    less = own / max(part, 1.0)
    return _Effects(
        (own, rest), (less, -part * less), own, "balanced" if part > 1 + ROUNDING else ""
    )


def _truths(
    effects: _Effects,
    prevalence: float,
    prevalences: Sequence[float],
    made: Callable[[float, float, float], Truth],
) -> tuple[Named, ...]:
    own, rest = effects.hoped
    other = effects.other

    def of(
        code: str, pair: tuple[float, float], share: float = prevalence, smaller: str = ""
    ) -> Named:
        truth = made(*pair, share)
        return Named(code, truth, pair[1], min(truth.effects) <= ROUNDING, smaller)

    found = [
        of("null", (0.0, 0.0)),
        of("rest_alone", (0.0, other), smaller=effects.other_smaller),
        of("opposite", effects.opposite, smaller=effects.smaller),
        of("alternative", (own, rest)),
    ]
    if rest != 0:
        found.append(of("subgroup_alone", (own, 0.0)))
    if rest != other:
        found.append(of("everyone", (own, other), smaller=effects.other_smaller))
    found += [of("prevalence", (own, rest), one) for one in prevalences]
    return tuple(found)
