"""Closed tests of several treatments against one control, two stages combined.

A hypothesis is rejected when every intersection of hypotheses that holds it is (Marcus, Peritz &
Gabriel 1976), so that the family-wise error is at most that of one intersection, whichever
treatments work and whichever were selected. An intersection is tested by the inverse normal
combination of a p value of each stage (Lehmacher & Wassmer 1999) with weights fixed in advance;
treatments may be selected in between by any rule (Bauer & Kieser 1999; Hommel 2001; Posch et al.
2005; Bretz et al. 2006). Where the selection left out a part of an intersection, its second p value
is that of the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import special
from scipy.interpolate import CubicSpline

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array, Mask

# The curve of Dunnett's p value is smooth; a step of 0.05 leaves an error below 1e-7.
LOWEST, HIGHEST, STEP = -7.0, 12.0, 0.05
TINY = 1e-300


@cache
def _dunnett(number: int, ratio: float) -> CubicSpline:
    """Normal score of Dunnett's p value of the largest of so many z."""
    nodes, weights = np.polynomial.legendre.leggauss(160)
    control = 9.0 * nodes
    mass = 9.0 * weights * np.exp(-(control**2) / 2) / (2 * np.pi) ** 0.5
    z = np.arange(LOWEST, HIGHEST + STEP / 2, STEP)
    below = special.log_ndtr(z[:, None] * (1 + 1 / ratio) ** 0.5 + control / ratio**0.5)
    tail = -np.expm1(number * below) @ mass
    rest = np.exp(number * below) @ mass
    score = np.where(tail < 0.5, -special.ndtri(tail), special.ndtri(np.maximum(rest, TINY)))
    return CubicSpline(z, score)


def dunnett_score(largest: Array, number: int, ratio: float) -> Array:
    """Dunnett 1955: the largest of correlated z of a common control, ``ratio`` its relative size.

    Returned is the normal score ``Phi^-1(1 - p)``, so that for one treatment it is z itself.
    """
    if number == 1:
        return largest
    return _dunnett(number, ratio)(np.clip(largest, LOWEST, HIGHEST))


def _of_largest(z: Array, member: Mask, ratio: float) -> Array:
    number = member.sum(axis=1)
    largest = np.where(member, z, -np.inf).max(axis=1)
    out = np.full(len(z), -np.inf)
    for count in np.unique(number[number > 0]):
        rows = number == count
        out[rows] = dunnett_score(largest[rows], int(count), ratio)
    return out


def _simes(z: Array, member: Mask, ratio: float) -> Array:
    del ratio
    number = member.sum(axis=1)
    p = np.sort(np.where(member, special.ndtr(-z), np.inf), axis=1)
    places = np.arange(1, z.shape[1] + 1)
    least = (p * np.maximum(number, 1)[:, None] / places).min(axis=1)
    return np.where(number > 0, _score(least), -np.inf)


def _bonferroni(z: Array, member: Mask, ratio: float) -> Array:
    del ratio
    number = member.sum(axis=1)
    least = np.maximum(number, 1) * np.where(member, special.ndtr(-z), np.inf).min(axis=1)
    return np.where(number > 0, _score(least), -np.inf)


def _score(p: Array) -> Array:
    return -special.ndtri(np.clip(p, TINY, 1.0))


TESTS: dict[str, Callable[[Array, Mask, float], Array]] = {
    "dunnett": _of_largest,
    "simes": _simes,
    "bonferroni": _bonferroni,
}
"""Tests of an intersection by their code: normal score of its p value, shape (trials,)."""


@dataclass(frozen=True, slots=True)
class ClosedTest:
    """How two stages decide.

    Parameters
    ----------
    share : float
        Weight of the first stage, ``w1^2``.
    efficacy : (float, float)
        Bounds of the first stage's score (infinite where the trial never stops for success) and of
        the combined one.
    test : str
        One of :data:`TESTS`.
    ratio : float
        Control over treatment patients.
    """

    share: float
    efficacy: tuple[float, float]
    test: str
    ratio: float

    def rejected(self, z1: Array, z2: Array, going: Mask) -> tuple[Mask, Mask]:
        """Hypotheses rejected at the first analysis, and in all; shapes (trials, arms).

        Parameters
        ----------
        z1, z2 : ndarray, shape (trials, arms)
            Statistics of each stage's own patients; those of treatments that did not go on count
            for nothing.
        going : ndarray of bool, shape (trials, arms)
            Treatments that have a second stage.
        """
        score = found(TESTS, self.test, "test")
        trials, arms = z1.shape
        early = np.ones((trials, arms), np.bool_)
        late = going.copy()
        w1, w2 = self.share**0.5, (1 - self.share) ** 0.5
        for members in product((False, True), repeat=arms):
            if not any(members):
                continue
            inside = np.asarray(members)
            first = score(z1, np.broadcast_to(inside, z1.shape), self.ratio)
            second = score(z2, going & inside, self.ratio)
            at_once = first >= self.efficacy[0]
            # Without a treatment that goes on the second score is -inf: nothing is rejected.
            both = at_once | (w1 * first + w2 * second >= self.efficacy[1])
            early &= at_once[:, None] | ~inside
            late &= both[:, None] | ~inside
        return early, early | late
