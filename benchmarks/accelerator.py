"""Trials per second by JAX on its default device, checked against the numpy engine.

Two designs: the plain one of the other benchmarks, and one with crossover, competing death,
drop-out, a delayed effect and lag.

``python -m benchmarks.accelerator [TRIALS]``: a million trials where there is an accelerator, ten
thousand on a CPU. Exit status 1 where a figure differs by more than four Monte-Carlo errors.
"""

from __future__ import annotations

import importlib.util
import math
import sys
import time
from dataclasses import replace

from benchmarks.simulation import design

from hilum.trials.simulation import SurvivalTrial, survival_characteristics

SEED = 20240608
CHECKED = 50_000


def main() -> None:
    """Compile, time, compare."""
    if importlib.util.find_spec("jax") is None:
        print("accelerator: not run (the extra joint is absent)")
        return
    import jax

    device = jax.devices()[0]
    on_cpu = device.platform == "cpu"
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000 if on_cpu else 1_000_000
    if on_cpu:
        print("no accelerator here: the same program runs on the CPU")
    plain = design()
    everything = replace(
        plain,
        hazard_ratios=(1.0, 0.65),
        ratio_breaks=(3.0,),
        crossover_hazards=(0.02, 0.005),
        competing_hazards=(0.003, 0.003),
        dropout_hazards=(0.004, 0.006),
        events=(80, 160),
        lag_months=2.0,
    )
    wrong = False
    for name, trial in (("two-stage", plain), ("two-stage, everything", everything)):
        wrong |= compared(f"{trials:,} {name} trials on {device.device_kind}", trial, trials)
    sys.exit(wrong)


def compared(what: str, trial: SurvivalTrial, trials: int) -> bool:
    """Time one design and print its figures by both engines; whether any disagrees."""
    from hilum.trials.simulation.accelerated import accelerated_characteristics

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
        f"{what}: {taken:.2f} s, {trials / taken:,.0f} trials a second (first call, compiled: "
        f"{first:.2f} s); numpy on one core {CHECKED / ours:,.0f} a second"
    )
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
    return wrong


if __name__ == "__main__":
    main()
