"""Rules of a Bayesian platform trial: response-adaptive allocation, dropping, graduating.

Pure functions of the data at an analysis, batched over leading axes, so that a simulation can ask
for thousands of trials at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


@dataclass(frozen=True, slots=True)
class PlatformRules:
    """What a platform does at each analysis; arm 0 is the control.

    Parameters
    ----------
    arms : int
        Treatments besides the control.
    burn_in : int
        Patients of each arm before anything adapts.
    batch, n_max : int
        Patients between analyses, and in all.
    drop_below : float
        A treatment is dropped once P(it is better than control by ``margin``) falls below this.
    graduate_above : float
        It graduates (success) once that probability passes this.
    margin : float
        Difference in response rate that counts as better.
    power : float
        Allocation in proportion to P(best)^power; 0 is equal, 1 Thompson's (1933).
        ``"n / 2N"`` tempering (Thall & Wathen 2007) is ``tempered``.
    tempered : bool
        Multiply ``power`` by n / (2 n_max).
    control_share : float or None
        Fixed share of the control; None gives it ``1 / (arms + 1)``.
    least_share : float
        Smallest share of a treatment still open.
    prior_a, prior_b : float
        Beta prior of every arm.
    """

    arms: int
    burn_in: int = 10
    batch: int = 10
    n_max: int = 200
    drop_below: float = 0.05
    graduate_above: float = 0.975
    margin: float = 0.0
    power: float = 1.0
    tempered: bool = False
    control_share: float | None = None
    least_share: float = 0.05
    prior_a: float = 1.0
    prior_b: float = 1.0

    def __post_init__(self) -> None:
        check = Requirements()
        check.need(1 <= self.arms <= 20, "arms", self.arms, "from 1 to 20 treatments")
        check.need(self.burn_in >= 1, "burn_in", self.burn_in, "at least 1 patient")
        check.need(self.batch >= 1, "batch", self.batch, "at least 1 patient")
        least = self.burn_in * (self.arms + 1)
        check.need(
            self.n_max >= least,
            "n_max",
            self.n_max,
            phrased("at least the burn-in ({least})", least=least),
        )
        check.need(0 <= self.drop_below < 1, "drop_below", self.drop_below, "from 0 to below 1")
        check.need(
            self.drop_below < self.graduate_above <= 1,
            "graduate_above",
            self.graduate_above,
            phrased("above drop_below ({drop_below:g}) to 1", drop_below=self.drop_below),
        )
        check.need(-1 < self.margin < 1, "margin", self.margin, "a difference above -1 and below 1")
        check.not_negative("power", self.power)
        share = self.control_share
        check.need(
            share is None or 0 < share < 1, "control_share", share, "a share above 0 and below 1"
        )
        check.need(
            0 <= self.least_share <= (1 - (share or 1 / (self.arms + 1))) / self.arms + 1e-12,
            "least_share", self.least_share, "a share that all open treatments can have",
        )  # fmt: skip
        check.above_zero("prior_a", self.prior_a)
        check.above_zero("prior_b", self.prior_b)
        check.done()


def better_than_control(rules: PlatformRules, events: ArrayLike, n: ArrayLike) -> Array:
    """P(rate of arm > rate of control + margin), shape (..., arms).

    Parameters
    ----------
    events, n : array_like, shape (..., arms + 1)
        Responders and patients so far, the control first.
    """
    a, b = _posterior(rules, events, n)
    p, w = _points(a[..., :1], b[..., :1])
    beyond = np.clip(p + rules.margin, 0.0, 1.0)
    tail = special.betaincc(a[..., 1:, None], b[..., 1:, None], beyond[..., None, :])
    return (tail * w[..., None, :]).sum(-1)


def best_arm(rules: PlatformRules, events: ArrayLike, n: ArrayLike) -> Array:
    """P(arm has the highest rate among the treatments), shape (..., arms); sums to 1."""
    a, b = _posterior(rules, events, n)
    a, b = a[..., 1:], b[..., 1:]
    out = np.empty(a.shape)
    for k in range(a.shape[-1]):
        p, w = _points(a[..., k : k + 1], b[..., k : k + 1])
        below = np.ones(p.shape)
        for j in range(a.shape[-1]):
            if j != k:
                below = below * special.betainc(a[..., j, None], b[..., j, None], p)
        out[..., k] = (below * w).sum(-1)
    return out / out.sum(-1, keepdims=True)


def allocation(rules: PlatformRules, events: ArrayLike, n: ArrayLike, is_open: ArrayLike) -> Array:
    """Shares of the next patients, shape (..., arms + 1), the control first; rows sum to 1.

    ``is_open``, shape (..., arms), marks treatments neither dropped nor graduated. Where none is
    open every share is 0.
    """
    return shares(rules, best_arm(rules, events, n), n, is_open)


def shares(rules: PlatformRules, best: ArrayLike, n: ArrayLike, is_open: ArrayLike) -> Array:
    """The same from chances to be best (:func:`best_arm`) that are known."""
    size = np.asarray(n, float)
    open_arms = np.asarray(is_open, bool)
    control = rules.control_share or 1 / (rules.arms + 1)
    power = np.full((*size.shape[:-1], 1), rules.power)
    if rules.tempered:
        power = power * size.sum(-1, keepdims=True) / (2 * rules.n_max)
    weight = np.where(open_arms, np.asarray(best, float) ** power, 0.0)
    burning = (size < rules.burn_in).any(-1, keepdims=True)
    weight = np.where(burning, open_arms.astype(float), weight)
    total = weight.sum(-1, keepdims=True)
    count = open_arms.sum(-1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)
    floor = np.minimum(rules.least_share / (1 - control), 1 / np.maximum(count, 1))
    share = np.where(open_arms, floor + share * (1 - floor * count), 0.0)
    any_open = count > 0
    return np.concatenate([np.where(any_open, control, 0.0), (1 - control) * share], axis=-1)


def decide(
    rules: PlatformRules, events: ArrayLike, n: ArrayLike, is_open: ArrayLike
) -> tuple[Mask, Mask]:
    """Treatments that graduate and that are dropped at this analysis, shape (..., arms) each.

    Nothing is decided of an arm before its burn-in is complete.
    """
    return decisions(rules, better_than_control(rules, events, n), n, is_open)


def decisions(
    rules: PlatformRules, better: ArrayLike, n: ArrayLike, is_open: ArrayLike
) -> tuple[Mask, Mask]:
    """The same from chances to be better (:func:`better_than_control`) that are known."""
    size, chance = np.asarray(n, float), np.asarray(better, float)
    ready = np.asarray(is_open, bool) & (size[..., 1:] >= rules.burn_in)
    return ready & (chance > rules.graduate_above), ready & (chance < rules.drop_below)


def _posterior(rules: PlatformRules, events: ArrayLike, n: ArrayLike) -> tuple[Array, Array]:
    x, size = np.asarray(events, float), np.asarray(n, float)
    if x.shape != size.shape or x.shape[-1] != rules.arms + 1:
        message = phrased(
            "events {shape} and n {shape_2}: expected (..., {arms}) both",
            shape=x.shape,
            shape_2=size.shape,
            arms=rules.arms + 1,
        )
        raise NotEstimable(message)
    if bool(np.any((x < 0) | (x > size))):
        message = "events must lie from 0 to n in every arm"
        raise NotEstimable(message)
    return x + rules.prior_a, size - x + rules.prior_b


def _points(a: Array, b: Array) -> tuple[Array, Array]:
    """Quadrature of a beta density over its bulk, shape (..., points); the weights sum to 1."""
    low = special.betaincinv(a, b, 1e-14)
    high = special.betaincinv(a, b, 1 - 1e-14)
    p = low + (high - low) * (_NODES + 1) / 2
    w = _WEIGHTS * np.exp(special.xlogy(a - 1, p) + special.xlog1py(b - 1, -p)
                          - special.betaln(a, b)) * (high - low) / 2  # fmt: skip
    return p, w / w.sum(-1, keepdims=True)
