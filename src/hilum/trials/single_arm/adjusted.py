"""Estimates and exact intervals of a response rate after a trial in stages.

The share of responders is biased where a trial may stop early. The unbiased estimate of least
variance (Girshick, Mosteller & Savage 1946; Jung & Kim 2004) is the share of the paths to the
result whose first patient responded; results are ordered by it, and the interval of Clopper &
Pearson 1934 is taken over that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, exp, log
from typing import TYPE_CHECKING

from hilum.synthesis.roots import brentq
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Result:
    """A way for the trial to end: the analysis (from 1), responders, and so many paths to them."""

    stage: int
    n: int
    responders: int
    paths: int
    estimate: float

    def chance(self, p: float) -> float:
        """Probability of this result at a rate strictly between 0 and 1."""
        s, n = self.responders, self.n
        return exp(log(self.paths) + s * log(p) + (n - s) * log(1 - p))


@dataclass(frozen=True, slots=True)
class AdjustedRate:
    """The share of responders, the unbiased estimate of least variance, and its exact interval."""

    naive: float
    unbiased: float
    interval: tuple[float, float]


def results(
    n: Sequence[int], futility: Sequence[int], efficacy: Sequence[int]
) -> tuple[Result, ...]:
    """Every way for a trial to end, in the order of the estimate.

    Bounds as of :class:`hilum.trials.single_arm.stages.Stages`.
    """
    found: list[Result] = []
    ways: dict[int, tuple[int, int]] = {}
    before = 0
    for k, (size, low, high) in enumerate(zip(n, futility, efficacy, strict=True)):
        step = size - before
        here: dict[int, tuple[int, int]] = {}
        if k == 0:
            # All paths, and those whose first patient responded.
            here = {s: (comb(step, s), comb(step - 1, s - 1) if s else 0) for s in range(step + 1)}
        for s, (every, first) in ways.items():
            for more in range(step + 1):
                count = comb(step, more)
                a, b = here.get(s + more, (0, 0))
                here[s + more] = (a + every * count, b + first * count)
        last = k == len(n) - 1
        ends = {s: one for s, one in here.items() if last or s <= low or s >= high}
        found += [Result(k + 1, size, s, a, b / a) for s, (a, b) in ends.items()]
        ways = {s: one for s, one in here.items() if s not in ends}
        before = size
    return tuple(sorted(found, key=lambda one: (one.estimate, one.responders / one.n)))


def adjusted_rate(
    n: Sequence[int],
    futility: Sequence[int],
    efficacy: Sequence[int],
    stage: int,
    responders: int,
    *,
    level: float = 0.95,
) -> AdjustedRate:
    """Estimate and exact interval of a trial that ended at an analysis with so many responders.

    Raises
    ------
    InputError
        The trial does not end there with so many.
    """
    every = results(n, futility, efficacy)
    places = [
        i for i, one in enumerate(every) if (one.stage, one.responders) == (stage, responders)
    ]
    check = Requirements()
    check.need(bool(places), "responders", responders, "a number with which the trial ends there")
    check.need(0 < level < 1, "level", level, "a number above 0 and below 1")
    check.done()
    place = places[0]
    one = every[place]
    half = (1 - level) / 2
    # Results with one estimate are equally extreme.
    least = min(i for i, x in enumerate(every) if x.estimate == one.estimate)
    most = max(i for i, x in enumerate(every) if x.estimate == one.estimate)
    low = 0.0 if least == 0 else _root(every[least:], half, rising=True)
    high = 1.0 if most == len(every) - 1 else _root(every[: most + 1], half, rising=False)
    return AdjustedRate(responders / one.n, one.estimate, (low, high))


def _root(part: Sequence[Result], chance: float, *, rising: bool) -> float:
    """The rate at which these results together have a probability."""

    def off(p: float) -> float:
        return sum(one.chance(p) for one in part) - chance

    ends = (1e-12, 1 - 1e-12)
    if rising == (off(ends[0]) > 0):
        return ends[0] if rising else ends[1]
    return brentq(off, *ends, xtol=1e-13)
