"""The exact distribution of Kendall's tau without ties, in time linear in k."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

# Nodes of the integral, and where in standard deviations its integrand has died away.
NODES: Final = 400
FAR: Final = 12.0
# Below this the integral's rounding shows; the normal tail, far from every threshold, serves.
SMALLEST: Final = 1e-11
# With fewer all inversions are counted.
FEW: Final = 60
# From here on so many terms of a series are exact to rounding, and serve any number of sines.
LARGE: Final = 1000
TERMS: Final = 24


def kendall_pval(tau: float, k: int) -> float:
    """Two-sided p value of Kendall's tau between ``k`` pairs without ties, all orders alike.

    The number of inversions is a sum of independent uniform whole numbers, on 0 to j - 1 for the
    j-th (Kendall 1938), whose characteristic function is a product of k sines; the distribution is
    its Fourier integral (Gil-Pelaez 1951, on whole numbers). The recurrence over all inversions
    that is usually summed is cubic in k.
    """
    pairs = k * (k - 1) / 2
    # The smaller tail: at most so many inversions.
    most = round(pairs * (1 - abs(tau)) / 2)
    if k < FEW:
        return _counted(most, k)
    spread = np.sqrt(k * (k - 1) * (2 * k + 5) / 72)
    gap = most + 0.5 - pairs / 2
    top = min(np.pi, FAR / spread)
    at, weight = np.polynomial.legendre.leggauss(NODES)
    t, weight = top * (at + 1) / 2, weight * top / 2
    product = _series(t, k) if k >= LARGE else _sines(t, k)
    integral = float(weight @ (product * np.sin(gap * t) / (2 * np.sin(t / 2)))) / np.pi
    below = 0.5 + integral
    if below < SMALLEST:
        below = float(special.ndtr(gap / spread))
    return min(1.0, 2 * below)


def _sines(t: Array, k: int) -> Array:
    """The characteristic function, a sine at a time."""
    product, half = np.ones(len(t)), np.sin(t / 2)
    for j in range(2, k + 1):
        product *= np.sin(j * t / 2) / (j * half)
    return product


def _series(t: Array, k: int) -> Array:
    """The same from sums of powers of 1 to k.

    log(sin x / x) is -sum of zeta(2n) / n (x / pi)^2n, and k t / 2 is far below pi where the
    integrand has not died away.
    """
    part = (k * t / (2 * np.pi)) ** 2
    squares = (np.arange(1, k + 1) / k) ** 2
    powers, logs = np.ones(k), np.zeros(len(t))
    for n in range(1, TERMS + 1):
        powers *= squares
        size = float(powers.sum()) - k * float(k) ** (-2 * n)
        logs -= float(special.zeta(2 * n)) / n * size * part**n
    return np.exp(logs)


def _counted(most: int, k: int) -> float:
    """The same by counting the orders with at most so many inversions, in whole numbers."""
    counts = [1]
    for j in range(2, k + 1):
        # A window of j counts slides along: its sum gains one at the right, loses one at the left.
        longer, window = [0] * (len(counts) + j - 1), 0
        for i in range(len(longer)):
            window += counts[i] if i < len(counts) else 0
            window -= counts[i - j] if i >= j else 0
            longer[i] = window
        counts = longer
    return min(1.0, 2 * sum(counts[: most + 1]) / sum(counts))
