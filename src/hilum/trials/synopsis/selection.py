"""Synopsis of a two-stage trial whose interim analysis selects among several treatments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.parameters import Requirements, require_rates
from hilum.trials.simulation.selected import Sizes, characteristics, sized
from hilum.trials.synopsis.parts import adaptive, conventions, given
from hilum.trials.synopsis.record import Basis, Look, Operating, Step, Synopsis
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.trials.sequential.selection import Selection
    from hilum.trials.simulation.tally import Tally
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True)
class Hopes:
    """Rates that a trial with selection is planned for.

    ``other`` is that of the treatments that are not the one hoped for.
    """

    p1: float
    p2: float
    other: float
    power: float
    trials: int
    seed: int

    @property
    def lower(self) -> bool:
        """Whether fewer events are hoped for."""
        return self.p1 < self.p2

    def good(self, *rates: float) -> list[float]:
        """Chances of the good outcome: without the event where a lower rate is hoped for."""
        return [1 - one for one in rates] if self.lower else list(rates)

    def check(self) -> None:
        """Refuse rates out of order."""
        check = Requirements()
        require_rates(check, self.p1, self.p2, self.other)
        check.done()


def selection_synopsis(
    basis: Basis, plan: Selection, hopes: Hopes, watch: Watch = SILENT
) -> Synopsis:
    """Several treatments against one control on a rate, selected at one interim analysis.

    Sizes and chances are those of simulated trials of whole patients; the family-wise error is
    kept by the closed test whatever is selected.
    """
    hopes.check()
    watch.stage("simulating", 4)
    arms = plan.arms
    truth = hopes.good(hopes.p2, hopes.p1, *[hopes.other] * (arms - 1))
    sizes, one = sized(plan, truth, hopes.power, hopes.trials, hopes.seed, watch=watch)
    watch.done()
    seeds = np.random.SeedSequence(hopes.seed).spawn(3)
    others = (
        hopes.good(*[hopes.p2] * (arms + 1)),
        hopes.good(hopes.p2, hopes.p1, *[hopes.p2] * (arms - 1)),
        hopes.good(hopes.p2, *[hopes.p1] * arms),
    )
    found: list[Tally] = []
    for rates, seed in zip(others, seeds, strict=True):
        found.append(characteristics(plan, sizes, rates, hopes.trials, seed, watch=watch))
        watch.done()
    return _selected(basis, plan, hopes, sizes, (found[0], one, found[1], found[2]))


def _selected(
    basis: Basis, plan: Selection, hopes: Hopes, sizes: Sizes, truths: tuple[Tally, ...]
) -> Synopsis:
    null, one, partial, every = truths
    total = sizes.largest(plan)
    name = "each_treatment" if plan.most == plan.arms else "each_kept"
    return adaptive(
        basis, "selection", plan.rule.select, alpha=plan.alpha, power=hopes.power, patients=total,
        per_arm=((name, sum(sizes.treatment)), ("control", sum(sizes.control))),
        expected=(null["patients"].mean, one["patients"].mean),
        steps=(
            Step("two_rates", {"p1": hopes.p1, "p2": hopes.p2, "difference": hopes.p1 - hopes.p2}),
            *((Step("lower_better"),) if hopes.lower else ()),
            *_steps(plan, sizes, total),
            Step("selection_simulated", {
                "trials": hopes.trials, "seed": hopes.seed,
                "on": f"{100 * one['first_goes_on'].mean:.1f}",
                "power": f"{100 * one['first'].mean:.1f}",
                "error": f"{100 * one['first'].mcse:.1f}",
            }),
            Step("selection_expected", {
                name: f"{found['patients'].mean:.1f}"
                for name, found in (("null", null), ("one", one), ("all", every))
            }),
        ),
        looks=_looks(plan, sizes, total, null, one),
        operating=_operating(plan, hopes, null, one, partial, every),
        assumptions=(
            given("p1", hopes.p1, "proportion", basis.found),
            given("p2", hopes.p2, "proportion", basis.found),
            *conventions(plan.alpha, hopes.power),
        ),
        analysis=(
            Step("closed_analysis", _weights(plan)),
            Step(f"intersection_{plan.closed.test}"),
            Step("selection_free"),
            Step("selection_report"),
        ),
        reached=one["first"].mean,
        lower=hopes.lower,
    )  # fmt: skip


def _weights(plan: Selection) -> dict[str, float | int | str]:
    share = plan.closed.share
    return {"w1": share**0.5, "w2": (1 - share) ** 0.5, "critical": plan.closed.efficacy[1]}


def _steps(plan: Selection, sizes: Sizes, total: int) -> tuple[Step, ...]:
    """The closed test, the rule, and the patients of each stage."""
    rule = plan.rule
    limited = np.isfinite(rule.futility)
    facts: dict[str, float | int | str] = {"keep": rule.keep, "epsilon": rule.epsilon}
    stages: dict[str, float | int | str] = {
        "arms": plan.arms, "n1": sizes.treatment[0], "c1": sizes.control[0],
        "n2": sizes.treatment[1], "c2": sizes.control[1], "n": total, "most": plan.most,
    }  # fmt: skip
    return (
        Step("selection_error", {"arms": plan.arms, "alpha": plan.alpha}),
        Step(f"select_{rule.select}", facts),
        *((Step("select_futility", {"z": rule.futility}),) if limited else ()),
        Step("select_early", {"bound": plan.closed.efficacy[0]})
        if plan.stops
        else Step("select_never_early"),
        Step("selection_size", stages),
    )


def _looks(plan: Selection, sizes: Sizes, total: int, null: Tally, one: Tally) -> tuple[Look, ...]:
    first = plan.arms * sizes.treatment[0] + sizes.control[0]
    futility = float(plan.rule.futility) if np.isfinite(plan.rule.futility) else None
    chances = [
        (*(found["early_success"].mean, found["early"].mean - found["early_success"].mean),
         *(found["any"].mean - found["early_success"].mean,
           1 - found["early"].mean - found["any"].mean + found["early_success"].mean))
        for found in (null, one)
    ]  # fmt: skip
    (up0, down0, last0, rest0), (up1, down1, last1, rest1) = chances
    return (
        Look(1, information=plan.closed.share, n=first,
             efficacy_z=plan.closed.efficacy[0] if plan.stops else None, futility_z=futility,
             stop_efficacy0=up0, stop_futility0=down0, stop_efficacy1=up1, stop_futility1=down1),
        Look(2, information=1.0, n=total, efficacy_z=plan.closed.efficacy[1],
             stop_efficacy0=last0, stop_futility0=rest0, stop_efficacy1=last1,
             stop_futility1=rest1),
    )  # fmt: skip


def _operating(
    plan: Selection, hopes: Hopes, null: Tally, one: Tally, partial: Tally, every: Tally
) -> tuple[Operating, ...]:
    shift = hopes.p1 - hopes.p2
    rows = [
        (null, "any", "null_any", 0.0),
        (one, "first", "one_good_declared", shift),
        (partial, "false", "one_good_false", shift),
        (every, "any", "alternative_any", shift),
        (every, "all", "alternative_all", shift),
    ]
    if plan.most == 1:
        rows.pop()
    return tuple(
        Operating(
            code, effect, truth[name].mean, truth["patients"].mean, truth["early"].mean,
            mcse=truth[name].mcse,
        )
        for truth, name, code, effect in rows
    )  # fmt: skip
