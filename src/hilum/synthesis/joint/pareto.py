"""Shape of the tail of importance weights: whether their mean, and its error, can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

LEAST: Final = 5
"""Weights in a tail below which nothing is said of its shape."""


def pareto_k(logs: Array) -> float:
    """Shape k of the generalised Pareto law of the largest weights (Vehtari 2024, PSIS).

    The tail is the largest min(n / 5, 3 sqrt(n)) of ``logs``, shape (n,), the log weights. Weights
    have a finite variance where k is below one half. Infinite where no tail can be told.
    """
    n = len(logs)
    size = int(np.ceil(min(n / 5, 3 * np.sqrt(n))))
    ordered = np.sort(logs)
    if size < LEAST or not np.isfinite(ordered[-1]):
        return np.inf
    cut = ordered[-size - 1] - ordered[-1]
    tail = np.exp(ordered[-size:] - ordered[-1]) - np.exp(cut)
    return _shape(tail[tail > 0])


def _shape(tail: Array) -> float:
    """Zhang & Stephens (2009), drawn to one half by ten observations, as in PSIS.

    ``tail`` is sorted: exceedances above 0.
    """
    n = len(tail)
    if n < LEAST:
        return -np.inf  # equal weights have no tail
    many = 30 + int(np.sqrt(n))
    quarter = tail[int(n / 4 + 0.5) - 1]
    grid = 1 - np.sqrt(many / (np.arange(1, many + 1) - 0.5))
    grid = grid / (3 * quarter) + 1 / tail[-1]
    shapes = np.log1p(-grid[:, None] * tail).mean(1)
    likelihood = n * (np.log(-grid / shapes) - shapes - 1)
    weight = 1 / np.exp(likelihood - likelihood[:, None]).sum(1)
    kept = weight >= 10 * np.finfo(float).eps
    scale = float((grid[kept] * weight[kept]).sum() / weight[kept].sum())
    k = float(np.log1p(-scale * tail).mean())
    return (n * k + 5) / (n + 10)
