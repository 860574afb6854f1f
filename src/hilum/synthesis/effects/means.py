"""Effect sizes from means: MN, MD, SMD and ROM; means and SDs from printed quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable
from hilum.synthesis.arrays import Array, Pair, columns, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.effects.counts import Correct, Values


def mean(values: Values, add: float, to: Correct) -> Pair:
    """MN: the mean of one group."""
    del add, to
    m, sd, n = columns(mi=values[0], sdi=values[1], ni=values[2])
    refuse(~(np.isfinite(m) & (sd > 0) & (n > 0)), "sdi > 0 and ni > 0", mi=m, sdi=sd, ni=n)
    return m, sd**2 / n


def mean_difference(values: Values, add: float, to: Correct) -> Pair:
    """MD: difference of two means."""
    del add, to
    m1, s1, n1, m2, s2, n2 = _two(values)
    return m1 - m2, s1**2 / n1 + s2**2 / n2


def standardised_difference(values: Values, add: float, to: Correct) -> Pair:
    """SMD (Hedges 1981, exact gamma correction).

    The variance is the large-sample one, 1/n1 + 1/n2 + g^2 / (2 (n1 + n2)).
    """
    del add, to
    m1, s1, n1, m2, s2, n2 = _two(values)
    df = n1 + n2 - 2
    pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df)
    g = exact_correction(df) * (m1 - m2) / pooled
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def mean_ratio(values: Values, add: float, to: Correct) -> Pair:
    """ROM: log ratio of two means."""
    del add, to
    m1, s1, n1, m2, s2, n2 = _two(values)
    refuse(~(m1 / np.where(m2 == 0, np.nan, m2) > 0), "two means of one sign", m1i=m1, m2i=m2)
    return np.log(m1 / m2), s1**2 / (n1 * m1**2) + s2**2 / (n2 * m2**2)


def _two(values: Values) -> tuple[Array, Array, Array, Array, Array, Array]:
    names = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
    m1, s1, n1, m2, s2, n2 = columns(**dict(zip(names, values, strict=True)))
    fine = np.isfinite(m1 - m2) & (s1 > 0) & (s2 > 0) & (n1 > 1) & (n2 > 1) & (n1 + n2 < np.inf)
    named = {"m1i": m1, "sd1i": s1, "n1i": n1, "m2i": m2, "sd2i": s2, "n2i": n2}
    refuse(~fine, "finite means, sd > 0, n > 1", **named)
    return m1, s1, n1, m2, s2, n2


def exact_correction(df: Array) -> Array:
    """Hedges' J(df) = gamma(df/2) / (sqrt(df/2) gamma((df - 1)/2)) (Hedges 1981)."""
    return np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - np.log(df / 2) / 2)


def from_quantiles(
    n: ArrayLike,
    *,
    median: ArrayLike,
    q1: ArrayLike | None = None,
    q3: ArrayLike | None = None,
    minimum: ArrayLike | None = None,
    maximum: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Mean (Luo 2018) and standard deviation (Wan 2014) from median and quartiles or range.

    Parameters
    ----------
    n : array_like, shape (k,)
        Patients.
    median, q1, q3, minimum, maximum : array_like, shape (k,)
        The range, the quartiles, or all five; both ends of each.

    Returns
    -------
    mean, sd : ndarray, shape (k,)

    Raises
    ------
    NotEstimable
        Neither pair given, or values not in order. The formulas assume a normal outcome: skew
        times (survival, length of stay) are not for them.
    """
    quartiles = None if q1 is None or q3 is None else columns(median=median, q1=q1, q3=q3)
    ends = (
        None
        if minimum is None or maximum is None
        else columns(median=median, minimum=minimum, maximum=maximum)
    )
    size, m = columns(n=n, median=median)
    refuse(~(size >= 2), "n >= 2", n=size, median=m)
    if quartiles is None and ends is None:
        message = "a median needs its quartiles (q1 and q3) or its range (minimum and maximum)"
        raise NotEstimable(message)
    wide = 2 * special.ndtri((size - 0.375) / (size + 0.25))
    middle = 2 * special.ndtri((0.75 * size - 0.125) / (size + 0.25))
    if quartiles is not None:
        _, low, high = quartiles
        refuse(~((low <= m) & (m <= high)), "q1 <= median <= q3", q1=low, median=m, q3=high)
    if ends is not None:
        _, least, most = ends
        refuse(
            ~((least <= m) & (m <= most)),
            "minimum <= median <= maximum",
            minimum=least,
            median=m,
            maximum=most,
        )
    if ends is None and quartiles is not None:
        _, low, high = quartiles
        share = 0.7 + 0.39 / size
        return share * (low + high) / 2 + (1 - share) * m, (high - low) / middle
    if quartiles is None and ends is not None:
        _, least, most = ends
        share = 4 / (4 + size**0.75)
        return share * (least + most) / 2 + (1 - share) * m, (most - least) / wide
    assert quartiles is not None
    assert ends is not None
    (_, low, high), (_, least, most) = quartiles, ends
    outer, inner = 2.2 / (2.2 + size**0.75), 0.7 - 0.72 / size**0.55
    mean = outer * (least + most) / 2 + inner * (low + high) / 2 + (1 - outer - inner) * m
    return mean, ((most - least) / wide + (high - low) / middle) / 2
