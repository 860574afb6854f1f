"""Boundaries of group sequential tests: Wang-Tsiatis shapes and spending functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable
from hilum.trials.sequential.recursion import (
    Ongoing,
    above,
    advance,
    below,
    crossing,
    solve,
)
from hilum.trials.sequential.spending import spent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array

# A bound beyond which less than 1e-160 is left: where an increment of the error vanishes.
FAR = 27.0
SHAPES = {"OF": 0.0, "P": 0.5}
"""Exponents of Wang & Tsiatis 1987: O'Brien & Fleming 1979 and Pocock 1977."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds on the z scale, shape (K,); infinite where a stage has none."""

    efficacy: Array
    futility: Array


def shaped(
    rates: Sequence[float], alpha: float, exponent: float, futility: Sequence[float], sided: int
) -> Array:
    """Bounds ``c * t^(exponent - 1/2)`` with the one ``c`` that keeps the error.

    Parameters
    ----------
    rates : sequence of float, length K
    alpha : float
        Error of all sides together.
    exponent : float
        Delta of Wang & Tsiatis: 0 O'Brien-Fleming, 0.5 Pocock.
    futility : sequence of float, length K
        Binding lower bounds; minus infinity where there is none. Ignored for two sides.
    sided : {1, 2}
    """
    shape = np.asarray(rates) ** (exponent - 0.5)

    def off(c: float) -> float:
        upper = c * shape
        lower = -upper if sided == 2 else np.minimum(futility, upper)
        found = crossing(rates, upper.tolist(), lower.tolist(), 0.0)
        return sided * float(found.upper.sum()) - alpha

    return solve(off, 0.0 if sided == 1 else 1e-6, FAR) * shape


def from_increments(
    rates: Sequence[float], increments: Sequence[float], futility: Sequence[float], sided: int
) -> Array:
    """Upper bounds that spend these errors (of one side) stage by stage."""
    out: list[float] = []
    ongoing: Ongoing | None = None
    for k, t in enumerate(rates):
        bound = upper_bound(ongoing, t, increments[k])
        out.append(bound)
        if k + 1 < len(rates):
            low = -bound if sided == 2 else min(futility[k], bound)
            ongoing = advance(ongoing, t, low, bound, 0.0, rates[k + 1])
    return np.array(out)


def upper_bound(ongoing: Ongoing | None, t: float, increment: float) -> float:
    """Bound that trials going on pass with this probability under no effect."""
    if increment <= above(ongoing, t, FAR, 0.0):
        return float("inf")
    return solve(lambda bound: above(ongoing, t, bound, 0.0) - increment, -FAR, FAR)


def lower_bound(ongoing: Ongoing | None, t: float, increment: float, drift: float) -> float:
    """Bound that trials going on stay below with this probability under the alternative."""
    low, high = -FAR + drift * t**0.5, FAR + drift * t**0.5
    if increment <= below(ongoing, t, low, drift):
        return float("-inf")
    if increment >= below(ongoing, t, high, drift):
        return high
    return solve(lambda bound: below(ongoing, t, bound, drift) - increment, low, high)


def with_beta_spending(
    rates: Sequence[float],
    alpha_increments: Sequence[float] | None,
    efficacy: Array | None,
    beta_spent: Sequence[float],
    drift: float,
) -> tuple[Bounds, float]:
    """Bounds of both sides under a drift, and the type II error they have.

    Where ``efficacy`` is given it stands (non-binding futility); otherwise ``alpha_increments``
    are spent on trials that obey the lower bounds (binding). At the last stage the bounds meet.
    """
    up: list[float] = []
    down: list[float] = []
    null: Ongoing | None = None
    other: Ongoing | None = None
    missed = 0.0
    for k, t in enumerate(rates):
        last = k + 1 == len(rates)
        if efficacy is not None:
            high = float(efficacy[k])
        elif alpha_increments is not None:
            high = upper_bound(null, t, alpha_increments[k])
        else:
            message = "either efficacy bounds or an error to spend are needed"
            raise NotEstimable(message)
        if last:
            low = high
        else:
            share = beta_spent[k] - (beta_spent[k - 1] if k else 0.0)
            low = min(lower_bound(other, t, share, drift), high)
        missed += below(other, t, low, drift)
        up.append(high)
        down.append(low)
        if not last:
            other = advance(other, t, low, high, drift, rates[k + 1])
            if efficacy is None:
                null = advance(null, t, low, high, 0.0, rates[k + 1])
    return Bounds(np.array(up), np.array(down)), missed


def alpha_increments(
    kind: str, alpha: float, rates: Sequence[float], parameter: float | None
) -> list[float]:
    """Error spent by each stage."""
    total = spent(kind, alpha, np.asarray(rates), parameter)
    return [float(value) for value in np.diff(total, prepend=0.0)]
