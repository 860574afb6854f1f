"""Time the joint model on the shipped evidence, cold, as a user starts it: ``make bench``.

Each job is a process of its own: imports, compilation and sampling; then the same question again,
from the posterior that the first kept (goal 0.3 s). No released package holds
single-arm studies in a network, so there is no peer; goals of the project stand beside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

JOBS = [
    ("objective response, NETLM, 4 x 1,000", 20, ["--population", "netlm"]),
    ("objective response, mixed NET, 4 x 1,000", 20, ["--population", "mixed_net"]),
    ("the same, dial of 11 weights", 60, ["--population", "mixed_net", "--dial"]),
]


def main() -> None:
    """Wall and processor seconds of each job, effective draws and their rate."""
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    print(f"hilum joint, cold, {cores} cores (load {load:.1f} before)")
    for name, goal, options in JOBS:
        with tempfile.TemporaryDirectory() as folder:
            _job(name, goal, options, folder)


def _job(name: str, goal: int, options: list[str], folder: str) -> None:
    for again in (False, True):
        before, start = os.times(), time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "hilum", "joint", "--json", *options],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "HILUM_CACHE": folder},
        )
        wall = time.perf_counter() - start
        after = os.times()
        used = after.children_user - before.children_user
        if done.returncode != 0:
            print(f"{name}: failed: {done.stderr.strip()}")
            return
        if again:
            print(f"{'  asked again':42} {wall:6.1f} s wall")
            continue
        found = json.loads(done.stdout)["convergence"]
        ess = min(found["ess_bulk"], found["ess_tail"])
        print(
            f"{name:42} {wall:6.1f} s wall (goal {goal}), {used:6.1f} s processor, "
            f"least effective draws {ess:.0f}, {ess / wall:.0f} a second"
        )


if __name__ == "__main__":
    main()
