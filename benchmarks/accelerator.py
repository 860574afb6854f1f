"""Trials per second by JAX on its default device, checked against the numpy engine.

``python -m benchmarks.accelerator [TRIALS]``: a million trials where there is an accelerator, ten
thousand on a CPU. Exit status 1 where a figure differs by more than four Monte-Carlo errors.
"""

from __future__ import annotations

import importlib.util
import math
import sys
import time

from benchmarks.simulation import design

from hilum.trials.simulation import survival_characteristics

SEED = 20240608
CHECKED = 50_000


def main() -> None:
    """Compile, time, compare."""
    if importlib.util.find_spec("jax") is None:
        print("accelerator: not run (the extra joint is absent)")
        return
    import jax

    from hilum.trials.simulation.accelerated import accelerated_characteristics

    device = jax.devices()[0]
    on_cpu = device.platform == "cpu"
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000 if on_cpu else 1_000_000
    trial = design()
    start = time.perf_counter()
    accelerated_characteristics(trial, trials, SEED)
    first = time.perf_counter() - start
    start = time.perf_counter()
    found = accelerated_characteristics(trial, trials, SEED + 1)
    taken = time.perf_counter() - start
    start = time.perf_counter()
    expected = survival_characteristics(trial, CHECKED, SEED)
    ours = time.perf_counter() - start
    print(
        f"{trials:,} two-stage trials of 300 patients on {device.device_kind}: {taken:.2f} s, "
        f"{trials / taken:,.0f} trials a second (first call, compiled: {first:.2f} s); "
        f"numpy on one core {CHECKED / ours:,.0f} a second"
    )
    if on_cpu:
        print("no accelerator here: the same program ran on the CPU")
    wrong = False
    for name, one in expected.items():
        error = math.hypot(one.mcse, found[name].mcse)
        apart = found[name].mean - one.mean
        fine = abs(apart) <= 4 * error + 1e-4
        wrong |= not fine
        print(
            f"  {name:24} {found[name].mean:10.4f} {one.mean:10.4f}  "
            f"apart {apart:+.2g}, error {error:.2g}{'' if fine else '  <-'}"
        )
    sys.exit(wrong)


if __name__ == "__main__":
    main()
