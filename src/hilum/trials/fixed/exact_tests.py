"""Two proportions by exact tests: Fisher's (conditional), Boschloo's and the pooled z's sup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, Parameter, phrased
from hilum.trials.fixed.proportions import binomial, check_two, two_proportions
from hilum.trials.fixed.sizes import SampleSize
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.watch import Watch

Test = Literal["fisher", "boschloo", "z-pooled"]
TESTS = ("fisher", "boschloo", "z-pooled")
# Largest group whose tables are enumerated: 400 x 400 tables over the grid fit in 200 MB.
LARGEST_GROUP = 400
# Points at which the nuisance rate is tried, finer near 0 and 1 where the size moves fastest.
GRID = np.sin(np.linspace(0.0, np.pi / 2, 181)[1:-1]) ** 2


@dataclass(frozen=True, slots=True)
class ExactTest:
    """Where a one-sided test of ``p1 > p2`` rejects, shape (n1 + 1, n2 + 1), and its true level.

    ``size`` is the largest probability of rejection over the common rate under no effect.
    """

    rejects: Mask
    size: float

    def power(self, p1: float, p2: float) -> float:
        """Probability of rejection at these rates."""
        n1, n2 = (length - 1 for length in self.rejects.shape)
        return float(binomial(n1, p1) @ self.rejects @ binomial(n2, p2))


def exact_test(
    n1: int, n2: int, alpha: float, test: Test = "boschloo", *, watch: Watch = SILENT
) -> ExactTest:
    """Rejection region of a one-sided exact test at level ``alpha``.

    ``fisher`` conditions on the margins; ``boschloo`` orders tables by Fisher's p value and
    ``z-pooled`` by the pooled z statistic, both keeping the level whatever the common rate
    (Boschloo 1970; Suissa & Shuster 1985).
    """
    x1 = np.arange(n1 + 1)[:, None]
    x2 = np.arange(n2 + 1)[None, :]
    if test == "z-pooled":
        mean = (x1 + x2) / (n1 + n2)
        sd = np.sqrt(mean * (1 - mean) * (1 / n1 + 1 / n2))
        order = -np.divide(x1 / n1 - x2 / n2, sd, out=np.zeros(sd.shape), where=sd > 0)
    else:
        order = fisher_p(n1, n2)
    if test == "fisher":
        rejects = order <= alpha * (1 + 1e-12)
        return ExactTest(rejects, _size(rejects))
    flat = order.ravel()
    rank = np.argsort(flat, kind="stable")
    # Tables whose ordering agrees to rounding error enter together.
    ends = np.append(np.diff(flat[rank]) > 1e-11, True)
    # A test with true level alpha is at least as large as Fisher's; far beyond it none can be.
    candidates = int(np.searchsorted(flat[rank], 0.5 if test == "boschloo" else 0.0, "right"))
    first, second = _grid_probabilities(n1), _grid_probabilities(n2)
    i, j = np.divmod(rank[:candidates], n2 + 1)
    low, high = 0, candidates
    groups = np.flatnonzero(ends[:candidates])
    low, high = -1, len(groups) - 1
    region = np.zeros(order.shape, bool)
    best = 0.0
    while low < high:
        watch.done(0)
        middle = (low + high + 1) // 2
        upto = groups[middle] + 1
        region[:] = False
        region[i[:upto], j[:upto]] = True
        size = float(np.einsum("gi,gi->g", first, second @ region.T).max())
        if size <= alpha:
            size = _size(region)
        if size <= alpha:
            low, best = middle, size
        else:
            high = middle - 1
    region[:] = False
    if low >= 0:
        upto = groups[low] + 1
        region[i[:upto], j[:upto]] = True
    return ExactTest(region, best)


def fisher_p(n1: int, n2: int) -> Array:
    """One-sided p values of Fisher's test for every table, shape (n1 + 1, n2 + 1)."""
    logs1 = _log_choose(n1)
    logs2 = _log_choose(n2)
    out = np.empty((n1 + 1, n2 + 1))
    for m in range(n1 + n2 + 1):
        x1 = np.arange(max(0, m - n2), min(n1, m) + 1)
        weight = logs1[x1] + logs2[m - x1]
        weight = np.exp(weight - weight.max())
        tail = np.cumsum(weight[::-1])[::-1]
        out[x1, m - x1] = tail / tail[0]
    return out


def exact_two_proportions(
    p1: float,
    p2: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    ratio: float = 1.0,
    test: Test = "boschloo",
    watch: Watch = SILENT,
) -> SampleSize:
    """Smallest trial whose exact one-sided test of ``p1 > p2`` has the power.

    Exact power is not monotone in n (a saw-tooth); the size returned is the smallest that has
    the power, found by enumerating all tables of each size from below.

    Raises
    ------
    InputError
        ``p1 <= p2``, rates outside 0 to 1, power below alpha, ratio not above 0.
    NotEstimable
        More patients a group than can be enumerated.
    Stopped
        When the watch says so; it is looked at several times a size.
    """
    check = check_two(p1, p2, alpha, power, 1, ratio)
    check.need(p1 > p2, "p1", p1, phrased("a rate above p2 ({p2:g})", p2=p2))
    check.one_of("test", test, TESTS)
    check.done()
    rough = two_proportions(p1, p2, alpha=alpha, power=power, ratio=ratio)
    corrected = two_proportions(p1, p2, alpha=alpha, power=power, ratio=ratio, method="continuity")
    if max(rough.n1, rough.n2) > 0.9 * LARGEST_GROUP:
        message = phrased(
            "about {n:.0f} patients: exact tests are enumerated up to "
            "{largest_group} a group; take {method} normal, which is close at this size",
            method=Parameter("method"),
            n=rough.n,
            largest_group=LARGEST_GROUP,
        )
        raise NotEstimable(message)
    n2 = max(1, int((0.75 if test != "fisher" else 0.85) * rough.n2))
    last = int(1.5 * corrected.n2) + 30
    while n2 <= last:
        n1 = max(1, int(np.ceil(ratio * n2 - 1e-9)))
        watch.done(0)
        found = exact_test(n1, n2, alpha, test, watch=watch)
        reached = found.power(p1, p2)
        if reached >= power:
            return SampleSize(
                n1 + n2, n1, n2, alpha, power, 1, test,
                actual_alpha=found.size, actual_power=reached,
            )  # fmt: skip
        n2 += 1
    message = phrased("no size up to {last} a group has power {power:g}", last=last, power=power)
    raise NotEstimable(message)


def _log_choose(n: int) -> Array:
    x = np.arange(n + 1, dtype=float)
    return special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)


def _grid_probabilities(n: int) -> Array:
    """Binomial probabilities at every point of the grid, shape (grid, n + 1)."""
    x = np.arange(n + 1, dtype=float)
    return np.exp(
        _log_choose(n) + special.xlogy(x, GRID[:, None]) + special.xlog1py(n - x, -GRID[:, None])
    )


def _size(rejects: Mask) -> float:
    """Largest probability of rejection: the best point of the grid, then refined around it."""
    from scipy.optimize import minimize_scalar

    n1, n2 = (length - 1 for length in rejects.shape)
    values = np.einsum("gi,gi->g", _grid_probabilities(n1), _grid_probabilities(n2) @ rejects.T)

    def negative(p: float) -> float:
        return -float(binomial(n1, p) @ rejects @ binomial(n2, p))

    best = float(values.max())
    for i in np.argsort(values)[-3:]:
        low, high = float(GRID[max(i - 1, 0)]), float(GRID[min(i + 1, len(GRID) - 1)])
        found = minimize_scalar(negative, bounds=(low, high), method="bounded",
                                options={"xatol": 1e-9})  # fmt: skip
        best = max(best, -float(found.fun))
    return best
