"""A regression's fitted means, and how far they may be off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array

    Off = Callable[[np.random.Generator, int], Array]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Conditional means of ``r`` responses.

    Attributes
    ----------
    means : ndarray, shape (s, r)
    off : callable (rng, times) -> ndarray, shape (times, r, s)
        So many draws of how far they may be off, from the posterior of the regression's
        coefficients; the array is the caller's own.
    """

    means: Array
    off: Off


def matched(means: Array, noise: Array) -> Array:
    """Fitted means drawn together until they vary as the true ones do.

    A regression follows the noise of the draws, so that its means vary more than the truth's, and
    information that says nothing seems to be worth something: ``E max`` grows with the spread. Of
    the variance of the fitted means, ``noise`` is expected from the draws alone; what is left is
    an unbiased estimate of the truth's (the moment estimate of empirical Bayes, as in Efron &
    Morris 1973), and none is left of parameters that the outcomes do not depend on.

    Parameters
    ----------
    means : ndarray, shape (s, r)
    noise : ndarray, shape (r,)
        Residual variance times the trace of the squared smoother (without the constant) over s.
    """
    middle, spread = means.mean(axis=0), means.var(axis=0)
    share = 1 - noise / np.where(spread > 0, spread, 1.0)
    return middle + np.sqrt(np.where(spread > 0, np.maximum(share, 0.0), 0.0)) * (means - middle)
