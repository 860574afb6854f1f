"""Ranking: P-scores, and the probability of each rank by seeded simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.network.fit import Effects, NetworkFit

SmallValues = Literal["desirable", "undesirable"]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Simulated ranks.

    Attributes
    ----------
    probability : ndarray, shape (n, n)
        Row: treatment; column: rank, the best first.
    sucra : ndarray, shape (n,)
        Surface under the cumulative ranking curve (Salanti 2011).
    mean : ndarray, shape (n,)
        Mean rank, 1 the best.
    lower, upper : ndarray, shape (n,)
        Ranks that hold the central share ``level`` of the simulations.
    """

    probability: Array
    sucra: Array
    mean: Array
    lower: Array
    upper: Array


def p_scores(effects: Effects, small_values: SmallValues = "desirable") -> Array:
    """Mean certainty that a treatment beats another (Ruecker & Schwarzer 2015), shape (n,).

    Parameters
    ----------
    effects : Effects
    small_values : {"desirable", "undesirable"}
        Whether a smaller effect is better.
    """
    better = special.ndtr(_sign(small_values) * np.nan_to_num(effects.statistic))
    np.fill_diagonal(better, 0.0)
    return better.sum(1) / (len(better) - 1)


def rank_probabilities(
    fit: NetworkFit,
    small_values: SmallValues = "desirable",
    *,
    seed: int,
    draws: int = 100_000,
    random: bool = True,
) -> Ranks:
    """Ranks of draws from the normal distribution of the estimates.

    Parameters
    ----------
    fit : NetworkFit
    small_values : {"desirable", "undesirable"}
    seed : int
    draws : int
        Monte-Carlo error of a probability is at most 0.5 / sqrt(draws).
    random : bool
        Random effects; common ones otherwise.
    """
    if draws < 1:
        message = phrased("draws {draws}: expected at least 1", draws=draws)
        raise NotEstimable(message)
    solution = fit.solved_random if random else fit.solved
    sign, n = _sign(small_values), fit.n
    root = np.zeros((n, n))
    root[1:, 1:] = np.linalg.cholesky(solution.inverse[1:, 1:])
    rng = np.random.default_rng(seed)
    counts = np.zeros((n, n))
    rows = np.arange(n)
    left = draws
    while left:
        size = min(left, max(1, 2_000_000 // n))
        theta = solution.theta + rng.standard_normal((size, n)) @ root.T
        order = np.argsort(-sign * theta, axis=1)
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.broadcast_to(rows, order.shape), 1)
        counts += np.bincount((rows * n + ranks).ravel(), minlength=n * n).reshape(n, n)
        left -= size
    probability = counts / draws
    cumulative = probability.cumsum(1)
    tail = (1 - fit.level) / 2
    return Ranks(
        probability,
        cumulative[:, :-1].mean(1),
        probability @ (rows + 1.0),
        1.0 + (cumulative < tail).sum(1),
        1.0 + (cumulative < 1 - tail).sum(1),
    )


def _sign(small_values: str) -> float:
    if small_values not in ("desirable", "undesirable"):
        message = phrased(
            "small_values {small_values!r}: expected desirable or undesirable",
            small_values=small_values,
        )
        raise NotEstimable(message)
    return -1.0 if small_values == "desirable" else 1.0
