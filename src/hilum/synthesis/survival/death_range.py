"""Between which numbers the deaths of a curve lie, whatever its censoring was.

A step from S(k-1) to S(k) takes d = n (1 - S(k)/S(k-1)) deaths of n at risk. Between two columns of
a risk table n is largest where nobody is censored before the last step, and smallest where all are
censored before the first (the two ends of Guyot 2012's closed form). Behind the last column, or
without a table, only the steps themselves ask for patients: each is one death at least, and every
later death was at risk before.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# A step lower than so many standard errors of the reading may be none.
SEEN = 3.0


class DeathRange(NamedTuple):
    """Fewest and most deaths that the curve and its numbers at risk allow."""

    fewest: int
    most: int


def information_share(deaths: float, fewest: int, most: int) -> float:
    """Share of what patients say of a curve that is left where their deaths are a range.

    The curve is the same whichever number is right, so that both ends estimate the same and only
    their variances differ, each as one over its deaths. By Rubin's rules the variance is then the
    mean of the two; it is never less than that of the patients as they stand.
    """
    if deaths <= 0 or fewest >= most:
        return 1.0
    within = (1 / max(fewest, 1) + 1 / max(most, 1)) / 2
    return min(1 / (deaths * within), 1.0)


class _Step(NamedTuple):
    time: float
    share: float
    seen: bool


def death_range(
    times: Sequence[float],
    levels: Sequence[float],
    risk_time: Sequence[float],
    risk_n: Sequence[int],
    ticks: Sequence[float] | None,
    precision: float,
) -> DeathRange:
    """The range of the deaths.

    Parameters
    ----------
    times, levels : sequence of float
        Steps of the curve, and survival after each.
    risk_time, risk_n : sequence
        Numbers at risk, from time 0.
    ticks : sequence of float or None
        Censoring ticks: at least one patient each.
    precision : float
        Standard error of a level.
    """
    steps = _steps(times, levels, precision)
    fewest = most = 0.0
    for j, (start, n) in enumerate(zip(risk_time, risk_n, strict=True)):
        last = j == len(risk_n) - 1
        stop = float("inf") if last else risk_time[j + 1]
        own = [s for s in steps if start <= s.time < stop]
        inside = [t for t in ticks or () if start <= t < stop]
        least = (1 if levels and levels[-1] > 0 else 0) if last else risk_n[j + 1]
        low, high = _fewest(own, inside, least), _most(own, inside, n)
        if not last:
            high = min(high, float(n - least))
        fewest += min(low, high)
        most += high
    return DeathRange(max(floor(fewest + 0.5), 0), max(ceil(most - 0.5), floor(fewest + 0.5)))


def _steps(times: Sequence[float], levels: Sequence[float], precision: float) -> list[_Step]:
    out: list[_Step] = []
    for (_, before), (time, after) in pairwise([(0.0, 1.0), *zip(times, levels, strict=True)]):
        if before > 0 and after < before:
            out.append(_Step(time, 1 - after / before, before - after > SEEN * precision))
    return out


def _most(steps: Sequence[_Step], ticks: Sequence[float], n: float) -> float:
    """Deaths where nobody is censored but on the ticks."""
    deaths, at = 0.0, float(n)
    for k, step in enumerate(steps):
        before = steps[k - 1].time if k else -1.0
        at -= bisect_left(ticks, step.time) - bisect_left(ticks, before)
        died = max(at, 0.0) * step.share
        deaths += died
        at -= died
    return deaths


def _fewest(steps: Sequence[_Step], ticks: Sequence[float], least: float) -> float:
    """Deaths where as many as can be are censored before the first step, from the last one back."""
    deaths, left = 0.0, float(least)
    after = float("inf")
    for step in reversed(steps):
        left += bisect_left(ticks, after) - bisect_left(ticks, step.time)
        after = step.time
        asked = left * step.share / (1 - step.share) if step.share < 1 else 1.0
        died = max(asked, 1.0 if step.seen else 0.0)
        deaths += died
        left += died
    return deaths
