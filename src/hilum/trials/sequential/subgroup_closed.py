"""Closed tests of a whole population and a subgroup of it, several stages combined.

F is the hypothesis of no effect in the full population, S that of none in the subgroup. Either is
rejected when it and the intersection of both are (Marcus, Peritz & Gabriel 1976). Each of the
three is tested by the inverse normal combination of a p value of each stage (Lehmacher & Wassmer
1999) with weights fixed in advance, so that the interim analyses may choose whom the next stage
recruits by any rule (Brannath et al. 2009; Jenkins, Stone & Jennison 2011; Wassmer & Brannath
2016, chapter 11). Where one of the two is not pursued any longer, the intersection's p value of
the stage is that of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array, Mask

FULL, SUBGROUP = 0, 1
"""Columns of the two populations in every array here."""
TINY = 1e-300


def correlated_p(largest: Array, correlation: Array) -> Array:
    """Chance that the larger of two correlated normal z reaches this value or more.

    Spiessens & Debois 2010: the z of a subgroup and of all correlate by the root of the
    subgroup's share of the information. By Owen's function (1956)
    ``1 - Phi2(z, z; r) = Phi(-z) + 2 T(z, sqrt((1 - r) / (1 + r)))``, a sum of what is not
    negative.
    """
    slope = np.sqrt((1 - correlation) / (1 + correlation))
    return special.ndtr(-largest) + 2 * special.owens_t(largest, slope)


def _spiessens_debois(z: Array, correlation: Array) -> Array:
    return correlated_p(z.max(axis=1), correlation)


def _simes(z: Array, correlation: Array) -> Array:
    del correlation
    p = special.ndtr(-z)
    return np.minimum(2 * p.min(axis=1), p.max(axis=1))


def _bonferroni(z: Array, correlation: Array) -> Array:
    del correlation
    return np.minimum(1.0, 2 * special.ndtr(-z.max(axis=1)))


def _sidak(z: Array, correlation: Array) -> Array:
    del correlation
    return -np.expm1(2 * special.log_ndtr(z.max(axis=1)))


INTERSECTIONS: dict[str, Callable[[Array, Array], Array]] = {
    "spiessens-debois": _spiessens_debois,
    "simes": _simes,
    "sidak": _sidak,
    "bonferroni": _bonferroni,
}
"""Tests of the intersection by their code: p value of z, shape (trials, 2), and correlation."""


@dataclass(frozen=True, slots=True)
class SubgroupClosed:
    """How the stages decide.

    Parameters
    ----------
    shares : tuple of float
        Squared weights of the stages; they add to 1.
    efficacy : tuple of float
        Bounds of the combined scores, one an analysis; infinite where the trial cannot end with
        success.
    test : str
        One of :data:`INTERSECTIONS`.
    """

    shares: tuple[float, ...]
    efficacy: tuple[float, ...]
    test: str

    def scores(self, z: Array, correlation: Array, going: Mask) -> Array:
        """Normal scores ``Phi^-1(1 - p)`` of F, S and their intersection; shape (trials, 3).

        Parameters
        ----------
        z : ndarray, shape (trials, 2)
            Statistics of one stage's own patients.
        correlation : ndarray, shape (trials,)
        going : ndarray of bool, shape (trials, 2)
            Hypotheses that have the stage; the others count for nothing.
        """
        own = np.where(going, z, -np.inf)
        p = found(INTERSECTIONS, self.test, "test")(z, correlation)
        both = -special.ndtri(np.clip(p, TINY, 1.0))
        third = np.where(going.all(axis=1), both, own.max(axis=1))
        return np.concatenate([own, third[:, None]], axis=1)

    def crossed(self, scores: list[Array]) -> Mask:
        """Which of the three the combination of these first stages rejects at the last of them."""
        used = np.asarray(self.shares[: len(scores)])
        total = sum(w**0.5 * one for w, one in zip(used, scores, strict=True))
        return total / used.sum() ** 0.5 >= self.efficacy[len(scores) - 1]


def declared(crossed: Mask) -> Mask:
    """F and S rejected in the closed test, from the three hypotheses; shape (trials, 2)."""
    return crossed[:, :2] & crossed[:, 2:]
