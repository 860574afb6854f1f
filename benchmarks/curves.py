"""Time the reconstruction of patients beside Guyot's published algorithm: ``make bench``.

The peer is a plain per-click program of Guyot 2012 (BMC Med Res Methodol 12:9), written here from
the paper's description. R with survival (Debian: ``apt-get install r-cran-survival``) is used for
Kaplan-Meier and Cox where it is found. Medians of processor time, start-up left out.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from hilum.synthesis.survival import compare_arms, reconstruct

SEED = 20240601
CLICKS, COLUMNS = 60, 8


def guyot(t: list, s: list, risk_time: list, risk_n: list) -> tuple[list, list]:
    """Patients by the published algorithm, click by click (no total number of deaths).

    ``t``, ``s`` start with (0, 1). The number censored in an interval of the risk table is guessed,
    the interval is walked through, and the guess is changed by what the number at risk at its end
    misses, until it stands still.
    """
    # An interval without a click has nothing to be walked through: its column is left out, as the
    # authors' program asks of its user.
    lower, kept = [], []
    for j, r in enumerate(risk_time):
        first = next((k for k, x in enumerate(t) if x >= r), None)
        if first is not None and first not in lower:
            lower.append(first)
            kept.append(risk_n[j])
    risk_n = kept
    upper = [k - 1 for k in lower[1:]] + [len(t) - 1]
    intervals = len(risk_n)
    n_hat = [0] * (len(t) + 1)
    d, cen = [0] * len(t), [0] * len(t)
    km = [1.0] * len(t)
    last, censored = 0, [0] * intervals
    n_hat[0] = risk_n[0]

    def walk(i: int, many: int, last: int) -> int:
        first, end = lower[i], upper[i]
        stop = t[lower[i + 1]] if i + 1 < intervals else t[-1]
        for k in range(first, end + 1):
            cen[k] = 0
        for c in range(1, many + 1):
            at = t[first] + c * (stop - t[first]) / (many + 1)
            k = max(k for k in range(first, end + 1) if t[k] <= at)
            cen[k] += 1
        n_hat[first] = risk_n[i]
        for k in range(first, end + 1):
            if k == 0:
                d[k], km[k] = 0, 1.0
            else:
                n = n_hat[k]
                d[k] = round(n * (1 - s[k] / km[last])) if n > 0 and km[last] > 0 else 0
                d[k] = min(max(d[k], 0), max(n, 0))
                km[k] = km[last] * (1 - d[k] / n) if n > 0 else km[last]
            n_hat[k + 1] = n_hat[k] - d[k] - cen[k]
            if d[k] > 0:
                last = k
        return last

    for i in range(intervals - 1):
        many = round(risk_n[i] * s[lower[i + 1]] / max(s[lower[i]], 1e-9) - risk_n[i + 1])
        many = max(many, 0)
        for _ in range(50):
            found = walk(i, many, last)
            miss = n_hat[upper[i] + 1] - risk_n[i + 1]
            if miss == 0 or (many == 0 and miss < 0):
                break
            many = max(many + miss, 0)
        censored[i] = many
        last = found
    i = intervals - 1
    if i:
        length = t[lower[i]] - t[lower[0]]
        rate = sum(censored[:i]) / length if length > 0 else 0.0
        many = min(round(rate * (t[-1] - t[lower[i]])), risk_n[i])
    else:
        many = 0
    walk(i, many, last)
    time_out: list = []
    status: list = []
    for k in range(len(t)):
        time_out += [t[k]] * d[k]
        status += [1] * d[k]
        following = t[k + 1] if k + 1 < len(t) else t[k]
        time_out += [(t[k] + following) / 2] * cen[k]
        status += [0] * cen[k]
    missing = risk_n[0] - len(time_out)
    return time_out + [t[-1]] * max(missing, 0), status + [0] * max(missing, 0)


def clicked(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A trial's curve as 60 clicks with an error of 0.2 %, and 8 columns of numbers at risk."""
    n = int(rng.integers(80, 400))
    died = rng.weibull(1.1, n) * rng.uniform(20, 60)
    left = np.minimum(rng.uniform(15, 80, n), 60.0)
    follow, dead = np.minimum(died, left), died <= left
    when = np.unique(follow[dead])
    at_risk = np.array([(follow >= t).sum() for t in when])
    deaths = np.array([((follow == t) & dead).sum() for t in when])
    level = np.cumprod(1 - deaths / at_risk)
    some = np.sort(rng.choice(len(when), min(CLICKS - 2, len(when)), replace=False))
    t = np.r_[0, when[some], follow.max()]
    s = np.clip(np.r_[1, level[some], level[-1]] + rng.normal(0, 0.002, len(t)), 0, 1)
    s[0] = 1
    columns = np.linspace(0, 52.5, COLUMNS)
    return t, np.minimum.accumulate(s), columns, np.array([(follow >= c).sum() for c in columns])


def median_ms(job, repeats: int) -> float:
    """Median of ``repeats`` timings in milliseconds, after one unmeasured call."""
    job()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def in_r(first, second) -> float | None:
    """Milliseconds of survfit and coxph on the same patients, by R's own clock."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "patients.csv"
        rows = [
            f"{t},{s},{arm}"
            for arm, one in enumerate((first, second))
            for t, s in zip(one.time, one.status, strict=True)
        ]
        table.write_text("time,status,arm\n" + "\n".join(rows) + "\n")
        program = (
            'if (!requireNamespace("survival", quietly=TRUE)) quit(status=3); library(survival);'
            f'd <- read.csv("{table}"); f <- function() {{survfit(Surv(time,status)~arm,d);'
            "coxph(Surv(time,status)~arm,d)}; invisible(f());"
            "cat(1000*median(replicate(30, system.time(f())[['elapsed']])))"
        )
        done = subprocess.run(
            ["Rscript", "-e", program], capture_output=True, text=True, check=False
        )
    return float(done.stdout) if done.returncode == 0 else None


def main() -> None:
    """Print every job: ours, the peer's, the ratio."""
    rng = np.random.default_rng(SEED)
    jobs = [clicked(rng) for _ in range(1000)]
    lists = [tuple(part.tolist() for part in job) for job in jobs]
    one = jobs[0]
    ours = median_ms(lambda: reconstruct(*one), 50)
    peer = median_ms(lambda: guyot(*lists[0]), 20)
    print(f"one curve, {CLICKS} clicks, {COLUMNS} columns at risk:")
    print(
        f"  hilum {ours:.2f} ms, Guyot 2012 click by click {peer:.2f} ms, {peer / ours:.1f} times"
    )
    ours = median_ms(lambda: [reconstruct(*job) for job in jobs], 3)
    peer = median_ms(lambda: [guyot(*job) for job in lists], 1)
    print("1,000 curves:")
    print(f"  hilum {ours:.0f} ms, Guyot 2012 {peer:.0f} ms, {peer / ours:.1f} times")
    t, s, columns, n = jobs[1]
    fine = median_ms(lambda: reconstruct(t, s, columns, n, precision=1e-4), 20)
    print(f"one curve, numbers at risk from {len(t) - 1} finely read steps: hilum {fine:.2f} ms")
    first, second = reconstruct(*jobs[2]), reconstruct(*jobs[3])
    cox = median_ms(lambda: compare_arms(first, second), 10)
    print(f"hazard ratio and log-rank of two arms (lifelines): {cox:.1f} ms", end="")
    r = in_r(first, second)
    print("" if r is None else f", R survival {r:.1f} ms")


if __name__ == "__main__":
    main()
