"""Statistics of two rates from counts, many trials at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hilum.synthesis.arrays import Array
    from hilum.trials.fixed.exact_tests import Test

    Counts = NDArray[np.int64]


def _over(shift: Array, variance: Array) -> Array:
    """A difference over its error; 0 where nothing varies."""
    known = variance > 0
    return np.where(known, shift / np.sqrt(np.where(known, variance, 1.0)), 0.0)


def pooled(x1: Counts, x2: Counts, n1: int, n2: int) -> Array:
    """Z of two proportions, variance pooled."""
    mean = (x1 + x2) / (n1 + n2)
    return _over(x1 / n1 - x2 / n2, mean * (1 - mean) * (1 / n1 + 1 / n2))


def unpooled(x1: Counts, x2: Counts, n1: int, n2: int) -> Array:
    """Z of two proportions, each with its own variance."""
    p1, p2 = x1 / n1, x2 / n2
    return _over(p1 - p2, p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)


def continuity(x1: Counts, x2: Counts, n1: int, n2: int) -> Array:
    """Pooled z with the correction for continuity."""
    mean, inverse = (x1 + x2) / (n1 + n2), 1 / n1 + 1 / n2
    return _over(x1 / n1 - x2 / n2 - inverse / 2, mean * (1 - mean) * inverse)


def score(x1: Counts, x2: Counts, n1: int, n2: int, bound: float) -> Array:
    """Z of ``p1 - p2`` against a bound, variance of the constrained maximum likelihood.

    The cubic's root in closed form (Farrington & Manning 1990, appendix).
    """
    p1, p2 = x1 / n1, x2 / n2
    ratio = n2 / n1
    a = 1 + ratio
    b = -(1 + ratio + p1 + ratio * p2 + bound * (ratio + 2))
    c = bound**2 + bound * (2 * p1 + ratio + 1) + p1 + ratio * p2
    d = -p1 * bound * (1 + bound)
    v = b**3 / (27 * a**3) - b * c / (6 * a**2) + d / (2 * a)
    u = np.sign(v) * np.sqrt(np.maximum(b**2 / (9 * a**2) - c / (3 * a), 0.0))
    cube = np.where(u == 0, 1.0, u**3)
    w = (np.pi + np.arccos(np.clip(v / cube, -1.0, 1.0))) / 3
    q1 = np.clip(2 * u * np.cos(w) - b / (3 * a), max(0.0, bound), min(1.0, 1 + bound))
    q2 = q1 - bound
    return _over(p1 - p2 - bound, q1 * (1 - q1) / n1 + q2 * (1 - q2) / n2)


def equivalence(x1: Counts, x2: Counts, n1: int, n2: int, margin: float) -> Array:
    """The smaller of both one-sided score statistics."""
    return np.minimum(score(x1, x2, n1, n2, -margin), -score(x1, x2, n1, n2, margin))


@cache
def _rejects(n1: int, n2: int, alpha: float, test: str) -> NDArray[np.bool_]:
    from hilum.trials.fixed.exact_tests import exact_test

    return exact_test(n1, n2, alpha, cast("Test", test)).rejects


def exact(x1: Counts, x2: Counts, n1: int, n2: int, alpha: float, test: str) -> Array:
    """1 where an exact test rejects, 0 where it does not."""
    return _rejects(n1, n2, alpha, test)[x1, x2].astype(float)
