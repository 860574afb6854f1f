"""The joint model of several data sets, each for itself, in one process: for a ranking.

Data sets that fit into one frame (:mod:`hilum.synthesis.joint.frame`) are drawn one after another
by one compiled program; those of different programs at once. A data set's draws do not depend on
which others there are.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.errors import HilumError, Stopped
from hilum.synthesis.joint.batch import Within, cores, engine, transitions
from hilum.synthesis.joint.fit import DRAWS, WARMUP, joint
from hilum.synthesis.joint.frame import frame_for
from hilum.synthesis.joint.record import JointFit
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.joint.data import Studies
    from hilum.watch import Watch

Found = JointFit | HilumError


def joint_each(
    data: Sequence[Studies],
    *,
    seed: int = 1,
    ready: Callable[[int, JointFit], None] | None = None,
    watch: Watch = SILENT,
) -> list[Found]:
    """A fit of each data set with the default priors, or why there is none.

    Parameters
    ----------
    data : sequence of Studies
    seed : int
        Of each fit.
    ready : callable, optional
        Given the place of a data set and its fit as soon as it is there.
    watch : Watch
        Told of transitions; where there is one, all run in one process of their own
        (:mod:`hilum.apart`), so that they can be stopped at any moment.

    Raises
    ------
    Stopped
        When the watch says so.
    MissingExtra
        The extra ``joint`` is not installed.
    """
    out: dict[int, Found] = {}

    def heard(told: tuple[int, Found]) -> None:
        place, one = told
        out[place] = one
        if ready is not None and isinstance(one, JointFit):
            ready(place, one)

    if data:
        watch.stage("sampling", transitions(WARMUP, DRAWS) * len(data))
        if watch is SILENT:
            each(_Heard(watch, heard), data=tuple(data), seed=seed)
        else:
            from hilum.apart import run_apart

            work = "hilum.synthesis.joint.each:each"
            run_apart(work, watch, heard=heard, data=tuple(data), seed=seed)
    return [out[place] for place in range(len(data))]


@dataclass(frozen=True)
class _Heard:
    """What a child's watch is, in this process."""

    watch: Watch
    part: Callable[[Any], None]

    def stage(self, code: str, total: int) -> None: ...

    def done(self, n: int = 1) -> None:
        self.watch.done(n)


@dataclass(frozen=True)
class _Shared:
    """A watch told by several threads, one at a time."""

    watch: Watch
    lock: threading.Lock

    def stage(self, code: str, total: int) -> None: ...

    def done(self, n: int = 1) -> None:
        with self.lock:
            self.watch.done(n)


def each(watch: Any, *, data: tuple[Studies, ...], seed: int) -> None:
    """Fit each, and hand on place and fit, or place and error, when it is there."""
    engine()
    frames = [frame_for(one) for one in data]
    queues: dict[Any, list[int]] = {}
    for place, frame in enumerate(frames):
        # What fits into no frame is compiled for itself.
        queues.setdefault((data[place].kind, frame or place), []).append(place)
    shared = _Shared(watch, threading.Lock())

    def work(places: list[int]) -> None:
        for place in places:
            found = _one(data[place], frames[place], seed, shared)
            with shared.lock:
                watch.part((place, found))

    # The most arms first: what takes longest is not left to the end.
    order = sorted(queues.values(), key=lambda places: -sum(len(data[i].y) for i in places))
    with ThreadPoolExecutor(min(cores(), len(order))) as pool:
        for _ in pool.map(work, order):
            pass


def _one(studies: Studies, frame: Any, seed: int, watch: Watch) -> Found:
    try:
        within = Within(watch, transitions(WARMUP, DRAWS))
        return joint(studies, seed=seed, frame=frame, watch=within)
    except Stopped:
        raise
    except HilumError as error:
        return error
