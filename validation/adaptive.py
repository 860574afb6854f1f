"""Family-wise error of trials that select at an interim analysis, whichever hypotheses hold.

Statistics are drawn as normal, so that nothing but the closed test decides: in every cell the
chance to declare anything better that is not must be at most the level, three standard errors
allowed. Cells: rules of selection (one of them against the data: the worst goes on), tests of
intersections, early stopping, allocation, and none, some or all but one of the treatments working.
"""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
from validation.claims import Claims

from hilum.trials.sequential.selection import RULES, Rule, Selection, selection
from hilum.trials.simulation.selected import judged

SEED = 20261129
TRIALS = 100_000
ALPHA = 0.025


def error(plan: Selection, effects: list[float], rng: np.random.Generator) -> float:
    """Share of trials in which a treatment without effect is declared better."""
    ratio, share = plan.closed.ratio, plan.closed.share
    stages = []
    for part in (share, 1 - share):
        drawn = rng.standard_normal((TRIALS, plan.arms + 1))
        noise = (drawn[:, 1:] - drawn[:, :1] / ratio**0.5) / (1 + 1 / ratio) ** 0.5
        stages.append(noise + np.asarray(effects) * part**0.5)
    z1, z2 = stages
    out = judged(plan, z1, z2, z1 / 20, (1, 1), (1, 1))
    return float((out.rejected & (np.asarray(effects) <= 0)).any(axis=1).mean())


def main() -> int:
    """Print the table; 1 where the level is not kept."""
    rng = np.random.default_rng(SEED)
    # A committee that departs from the rule in the least favourable way for its own estimate.
    RULES["worst"] = lambda d, rule: RULES["best"](-d, rule)
    allowed = ALPHA + 3 * (ALPHA * (1 - ALPHA) / TRIALS) ** 0.5
    claims = Claims("adaptive")
    cells = product(
        (("best", {}), ("epsilon", {"epsilon": 0.05}), ("all", {"futility": 0.5}), ("worst", {})),
        ("dunnett", "simes", "bonferroni"),
        (("none", 1.0), ("asP", 2.0)),
        ((0.0, 0.0, 0.0), (3.0, 0.0, 0.0), (3.0, 3.0, 0.0), (-1.0, 0.0, 6.0)),
    )
    for (select, more), test, (kind, ratio), effects in cells:
        rule = Rule(select, **more)
        plan = selection(3, rule, interim=0.4, kind=kind, test=test, alpha=ALPHA, ratio=ratio)
        found = error(plan, list(effects), rng)
        name = f"{select}, {test}, {kind}, effects {' '.join(f'{one:g}' for one in effects)}"
        held = claims.say(f"family-wise error: {name}", found, None, allowed)
        print(f"{name:48}{found:9.4f}{allowed:9.4f}{'' if held else '  MISSED'}")
    return claims.finish()


if __name__ == "__main__":
    sys.exit(main())
