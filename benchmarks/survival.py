"""Time hilum's survival part beside R's survival on the same patients, in one run.

R with survival (Debian: ``apt-get install r-cran-survival``) is used where it is found. Medians,
start-up left out; the joint model has no peer that takes every kind of report, and its aim, two
seconds for 40 studies on one core, is printed beside it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from benchmarks.pooling import median_ms

SEED = 20240504
HERE = Path(__file__).parent
AIM_MS = 2000.0


def patients() -> dict[str, np.ndarray]:
    """900 patients of two groups with an age, times to a tenth of a month (so with ties)."""
    rng = np.random.default_rng(SEED)
    group, age = np.repeat([0.0, 1.0], 450), rng.normal(60, 10, 900)
    died = rng.exponential(40 * np.exp(0.4 * group - 0.02 * (age - 60)))
    end = rng.uniform(12, 120, 900)
    observed = np.maximum(np.minimum(died, end).round(1), 0.1)
    return {"time": observed, "status": (died <= end) * 1.0, "group": group, "age": age}


def arms(k: int, *, curves: bool) -> list:
    """Studies that print rates and medians (every third its median alone), or give patients."""
    from hilum.synthesis.survival import Report, SurvivalArm

    rng = np.random.default_rng([SEED, k])
    out = []
    for i in range(k):
        died = 55 * np.exp(0.4 * rng.normal()) * rng.weibull(1.2, 60)
        if curves:
            end = rng.uniform(24, 120, 60)
            seen, status = np.minimum(died, end), died <= end
            reports = [Report("curve", times=tuple(seen), status=tuple(map(int, status)))]
        else:
            reports = [Report("median", None, float(np.median(died)), n=60)]
            if i % 3:
                reports += [
                    Report("rate", t, float((died > t).mean()), n=60) for t in (12.0, 36.0, 60.0)
                ]
        out.append(SurvivalArm(f"s{i}", "", tuple(reports)))
    return out


def ours(data: dict[str, np.ndarray]) -> dict[str, float]:
    """Milliseconds of each job with a peer."""
    from hilum.synthesis.survival import (
        cox,
        kaplan_meier,
        log_rank,
        restricted_mean_contrast,
    )

    t, d, g = data["time"], data["status"], data["group"]
    x = np.column_stack([g, data["age"]])

    def means() -> object:
        curves = [kaplan_meier(t[g == one], d[g == one]) for one in (0, 1)]
        return restricted_mean_contrast(*curves, 60)

    return {
        "Kaplan-Meier with intervals, n = 900": median_ms(lambda: kaplan_meier(t, d), 30),
        "log-rank, two groups, n = 900": median_ms(lambda: log_rank(t, d, g), 30),
        "Cox and its proportionality test, n = 900": median_ms(lambda: cox(t, d, x), 15),
        "restricted means of two groups, n = 900": median_ms(means, 30),
    }


def alone() -> dict[str, float]:
    """Milliseconds of the joint model's jobs."""
    from hilum.synthesis.survival import average_survival, fit_survival, posterior

    printed, given = arms(40, curves=False), arms(40, curves=True)
    spline = fit_survival(printed[:10], family="piecewise", random="location")
    return {
        "5 studies, families averaged (the default)": median_ms(
            lambda: average_survival(printed[:5]), 9
        ),
        "40 studies, families averaged": median_ms(lambda: average_survival(printed), 5),
        "40 studies, 2,400 patients, families averaged": median_ms(
            lambda: average_survival(given), 3
        ),
        "10 studies, piecewise, posterior by importance": median_ms(lambda: posterior(spline), 3),
        "40 studies, Weibull": median_ms(
            lambda: fit_survival(printed, family="weibull", random="location"), 9
        ),
        "40 studies, Weibull, and with varying shape": median_ms(
            lambda: fit_survival(printed, family="weibull"), 5
        ),
        "40 studies, every family by AIC": median_ms(lambda: fit_survival(printed), 3),
        "40 studies, 2,400 patients, Weibull": median_ms(
            lambda: fit_survival(given, family="weibull", random="location"), 3
        ),
    }


def peer(data: dict[str, np.ndarray]) -> dict[str, float]:
    """R's survival on the same patients; empty, with a message, where it is absent."""
    if not shutil.which("Rscript"):
        print("R is not installed: its column is left out", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "patients.csv"
        rows = zip(*data.values(), strict=True)
        lines = [",".join(repr(float(value)) for value in row) for row in rows]
        path.write_text(",".join(data) + "\n" + "\n".join(lines) + "\n")
        done = subprocess.run(
            ["Rscript", str(HERE / "survival_jobs.R"), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:]
        print(f"R's survival was not run: {reason}", file=sys.stderr)
        return {}
    return {
        name: float(value)
        for name, value in (line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    }


def main() -> None:
    """Print the tables."""
    data = patients()
    mine, r = ours(data), peer(data)
    print(f"{'job':44}{'hilum ms':>10}{'survival ms':>13}{'ratio':>8}")
    for name, value in mine.items():
        other = r.get(name)
        line = f"{'-':>13}{'-':>8}" if other is None else f"{other:13.2f}{other / value:8.2f}"
        print(f"{name:44}{value:10.2f}{line}")
    print(f"\n{'joint model':44}{'hilum ms':>10}{'aim ms':>13}")
    for name, value in alone().items():
        print(f"{name:44}{value:10.1f}{AIM_MS:13.0f}")


if __name__ == "__main__":
    main()
