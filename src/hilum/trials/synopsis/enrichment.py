"""What synopses of enrichment trials share, whatever is measured: sizes, rules, truths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.sequential.subgroup_closed import FULL, SUBGROUP
from hilum.trials.simulation.enriched_sizes import ROUNDING, characteristics, sized
from hilum.trials.synopsis.parts import adaptive, conventions
from hilum.trials.synopsis.record import Assumption, Basis, Look, Operating, Step, Synopsis
from hilum.trials.synopsis.special import EnrichedTruth

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.enriched_rates import Patients
    from hilum.trials.simulation.enriched_sizes import Endpoint
    from hilum.trials.simulation.tally import Moments, Tally
    from hilum.trials.synopsis.enrichment_truths import Named
    from hilum.trials.synopsis.record import Unit
    from hilum.watch import Watch

    Scaled = Callable[[float], float]

Facts = dict[str, "float | int | str"]
# Trials that have to have come to the last stage for the mean of their estimates to be shown.
ENOUGH = 100


@dataclass(frozen=True, slots=True)
class Sought:
    """What the trial is sized and simulated for.

    Parameters
    ----------
    subgroup : str
        Its definition in words.
    of : {"either", "subgroup", "full"}
        What has to be declared effective with the power.
    power : float
    trials, seed : int
        Simulated trials of each truth.
    prevalences : tuple of float
        Others than the planned one, under which the trial is simulated too.
    """

    subgroup: str
    of: str
    power: float
    trials: int
    seed: int
    prevalences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """Sizes, truths, and the figures of trials under each."""

    sizes: Patients
    truths: tuple[Named, ...]
    found: tuple[Tally, ...]

    def of(self, code: str) -> Tally:
        """The figures of the first truth of a code."""
        return next(
            one for named, one in zip(self.truths, self.found, strict=True) if named.code == code
        )


def played(
    plan: Enrichment,
    endpoint: Endpoint,
    truths: tuple[Named, ...],
    sought: Sought,
    watch: Watch,
) -> Made:
    """The sizes that reach the power, and trials of them under each truth."""
    watch.stage("simulating", len(truths))
    hoped = next(one.truth for one in truths if one.code == "alternative")
    sizes, reached = sized(
        plan, endpoint, hoped, sought.of, sought.power, sought.trials, sought.seed, watch=watch
    )
    watch.done()
    seeds = np.random.SeedSequence(sought.seed).spawn(len(truths))
    found: list[Tally] = []
    for one, seed in zip(truths, seeds, strict=True):
        if one.code == "alternative":
            found.append(reached)
            continue
        found.append(
            characteristics(plan, endpoint, sizes, one.truth, sought.trials, seed, watch=watch)
        )
        watch.done()
    return Made(sizes, truths, tuple(found))


def common(
    basis: Basis,
    plan: Enrichment,
    made: Made,
    sought: Sought,
    steps: tuple[Step, ...],
    assumptions: tuple[Assumption, ...],
    analysis: Step,
    printed: Scaled,
    *,
    of: str,
    scale: Unit,
    lower: bool,
) -> Synopsis:
    """A synopsis whose expected sizes are patients; ``printed`` puts an effect on the scale.

    ``of`` is ``rates``, ``means`` or ``times``: the last part of the codes of what a rule says.
    """
    hoped, q = made.of("alternative"), plan.ratio / (1 + plan.ratio)
    total = made.sizes.largest
    treated = round(total * q)
    reached = hoped[sought.of]
    where: Facts = {"subgroup": sought.subgroup, "prevalence": 100 * plan.prevalence}
    found = adaptive(
        basis, "enrichment", plan.rule.select, alpha=plan.alpha, power=sought.power,
        patients=total, per_arm=(("treatment", treated), ("control", total - treated)),
        expected=(made.of("null")["patients"].mean, hoped["patients"].mean),
        scale=scale,
        steps=(
            Step("enrich_population", where),
            *steps,
            *_rules(plan, printed, of),
            Step("enrich_size", {
                "planned": listed(made.sizes.planned),
                "enriched": listed(made.sizes.enriched[1:]), "n": total,
            }),
            Step(f"enrich_power_{sought.of}", {
                "trials": sought.trials, "seed": sought.seed,
                "power": f"{100 * reached.mean:.1f}", "error": f"{100 * reached.mcse:.1f}",
                "asked": f"{100 * sought.power:g}",
            }),
            Step("enrich_expected", {
                code: f"{made.of(code)['patients'].mean:.1f}" for code in ("null", "alternative")
            }),
        ),
        looks=_looks(plan, made),
        operating=operating_rows(made, "patients", printed),
        assumptions=(
            *assumptions,
            Assumption("prevalence", plan.prevalence, "proportion", "given"),
            *conventions(plan.alpha, sought.power),
        ),
        analysis=(
            analysis,
            Step("enrich_closed", {
                "weights": listed([f"{one**0.5:.4g}" for one in plan.closed.shares]),
                "critical": plan.closed.efficacy[-1],
            }),
            Step(f"enrich_test_{plan.closed.test}"),
            Step("enrich_free"),
            Step("enrich_report"),
        ),
        reached=reached.mean,
        lower=lower,
    )  # fmt: skip
    return replace(found, enriched=truths_table(made, printed, times=of == "times"))


def listed(values: tuple[int, ...] | list[str]) -> str:
    """Numbers with commas between."""
    return ", ".join(str(one) for one in values)


def _rules(plan: Enrichment, printed: Scaled, of: str) -> tuple[Step, ...]:
    """The closed test and whom the interim analyses let go on."""
    rule = plan.rule
    full, subgroup = (printed(one) for one in rule.thresholds)
    code = f"enrich_rule_{rule.select}"
    if rule.select in ("epsilon", "threshold"):
        code = f"{code}_{of}"
    facts: Facts = {
        "epsilon": rule.epsilon, "full": full, "subgroup": subgroup,
        "power_percent": 100 * rule.power,
    }  # fmt: skip
    return (
        Step("enrich_error", {"alpha": plan.alpha}),
        Step(code, facts),
        *((Step("enrich_futility", {"z": rule.futility}),) if np.isfinite(rule.futility) else ()),
        Step("enrich_early", {"bounds": listed([f"{one:.3f}" for one in plan.closed.efficacy])})
        if plan.stops
        else Step("enrich_never_early"),
    )


def _looks(plan: Enrichment, made: Made) -> tuple[Look, ...]:
    n = np.cumsum(made.sizes.planned)
    information = np.cumsum(plan.closed.shares)
    null, hoped = made.of("null"), made.of("alternative")
    last = plan.stages - 1
    found: list[Look] = []
    for k, bound in enumerate(plan.closed.efficacy):
        limited = k < last and np.isfinite(plan.rule.futility)
        found.append(
            Look(
                k + 1, information=min(float(information[k]), 1.0),
                n=float(n[k] if k < last else made.sizes.largest),
                efficacy_z=float(bound) if np.isfinite(bound) else None,
                futility_z=float(plan.rule.futility) if limited else None,
                stop_efficacy0=null[f"up{k}"].mean, stop_futility0=null[f"down{k}"].mean,
                stop_efficacy1=hoped[f"up{k}"].mean, stop_futility1=hoped[f"down{k}"].mean,
            )
        )  # fmt: skip
    return tuple(found)


OPERATING = (
    ("null", "false", "enrich_null", SUBGROUP),
    ("rest_alone", "false", "enrich_rest_alone", SUBGROUP),
    ("opposite", "false", "enrich_opposite", FULL),
    ("alternative", "subgroup", "enrich_subgroup", SUBGROUP),
    ("alternative", "full", "enrich_full", FULL),
    ("alternative", "either", "enrich_either", SUBGROUP),
)
"""Truth, figure, the code of its row among the operating characteristics, whose effect that is."""


def operating_rows(made: Made, size: str, scale: Scaled) -> tuple[Operating, ...]:
    """Chances under the truths, with mean sizes: ``patients`` or ``events``."""
    found: list[Operating] = []
    for code, figure, row, population in OPERATING:
        truth = next(one.truth for one in made.truths if one.code == code)
        effect = truth.effects[population]
        shown = scale(effect if abs(effect) > ROUNDING else 0.0)
        out = made.of(code)
        found.append(
            Operating(
                row, shown, out[figure].mean, out[size].mean, out["early"].mean,
                mcse=out[figure].mcse,
            )
        )  # fmt: skip
    return tuple(found)


def truths_table(made: Made, scale: Scaled, *, times: bool) -> tuple[EnrichedTruth, ...]:
    """A row a truth."""

    def excess(one: Moments) -> float | None:
        return scale(one.mean) if one.count >= ENOUGH else None

    found: list[EnrichedTruth] = []
    for named, out in zip(made.truths, made.found, strict=True):
        truth = named.truth
        names = ("full", "subgroup", "either", *(("false",) if named.null else ()))
        found.append(
            EnrichedTruth(
                named.code, truth.prevalence, scale(truth.effects[1]), scale(named.rest),
                out["full"].mean, out["subgroup"].mean, out["either"].mean,
                out["false"].mean if named.null else None,
                max(out[name].mcse for name in names),
                out["only_full"].mean, out["only_subgroup"].mean, out["both"].mean,
                out["none"].mean,
                out["patients"].mean,
                out["events"].mean if times else None,
                out["months"].mean if times else None,
                excess(out["excess_full"]), excess(out["excess_subgroup"]), named.smaller,
            )
        )  # fmt: skip
    return tuple(found)
