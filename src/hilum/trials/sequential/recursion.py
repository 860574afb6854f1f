"""Exact crossing probabilities of a group sequential test, by recursive quadrature.

Armitage, McPherson & Rowe 1969; Jennison & Turnbull 1999, chapter 19. The sub-density of the
statistic among the trials that go on is carried from stage to stage on Gauss-Legendre panels
narrower than the normal kernel that moves it, so the error is near rounding error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable
from hilum.synthesis.roots import brentq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array

ORDER = 16
# Beyond this many standard deviations from the mean lies less than 1e-17 of the probability.
REACH = 8.6
# Panel width in kernel standard deviations; 16 points integrate exp(-x^2 / 2) over 2.5 to 1e-15.
PANEL = 2.5
# Rows of the kernel made at once; information rates that nearly coincide need thousands of places.
BLOCK = 256
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(ORDER)
_SQRT_2PI = float(np.sqrt(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Ongoing:
    """Trials that have not stopped: places z of the statistic, and the probability mass at each.

    ``t`` is the information rate of the stage they have reached; ``mass`` holds the quadrature
    weights times the sub-density, so that ``mass.sum()`` is the probability to go on.
    """

    z: Array
    mass: Array
    t: float
    drift: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """Probabilities to stop at each stage, shape (K,): at or above ``upper``, below ``lower``."""

    upper: Array
    lower: Array


def start(t: float, low: float, high: float, drift: float, t_next: float | None) -> Ongoing:
    """Trials whose first statistic lies in (low, high)."""
    mean = drift * t**0.5
    scale = 1.0 if t_next is None else min(1.0, ((t_next - t) / t) ** 0.5)
    z, w = _panels(max(low, mean - REACH), min(high, mean + REACH), scale)
    return Ongoing(z, w * np.exp(-((z - mean) ** 2) / 2) / _SQRT_2PI, t, drift)


def extend(before: Ongoing, t: float, low: float, high: float, t_next: float | None) -> Ongoing:
    """The same trials one stage later, those in (low, high) kept."""
    mean = before.drift * t**0.5
    step = t - before.t
    scale = min(1.0, (step / t) ** 0.5)
    if t_next is not None:
        scale = min(scale, ((t_next - t) / t) ** 0.5)
    z, w = _panels(max(low, mean - REACH), min(high, mean + REACH), scale)
    root = step**0.5
    shift = before.z * before.t**0.5 + before.drift * step
    density = np.empty(len(z))
    for first in range(0, len(z), BLOCK):
        here = z[first : first + BLOCK] * t**0.5
        # Places ascend: what lies beyond the kernel's reach of the block adds nothing.
        left, right = np.searchsorted(shift, (here[0] - REACH * root, here[-1] + REACH * root))
        off = (here[:, None] - shift[left:right]) / root
        density[first : first + BLOCK] = np.exp(-(off**2) / 2) @ before.mass[left:right]
    return Ongoing(z, w * density * (t**0.5 / root / _SQRT_2PI), t, before.drift)


def above(before: Ongoing | None, t: float, bound: float, drift: float) -> float:
    """Probability that trials going on have a statistic of at least ``bound`` at ``t``."""
    return _beyond(before, t, bound, drift, 1.0)


def below(before: Ongoing | None, t: float, bound: float, drift: float) -> float:
    """Probability that trials going on have a statistic below ``bound`` at ``t``."""
    return _beyond(before, t, bound, drift, -1.0)


def _beyond(before: Ongoing | None, t: float, bound: float, drift: float, side: float) -> float:
    if np.isinf(bound):
        return 0.0 if bound * side > 0 else 1.0 if before is None else float(before.mass.sum())
    if before is None:
        return float(special.ndtr(side * (drift * t**0.5 - bound)))
    step = t - before.t
    ahead = before.z * before.t**0.5 + drift * step - bound * t**0.5
    return float(before.mass @ special.ndtr(side * ahead / step**0.5))


def crossing(
    rates: Sequence[float], upper: Sequence[float], lower: Sequence[float], drift: float
) -> Crossing:
    """Stopping probabilities of a whole design.

    Parameters
    ----------
    rates : sequence of float, length K
        Information rates, increasing to 1.
    upper, lower : sequence of float, length K
        Bounds on the z scale; infinite where there is none. At the last stage a trial is
        counted ``lower`` when it is below ``lower[-1]``.
    drift : float
        Mean of the statistic at full information, ``theta * sqrt(I_max)``.
    """
    up, down = np.zeros(len(rates)), np.zeros(len(rates))
    ongoing: Ongoing | None = None
    for k, t in enumerate(rates):
        up[k] = above(ongoing, t, upper[k], drift)
        down[k] = below(ongoing, t, lower[k], drift)
        if k + 1 < len(rates):
            ongoing = advance(ongoing, t, lower[k], upper[k], drift, rates[k + 1])
    return Crossing(up, down)


def advance(
    ongoing: Ongoing | None, t: float, low: float, high: float, drift: float, t_next: float | None
) -> Ongoing:
    """One stage on: the first of a trial, or the next."""
    if ongoing is None:
        return start(t, low, high, drift, t_next)
    return extend(ongoing, t, low, high, t_next)


def solve(
    off: Callable[[float], float], low: float, high: float, tolerance: float = 1e-13
) -> float:
    """Root of a monotone function by Brent's method; to rounding error by default.

    Raises
    ------
    NotEstimable
        None lies between the ends.
    """
    try:
        return brentq(off, low, high, xtol=tolerance, rtol=max(tolerance / 10, 1e-14))
    except ValueError:
        message = (
            "no design has these errors and bounds: they exclude each other, or are too far out"
        )
        raise NotEstimable(message) from None


def _panels(low: float, high: float, scale: float) -> tuple[Array, Array]:
    if not high > low:
        return np.zeros(1), np.zeros(1)
    count = max(1, int(np.ceil((high - low) / (PANEL * scale))))
    width = (high - low) / count
    left = low + width * np.arange(count)
    z = (left[:, None] + width * (_NODES + 1) / 2).ravel()
    return z, np.tile(_WEIGHTS * width / 2, count)
