"""Numbers at risk: from what was printed to counts that a curve can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import Array, columns
from hilum.synthesis.survival.staircase import Staircase

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# A risk table may disagree with the curve by one patient and by one percentage point of survival:
# clicks beside a column of the table fall on either side of it.
SLACK_PATIENTS, SLACK_SURVIVAL = 1.0, 0.01


def risk_fault(
    curve: Staircase, risk_time: Array, risk_n: NDArray[np.int64]
) -> tuple[int, str] | None:
    """The first column of a risk table that contradicts the curve, and why."""
    for j in range(1, len(risk_time)):
        if risk_n[j] > risk_n[j - 1]:
            return j, f"{risk_n[j]} at risk at {risk_time[j]:g} after {risk_n[j - 1]}: never rises"
        # The curve is known at its points: between two it may have fallen at any time.
        before, after = _least_fall(curve, float(risk_time[j - 1]), float(risk_time[j]))
        if before <= 0:
            continue
        n, left = int(risk_n[j - 1]), int(risk_n[j - 1] - risk_n[j])
        deaths = n * (1 - after / before)
        if deaths > left + SLACK_PATIENTS + SLACK_SURVIVAL * n / before:
            return j, (
                f"{n} at risk at {risk_time[j - 1]:g} and {risk_n[j]} at {risk_time[j]:g} "
                f"allow {left} deaths, but the curve falls from {before:.3f} to {after:.3f}, "
                f"which takes {deaths:.1f}"
            )
    after = float(curve.before(risk_time[-1]))
    last = float(curve.survival[-1]) if len(curve.survival) else 1.0
    if risk_n[-1] == 0 and after - last > SLACK_SURVIVAL:
        return len(risk_n) - 1, (
            f"nobody at risk at {risk_time[-1]:g}, but the curve falls from {after:.3f} to "
            f"{last:.3f} after it"
        )
    return None


def _least_fall(curve: Staircase, start: float, stop: float) -> tuple[float, float]:
    """Survival at the first point from ``start`` on, and at the last one before ``stop``."""
    points, levels = curve.points_time, curve.points_survival
    low = int(np.searchsorted(points, start, side="left"))
    high = int(np.searchsorted(points, stop, side="left")) - 1
    if start <= 0:
        return 1.0, float(levels[high]) if high >= 0 else 1.0
    if low >= len(points) or high <= low:
        return float(curve.before(start)), float(curve.before(start))
    return float(levels[low]), float(levels[high])


def risk_table(
    risk_time: ArrayLike | None, risk_n: ArrayLike | None, patients: int | None
) -> tuple[Array, NDArray[np.int64]]:
    """Times and counts from time 0, in order.

    Raises
    ------
    NotEstimable
        A count that is not whole, a time twice or below 0, or no number of patients.
    """
    if (risk_time is None) != (risk_n is None):
        message = "risk_time and risk_n: expected both or neither"
        raise NotEstimable(message)
    if risk_time is None or risk_n is None:
        times, numbers = np.zeros(0), np.zeros(0)
    else:
        times, numbers = columns(risk_time=risk_time, risk_n=risk_n)
    wrong = np.flatnonzero(~np.isfinite(times) | ~(numbers >= 0) | (numbers != np.rint(numbers)))
    if len(wrong):
        at = int(wrong[0])
        message = phrased(
            "risk table, column {at}: {numbers:g} at {times:g}: expected a "
            "whole number from 0 at a time",
            at=at + 1,
            numbers=numbers[at],
            times=times[at],
        )
        raise NotEstimable(message)
    order = np.argsort(times, kind="stable")
    times, counts = times[order], numbers[order].astype(np.int64)
    if np.any(times[1:] == times[:-1]) or np.any(times < 0):
        message = "risk table: expected each time once, from 0"
        raise NotEstimable(message)
    if len(times) == 0 or times[0] > 0:
        if patients is None:
            message = "expected numbers at risk from time 0, or the number of patients"
            raise NotEstimable(message)
        times, counts = np.concatenate([[0.0], times]), np.concatenate([[patients], counts])
    elif patients is not None and patients != counts[0]:
        message = phrased(
            "{patients} patients, but {counts} at risk at time 0",
            patients=patients,
            counts=counts[0],
        )
        raise NotEstimable(message)
    if counts[0] < 1:
        message = phrased("{counts} patients: expected at least one", counts=counts[0])
        raise NotEstimable(message)
    return times, counts.astype(np.int64)
