"""Log ratios and their variances from what a paper prints: an interval, a p value, events."""

from __future__ import annotations

import math
from statistics import NormalDist

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.estimate import coverage

# Its quantile is Wichura's (AS 241), to sixteen digits.
_NORMAL = NormalDist()


def log_effect_from_interval(
    value: float, low: float, high: float, level: float = 0.95
) -> tuple[float, float]:
    """Log ratio and its variance from a printed estimate and interval (Parmar 1998).

    Raises
    ------
    NotEstimable
        When ``0 < low <= value <= high`` does not hold or the interval has no width.
    """
    if not 0 < low <= value <= high < float("inf") or low == high:
        message = phrased(
            "{value:g} ({low:g} to {high:g}): expected 0 < low <= value <= high",
            value=value,
            low=low,
            high=high,
        )
        raise NotEstimable(message)
    z = _NORMAL.inv_cdf(0.5 + coverage(level) / 2)
    width = math.log(high) - math.log(low)
    return math.log(value), (width / (2 * z)) ** 2


def log_effect_from_p(value: float, p: float) -> tuple[float, float]:
    """Log ratio and its variance from a printed estimate and two-sided p value (Parmar 1998).

    Raises
    ------
    NotEstimable
        A ratio that is not above 0 or is exactly 1 (its p value says nothing of its variance),
        or a p value outside (0, 1). "p < 0.05" is a bound, not a value: it is not for this.
    """
    if not (0 < value < float("inf") and value != 1 and 0 < p < 1):
        message = phrased(
            "{value:g}, p {p:g}: expected a ratio above 0 other than 1 and 0 < p < 1",
            value=value,
            p=p,
        )
        raise NotEstimable(message)
    z = -_NORMAL.inv_cdf(p / 2)
    return math.log(value), (math.log(value) / z) ** 2


def log_hazard_from_events(
    p: float, events: float, share: float = 0.5, *, favours_first: bool
) -> tuple[float, float]:
    """Log hazard ratio from a log-rank p value and the total events (Parmar 1998, equation 7).

    ``share`` is the first arm's share of the patients; V = events * share * (1 - share).
    """
    if not (0 < p <= 1 and events > 0 and 0 < share < 1):
        message = phrased(
            "p {p:g}, events {events:g}, share {share:g}: expected 0 < p <= 1, events > 0",
            p=p,
            events=events,
            share=share,
        )
        raise NotEstimable(message)
    variance = 1 / (events * share * (1 - share))
    z = -_NORMAL.inv_cdf(p / 2)
    return (-z if favours_first else z) * math.sqrt(variance), variance


def log_hazard_from_oe(observed_minus_expected: float, variance: float) -> tuple[float, float]:
    """Log hazard ratio of a log-rank table: (O - E) / V with variance 1 / V (Yusuf 1985; Peto).

    Raises
    ------
    NotEstimable
        Without a finite O - E and a variance above 0.
    """
    if not (math.isfinite(observed_minus_expected) and 0 < variance < float("inf")):
        message = phrased(
            "O - E {observed_minus_expected:g}, V {variance:g}: expected V above 0",
            observed_minus_expected=observed_minus_expected,
            variance=variance,
        )
        raise NotEstimable(message)
    return observed_minus_expected / variance, 1 / variance


def log_hazard_from_arm_events(
    value: float, events: float, comparator: float
) -> tuple[float, float]:
    """Log of a printed hazard ratio, with the variance that both arms' events imply.

    1 / V = (O1 + O2) / (O1 O2), for arms of one size (Tierney 2007).

    Raises
    ------
    NotEstimable
        A ratio or a number of events that is not above 0.
    """
    if not (0 < value < float("inf") and events > 0 and comparator > 0):
        message = phrased(
            "{value:g}, events {events:g} and {comparator:g}: expected numbers above 0",
            value=value,
            events=events,
            comparator=comparator,
        )
        raise NotEstimable(message)
    return math.log(value), 1 / events + 1 / comparator
