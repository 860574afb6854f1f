"""Networks by simulation: ``make validate`` or ``python -m validation.network``.

Without heterogeneity, and with known variances, these are exact and must come within three
Monte-Carlo errors of 95 % or 5 %: intervals of common effects; Q between designs; the tests of
direct against indirect evidence (back-calculation in networks of two-arm studies; SIDDE with
multi-arm studies too). With heterogeneity intervals and tests are approximate: the figures are
shown and must stay within stated bounds.
"""

from __future__ import annotations

import sys

import numpy as np
from validation.claims import Claims

from hilum.synthesis.network import (
    contrasts,
    decompose,
    direct_indirect,
    fit_network,
    node_split,
    without_direct,
)

SEED = 20240603
REPEATS = 2000
TRUTH = np.array([0.0, 0.3, -0.2, 0.5])
SHAPES = {
    "star": [(0, 1)] * 4 + [(0, 2)] * 4 + [(0, 3)] * 4,
    "loops": [(0, 1)] * 4 + [(0, 2)] * 4 + [(1, 2)] * 4 + [(2, 3)] * 3 + [(0, 3)] * 3,
    "three-arm": [(0, 1, 2)] * 4 + [(0, 1)] * 4 + [(1, 2)] * 4 + [(0, 2, 3)] * 3 + [(1, 3)] * 3,
}


def simulate(shape: str, tau2: float, rng: np.random.Generator) -> tuple[list, ...]:
    """Rows of one network: every arm has its sampling variance and tau2 / 2 of its own."""
    rows = []
    for s, design in enumerate(SHAPES[shape]):
        v = rng.uniform(0.02, 0.15, len(design))
        y = TRUTH[list(design)] + rng.normal(0, np.sqrt(v + tau2 / 2))
        rows += [
            (s, "ABCD"[a], "ABCD"[b], y[i] - y[j], np.sqrt(v[i] + v[j]))
            for i, a in enumerate(design)
            for j, b in enumerate(design)
            if i < j
        ]
    return tuple(map(list, zip(*rows, strict=True)))


def one(shape: str, tau2: float, rng: np.random.Generator) -> dict[str, float]:
    """Hits and rejections in one simulated network."""
    evidence = contrasts(*simulate(shape, tau2, rng))
    truth = TRUTH[:, None] - TRUTH
    out: dict[str, float] = {}
    for method in ("DL", "REML"):
        fit = fit_network(evidence, method=method)
        inside = np.abs(fit.random.TE - truth) <= fit.random.half
        out[f"interval, {method}"] = float(inside[0, 1])
    out["interval, common"] = float((np.abs(fit.common.TE - truth) <= fit.common.half)[0, 1])
    if shape == "star":
        return out
    parts = decompose(fit)
    out["Q between"] = float(parts.between.pval < 0.05)
    out["Wald, REML"] = float(parts.wald.pval < 0.05)
    at = fit_network(evidence, tau2=tau2)
    split = direct_indirect(at)
    pair = int(np.flatnonzero((split.treat1 == 0) & (split.treat2 == 1))[0])
    out["back-calculation, tau2 known"] = float(split.compare.p[pair] < 0.05)
    out["SIDDE, tau2 known"] = float((without_direct(at, "A", "B").pval or 1.0) < 0.05)
    out["node split, REML"] = float((node_split(fit, "A", "B").pval or 1.0) < 0.05)
    return out


def bounds(what: str, shape: str, tau2: float) -> tuple[float, float] | None:
    """Where the rate must lie; None where it is shown only."""
    error = 3 * (0.05 * 0.95 / REPEATS) ** 0.5
    exact = what.startswith("SIDDE") or (what.startswith("back") and shape == "loops")
    exact = exact or (tau2 == 0 and what in ("interval, common", "Q between"))
    if exact:
        nominal = 0.95 if what.startswith("interval") else 0.05
        return nominal - error, nominal + error
    if what in ("interval, DL", "interval, REML"):
        return 0.91, 0.99
    return (0.0, 0.12) if what in ("Wald, REML", "node split, REML") else None


def main() -> None:
    """Print every rate; exit status 1 when one lies outside its bounds."""
    claims = Claims("network")
    print(
        f"{REPEATS} networks a setting, Monte-Carlo error {100 * (0.0475 / REPEATS) ** 0.5:.2f} %"
    )
    for number, shape in enumerate(SHAPES):
        for tau2 in (0.0, 0.1):
            rng = np.random.default_rng([SEED, number, int(100 * tau2)])
            runs = [one(shape, tau2, rng) for _ in range(REPEATS)]
            for what in runs[0]:
                rate = float(np.mean([run[what] for run in runs]))
                between = bounds(what, shape, tau2)
                named = f"{shape}, tau2 {tau2:.1f}, {what}"
                fine = claims.say(named, rate, *(between or (None, None)))
                stated = "" if between is None else f"  [{between[0]:.3f}, {between[1]:.3f}]"
                line = f"{shape:10} tau2 {tau2:.1f}  {what:30} {100 * rate:5.1f} %"
                print(f"{line}{stated}{'' if fine else '  <-'}", flush=True)
    sys.exit(claims.finish())


if __name__ == "__main__":
    main()
