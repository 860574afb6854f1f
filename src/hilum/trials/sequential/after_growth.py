"""Estimate and interval after a trial whose second stage was sized at its interim analysis.

Of a true effect ``d`` a unit of information each stage's own ``z_i - d sqrt(n_i)`` is standard
normal, the second given all that led to its size; so is their combination with the planned weights
(Lehmacher & Wassmer 1999, section 4; Lawrence & Hung 2003). The effect at which it is 0 is
therefore unbiased in the median, and those at which it reaches the quantiles are the limits of an
interval, whatever the rule was and whether it was obeyed. That holds where the interim analysis
does not end the trial with success; where it may, results have to be ordered over both analyses
(Brannath, Mehta & Posch 2009), which is not done here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from hilum.trials.parameters import Requirements


@dataclass(frozen=True, slots=True)
class AfterGrowth:
    """Effects a unit of information: as if the sizes had been fixed, and from the combination."""

    naive: float
    median_unbiased: float
    interval: tuple[float, float]


def after_growth(
    z1: float, z2: float, n1: float, n2: float, share: float, *, level: float = 0.95
) -> AfterGrowth:
    """What both stages say of the effect.

    Parameters
    ----------
    z1, z2 : float
        Each stage's own statistic.
    n1, n2 : float
        Patients or events of the stages as they came to be.
    share : float
        Planned weight of the first stage, ``w1^2``.
    level : float
        Of the interval.

    Raises
    ------
    InputError
        Sizes not above 0, a weight or level outside 0 to 1.
    """
    check = Requirements()
    check.above_zero("n1", n1)
    check.above_zero("n2", n2)
    check.rate("share", share)
    check.rate("level", level)
    check.done()
    w1, w2 = share**0.5, (1 - share) ** 0.5
    unit = w1 * n1**0.5 + w2 * n2**0.5
    combined = w1 * z1 + w2 * z2
    far = float(special.ndtri((1 + level) / 2))
    naive = (z1 * n1**0.5 + z2 * n2**0.5) / (n1 + n2)
    low, high = (float(np.divide(combined + side * far, unit)) for side in (-1, 1))
    return AfterGrowth(naive, combined / unit, (low, high))
