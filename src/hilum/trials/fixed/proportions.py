"""Sizes for proportions by normal approximation and, for one group, by the exact binomial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, Parameter, phrased
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array

Hypothesis = Literal["superiority", "noninferiority", "equivalence"]
LARGEST = 100_000


def quantiles(alpha: float, power: float, sided: int) -> tuple[float, float]:
    """``z_alpha`` (of one side) and ``z_beta``."""
    return float(-special.ndtri(alpha / sided)), float(special.ndtri(power))


def one_proportion(
    p0: float,
    p1: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    method: Literal["exact", "normal"] = "exact",
) -> SampleSize:
    """One group against a fixed rate, one-sided, for an improvement ``p1 > p0``.

    ``exact``: the smallest n whose binomial test has the level and the power (A'Hern 2001);
    reject with more than ``critical`` responders. ``normal``: Fleming 1982, equation 1.

    Raises
    ------
    InputError
        ``p1 <= p0``, rates outside 0 to 1, power below alpha.
    """
    check = Requirements()
    check.errors(alpha, power)
    if check.rate("p0", p0) & check.rate("p1", p1):
        check.need(p1 > p0, "p1", p1, phrased("a rate above p0 ({p0:g})", p0=p0))
    check.done()
    za, zb = quantiles(alpha, power, 1)
    rough = ((za * (p0 * (1 - p0)) ** 0.5 + zb * (p1 * (1 - p1)) ** 0.5) / (p1 - p0)) ** 2
    if method == "normal":
        return SampleSize(rough, rough, 0, alpha, power, 1, "normal", critical=za)
    top = int(4 * rough + 60)
    if top > LARGEST:
        message = phrased(
            "p0 {p0:g}, p1 {p1:g}: about {rough:.0f} patients, too many to be enumerated; take "
            "{method} normal",
            method=Parameter("method"),
            p0=p0,
            p1=p1,
            rough=rough,
        )
        raise NotEstimable(message)
    n = np.arange(1, top, dtype=float)
    # Smallest r with P(X > r | p0) <= alpha; the inverse survival function, then a step if needed.
    r = np.maximum(np.round(n * p0 + za * np.sqrt(n * p0 * (1 - p0))) - 4, -1)
    for _ in range(60):
        low = upper_tail(r, n, p0) > alpha
        if not low.any():
            break
        r = np.where(low, r + 1, r)
    reached = upper_tail(r, n, p1)
    enough = np.flatnonzero(reached >= power)
    if not len(enough):
        message = phrased(
            "p0 {p0:g}, p1 {p1:g}: no size up to {top} has power {power:g}",
            p0=p0,
            p1=p1,
            top=top,
            power=power,
        )
        raise NotEstimable(message)
    i = int(enough[0])
    size = float(n[i])
    return SampleSize(
        size, size, 0, alpha, power, 1, "exact", critical=float(r[i]),
        actual_alpha=float(upper_tail(r[i], n[i], p0)), actual_power=float(reached[i]),
    )  # fmt: skip


def check_two(
    p1: float, p2: float, alpha: float, power: float, sided: int, ratio: float
) -> Requirements:
    """The requirements every two-group design of proportions shares; not yet raised."""
    check = Requirements()
    check.errors(alpha, power, sided)
    check.rate("p1", p1)
    check.rate("p2", p2)
    check.above_zero("ratio", ratio)
    return check


def two_proportions(
    p1: float,
    p2: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    method: Literal["normal", "normal-unpooled", "continuity"] = "normal",
) -> SampleSize:
    """Difference of two proportions, treatment ``p1`` against control ``p2``.

    ``normal`` pools the variance under the null hypothesis (Fleiss, Tytun & Ury 1980 without
    correction; rpact's); ``normal-unpooled`` uses both rates; ``continuity`` adds the correction
    that approaches Fisher's test (Casagrande, Pike & Smith 1978; Fleiss 1980 for a ratio).

    Parameters
    ----------
    ratio : float
        Treatment over control group.

    Raises
    ------
    InputError
        Rates outside 0 to 1 or alike, power below alpha, ratio not above 0.
    """
    check = check_two(p1, p2, alpha, power, sided, ratio)
    check.need(p1 != p2, "p1", p1, phrased("a rate other than p2 ({p2:g})", p2=p2))
    check.one_of("method", method, ("normal", "normal-unpooled", "continuity"))
    check.done()
    za, zb = quantiles(alpha, power, sided)
    mean = (ratio * p1 + p2) / (1 + ratio)
    separate = p1 * (1 - p1) + ratio * p2 * (1 - p2)
    pooled = separate if method == "normal-unpooled" else (1 + ratio) * mean * (1 - mean)
    n1 = ((za * pooled**0.5 + zb * separate**0.5) / (p1 - p2)) ** 2
    if method == "continuity":
        n2 = n1 / ratio
        n2 *= (1 + (1 + 2 * (ratio + 1) / (n2 * ratio * abs(p1 - p2))) ** 0.5) ** 2 / 4
        n1 = ratio * n2
    return _sized(
        n1, ratio, alpha, power, sided, method, za,
        lambda a, b: _two_power(p1, p2, a, b, za, method),
    )  # fmt: skip


def _two_power(p1: float, p2: float, n1: int, n2: int, za: float, method: str) -> float:
    """Power of a z test of two groups, in the direction hoped for."""
    mean, inverse = (n1 * p1 + n2 * p2) / (n1 + n2), 1 / n1 + 1 / n2
    other = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) ** 0.5
    null = other if method == "normal-unpooled" else (mean * (1 - mean) * inverse) ** 0.5
    shift = abs(p1 - p2) - (inverse / 2 if method == "continuity" else 0.0)
    return float(special.ndtr((shift - za * null) / other))


def noninferior_proportions(
    p1: float,
    p2: float,
    margin: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    ratio: float = 1.0,
) -> SampleSize:
    """Non-inferiority of a rate of success: ``H0: p1 - p2 <= -margin`` (Farrington & Manning 1990).

    The variance under the null hypothesis is that of the constrained maximum likelihood.

    Raises
    ------
    InputError
        As :func:`two_proportions`; a margin not above 0; a difference at or beyond the margin.
    """
    check = check_two(p1, p2, alpha, power, 1, ratio)
    if check.need(0 < margin < 1, "margin", margin, "a difference above 0 and below 1"):
        check.need(
            p1 - p2 > -margin,
            "p1",
            p1,
            phrased("a rate above p2 - margin ({p2:g})", p2=p2 - margin),
        )
    check.done()
    za, zb = quantiles(alpha, power, 1)
    n1 = _score_size(p1, p2, -margin, za, zb, ratio)
    return _sized(
        n1, ratio, alpha, power, 1, "farrington-manning", za,
        lambda a, b: _score_side(p1, p2, -margin, za, a, b),
    )  # fmt: skip


def equivalent_proportions(
    p1: float,
    p2: float,
    margin: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
) -> SampleSize:
    """Equivalence by two one-sided score tests, each at ``alpha`` (Farrington & Manning 1990).

    Power is that of both tests together, ``Phi(a) + Phi(b) - 1``.

    Raises
    ------
    InputError
        As :func:`noninferior_proportions`.
    """
    check = check_two(p1, p2, alpha, power, 1, ratio)
    if check.need(0 < margin < 1, "margin", margin, "a difference above 0 and below 1"):
        gap = abs(p1 - p2)
        check.need(
            gap < margin,
            "margin",
            margin,
            phrased("a margin above the difference ({gap:g})", gap=gap),
        )
    check.done()
    za, _ = quantiles(alpha, power, 1)
    spread = (p1 * (1 - p1) / ratio + p2 * (1 - p2)) ** 0.5
    limits = [_constrained(p1, p2, bound, ratio) for bound in (-margin, margin)]
    distance = (p1 - p2 + margin, margin - (p1 - p2))

    def reached(n2: float) -> float:
        sides = [
            float(special.ndtr((far * n2**0.5 - za * null) / spread))
            for far, null in zip(distance, limits, strict=True)
        ]
        return sides[0] + sides[1] - 1

    n2 = _root(lambda n: reached(n) - power)
    return _sized(
        ratio * n2, ratio, alpha, power, 1, "farrington-manning, two one-sided", za,
        lambda a, b: _score_side(p1, p2, -margin, za, a, b)
        + _score_side(p1, p2, margin, za, a, b) - 1,
    )  # fmt: skip


def stratified_proportions(
    p1: Sequence[float],
    p2: Sequence[float],
    shares: Sequence[float],
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
) -> SampleSize:
    """Cochran-Mantel-Haenszel test over strata (Woolson, Bean & Rojas 1986; Nam 1992).

    Parameters
    ----------
    p1, p2 : sequence of float, length s
        Rates of treatment and control in each stratum.
    shares : sequence of float, length s
        Shares of all patients, summing to 1.

    Raises
    ------
    InputError
        Lengths that differ, rates outside 0 to 1, shares that do not sum to 1, or strata whose
        differences cancel out.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("ratio", ratio)
    if check.need(
        len(p1) == len(p2) == len(shares) > 0,
        "shares",
        len(shares),
        phrased("as many as rates ({number}, {number_2})", number=len(p1), number_2=len(p2)),
    ):
        for k, (a, b, share) in enumerate(zip(p1, p2, shares, strict=True), 1):
            check.rate(f"p1 of stratum {k}", a)
            check.rate(f"p2 of stratum {k}", b)
            check.above_zero(f"share of stratum {k}", share)
        total = float(sum(shares))
        check.need(abs(total - 1) < 1e-6, "shares", total, "shares that sum to 1")
    check.done()
    shift, null, other = _cmh(p1, p2, shares, ratio)
    check.need(abs(shift) > 1e-12, "p1", " ".join(map(str, p1)), "an effect over all strata")
    check.done()
    za, zb = quantiles(alpha, power, sided)
    n = ((za * null**0.5 + zb * other**0.5) / shift) ** 2
    # A higher or a lower rate of the treatment alike.
    return _sized(
        ratio / (1 + ratio) * n, ratio, alpha, power, sided, "cochran-mantel-haenszel", za,
        lambda a, b: float(special.ndtr((abs(shift) * (a + b) ** 0.5 - za * null**0.5)
                                        / other**0.5)),
    )  # fmt: skip


def stratified_power(
    n: float,
    p1: Sequence[float],
    p2: Sequence[float],
    shares: Sequence[float],
    *,
    alpha: float,
    ratio: float = 1.0,
) -> float:
    """Power of the one-sided Cochran-Mantel-Haenszel test for higher rates, n patients in all."""
    shift, null, other = _cmh(p1, p2, shares, ratio)
    za = float(-special.ndtri(alpha))
    return float(special.ndtr((shift * n**0.5 - za * null**0.5) / other**0.5))


def _cmh(
    p1: Sequence[float], p2: Sequence[float], shares: Sequence[float], ratio: float
) -> tuple[float, float, float]:
    """Mean of the test's numerator a patient, its variance without and with the effect."""
    a, b, w = np.asarray(p1, float), np.asarray(p2, float), np.asarray(shares, float)
    f = ratio / (1 + ratio)
    shift = float((w * f * (1 - f) * (a - b)).sum())
    mean = f * a + (1 - f) * b
    null = float((w * f * (1 - f) * mean * (1 - mean)).sum())
    other = float((w * f * (1 - f) * ((1 - f) * a * (1 - a) + f * b * (1 - b))).sum())
    return shift, null, other


def _score_size(p1: float, p2: float, bound: float, za: float, zb: float, ratio: float) -> float:
    """Treatment group of a score test of ``p1 - p2`` against ``bound``."""
    null = _constrained(p1, p2, bound, ratio)
    other = (p1 * (1 - p1) / ratio + p2 * (1 - p2)) ** 0.5
    return ratio * ((za * null + zb * other) / (p1 - p2 - bound)) ** 2


def _constrained(p1: float, p2: float, bound: float, ratio: float) -> float:
    """Null standard deviation of the difference times root n2, rates at their constrained ML."""
    q1, q2 = constrained_rates(p1, p2, bound, ratio)
    return (q1 * (1 - q1) / ratio + q2 * (1 - q2)) ** 0.5


def constrained_rates(p1: float, p2: float, bound: float, ratio: float) -> tuple[float, float]:
    """Rates of maximum likelihood with ``p1 - p2 = bound`` (Miettinen & Nurminen 1985).

    The likelihood equation is a cubic; its root is found by bracketing, which does not lose
    digits where the closed form cancels.
    """
    if bound == 0:
        mean = (ratio * p1 + p2) / (1 + ratio)
        return mean, mean

    def slope(q2: float) -> float:
        q1 = q2 + bound
        return ratio * (p1 - q1) / (q1 * (1 - q1)) + (p2 - q2) / (q2 * (1 - q2))

    low, high = max(0.0, -bound) + 1e-12, min(1.0, 1 - bound) - 1e-12
    from hilum.trials.sequential.recursion import solve

    q2 = solve(slope, low, high)
    return q2 + bound, q2


def _root(off: object) -> float:
    from typing import cast

    from hilum.trials.sequential.recursion import solve

    f = cast("Callable[[float], float]", off)
    high = 4.0
    while f(high) < 0:
        high *= 2
    return solve(f, 1e-6, high)


def _score_side(p1: float, p2: float, bound: float, za: float, n1: int, n2: int) -> float:
    """Power of a score test against a bound, in groups of these whole sizes."""
    ratio = n1 / n2
    null = _constrained(p1, p2, bound, ratio)
    other = (p1 * (1 - p1) / ratio + p2 * (1 - p2)) ** 0.5
    return float(special.ndtr((abs(p1 - p2 - bound) * n2**0.5 - za * null) / other))


def _sized(
    n1: float, ratio: float, alpha: float, power: float, sided: int, method: str, za: float,
    reached: Callable[[int, int], float],
) -> SampleSize:  # fmt: skip
    n2 = n1 / ratio
    return SampleSize(
        n1 + n2, n1, n2, alpha, power, sided, method, critical=za,
        actual_power=reached(whole(n1), whole(n2)),
    )  # fmt: skip


def upper_tail(r: ArrayLike, n: ArrayLike, p: float) -> Array:
    """``P(X > r)`` of n patients, for any whole r, also below 0 or from n on; broadcasts."""
    r, n = np.asarray(r, float), np.asarray(n, float)
    inside = np.clip(r, 0, np.maximum(n - 1, 0))
    found = special.betainc(inside + 1, np.maximum(n - inside, 1), p)
    return np.where(r < 0, 1.0, np.where(r >= n, 0.0, found))


def binomial(n: int, p: ArrayLike) -> Array:
    """Probabilities of 0 to n, by logarithms so that no tail is lost; shape ``p``'s and n + 1."""
    x, p = np.arange(n + 1, dtype=float), np.asarray(p, float)[..., None]
    choose = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    return np.exp(choose + special.xlogy(x, p) + special.xlog1py(n - x, -p))
