"""Analysing simulated survival trials: looks, boundaries, operating characteristics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hilum.trials.simulation.logrank import log_hazard_ratio, log_rank, risk_table
from hilum.trials.simulation.patients import Patients, draw
from hilum.trials.simulation.tally import Tally, merge, tally

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.simulation.survival_trial import SurvivalTrial

# Patients held at once: some eight arrays of this length stay in a core's own cache.
BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class SurvivalOutcomes:
    """What came of each trial; arrays of shape (trials,).

    Attributes
    ----------
    look : ndarray of int
        Analysis (from 0) at which it ended.
    rejected, futile : ndarray of bool
        Null hypothesis rejected; stopped for futility before the last look.
    z, log_hazard_ratio : ndarray
        Statistic and Cox estimate at that analysis (NaN where an arm had no event).
    patients, events : ndarray
        Recruited when the decision was taken, and events known to it.
    months : ndarray
        From the first month of recruitment to the decision.
    experimental : ndarray
        Share of the recruited in the experimental arm.
    short : ndarray of bool
        Whether it ended before the planned number of events came.
    died, switched : ndarray or None
        Share of the recruited with competing death, and with crossover, by the analysis.
    """

    look: NDArray[np.int64]
    rejected: Mask
    futile: Mask
    z: Array
    log_hazard_ratio: Array
    patients: Array
    events: Array
    months: Array
    experimental: Array
    short: Mask
    died: Array | None
    switched: Array | None


def simulate_survival(
    trial: SurvivalTrial, trials: int, seed: int | np.random.SeedSequence
) -> SurvivalOutcomes:
    """Simulate and analyse trials.

    Parameters
    ----------
    trial : SurvivalTrial
    trials : int
        How many, 1 or more.
    seed : int or SeedSequence
        The same seed and number give the same trials.
    """
    rng = np.random.default_rng(seed)
    size = max(1, BLOCK // trial.patients)
    parts = [
        analyse(trial, draw(trial, min(size, trials - start), rng))
        for start in range(0, trials, size)
    ]
    return _joined(parts)


def analyse(trial: SurvivalTrial, patients: Patients) -> SurvivalOutcomes:
    """Look at drawn patients as the design says, dropping from sight what came later."""
    trials = len(patients.time)
    ended = patients.arrival + patients.time
    cuts, short = _cuts(trial, patients, ended)
    kept: dict[str, NDArray[Any]] = {
        "look": np.full(trials, trial.looks - 1),
        "rejected": np.zeros(trials, np.bool_),
        "futile": np.zeros(trials, np.bool_),
        "z": np.zeros(trials),
        "log_hazard_ratio": np.full(trials, np.nan),
        "events": np.zeros(trials),
    }
    running = np.arange(trials)
    for look in range(trial.looks):
        everyone = len(running) == trials
        pick: Any = slice(None) if everyone else running
        arrival = patients.arrival if patients.arrival.ndim == 1 else patients.arrival[pick]
        seen = cuts[pick, look, None] - arrival
        # By calendar month, as the cuts are: rounding must not hide the event that made the cut.
        event = patients.event[pick] & (ended[pick] <= cuts[pick, look, None])
        table = risk_table(np.minimum(patients.time[pick], seen), event, patients.arm)
        u, v = log_rank(table)
        z = -u / np.sqrt(np.where(v > 0, v, 1.0))
        measured = np.abs(z) if trial.sided == 2 else z
        success = measured >= trial.efficacy[look]
        last = look == trial.looks - 1
        futile = np.zeros(len(z), np.bool_)
        if trial.futility and not last:
            futile = ~success & (z < trial.futility[look])
        ends = success | futile | last
        done = running[ends]
        every = bool(ends.all())
        kept["look"][done] = look
        kept["z"][done] = z[ends]
        kept["rejected"][done] = success[ends]
        kept["futile"][done] = futile[ends]
        kept["events"][done] = table.event.sum(axis=1)[ends]
        if len(done):
            chosen = table if every else _rows(table, ends)
            kept["log_hazard_ratio"][done] = log_hazard_ratio(chosen)
        running = running[~ends]
        if not len(running):
            break
    return _outcomes(trial, patients, ended, cuts, short, kept)


def _rows(table: Any, which: Mask) -> Any:
    inflation = None if table.inflation is None else table.inflation[which]
    return type(table)(table.event[which], table.arm[which], table.share[which], inflation)


def _cuts(trial: SurvivalTrial, patients: Patients, ended: Array) -> tuple[Array, Mask]:
    """Calendar month up to which each look sees, shape (trials, looks); was it short of events."""
    trials = len(patients.time)
    if trial.look_months:
        cuts = np.minimum(np.array(trial.look_months), trial.maximum_months) - trial.lag_months
        return np.broadcast_to(cuts, (trials, trial.looks)), np.zeros((trials, 1), np.bool_)
    shown = np.where(patients.event, ended, np.inf)
    # Sorting whole rows is faster here than partitioning them.
    shown.sort(axis=1)
    places = [count - 1 for count in trial.events]
    cuts = shown[:, places]
    latest = trial.maximum_months - trial.lag_months
    short = cuts > latest
    if bool(np.isinf(cuts).any()):
        # Events ran out: all that remains is the end of the last patient's follow-up.
        short |= np.isinf(cuts)
        over = np.where(np.isfinite(ended), ended, latest).max(axis=1)
        cuts = np.where(np.isinf(cuts), over[:, None], cuts)
    return np.minimum(cuts, latest), short


def _outcomes(
    trial: SurvivalTrial,
    patients: Patients,
    ended: Array,
    cuts: Array,
    short: Mask,
    kept: dict[str, NDArray[Any]],
) -> SurvivalOutcomes:
    trials, n = patients.time.shape
    rows = np.arange(trials)
    cut = cuts[rows, kept["look"]]
    months = cut + trial.lag_months
    if patients.arrival.ndim == 1:
        recruited = np.searchsorted(patients.arrival, months, side="right")
    else:
        recruited = (patients.arrival <= months[:, None]).sum(axis=1)
    of_arm = np.concatenate([[0], np.cumsum(patients.arm)])
    recruited = np.clip(recruited, 1, n)

    died, switched = None, None
    if patients.died is not None:
        died = (patients.died & (ended <= cut[:, None])).sum(axis=1) / recruited
    if patients.switch is not None:
        switched = (patients.arrival + patients.switch <= cut[:, None]).sum(axis=1) / recruited
    return SurvivalOutcomes(
        kept["look"],
        kept["rejected"],
        kept["futile"],
        kept["z"],
        kept["log_hazard_ratio"],
        recruited.astype(np.float64),
        kept["events"],
        months,
        of_arm[recruited] / recruited,
        short[rows, np.minimum(kept["look"], short.shape[1] - 1)],
        died,
        switched,
    )


def _joined(parts: list[SurvivalOutcomes]) -> SurvivalOutcomes:
    if len(parts) == 1:
        return parts[0]
    columns: list[Any] = []
    for name in SurvivalOutcomes.__slots__:
        values = [getattr(part, name) for part in parts]
        columns.append(None if values[0] is None else np.concatenate(values))
    return SurvivalOutcomes(*columns)


def survival_characteristics(
    trial: SurvivalTrial, trials: int, seed: int | np.random.SeedSequence
) -> Tally:
    """Operating characteristics as moments over trials, a block at a time.

    Figures: ``type_1_error`` (arms equal) or ``power``, ``futility``, ``stopped_at_look_i`` for
    each look, ``patients``, ``events``, ``months``, ``experimental_share``, ``log_hazard_ratio``
    (the estimate at the end of the trial), ``bias_log_hazard_ratio`` (only where one ratio
    holds throughout: otherwise there is no true value), ``short_of_events``, and shares of
    competing death and crossover where the scenario has them.
    """
    rng = np.random.default_rng(seed)
    size = max(1, BLOCK // trial.patients)
    # Blocks are joined into pieces of some size: a tally costs more than a block's analysis.
    pieces: list[Tally] = []
    pending: list[SurvivalOutcomes] = []
    for start in range(0, trials, size):
        pending.append(analyse(trial, draw(trial, min(size, trials - start), rng)))
        if len(pending) == 64 or start + size >= trials:
            pieces.append(tally(figures_of(trial, _joined(pending))))
            pending = []
    return merge(pieces)


def figures_of(trial: SurvivalTrial, out: SurvivalOutcomes) -> dict[str, Array]:
    """Figures of each trial by name, as :func:`survival_characteristics` lists them."""
    figures: dict[str, Any] = {
        "type_1_error" if trial.null else "power": out.rejected,
        "futility": out.futile,
        **{f"stopped_at_look_{i + 1}": out.look == i for i in range(trial.looks)},
        "patients": out.patients,
        "events": out.events,
        "months": out.months,
        "experimental_share": out.experimental,
        "log_hazard_ratio": out.log_hazard_ratio,
        "short_of_events": out.short,
    }
    if trial.proportional:
        figures["bias_log_hazard_ratio"] = out.log_hazard_ratio - math.log(trial.hazard_ratios[0])
    if out.died is not None:
        figures["competing_death_share"] = out.died
    if out.switched is not None:
        figures["crossover_share"] = out.switched
    return figures
