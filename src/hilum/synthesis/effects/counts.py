"""Effect sizes from counts of patients: one group (PR ... PFT) and two groups (OR ... PETO)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.synthesis.arrays import Array, Mask, Pair, columns, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


Correct = Literal["none", "only0", "all", "if0all"]


def single(measure: str, xi: ArrayLike, ni: ArrayLike, add: float, to: Correct) -> Pair:
    """PR, PLO, PLN, PAS (arcsine) or PFT (Freeman & Tukey 1950) of ``xi`` events in ``ni``.

    The arcsine measures need no correction and get none.
    """
    x, n = columns(xi=xi, ni=ni)
    refuse(~((x >= 0) & (x <= n) & (n > 0) & (n < np.inf)), "0 <= xi <= ni and ni > 0", xi=x, ni=n)
    if measure == "PAS":
        return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)
    if measure == "PFT":
        both = np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))
        return both / 2, 1 / (4 * n + 2)
    more = corrected((x == 0) | (x == n), add, to)
    x, rest = x + more, n - x + more
    n = x + rest
    if measure == "PR":
        return x / n, x * rest / n**3
    if measure == "PLN":
        return np.log(x / n), 1 / x - 1 / n
    return np.log(x / rest), 1 / x + 1 / rest


def paired(
    measure: str,
    ai: ArrayLike,
    n1i: ArrayLike,
    ci: ArrayLike,
    n2i: ArrayLike,
    add: float,
    to: Correct,
) -> Pair:
    """OR, RR, RD, AS or PETO (Yusuf 1985) of ``ai`` in ``n1i`` against ``ci`` in ``n2i``."""
    a, n1, c, n2 = columns(ai=ai, n1i=n1i, ci=ci, n2i=n2i)
    fine = (a >= 0) & (a <= n1) & (c >= 0) & (c <= n2) & (n1 + n2 < np.inf)
    refuse(~fine, "0 <= ai <= n1i and 0 <= ci <= n2i", ai=a, n1i=n1, ci=c, n2i=n2)
    if measure == "AS":
        yi = np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2))
        return yi, 1 / (4 * n1) + 1 / (4 * n2)
    more = corrected((a == 0) | (c == 0) | (a == n1) | (c == n2), add, to)
    a, b, c, d = a + more, n1 - a + more, c + more, n2 - c + more
    n1, n2 = a + b, c + d
    if measure == "OR":
        return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    if measure == "RR":
        return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
    if measure == "RD":
        return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3
    total = n1 + n2
    variance = (a + c) * (b + d) * n1 * n2 / (total**2 * (total - 1))
    return (a - (a + c) * n1 / total) / variance, 1 / variance


def corrected(zero: Mask, add: float, to: Correct) -> Array:
    """What each row's cells are raised by: metafor's ``add`` and ``to``."""
    if to == "none":
        return np.zeros(zero.shape)
    if to == "only0":
        return np.where(zero, add, 0.0)
    everywhere = to == "all" or bool(zero.any())
    return np.full(zero.shape, add if everywhere else 0.0)
