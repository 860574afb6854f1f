"""``make fuzz``: spoilt inputs for every reader and command, in processes that may die.

A fault is an unforeseen error, a hang over 20 seconds, memory over 2 GB, an impossible value in an
answer, a message without a place, a character that acts on a terminal, a file left behind. The
input of each is kept with its seed, and the exit status says whether there was one.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from proofs import last_run
from proofs.targets import TARGETS

# Some are drawn twice and not counted: 10,000 that differ are left.
INPUTS, SEED, A_JOB = 10_400, 21, 40
# Beyond the 20 seconds of its processor that a call may use: what waits for nothing.
WAIT = 300
# Bytes of earlier inputs that a process may hold before another takes its place.
KEPT = 700 * 2**20
# Set by an interrupt: jobs that have begun are finished, and what was tried is told.
STOP = threading.Event()


@dataclass
class Tally:
    """What was tried and what fell."""

    inputs: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str]] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


def jobs(inputs: int, seed: int, only: str | None) -> list[tuple[str, int, int]]:
    """Target, seed and number of inputs of each job, every target by its share."""
    chosen = [one for one in TARGETS if only is None or only.lower() in one.name.lower()]
    whole = sum(one.share for one in chosen)
    found: list[tuple[str, int, int]] = []
    for place, one in enumerate(chosen):
        left = max(1, round(inputs * one.share / whole))
        for turn in range(0, left, A_JOB):
            found.append(
                (one.name, seed * 1_000_000 + place * 10_000 + turn, min(A_JOB, left - turn))
            )
    # Mixed, so that a run that is stopped early has looked at everything.
    random.Random(seed).shuffle(found)
    return found


class Worker:
    """A process, its folder and its answers."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        self.answers: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "proofs.fuzz_worker", str(self.folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
                 "HILUM_LANGUAGE": "en", "COLUMNS": "100", "PYTHONWARNINGS": "default"},
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.answers.put(line)
        self.answers.put("")

    def say(self, line: str) -> None:
        """One line to the process."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """End the process and forget its folder."""
        self.process.kill()
        self.process.wait()
        self.reader.join(WAIT)
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def work(process: int) -> tuple[bool, int]:
    """Whether a process would go on if it were given a processor, and how much it has used."""
    try:
        text = Path(f"/proc/{process}/stat").read_text("utf-8")
    except OSError:
        return False, 0
    cells = text.rpartition(")")[2].split()
    return cells[0] == "R", int(cells[11]) + int(cells[12])


def keep(folder: Path, saved: Path, job: tuple[str, int, int], found: dict[str, object]) -> None:
    """The failing input with its words, seed and faults."""
    place = saved / f"{job[0].replace(' ', '_')}-{found['mark']}"
    shutil.copytree(folder, place, dirs_exist_ok=True)
    (place / "fault.json").write_text(json.dumps({"seed": job[1], **found}, indent=1), "utf-8")


def one_job(worker: Worker, job: tuple[str, int, int], tally: Tally, saved: Path) -> bool:
    """Run a job; false where the process died, had to be ended, or holds too much by now."""
    worker.say("\t".join(map(str, job)))
    now: dict[str, object] = {"words": [], "mark": "start"}
    count = 0
    _, used = work(worker.process.pid)
    while True:
        try:
            line = worker.answers.get(timeout=WAIT)
        except queue.Empty:
            ready, now_used = work(worker.process.pid)
            if ready or now_used > used:
                used = now_used
                continue  # the machine has no time for it, which is no fault of hilum
            line = None
        if not line:
            if line is None:
                worker.process.kill()
            status = worker.process.wait()
            slow = line is None or status == -signal.SIGXCPU
            fault = f"hang: {now['words']}" if slow else f"died: status {status}: {now['words']}"
            keep(worker.folder, saved, job, {**now, "faults": [fault]})
            with tally.lock:
                tally.inputs[job[0]] += count
                tally.faults.append((job[0], fault))
            return False
        found = json.loads(line)
        if "now" in found:
            count += 1
            now = {"words": found["now"], "mark": found["mark"]}
        elif "faults" in found:
            keep(worker.folder, saved, job, found)
            worker.say("kept")
            with tally.lock:
                tally.faults += [(job[0], one) for one in found["faults"]]
        else:
            with tally.lock:
                tally.inputs[job[0]] += found["done"]
                tally.slowest = max(tally.slowest, found["slowest"])
            return found["kept"] < KEPT


def attack(inputs: int, seed: int, workers: int, saved: Path, only: str | None = None) -> Tally:
    """Every target by its share over a pool of processes."""
    tally = Tally()
    waiting: queue.Queue[tuple[str, int, int]] = queue.Queue()
    for job in jobs(inputs, seed, only):
        waiting.put(job)
    saved.mkdir(parents=True, exist_ok=True)

    def run() -> None:
        worker = Worker()
        while not STOP.is_set():
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                break
            if not one_job(worker, job, tally, saved):
                worker.end()
                worker = Worker()
        worker.end()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return tally


def told(tally: Tally, seconds: float) -> str:
    """The summary, a line a target and one for all."""
    lines = [f"{name:24} {count:6,}" for name, count in sorted(tally.inputs.items())]
    lines += [f"! {name}: {fault}" for name, fault in dict.fromkeys(tally.faults)]
    return "\n".join([*lines, f"{summed(tally)}; {seconds:.0f} s in all"])


def summed(tally: Tally) -> str:
    """All of it in one line."""
    kinds = Counter(fault.partition(":")[0] for _, fault in tally.faults)
    what = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "no fault"
    return (
        f"{sum(tally.inputs.values()):,} inputs, none twice, over {len(tally.inputs)} targets: "
        f"{what}; slowest {tally.slowest:.1f} s of one processor"
    )


def main() -> None:
    """Read the options, attack, say what fell."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--inputs", type=int, default=INPUTS)
    ask.add_argument("--seed", type=int, default=SEED)
    ask.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    ask.add_argument("--only", help="targets whose name holds this")
    ask.add_argument("--saved", type=Path, default=Path("fuzz-faults"))
    said = ask.parse_args()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: STOP.set())
    begun = time.monotonic()
    tally = attack(said.inputs, said.seed, said.workers, said.saved, said.only)
    print(told(tally, time.monotonic() - begun))
    if said.inputs >= INPUTS and said.only is None and not STOP.is_set():
        last_run.write("make fuzz", summed(tally))
    raise SystemExit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
