"""Single-arm trials in any number of stages: exact characteristics, and Fleming's bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.proportions import binomial, one_proportion
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array


# Small designs are coarse: so many patients more than twice the single stage are tried.
LEEWAY = 20


@dataclass(frozen=True, slots=True)
class Characteristics:
    """Exact behaviour at one response rate.

    ``efficacy`` and ``futility``, shape (K,), are the probabilities to stop at each analysis.
    """

    p: float
    efficacy: Array
    futility: Array
    expected_n: float

    @property
    def reject(self) -> float:
        """Probability to call the treatment active."""
        return float(self.efficacy.sum())


@dataclass(frozen=True, slots=True)
class Stages:
    """Bounds on the count of responders at each analysis.

    Parameters
    ----------
    n : tuple of int, length K
        Patients at each analysis, increasing.
    futility : tuple of int, length K
        Stop for futility with at most so many responders; -1 where an analysis has no such bound.
    efficacy : tuple of int, length K
        Stop for efficacy with at least so many; ``n + 1`` where there is no such bound.
    """

    n: tuple[int, ...]
    futility: tuple[int, ...]
    efficacy: tuple[int, ...]
    method: str

    def at(self, p: float) -> Characteristics:
        """Exact characteristics at rate ``p``."""
        return characteristics(self.n, self.futility, self.efficacy, p)


def characteristics(
    n: Sequence[int], futility: Sequence[int], efficacy: Sequence[int], p: float
) -> Characteristics:
    """Convolve stage after stage; only trials between the bounds go on."""
    going = np.ones(1)
    before = 0
    up, down = np.zeros(len(n)), np.zeros(len(n))
    expected = 0.0
    steps: dict[int, Array] = {}
    for k, (size, low, high) in enumerate(zip(n, futility, efficacy, strict=True)):
        expected += (size - before) * float(going.sum())
        if size - before not in steps:
            steps[size - before] = binomial(size - before, p)
        here = np.convolve(going, steps[size - before])
        down[k] = here[: max(low + 1, 0)].sum()
        up[k] = here[max(high, low + 1) :].sum() if high <= size else 0.0
        here[: max(low + 1, 0)] = 0
        here[max(high, 0) :] = 0
        going, before = here, size
    return Characteristics(p, up, down, expected)


def fleming(
    p0: float,
    p1: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    stages: int = 2,
    n: Sequence[int] | None = None,
) -> Stages:
    """Multiple-testing procedure of Fleming 1982, with early stopping both ways.

    Parameters
    ----------
    n : sequence of int, optional
        Patients at each analysis; when omitted, equal stages of the smallest number, from the
        exact single-stage size on, whose bounds keep both errors exactly. Given sizes keep them
        only nearly: use :meth:`Stages.at`.

    Raises
    ------
    InputError
        ``p1 <= p0``, rates outside 0 to 1, power below alpha, sizes that do not increase.
    NotEstimable
        No number up to twice the single-stage size keeps both errors.
    """
    check = Requirements()
    check.errors(alpha, power)
    if check.rate("p0", p0) & check.rate("p1", p1):
        check.need(p1 > p0, "p1", p1, phrased("a rate above p0 ({p0:g})", p0=p0))
    check.need(1 <= stages <= 10, "stages", stages, "from 1 to 10 analyses")
    if n is not None:
        rising = all(a < b for a, b in zip((0, *n), n, strict=False))
        check.need(len(n) > 0 and rising, "n", " ".join(map(str, n)), "increasing numbers above 0")
    check.done()
    if n is None:
        whole = round(one_proportion(p0, p1, alpha=alpha, power=power).n)
        check.need(
            stages <= whole,
            "stages",
            stages,
            phrased("at most one a patient ({whole})", whole=whole),
        )
        check.done()
        return _smallest(p0, p1, alpha, power, stages, whole)
    return _bounds(p0, alpha, n)


def _smallest(p0: float, p1: float, alpha: float, power: float, stages: int, whole: int) -> Stages:
    """Equal stages of the smallest number of patients that keeps both errors exactly."""
    most = 2 * whole + LEEWAY
    for total in range(whole, most + 1):
        n = [int(np.ceil(total * (k + 1) / stages - 1e-9)) for k in range(stages)]
        found = _bounds(p0, alpha, n)
        if found.at(p1).reject >= power and found.at(p0).reject <= alpha:
            return found
    message = phrased("no number of patients up to {most} keeps both errors", most=most)
    raise NotEstimable(message)


def _bounds(p0: float, alpha: float, n: Sequence[int]) -> Stages:
    total = n[-1]
    z = float(-special.ndtri(alpha))
    # The alternative that a single-stage test of this size detects with power 1 - alpha.
    other = ((total * p0) ** 0.5 + z * (1 - p0) ** 0.5) ** 2 / (total + z**2)
    low = [_nearest(size * other - z * (total * other * (1 - other)) ** 0.5) for size in n]
    high = [_nearest(size * p0 + z * (total * p0 * (1 - p0)) ** 0.5) + 1 for size in n]
    low = [min(max(value, -1), size) for value, size in zip(low, n, strict=True)]
    low[-1] = high[-1] - 1
    high = [min(value, size + 1) for value, size in zip(high, n, strict=True)]
    return Stages(tuple(n), tuple(low), tuple(high), "fleming")


def _nearest(value: float) -> int:
    return int(np.floor(value + 0.5))


def single_stage(p0: float, p1: float, *, alpha: float = 0.05, power: float = 0.8) -> Stages:
    """Exact single-stage design (A'Hern 2001) as bounds on the count.

    Raises
    ------
    InputError
        As :func:`hilum.trials.fixed.proportions.one_proportion`.
    NotEstimable
        Too many patients for the exact method.
    """
    found = one_proportion(p0, p1, alpha=alpha, power=power)
    if found.critical is None:
        message = "the exact method gave no critical count"
        raise NotEstimable(message)
    r = round(found.critical)
    return Stages((round(found.n),), (r,), (r + 1,), "exact single stage")


def normal_stage(p0: float, p1: float, *, alpha: float = 0.05, power: float = 0.8) -> Stages:
    """One stage sized by the normal approximation, its z test as a bound on the count.

    :meth:`Stages.at` gives the exact level and power, which are not those asked for.

    Raises
    ------
    InputError
        As :func:`hilum.trials.fixed.proportions.one_proportion`.
    """
    found = one_proportion(p0, p1, alpha=alpha, power=power, method="normal")
    n = int(np.ceil(found.n - 1e-9))
    z = float(-special.ndtri(alpha))

    def needed(size: int) -> int:
        """The z test rejects with at least so many; one fewer does not."""
        return int(np.ceil(size * p0 + z * (size * p0 * (1 - p0)) ** 0.5 - 1e-9))

    while needed(n) > n:
        n += 1  # no result of so few patients would reject
    return Stages((n,), (needed(n) - 1,), (needed(n),), "normal single stage")
