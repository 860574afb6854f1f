"""Without each study in turn, of one mean by ML or REML, in time and memory linear in studies.

Every sum over the studies but one is the sum over all less the study's own term. The sums over all
are smooth functions of tau2, whose nearest singularity lies at minus the least variance, so that
between two points of a grid they are polynomials to the last digit (Chebyshev).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Indices

# Ratio of neighbouring points of the grid, and points of a polynomial between them.
RATIO: Final = 1.4
NODES: Final = 26
STEPS: Final = 60
# Newton's last step: its square is below rounding.
SETTLED: Final = 1e-9
# Weights to the first, second and third power, each with 1, y and y^2.
POWERS: Final = 3


@dataclass(frozen=True, slots=True)
class Without:
    """Without each study, (k,): tau2, and at it the mean, its weight, the weighted squares."""

    tau2: Array
    mean: Array
    weight: Array
    rss: Array


def without_each_likelihood(y: Array, v: Array, *, restricted: bool) -> Without:
    """The highest maximum of the (restricted) likelihood without each study.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Effects and variances of at least three studies.
    """
    grid, centre = _grid(y, v), float(np.average(y, weights=1 / v))
    y = y - centre
    heights = np.stack([_height(y, v, at, restricted=restricted) for at in grid])
    best = heights.argmax(0)
    out = np.zeros((4, len(y)))
    for place in np.unique(best).tolist():
        who = np.flatnonzero(best == place)
        low, high = float(grid[max(place - 1, 0)]), float(grid[min(place + 1, len(grid) - 1)])
        out[:, who] = _climb(y, v, who, (low, high), restricted=restricted)
    tau2, total, first, second = out
    return Without(tau2, first / total + centre, total, second - first**2 / total)


def _grid(y: Array, v: Array) -> Array:
    """0, and points from below the least variance to beyond the spread of the effects."""
    low = 0.5 * float(v.min())
    high = max(4 * float(np.var(y)), 4 * float(v.max()), 10 * low)
    count = int(np.ceil(np.log(high / low) / np.log(RATIO))) + 1
    return np.concatenate([[0.0], np.geomspace(low, high, count)])


def _sums(y: Array, v: Array, tau2: float) -> Array:
    """Sums over all studies: 1, y, y^2 by each power of the weights, shape (3, 3)."""
    w = 1 / (v + tau2)
    return _terms(y, w).sum(-1)


def _terms(y: Array, w: Array) -> Array:
    powers = np.stack([w, w**2, w**3])
    return np.stack([powers, powers * y, powers * y**2], 1)


def _height(y: Array, v: Array, tau2: float, *, restricted: bool) -> Array:
    """Log-likelihood at one tau2 without each study, up to a constant."""
    w = 1 / (v + tau2)
    logs = np.log(w)
    total, first, second = (part.sum() - part for part in (w, w * y, w * y**2))
    value = logs.sum() - logs - (second - first**2 / total)
    return value - np.log(total) if restricted else value


def _climb(
    y: Array, v: Array, who: Indices, ends: tuple[float, float], *, restricted: bool
) -> Array:
    """Newton's method on the score inside a bracket, from sums that are interpolated.

    tau2, and the sums of weights with 1, y and y^2 at it: (4, n).
    """
    low, high = np.full(len(who), ends[0]), np.full(len(who), ends[1])
    series = _series(y, v, ends)
    own, variance = y[who], v[who]

    def left(tau2: Array) -> Array:
        inside = (2 * tau2 - ends[0] - ends[1]) / (ends[1] - ends[0])
        sums = np.polynomial.chebyshev.chebval(inside, series)
        return sums - _terms(own, 1 / (variance + tau2))

    def slope(tau2: Array) -> tuple[Array, Array]:
        return _score(left(tau2), restricted=restricted)

    tau2 = (low + high) / 2
    at_low, _ = slope(low)
    # Where the score falls from the lower end on, the maximum is there.
    ended = at_low <= 0
    for _ in range(STEPS):
        score, bend = slope(tau2)
        low, high = np.where(score > 0, tau2, low), np.where(score > 0, high, tau2)
        new = tau2 + np.where(bend > 0, score / np.where(bend > 0, bend, 1.0), np.inf)
        new = np.where((new > low) & (new < high), new, (low + high) / 2)
        moved, tau2 = np.abs(new - tau2), new
        if bool(np.all((moved <= SETTLED * (tau2 + ends[1])) | ended)):
            break
    tau2 = np.where(ended, ends[0], tau2)
    return np.concatenate([tau2[None], left(tau2)[0]])


def _series(y: Array, v: Array, ends: tuple[float, float]) -> Array:
    """Chebyshev coefficients of the sums over all studies between two ends, (NODES, 3, 3)."""
    angles = np.pi * (np.arange(NODES) + 0.5) / NODES
    at = (ends[0] + ends[1]) / 2 + (ends[1] - ends[0]) / 2 * np.cos(angles)
    values = np.stack([_sums(y, v, float(one)) for one in at])
    cosines = np.cos(np.outer(np.arange(NODES), angles))
    series = np.tensordot(cosines, values, 1) * (2 / NODES)
    series[0] /= 2
    return series


def _score(sums: Array, *, restricted: bool) -> tuple[Array, Array]:
    """Twice the score y'PPy - tr(P) (tr(W) for ML), and the observed information."""
    (w1, a1, _), (w2, a2, b2), (w3, a3, b3) = sums
    mean = a1 / w1
    # Sums of w^j (y - mean)^2 and of w^2 (y - mean).
    square = b2 - 2 * mean * a2 + mean**2 * w2
    cube = b3 - 2 * mean * a3 + mean**2 * w3
    cross = a2 - mean * w2
    trace, twice = w1, w2
    if restricted:
        share = w2 / w1
        trace, twice = w1 - share, w2 - 2 * w3 / w1 + share**2
    return square - trace, 2 * (cube - cross**2 / w1) - twice
