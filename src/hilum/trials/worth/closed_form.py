"""Value of information where it has a closed form: two treatments, normal incremental outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array


def unit_normal_loss(u: ArrayLike) -> Array:
    """Expected excess of a standard normal over ``u``: phi(u) - u Phi(-u).

    Raiffa & Schlaifer, Applied Statistical Decision Theory (1961), table of the unit normal loss
    integral. Any shape.
    """
    at = np.asarray(u, np.float64)
    return np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi) - at * special.ndtr(-at)


def normal_evpi(mean: float, sd: float) -> float:
    """Expected value of perfect information on an incremental outcome N(mean, sd^2).

    sd L(|mean| / sd), Raiffa & Schlaifer 1961; 0 where ``sd`` is 0.

    Raises
    ------
    NotEstimable
        ``sd`` below 0 or not finite.
    """
    if not (0 <= sd < np.inf and np.isfinite(mean)):
        message = phrased(
            "mean {mean:g}, sd {sd:g}: expected a finite mean and sd of 0 or more", mean=mean, sd=sd
        )
        raise NotEstimable(message)
    return 0.0 if sd == 0 else float(sd * unit_normal_loss(abs(mean) / sd))


def normal_evsi(mean: float, sd: float, sampling_variance: float) -> float:
    """Expected value of a study that estimates the increment with this variance.

    The posterior mean is normal with variance sd^4 / (sd^2 + sampling variance) before the data
    are seen; its unit normal loss is the value (Raiffa & Schlaifer 1961).

    Raises
    ------
    NotEstimable
        ``sampling_variance`` below 0, or what :func:`normal_evpi` refuses.
    """
    if not sampling_variance >= 0:
        message = phrased(
            "sampling variance {sampling_variance:g}: expected 0 or more",
            sampling_variance=sampling_variance,
        )
        raise NotEstimable(message)
    if sd == 0:
        return 0.0
    return normal_evpi(mean, sd**2 / float(np.sqrt(sd**2 + sampling_variance)))
