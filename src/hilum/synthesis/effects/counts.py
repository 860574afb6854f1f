"""Effect sizes from counts of patients: one group (PR ... PFT) and two groups (OR ... PETO)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.records import found
from hilum.synthesis.arrays import Array, Mask, Pair, columns, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    # The columns of a measure, in its order.
    Values = Sequence[ArrayLike]


Correct = Literal["none", "only0", "all", "if0all"]


def proportion(values: Values, add: float, to: Correct) -> Pair:
    """PR: events by patients."""
    x, rest, n = _group(values, add, to)
    return x / n, x * rest / n**3


def logit_proportion(values: Values, add: float, to: Correct) -> Pair:
    """PLO: log odds."""
    x, rest, _ = _group(values, add, to)
    return np.log(x / rest), 1 / x + 1 / rest


def log_proportion(values: Values, add: float, to: Correct) -> Pair:
    """PLN: log of the proportion."""
    x, _, n = _group(values, add, to)
    return np.log(x / n), 1 / x - 1 / n


def arcsine_proportion(values: Values, add: float, to: Correct) -> Pair:
    """PAS: arcsine of the root; needs no correction and gets none."""
    del add, to
    x, n = _one(values)
    return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)


def double_arcsine_proportion(values: Values, add: float, to: Correct) -> Pair:
    """PFT (Freeman & Tukey 1950); needs no correction and gets none."""
    del add, to
    x, n = _one(values)
    both = np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))
    return both / 2, 1 / (4 * n + 2)


def odds_ratio(values: Values, add: float, to: Correct) -> Pair:
    """OR: log odds ratio."""
    a, b, c, d = _cells(values, add, to)
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def risk_ratio(values: Values, add: float, to: Correct) -> Pair:
    """RR: log risk ratio."""
    a, b, c, d = _cells(values, add, to)
    n1, n2 = a + b, c + d
    return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2


def risk_difference(values: Values, add: float, to: Correct) -> Pair:
    """RD: difference of the two risks."""
    a, b, c, d = _cells(values, add, to)
    n1, n2 = a + b, c + d
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def arcsine_difference(values: Values, add: float, to: Correct) -> Pair:
    """AS: difference of the arcsines; needs no correction and gets none."""
    del add, to
    a, n1, c, n2 = _two(values)
    yi = np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2))
    return yi, 1 / (4 * n1) + 1 / (4 * n2)


def peto_odds_ratio(values: Values, add: float, to: Correct) -> Pair:
    """PETO: one-step log odds ratio (Yusuf 1985)."""
    a, b, c, d = _cells(values, add, to)
    n1, n2 = a + b, c + d
    total = n1 + n2
    variance = (a + c) * (b + d) * n1 * n2 / (total**2 * (total - 1))
    return (a - (a + c) * n1 / total) / variance, 1 / variance


def corrected(zero: Mask, add: float, to: Correct) -> Array:
    """What each row's cells are raised by: metafor's ``add`` and ``to``."""
    return found(CORRECTIONS, to, "to")(zero, add)


def _nowhere(zero: Mask, add: float) -> Array:
    del add
    return np.zeros(zero.shape)


def _where_empty(zero: Mask, add: float) -> Array:
    return np.where(zero, add, 0.0)


def _everywhere(zero: Mask, add: float) -> Array:
    return np.full(zero.shape, add)


def _everywhere_if_any(zero: Mask, add: float) -> Array:
    return np.full(zero.shape, add if bool(zero.any()) else 0.0)


CORRECTIONS: dict[str, Callable[[Mask, float], Array]] = {
    "only0": _where_empty,
    "all": _everywhere,
    "if0all": _everywhere_if_any,
    "none": _nowhere,
}
"""Which tables are corrected: those with an empty cell, all, all as soon as one has, none."""


def _one(values: Values) -> Pair:
    x, n = columns(xi=values[0], ni=values[1])
    refuse(~((x >= 0) & (x <= n) & (n > 0) & (n < np.inf)), "0 <= xi <= ni and ni > 0", xi=x, ni=n)
    return x, n


def _group(values: Values, add: float, to: Correct) -> tuple[Array, Array, Array]:
    """Events, the rest and their sum, corrected."""
    x, n = _one(values)
    more = corrected((x == 0) | (x == n), add, to)
    x, rest = x + more, n - x + more
    return x, rest, x + rest


def _two(values: Values) -> tuple[Array, Array, Array, Array]:
    a, n1, c, n2 = columns(ai=values[0], n1i=values[1], ci=values[2], n2i=values[3])
    fine = (a >= 0) & (a <= n1) & (c >= 0) & (c <= n2) & (n1 + n2 < np.inf)
    refuse(~fine, "0 <= ai <= n1i and 0 <= ci <= n2i", ai=a, n1i=n1, ci=c, n2i=n2)
    return a, n1, c, n2


def _cells(values: Values, add: float, to: Correct) -> tuple[Array, Array, Array, Array]:
    """The four cells, corrected."""
    a, n1, c, n2 = _two(values)
    more = corrected((a == 0) | (c == 0) | (a == n1) | (c == n2), add, to)
    return a + more, n1 - a + more, c + more, n2 - c + more
