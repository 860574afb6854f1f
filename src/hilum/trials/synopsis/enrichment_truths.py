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

# An effect that would make a rate 0 or 1 is made so much smaller.
ROOM = 0.98


@dataclass(frozen=True, slots=True)
class Named:
    """A truth by its code; ``rest`` is the effect in the others, as the truth's own.

    ``null`` says whether a population is without effect.
    """

    code: str
    truth: RateTruth | TimeTruth
    rest: float
    null: bool


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
    return _truths((own, rest), (less, -part * less), other, hoped.prevalence, prevalences, made)


def time_truths(hoped: TimeTruth, prevalences: Sequence[float]) -> tuple[Named, ...]:
    """Of log hazard ratios."""

    def made(own: float, rest: float, prevalence: float) -> TimeTruth:
        first, second = np.exp(-hoped.better * np.array([own, rest]))
        return replace(hoped, ratios=(float(first), float(second)), prevalence=prevalence)

    own, rest = (float(one) for one in -hoped.better * np.log(np.asarray(hoped.ratios)))
    part = hoped.prevalence / (1 - hoped.prevalence)
    less = own / max(part, 1.0)
    return _truths((own, rest), (less, -part * less), own, hoped.prevalence, prevalences, made)


def _truths(
    hoped: tuple[float, float],
    opposite: tuple[float, float],
    other: float,
    prevalence: float,
    prevalences: Sequence[float],
    made: Callable[[float, float, float], RateTruth | TimeTruth],
) -> tuple[Named, ...]:
    own, rest = hoped

    def of(code: str, effects: tuple[float, float], share: float = prevalence) -> Named:
        truth = made(*effects, share)
        return Named(code, truth, effects[1], min(truth.effects) <= ROUNDING)

    found = [of("null", (0.0, 0.0)), of("rest_alone", (0.0, other)), of("opposite", opposite)]
    found.append(of("alternative", (own, rest)))
    if rest != 0:
        found.append(of("subgroup_alone", (own, 0.0)))
    if rest != other:
        found.append(of("everyone", (own, other)))
    found += [of("prevalence", (own, rest), one) for one in prevalences]
    return tuple(found)
