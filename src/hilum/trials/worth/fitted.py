"""A regression's fitted means, and how far they may be off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

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
        coefficients.
    """

    means: Array
    off: Off
