"""The jobs of pooling.py that pimeta has: name and median milliseconds, a tab between."""

import json
import statistics
import sys
import time
from pathlib import Path

import pimeta


def say(name, job, repeats):
    job()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    print(f"{name}\t{1000 * statistics.median(times)}")


data = json.loads(Path(sys.argv[1]).read_text())
y, v = data["k13"]
say("one REML fit, k = 13", lambda: pimeta.rma(yi=y, vi=v), 50)
many, variances = data["k1000"]
say("one REML fit, k = 1,000", lambda: pimeta.rma(yi=many, vi=variances), 3)
effects, sampling = data["batch"]
start = time.perf_counter()
for i in range(200):
    pimeta.rma(yi=effects[i], vi=sampling[i])
print(f"10,000 REML fits, k = 20\t{1000 * (time.perf_counter() - start) * 50}")
x, n = data["counts"]
say("binomial-normal PLO, k = 200", lambda: pimeta.rma_glmm(measure="PLO", xi=x, ni=n), 3)
