"""Time hilum's pooling beside its peers on the same inputs, in one run: ``make bench``.

R with metafor (Debian: ``apt-get install r-cran-metafor``) and pimeta (``python3 -m venv DIR &&
DIR/bin/pip install pimeta``, then ``PIMETA=DIR/bin/python make bench``) are used where they are
found. Medians, start-up left out; the last block times whole processes.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SEED = 20240501
HERE = Path(__file__).parent


def inputs() -> dict:
    """Seeded effects of every job."""
    rng = np.random.default_rng(SEED)

    def normal(*shape: int) -> tuple[np.ndarray, np.ndarray]:
        v = rng.uniform(0.05, 0.4, shape)
        return rng.normal(0, np.sqrt(v + 0.2)), v

    n = rng.integers(10, 120, 200)
    x = rng.binomial(n, 1 / (1 + np.exp(0.5 - 0.7 * rng.normal(size=200))))
    district = np.repeat(np.arange(11), [4, 4, 3, 4, 4, 11, 3, 8, 6, 5, 4])
    y3, v3 = normal(56)
    out = {
        "k13": normal(13),
        "k1000": normal(1000),
        "k500": normal(500),
        "batch": normal(10_000, 20),
    }
    out |= {"counts": (x, n), "nested": (y3 + 0.3 * rng.normal(size=11)[district], v3, district)}
    out["moderator"] = rng.normal(2000, 5, 13)
    return out


def long_table() -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances of 100,000 studies; of our own alone, as peers hold k x k matrices."""
    rng = np.random.default_rng(SEED)
    v = rng.uniform(0.05, 0.4, 100_000)
    return rng.normal(0, np.sqrt(v + 0.2)), v


def median_ms(job: Callable[[], object], repeats: int) -> float:
    """Median of ``repeats`` timings in milliseconds, after one unmeasured call."""
    job()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def ours(data: dict) -> dict[str, float]:
    """Milliseconds of each job."""
    from hilum.synthesis import fit, fit_batch, fit_exact, q_profile
    from hilum.synthesis.multilevel import multilevel
    from hilum.synthesis.sensitivity import leave_one_out, permutation_test

    def whole(y: np.ndarray, v: np.ndarray) -> object:
        found = fit(y, v)
        return found.beta, found.se, found.pval, found.ci_lb, found.ci_ub, found.I2, found.QEp

    y, v = data["k13"]
    large = fit(*data["k500"])
    moderated = fit(y, v, mods=np.column_stack([np.ones(13), data["moderator"]]))
    small = fit(y, v)
    x, n = data["counts"]
    long = long_table()
    y3, v3, district = data["nested"]
    return {
        "one REML fit, k = 13": median_ms(lambda: whole(y, v), 300),
        "one REML fit, k = 1,000": median_ms(lambda: whole(*data["k1000"]), 100),
        "one REML fit, k = 100,000": median_ms(lambda: whole(*long), 21),
        "10,000 REML fits, k = 20": median_ms(lambda: fit_batch(*data["batch"]), 9),
        "leave-one-out, k = 500": median_ms(lambda: leave_one_out(large), 9),
        "permutation test, 1,000, k = 13": median_ms(
            lambda: permutation_test(moderated, repetitions=1000, seed=1), 15
        ),
        "binomial-normal PLO, k = 200": median_ms(lambda: fit_exact("PLO", {"xi": x, "ni": n}), 25),
        "three-level model, k = 56": median_ms(
            lambda: multilevel(y3, v3, [district, range(56)]), 25
        ),
        "profile interval of tau2, k = 13": median_ms(lambda: q_profile(small), 100),
    }


def peers(data: dict, command: list[str], script: str) -> dict[str, float]:
    """Run a peer's script on the same numbers; empty where the peer is absent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inputs.json"
        path.write_text(
            json.dumps(
                {
                    key: value.tolist()
                    if isinstance(value, np.ndarray)
                    else [np.asarray(v).tolist() for v in value]
                    for key, value in data.items()
                }
            )
        )
        path.with_suffix(".R").write_text(_as_r(data))
        done = subprocess.run(
            [*command, str(HERE / script), str(path)], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        print(f"{script}: not run ({done.stderr.strip().splitlines()[-1:]})", file=sys.stderr)
        return {}
    return {
        name: float(value)
        for name, value in (line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    }


def _as_r(data: dict) -> str:
    """The same numbers as R source; 200 of the batch, which R's script scales to 10,000."""
    parts = []
    for key, value in data.items():
        arrays = [value] if isinstance(value, np.ndarray) else value
        if key == "batch":
            arrays = [array[:200] for array in arrays]
        vectors = [
            "c(" + ",".join(repr(float(v)) for v in np.asarray(array).ravel()) + ")"
            for array in arrays
        ]
        parts.append(f"{key} = list({', '.join(vectors)})")
    return f"d <- list({', '.join(parts)})\n"


def processes() -> dict[str, float]:
    """Whole processes on a 30-row file, interpreter start included."""
    rng = np.random.default_rng(SEED)
    n = rng.integers(10, 80, 30)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        rows = [f"{x},{size}" for x, size in zip(rng.binomial(n, 0.4), n, strict=True)]
        path.write_text("xi,ni\n" + "\n".join(rows) + "\n")
        hilum = shutil.which("hilum", path=str(Path(sys.executable).parent)) or "hilum"
        runs = {"hilum pool": [hilum, "pool", str(path), "--measure", "PLO", "--method", "REML"]}
        if shutil.which("Rscript"):
            code = (
                f"suppressMessages(library(metafor)); d <- read.csv('{path}'); "
                "print(rma(measure='PLO', xi=xi, ni=ni, data=d))"
            )
            runs["Rscript with metafor"] = ["Rscript", "-e", code]
        return {
            name: median_ms(lambda c=c: subprocess.run(c, capture_output=True, check=True), 7)
            for name, c in runs.items()
        }


def main() -> None:
    """Print the table."""
    data = inputs()
    mine = ours(data)
    r = peers(data, ["Rscript"], "metafor_jobs.R") if shutil.which("Rscript") else {}
    python = os.environ.get("PIMETA", "")
    pimeta = peers(data, [python], "pimeta_jobs.py") if python else {}
    print(f"{'job':36}{'hilum ms':>10}{'metafor ms':>12}{'ratio':>8}{'pimeta ms':>11}{'ratio':>8}")
    for name, value in mine.items():
        line = f"{name:36}{value:10.3f}"
        for peer, width in ((r, 12), (pimeta, 11)):
            other = peer.get(name)
            line += (
                f"{'-':>{width}}{'-':>8}"
                if other is None
                else f"{other:{width}.1f}{other / value:8.0f}"
            )
        print(line)
    whole = processes()
    print("\nwhole process, 30 rows: " + ", ".join(f"{n} {v:.0f} ms" for n, v in whole.items()))


if __name__ == "__main__":
    main()
