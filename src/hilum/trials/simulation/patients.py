"""Drawing the patients of many trials at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.simulation.survival_trial import SurvivalTrial


@dataclass(frozen=True, slots=True)
class Patients:
    """What would happen to each patient if nobody stopped the trial.

    Attributes
    ----------
    arrival : ndarray, shape (n,) or (trials, n)
        Calendar month of randomisation, rising.
    arm : ndarray of 0 and 1, shape (n,)
        1 in the experimental arm; the same places in every trial.
    time : ndarray, shape (trials, n)
        Months from randomisation to the end of follow-up.
    event : ndarray of bool, shape (trials, n)
        Whether it ended with the event.
    died : ndarray of bool, shape (trials, n), or None
        Whether it ended with death from another cause; None where there is none.
    switch : ndarray, shape (trials, n), or None
        Months from randomisation to a change of treatment; inf where follow-up ends before.
    """

    arrival: Array
    arm: NDArray[np.int8]
    time: Array
    event: Mask
    died: Mask | None
    switch: Array | None


def arms(trial: SurvivalTrial) -> NDArray[np.int8]:
    """Arm of each place in the order of recruitment, interleaved within blocks."""
    control, experimental = trial.allocation
    size = control + experimental
    # Each arm's patients are spread evenly over the block: 2:1 is 0 1 0, not 0 0 1.
    due = np.floor((np.arange(1, size + 1) * experimental) / size + 0.5)
    block = np.diff(np.concatenate([[0], due])).astype(np.int8)
    return np.tile(block, -(-trial.patients // size))[: trial.patients]


def draw(trial: SurvivalTrial, trials: int, rng: np.random.Generator) -> Patients:
    """Draw patients; the generator is used in a fixed order, so a seed gives the same patients.

    Parameters
    ----------
    trial : SurvivalTrial
    trials : int
    rng : numpy.random.Generator
    """
    shape = trials, trial.patients
    arm = arms(trial)
    arrival = _arrivals(trial, trials, rng)
    time, switch = _event_times(trial, arm, shape, rng)
    event: Mask | None = None
    died: Mask | None = None
    if any(trial.competing_hazards):
        other = _exponential(trial.competing_hazards, arm, shape, rng)
        died = other < time
        event = ~died
        np.minimum(time, other, out=time)
    if any(trial.dropout_hazards):
        out = _exponential(trial.dropout_hazards, arm, shape, rng)
        stayed = time <= out
        event = stayed if event is None else event & stayed
        died = None if died is None else died & stayed
        np.minimum(time, out, out=time)
    if event is None:
        event = np.isfinite(time)
    if switch is not None:
        switch = np.where(switch < time, switch, np.inf)
    return Patients(arrival, arm, time, event, died, switch)


def _arrivals(trial: SurvivalTrial, trials: int, rng: np.random.Generator) -> Array:
    n, rate = trial.patients, trial.recruitment
    if trial.accrual == "even":
        return rate.inverse(np.arange(1, n + 1, dtype=np.float64))
    if trial.accrual == "poisson":
        return rate.inverse(np.cumsum(rng.standard_exponential((trials, n)), axis=1))
    # Order statistics of uniforms as normed partial sums of exponentials (Devroye 1986, V.2.1).
    sums = np.cumsum(rng.standard_exponential((trials, n + 1)), axis=1)
    return rate.inverse(sums[:, :-1] * (n / sums[:, -1:]))


def _exponential(
    hazards: tuple[float, float],
    arm: NDArray[Any],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> Array:
    means = np.array([1 / hazard if hazard > 0 else np.inf for hazard in hazards])[arm]
    return rng.standard_exponential(shape) * means


def _event_times(
    trial: SurvivalTrial, arm: NDArray[Any], shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Array, Array | None]:
    """Event times by inversion of the cumulative hazard, and times of switching if any."""
    total = rng.standard_exponential(shape)
    hazards = trial.hazards
    crossover = trial.crossover_hazards
    if not any(crossover):
        if all(len(one.rates) == 1 for one in hazards):
            rates = np.array([one.rates[0] for one in hazards])[arm]
            with np.errstate(divide="ignore"):
                return total * (1 / rates), None
        out = np.empty(shape)
        for group in (0, 1):
            place = arm == group
            out[:, place] = hazards[group].inverse(total[:, place])
        return out, None
    switch = _exponential(crossover, arm, shape, rng)
    out = np.empty(shape)
    for group in (0, 1):
        place = arm == group
        own, other = hazards[group], hazards[1 - group]
        due, at = total[:, place], switch[:, place]
        found = own.inverse(due)
        if crossover[group] > 0:
            used = own.cumulative(at)
            after = other.inverse(np.maximum(due - used, 0.0) + other.cumulative(at))
            found = np.where(found <= at, found, after)
        out[:, place] = found
    return out, switch
