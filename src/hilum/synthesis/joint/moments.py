"""Normal stand-ins for the likelihoods of arms, by expectation propagation.

A binomial likelihood of an arm's log odds is replaced by the normal one with which, everything else
as it is, mean and variance of the log odds are those of the binomial (Minka 2001). Where no event
was seen a normal at the mode would miss half of the mass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.synthesis.joint.conditional import Sites

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.conditional import Linear

SWEEPS: Final = 12
STEP: Final = 0.8
"""Share of the way that a site goes in a sweep: all go at once, and whole steps may swing."""
SETTLED: Final = 1e-4
NEWTON: Final = 30
POINTS: Final = 24
LEAST: Final = 1e-6
"""The smallest precision of a site, and the smallest weight that is told from 0."""


def sites(model: Linear, scales: Mapping[str, float]) -> Sites:
    """Sites of the arms at one set of standard deviations; log hazards are normal as they are."""
    studies = model.studies
    y, n = studies.y, studies.n
    if studies.kind == "normal":
        return Sites(y, n**2)
    power = np.maximum(model.power, LEAST)
    spread = _spread(model, {name: np.array(value) for name, value in scales.items()}, power)
    spread += model.arms @ model.covariance @ model.arms.T
    middle = model.arms @ model.mean + model.offset
    p = (y + 0.5) / (n + 1)
    precision = power * n * p * (1 - p)
    pull = precision * special.logit(p)
    for _ in range(SWEEPS):
        root = np.sqrt(precision)
        inner = np.eye(len(y)) + root[:, None] * spread * root
        after = spread - (spread * root) @ np.linalg.solve(inner, root[:, None] * spread)
        mean = middle + after @ (pull - precision * middle)
        variance = np.diagonal(after)
        # The arm without its own site, then with its likelihood in the site's place.
        alone = 1 / (1 / variance - precision)
        level = alone * (mean / variance - pull)
        found, width = tilted(y, n, power, level, alone)
        new = np.maximum(1 / width - 1 / alone, LEAST * power)
        moved = float(np.abs(new - precision).max() / precision.max())
        pull += STEP * (found / width - level / alone - pull)
        precision += STEP * (new - precision)
        if moved < SETTLED:
            break
    return Sites(pull / precision, power / precision)


def tilted(y: Array, n: Array, power: Array, level: Array, variance: Array) -> tuple[Array, Array]:
    """Mean and variance of log odds: Bin(y | n) to a ``power`` times N(level, variance).

    Gauss-Hermite quadrature about the mode; all arrays of shape (A,).
    """
    eta = level.copy()
    for _ in range(NEWTON):
        p = special.expit(eta)
        slope = power * (y - n * p) - (eta - level) / variance
        eta += np.clip(slope / (power * n * p * (1 - p) + 1 / variance), -2, 2)
    p = special.expit(eta)
    bend = power * n * p * (1 - p) + 1 / variance
    x, weight = np.polynomial.hermite_e.hermegauss(POINTS)
    at = eta[:, None] + x / np.sqrt(bend)[:, None]
    logs = power[:, None] * (y[:, None] * at - n[:, None] * np.logaddexp(0, at))
    logs += x**2 / 2 - (at - level[:, None]) ** 2 / (2 * variance[:, None])
    mass = np.exp(logs - logs.max(1, keepdims=True)) * weight
    mass /= mass.sum(1, keepdims=True)
    mean = (mass * at).sum(1)
    return mean, (mass * (at - mean[:, None]) ** 2).sum(1)


def _spread(model: Linear, scales: Mapping[str, Array], power: Array) -> Array:
    """Covariance of the arms' log odds about their means, (A, A); wider at a weight below 1."""
    out = np.zeros((len(power), len(power)))
    rows = model.single
    out[rows, rows] = model.of_series(scales) / power[rows]
    rows = model.several
    if len(rows):
        same = model.study[:, None] == model.study
        block = same * model.shared(scales["sigma"]) + np.diag(model.own(scales, model.other))
        out[np.ix_(rows, rows)] = block / power[rows]
    return out
