"""From a model's own scale back to a proportion, a rate, a ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

Scale = Literal["none", "exp", "expit", "arcsine", "double-arcsine"]

SCALE: dict[str, Scale] = {
    "PLO": "expit",
    "PLN": "exp",
    "PAS": "arcsine",
    "PFT": "double-arcsine",
    "IRLN": "exp",
    "OR": "exp",
    "RR": "exp",
    "PETO": "exp",
    "IRR": "exp",
    "ROM": "exp",
    "HR": "exp",
}


def back_transform(values: ArrayLike, measure: str, ni: ArrayLike | None = None) -> Array:
    """``values`` on the natural scale of ``measure``; unchanged where that is the model's own.

    Parameters
    ----------
    values : array_like
        Figures on the model's scale: estimates, limits.
    measure : str
        The effect measure's code.
    ni : array_like, optional
        Sample sizes behind each value, for PFT only. A pooled value has none of its own: the
        harmonic mean of the studies' sizes is customary (Miller 1978) and is used by
        :func:`harmonic_mean`, but where sizes differ widely the answer can lie outside every
        study's proportion (Schwarzer 2019); prefer PLO by exact likelihood.

    Returns
    -------
    ndarray
        Values outside a transformation's range are set to its end before inverting.
    """
    y = np.asarray(values, np.float64)
    scale = SCALE.get(measure, "none")
    if scale == "exp":
        return np.exp(y)
    if scale == "expit":
        return special.expit(y)
    if scale == "arcsine":
        return np.sin(np.clip(y, 0, np.pi / 2)) ** 2
    if scale == "double-arcsine":
        return _unfreeze(y, np.asarray(ni, np.float64))
    return y


def harmonic_mean(ni: ArrayLike) -> float:
    """1 / mean(1 / ni)."""
    return float(1 / np.mean(1 / np.asarray(ni, np.float64)))


def _unfreeze(y: Array, n: Array) -> Array:
    """Miller 1978's inverse of the double arcsine."""
    low = np.arcsin(np.sqrt(1 / (n + 1))) / 2
    high = (np.arcsin(np.sqrt(n / (n + 1))) + np.pi / 2) / 2
    t = 2 * np.clip(y, low, high)
    sine = np.sin(t)
    inner = np.clip(1 - (sine + (sine - 1 / sine) / n) ** 2, 0, 1)
    p = (1 - np.sign(np.cos(t)) * np.sqrt(inner)) / 2
    return np.where(y <= low, 0.0, np.where(y >= high, 1.0, p))
