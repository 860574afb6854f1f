"""Simon's two-stage designs by complete exact enumeration.

Every pair of stage sizes is looked at until it is proved that no larger trial can be better, so
the search needs no upper limit of n from the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.proportions import binomial, one_proportion, upper_tail
from hilum.trials.parameters import Requirements
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.watch import Watch

LARGEST = 600


@dataclass(frozen=True, slots=True)
class TwoStage:
    """Stop after ``n1`` patients with at most ``r1`` responders; of ``n``, more than ``r`` are
    needed to call the treatment worth pursuing.

    ``alpha`` and ``power`` are exact; ``expected_n0`` and ``stop_early0`` (PET) hold under p0,
    ``expected_n1`` and ``stop_early1`` under p1.
    """  # noqa: D205

    r1: int
    n1: int
    r: int
    n: int
    p0: float
    p1: float
    alpha: float
    power: float
    expected_n0: float
    stop_early0: float
    expected_n1: float
    stop_early1: float


@dataclass(frozen=True, slots=True)
class Admissible:
    """A design that is best for weights ``low`` to ``high`` of the maximum against the expected n.

    At weight w it minimises ``w n + (1 - w) E(n | p0)`` (Jung, Lee, Kim & George 2004).
    """

    design: TwoStage
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Simon:
    """Designs for one question.

    ``best_by_n`` holds, in order of the maximum n, the designs with a smaller expected n than any
    smaller trial has; every optimal or admissible design is among them.
    """

    optimal: TwoStage
    minimax: TwoStage
    admissible: tuple[Admissible, ...]
    best_by_n: tuple[TwoStage, ...]


def simon(
    p0: float, p1: float, *, alpha: float = 0.05, power: float = 0.8, watch: Watch = SILENT
) -> Simon:
    """Optimal, minimax and admissible two-stage designs (Simon 1989; Jung et al. 2004).

    Parameters
    ----------
    p0, p1 : float
        Uninteresting and hoped-for response rate.
    alpha, power : float
        One-sided level and power; exact, never exceeded or missed.
    watch : Watch
        Looked at for every size.

    Raises
    ------
    InputError
        ``p1 <= p0``, rates outside 0 to 1, power below alpha.
    NotEstimable
        Rates so near that more than 600 patients would be needed.
    """
    check = Requirements()
    check.errors(alpha, power)
    if check.rate("p0", p0) & check.rate("p1", p1):
        check.need(p1 > p0, "p1", p1, phrased("a rate above p0 ({p0:g})", p0=p0))
    check.done()
    rough = one_proportion(p0, p1, alpha=alpha, power=power, method="normal").n
    if rough > LARGEST / 1.5:
        message = phrased(
            "p0 {p0:g}, p1 {p1:g}: more than {largest} patients may be needed",
            p0=p0,
            p1=p1,
            largest=LARGEST,
        )
        raise NotEstimable(message)
    found: list[TwoStage] = []
    best = np.inf
    n = 2
    search = _Search(p0, p1, alpha, power)
    while True:
        watch.done(0)
        one = search.best_of(n, best)
        if one is not None:
            found.append(one)
            best = one.expected_n0
        # No larger n has a smaller expected n: its bound only grows with n.
        if search.bound(n + 1) >= best:
            break
        n += 1
        if n > LARGEST:
            message = phrased(
                "p0 {p0:g}, p1 {p1:g}: more than {largest} patients may be needed",
                p0=p0,
                p1=p1,
                largest=LARGEST,
            )
            raise NotEstimable(message)
    optimal = found[-1]
    return Simon(optimal, found[0], _hull(found), tuple(found))


def two_stage(r1: int, n1: int, r: int, n: int, p0: float, p1: float) -> TwoStage:
    """Exact characteristics of a given design.

    Raises
    ------
    InputError
        Sizes or limits that are no design.
    """
    check = Requirements()
    check.rate("p0", p0)
    check.rate("p1", p1)
    check.need(0 < n1 < n, "n1", n1, phrased("a first stage from 1 to n - 1 ({n})", n=n - 1))
    check.need(-1 <= r1 < n1, "r1", r1, phrased("a limit below n1 ({n1})", n1=n1))
    check.need(r1 <= r < n, "r", r, phrased("a limit from r1 to n - 1 ({n})", n=n - 1))
    check.done()
    stop0, stop1 = (float(special.bdtr(r1, n1, p)) if r1 >= 0 else 0.0 for p in (p0, p1))
    reach = [_rejection(r1, n1, r, n, p) for p in (p0, p1)]
    size = [n1 + (1 - stop) * (n - n1) for stop in (stop0, stop1)]
    return TwoStage(
        r1, n1, r, n, p0, p1, reach[0], reach[1], size[0], stop0, size[1], stop1
    )  # fmt: skip


def _rejection(r1: int, n1: int, r: int, n: int, p: float) -> float:
    x1 = np.arange(r1 + 1, n1 + 1)
    return float(binomial(n1, p)[r1 + 1 :] @ upper_tail(r - x1, n - n1, p))


class _Search:
    """Tables of binomial probabilities, grown as n grows, and the search at one n."""

    def __init__(self, p0: float, p1: float, alpha: float, power: float) -> None:
        self.p0, self.p1, self.alpha, self.power = p0, p1, alpha, power
        self.room = 0
        self._grow(64)

    def _grow(self, room: int) -> None:
        """Probabilities b[n, x] and tails P(X > x), x from -room to room, for n below ``room``."""
        n = np.arange(room)[:, None]
        x = np.arange(room)[None, :]
        self.density: list[Array] = []
        self.tail: list[Array] = []
        choose = special.gammaln(n + 1) - special.gammaln(x + 1)
        choose = choose - special.gammaln(np.maximum(n - x, 0) + 1)
        going: list[Array] = []
        for p in (self.p0, self.p1):
            logs = choose + special.xlogy(x, p) + special.xlog1py(np.maximum(n - x, 0), -p)
            density = np.where(x <= n, np.exp(logs), 0.0)
            # Summed from the top, so that small tails keep their digits.
            above = np.cumsum(density[:, ::-1], axis=1)[:, ::-1]
            beyond = np.concatenate([above[:, 1:], np.zeros((room, 1))], axis=1)
            self.density.append(density)
            self.tail.append(np.concatenate([np.ones((room, room)), beyond], axis=1))
            going.append(beyond)
        # Share of trials that the first stage lets pass, by its size and limit.
        self.going0 = going[0]
        # r1 beyond this leaves too little power whatever follows.
        self.allowed = going[1] >= self.power - 1e-12
        self.least_going = np.where(self.allowed, going[0], 1.0).min(axis=1)
        self.room = room

    def bound(self, n: int) -> float:
        """What the expected n of any design with maximum n cannot fall below."""
        self._ensure(n)
        n1 = np.arange(1, n)
        return float((n1 + self.least_going[1:n] * (n - n1)).min())

    def _ensure(self, n: int) -> None:
        if n >= self.room:
            self._grow(max(2 * self.room, n + 1))

    def best_of(self, n: int, below: float) -> TwoStage | None:
        """Feasible design with maximum n and the smallest expected n, if that is ``below``."""
        self._ensure(n)
        top = int((self.tail[1][n, self.room : self.room + n] >= self.power - 1e-12).sum()) - 1
        if top < 0:
            return None
        n1 = np.arange(1, n)
        # A first stage whose expected n cannot come below is not looked at.
        n1 = n1[n1 + self.least_going[1:n] * (n - n1) < below - 1e-9]
        if not len(n1):
            return None
        x = np.arange(int(n1[-1]) + 1)
        first = slice(0, len(x))
        going0, allowed = self.going0[n1, first], self.allowed[n1, first]
        best: tuple[float, int, int, int] | None = None
        for r in range(top, -1, -1):
            # P(X1 = x, X > r), then summed over x above r1: shape (n1, r1).
            chance = []
            for which in (0, 1):
                second = self.tail[which][(n - n1)[:, None], self.room + r - x]
                joint = self.density[which][n1, first] * second
                above = np.cumsum(joint[:, ::-1], axis=1)[:, ::-1]
                chance.append(np.concatenate([above[:, 1:], np.zeros((len(n1), 1))], axis=1))
            level = chance[0] <= self.alpha + 1e-12
            # A smaller r only raises the level: with no stage that keeps it, none will.
            if not (level & allowed).any():
                break
            fits = level & (chance[1] >= self.power - 1e-12) & (x < n1[:, None]) & (x <= r)
            if fits.any():
                expected = n1[:, None] + going0 * (n - n1)[:, None]
                expected = np.where(fits, expected, np.inf)
                i, r1 = np.unravel_index(int(expected.argmin()), expected.shape)
                value = float(expected[i, r1])
                # Ties go to the smaller r: more power at a level still kept.
                if best is None or value <= best[0] + 1e-12:
                    best = value, int(r1), int(n1[i]), r
        if best is None or best[0] >= below - 1e-9:
            return None
        return two_stage(best[1], best[2], best[3], n, self.p0, self.p1)


def _hull(found: list[TwoStage]) -> tuple[Admissible, ...]:
    """Designs on the lower convex hull of (n, expected n), the minimax first."""
    hull: list[TwoStage] = []
    for one in found:
        while len(hull) > 1 and _cross(hull[-2], hull[-1], one) <= 1e-12:
            hull.pop()
        hull.append(one)
    out: list[Admissible] = []
    high = 1.0
    for i, one in enumerate(hull):
        low = 0.0
        if i + 1 < len(hull):
            saved = one.expected_n0 - hull[i + 1].expected_n0
            low = saved / (saved + hull[i + 1].n - one.n)
        out.append(Admissible(one, low, high))
        high = low
    return tuple(out)


def _cross(a: TwoStage, b: TwoStage, c: TwoStage) -> float:
    return (b.n - a.n) * (c.expected_n0 - a.expected_n0) - (b.expected_n0 - a.expected_n0) * (
        c.n - a.n
    )
