"""Two-sided tests that also stop for futility: an inner wedge ``|z| < b`` beside ``|z| >= c``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.sequential.boundaries import FAR, Bounds, lower_bound, upper_bound
from hilum.trials.sequential.recursion import Ongoing, above, advance, below, solve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array


@dataclass(frozen=True, slots=True)
class Wedge:
    """Probabilities to stop at each stage, shape (K,): above, below, and inside the wedge.

    At the last stage ``inside`` is what is not rejected.
    """

    upper: Array
    lower: Array
    inside: Array


def between(before: Ongoing | None, t: float, bound: float, drift: float) -> float:
    """Probability that trials going on have ``|z| < bound`` at ``t``."""
    return below(before, t, bound, drift) - below(before, t, -bound, drift)


def outside(
    before: Ongoing | None, t: float, inner: float, outer: float, drift: float, t_next: float
) -> Ongoing:
    """Trials that go on: ``inner <= |z| < outer``."""
    low = advance(before, t, -outer, -inner, drift, t_next)
    high = advance(before, t, inner, outer, drift, t_next)
    return Ongoing(np.concatenate([low.z, high.z]), np.concatenate([low.mass, high.mass]), t, drift)


def wedge_crossing(
    rates: Sequence[float], outer: Sequence[float], inner: Sequence[float], drift: float
) -> Wedge:
    """Stopping probabilities of a whole design; ``inner`` below 0 where a stage has no wedge."""
    up, down, inside = (np.zeros(len(rates)) for _ in range(3))
    ongoing: Ongoing | None = None
    for k, t in enumerate(rates):
        last = k + 1 == len(rates)
        bound = outer[k] if last else max(inner[k], 0.0)
        up[k] = above(ongoing, t, outer[k], drift)
        down[k] = below(ongoing, t, -outer[k], drift)
        inside[k] = between(ongoing, t, bound, drift) if bound > 0 else 0.0
        if not last:
            ongoing = outside(ongoing, t, bound, outer[k], drift, rates[k + 1])
    return Wedge(up, down, inside)


def wedge_bounds(
    rates: Sequence[float],
    alpha_increments: Sequence[float] | None,
    efficacy: Array | None,
    beta_spent: Sequence[float],
    beta: float,
    root: Callable[[Callable[[float], float]], float],
) -> tuple[Bounds, float]:
    """Bounds that spend beta inside the wedge, and the drift at which beta is what is left.

    A stage at which so little is to be spent that a one-sided bound would lie below 0 has no
    wedge; what it would have spent is spread over the later stages in proportion to theirs, as
    rpact does.

    Parameters
    ----------
    alpha_increments : sequence of float or None
        Error of one side to spend by stage on trials that obey the wedge (binding).
    efficacy : Array or None
        Bounds that stand whatever the wedge (not binding).
    beta_spent : sequence of float, length K
        Cumulative, to ``beta``.
    root : function
        Finds where a falling function of the drift is 0.
    """
    dropped = 0
    while True:
        spent = _spread(beta_spent, beta, dropped)

        def off(drift: float, spent: Sequence[float] = spent, first: int = dropped) -> float:
            found = _under(rates, alpha_increments, efficacy, spent, first, drift)
            return found[1] - beta

        drift = root(off)
        bounds, _, below_zero = _under(rates, alpha_increments, efficacy, spent, dropped, drift)
        if not below_zero or dropped + 1 >= len(rates):
            return bounds, drift
        dropped += 1


def _spread(beta_spent: Sequence[float], beta: float, dropped: int) -> list[float]:
    """Cumulative beta when the first stages spend none."""
    lost = beta_spent[dropped - 1] if dropped else 0.0
    scale = beta / (beta - lost)
    return [0.0 if k < dropped else (one - lost) * scale for k, one in enumerate(beta_spent)]


def _under(
    rates: Sequence[float],
    alpha_increments: Sequence[float] | None,
    efficacy: Array | None,
    spent: Sequence[float],
    dropped: int,
    drift: float,
) -> tuple[Bounds, float, bool]:
    """Bounds under a drift, what is not rejected, and whether the first wedge should not be."""
    up: list[float] = []
    inner: list[float] = []
    null: Ongoing | None = None
    other: Ongoing | None = None
    missed, below_zero = 0.0, False
    for k, t in enumerate(rates):
        last = k + 1 == len(rates)
        if efficacy is not None:
            high = float(efficacy[k])
        else:
            high = upper_bound(null, t, (alpha_increments or ())[k])
        share = spent[k] - (spent[k - 1] if k else 0.0)
        bound = high
        if k < dropped:
            bound = 0.0
        elif not last:
            if k == dropped:
                below_zero = lower_bound(other, t, share, drift) < 0
            bound = min(_inner(other, t, share, drift), high)
        missed += between(other, t, bound, drift) if bound > 0 else 0.0
        up.append(high)
        inner.append(bound if bound > 0 else float("-inf"))
        if not last:
            other = outside(other, t, bound, high, drift, rates[k + 1])
            if efficacy is None:
                null = outside(null, t, bound, high, 0.0, rates[k + 1])
    return Bounds(np.array(up), np.array(inner)), missed, below_zero


def _inner(before: Ongoing | None, t: float, share: float, drift: float) -> float:
    """Bound of the wedge that trials going on fall into with this probability."""
    if share <= 0:
        return 0.0
    top = FAR + drift * t**0.5
    if share >= between(before, t, top, drift):
        return top
    return solve(lambda bound: between(before, t, bound, drift) - share, 0.0, top)
