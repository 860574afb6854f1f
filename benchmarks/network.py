"""Time network meta-analysis beside its peers on the same networks, in one run: ``make bench``.

From rows of names and numbers to both models' league tables, intervals, prediction intervals, Q,
tau2 and P-scores; start-up left out, medians. R with netmeta and pimeta (``python3 -m venv DIR &&
DIR/bin/pip install pimeta``, then ``PIMETA=DIR/bin/python make bench``) are used where found.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from benchmarks.pooling import median_ms

SEED = 20240501
HERE = Path(__file__).parent
SIZES = {"10 treatments, 50 studies": (10, 50, 300), "100 treatments, 500 studies": (100, 500, 15)}
LIMITS = {"10 treatments, 50 studies": 1.5, "100 treatments, 500 studies": 100.0}
METHODS = ("DL", "REML")


def two_arm_network(n: int, k: int) -> dict[str, list]:
    """Seeded two-arm studies: a chain through all treatments, then pairs at random."""
    rng = np.random.default_rng(SEED)
    pairs = [(i, i + 1) for i in range(n - 1)]
    while len(pairs) < k:
        a, b = sorted(rng.choice(n, 2, replace=False).tolist())
        pairs.append((a, b))
    theta, se = rng.normal(0, 0.4, n), rng.uniform(0.1, 0.5, k)
    te = [theta[a] - theta[b] for a, b in pairs] + rng.normal(0, np.sqrt(se**2 + 0.04))
    return {
        "studlab": [f"study{i}" for i in range(k)],
        "treat1": [f"t{a:03d}" for a, _ in pairs],
        "treat2": [f"t{b:03d}" for _, b in pairs],
        "TE": te.tolist(),
        "seTE": se.tolist(),
    }


def ours(data: dict[str, list], method: str) -> object:
    """Everything the peers compute in their call."""
    from hilum.synthesis.network import contrasts, fit_network, p_scores

    fit = fit_network(contrasts(**data), method=method)  # pyright: ignore[reportArgumentType]
    out = [(m.TE, m.seTE, m.lower, m.upper, m.pval) for m in (fit.common, fit.random)]
    return out, fit.prediction, fit.Q, fit.pval_Q, fit.I2, p_scores(fit.random)


def peer(networks: dict[str, dict], command: list[str], script: str) -> dict[str, float]:
    """Milliseconds by ``size, method``, of a script that is given the same numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "networks.json"
        path.write_text(json.dumps(networks))
        for name, data in networks.items():
            rows = zip(*data.values(), strict=True)
            lines = [",".join(data), *(",".join(map(repr_plain, row)) for row in rows)]
            (Path(folder) / f"{name}.csv").write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            [*command, str(HERE / script), str(path)], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        print(f"{script}: not run ({done.stderr.strip().splitlines()[-1:]})", file=sys.stderr)
        return {}
    lines = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    return {name: float(value) for name, value in lines}


def repr_plain(value: object) -> str:
    """Numbers with all digits, names as they are."""
    return value if isinstance(value, str) else repr(value)


def stages() -> dict[str, float]:
    """Milliseconds of the parts that follow a fit, on the smaller network."""
    from hilum.synthesis.network import (
        contrasts,
        contributions,
        decompose,
        direct_indirect,
        fit_network,
        hat_matrix,
        net_heat,
        rank_probabilities,
    )

    fit = fit_network(contrasts(**two_arm_network(10, 50)))  # pyright: ignore[reportArgumentType]
    return {
        "Q decomposition and Wald test": median_ms(lambda: decompose(fit), 9),
        "net heat": median_ms(lambda: net_heat(fit), 9),
        "direct and indirect, 45 comparisons": median_ms(lambda: direct_indirect(fit), 30),
        "contributions, random walk": median_ms(lambda: contributions(hat_matrix(fit)), 9),
        "ranks, 100,000 draws": median_ms(lambda: rank_probabilities(fit, seed=1), 5),
    }


def main() -> None:
    """Print the table; a size above its limit is marked."""
    networks = {name: two_arm_network(n, k) for name, (n, k, _) in SIZES.items()}
    mine = {
        f"{name}, {method}": median_ms(lambda d=networks[name], m=method: ours(d, m), repeats)
        for name, (_, _, repeats) in SIZES.items()
        for method in METHODS
    }
    python = os.environ.get("PIMETA", "")
    pimeta = peer(networks, [python], "network_pimeta_jobs.py") if python else {}
    r = peer(networks, ["Rscript"], "network_netmeta_jobs.R") if shutil.which("Rscript") else {}
    print(f"{'two-arm network':36}{'hilum ms':>10}{'netmeta ms':>12}{'ratio':>8}{'pimeta ms':>11}"
          f"{'ratio':>8}{'limit':>8}")  # fmt: skip
    for name, value in mine.items():
        line = f"{name:36}{value:10.3f}"
        for found, width in ((r, 12), (pimeta, 11)):
            other = found.get(name)
            line += (
                f"{'-':>{width}}{'-':>8}"
                if other is None
                else f"{other:{width}.1f}{other / value:8.0f}"
            )
        limit = LIMITS[name.rpartition(",")[0]]
        print(f"{line}{limit:8.1f}{'' if value <= limit else '  ABOVE'}")
    start = time.perf_counter()
    parts = ", ".join(f"{name} {value:.1f} ms" for name, value in stages().items())
    print(f"\n10 treatments: {parts} ({time.perf_counter() - start:.1f} s)")


if __name__ == "__main__":
    main()
