"""Synopsis of an enrichment trial: stages of all patients, or of a subgroup alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.simulation.enriched_rates import Patients, RateTruth
from hilum.trials.simulation.enriched_sizes import Rates, Times, characteristics, sized
from hilum.trials.synopsis.enrichment_truths import Named, rate_truths, time_truths
from hilum.trials.synopsis.parts import conventions, course_assumptions, course_step, given
from hilum.trials.synopsis.record import (
    Assumption,
    Basis,
    EnrichedTruth,
    Look,
    Operating,
    Step,
    Synopsis,
    spirit_items,
)
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.tally import Moments, Tally
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


def enriched_rates(
    basis: Basis,
    plan: Enrichment,
    hoped: RateTruth,
    sought: Sought,
    *,
    lower: bool = False,
    watch: Watch = SILENT,
) -> Synopsis:
    """Of a rate; ``hoped`` holds chances of the good outcome, without the event where ``lower``."""
    truths = rate_truths(hoped, sought.prevalences)
    made = _play(plan, Rates(), truths, sought, watch)
    side = -1 if lower else 1

    def rate(good: float) -> float:
        return 1 - good if lower else good

    def effect(good: float) -> float:
        return side * good + 0.0  # no effect has no sign

    own, rest = (
        (rate(two), rate(one)) for one, two in zip(hoped.treatment, hoped.control, strict=True)
    )
    steps = (
        Step("enrich_rates", {"p2": own[0], "p1": own[1], "rest2": rest[0], "rest1": rest[1],
                              "full": effect(hoped.effects[0])}),
        *((Step("lower_better"),) if lower else ()),
    )  # fmt: skip
    common = _common(basis, plan, made, sought, steps, effect, times=False)
    return replace(
        common,
        scale="proportion",
        events=None,
        expected_n0=made.of("null")["patients"].mean,
        expected_n1=made.of("alternative")["patients"].mean,
        operating=_operating(made, "patients", effect),
        enriched=_table(made, effect, times=False),
        assumptions=(
            given("p1", own[1], "proportion", basis.found),
            given("p2", own[0], "proportion", basis.found),
            Assumption("rest_p1", rest[1], "proportion", "given"),
            Assumption("rest_p2", rest[0], "proportion", "given"),
            *common.assumptions,
        ),
        analysis=(Step("enrich_analysis_rates"), *common.analysis),
        better="lower" if lower else "higher",
    )  # fmt: skip


def enriched_survival(
    basis: Basis,
    plan: Enrichment,
    times: Times,
    sought: Sought,
    *,
    watch: Watch = SILENT,
) -> Synopsis:
    """Of times to an event; ``times.planned`` is what is hoped for."""
    hoped = times.planned
    truths = time_truths(hoped, sought.prevalences)
    made = _play(plan, times, truths, sought, watch)
    events, course = times.events(plan, made.sizes), times.windows.course
    most = events.planned[0] + sum(
        max(one) for one in zip(events.planned[1:], events.enriched[1:], strict=True)
    )

    def ratio(effect: float) -> float:
        return float(np.exp(-hoped.better * effect))

    steps = (
        Step("enrich_hazards", {
            "median": hoped.medians[0], "ratio": hoped.ratios[0],
            "rest_median": hoped.medians[1], "rest_ratio": hoped.ratios[1],
        }),
        *((Step("enrich_event_good"),) if hoped.better < 0 else ()),
        course_step(course),
        Step("enrich_followed", {
            "events": _listed(events.planned), "enriched": _listed(events.enriched[1:]),
            "months": _listed([f"{one:.3g}" for one in times.windows.ends[:-1]]),
        }),
        Step("enrich_slower", {
            "times": plan.rule.enlarged / plan.prevalence,
            "planned": made.of("null")["months"].mean,
            "hoped": made.of("alternative")["months"].mean,
        }),
    )  # fmt: skip
    common = _common(basis, plan, made, sought, steps, ratio, times=True)
    looks = tuple(
        replace(one, months=month if k + 1 < plan.stages else None)
        for k, (one, month) in enumerate(zip(common.looks, times.windows.ends, strict=True))
    )
    return replace(
        common,
        scale="ratio",
        events=most,
        # Recruitment of the subgroup alone takes longer than planned: the longest that is expected.
        months=max(course.total, *(one["months"].mean for one in made.found)),
        expected_n0=made.of("null")["events"].mean,
        expected_n1=made.of("alternative")["events"].mean,
        looks=looks,
        operating=_operating(made, "events", ratio),
        enriched=_table(made, ratio, times=True),
        assumptions=(
            Assumption("hazard_ratio", hoped.ratios[0], "ratio", "given"),
            given("control_median", hoped.medians[0], "months", basis.found),
            Assumption("rest_ratio", hoped.ratios[1], "ratio", "given"),
            Assumption("rest_median", hoped.medians[1], "months", "given"),
            *course_assumptions(course),
            *common.assumptions,
        ),
        analysis=(Step("enrich_analysis_times"), *common.analysis),
        spirit=spirit_items(basis.why, interim=True, randomised=True, recruitment=True),
        better="lower" if hoped.better > 0 else "higher",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    """Sizes, truths, and the figures of trials under each."""

    sizes: Patients
    truths: tuple[Named, ...]
    found: tuple[Tally, ...]

    def of(self, code: str) -> Tally:
        """The figures of the first truth of a code."""
        return next(
            one for named, one in zip(self.truths, self.found, strict=True) if named.code == code
        )


def _play(
    plan: Enrichment,
    endpoint: Rates | Times,
    truths: tuple[Named, ...],
    sought: Sought,
    watch: Watch,
) -> _Made:
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
    return _Made(sizes, truths, tuple(found))


def _common(
    basis: Basis, plan: Enrichment, made: _Made, sought: Sought, steps: tuple[Step, ...],
    printed: Scaled, *, times: bool,
) -> Synopsis:  # fmt: skip
    """What both endpoints share; ``printed`` puts an effect on the design's scale."""
    hoped, q = made.of("alternative"), plan.ratio / (1 + plan.ratio)
    total = made.sizes.largest
    treated = round(total * q)
    reached = hoped[sought.of]
    where: Facts = {"subgroup": sought.subgroup, "prevalence": 100 * plan.prevalence}
    return Synopsis(
        kind="enrichment",
        method=plan.rule.select,
        hypothesis="superiority",
        scale="proportion",
        question=basis.question,
        alpha=plan.alpha,
        power=sought.power,
        sided=1,
        patients=total,
        per_arm=(("treatment", treated), ("control", total - treated)),
        events=None,
        months=None,
        expected_n0=None,
        expected_n1=None,
        steps=(
            Step("enrich_population", where),
            *steps,
            *_rules(plan, printed, times=times),
            Step("enrich_size", {
                "planned": _listed(made.sizes.planned),
                "enriched": _listed(made.sizes.enriched[1:]), "n": total,
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
        operating=(),
        curve=(),
        assumptions=(
            Assumption("prevalence", plan.prevalence, "proportion", "given"),
            *conventions(plan.alpha, sought.power),
        ),
        analysis=(
            Step("enrich_closed", {
                "weights": _listed([f"{one**0.5:.4g}" for one in plan.closed.shares]),
                "critical": plan.closed.efficacy[-1],
            }),
            Step(f"enrich_test_{plan.closed.test}"),
            Step("enrich_free"),
            Step("enrich_report"),
        ),
        why=basis.why,
        spirit=spirit_items(basis.why, interim=True, randomised=True, recruitment=False),
        reached=reached.mean,
    )  # fmt: skip


def _listed(values: tuple[int, ...] | list[str]) -> str:
    return ", ".join(str(one) for one in values)


def _rules(plan: Enrichment, printed: Scaled, *, times: bool) -> tuple[Step, ...]:
    """The closed test and whom the interim analyses let go on."""
    rule, scale = plan.rule, "times" if times else "rates"
    full, subgroup = (printed(one) for one in rule.thresholds)
    code = {
        "epsilon": f"enrich_rule_epsilon_{scale}", "threshold": f"enrich_rule_threshold_{scale}",
    }.get(rule.select, f"enrich_rule_{rule.select}")  # fmt: skip
    facts: Facts = {
        "epsilon": rule.epsilon, "full": full, "subgroup": subgroup, "power": 100 * rule.power,
    }  # fmt: skip
    return (
        Step("enrich_error", {"alpha": plan.alpha}),
        Step(code, facts),
        *((Step("enrich_futility", {"z": rule.futility}),) if np.isfinite(rule.futility) else ()),
        Step("enrich_early", {"bounds": _listed([f"{one:.3f}" for one in plan.closed.efficacy])})
        if plan.stops
        else Step("enrich_never_early"),
    )


def _looks(plan: Enrichment, made: _Made) -> tuple[Look, ...]:
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
    ("null", "false", "enrich_null"),
    ("rest_alone", "false", "enrich_rest_alone"),
    ("opposite", "false", "enrich_opposite"),
    ("alternative", "subgroup", "enrich_subgroup"),
    ("alternative", "full", "enrich_full"),
    ("alternative", "either", "enrich_either"),
)
"""Truth, figure, and the code of its row among the operating characteristics."""


def _operating(made: _Made, size: str, scale: Scaled) -> tuple[Operating, ...]:
    found: list[Operating] = []
    for code, figure, row in OPERATING:
        truth = next(one.truth for one in made.truths if one.code == code)
        out = made.of(code)
        found.append(
            Operating(
                row, scale(truth.effects[1]), out[figure].mean, out[size].mean, out["early"].mean,
                mcse=out[figure].mcse,
            )
        )  # fmt: skip
    return tuple(found)


def _table(made: _Made, scale: Scaled, *, times: bool) -> tuple[EnrichedTruth, ...]:
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
                excess(out["excess_full"]), excess(out["excess_subgroup"]),
            )
        )  # fmt: skip
    return tuple(found)
