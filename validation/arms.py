"""Simulated trials of several arms, and with re-estimation, against their quadrature.

``make validate``. Every line must lie within four Monte-Carlo standard errors and what the normal
approximation is known to miss, which shrinks as events grow and is stated with the line.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
from scipy import integrate, special, stats
from validation.claims import Claims

from hilum.trials.sequential.survival_arms import survival_arms
from hilum.trials.simulation import (
    ReestimatedTrial,
    arms_characteristics,
    reestimated_characteristics,
)
from hilum.trials.simulation.reestimated import second_stage
from hilum.trials.simulation.scenario import trial_from

SEED, MEDIANS = 20240613, (14.0, 40.0)
EVENTS = {0.7: 4000, 0.8: 1500}
PLAN = ReestimatedTrial(
    patients=200,
    patients_max=300,
    accrual_rates=(14.0,),
    control_hazards=(math.log(2) / 12,),
    hazard_ratios=(1.0,),
    efficacy=(2.79650946, 1.97743096),
    events=(70, 140),
    events_max=240,
)


def reestimated_power(trial: ReestimatedTrial, ratio: float) -> float:
    """Integral over the first statistic (Schoenfeld's drift)."""
    theta = -math.log(ratio) / 2
    first, planned = trial.events
    share = first / planned
    z = np.linspace(-7.0, trial.efficacy[0], 20_001)
    needed = (trial.efficacy[1] - math.sqrt(share) * z) / math.sqrt(1 - share)
    later = special.ndtr(theta * np.sqrt(second_stage(trial, z) - first) - needed)
    density = stats.norm.pdf(z - theta * math.sqrt(first))
    early = special.ndtr(theta * math.sqrt(first) - trial.efficacy[0])
    return float(early + integrate.simpson(density * later, x=z))


def main() -> None:
    """Print every setting; exit status 1 where one fails."""
    claims = Claims("arms")

    def line(what: str, seen: float, expected: float, error: float, known: float) -> None:
        fine = claims.near(what, seen, expected, 4 * error + known)
        print(f"{what:64} {seen:8.4f} {expected:8.4f} (error {error:.4f}){'' if fine else '  <-'}")

    print("simulated, quadrature")
    for ratio, trials in EVENTS.items():
        made = survival_arms(
            2, ratio, MEDIANS[1], 15 if ratio < 0.75 else 40, ratio=2,
            intermediate_median=MEDIANS[0], correlation=MEDIANS[0] / MEDIANS[1] / 1.1,
        )  # fmt: skip
        base = {
            "patients": math.ceil(1.25 * made.largest[0]),
            "accrual_rate": made.calendar.accrual,
            "allocation": [2, 1, 1],
            "control_medians": list(MEDIANS),
            "events": [one.control_events for one in made.stages],
            "levels": [one.alpha for one in made.stages],
        }
        truths = ((made.null, 1.0, 1.0), (made.alternative, ratio, ratio))
        for truth, survival, progression in truths:
            two = {"hazard_ratios": [survival] * 2, "intermediate_ratios": [progression] * 2}
            found = arms_characteristics(trial_from("arms", base | two), trials, SEED)
            for name, expected in (("success_arm_1", truth.pairwise),
                                   ("any_success", truth.any_arm)):  # fmt: skip
                one = found[name]
                what = f"arms, design for {ratio}, true ratio {survival}, {name}"
                line(what, one.mean, expected, one.mcse, 0.001 if survival == 1 else 0.015)
            line(f"arms, design for {ratio}, true ratio {survival}, months",
                 found["months"].mean, truth.months, found["months"].mcse, 1.0)  # fmt: skip
        two = {"hazard_ratios": [1.0] * 2, "intermediate_ratios": [0.5] * 2}
        one = arms_characteristics(trial_from("arms", base | two), trials, SEED)
        one = one["family_wise_error"]
        line(f"arms, design for {ratio}, effect on progression alone", one.mean,
             made.largest_error, one.mcse, 0.002)  # fmt: skip
    for largest in (140, 190, 240):
        for start in (0.0, 0.3):
            plan = replace(PLAN, events_max=largest, promising_from=start)
            for ratio in (1.0, 0.75):
                one = reestimated_characteristics(
                    replace(plan, hazard_ratios=(ratio,)), 20_000, SEED
                )["type_1_error" if ratio == 1 else "power"]
                what = f"re-estimation to {largest} events from {start:g}, true ratio {ratio}"
                known = 0.001 if ratio == 1 else 0.008
                line(what, one.mean, reestimated_power(plan, ratio), one.mcse, known)
    sys.exit(claims.finish())


if __name__ == "__main__":
    main()
