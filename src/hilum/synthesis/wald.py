"""Wald tests and intervals of coefficients: the same for every model that has a covariance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array


@dataclass(frozen=True, slots=True)
class Inference:
    """How coefficients are tested and get their intervals.

    Parameters
    ----------
    code, name : str
    student : bool
        Quantiles of t with k - p degrees of freedom, not of the normal distribution.
    scale : callable (rss, df) -> Array, or None
        What the covariance is multiplied by, from the weighted residual sum of squares.
    narrows : bool
        The scale may be below 1, so that an interval can be narrower than the normal one.
    """

    code: str
    name: str
    student: bool
    scale: Callable[[Array, Array | int], Array] | None = None
    narrows: bool = False


# Below this the effects are equal but for rounding, and say nothing of their own variance.
EQUAL: Final = 1e-12


def _hartung_knapp(rss: Array, df: Array | int) -> Array:
    scale = np.asarray(rss / df)
    return np.where(scale < EQUAL, 1.0, scale)


def _modified(rss: Array, df: Array | int) -> Array:
    return np.maximum(rss / df, 1.0)


INFERENCES: Final[dict[str, Inference]] = {
    one.code: one
    for one in (
        Inference("z", "z", student=False),
        Inference("t", "t", student=True),
        # Hartung & Knapp 2001; Knapp & Hartung 2003 with moderators.
        Inference("knha", "Hartung-Knapp", student=True, scale=_hartung_knapp, narrows=True),
        # Knapp & Hartung 2003; Röver 2015: never narrower than without the scale.
        Inference("adhoc", "Hartung-Knapp, modified", student=True, scale=_modified),
    )
}
"""Tests and intervals by their code; a new one is one record here."""


def inference(code: str) -> Inference:
    """The record of a test; an unknown code lists the known ones."""
    return found(INFERENCES, code, "test")


class Wald:
    """Adds ``se``, ``zval``, ``pval``, ``ci_lb`` and ``ci_ub`` (p,) to ``beta`` and ``vb``."""

    beta: Array
    vb: Array
    level: float

    @property
    def dfs(self) -> int | None:
        """Degrees of freedom of the t tests; None for normal ones."""
        return None

    @cached_property
    def se(self) -> Array:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diagonal(self.vb))

    @cached_property
    def zval(self) -> Array:
        """Test statistics: z, or t with ``dfs`` (:func:`ratio` where se is 0)."""
        return ratio(self.beta, self.se)

    @cached_property
    def pval(self) -> Array:
        """Two-sided p values."""
        if self.dfs is None:
            return 2 * special.ndtr(-np.abs(self.zval))
        return 2 * special.stdtr(self.dfs, -np.abs(self.zval))

    @cached_property
    def quantile(self) -> float:
        """Multiplier of the standard error in intervals."""
        return _multiplier(self.dfs, self.level)

    @property
    def ci_lb(self) -> Array:
        """Lower limits."""
        return self.beta - self.quantile * self.se

    @property
    def ci_ub(self) -> Array:
        """Upper limits."""
        return self.beta + self.quantile * self.se


@lru_cache
def _multiplier(df: int | None, level: float) -> float:
    if df is None:
        return float(special.ndtri(0.5 + level / 2))
    return float(special.stdtrit(df, 0.5 + level / 2))


def ratio(beta: Array, se: Array) -> Array:
    """Beta / se; where Hartung & Knapp's se is 0 (all effects equal) infinite, or 0 for 0."""
    if np.minimum.reduce(se, axis=None) > 0:
        return beta / se
    known = np.where(se > 0, se, 1.0)
    return np.where(se > 0, beta / known, np.where(beta == 0, 0.0, np.copysign(np.inf, beta)))
