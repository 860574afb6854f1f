"""Time the design of trials beside rpact on the same questions, in one run: ``make bench``.

R with rpact (Debian: ``apt-get install r-cran-rpact``), and clinfun for Simon's designs, are used
where they are found. Medians, start-up left out; answers are compared by the tests.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.pooling import median_ms

HERE = Path(__file__).parent


def ours() -> dict[str, float]:
    """Milliseconds of each job."""
    from hilum.trials import (
        Course,
        exact_two_proportions,
        find_predictive_design,
        fit_mixture,
        group_sequential,
        map_prior,
        sequential_survival,
        simon,
        survival,
        two_proportions,
    )

    design = group_sequential(stages=3, power=0.8, kind="asOF")
    course = Course(30, 18, 0.05, 12)
    events, n = [23, 12, 19, 9, 39, 6, 9, 10], [107, 44, 51, 39, 139, 20, 78, 35]
    labels = [str(i) for i in range(8)]
    prior = map_prior(events, n, labels)

    jobs: dict[str, tuple[Callable[[], object], int]] = {
        "O'Brien-Fleming, 5 analyses, with size": (
            lambda: group_sequential(stages=5, kind="OF"), 15,
        ),
        "Lan-DeMets, 5 analyses, with size": (lambda: group_sequential(stages=5), 15),
        "beta spending, 4 analyses, with size": (
            lambda: group_sequential(stages=4, futility="asOF"), 15,
        ),
        "sequential survival trial from a design": (
            lambda: sequential_survival(design, 0.7, 14, course), 15,
        ),
        "fixed survival trial": (lambda: survival(0.7, 14, Course(30, 18)), 15),
        "two proportions, normal": (lambda: two_proportions(0.4, 0.2), 50),
        "Simon, p0 0.3, p1 0.45, alpha 0.05, power 0.9": (
            lambda: simon(0.3, 0.45, alpha=0.05, power=0.9), 5,
        ),
        "Simon, p0 0.2, p1 0.4, alpha 0.05, power 0.8": (lambda: simon(0.2, 0.4), 15),
        "Boschloo's test, p 0.3 against 0.1": (lambda: exact_two_proportions(0.3, 0.1), 5),
        "predictive probability, 36 patients": (
            lambda: find_predictive_design(0.2, 0.4, n_max=36), 3,
        ),
        "MAP prior of 8 studies": (lambda: map_prior(events, n, labels), 5),
        "mixture of a MAP prior": (lambda: fit_mixture(prior.rates, prior.mass), 3),
    }  # fmt: skip
    return {name: median_ms(job, repeats) for name, (job, repeats) in jobs.items()}


def peers() -> dict[str, float]:
    """Milliseconds of R's packages; empty where they are absent."""
    if not shutil.which("Rscript"):
        print("rpact: not run (no R)", file=sys.stderr)
        return {}
    done = subprocess.run(
        ["Rscript", str(HERE / "trials_jobs.R")], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        print(f"rpact: not run ({done.stderr.strip().splitlines()[-1:]})", file=sys.stderr)
        return {}
    lines = (line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    return {name: float(value) for name, value in lines}


def main() -> None:
    """Print the table."""
    mine, other = ours(), peers()
    print(f"{'job':48}{'hilum ms':>10}{'R ms':>10}{'ratio':>8}")
    for name, value in mine.items():
        peer = other.get(name)
        shown = f"{'-':>10}{'-':>8}" if peer is None else f"{peer:10.2f}{peer / value:8.1f}"
        print(f"{name:48}{value:10.2f}{shown}")


if __name__ == "__main__":
    main()
