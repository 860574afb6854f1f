"""Effect sizes from events over person-time: IR, IRLN and IRR, IRD, IRSD."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.synthesis.arrays import Pair, columns, refuse
from hilum.synthesis.effects.counts import corrected

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.effects.counts import Correct


def single(measure: str, xi: ArrayLike, ti: ArrayLike, add: float, to: Correct) -> Pair:
    """IR or IRLN (log rate) of ``xi`` events in ``ti`` person-time."""
    x, t = columns(xi=xi, ti=ti)
    refuse(~((x >= 0) & (x < np.inf) & (t > 0) & (t < np.inf)), "xi >= 0 and ti > 0", xi=x, ti=t)
    x = x + corrected(x == 0, add, to)
    return (np.log(x / t), 1 / x) if measure == "IRLN" else (x / t, x / t**2)


def paired(
    measure: str,
    x1i: ArrayLike,
    t1i: ArrayLike,
    x2i: ArrayLike,
    t2i: ArrayLike,
    add: float,
    to: Correct,
) -> Pair:
    """IRR (log ratio), IRD (difference) or IRSD (difference of square roots) of two rates."""
    x1, t1, x2, t2 = columns(x1i=x1i, t1i=t1i, x2i=x2i, t2i=t2i)
    fine = (x1 >= 0) & (x2 >= 0) & (x1 + x2 < np.inf) & (t1 > 0) & (t2 > 0) & (t1 + t2 < np.inf)
    refuse(~fine, "x >= 0 and t > 0", x1i=x1, t1i=t1, x2i=x2, t2i=t2)
    if measure == "IRSD":
        return np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2)
    more = corrected((x1 == 0) | (x2 == 0), add, to)
    x1, x2 = x1 + more, x2 + more
    if measure == "IRR":
        return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2
