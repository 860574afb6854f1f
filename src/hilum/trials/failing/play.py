"""Playing a designed trial: without an effect, as planned, and in each way it may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hilum.errors import InputError
from hilum.trials.failing.changes import PLANNED
from hilum.trials.simulation.tally import merge, tally
from hilum.trials.synopsis.special import Simulated, SimulatedTruth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.failing.changes import Changes
    from hilum.trials.failing.ways import Way
    from hilum.trials.simulation.tally import Moments, Tally
    from hilum.watch import Watch

# So many patients take about a tenth of a second.
PATIENTS_AT_ONCE = 500_000
MOST_PLAYED = 2_000_000_000
"""Patients of all simulated trials of all rows together: minutes."""
# Appended to the stream of a way's code: the same way without an effect.
IDLE = 0


@dataclass(frozen=True, slots=True)
class Played:
    """What came of each trial; arrays of shape (trials,).

    Attributes
    ----------
    success : ndarray of bool
    look : ndarray of int
        Analysis at which it ended, from 0.
    patients : ndarray
    events : ndarray or None
        Events, or patients counted as a success; None where nothing is counted.
    months : ndarray or None
        Until its end; None where the pace of recruitment was not given.
    short : ndarray of bool or None
        Whether it ended without the events (or patients) planned.
    """

    success: Mask
    look: NDArray[np.int64]
    patients: Array
    events: Array | None = None
    months: Array | None = None
    short: Mask | None = None


class Playable(Protocol):
    """A designed trial that can be played under other truths than the planned one."""

    @property
    def analyses(self) -> int:
        """Number of analyses."""
        ...

    @property
    def at_once(self) -> int:
        """Patients (or draws) that a trial holds in memory."""
        ...

    @property
    def levels(self) -> bool:
        """Whether a change may move the chance of success without an effect."""
        ...

    @property
    def counted(self) -> str:
        """What ``events`` are: ``events``, ``successes``, or empty where nothing is counted."""
        ...

    @property
    def ends(self) -> str:
        """When an analysis comes: ``events``, ``follow-up`` or ``patients``.

        Patients are followed in time, and losses and crossing-over are by a year, but for the last.
        """
        ...

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """Trials under a truth: with the effect hoped for, or without any."""
        ...


def patients_played(trial: Playable, ways: Sequence[Way], trials: int) -> int:
    """Patients (or draws) of all trials of all rows, each at most: what :func:`played` costs."""
    again = len(ways) if trial.levels else 0
    return trials * (2 + len(ways) + again) * max(trial.at_once, 1)


def played(trial: Playable, ways: Sequence[Way], trials: int, seed: int, watch: Watch) -> Simulated:
    """Figures of trials without an effect, as planned and in each way, with their errors.

    The same seed gives the same figures; each row has a stream of its own, by its code (and name),
    so that another one beside it does not change it.

    Raises
    ------
    InputError
        A change under which the trial cannot be.
    Stopped
        When the watch says so.
    """
    again = len(ways) if trial.levels else 0
    watch.stage("simulating", trials * (2 + len(ways) + again))
    rows = [
        _truth(trial, "no-effect", "", PLANNED, trials, seed, watch, works=False),
        _truth(trial, "as-planned", "", PLANNED, trials, seed, watch, works=True),
    ]
    for one in ways:
        try:
            made = _truth(trial, one.code, one.name, one.changes, trials, seed, watch, works=True)
        except InputError as error:
            raise one.placed(error) from None
        rows.append(made)
    return Simulated(trials, seed, tuple(rows), ends=trial.ends, counted=trial.counted)


def _truth(
    trial: Playable, code: str, name: str, changes: Changes, trials: int, seed: int, watch: Watch,
    *, works: bool,
) -> SimulatedTruth:  # fmt: skip
    key = tuple((code + name).encode())
    found = _summed(trial, changes, trials, seed, key, watch, works=works)
    success = float(found.up.sum() / trials)
    level = None
    if trial.levels and changes.made:
        idle = _summed(trial, changes, trials, seed, (*key, IDLE), watch, works=False)
        level = float(idle.up.sum() / trials)
    events, patients, months = found.figures
    return SimulatedTruth(
        code=code,
        facts=changes.made,
        success=success,
        mcse=error(success, trials),
        efficacy=tuple((found.up / trials).tolist()),
        futility=tuple((found.down / trials).tolist()),
        events=None if events is None else events.mean,
        patients=0.0 if patients is None else patients.mean,
        months=None if months is None else months.mean,
        short=found.short / trials,
        name=name,
        level=level,
        level_mcse=None if level is None else error(level, trials),
        events_mcse=None if events is None else events.mcse,
        patients_mcse=None if patients is None else patients.mcse,
        months_mcse=None if months is None else months.mcse,
    )


def error(chance: float, trials: int) -> float:
    """Monte-Carlo standard error of a chance."""
    return float((chance * (1 - chance) / trials) ** 0.5)


@dataclass(frozen=True, slots=True)
class _Summed:
    """Ends with and without success at each analysis; events, patients, months; short of them."""

    up: Array
    down: Array
    figures: tuple[Moments | None, Moments | None, Moments | None]
    short: float


def _summed(
    trial: Playable, changes: Changes, trials: int, seed: int, key: tuple[int, ...], watch: Watch,
    *, works: bool,
) -> _Summed:  # fmt: skip
    """All trials of a truth, so many at once as the memory is for."""
    size = max(1, PATIENTS_AT_ONCE // max(trial.at_once, 1))
    looks = trial.analyses
    up, down, short = np.zeros(looks), np.zeros(looks), 0.0
    parts: list[Tally] = []
    starts = range(0, trials, size)
    own = np.random.SeedSequence(seed, spawn_key=key).spawn(len(starts))
    for start, stream in zip(starts, own, strict=True):
        number = min(size, trials - start)
        out = trial.play(changes, number, stream, works=works)
        up += np.bincount(out.look[out.success], minlength=looks)
        down += np.bincount(out.look[~out.success], minlength=looks)
        sizes = {"events": out.events, "patients": out.patients, "months": out.months}
        parts.append(tally({name: one for name, one in sizes.items() if one is not None}))
        short += 0.0 if out.short is None else float(out.short.sum())
        watch.done(number)
    whole = merge(parts)
    events, patients, months = (whole.get(name) for name in ("events", "patients", "months"))
    return _Summed(up, down, (events, patients, months), short)
