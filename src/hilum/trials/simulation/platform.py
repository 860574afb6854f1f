"""Simulating multi-arm trials of a binary outcome; cost grows with looks, not with patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hilum.trials.simulation.beta_arms import chance_to_be_best, chance_to_beat
from hilum.trials.simulation.tally import Tally, merge, tally

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.simulation.platform_trial import PlatformTrial

BLOCK = 500


@dataclass(frozen=True, slots=True)
class PlatformOutcomes:
    """What came of each trial.

    Attributes
    ----------
    success, dropped : ndarray of bool, shape (trials, arms)
        Declared better than control; dropped for futility (control: never).
    patients, responders : ndarray of int, shape (trials, arms)
        Recruited, and of them responders, pipeline patients included.
    estimate : ndarray, shape (trials, arms)
        Share of responders among an arm's known outcomes when it was decided (NaN: none known).
    control_then : ndarray, shape (trials, arms)
        The same share of control at that moment.
    months : ndarray, shape (trials,)
        To the decision that ended the trial.
    look : ndarray of int, shape (trials,)
        Look (from 0) that ended it.
    """

    success: Mask
    dropped: Mask
    patients: NDArray[np.int64]
    responders: NDArray[np.int64]
    estimate: Array
    control_then: Array
    months: Array
    look: NDArray[np.int64]


def simulate_platform(
    trial: PlatformTrial, trials: int, seed: int | np.random.SeedSequence
) -> PlatformOutcomes:
    """Simulate trials; the same seed and number give the same trials."""
    rng = np.random.default_rng(seed)
    parts = [_block(trial, min(BLOCK, trials - start), rng) for start in range(0, trials, BLOCK)]
    if len(parts) == 1:
        return parts[0]
    names = PlatformOutcomes.__slots__
    return PlatformOutcomes(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )


def _block(trial: PlatformTrial, trials: int, rng: np.random.Generator) -> PlatformOutcomes:
    shape = trials, trial.arms
    # Recruitment is cut where shares change and where an analysis stops seeing outcomes.
    pipeline = min(int(np.floor(trial.accrual_rate * trial.lag_months + 1e-9)), trial.looks[-1])
    running = np.ones(trials, np.bool_)
    remains = np.ones(shape, np.bool_)
    success, dropped = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    patients, responders = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    known_n, known_x = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    waiting: list[tuple[int, NDArray[Any], NDArray[Any]]] = []
    estimate, control_then = np.full(shape, np.nan), np.full(shape, np.nan)
    months, ended = np.zeros(trials), np.full(trials, len(trial.looks) - 1)
    weights = np.array(trial.weights or (1.0,) * trial.arms)
    shares = np.broadcast_to(weights / weights.sum(), shape)
    marks = sorted({*trial.looks, *(max(one - pipeline, 0) for one in trial.looks[:-1])} - {0})
    recruited = 0
    for mark in marks:
        n = rng.multinomial(np.where(running, mark - recruited, 0), shares)
        x = rng.binomial(n, trial.rates)
        patients += n
        responders += x
        waiting.append((mark, n, x))
        recruited = mark
        if mark not in trial.looks:
            continue
        look = trial.looks.index(mark)
        last = look == len(trial.looks) - 1
        seen = mark if last else mark - pipeline
        for end, more_n, more_x in waiting:
            if end <= seen:
                known_n += more_n
                known_x += more_x
        waiting = [one for one in waiting if one[0] > seen]
        a, b = trial.prior[0] + known_x, trial.prior[1] + known_n - known_x
        judged = running[:, None] & remains[:, 1:]
        measure = _measure(trial, known_x, known_n, a, b)
        wins = judged & (measure >= trial.efficacy[look])
        loses = np.zeros_like(wins)
        if trial.futility:
            loses = judged & ~wins & (measure < trial.futility[look])
        success[:, 1:] |= wins
        dropped[:, 1:] |= loses
        remains[:, 1:] &= ~(wins | loses)
        over = running & (
            ~remains[:, 1:].any(axis=1)
            | (wins.any(axis=1) if trial.stop == "first" else False)
            | last
        )
        decided = wins | loses | (over[:, None] & judged)
        _keep(estimate, control_then, decided, over, known_x, known_n)
        months[over] = mark / trial.accrual_rate + (trial.lag_months if last else 0.0)
        ended[over] = look
        running &= ~over
        if not running.any():
            break
        if not last:
            shares = _shares(trial, weights, remains, a, b, mark)
    return PlatformOutcomes(
        success, dropped, patients, responders, estimate, control_then, months, ended
    )


def _keep(
    estimate: Array,
    control_then: Array,
    decided: Mask,
    over: Mask,
    known_x: NDArray[Any],
    known_n: NDArray[Any],
) -> None:
    """Note the estimates of arms decided now, and control's when the trial ends."""
    share = np.where(known_n > 0, known_x / np.maximum(known_n, 1), np.nan)
    estimate[:, 1:] = np.where(decided, share[:, 1:], estimate[:, 1:])
    control_then[:, 1:] = np.where(decided, share[:, :1], control_then[:, 1:])
    estimate[:, 0] = np.where(over, share[:, 0], estimate[:, 0])
    control_then[:, 0] = estimate[:, 0]


def _measure(trial: PlatformTrial, x: NDArray[Any], n: NDArray[Any], a: Array, b: Array) -> Array:
    if trial.statistic == "posterior":
        return chance_to_beat(a, b, trial.margin)
    own, control = n[:, 1:], n[:, :1]
    enough = (own > 0) & (control > 0)
    own, control = np.maximum(own, 1), np.maximum(control, 1)
    pooled = (x[:, 1:] + x[:, :1]) / (own + control)
    variance = pooled * (1 - pooled) * (1 / own + 1 / control)
    usable = enough & (variance > 0)
    # Without information an arm is neither better nor worse.
    return np.where(
        usable,
        (x[:, 1:] / own - x[:, :1] / control) / np.sqrt(np.where(usable, variance, 1.0)),
        0.0,
    )


def _shares(
    trial: PlatformTrial, weights: Array, remains: Mask, a: Array, b: Array, recruited: int
) -> Array:
    """Shares of the next stage; an arm that has ended gets none."""
    if trial.allocation == "fixed":
        raw = weights * remains
        return raw / raw.sum(axis=1, keepdims=True)
    power = trial.tempering
    if power is None:
        power = recruited / (2 * trial.looks[-1])
    best = chance_to_be_best(a, b, remains) ** power * remains
    free = remains.copy()
    room = 1.0
    if trial.control_share is not None:
        free[:, 0] = False
        room = 1.0 - trial.control_share
    best = np.where(free, best, 0.0)
    total = best.sum(axis=1, keepdims=True)
    count = np.maximum(free.sum(axis=1, keepdims=True), 1)
    even = free / count
    best = np.where(total > 0, best / np.where(total > 0, total, 1.0), even)
    # What is above the floor is shared out in proportion, so that every arm keeps the floor.
    floor = np.minimum(trial.minimum_share / room, 1 / count)
    best = np.where(free, floor + (1 - floor * count) * best, 0.0) * room
    if trial.control_share is not None:
        best[:, 0] = np.where(free.any(axis=1), trial.control_share, 1.0)
    return best / best.sum(axis=1, keepdims=True)


def platform_characteristics(
    trial: PlatformTrial, trials: int, seed: int | np.random.SeedSequence
) -> Tally:
    """Operating characteristics as moments over trials.

    Figures: ``any_success``; ``family_wise_error`` (any arm no better than control declared
    better) and ``power`` (any better arm declared better), where there are such arms;
    ``best_selected`` (the best arm among the successes); ``patients``, ``months``,
    ``responders``; per arm (0 is control) ``success_arm_i``, ``dropped_arm_i``,
    ``patients_arm_i``, ``share_arm_i`` and ``bias_difference_arm_i``, the bias of the difference
    from control at the arm's own decision.
    """
    rng = np.random.default_rng(seed)
    return merge(
        tally(_figures(trial, _block(trial, min(BLOCK, trials - start), rng)))
        for start in range(0, trials, BLOCK)
    )


def _figures(trial: PlatformTrial, out: PlatformOutcomes) -> dict[str, Any]:
    rates = np.array(trial.rates)
    better = rates > rates[0] + trial.margin
    null = ~better
    null[0] = False
    total = out.patients.sum(axis=1)
    figures: dict[str, Any] = {"any_success": out.success.any(axis=1)}
    if null.any():
        figures["family_wise_error"] = out.success[:, null].any(axis=1)
    if better.any():
        figures["power"] = out.success[:, better].any(axis=1)
        figures["best_selected"] = out.success[:, int(np.argmax(rates))]
    figures |= {
        "patients": total,
        "months": out.months,
        "responders": out.responders.sum(axis=1),
        **{f"stopped_at_look_{i + 1}": out.look == i for i in range(len(trial.looks))},
    }
    for arm in range(trial.arms):
        figures[f"patients_arm_{arm}"] = out.patients[:, arm]
        figures[f"share_arm_{arm}"] = out.patients[:, arm] / total
        if arm:
            figures[f"success_arm_{arm}"] = out.success[:, arm]
            figures[f"dropped_arm_{arm}"] = out.dropped[:, arm]
            seen = out.estimate[:, arm] - out.control_then[:, arm]
            figures[f"bias_difference_arm_{arm}"] = seen - (rates[arm] - rates[0])
    return figures
