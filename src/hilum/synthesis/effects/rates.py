"""Effect sizes from events over person-time: IR, IRLN and IRR, IRD, IRSD."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.synthesis.arrays import Array, Pair, columns, refuse
from hilum.synthesis.effects.counts import corrected

if TYPE_CHECKING:
    from hilum.synthesis.effects.counts import Correct, Values


def rate(values: Values, add: float, to: Correct) -> Pair:
    """IR: events by person-time."""
    x, t = _group(values, add, to)
    return x / t, x / t**2


def log_rate(values: Values, add: float, to: Correct) -> Pair:
    """IRLN: log rate."""
    x, t = _group(values, add, to)
    return np.log(x / t), 1 / x


def rate_ratio(values: Values, add: float, to: Correct) -> Pair:
    """IRR: log ratio of two rates."""
    x1, t1, x2, t2 = _corrected(values, add, to)
    return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2


def rate_difference(values: Values, add: float, to: Correct) -> Pair:
    """IRD: difference of two rates."""
    x1, t1, x2, t2 = _corrected(values, add, to)
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2


def root_rate_difference(values: Values, add: float, to: Correct) -> Pair:
    """IRSD: difference of the roots; needs no correction and gets none."""
    del add, to
    x1, t1, x2, t2 = _two(values)
    return np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2)


def _group(values: Values, add: float, to: Correct) -> Pair:
    x, t = columns(xi=values[0], ti=values[1])
    refuse(~((x >= 0) & (x < np.inf) & (t > 0) & (t < np.inf)), "xi >= 0 and ti > 0", xi=x, ti=t)
    return x + corrected(x == 0, add, to), t


def _two(values: Values) -> tuple[Array, Array, Array, Array]:
    x1, t1, x2, t2 = columns(x1i=values[0], t1i=values[1], x2i=values[2], t2i=values[3])
    fine = (x1 >= 0) & (x2 >= 0) & (x1 + x2 < np.inf) & (t1 > 0) & (t2 > 0) & (t1 + t2 < np.inf)
    refuse(~fine, "x >= 0 and t > 0", x1i=x1, t1i=t1, x2i=x2, t2i=t2)
    return x1, t1, x2, t2


def _corrected(values: Values, add: float, to: Correct) -> tuple[Array, Array, Array, Array]:
    x1, t1, x2, t2 = _two(values)
    more = corrected((x1 == 0) | (x2 == 0), add, to)
    return x1 + more, t1, x2 + more, t2
