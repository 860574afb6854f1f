"""What a prior does in a trial: borrowed controls with exact characteristics, and assurance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.borrowing.mixture import BetaMixture
from hilum.trials.fixed.proportions import binomial
from hilum.trials.fixed.sizes import whole
from hilum.trials.parameters import Requirements
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask
    from hilum.watch import Watch

VAGUE = BetaMixture((1.0,), (1.0,), (1.0,))
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
PANELS = 60
# Sizes looked at, and sizes in a row that are too small after which smaller ones are not tried.
LARGEST, TEETH = 2_000, 12
# Counts of one group decided between two looks at the watch.
ROWS = 100


@dataclass(frozen=True, slots=True)
class BorrowedTrial:
    """A two-group trial whose control borrows from a prior; success region over all counts.

    ``success[x1, x2]`` is whether ``P(p1 - p2 > margin | x1 of n1, x2 of n2) > threshold``.
    """

    n1: int
    n2: int
    control: BetaMixture
    treatment: BetaMixture
    threshold: float
    margin: float
    success: Mask

    def chance(self, p1: float, p2: float) -> float:
        """Exact probability of success at these true rates (the level where p1 = p2)."""
        return float(binomial(self.n1, p1) @ self.success @ binomial(self.n2, p2))

    def assurance(self, treatment: BetaMixture, control: BetaMixture) -> float:
        """Probability of success over independent priors of both rates; exact."""
        return float(treatment.predictive(self.n1) @ self.success @ control.predictive(self.n2))


def borrowed_trial(
    n1: int,
    n2: int,
    control: BetaMixture,
    *,
    treatment: BetaMixture = VAGUE,
    threshold: float = 0.975,
    margin: float = 0.0,
    watch: Watch = SILENT,
) -> BorrowedTrial:
    """Decide every pair of counts by the posterior (Schmidli et al. 2014).

    Parameters
    ----------
    n1, n2 : int
        Patients of treatment and control.
    control : BetaMixture
        Prior of the control rate, usually a robust MAP prior.
    watch : Watch
        Looked at for every :data:`ROWS` counts.

    Raises
    ------
    InputError
        Sizes below 1, a threshold outside 0 to 1.
    """
    check = Requirements()
    check.need(n1 >= 1, "n1", n1, "at least 1 patient")
    check.need(n2 >= 1, "n2", n2, "at least 1 patient")
    check.rate("threshold", threshold)
    check.need(-1 < margin < 1, "margin", margin, "a difference above -1 and below 1")
    check.done()
    p, w = unit_nodes()
    x1, x2 = np.arange(n1 + 1), np.arange(n2 + 1)
    theirs = control.update(x2, n2)
    beyond = np.clip(p + margin, 0.0, 1.0)
    above = np.empty((len(x1), len(p)))
    for first in range(0, len(x1), ROWS):
        watch.done(0)
        rows = slice(first, first + ROWS)
        ours = treatment.update(x1[rows], n1)
        tails = special.betaincc(ours.a[:, None], ours.b[:, None], beyond[:, None])
        above[rows] = (ours.weights[:, None] * tails).sum(-1)
    density = _density(theirs.weights, theirs.a, theirs.b, p)
    return BorrowedTrial(
        n1, n2, control, treatment, threshold, margin, above @ (density * w).T > threshold
    )


def borrowed_size(
    p1: float,
    p2: float,
    control: BetaMixture,
    *,
    power: float = 0.8,
    ratio: float = 2.0,
    threshold: float = 0.975,
    watch: Watch = SILENT,
) -> BorrowedTrial:
    """The smallest trial whose exact power at these true rates is at least ``power``.

    Exact power is a saw-tooth in the size: every size below the first that a coarse search finds
    is tried, down to where :data:`TEETH` in a row fall short.

    Parameters
    ----------
    ratio : float
        Patients on treatment for each new control; controls are rounded up.

    Raises
    ------
    InputError
        Rates outside 0 to 1, or the hoped for not above the control's.
    NotEstimable
        No trial up to :data:`LARGEST` patients on treatment has the power.
    """
    check = Requirements()
    if check.rate("p1", p1) & check.rate("p2", p2):
        check.need(p1 > p2, "p1", p1, phrased("a rate above p2 ({p2:g})", p2=p2))
    check.rate("power", power)
    check.above_zero("ratio", ratio)
    check.done()
    tried: dict[int, BorrowedTrial] = {}

    def reaches(n1: int) -> bool:
        watch.done(0)
        if n1 not in tried:
            n2 = whole(n1 / ratio)
            tried[n1] = borrowed_trial(n1, n2, control, threshold=threshold, watch=watch)
        return tried[n1].chance(p1, p2) >= power

    low, high = 1, 8
    while not reaches(high):
        low, high = high, 2 * high
        if high > LARGEST:
            message = phrased(
                "no trial of up to {most} patients on treatment has a power of {power:g} with "
                "these priors",
                most=LARGEST,
                power=power,
            )
            raise NotEstimable(message)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    best, short = high, 0
    for n1 in range(high - 1, 0, -1):
        short = 0 if reaches(n1) else short + 1
        best = n1 if not short else best
        if short == TEETH:
            break
    return tried[best]


def unit_nodes() -> tuple[Array, Array]:
    """Quadrature on (0, 1), panels crowding towards both ends."""
    edges = (1 - np.cos(np.linspace(0, np.pi, PANELS + 1))) / 2
    width = np.diff(edges)
    p = (edges[:-1, None] + width[:, None] * (_NODES + 1) / 2).ravel()
    return p, (width[:, None] * _WEIGHTS / 2).ravel()


def _density(weights: Array, a: Array, b: Array, p: Array) -> Array:
    logs = special.xlogy(a[:, None] - 1, p[:, None]) + special.xlog1py(b[:, None] - 1, -p[:, None])
    return (weights[:, None] * np.exp(logs - special.betaln(a, b)[:, None])).sum(-1)


def prior_mass(prior: BetaMixture) -> tuple[Array, Array]:
    """Rates and the probability a prior puts at each, for sums that stand for integrals.

    Raises
    ------
    NotEstimable
        A prior too narrow, or too steep at 0 or 1, for the quadrature.
    """
    p, w = unit_nodes()
    weights, a, b = prior.arrays()
    mass = _density(weights[None, :], a[None, :], b[None, :], p)[0] * w
    total = float(mass.sum())
    if not np.isfinite(total) or abs(total - 1) > 1e-6:
        message = "the prior is too narrow or too steep at 0 or 1 for the quadrature"
        raise NotEstimable(message)
    return p, mass / total


def power_prior(
    events: ArrayLike, n: ArrayLike, share: float, *, prior: tuple[float, float] = (1.0, 1.0)
) -> BetaMixture:
    """Beta posterior with the historical likelihood raised to ``share`` (Ibrahim & Chen 2000).

    Raises
    ------
    InputError
        A share outside 0 to 1 (both allowed), or counts that are none.
    """
    x, size = np.atleast_1d(np.asarray(events, float)), np.atleast_1d(np.asarray(n, float))
    check = Requirements()
    check.need(0 <= share <= 1, "share", share, "a share from 0 to 1")
    right = x.shape == size.shape and bool(np.all((x >= 0) & (x <= size)))
    check.need(right, "events", " ".join(f"{v:g}" for v in x), "0 <= events <= n in every study")
    check.done()
    a, b = prior
    return BetaMixture(
        (1.0,), (a + share * float(x.sum()),), (b + share * float((size - x).sum()),)
    )


def assurance(power: Callable[[Array], Array], prior: BetaMixture) -> float:
    """Expected power over a prior of the rate (O'Hagan, Stevens & Campbell 2005).

    ``power`` takes rates, shape (m,), and returns probabilities of the same shape.
    """
    p, mass = prior_mass(prior)
    return float(mass @ power(p))


def assurance_two_proportions(
    n1: float, n2: float, treatment: BetaMixture, control: BetaMixture, *, alpha: float = 0.025
) -> float:
    """Expected power of the pooled z test of two proportions over independent priors."""
    check = Requirements()
    check.above_zero("n1", n1)
    check.above_zero("n2", n2)
    check.errors(alpha, 0.999999)
    check.done()
    za = float(-special.ndtri(alpha))
    p, first = prior_mass(treatment)
    second = prior_mass(control)[1]
    p1, p2 = p[:, None], p[None, :]
    mean = (n1 * p1 + n2 * p2) / (n1 + n2)
    null = np.sqrt(mean * (1 - mean) * (1 / n1 + 1 / n2))
    other = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    power = special.ndtr((p1 - p2 - za * null) / other)
    return float(first @ power @ second)


def assurance_survival(
    events: float,
    hazard_ratio: float,
    sd: float,
    *,
    alpha: float = 0.025,
    ratio: float = 1.0,
) -> float:
    """Expected power of a log-rank test when log(HR) has a normal prior; in closed form.

    ``Phi((-log HR - z s) / sqrt(s^2 + sd^2))`` with ``s^2 = (1 + r)^2 / (r d)`` (Spiegelhalter,
    Abrams & Myles 2004, section 6.5).

    Parameters
    ----------
    hazard_ratio, sd : float
        Median of the prior of the hazard ratio, and standard deviation of its log.
    """
    check = Requirements()
    check.above_zero("events", events)
    check.above_zero("hazard_ratio", hazard_ratio)
    check.not_negative("sd", sd)
    check.above_zero("ratio", ratio)
    check.errors(alpha, 0.999999)
    check.done()
    s = (1 + ratio) / (ratio * events) ** 0.5
    shift = -float(np.log(hazard_ratio)) + float(special.ndtri(alpha)) * s
    return float(special.ndtr(shift / (s**2 + sd**2) ** 0.5))
