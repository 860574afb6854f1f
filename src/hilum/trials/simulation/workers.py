"""Processes of this machine that share a grid's tasks; ended at once when they are not wanted."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.trials.simulation.tasks import run_task, short_of_memory

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Future

    from hilum.trials.simulation.tally import Tally
    from hilum.trials.simulation.tasks import Task
    from hilum.watch import Watch

# Tasks handed over ahead of the workers; a grid of any size then needs no more memory.
AHEAD = 100
SECONDS_TO_LOOK = 0.1
# A task may lose its workers so often before the run ends.
LOST = 3


def spread(tasks: Iterator[Task], workers: int, watch: Watch) -> Generator[tuple[Task, Tally]]:
    """Results in the order in which they come; tasks of a lost worker are run again.

    Closing the generator, or any exception, kills the workers.

    Raises
    ------
    InputError
        Workers kept dying.
    Stopped
        When the watch says so.
    """
    due: Iterator[Task] = tasks
    for _ in range(LOST + 1):
        lost: list[Task] = []
        yield from _until_lost(due, workers, watch, lost)
        if not lost:
            return
        due = chain(lost, due)
    wanted = "workers that stay alive (memory is the usual cause)"
    raise InputError(Fault("", None, "workers", str(workers), wanted))


def _until_lost(
    due: Iterator[Task], workers: int, watch: Watch, lost: list[Task]
) -> Generator[tuple[Task, Tally]]:
    """Results until all are there, or a worker is lost: what was not finished is then left."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_deaf
    )
    waiting: dict[Future[Tally], Task] = {}
    try:
        for task in islice(due, AHEAD):
            waiting[pool.submit(run_task, task)] = task
        while waiting:
            done, _ = wait(waiting, timeout=SECONDS_TO_LOOK, return_when=FIRST_COMPLETED)
            watch.done(0)
            for future in done:
                task = waiting.pop(future)
                try:
                    result = future.result()
                except BrokenProcessPool:
                    lost += [task, *waiting.values()]
                    return
                except MemoryError:
                    raise short_of_memory(task) from None
                for following in islice(due, 1):
                    waiting[pool.submit(run_task, following)] = following
                yield task, result
    except BrokenProcessPool:
        # A task was handed over as the worker went.
        lost += waiting.values()
    finally:
        own = set(multiprocessing.active_children()) - before
        for process in own:
            process.kill()
        for process in own:
            process.join()
        pool.shutdown(cancel_futures=True)


def _deaf() -> None:
    """Ctrl-C is the parent's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
