"""Simulated trials whose patients are known, and their curves as arrays."""

import numpy as np


def patients(rng, n, median=25.0, shape=1.0, horizon=60.0):
    """Weibull deaths; staggered entry, a few lost, nobody followed beyond the horizon."""
    died = rng.weibull(shape, n) * median / np.log(2) ** (1 / shape)
    left = np.minimum(rng.uniform(15, 80, n), rng.exponential(300, n))
    left = np.minimum(left, horizon)
    return np.minimum(died, left), (died <= left).astype(int)


def kaplan_meier(time, status):
    """By the definition, one death time after the other."""
    when = np.unique(time[status == 1])
    survival, levels = 1.0, []
    for t in when:
        at_risk = (time >= t).sum()
        survival *= 1 - ((time == t) & (status == 1)).sum() / at_risk
        levels.append(survival)
    return when, np.array(levels)


def at(curve, grid):
    when, levels = curve
    return np.concatenate([[1.0], levels])[np.searchsorted(when, grid, side="right")]


def corners(time, status):
    """The lower corner of every step, from (0, 1) to the last follow-up."""
    when, levels = kaplan_meier(time, status)
    last = levels[-1] if len(levels) else 1.0
    return np.r_[0, when, time.max()], np.r_[1, levels, last]


def risk_table(time, width=8.0, end=60.0):
    columns = np.arange(0, end, width)
    return columns, np.array([(time >= t).sum() for t in columns])
