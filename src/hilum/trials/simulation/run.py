"""Running a grid: here, on an embedded Dask cluster, or on one reached by address."""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.trials.simulation.tally import Tally, merge
from hilum.trials.simulation.tasks import Task, run_task, short_of_memory, tasks_of
from hilum.trials.simulation.workers import spread
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from hilum.apart import Telling
    from hilum.trials.simulation.scenario import Cell
    from hilum.watch import Watch

# Tasks handed over ahead of the workers; a grid of any size then needs no more memory.
AHEAD = 500
SECONDS_TO_CONNECT = 3
SECONDS_TO_LOOK = 0.02
# Dask's workers give freed memory back at once by default, which here costs as much as the work
# itself (arrays of a block come and go); and a task may lose more workers than three.
_ENVIRONMENT = "distributed.nanny.pre-spawn-environ"
SETTINGS = {
    "distributed.scheduler.allowed-failures": 20,
    f"{_ENVIRONMENT}.MALLOC_TRIM_THRESHOLD_": 2**28,
    f"{_ENVIRONMENT}.MALLOC_MMAP_THRESHOLD_": 2**28,
}
# No dashboard; what tells whether a scheduler lives takes any port of this machine, since the usual
# one may be another cluster's.
QUIET: dict[str, Any] = {
    "dashboard_address": "127.0.0.1:0",
    "scheduler_kwargs": {"dashboard": False},
}


def run_grid(
    cells: Sequence[Cell],
    trials: int,
    seed: int,
    *,
    client: Any = None,
    workers: int = 1,
    finished: Callable[[int, Tally], None] | None = None,
    watch: Watch = SILENT,
) -> list[Tally]:
    """Simulate every cell; the numbers depend on the seed alone, not on who computes them.

    Parameters
    ----------
    cells : sequence of Cell
    trials : int
        Trials of each cell, 1 or more.
    seed : int
        0 or more.
    client : distributed.Client, optional
        From :func:`cluster`.
    workers : int
        Without a client: processes of this machine; with one this process does the work.
    finished : callable, optional
        Called with a cell's place and result as soon as it is complete, in whatever order.
    watch : Watch
        Told of the trials just done; looked at ten times a second.

    Returns
    -------
    list of Tally
        In the order of ``cells``.

    Raises
    ------
    InputError
        ``trials`` or ``seed`` out of range, or a task that kept losing its workers.
    Stopped
        When the watch says so.
    """
    for name, value, low in (("trials", trials, 1), ("seed", seed, 0)):
        if value < low:
            wanted = phrased("a whole number, {low} or more", low=low)
            raise InputError(Fault("<scenario>", None, name, str(value), wanted))
    parts: list[dict[int, Tally]] = [{} for _ in cells]
    out: list[Tally] = [{} for _ in cells]
    expected = [sum(1 for _ in tasks_of(i, cell, trials, seed)) for i, cell in enumerate(cells)]
    tasks = (task for i, cell in enumerate(cells) for task in tasks_of(i, cell, trials, seed))
    # Closed here whatever stops the run, while the client can still cancel what waits.
    if client is not None:
        running = _distributed(tasks, client, watch)
    else:
        running = spread(tasks, workers, watch) if workers > 1 else _serial(tasks)
    with closing(running) as done:
        for task, result in done:
            own = parts[task.cell]
            own[task.chunk] = result
            watch.done(task.trials)
            if len(own) == expected[task.cell]:
                out[task.cell] = merge(own[chunk] for chunk in sorted(own))
                parts[task.cell] = {}
                if finished is not None:
                    finished(task.cell, out[task.cell])
    return out


def run_accelerated(
    cells: Sequence[Cell],
    trials: int,
    seed: int,
    *,
    finished: Callable[[int, Tally], None] | None = None,
    watch: Watch = SILENT,
) -> list[Tally]:
    """Simulate every cell by JAX on this machine's default device.

    Parameters as of :func:`run_grid`; the numbers agree with its within Monte-Carlo error. A batch
    fills the device for as long as it takes, so that what is watched runs in a process of its own.

    Raises
    ------
    MissingExtra
        Without JAX.
    NotEstimable
        A cell that the accelerated engine does not cover; none is run then.
    Stopped
        When the watch says so; cells that were complete went to ``finished``.
    """
    from hilum.trials.simulation.accelerated import covered

    for cell in cells:
        covered(cell.trial)
    out: list[Tally] = []

    def heard(result: Tally) -> None:
        out.append(result)
        if finished is not None:
            finished(len(out) - 1, result)
        watch.done(trials)

    if watch is SILENT:
        for result in _accelerated(cells, trials, seed):
            heard(result)
    else:
        from hilum.apart import run_apart

        work = "hilum.trials.simulation.run:accelerated_apart"
        run_apart(work, watch, heard=heard, cells=list(cells), trials=trials, seed=seed)
    return out


def accelerated_apart(told: Telling, *, cells: Sequence[Cell], trials: int, seed: int) -> None:
    """Be the process of its own: tell each cell's result as it is complete."""
    for result in _accelerated(cells, trials, seed):
        told.part(result)


def _accelerated(cells: Sequence[Cell], trials: int, seed: int) -> Generator[Tally]:
    import numpy as np

    from hilum.trials.simulation.accelerated import accelerated_characteristics, covered

    for place, cell in enumerate(cells):
        words = next(tasks_of(place, cell, 1, seed)).spawn_key
        own = int(np.random.SeedSequence(seed, spawn_key=words).generate_state(1)[0])
        yield accelerated_characteristics(covered(cell.trial), trials, own)


def _serial(tasks: Iterator[Task]) -> Generator[tuple[Task, Tally]]:
    for task in tasks:
        try:
            result = run_task(task)
        except MemoryError:
            raise short_of_memory(task) from None
        yield task, result


def _distributed(tasks: Iterator[Task], client: Any, watch: Watch) -> Generator[tuple[Task, Tally]]:
    import time
    from asyncio import CancelledError
    from concurrent.futures import CancelledError as Cancelled

    from distributed import KilledWorker, as_completed

    waiting: dict[Any, Task] = {}

    def submit(task: Task) -> Any:
        # pure=False: a task is run although one of the same name was run for another user.
        future = client.submit(run_task, task, pure=False, retries=2)
        waiting[future] = task
        return future

    completed = as_completed([submit(task) for task in islice(tasks, AHEAD)])
    try:
        while waiting:
            if not completed.has_ready():
                # A worker may be starting, or lost.
                watch.done(0)
                time.sleep(SECONDS_TO_LOOK)
                continue
            future = next(completed)
            try:
                result = future.result()
            except KilledWorker as error:
                wanted = "workers that stay alive (see their logs; memory is the usual cause)"
                raise InputError(
                    Fault("", None, "scheduler", str(error).split(":")[0], wanted)
                ) from None
            except MemoryError:
                raise short_of_memory(waiting[future]) from None
            except (CancelledError, Cancelled, OSError):
                # What was finished before stays with the caller.
                seen = str(client.scheduler.address)
                wanted = "a scheduler that stays until the run ends (rerun to go on)"
                raise InputError(Fault("", None, "scheduler", seen, wanted)) from None
            task = waiting.pop(future)
            future.release()
            following = next(tasks, None)
            if following is not None:
                completed.add(submit(following))
            yield task, result
    finally:
        client.cancel(list(waiting))


@contextmanager
def cluster(workers: int = 2, scheduler: str | None = None) -> Generator[Any]:
    """A Dask client: of the scheduler at an address, or of an embedded cluster of processes.

    Raises
    ------
    MissingExtra
        Without Dask.
    InputError
        When nothing answers at the address.
    """
    try:
        from dask import config  # pyright: ignore[reportPrivateImportUsage]
        from distributed import Client, LocalCluster
    except ImportError:
        message = "many workers need the extra trials: pip install 'hilum[trials]'"
        raise MissingExtra(message) from None
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout=SECONDS_TO_CONNECT)
            except (OSError, ValueError) as error:
                wanted = phrased(
                    "a Dask scheduler that answers, tcp://HOST:PORT ({name})",
                    name=type(error).__name__,
                )
                raise InputError(Fault("", None, "scheduler", scheduler, wanted)) from None
            yield stack.enter_context(client)
            return
        stack.enter_context(config.set(SETTINGS))
        local = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            **QUIET,
            silence_logs=logging.CRITICAL,
        )
        yield stack.enter_context(Client(stack.enter_context(local)))


@contextmanager
def _quiet() -> Generator[None]:
    """Keep Dask's own account of a lost connection from the user, who gets one message."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
