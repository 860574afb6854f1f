"""How long a multi-arm multi-stage trial is expected to go on, and with how many patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.sequential.multi_arm import control_increments, going, stops_given_control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.sequential.multi_arm import MultiArm


@dataclass(frozen=True, slots=True)
class Expected:
    """A trial under one truth.

    Parameters
    ----------
    patients : float
        Expected in all: arms stop recruiting when they are dropped, all when the trial ends.
    efficacy, futility : tuple of float, length J
        Chance that the trial ends at each stage because a treatment crosses its efficacy bound,
        or because none is left (or crosses at the last).
    """

    patients: float
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]

    @property
    def success(self) -> float:
        """Chance that any treatment crosses its efficacy bound."""
        return sum(self.efficacy)


def expected_sizes(design: MultiArm, n_per_arm: float, effects: Sequence[float]) -> Expected:
    """Expected patients where the treatments have these standardised effects.

    Given the control's increments the treatments are independent (Magirr, Jaki & Whitehead
    2012), so that the chance to go on is an integral over the control of products.

    Parameters
    ----------
    n_per_arm : float
        Patients of a treatment over all stages; the control has ``ratio`` times as many.
    effects : sequence of float, one a treatment
        Differences from the control in standard deviations.
    """
    rates = design.information_rates
    nodes, mass = control_increments(len(rates))
    alive: list[np.ndarray] = []
    crossed: list[np.ndarray] = []
    known: dict[float, int] = {}
    which: list[int] = []
    for effect in effects:
        if effect not in known:
            known[effect] = len(alive)
            drift = effect * n_per_arm**0.5
            args = (nodes, rates, design.efficacy, design.futility, design.ratio, drift)
            alive.append(np.stack([part[1].sum(axis=1) for part in going(*args)], axis=1))
            crossed.append(np.cumsum(stops_given_control(*args), axis=1))
        which.append(known[effect])
    patients, on = 0.0, np.ones(len(nodes))
    efficacy: list[float] = []
    futility: list[float] = []
    for j, rate in enumerate(rates):
        step = rate - (rates[j - 1] if j else 0.0)
        # Before stage j: a treatment has not crossed; is still recruited.
        not_yet = [1 - crossed[k][:, j - 1] if j else np.ones(len(nodes)) for k in which]
        here = [alive[k][:, j] for k in which]
        together = np.prod(not_yet, axis=0)
        none_left = np.prod([a - b for a, b in zip(not_yet, here, strict=True)], axis=0)
        on = together - none_left
        recruited = sum(
            float(mass @ (one * np.prod([b for i, b in enumerate(not_yet) if i != place], axis=0)))
            for place, one in enumerate(here)
        )
        patients += step * n_per_arm * (design.ratio * float(mass @ on) + recruited)
        after = [1 - crossed[k][:, j] for k in which]
        uncrossed = np.prod(after, axis=0)
        efficacy.append(float(mass @ (together - uncrossed)))
        left = np.zeros(len(nodes))
        if j + 1 < len(rates):
            going_on = [alive[k][:, j + 1] for k in which]
            dropped = np.prod([a - b for a, b in zip(after, going_on, strict=True)], axis=0)
            left = uncrossed - dropped
        # What goes on before the stage ends at it, unless a treatment crossed or one is left.
        futility.append(float(mass @ (on - left)) - efficacy[-1])
    return Expected(patients, tuple(efficacy), tuple(futility))
