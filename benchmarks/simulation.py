"""Time simulated trials beside rpact in one run, their growth with patients, and two workers.

``make bench``. rpact (Debian: ``apt-get install r-cran-rpact``) is used where it is found. The
fastest of five runs on both sides, start-up left out.
"""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from hilum.trials.simulation import SurvivalTrial, survival_characteristics
from hilum.trials.simulation.run import cluster, run_grid
from hilum.trials.simulation.scenario import Cell

SEED, TRIALS = 20240607, 10_000
# O'Brien-Fleming, two stages, one-sided 0.025 (tests/reference/rpact_designs.json).
CRITICAL = (2.79650946, 1.97743096)
HERE = Path(__file__).parent


def design(patients: int = 300) -> SurvivalTrial:
    """The two-stage design of every job, its events in proportion to its patients."""
    return SurvivalTrial(
        patients=patients,
        accrual_rates=(patients / 24,),
        control_hazards=(math.log(2) / 16,),
        hazard_ratios=(0.7,),
        efficacy=CRITICAL,
        events=(patients * 2 // 5, patients * 4 // 5),
    )


def seconds(job: Callable[[], object], repeats: int = 5) -> float:
    """Fastest of some runs after one that is not timed: least touched by other programs."""
    job()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return min(times)


def rpact() -> list[float] | None:
    """Seconds, power, events and months by rpact; None where it is absent."""
    if shutil.which("Rscript") is None:
        return None
    words = [str(TRIALS), *(str(one) for one in CRITICAL)]
    done = subprocess.run(
        ["Rscript", str(HERE / "rpact_jobs.R"), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return [float(one) for one in done.stdout.split()] if done.returncode == 0 else None


def beside_rpact() -> None:
    """Ten thousand trials of 300 patients."""
    mine = seconds(lambda: survival_characteristics(design(), TRIALS, SEED))
    found = survival_characteristics(design(), TRIALS, SEED)
    figures = " ".join(f"{found[name].mean:.4g}" for name in ("power", "events", "months"))
    print(f"{TRIALS:,} two-stage trials of 300 patients, one core: hilum {mine:.3f} s ({figures})")
    peer = rpact()
    if peer is None:
        print("rpact: not run (apt-get install r-cran-rpact)")
        return
    figures = " ".join(f"{one:.4g}" for one in peer[1:])
    print(f"{'rpact':>57} {peer[0]:.3f} s ({figures}), ratio {peer[0] / mine:.1f}")


def growth() -> None:
    """Time a patient as trials grow: linear when it stays the same."""
    for patients in (100, 300, 1000, 3000, 10_000):
        trials = max(100, 3_000_000 // patients)
        each = seconds(lambda n=patients, t=trials: survival_characteristics(design(n), t, SEED))
        print(f"{patients:7,} patients: {1e9 * each / trials / patients:6.0f} ns a patient")


def scaling() -> None:
    """Efficiency of two worker processes over one, on a cluster that has started.

    Wall time means little where other programs share the cores, so processor time is shown too:
    what one process needs for the same trials, over what two workers and the scheduler need.
    """
    if importlib.util.find_spec("distributed") is None:
        print("two workers: not run (the extra trials is absent)")
        return
    cell, trials = Cell(design(), {}), 20 * TRIALS
    times, spent = {}, 0.0
    for workers in (1, 2):
        with cluster(workers) as client:
            run_grid([cell], trials // 10, SEED, client=client)
            before = sum(client.run(time.process_time).values()) + time.process_time()
            start = time.perf_counter()
            run_grid([cell], trials, SEED, client=client)
            times[workers] = time.perf_counter() - start
            spent = sum(client.run(time.process_time).values()) + time.process_time() - before
    before = time.process_time()
    run_grid([cell], trials, SEED)
    alone = time.process_time() - before
    print(
        f"{trials:,} trials: one worker {times[1]:.2f} s, two {times[2]:.2f} s, "
        f"efficiency {100 * times[1] / times[2] / 2:.0f} % of wall time "
        f"({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}); processor time "
        f"{alone:.2f} s alone, {spent:.2f} s by two workers and the scheduler, "
        f"{100 * alone / spent:.0f} %"
    )


def main() -> None:
    """Print the three blocks."""
    beside_rpact()
    growth()
    scaling()


if __name__ == "__main__":
    main()
