"""The networks of network.py in pimeta: name and median milliseconds, a tab between."""

import json
import statistics
import sys
import time
from pathlib import Path

import pimeta


def job(data, method):
    return pimeta.netmeta(
        data["TE"],
        data["seTE"],
        data["treat1"],
        data["treat2"],
        data["studlab"],
        method_tau=method,
    )


for name, data in json.loads(Path(sys.argv[1]).read_text()).items():
    for method in ("DL", "REML"):
        job(data, method)
        times = []
        for _ in range(9 if len(data["TE"]) < 100 else 2):
            start = time.perf_counter()
            job(data, method)
            times.append(time.perf_counter() - start)
        print(f"{name}, {method}\t{1000 * statistics.median(times)}", flush=True)
