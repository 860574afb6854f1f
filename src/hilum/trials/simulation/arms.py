"""Simulating multi-arm multi-stage survival trials, arms dropped stage by stage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hilum.trials.simulation.logrank import log_hazard_ratio, log_rank, risk_table
from hilum.trials.simulation.tally import Tally, merge, tally

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.simulation.arms_trial import ArmsTrial

# Patients held at once, as in the two-arm engine.
BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class ArmsOutcomes:
    """What came of each trial.

    Attributes
    ----------
    passed : ndarray of int, shape (trials, arms)
        Stages that each treatment passed; all of them where it is declared better.
    log_hazard_ratio : ndarray, shape (trials, arms)
        Cox's estimate when it was last judged (of the interim outcome if dropped).
    patients : ndarray, shape (trials, arms + 1)
        Recruited, control first.
    months : ndarray, shape (trials,)
        From the first month of recruitment to the last decision.
    look : ndarray of int, shape (trials,)
        Stage (from 0) at which the trial ended.
    short : ndarray of bool, shape (trials,)
        Whether that stage was judged before its events came.
    """

    passed: NDArray[np.int64]
    log_hazard_ratio: Array
    patients: Array
    months: Array
    look: NDArray[np.int64]
    short: Mask


@dataclass(frozen=True, slots=True)
class _Draws:
    """Unit exponentials of each place in the order of recruitment, shape (trials, n) each."""

    progression: Array
    death: Array
    after: Array
    dropout: Array | None


def simulate_arms(
    trial: ArmsTrial, trials: int, seed: int | np.random.SeedSequence
) -> ArmsOutcomes:
    """Simulate and analyse trials; the same seed and number give the same trials."""
    rng = np.random.default_rng(seed)
    size = max(1, BLOCK // trial.patients)
    parts = [_block(trial, min(size, trials - start), rng) for start in range(0, trials, size)]
    names = ArmsOutcomes.__slots__
    return ArmsOutcomes(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )


def _block(trial: ArmsTrial, trials: int, rng: np.random.Generator) -> ArmsOutcomes:
    shape = trials, trial.patients
    draws = _Draws(
        rng.standard_exponential(shape),
        rng.standard_exponential(shape),
        rng.standard_exponential(shape),
        rng.standard_exponential(shape) if trial.dropout_hazard > 0 else None,
    )
    arrival = trial.recruitment.inverse(np.arange(1, trial.patients + 1, dtype=np.float64))
    everyone = (1 << trial.arms) - 1
    left = np.full(trials, everyone)
    arm = _assigned(trial, left, np.zeros(trials, np.int64))
    passed = np.zeros((trials, trial.arms), np.int64)
    ratio = np.full((trials, trial.arms), np.nan)
    patients = np.zeros((trials, trial.arms + 1))
    months, look = np.zeros(trials), np.zeros(trials, np.int64)
    short = np.zeros(trials, np.bool_)
    running = np.arange(trials)
    for stage, events in enumerate(trial.events):
        last = stage == len(trial.events) - 1
        picked = _picked(draws, running)
        time, event = _outcome(trial, picked, arm, interim=not last)
        cut, late = _cut(trial, arrival, arm, time, event, events)
        seen = np.minimum(time, cut[:, None] - arrival)
        known = event & (arrival + time <= cut[:, None])
        remains = left[running]
        keeps = np.zeros_like(remains)
        for k in range(trial.arms):
            judged = np.flatnonzero(remains & (1 << k))
            if not len(judged):
                continue
            beta, z = _compared(arm[judged], seen[judged], known[judged], k + 1)
            good = (
                z >= -special.ndtri(trial.levels[stage])
                if trial.levels
                else beta <= math.log(trial.critical_ratios[stage])
            )
            ratio[running[judged], k] = beta
            passed[running[judged[good]], k] += 1
            keeps[judged[good]] |= 1 << k
        month = cut + trial.lag_months
        ends = (keeps == 0) | last
        done = running[ends]
        come = arrival <= month[ends, None]
        for k in range(trial.arms + 1):
            patients[done, k] = ((arm[ends] == k) & come).sum(axis=1)
        months[done], look[done], short[done] = month[ends], stage, late[ends]
        left[running] = keeps
        running = running[~ends]
        if not len(running):
            break
        first = np.searchsorted(arrival, month[~ends], side="right")
        later = np.arange(trial.patients) >= first[:, None]
        arm = np.where(later, _assigned(trial, left[running], first), arm[~ends])
    return ArmsOutcomes(passed, ratio, patients, months, look, short)


def _picked(draws: _Draws, rows: NDArray[Any]) -> _Draws:
    if len(rows) == len(draws.death):
        return draws
    dropout = None if draws.dropout is None else draws.dropout[rows]
    return _Draws(draws.progression[rows], draws.death[rows], draws.after[rows], dropout)


@cache
def _blocks(allocation: tuple[int, ...]) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Block of every set of remaining treatments, and its length; each arm spread evenly."""
    arms = len(allocation) - 1
    rows = np.zeros((1 << arms, sum(allocation)), np.int8)
    sizes = np.ones(1 << arms, np.int64)
    for left in range(1 << arms):
        counts = [(0, allocation[0])]
        counts += [(k + 1, allocation[k + 1]) for k in range(arms) if left & (1 << k)]
        places = [((i + 0.5) / count, k) for k, count in counts for i in range(count)]
        sizes[left] = len(places)
        rows[left, : len(places)] = [k for _, k in sorted(places)]
    return rows, sizes


def _assigned(trial: ArmsTrial, left: NDArray[Any], first: NDArray[Any]) -> NDArray[np.int8]:
    """Arm of every place from ``first`` on, in blocks of the arms left; shape (trials, n)."""
    rows, sizes = _blocks(trial.allocation)
    place = (np.arange(trial.patients) - first[:, None]) % sizes[left][:, None]
    return rows[left[:, None], place]


def _outcome(
    trial: ArmsTrial, draws: _Draws, arm: NDArray[np.int8], *, interim: bool
) -> tuple[Array, Mask]:
    """Months to the outcome judged or to the end of follow-up, and whether it was the outcome."""
    group = arm.astype(np.intp)
    death = draws.death / (trial.death_hazard * np.array((1.0, *trial.death_ratios)))[group]
    if trial.progression_hazard > 0:
        rates = trial.progression_hazard * np.array((1.0, *trial.progression_ratios))
        progression = draws.progression / rates[group]
    else:
        progression = np.full(arm.shape, np.inf)
    if interim and trial.interim == "progression":
        time = np.minimum(progression, death)
    else:
        hazard, ratios = trial.after
        after = progression + draws.after / (hazard * np.array((1.0, *ratios)))[group]
        time = np.where(progression < death, after, death)
    if draws.dropout is None:
        return time, np.ones(arm.shape, np.bool_)
    out = draws.dropout / trial.dropout_hazard
    return np.minimum(time, out), time <= out


def _cut(
    trial: ArmsTrial,
    arrival: Array,
    arm: NDArray[np.int8],
    time: Array,
    event: Mask,
    events: int,
) -> tuple[Array, Mask]:
    """Month up to which the look sees, and whether it is short of control events."""
    ended = arrival + time
    own = np.where(event & (arm == 0), ended, np.inf)
    own.sort(axis=1)
    cut = own[:, events - 1]
    latest = trial.maximum_months - trial.lag_months
    short = cut > latest
    if bool(np.isinf(cut).any()):
        short |= np.isinf(cut)
        cut = np.where(np.isinf(cut), ended.max(axis=1), cut)
    return np.minimum(cut, latest), short


def _compared(arm: NDArray[np.int8], seen: Array, known: Mask, own: int) -> tuple[Array, Array]:
    """Cox's log hazard ratio and the log-rank z (positive favours) of one treatment.

    Whoever is in another arm is never at risk.
    """
    others = (arm != 0) & (arm != own)
    table = risk_table(np.where(others, -1.0, seen), known & ~others, (arm == own).astype(np.int8))
    u, v = log_rank(table)
    z = -u / np.sqrt(np.where(v > 0, v, 1.0))
    beta = log_hazard_ratio(table)
    # Without an event in one group the ratio is 0 or infinite: the arm passes, or it does not.
    own_events = (table.event * table.arm).sum(axis=1)
    return np.where(np.isfinite(beta), beta, np.where(own_events > 0, np.inf, -np.inf)), z


def arms_characteristics(
    trial: ArmsTrial, trials: int, seed: int | np.random.SeedSequence
) -> Tally:
    """Operating characteristics as moments over trials.

    Figures: ``family_wise_error`` (a treatment without effect on survival declared better),
    ``power`` (any treatment with an effect declared better) and ``all_power`` (all of them), where
    there are such arms; ``any_success``, ``stopped_at_look_j``, ``patients``, ``months``,
    ``short_of_events``; for each treatment i ``success_arm_i``, ``passed_j_arm_i``,
    ``patients_arm_i`` (0 is control), ``log_hazard_ratio_arm_i`` and, where survival has one true
    ratio, ``bias_log_hazard_ratio_arm_i`` among trials in which the last stage judged it.
    """
    rng = np.random.default_rng(seed)
    size = max(1, BLOCK // trial.patients)
    return merge(
        tally(_figures(trial, _block(trial, min(size, trials - start), rng)))
        for start in range(0, trials, size)
    )


def _figures(trial: ArmsTrial, out: ArmsOutcomes) -> dict[str, Any]:
    stages = len(trial.events)
    success = out.passed == stages
    null = np.array(trial.null_arms)
    figures: dict[str, Any] = {"any_success": success.any(axis=1)}
    if null.any():
        figures["family_wise_error"] = success[:, null].any(axis=1)
    if not null.all():
        figures["power"] = success[:, ~null].any(axis=1)
        figures["all_power"] = success[:, ~null].all(axis=1)
    figures |= {
        "patients": out.patients.sum(axis=1),
        "months": out.months,
        "short_of_events": out.short,
        **{f"stopped_at_look_{j + 1}": out.look == j for j in range(stages)},
        "patients_arm_0": out.patients[:, 0],
    }
    for k, true in enumerate(trial.true_ratios):
        name = f"arm_{k + 1}"
        figures[f"success_{name}"] = success[:, k]
        for j in range(stages - 1):
            figures[f"passed_{j + 1}_{name}"] = out.passed[:, k] > j
        figures[f"patients_{name}"] = out.patients[:, k + 1]
        # An infinite ratio has no mean; the tally leaves out what is not finite.
        last = np.where(out.passed[:, k] >= stages - 1, out.log_hazard_ratio[:, k], np.nan)
        figures[f"log_hazard_ratio_{name}"] = last
        if true is not None:
            figures[f"bias_log_hazard_ratio_{name}"] = last - math.log(true)
    return figures
