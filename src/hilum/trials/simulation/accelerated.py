"""The survival engine in JAX, for a GPU or TPU; checked against the numpy engine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import MissingExtra, NotEstimable
from hilum.trials.simulation.patients import Patients, arms
from hilum.trials.simulation.survival import SurvivalOutcomes, figures_of
from hilum.trials.simulation.survival_trial import SurvivalTrial
from hilum.trials.simulation.tally import Tally, merge, tally

if TYPE_CHECKING:
    from hilum.trials.simulation.piecewise import Piecewise
    from hilum.trials.simulation.scenario import Trial

NEWTON_STEPS = 6
# Patients of one batch: some twenty arrays of this length must fit the device together.
PATIENTS_A_BATCH = 20_000_000


def _jax() -> Any:
    try:
        import jax
    except ImportError:
        message = "the accelerated engine needs the extra joint: pip install 'hilum[joint]'"
        raise MissingExtra(message) from None
    return jax


def supported(trial: SurvivalTrial) -> None:
    """Refuse what this engine does not cover.

    Raises
    ------
    NotEstimable
        Arrivals at random, or looks by calendar: the numpy engine has them.
    """
    if trial.accrual != "even":
        raise NotEstimable("the accelerated engine has even accrual only; use the numpy engine")
    if trial.look_months:
        raise NotEstimable("the accelerated engine has no looks by calendar; use the numpy engine")


def covered(trial: Trial) -> SurvivalTrial:
    """The trial, when this engine covers it.

    Raises
    ------
    NotEstimable
        Otherwise (see :func:`supported`); a trial of another kind.
    """
    if type(trial) is not SurvivalTrial:
        message = (
            "the accelerated engine has survival trials of two arms only; use the numpy engine"
        )
        raise NotEstimable(message)
    supported(trial)
    return trial


def accelerated_characteristics(
    trial: SurvivalTrial, trials: int, seed: int, *, batch: int | None = None
) -> Tally:
    """Operating characteristics by JAX on its default device, in single precision.

    Parameters
    ----------
    trial : SurvivalTrial
        Without random arrivals and calendar looks.
    trials : int
    seed : int
        Of JAX's own generator: the numbers agree with :func:`survival_characteristics` within
        Monte-Carlo error, not digit by digit.
    batch : int, optional
        Trials on the device at once.

    Raises
    ------
    MissingExtra, NotEstimable
        Without JAX; for a trial that it does not cover.
    """
    jax = _jax()
    supported(trial)
    size = min(trials, batch or max(1, PATIENTS_A_BATCH // trial.patients))
    step = _program(trial, size)
    key = jax.random.key(seed)
    parts: list[Tally] = []
    for number, start in enumerate(range(0, trials, size)):
        found = step(jax.random.fold_in(key, number))
        count = min(size, trials - start)
        out = {name: np.asarray(value)[:count] for name, value in found.items()}
        parts.append(tally(figures_of(trial, _outcomes(trial, out))))
    return merge(parts)


def analyse_accelerated(trial: SurvivalTrial, patients: Patients) -> SurvivalOutcomes:
    """Analyse patients drawn elsewhere, in double precision where JAX has it enabled."""
    jax = _jax()
    supported(trial)
    died = np.zeros_like(patients.event) if patients.died is None else patients.died
    run = jax.jit(lambda *drawn: _analyse(trial, *drawn))
    found = run(patients.arrival, patients.time, patients.event, died, patients.switch)
    return _outcomes(trial, {name: np.asarray(value) for name, value in found.items()})


@cache
def _program(trial: SurvivalTrial, size: int) -> Any:
    jax = _jax()

    def step(key: Any) -> Any:
        return _analyse(trial, *_draw(trial, size, key))

    return jax.jit(step)


def _draw(trial: SurvivalTrial, size: int, key: Any) -> tuple[Any, Any, Any, Any, Any]:
    jax = _jax()
    jnp = jax.numpy
    arm = arms(trial)
    shape = size, trial.patients
    first, second, third, fourth = jax.random.split(key, 4)
    total = jax.random.exponential(first, shape)
    switch = None
    if any(trial.crossover_hazards):
        switch = jax.random.exponential(fourth, shape) * _means(trial.crossover_hazards, arm)
    time = _event_times(trial, total, switch)
    event = jnp.isfinite(time)
    died = jnp.zeros(shape, bool)
    for own, hazards in ((second, trial.competing_hazards), (third, trial.dropout_hazards)):
        if not any(hazards):
            continue
        other = jax.random.exponential(own, shape) * _means(hazards, arm)
        if hazards is trial.competing_hazards:
            died = other < time
            event &= ~died
        else:
            event &= time <= other
            died &= time <= other
        time = jnp.minimum(time, other)
    if switch is not None:
        switch = jnp.where(switch < time, switch, jnp.inf)
    arrival = trial.recruitment.inverse(np.arange(1, trial.patients + 1, dtype=np.float64))
    return jnp.asarray(arrival), time, event, died, switch


def _means(hazards: tuple[float, float], arm: Any) -> Any:
    return np.array([1 / hazard if hazard > 0 else np.inf for hazard in hazards])[arm]


def event_times_accelerated(trial: SurvivalTrial, total: Any, switch: Any) -> Any:
    """Event times from unit exponentials and months of switching drawn elsewhere.

    ``switch`` (None without crossover) is infinite for who never switches; shapes (trials, n).
    """
    run = _jax().jit(lambda *drawn: _event_times(trial, *drawn))
    return np.asarray(run(total, switch))


def _event_times(trial: SurvivalTrial, total: Any, switch: Any) -> Any:
    """Months to the event; from a switch on the hazard is the other arm's at that month."""
    jnp = _jax().numpy
    arm = arms(trial)
    found = [_inverse(jnp, hazard, total) for hazard in trial.hazards]
    if switch is not None:
        # Where nobody switches the month is infinite: any finite one keeps the sums defined.
        at = jnp.where(jnp.isfinite(switch), switch, 0.0)
        for group in (0, 1):
            if trial.crossover_hazards[group] > 0:
                own, other = trial.hazards[group], trial.hazards[1 - group]
                rest = jnp.maximum(total - _cumulative(jnp, own, at), 0.0)
                after = _inverse(jnp, other, rest + _cumulative(jnp, other, at))
                found[group] = jnp.where(found[group] <= switch, found[group], after)
    return jnp.where(arm == 1, found[1], found[0])


def _cumulative(jnp: Any, steps: Piecewise, t: Any) -> Any:
    out = jnp.zeros_like(t)
    ends = (*steps.breaks, np.inf)
    for rate, start, end in zip(steps.rates, steps.starts, ends, strict=True):
        out = out + rate * jnp.clip(t - start, 0.0, end - start)
    return out


def _inverse(jnp: Any, steps: Piecewise, total: Any) -> Any:
    out = jnp.full_like(total, jnp.inf)
    for rate, start, before in zip(steps.rates, steps.starts, steps.before, strict=True):
        there = start + (total - before) / rate if rate > 0 else jnp.inf
        out = jnp.where(total > before, there, out)
    return out


def _analyse(
    trial: SurvivalTrial, arrival: Any, time: Any, event: Any, died: Any, switch: Any
) -> Any:
    """Every look of every trial, and of these the one that ends it."""
    jnp = _jax().numpy
    ended = arrival + time
    shown = jnp.sort(jnp.where(event, ended, jnp.inf), axis=1)
    cuts = shown[:, np.array(trial.events) - 1]
    latest = trial.maximum_months - trial.lag_months
    short = (cuts > latest) | jnp.isinf(cuts)
    over = jnp.where(jnp.isfinite(ended), ended, latest).max(axis=1)
    cuts = jnp.minimum(jnp.where(jnp.isinf(cuts), over[:, None], cuts), latest)
    size = time.shape[0]
    chosen: dict[str, Any] = {}
    running = jnp.ones(size, bool)
    for look in range(trial.looks):
        cut = cuts[:, look]
        seen = jnp.minimum(time, cut[:, None] - arrival)
        known = event & (ended <= cut[:, None])
        z, beta, events = _log_rank(jnp, trial, seen, known)
        measured = jnp.abs(z) if trial.sided == 2 else z
        success = measured >= trial.efficacy[look]
        last = look == trial.looks - 1
        futile = jnp.zeros(size, bool)
        if trial.futility and not last:
            futile = ~success & (z < trial.futility[look])
        here = {
            "look": jnp.full(size, look),
            "rejected": success,
            "futile": futile,
            "z": z,
            "log_hazard_ratio": beta,
            "events": events,
            "cut": cut,
            "short": short[:, look],
        }
        ends = running & (success | futile | last)
        chosen = {
            name: jnp.where(ends, value, chosen.get(name, value)) for name, value in here.items()
        }
        running &= ~ends
    chosen["died"] = (died & (ended <= chosen["cut"][:, None])).sum(axis=1)
    if switch is not None:
        chosen["switched"] = (arrival + switch <= chosen["cut"][:, None]).sum(axis=1)
    return chosen


def _log_rank(jnp: Any, trial: SurvivalTrial, seen: Any, known: Any) -> tuple[Any, Any, Any]:
    """Z, log hazard ratio and events of each trial; continuous times, so no ties."""
    lax = _jax().lax
    n = trial.patients
    arm = jnp.broadcast_to(jnp.asarray(arms(trial), seen.dtype), seen.shape)
    # Those to come have times below 0 and precede; inf sorts last, where nobody has events.
    _, event, group = lax.sort((seen, known.astype(seen.dtype), arm), dimension=1, num_keys=1)
    counted = jnp.cumsum(group, axis=1)
    share = (counted[:, -1:] - counted + group) / jnp.arange(n, 0, -1)
    own = (event * group).sum(axis=1)
    events = event.sum(axis=1)
    weight = event * share
    u = own - weight.sum(axis=1)
    v = (weight * (1 - share)).sum(axis=1)
    z = -u / jnp.sqrt(jnp.where(v > 0, v, 1.0))
    finite = (own > 0) & (own < events) & (v > 0)
    beta = jnp.where(finite, u / jnp.where(v > 0, v, 1.0), 0.0).clip(-3.0, 3.0)
    for _ in range(NEWTON_STEPS):
        odds = jnp.exp(beta)[:, None]
        p = share * odds / (share * (odds - 1) + 1)
        weight = event * p
        second = (weight * (1 - p)).sum(axis=1)
        step = (own - weight.sum(axis=1)) / jnp.where(second > 0, second, 1.0)
        beta += jnp.where(finite, step, 0.0).clip(-2.0, 2.0)
    return z, jnp.where(finite, beta, jnp.nan), events


def _outcomes(trial: SurvivalTrial, found: dict[str, Any]) -> SurvivalOutcomes:
    """Recruitment and duration, on this side, from the cut of each trial."""
    arrival = trial.recruitment.inverse(np.arange(1, trial.patients + 1, dtype=np.float64))
    months = found["cut"].astype(np.float64) + trial.lag_months
    # Single precision must not turn away the patient whose arrival is the cut.
    recruited = np.searchsorted(arrival, months * (1 + 1e-6), side="right")
    recruited = np.clip(recruited, 1, trial.patients)
    of_arm = np.concatenate([[0], np.cumsum(arms(trial))])
    died = found["died"] / recruited if any(trial.competing_hazards) else None
    return SurvivalOutcomes(
        found["look"],
        found["rejected"],
        found["futile"],
        found["z"],
        found["log_hazard_ratio"],
        recruited.astype(np.float64),
        found["events"],
        months,
        of_arm[recruited] / recruited,
        found["short"],
        died,
        found["switched"] / recruited if "switched" in found else None,
    )
