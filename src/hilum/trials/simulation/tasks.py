"""Cutting a grid into seeded tasks, and putting their results together again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.trials.simulation.arms import arms_characteristics
from hilum.trials.simulation.arms_trial import ArmsTrial
from hilum.trials.simulation.platform import platform_characteristics
from hilum.trials.simulation.platform_trial import PlatformTrial
from hilum.trials.simulation.reestimated import reestimated_characteristics
from hilum.trials.simulation.reestimated_trial import ReestimatedTrial
from hilum.trials.simulation.scenario import Cell, Trial
from hilum.trials.simulation.survival import survival_characteristics
from hilum.trials.simulation.survival_trial import SurvivalTrial
from hilum.trials.simulation.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

# A task takes about a tenth of a second: long beside its dispatch, short beside a lost worker.
PATIENTS_A_TASK = 1_000_000
PLATFORM_TRIALS_A_TASK = 2_000
# Bytes that a patient of a block, a cell with its rows (while they are written) and a task with its
# result need; tracemalloc showed 113, 36,000 and below 3,000.
BYTES_A_PATIENT = 150
BYTES_A_CELL = 40_000
BYTES_A_TASK = 4_000


@dataclass(frozen=True)
class Task:
    """Some trials of one cell with their own seed.

    Attributes
    ----------
    cell, chunk : int
        Place of the cell in the grid, and of the task in the cell.
    trial : SurvivalTrial, ReestimatedTrial, ArmsTrial or PlatformTrial
    trials : int
    entropy : int
        The run's seed.
    spawn_key : tuple of int
        Of this task's SeedSequence: from the cell's content and the chunk, so that neither the
        order of the grid nor who runs the task changes a number.
    """

    cell: int
    chunk: int
    trial: Trial
    trials: int
    entropy: int
    spawn_key: tuple[int, ...]


def trials_a_task(trial: Trial) -> int:
    """How many trials one task holds; depends on the scenario alone."""
    if isinstance(trial, ReestimatedTrial):
        return max(10, PATIENTS_A_TASK // trial.largest)
    if isinstance(trial, ArmsTrial):
        # Each treatment is judged at each stage: so many times a look's work.
        return max(10, PATIENTS_A_TASK // trial.patients // trial.arms)
    if isinstance(trial, SurvivalTrial):
        return max(10, PATIENTS_A_TASK // trial.patients)
    return PLATFORM_TRIALS_A_TASK


def tasks_of(place: int, cell: Cell, trials: int, seed: int) -> Iterator[Task]:
    """The tasks of one cell."""
    size = trials_a_task(cell.trial)
    own = int(cell.key, 16)
    words = own >> 32, own & 0xFFFFFFFF
    for chunk, start in enumerate(range(0, trials, size)):
        number = min(size, trials - start)
        yield Task(place, chunk, cell.trial, number, seed, (*words, chunk))


def run_task(task: Task) -> Tally:
    """Simulate one task, anywhere."""
    seed = np.random.SeedSequence(task.entropy, spawn_key=task.spawn_key)
    if isinstance(task.trial, ReestimatedTrial):
        return reestimated_characteristics(task.trial, task.trials, seed)
    if isinstance(task.trial, ArmsTrial):
        return arms_characteristics(task.trial, task.trials, seed)
    if isinstance(task.trial, SurvivalTrial):
        return survival_characteristics(task.trial, task.trials, seed)
    return platform_characteristics(task.trial, task.trials, seed)


def short_of_memory(task: Task) -> InputError:
    """The fault of a task that ran out of memory."""
    seen = f"{getattr(task.trial, 'patients', 0):,}"
    return InputError(Fault("<scenario>", None, "patients", seen, "trials that fit the memory"))


def needed_bytes(cells: int, trial: Trial, trials: int, workers: int) -> int:
    """Memory a grid needs at once: cells with their rows, one cell's tasks, a block a worker."""
    block = 0
    if not isinstance(trial, PlatformTrial):
        most = trial.largest if isinstance(trial, ReestimatedTrial) else trial.patients
        block = max(most, 20_000) * BYTES_A_PATIENT
    chunks = -(-trials // trials_a_task(trial))
    return cells * BYTES_A_CELL + chunks * BYTES_A_TASK + workers * block


def memory() -> int:
    """Bytes this process may use: the machine's, or its container's limit where smaller."""
    import os
    from pathlib import Path

    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text("utf-8").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def check_memory(cells: int, trial: Trial, trials: int, workers: int, limit: int) -> None:
    """Refuse a grid that does not fit, before anything is made.

    Raises
    ------
    InputError
        With the number of cells, the memory they need and the memory there is.
    """
    needed = needed_bytes(cells, trial, trials, workers)
    if needed > limit:
        seen = f"{cells:,} cells of {trials:,} trials: about {needed / 1e9:,.1f} GB"
        wanted = phrased(
            "a grid that fits the {limit:,.1f} GB of this machine", limit=limit / 1000000000.0
        )
        raise InputError(Fault("<scenario>", None, "grid", seen, wanted))
