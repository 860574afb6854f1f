"""Simulated trials and values of information against closed forms, on many settings.

``make validate``. Every line must lie within four Monte-Carlo standard errors (and what its
approximation is known to miss, stated with it).
"""

from __future__ import annotations

import math
import sys

import numpy as np
from scipy import special, stats
from validation.claims import Claims

from hilum.trials.simulation import SurvivalTrial, survival_characteristics
from hilum.trials.worth import evsi, normal_evsi

SEED, TRIALS, DRAWS = 20240612, 20_000, 50_000
# Z boundaries with one-sided 0.025 in all (tests/reference/rpact_designs.json).
BOUNDARIES = {
    "one look": ((1.959964,), (1.0,)),
    "O'Brien-Fleming, 2": ((2.79650947, 1.97743096), (0.5, 1.0)),
    "Pocock, 2": ((2.17827209, 2.17827209), (0.5, 1.0)),
    "O'Brien-Fleming, 3": ((3.47109144, 2.4544323, 2.00403556), (1 / 3, 2 / 3, 1.0)),
}


def trial(events: int, ratio: float, name: str, **more: object) -> SurvivalTrial:
    """A trial of 1.5 patients an event."""
    critical, information = BOUNDARIES[name]
    return SurvivalTrial(
        patients=events * 3 // 2,
        accrual_rates=(events / 16,),
        control_hazards=(math.log(2) / 16,),
        hazard_ratios=(ratio,),
        efficacy=critical,
        events=tuple(round(events * share) for share in information),
        **more,
    )


def rejection(events: int, ratio: float, name: str) -> float:
    """Power by the joint normal law of the statistics (Schoenfeld 1981)."""
    critical, information = BOUNDARIES[name]
    drift = [math.sqrt(events * share / 4) * -math.log(ratio) for share in information]
    if len(critical) == 1:
        return float(special.ndtr(drift[0] - critical[0]))
    together = [[math.sqrt(min(a, b) / max(a, b)) for b in information] for a in information]
    law = stats.multivariate_normal(drift, together)
    return 1 - float(law.cdf(critical, rng=np.random.default_rng(1)))


def main() -> None:
    """Print every setting; exit status 1 where one fails."""
    claims = Claims("simulation")

    def line(what: str, seen: float, expected: float, error: float, known: float = 0.0) -> None:
        fine = claims.near(what, seen, expected, 4 * error + known)
        print(f"{what:58} {seen:8.4f} {expected:8.4f} (error {error:.4f}){'' if fine else '  <-'}")

    print(f"{TRIALS:,} trials a line: simulated, closed form")
    for name in BOUNDARIES:
        for extra, words in (
            ({}, ""),
            ({"accrual": "poisson", "dropout_hazards": (0.01, 0.01)}, ", drop-out"),
            ({"competing_hazards": (0.01, 0.01), "lag_months": 2.0}, ", competing death, lag"),
        ):
            found = survival_characteristics(trial(200, 1.0, name, **extra), TRIALS, SEED)
            one = found["type_1_error"]
            # The normal law of 67 events and fewer misses the tail by up to 0.15 percentage points.
            line(f"type I error, {name}{words}", one.mean, 0.025, one.mcse, 0.0015)
    for name in BOUNDARIES:
        for ratio in (0.65, 0.75):
            one = survival_characteristics(trial(200, ratio, name), TRIALS, SEED)["power"]
            # Schoenfeld's variance is that of equal hazards: up to a percentage point at 0.65.
            line(
                f"power, hazard ratio {ratio}, {name}",
                one.mean,
                rejection(200, ratio, name),
                one.mcse,
                0.01,
            )
    print(f"{DRAWS:,} draws a line: EVSI by regression, closed form (normal)")
    rng = np.random.default_rng(SEED)
    for mean in (0.0, 0.5, 1.5):
        for variance in (4.0, 1.0, 0.25):
            z = rng.normal(size=DRAWS)
            outcome = mean + (z - z.mean()) / z.std()
            data = outcome + rng.normal(0, math.sqrt(variance), DRAWS)
            for method in ("spline", "gp"):
                one = evsi(np.column_stack([0 * z, outcome]), data, method=method)
                # The regression's own error is not in the Monte-Carlo error.
                line(
                    f"mean {mean}, sampling variance {variance}, {method}",
                    one.value,
                    normal_evsi(mean, 1.0, variance),
                    one.mcse,
                    0.002,
                )
    sys.exit(claims.finish())


if __name__ == "__main__":
    main()
