"""Simulating two-stage survival trials with sample-size re-estimation at the first look."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hilum.trials.simulation.logrank import RiskTable, log_hazard_ratio, log_rank, risk_table
from hilum.trials.simulation.patients import Patients, draw
from hilum.trials.simulation.survival_trial import SurvivalTrial
from hilum.trials.simulation.tally import Tally, merge, tally

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.simulation.reestimated_trial import ReestimatedTrial

BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class ReestimatedOutcomes:
    """What came of each trial; arrays of shape (trials,).

    Attributes
    ----------
    look : ndarray of int
        Analysis (from 0) at which it ended.
    rejected, futile, promising : ndarray of bool
        Null hypothesis rejected; stopped for futility; second stage enlarged.
    unweighted : ndarray of bool
        Whether the ordinary log-rank test would have rejected, which does not keep the level.
    z1, z : ndarray
        Statistic of the first look, and the combined one (the first where it ended there).
    planned_events : ndarray
        Decided on at the first look.
    log_hazard_ratio, patients, events, months : ndarray
        Cox's estimate, and the size when the trial ended.
    short : ndarray of bool
        Whether it ended before its events came.
    """

    look: NDArray[np.int64]
    rejected: Mask
    futile: Mask
    promising: Mask
    unweighted: Mask
    z1: Array
    z: Array
    planned_events: NDArray[np.int64]
    log_hazard_ratio: Array
    patients: Array
    events: Array
    months: Array
    short: Mask


def second_stage(trial: ReestimatedTrial, z1: Array) -> NDArray[np.int64]:
    """Events of the whole trial after the first look, by the rule of Mehta & Pocock 2011.

    The batched form of :func:`hilum.trials.sequential.reestimation.reestimate`, rounded up.
    """
    first, planned = trial.events
    n2, n2_max = planned - first, trial.events_max - first
    share = first / planned
    drift = z1 / math.sqrt(first) if trial.drift is None else np.full(z1.shape, trial.drift)
    needed = (trial.efficacy[1] - math.sqrt(share) * z1) / math.sqrt(1 - share)
    chance = special.ndtr(drift * math.sqrt(n2) - needed)
    grows = (chance >= trial.promising_from) & (chance < trial.conditional_power) & (drift > 0)
    root = needed + float(special.ndtri(trial.conditional_power))
    wanted = (root / np.where(grows, drift, 1.0)) ** 2
    sizes = np.where(grows, np.clip(wanted, n2, n2_max), n2)
    return first + np.ceil(sizes - 1e-9).astype(np.int64)


def simulate_reestimated(
    trial: ReestimatedTrial, trials: int, seed: int | np.random.SeedSequence
) -> ReestimatedOutcomes:
    """Simulate and analyse trials; the same seed and number give the same trials."""
    rng = np.random.default_rng(seed)
    parts = [
        analyse_reestimated(trial, draw(_enlarged(trial), count, rng))
        for count in _blocks(trial, trials)
    ]
    names = ReestimatedOutcomes.__slots__
    return ReestimatedOutcomes(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )


def _blocks(trial: ReestimatedTrial, trials: int) -> list[int]:
    size = max(1, BLOCK // trial.largest)
    return [min(size, trials - start) for start in range(0, trials, size)]


def _enlarged(trial: ReestimatedTrial) -> SurvivalTrial:
    """The trial with every patient it may come to have."""
    return replace(trial, patients=trial.largest)


def analyse_reestimated(trial: ReestimatedTrial, patients: Patients) -> ReestimatedOutcomes:
    """Two looks at drawn patients, ``trial.largest`` of them a trial."""
    trials, n = patients.time.shape
    arrival = np.broadcast_to(patients.arrival, (trials, n)).copy()
    place = np.arange(n)
    latest = trial.maximum_months - trial.lag_months
    joined = np.broadcast_to(place < trial.patients, (trials, n))
    cut1, short1 = _cut(patients, arrival, joined, np.full(trials, trial.events[0]), latest)
    one = _table(patients, arrival, joined, cut1)
    u1, v1 = log_rank(one)
    z1 = -u1 / np.sqrt(np.where(v1 > 0, v1, 1.0))
    early = z1 >= trial.efficacy[0]
    futile = np.zeros(trials, np.bool_)
    if trial.futility:
        futile = ~early & (z1 < trial.futility[0])
    events = second_stage(trial, z1)
    planned, most = trial.events[1], trial.events_max
    part = (events - planned) / max(most - planned, 1)
    size = trial.patients + np.ceil(part * (trial.largest - trial.patients) - 1e-9)
    # Whoever is added arrives after the decision, as recruitment goes on or starts again.
    if trial.largest > trial.patients:
        decided = cut1 + trial.lag_months
        shift = np.maximum(decided - arrival[:, trial.patients - 1], 0.0)
        arrival[:, trial.patients :] += shift[:, None]
    joined = place < size[:, None]
    cut2, short2 = _cut(patients, arrival, joined, events, latest)
    two = _table(patients, arrival, joined, cut2)
    u2, v2 = log_rank(two)
    later = v2 - v1
    z2 = np.where(later > 0, (u1 - u2) / np.sqrt(np.where(later > 0, later, 1.0)), 0.0)
    share = trial.events[0] / planned
    combined = math.sqrt(share) * z1 + math.sqrt(1 - share) * z2
    plain = -u2 / np.sqrt(np.where(v2 > 0, v2, 1.0))
    ends = early | futile
    cut = np.where(ends, cut1, cut2)
    months = cut + trial.lag_months
    come = (arrival <= months[:, None]) & np.where(ends[:, None], place < trial.patients, joined)
    seen = np.where(ends, one.event.sum(axis=1), two.event.sum(axis=1))
    beta = np.where(ends, log_hazard_ratio(one), log_hazard_ratio(two))
    return ReestimatedOutcomes(
        np.where(ends, 0, 1),
        np.where(ends, early, combined >= trial.efficacy[1]),
        futile,
        ~ends & (events > planned),
        np.where(ends, early, plain >= trial.efficacy[1]),
        z1,
        np.where(ends, z1, combined),
        events,
        beta,
        come.sum(axis=1).astype(np.float64),
        seen,
        months,
        np.where(ends, short1, short2),
    )


def _cut(
    patients: Patients, arrival: Array, joined: Mask, events: NDArray[Any], latest: float
) -> tuple[Array, Mask]:
    """Month up to which a look sees: that of each trial's own number of events."""
    ended = arrival + patients.time
    shown = np.where(patients.event & joined, ended, np.inf)
    shown.sort(axis=1)
    cut = np.take_along_axis(shown, events[:, None] - 1, axis=1)[:, 0]
    short = (cut > latest) | np.isinf(cut)
    if bool(np.isinf(cut).any()):
        over = np.where(joined & np.isfinite(ended), ended, 0.0).max(axis=1)
        cut = np.where(np.isinf(cut), over, cut)
    return np.minimum(cut, latest), short


def _table(patients: Patients, arrival: Array, joined: Mask, cut: Array) -> RiskTable:
    seen = np.minimum(patients.time, cut[:, None] - arrival)
    known = patients.event & joined & (arrival + patients.time <= cut[:, None])
    # Who is not in the trial precedes all others and is never at risk.
    return risk_table(np.where(joined, seen, -1.0), known, patients.arm)


def reestimated_characteristics(
    trial: ReestimatedTrial, trials: int, seed: int | np.random.SeedSequence
) -> Tally:
    """Operating characteristics as moments over trials.

    Figures: ``type_1_error`` or ``power`` of the combination test, the same with ``_unweighted``
    for the ordinary log-rank test, ``futility``, ``stopped_at_look_i``, ``promising`` (second
    stage enlarged), ``patients``, ``events``, ``months``, ``log_hazard_ratio``,
    ``bias_log_hazard_ratio`` (where one ratio holds) and ``short_of_events``.
    """
    rng = np.random.default_rng(seed)
    whole = _enlarged(trial)
    return merge(
        tally(_figures(trial, analyse_reestimated(trial, draw(whole, count, rng))))
        for count in _blocks(trial, trials)
    )


def _figures(trial: ReestimatedTrial, out: ReestimatedOutcomes) -> dict[str, Any]:
    name = "type_1_error" if trial.null else "power"
    figures: dict[str, Any] = {
        name: out.rejected,
        f"{name}_unweighted": out.unweighted,
        "futility": out.futile,
        "stopped_at_look_1": out.look == 0,
        "stopped_at_look_2": out.look == 1,
        "promising": out.promising,
        "patients": out.patients,
        "events": out.events,
        "months": out.months,
        "log_hazard_ratio": out.log_hazard_ratio,
        "short_of_events": out.short,
    }
    if trial.proportional:
        true = math.log(trial.hazard_ratios[0])
        figures["bias_log_hazard_ratio"] = out.log_hazard_ratio - true
    return figures
