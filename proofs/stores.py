"""Stores whose writers are killed: whatever was said to be kept is kept, and work goes on.

Children of this process write - states and drafts of a case, work that is claimed and done - and
are killed (SIGKILL) at a random moment in it. Then the store is opened anew: everything that a
child had said to be kept has to be there, whole, and nothing half; work that was begun has to be
done in the end. ``--store`` names a PostgreSQL database, in which nothing else may lie.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hilum.store import work as rows
from hilum.store.cases import Cases
from hilum.store.livers import Livers
from hilum.store.opening import connected, opened
from hilum.store.work import DONE, Jobs
from hilum.web.exact import read, written
from hilum.web.kinds import KINDS, Bench
from hilum.web.liver_desk import LiverDesk
from hilum.web.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

KILLS, SEED = 200, 22
ME, TRY = "owner", "try"
# Seconds: the longest that a child is let write; that a child has to begin.
LONGEST, BEGINS = 0.08, 20.0
JOBS = 12


def store_of(folder: Path, address: str | None) -> Engine:
    """The store, opened by whoever asks."""
    return connected(address) if address else opened(folder)


def killed(child: Callable[[Callable[[object], None]], None], rng: random.Random) -> list[Any]:
    """Run a child, kill it at a random moment after it first said something; what it had said."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            child(lambda one: os.write(writing, json.dumps(one).encode() + b"\n") and None)
        finally:
            os._exit(1)
    os.close(writing)
    select.select([reading], [], [], BEGINS)
    time.sleep(rng.random() * LONGEST)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(reading, "rb") as said:
        lines = said.read().split(b"\n")
    return [json.loads(one) for one in lines[:-1]]


def saves(engine_of: Callable[[], Engine], case: str, say: Callable[[object], None]) -> None:
    """Type and keep, and say so after each."""
    cases = Cases(engine_of())
    while True:
        last = cases.last(case)
        content = {"patient": {"age": last.number}, "note": "x" * 5000}
        cases.type(case, last.number, content, ME)
        say(["typed", last.number])
        cases.keep(case, last.number, content, ME)
        say(["kept", last.number + 1])


def saved(kills: int, seed: int, folder: Path, address: str | None) -> list[str]:
    """Kill whoever saves; every fault."""
    rng, faults = random.Random(seed), []
    engine = store_of(folder, address)
    case = Cases(engine).add({"patient": {"age": 0}, "note": ""}, "new", ME)
    engine.dispose()
    for number in range(kills):
        said = killed(lambda say: saves(lambda: store_of(folder, address), case, say), rng)
        engine = store_of(folder, address)
        try:
            faults += [f"kill {number}: {one}" for one in _judged(engine, case, said)]
        finally:
            engine.dispose()
    return faults


def _judged(engine: Engine, case: str, said: list[Any]) -> list[str]:
    cases, found = Cases(engine), []
    states = cases.states(case)
    numbers = [one.number for one in states]
    if numbers != list(range(1, len(numbers) + 1)):
        found.append("a state is missing or twice")
    found += [f"state {at} is lost" for what, at in said if what == "kept" and at > len(numbers)]
    found += [
        f"state {one.number} is torn"
        for one in states[1:]
        if one.content != {"patient": {"age": one.number - 1}, "note": "x" * 5000}
    ]
    if said and said[-1][0] == "typed":
        base, draft = said[-1][1], cases.draft(case)
        there = draft is not None and draft.content["patient"]["age"] == base
        if not there and len(numbers) <= base:
            found.append(f"the draft on {base} is lost")
    logged = sum(one.what == "kept" for one in cases.audit())
    if logged != len(numbers) - 1:
        found.append(f"{len(numbers) - 1} states and {logged} lines of the log")
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        if whole != "ok":
            found.append(f"the file: {whole}")
    return found


def _tried(bench: Bench, asked: Any, watch: Any) -> Any:
    watch.stage("pool", 10)
    for _ in range(10):
        time.sleep(0.003)
        watch.done()
    return ("done", asked)


def does(engine_of: Callable[[], Engine], folder: Path, say: Callable[[object], None]) -> None:
    """Do what waits, and say when a piece begins."""
    jobs = Jobs(engine_of(), stale=0.2)
    KINDS[TRY] = lambda bench, asked, watch: (say(["begun", asked]), _tried(bench, asked, watch))[1]
    Worker(jobs, Bench(LiverDesk(Livers(folder)))).work()


def worked(kills: int, seed: int, folder: Path, address: str | None) -> tuple[int, list[str]]:
    """Kill whoever works; how many pieces there were, and every fault."""
    rng, faults = random.Random(seed), []
    # Here a worker dies of every piece, and none of them is to be blamed.
    rows.MOST_ATTEMPTS, before = 10_000, rows.MOST_ATTEMPTS
    KINDS[TRY] = _tried
    made: list[str] = []
    try:
        for number in range(kills):
            engine = store_of(folder, address)
            jobs = Jobs(engine, stale=0.2)
            if jobs.waiting() < JOBS:
                key = f"{number:064d}"
                jobs.begin(TRY, key, written(number), ME)
                made.append(key)
            engine.dispose()
            killed(lambda say: does(lambda: store_of(folder, address), folder, say), rng)
        engine = store_of(folder, address)
        jobs = Jobs(engine, stale=0.2)
        time.sleep(0.3)
        Worker(jobs, Bench(LiverDesk(Livers(folder)))).work(idle=0.6)
        for number, key in enumerate(made):
            job, answer = jobs.last(key), jobs.answers.find(key)
            if job is None or job.state != DONE:
                faults.append(f"job {number} is {job.state if job else 'lost'}")
            elif answer is None or read(answer)[0] != "done" or f"{read(answer)[1]:064d}" != key:
                faults.append(f"the answer of job {number} is lost or another's")
        engine.dispose()
    finally:
        rows.MOST_ATTEMPTS = before
        KINDS.pop(TRY, None)
    return len(made), faults


def main() -> None:
    """Kill, and say what fell."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--kills", type=int, default=KILLS)
    ask.add_argument("--seed", type=int, default=SEED)
    ask.add_argument("--store", help="address of a PostgreSQL database; else a file")
    said = ask.parse_args()
    begun = time.monotonic()
    with TemporaryDirectory(prefix="hilum-kill-") as folder:
        lost = saved(said.kills, said.seed, Path(folder), said.store)
        made, left = worked(said.kills, said.seed, Path(folder), said.store)
    for one in (*lost, *left):
        print(f"! {one}")
    seconds = time.monotonic() - begun
    print(f"{2 * said.kills} kills in mid-save and mid-work: {len(lost)} faults of {said.kills} "
          f"saves, {len(left)} of {made} pieces of work; {seconds:.0f} s")  # fmt: skip
    raise SystemExit(1 if lost or left else 0)


if __name__ == "__main__":
    main()
