"""Patients that the interval of a rate of 100 %, or of 0 %, amounts to.

The log-log scale has no variance there, and Greenwood's is 0: limits that say anything are exact
ones. Where all of n patients live the lower limit of Clopper and Pearson (1934) is
(alpha / 2)^(1 / n), so that n = log(alpha / 2) / log(lower); where none lives, alike with 1 - upper
("the rule of three" is the one-sided form: Hanley and Lippman-Hand 1983). The score interval
(Wilson 1927), n / (n + z^2), differs by 4 % at most for 20 patients or more.
"""

from __future__ import annotations

from math import inf, log


def patients_of_extreme(
    value: float, lower: float | None, upper: float | None, level: float
) -> float | None:
    """Number of patients (no whole one) by the limit of a share of exactly 1 or 0.

    None of another share, and where the limit says nothing: none, the other end, or the share
    itself.

    Parameters
    ----------
    level : float
        Coverage of the limits, taken as two-sided.
    """
    if value not in (0.0, 1.0):
        return None
    end = lower if value == 1 else None if upper is None else 1 - upper
    if end is None or not 0 < end < 1:
        return None
    found = log((1 - level) / 2) / log(end)
    return found if found < inf else None
