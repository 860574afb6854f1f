"""Log-rank statistics of many trials at once: one sort a trial, then cumulative counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask

# Times are ordered like the integers of their bits (below 0 in reverse, which is immaterial), so
# the two lowest bits of the mantissa (4e-16 of the value) can carry arm and censoring through a
# plain sort of values, several times as fast as sorting places and gathering.
ARM, CENSORED = 1, 2
TIME, TIME_STEP = ~3, 3


@dataclass(frozen=True, slots=True)
class RiskTable:
    """Patients of each trial in rising order of time; events before censorings at one time.

    Attributes
    ----------
    event, arm : ndarray, shape (trials, n)
        1.0 at an event; 1.0 in the experimental arm.
    share : ndarray, shape (trials, n)
        Share of the experimental arm among those at risk just before this time.
    inflation : ndarray, shape (trials, n), or None
        (r - d) / (r - 1), the hypergeometric variance's factor; None where no two events tie.
    """

    event: Array
    arm: Array
    share: Array
    inflation: Array | None


def risk_table(time: Array, event: Mask, arm: NDArray[Any]) -> RiskTable:
    """Sort each trial and count who is at risk.

    Parameters
    ----------
    time : ndarray, shape (trials, n)
        Follow-up in months; inf is allowed. Patients not in the trial yet have a time below 0 and
        no event: they precede, so they are never at risk.
    event : ndarray of bool, shape (trials, n)
    arm : ndarray of 0 and 1, shape (n,) or (trials, n)
        1 in the experimental arm.
    """
    n = time.shape[1]
    keys = np.ascontiguousarray(time, np.float64).view(np.int64) & TIME
    keys |= np.where(event, np.int64(0), np.int64(CENSORED))
    keys |= arm.astype(np.int64)
    keys.sort(axis=1)
    group = (keys & ARM).astype(np.float64)
    events = ((keys & CENSORED) == 0).astype(np.float64)
    at_risk = np.arange(n, 0, -1, dtype=np.float64)
    of_arm = np.cumsum(group, axis=1)
    np.subtract(of_arm[:, -1:] + group, of_arm, out=of_arm)
    # Neighbours within one step of the masked bits may tie; continuous times never get here.
    if n > 1 and bool((keys[:, 1:] - keys[:, :-1]).min() <= TIME_STEP):
        keys &= TIME
        tied = keys[:, 1:] == keys[:, :-1]
        if bool((tied & (events[:, 1:] > 0)).any()):
            return _tied(tied, events, group, of_arm, at_risk)
    of_arm *= 1 / at_risk
    return RiskTable(events, group, of_arm, None)


def _tied(tied: Mask, events: Array, group: Array, of_arm: Array, at_risk: Array) -> RiskTable:
    """Everyone of a run of equal times is at risk as at its start (Mantel 1966)."""
    trials, n = events.shape
    new = np.concatenate([np.ones((trials, 1), np.bool_), ~tied], axis=1)
    start = np.maximum.accumulate(np.where(new, np.arange(n), 0), axis=1)
    last = np.concatenate([new[:, 1:], np.ones((trials, 1), np.bool_)], axis=1)
    end = np.where(last, np.arange(n), n)
    end = np.minimum.accumulate(end[:, ::-1], axis=1)[:, ::-1]
    total = np.concatenate([np.zeros((trials, 1)), np.cumsum(events, axis=1)], axis=1)
    deaths = np.take_along_axis(total, end + 1, 1) - np.take_along_axis(total, start, 1)
    risk = at_risk[start]
    share = np.take_along_axis(of_arm, start, 1) / risk
    inflation = np.where(risk > 1, (risk - deaths) / np.maximum(risk - 1, 1.0), 0.0)
    return RiskTable(events, group, share, inflation)


def log_rank(table: RiskTable) -> tuple[Array, Array]:
    """Observed minus expected events of the experimental arm, and its variance (Mantel 1966).

    Returns
    -------
    u, v : ndarray, shape (trials,)
        ``u / sqrt(v)`` is standard normal where hazards are equal; negative favours the
        experimental arm.
    """
    weight = table.event * table.share
    u = np.einsum("ij,ij->i", table.event, table.arm) - weight.sum(axis=1)
    rest = 1.0 - table.share
    if table.inflation is not None:
        rest = rest * table.inflation
    return u, np.einsum("ij,ij->i", weight, rest)


def log_hazard_ratio(table: RiskTable) -> Array:
    """Cox's estimate of the log hazard ratio with one covariate, the arm (Breslow's ties).

    Newton's steps start from Peto's u / v (Yusuf 1985) and end where all are below 1e-9, after a
    dozen at most. NaN where an arm has no event: the estimate is not finite.
    """
    u, v = log_rank(table)
    events = table.event.sum(axis=1)
    own = np.einsum("ij,ij->i", table.event, table.arm)
    finite = (own > 0) & (own < events) & (v > 0)
    beta = np.where(finite, u / np.where(v > 0, v, 1.0), 0.0).clip(-3.0, 3.0)
    share, event = table.share, table.event
    if len(events) and bool((events == events[0]).all()) and events[0] > 0:
        # Event-driven looks: only the places of events carry terms, and all trials have as many.
        share = share[event > 0].reshape(len(events), int(events[0]))
        event = None
    for _ in range(12):
        odds = np.exp(beta)[:, None]
        p = share * odds
        p /= share * (odds - 1) + 1
        if event is None:
            first = own - p.sum(axis=1)
            second = -np.einsum("ij,ij->i", p, p) + p.sum(axis=1)
        else:
            weight = event * p
            first = own - weight.sum(axis=1)
            second = np.einsum("ij,ij->i", weight, 1.0 - p)
        step = np.where(finite, first / np.where(second > 0, second, 1.0), 0.0).clip(-2.0, 2.0)
        beta = beta + step
        if not bool((np.abs(step) > 1e-9).any()):
            break
    return np.where(finite, beta, np.nan)
