"""Deaths and censored patients between two columns of a risk table, counts met exactly.

With n at risk, d deaths at the steps of a curve S and C censored patients spread over the interval
with weights w, n/S changes only by censoring, since a step divides both by the same ratio. So

    N_end / S_end = N_start / S_start - C * sum(w_i / S(t_i)),

which gives C without iteration; Guyot 2012 finds the same fixed point by trial.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple


class Interval(NamedTuple):
    """What the figure says of one interval; times in its unit.

    Attributes
    ----------
    start, stop : float
        From one column of the risk table to the next, or to the end of the curve.
    n_start, n_stop : int
        At risk at its two ends; None at the end of a curve whose table stops earlier.
    times, levels : list of float
        Steps inside, ``start <= time < stop`` (``<=`` in the last), and survival after each.
    ticks : list of float or None
        Censoring ticks inside; None where the figure shows none anywhere.
    halfway : list of bool
        Points that may stand halfway down one vertical, of whose foot the next point is.
    """

    start: float
    stop: float
    n_start: int
    n_stop: int | None
    times: list[float]
    levels: list[float]
    ticks: list[float] | None
    halfway: list[bool]


class Filled(NamedTuple):
    """Deaths at each step, times of censoring, and survival after the last step."""

    deaths: list[int]
    censored: list[float]
    survival: float


def expected_censored(interval: Interval, survival: float) -> float:
    """Censored patients in the interval by the equation above, clipped to what is possible."""
    n, m = interval.n_start, interval.n_stop or 0
    last = interval.levels[-1] if interval.levels else survival
    if last <= 0 or survival <= 0:
        return 0.0
    found = (n / survival - m / last) / _inverse_survival(interval, survival)
    return min(max(found, 0.0), float(n - m))


def deaths_per_censored(interval: Interval, survival: float) -> tuple[float, float]:
    """Deaths without any censoring, and how many fewer each censored patient makes them."""
    s, total, slope, spent = survival, 0.0, 0.0, 0.0
    before, length = interval.start, interval.stop - interval.start
    for time, level in zip(interval.times, interval.levels, strict=True):
        spent += (time - before) / length / s if length > 0 and s > 0 else 0.0
        total += interval.n_start / survival * (s - level)
        slope += spent * (s - level)
        s, before = level, time
    return total, slope


def _inverse_survival(interval: Interval, survival: float) -> float:
    """Mean of 1/S over where patients are censored: on the ticks, or evenly in time."""
    if interval.ticks:
        levels = [survival, *interval.levels]
        inside = [levels[bisect_right(interval.times, tick)] for tick in interval.ticks]
        return sum(1 / s for s in inside if s > 0) / len(inside) or 1 / survival
    length = interval.stop - interval.start
    if length <= 0:
        return 1 / survival
    total, before, s = 0.0, interval.start, survival
    for time, level in zip(interval.times, interval.levels, strict=True):
        total += (time - before) / s
        if level <= 0:
            return total / max(time - interval.start, 1e-300)
        before, s = time, level
    return (total + (interval.stop - before) / s) / length


def places(interval: Interval, count: int) -> list[float]:
    """Where ``count`` patients are censored: on ticks where there are some, or evenly in time."""
    if count <= 0:
        return []
    if interval.ticks:
        many = len(interval.ticks)
        whole, rest = divmod(count, many)
        out = interval.ticks * whole
        out += [interval.ticks[int((i + 0.5) * many / rest)] for i in range(rest)]
        return sorted(out)
    width = (interval.stop - interval.start) / count
    return [interval.start + (i + 0.5) * width for i in range(count)]


def uncensored(interval: Interval, survival: float) -> Filled:
    """Deaths of an only interval of which nothing shows censoring: all others stay to its end.

    Guyot 2012's rule without numbers at risk; the most deaths that the curve allows.
    """
    n, reached = interval.n_start, survival
    deaths: list[int] = []
    for level in interval.levels:
        died = min(max(round(n * (1 - level / reached)), 0), n) if reached > 0 and n else 0
        deaths.append(died)
        reached = reached * (1 - died / n) if n else reached
        n -= died
    return Filled(deaths, [interval.stop] * n, reached)


def fill(interval: Interval, survival: float, precision: float) -> Filled:
    """Deaths and censored patients that follow the curve and leave exactly ``n_stop`` at risk.

    A few whole numbers of censored patients around the expected one are tried; each death count
    is rounded against the survival reached so far, so that errors do not add up. The best by
    squared distance to the curve is kept.
    """
    gone = interval.n_start - (interval.n_stop or 0)
    first = min(round(expected_censored(interval, survival)), gone)
    best: tuple[float, list[int], list[float], float] | None = None
    tried: set[int] = set()
    queue = [first, first + 1, first - 1]
    scale = 0.5 / precision**2
    while queue:
        count = queue.pop(0)
        if count in tried or not 0 <= count <= gone:
            continue
        tried.add(count)
        censored = places(interval, count)
        deaths, reached, misfit = _walk(interval, survival, censored, gone - count)
        spare = gone - count - sum(deaths)
        if spare and len(tried) < 5:
            queue.append(count + spare)
        # A spare patient is censored after the last step, where no death depends on it.
        score = misfit * scale + 4.0 * spare
        if best is None or score < best[0]:
            best = score, deaths, censored + _late(interval, spare), reached
        if len(tried) >= 5:
            break
    if best is None:
        return Filled([0] * len(interval.times), places(interval, gone), survival)
    _, deaths, censored, reached = best
    return Filled(deaths, sorted(censored), reached)


def _walk(
    interval: Interval, survival: float, censored: list[float], budget: int
) -> tuple[list[int], float, float]:
    n, lost, misfit = interval.n_start, 0, 0.0
    deaths: list[int] = []
    many = len(censored)
    for time, level, partly in zip(interval.times, interval.levels, interval.halfway, strict=True):
        while lost < many and censored[lost] < time:
            lost += 1
            n -= 1
        # Little more than half a death halfway down waits for the foot of its step.
        d = int(n * (1 - level / survival) + (0.25 if partly else 0.5)) if survival > 0 else 0
        if d > budget:
            d = budget
        if d > 0:
            survival *= (n - d) / n
            n -= d
            budget -= d
        else:
            d = 0
        deaths.append(d)
        if not partly:
            misfit += (survival - level) ** 2
    return deaths, survival, misfit


def _late(interval: Interval, count: int) -> list[float]:
    if not count:
        return []
    after = interval.times[-1] if interval.times else interval.start
    if interval.ticks:
        late = interval.ticks[bisect_left(interval.ticks, after) :]
        if late:
            return [late[i % len(late)] for i in range(count)]
    width = (interval.stop - after) / count
    return [after + (i + 0.5) * width for i in range(count)]
