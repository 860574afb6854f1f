"""Power of a log-rank test that rests on few events: simulated, since no formula holds there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.trials.simulation.logrank import risk_table

if TYPE_CHECKING:
    from hilum.trials.fixed.course import Course

FEW: Final = 20
"""Events below which the normal approximation of Schoenfeld and Freedman is not relied on."""
TRIALS: Final = 20_000
# Patients drawn in all: larger trials are simulated less often.
MOST: Final = 8_000_000
FEWEST: Final = 2_000
SEED: Final = 20240117


@dataclass(frozen=True, slots=True)
class SimulatedPower:
    """Share of simulated trials that reject, with its Monte-Carlo error."""

    power: float
    error: float
    trials: int
    seed: int


def simulated_power(
    hazard_ratio: float,
    control_median: float,
    course: Course,
    n1: int,
    n2: int,
    *,
    critical: float,
    null: float = 1.0,
    sided: int = 1,
    good: bool = False,
    seed: int = SEED,
) -> SimulatedPower:
    """Simulate trials that are analysed in their planned last month.

    Exponential survival, uniform accrual, exponential drop-out; patients are in the analysis as
    far as they were followed by then. The statistic is the log-rank score against ``null``
    (a margin), divided by its hypergeometric variance; under a margin the expected share of the
    treated is that of their hazards.

    Parameters
    ----------
    n1, n2 : int
        Patients of treatment and control.
    critical : float
        The normal quantile that the statistic is compared with.
    good : bool
        Whether more events on treatment are the good side.
    """
    size = n1 + n2
    trials = int(max(FEWEST, min(TRIALS, MOST // size)))
    rng = np.random.default_rng(seed)
    arm = np.concatenate([np.ones(n1, np.int8), np.zeros(n2, np.int8)])
    rate = np.log(2) / control_median * np.where(arm == 1, hazard_ratio, 1.0)
    rejected, done = 0, 0
    while done < trials:
        part = min(trials - done, max(1, 400_000 // size))
        shape = part, size
        arrival = rng.uniform(0, course.accrual, shape) if course.accrual else np.zeros(shape)
        time = rng.exponential(1.0, shape) / rate
        event = np.ones(shape, np.bool_)
        if course.drop_out:
            leaving = -np.log1p(-course.drop_out) / course.drop_out_time
            out = rng.exponential(1 / leaving, shape)
            event = time <= out
            time = np.minimum(time, out)
        rejected += int(
            _rejects(arrival, time, event, arm, course.total, critical, null, sided, good)
        )
        done += part
    power = rejected / trials
    return SimulatedPower(power, float((power * (1 - power) / trials) ** 0.5), trials, seed)


def _rejects(
    arrival: np.ndarray, time: np.ndarray, event: np.ndarray, arm: np.ndarray, month: float,
    critical: float, null: float, sided: int, good: bool,
) -> int:  # fmt: skip
    """How many of these trials reject at their last month."""
    followed = month - arrival
    seen = event & (time <= followed + 1e-12)
    table = risk_table(np.minimum(time, followed), seen, arm)
    expected = null * table.share / (null * table.share + 1 - table.share)
    score = (table.event * (table.arm - expected)).sum(axis=1)
    variance = (table.event * expected * (1 - expected)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, score / np.sqrt(variance), 0.0)
    z = -z if good else z
    return int((z < -critical).sum() + (int((z > critical).sum()) if sided == 2 else 0))
