"""From a model's own scale back to a proportion, a rate, a ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array


@dataclass(frozen=True, slots=True)
class Scale:
    """A model's own scale.

    Parameters
    ----------
    code : str
    back : callable (values, ni or None) -> Array
        To the natural scale; values outside its range go to the end of it first.
    sized : bool
        Whether ``back`` needs the sample sizes behind the values.
    """

    code: str
    back: Callable[[Array, Array | None], Array]
    sized: bool = False


def harmonic_mean(ni: ArrayLike) -> float:
    """1 / mean(1 / ni)."""
    return float(1 / np.mean(1 / np.asarray(ni, np.float64)))


def _same(y: Array, n: Array | None) -> Array:
    del n
    return y


def _exp(y: Array, n: Array | None) -> Array:
    del n
    # A limit beyond the largest number is infinite, which answers leave open.
    with np.errstate(over="ignore"):
        return np.exp(y)


def _expit(y: Array, n: Array | None) -> Array:
    del n
    return special.expit(y)


def _sine(y: Array, n: Array | None) -> Array:
    del n
    return np.sin(np.clip(y, 0, np.pi / 2)) ** 2


def _unfreeze(y: Array, n: Array | None) -> Array:
    """Miller 1978's inverse of the double arcsine."""
    n = np.asarray(n, np.float64)
    low = np.arcsin(np.sqrt(1 / (n + 1))) / 2
    high = (np.arcsin(np.sqrt(n / (n + 1))) + np.pi / 2) / 2
    t = 2 * np.clip(y, low, high)
    sine = np.sin(t)
    inner = np.maximum(1 - (sine + (sine - 1 / sine) / n) ** 2, 0.0)
    # At both ends what is squared is rounding: 0 and 1 come out to the last digit.
    return (1 - np.sign(np.cos(t)) * np.sqrt(inner)) / 2


SCALES: Final[dict[str, Scale]] = {
    one.code: one
    for one in (
        Scale("none", _same),
        Scale("exp", _exp),
        Scale("expit", _expit),
        Scale("arcsine", _sine),
        # Freeman & Tukey 1950.
        Scale("double-arcsine", _unfreeze, sized=True),
    )
}
"""Scales by their code; a new one is one record here."""
