"""Family-wise error of trials that select or enrich at interim analyses, whichever hypotheses hold.

Statistics are drawn as normal, so that nothing but the closed test decides: in every cell the
chance to declare anything better that is not must be at most the level, three standard errors
allowed. Cells: rules of selection (one of them against the data: the worst goes on), tests of
intersections, early stopping, allocation, and none, some or all but one of the treatments working.
Enrichment: a population and its subgroup at two prevalences, two stages and three, no effect at
all, none in the subgroup, none on average, one of them with the trial's prevalence misjudged; then
played trials of rates, and of times to an event with patients followed on, where the tests of the
stages have to keep their levels too.
"""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
from validation.claims import Claims

from hilum.trials.fixed.course import Course
from hilum.trials.sequential.enrichment import RULES as ENRICHING
from hilum.trials.sequential.enrichment import Rule as Enriching
from hilum.trials.sequential.enrichment import enrichment
from hilum.trials.sequential.selection import RULES, Rule, Selection, selection
from hilum.trials.simulation.enriched_model import Model, drawn, play_normal
from hilum.trials.simulation.enriched_rates import RateTruth, patients_of
from hilum.trials.simulation.enriched_sizes import Known, Times, characteristics
from hilum.trials.simulation.enriched_survival import TimeTruth, Windows
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


def enriched(claims: Claims, rng: np.random.Generator, allowed: float) -> None:
    """The cells of enrichment: statistics drawn as normal."""
    # A committee that goes on with the population of the worse result.
    ENRICHING["worst"] = (True, lambda seen, rule: ~ENRICHING["best"][1](seen, rule))
    cells = product(
        (
            ("both", {}), ("worst", {}), ("epsilon", {"epsilon": 0.3}),
            ("power", {"power": 0.2, "futility": 0.0}),
        ),
        ("spiessens-debois", "simes", "sidak"),
        (((0.5,), "none"), ((0.3, 0.7), "asP")),
        (0.2, 0.6),
        ("none", "others", "average"),
    )  # fmt: skip
    for (select, more), test, (interim, kind), share, null in cells:
        plan = enrichment(share, Enriching(select, **more), interim=interim, kind=kind, test=test,
                          alpha=ALPHA)  # fmt: skip
        own, rest = {"none": (0.0, 0.0), "others": (0.0, 3.0), "average": (1.0, -1.0)}[null]
        if null == "average":
            rest = -share / (1 - share)
        stages = np.asarray(plan.shares)
        model = Model(stages[:, None] * [share, 1 - share], stages, (own, rest), (1.0, 1.0),
                      ((1.0,) * plan.stages,) * plan.stages)  # fmt: skip
        noise = drawn(plan.stages, TRIALS // 2, rng)
        rejected = play_normal(plan, model, 9.0, noise).rejected
        wrong = {"none": [0, 1], "others": [1], "average": [0]}[null]
        found = float(rejected[:, wrong].any(axis=1).mean())
        name = f"enrich {select}, {test}, {kind}, share {share:g}, null {null}"
        held = claims.say(f"family-wise error: {name}", found, None, allowed)
        print(f"{name:60}{found:9.4f}{allowed:9.4f}{'' if held else '  MISSED'}")


def played(claims: Claims) -> None:
    """Patients of rates and of times to an event, the prevalence as planned and misjudged."""
    trials = 20_000
    allowed = ALPHA + 3 * (ALPHA * (1 - ALPHA) / trials) ** 0.5
    for rule in (Enriching("both"), Enriching("epsilon", epsilon=0.05)):
        plan = enrichment(0.4, rule, alpha=ALPHA)
        windows = Windows.of(plan.shares, Course(30.0, 15.0, 0.05))
        planned = TimeTruth((16.0, 12.0), (0.6, 0.85), 0.4)
        cases = {
            "rates, none": (Known(), RateTruth((0.3, 0.4), (0.3, 0.4), 0.4)),
            "rates, subgroup": (Known(), RateTruth((0.3, 0.4), (0.3, 0.6), 0.4)),
            "rates, average": (Known(), RateTruth((0.3, 0.4), (0.6, 0.2), 0.4)),
            "rates, none, share 0.25": (Known(), RateTruth((0.3, 0.4), (0.3, 0.4), 0.25)),
            "times, none": (Times(windows, planned), TimeTruth((16.0, 12.0), (1.0, 1.0), 0.4)),
            "times, subgroup": (
                Times(windows, planned), TimeTruth((16.0, 12.0), (1.0, 0.6), 0.4)),
            "times, none, share 0.25": (
                Times(windows, planned), TimeTruth((16.0, 12.0), (1.0, 1.0), 0.25)),
        }  # fmt: skip
        for name, (endpoint, truth) in cases.items():
            sizes = patients_of(plan, 300)
            out = characteristics(plan, endpoint, sizes, truth, trials, SEED)["false"].mean
            said = f"enrich played, {rule.select}, {name}"
            held = claims.say(f"family-wise error: {said}", out, None, allowed)
            print(f"{said:60}{out:9.4f}{allowed:9.4f}{'' if held else '  MISSED'}")


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
    enriched(claims, rng, ALPHA + 3 * (ALPHA * (1 - ALPHA) / (TRIALS // 2)) ** 0.5)
    played(claims)
    return claims.finish()


if __name__ == "__main__":
    sys.exit(main())
