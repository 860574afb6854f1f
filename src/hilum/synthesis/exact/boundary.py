"""Many meta-analyses of one exact likelihood without a spread, and which are highest there.

At a given tau the log-likelihood is concave in the mean (Prekopa 1973), so that its profile over
tau is climbed to safely. Where the profile falls from tau = 0 on, at every tau that is looked at,
its maximum lies at 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.synthesis.exact.quadrature import integrate_many
from hilum.synthesis.exact.scores import LEAST

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.exact.likelihoods import Likelihood
    from hilum.synthesis.exact.quadrature import Integral

POINTS: Final = 21
# Each half way, by its factor, between where a single fit starts its climbs: 0.05, 0.3 and 1.
TAUS: Final = (0.05, 0.12, 0.3, 0.55, 1.0, 2.0)
STEPS: Final = 12
# Standard errors that a mean may be away from the profile's: the square is added to its height
# and what the slope in tau changes by on the way to its slope.
NEARBY: Final = 0.1
# No rounding error: the profile is lower by at least so much at every tau looked at.
FALLS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Common:
    """The model of one effect common to all studies, an entry a meta-analysis, shape (m,).

    ``value`` is the log-likelihood, ``rise`` its slope in tau2 at tau2 = 0, ``se`` of the mean,
    ``scale`` Hartung and Knapp's factor from the scores.
    """

    mean: Array
    se: Array
    value: Array
    rise: Array
    scale: Array


def common_effect(likelihood: Likelihood, weights: Array, start: float) -> Common:
    """One effect of k studies, each held as often as ``weights`` (m, k) say."""
    shape = weights.shape[1], len(weights)
    mean = np.full(len(weights), start)
    for _ in range(100):
        _, first, second = likelihood.terms(np.broadcast_to(mean, shape).copy())
        move = np.clip(-np.vecdot(weights, first.T) / np.vecdot(weights, second.T), -2, 2)
        mean = mean + move
        if not len(move) or np.abs(move).max() < 1e-9:
            break
    value, first, second = likelihood.terms(np.broadcast_to(mean, shape).copy())
    squares = np.vecdot(weights, (first**2 / np.maximum(-second, LEAST)).T)
    return Common(
        mean,
        (-np.vecdot(weights, second.T)) ** -0.5,
        np.vecdot(weights, value.T),
        np.vecdot(weights, (first**2 + second).T) / 2,
        squares / np.maximum(weights.sum(1) - 1, 1),
    )


def profiled(likelihood: Likelihood, weights: Array, mean: Array, height: Array) -> _Profile:
    """Along tau, from the mean and the log-likelihood of a common effect, shape (m,) each.

    The caller says which of them do not rise at tau = 0.
    """
    k, m = weights.shape[1], len(weights)
    falling: Mask = np.ones(m, np.bool_)
    best, top = np.stack([mean, np.full(m, TAUS[0])], 1), np.full(m, -np.inf)
    mode = np.zeros((k, m))
    for tau in TAUS:
        theta = np.stack([mean, np.full(m, tau)], 1)
        found = integrate_many(likelihood, theta, POINTS, mode)
        move, bend = _step(weights, found)
        for _ in range(STEPS):
            near = np.abs(move) * np.sqrt(bend) < NEARBY
            if near.all():
                break
            theta[:, 0] += np.where(near, 0.0, np.clip(move, -1.0, 1.0))
            found = integrate_many(likelihood, theta, POINTS, found.mode)
            move, bend = _step(weights, found)
        mode, settled = found.mode, np.abs(move) * np.sqrt(bend) < NEARBY
        value = np.vecdot(weights, found.value.T) + move**2 * bend
        turn = np.abs(np.vecdot(weights, found.curve_mixed.T) * move)
        slope = np.vecdot(weights, found.slope_tau.T) + turn
        falling &= settled & (slope < 0) & (value < height - FALLS)
        better = settled & (value > top)
        best[better], top[better] = theta[better], value[better]
        mean = np.where(settled, theta[:, 0] + move, mean)
    return _Profile(falling, best, np.isfinite(top))


def _step(weights: Array, found: Integral) -> tuple[Array, Array]:
    """How far the likeliest mean of each is by Newton's step, and its information."""
    bend = np.maximum(-np.vecdot(weights, found.curve.T), LEAST)
    return np.vecdot(weights, found.slope.T) / bend, bend


@dataclass(frozen=True, slots=True)
class _Profile:
    """Whether the profile falls throughout; its best (mean, tau), shape (m, 2), and if any is."""

    falling: Mask
    best: Array
    known: Mask
