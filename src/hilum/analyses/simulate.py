"""Simulating trials: a scenario or a grid of them, patient by patient."""

from __future__ import annotations

import math
import os
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from hilum.analyses.asked import Option, check
from hilum.analyses.designs.asked import fault
from hilum.analyses.scenario import Scenario, ScenarioText, scenario_of
from hilum.errors import InputError, phrased
from hilum.records import found
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.trials.simulation.scenario import Cell
    from hilum.trials.simulation.tally import Tally
    from hilum.watch import Watch

# Patients of a run above which two processes repay their start of some seconds.
MANY_PATIENTS = 100_000_000
Rows = list[dict[str, Any]]
Plain = bool | int | float | str
# A parameter as the file gives it; an infinite number is text, "inf" or "-inf".
Given = Plain | list[Plain] | list[list[Plain]] | None


def engines() -> tuple[str, ...]:
    """What computes."""
    return ("numpy", "jax")


@dataclass(frozen=True, kw_only=True)
class SimulateAsked:
    """A scenario file, how many trials, and who computes."""

    file: ScenarioText
    trials: Annotated[
        int | None, Option("Trials of each scenario, instead of the file's.", at_least=1)
    ] = None
    seed: Annotated[int | None, Option("Seed, instead of the file's.", at_least=0)] = None
    workers: Annotated[
        int | None,
        Option("Processes; chosen by the size of the run where not given.", at_least=1),
    ] = None
    scheduler: Annotated[str | None, Option("Address of a Dask scheduler, tcp://HOST:PORT.")] = None
    engine: Annotated[
        str, Option("numpy, or jax for an accelerator (survival, on this machine).", engines)
    ] = "numpy"

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        spread = self.scheduler is not None or self.workers is not None
        wrong = self.engine == "jax" and spread
        wanted = "numpy, with workers or a scheduler"
        check(self, *([fault("engine", self.engine, wanted)] if wrong else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Mean over trials, its Monte-Carlo error, and over how many."""

    value: float | None
    mcse: float | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSimulated:
    """One scenario of the grid: what was varied, and its characteristics."""

    cell: str
    varied: dict[str, Given]
    characteristics: dict[str, Figure]


@dataclass(frozen=True, kw_only=True)
class SimulateAnswered:
    """Every scenario's operating characteristics; ``resumed`` of them were known before."""

    kind: str
    trials: int
    seed: int
    engine: str
    resumed: int
    scenario: dict[str, Given]
    cells: tuple[CellSimulated, ...]
    asked: SimulateAsked


class Keep(Protocol):
    """Where rows of finished scenarios stay, and were."""

    rows: Rows

    def add(self, rows: Rows) -> None:
        """Keep a finished scenario."""
        ...

    def write(self) -> None:
        """Make sure of what was kept."""
        ...


def run(
    asked: SimulateAsked, watch: Watch = SILENT, *, keep: Keep | None = None
) -> SimulateAnswered:
    """Simulate every scenario that is not known yet.

    Raises
    ------
    InputError
        Values that cannot be; those of the file with its line.
    Stopped
        When the watch says so; scenarios that were complete are in ``keep``.
    """
    from hilum.trials.simulation.table import characteristics

    scenario = scenario_of(asked.file)
    trials = scenario.trials if asked.trials is None else asked.trials
    seed = scenario.seed if asked.seed is None else asked.seed
    made = _cells(scenario, trials, seed, asked.workers)
    rows, resumed = _rows(made, trials, seed, asked, watch, keep)
    parameters = made[0].parameters if len(made) == 1 else scenario.scenario
    return SimulateAnswered(
        kind=scenario.kind,
        trials=trials,
        seed=seed,
        engine=asked.engine,
        resumed=resumed,
        scenario=_given(dict(parameters)),
        cells=tuple(
            CellSimulated(
                cell=cell.key,
                varied=_given(dict(cell.varied)),
                characteristics={
                    name: Figure(**one) for name, one in characteristics(rows[cell.key]).items()
                },
            )
            for cell in made
        ),
        asked=asked,
    )


def _cells(scenario: Scenario, trials: int, seed: int, workers: int | None) -> list[Cell]:
    """The grid, refused before it is made where it would not fit."""
    from hilum.trials.simulation.scenario import cells, count, trial_from
    from hilum.trials.simulation.tasks import check_memory, memory

    wrong = [
        fault(name, str(value), phrased("a whole number, {low} or more", low=low))
        for name, value, low in (("trials", trials, 1), ("seed", seed, 0))
        if value < low
    ]
    if wrong:
        raise InputError(*wrong)
    try:
        if scenario.grid and all(scenario.grid.values()):
            first = {name: values[0] for name, values in scenario.grid.items()}
            one = trial_from(scenario.kind, {**scenario.scenario, **first})
            check_memory(count(scenario.grid), one, trials, workers or 1, memory())
        made = list(cells(scenario.kind, scenario.scenario, scenario.grid))
        largest = max(made, key=lambda cell: getattr(cell.trial, "patients", 0)).trial
        check_memory(len(made), largest, trials, workers or 1, memory())
    except InputError as error:
        raise scenario.placed(error) from None
    return made


def _rows(
    cells: list[Cell],
    trials: int,
    seed: int,
    asked: SimulateAsked,
    watch: Watch,
    keep: Keep | None,
) -> tuple[dict[str, Rows], int]:
    """Rows by cell; those that are known already are taken from there."""
    from hilum.trials.simulation.table import rows_by_cell, rows_of

    rows = rows_by_cell(keep.rows if keep is not None else [], trials, seed, asked.engine)
    resumed = sum(cell.key in rows for cell in cells)
    # Two cells of a grid may be the same scenario in other words: one run serves both.
    due = list({cell.key: cell for cell in cells if cell.key not in rows}.values())

    def finished(place: int, result: Tally) -> None:
        cell = due[place]
        rows[cell.key] = rows_of(cell, trials, seed, result, asked.engine)
        if keep is not None:
            keep.add(rows[cell.key])

    if due:
        patients = sum(getattr(cell.trial, "patients", 300) for cell in due) * trials
        number = asked.workers or ((os.cpu_count() or 1) if patients > MANY_PATIENTS else 1)
        watch.stage("simulating", len(due) * trials)
        job = found(_JOBS, asked.engine, "engine")
        try:
            job(due, trials, seed, number, asked.scheduler, finished, watch)
        finally:
            # Whatever stops the run, the cells that are complete stay.
            if keep is not None:
                keep.write()
    return rows, resumed


def _numpy(
    due: list[Cell],
    trials: int,
    seed: int,
    workers: int,
    scheduler: str | None,
    finished: Callable[[int, Tally], None],
    watch: Watch,
) -> None:
    from hilum.trials.simulation.run import cluster, run_grid

    with cluster(scheduler=scheduler) if scheduler is not None else nullcontext() as client:
        run_grid(due, trials, seed, client=client, workers=workers, finished=finished, watch=watch)


def _jax(
    due: list[Cell],
    trials: int,
    seed: int,
    workers: int,
    scheduler: str | None,
    finished: Callable[[int, Tally], None],
    watch: Watch,
) -> None:
    from hilum.trials.simulation.run import run_accelerated

    del workers, scheduler
    run_accelerated(due, trials, seed, finished=finished, watch=watch)


_JOBS = {"numpy": _numpy, "jax": _jax}


def _given(value: Any) -> Any:
    """Parameters as JSON can hold them."""
    if isinstance(value, dict):
        return {key: _given(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_given(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
