"""From points read off a printed curve to the steps of a survival function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import Array, columns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Clicks are good to about half a percentage point (Guyot 2012); more than a whole one is no slip.
SLIP = 0.01
# A curve whose first point lies lower has lost its beginning.
FIRST = 0.9
# Clicks left of zero, as a share of the axis.
LEFT = 0.02


@dataclass(frozen=True, slots=True)
class Staircase:
    """A survival function that is 1 at time 0 and falls at its steps.

    Attributes
    ----------
    time, survival : ndarray, shape (k,)
        When it falls, strictly increasing, and the value from then on.
    end : float
        Last time that was read.
    points_time, points_survival : ndarray, shape (m,)
        Every point as read, in order of time, small rises levelled.
    levelled : float
        Largest change that levelling made.
    """

    time: Array
    survival: Array
    end: float
    points_time: Array
    points_survival: Array
    levelled: float

    def at(self, time: ArrayLike) -> Array:
        """Survival at times, right-continuous."""
        levels = np.concatenate([[1.0], self.survival])
        return levels[np.searchsorted(self.time, np.asarray(time, float), side="right")]

    def before(self, time: ArrayLike) -> Array:
        """Survival just before times."""
        levels = np.concatenate([[1.0], self.survival])
        return levels[np.searchsorted(self.time, np.asarray(time, float), side="left")]


def point_fault(time: Array, survival: Array) -> tuple[int, str, str] | None:
    """The first point that cannot belong to a survival curve, and why; None where all can.

    Parameters
    ----------
    time : ndarray, shape (m,)
        Any unit, from 0.
    survival : ndarray, shape (m,)
        Shares, from 0 to 1.
    """
    wrong = np.flatnonzero(~np.isfinite(time) | ~np.isfinite(survival))
    if len(wrong):
        return int(wrong[0]), "survival", phrased("a finite time and a finite survival")
    longest = float(time.max())
    wrong = np.flatnonzero(time < -LEFT * max(longest, 0.0))
    if len(wrong):
        return int(wrong[0]), "time", phrased("a time from 0")
    wrong = np.flatnonzero((survival < -SLIP) | (survival > 1 + SLIP))
    if len(wrong):
        wanted = phrased("a survival from 0 to 1 (or 0 to 100 throughout)")
        return int(wrong[0]), "survival", wanted
    order = np.lexsort((-survival, time))
    first = order[0]
    if survival[first] < FIRST:
        wanted = phrased("a curve that starts at 1 (add the point at time 0 if it falls at once)")
        return int(first), "survival", wanted
    lowest = np.minimum.accumulate(survival[order])
    rises = np.flatnonzero(survival[order][1:] > lowest[:-1] + SLIP)
    if len(rises):
        at = order[rises[0] + 1]
        before = float(lowest[rises[0]])
        wanted = phrased("a curve that never rises (it was {before:.4g} before)", before=before)
        return int(at), "survival", wanted
    return None


def staircase(time: ArrayLike, survival: ArrayLike) -> Staircase:
    """The steps of a curve given by points, in any order.

    Rises smaller than one percentage point are slips of the hand and are levelled by least
    squares (pool adjacent violators); the drop of a step stands at the time of its point.

    Raises
    ------
    NotEstimable
        Fewer than two points, or a point that cannot belong to a survival curve.
    """
    t, s = columns(time=time, survival=survival)
    if len(t) < 2:
        message = phrased("{number} points: expected at least two", number=len(t))
        raise NotEstimable(message)
    fault = point_fault(t, s)
    if fault is not None:
        row, _, expected = fault
        message = phrased(
            "point {row}: time {t:g}, survival {s:g}: expected {expected}",
            row=row + 1,
            t=t[row],
            s=s[row],
            expected=expected,
        )
        raise NotEstimable(message)
    order = np.lexsort((-s, t))
    t, s = np.maximum(t[order], 0.0), np.clip(s[order], 0.0, 1.0)
    level = _never_rising(s)
    levelled = float(np.abs(level - s).max())
    # Of several points at one time the last, lowest one is the value from then on.
    last = np.append(t[1:] > t[:-1], True)
    when, value = t[last], level[last]
    falls = value < np.concatenate([[1.0], value[:-1]])
    return Staircase(when[falls], value[falls], float(t[-1]), t, level, levelled)


def _never_rising(s: Array) -> Array:
    """Least-squares fit that never rises."""
    if not np.any(s[1:] > s[:-1]):
        return s
    means: list[float] = []
    counts: list[int] = []
    for value in s.tolist():
        mean, count = value, 1
        while means and means[-1] < mean:
            other, many = means.pop(), counts.pop()
            mean = (mean * count + other * many) / (count + many)
            count += many
        means.append(mean)
        counts.append(count)
    return np.repeat(means, counts)
