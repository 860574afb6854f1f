"""Trials under any two hazards, judged by MaxCombo tests or restricted mean survival times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.fixed.course import Course, Hazard
    from hilum.watch import Watch

# Patients drawn at once.
PART = 400_000


@dataclass(frozen=True, slots=True)
class Rejected:
    """Share of trials that reject, with its Monte-Carlo error; that of the log-rank test beside."""

    power: float
    error: float
    logrank: float
    trials: int
    seed: int


def simulated_nonproportional(
    treatment: Hazard,
    control: Hazard,
    course: Course,
    n1: int,
    n2: int,
    *,
    method: Literal["maxcombo", "rmst"],
    critical: float,
    plain: float,
    weights: Sequence[tuple[float, float]] = (),
    horizon: float = 0.0,
    trials: int = 2_000,
    seed: int = 1,
    watch: Watch = SILENT,
) -> Rejected:
    """Simulate trials analysed in their planned last month.

    Uniform accrual, exponential drop-out, times by inverting the cumulative hazards.

    Parameters
    ----------
    critical, plain : float
        What the statistic, and the log-rank statistic, must reach.
    """
    size = n1 + n2
    rng = np.random.default_rng(seed)
    arm = np.concatenate([np.ones(n1), np.zeros(n2)])
    passed = other = done = 0
    while done < trials:
        watch.done(0)
        part = min(trials - done, max(1, PART // size))
        time, event = _followed(rng, treatment, control, course, part, n1, n2)
        one = _Sorted(time, event, arm)
        z = one.combo(weights).max(axis=1) if method == "maxcombo" else one.mean_difference(horizon)
        passed += int((z >= critical).sum())
        other += int((one.combo(((0.0, 0.0),))[:, 0] >= plain).sum())
        done += part
    power = passed / trials
    error = float((power * (1 - power) / trials) ** 0.5)
    return Rejected(power, error, other / trials, trials, seed)


def _followed(
    rng: np.random.Generator, treatment: Hazard, control: Hazard, course: Course, part: int,
    n1: int, n2: int,
) -> tuple[Array, Mask]:  # fmt: skip
    """Times of follow-up and whether they end with the event."""
    spent = rng.exponential(1.0, (part, n1 + n2))
    time = np.hstack([inverse(treatment, spent[:, :n1]), inverse(control, spent[:, n1:])])
    arrival = rng.uniform(0, course.accrual, time.shape) if course.accrual else 0.0
    end = course.total - np.broadcast_to(arrival, time.shape)
    if course.drop_out:
        end = np.minimum(end, rng.exponential(1 / course.drop_out_rate, time.shape))
    return np.minimum(time, end), time <= end


def inverse(hazard: Hazard, spent: Array) -> Array:
    """Times at which cumulative hazards reach these values."""
    starts, rates = np.asarray(hazard.starts), np.asarray(hazard.rates)
    reached = hazard.cumulative(starts)
    piece = np.searchsorted(reached, spent, "right") - 1
    return starts[piece] + (spent - reached[piece]) / np.maximum(rates[piece], 1e-300)


def statistic(
    time: Array, event: Mask, arm: Array, weights: Sequence[tuple[float, float]],
    horizon: float | None,
) -> Array:  # fmt: skip
    """The largest weighted log-rank statistic of each trial, or that of restricted means.

    Parameters
    ----------
    time, event : ndarray, shape (trials, n)
        Follow-up and whether it ends with the event; 0 without one of who is not there.
    arm : ndarray, shape (n,)
        1 in the treatment group.
    horizon : float or None
        Months over which means are restricted; log-rank statistics where None.
    """
    one = _Sorted(time, event, arm)
    return one.combo(weights).max(axis=1) if horizon is None else one.mean_difference(horizon)


class _Sorted:
    """Patients of each trial in rising order of time, continuous so that no two tie."""

    def __init__(self, time: Array, event: Mask, arm: Array) -> None:
        order = np.argsort(time, axis=1)
        self.time = np.take_along_axis(time, order, 1)
        self.event = np.take_along_axis(event, order, 1).astype(float)
        self.arm = arm[order]
        n = time.shape[1]
        self.at_risk = np.arange(n, 0, -1, dtype=float)
        self.treated = np.cumsum(self.arm[:, ::-1], axis=1)[:, ::-1]

    def combo(self, weights: Sequence[tuple[float, float]]) -> Array:
        """Standardised weighted log-rank statistics, above 0 where the treatment is better."""
        share = self.treated / self.at_risk
        steps = 1 - self.event / self.at_risk
        left = np.cumprod(steps, axis=1) / np.where(steps > 0, steps, 1.0)
        left = np.where(steps > 0, left, 0.0)
        out: list[Array] = []
        for rho, gamma in weights:
            weight = self.event * left**rho * (1 - left) ** gamma
            score = (weight * (share - self.arm)).sum(axis=1)
            spread = (weight**2 * share * (1 - share)).sum(axis=1)
            out.append(np.where(spread > 0, score / np.sqrt(np.where(spread > 0, spread, 1)), 0.0))
        return np.stack(out, axis=1)

    def mean_difference(self, horizon: float) -> Array:
        """Difference of restricted means over its error by Greenwood's formula."""
        value, spread = 0.0, 0.0
        for group, at_risk in (
            (self.arm, self.treated),
            (1 - self.arm, self.at_risk - self.treated),
        ):
            died = self.event * group * (self.time <= horizon)
            room = np.where(at_risk > 0, at_risk, 1.0)
            left = np.cumprod(1 - died / room, axis=1)
            until = np.minimum(self.time, horizon)
            width = np.diff(until, axis=1, append=horizon)
            after = np.cumsum((left * width)[:, ::-1], axis=1)[:, ::-1]
            area = until[:, 0] + after[:, 0]
            rest = np.where(room > died, room - died, 1.0)
            variance = (after**2 * died / (room * rest)).sum(axis=1)
            value = value + area * (1 if group is self.arm else -1)
            spread = spread + variance
        return np.where(spread > 0, value / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)
