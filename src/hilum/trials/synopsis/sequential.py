"""Synopses of group sequential, multi-arm and platform trials."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import phrased
from hilum.trials.borrowing.assurance import normal_points
from hilum.trials.fixed.sizes import whole
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.multi_arm import MultiArm, multi_arm, power_at
from hilum.trials.sequential.multi_arm_sizes import Expected, expected_sizes
from hilum.trials.sequential.sizes import (
    SequentialTrial,
    sequential_proportions,
    sequential_survival,
)
from hilum.trials.synopsis.parts import (
    assurance_step,
    conventions,
    course_assumptions,
    course_step,
    given,
    true_ratios,
    wanted,
)
from hilum.trials.synopsis.record import (
    Assumption,
    Basis,
    Look,
    Operating,
    Step,
    Synopsis,
    Unit,
    spirit_items,
)
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.fixed.course import Course
    from hilum.trials.sequential.design import GroupSequential
    from hilum.trials.sequential.platform import PlatformRules
    from hilum.trials.simulation.platform_rules import RulesTruths
    from hilum.watch import Watch


def sequential_survival_synopsis(
    basis: Basis,
    design: GroupSequential,
    hazard_ratio: float,
    control_median: float,
    course: Course,
    *,
    ratio: float = 1.0,
    effect_sd: float | None = None,
    margin: float | None = None,
) -> Synopsis:
    """Group sequential log-rank test.

    ``effect_sd`` is what is believed of the log hazard ratio; the synopsis then says the assurance.
    ``margin`` is the hazard ratio not to be exceeded, of non-inferiority.
    """
    null = 1.0 if margin is None else margin
    trial = sequential_survival(
        design, hazard_ratio, control_median, course, ratio=ratio, null=null
    )
    good = hazard_ratio > 1 and margin is None
    effects = null * true_ratios(hazard_ratio / null, 25)
    scale = design.drift / np.log(hazard_ratio / null)
    events = whole(trial.events_at[-1])
    steps = (
        Step("hazards", {"hazard_ratio": hazard_ratio, "median": control_median,
                         "median1": control_median / hazard_ratio}),
        *((Step("event_good"),) if good else ()),
        *(() if margin is None else (Step("margin_ratio", {"margin": margin}),)),
        Step("fixed_events", {"events": whole(trial.fixed.events or 0)}),
        *bounds_steps(design),
        Step("inflation", {"inflation": design.inflation, "events": events,
                           "n": patients_of_both(trial.n, ratio)}),
        course_step(course),
        Step("ratio", {"ratio": ratio}),
    )  # fmt: skip
    sure = None
    if effect_sd is not None:
        logs, weight = normal_points(float(np.log(hazard_ratio)), effect_sd)
        sure = float(weight @ np.array([design.power_at(scale * x) for x in logs.tolist()]))
        steps = (*steps, assurance_step(hazard_ratio, effect_sd, sure))
    made = sequential_synopsis(
        basis, "sequential", trial, "ratio", null, hazard_ratio,
        tuple((float(e), float(scale * np.log(e / null))) for e in effects), steps,
        (Step("sequential_logrank"), futility_step(design), Step("cox_report")),
        (given("hazard_ratio", hazard_ratio, "ratio", basis.found),
         given("control_median", control_median, "months", basis.found),
         *course_assumptions(course)),
        ratio,
    )  # fmt: skip
    believed = wanted(design.alpha, design.power, effect_sd, None)[2:]
    return replace(
        made, assurance=sure, assumptions=(*made.assumptions, *believed),
        better="higher" if good else "lower", hypothesis=_hypothesis(margin),
    )  # fmt: skip


def sequential_proportions_synopsis(
    basis: Basis,
    design: GroupSequential,
    p1: float,
    p2: float,
    *,
    ratio: float = 1.0,
    margin: float | None = None,
    lower: bool | None = None,
) -> Synopsis:
    """Group sequential comparison of two proportions.

    ``margin`` is the difference to the bad side that is allowed, of non-inferiority; ``lower`` says
    then that a lower rate is better.
    """
    shift = p1 - p2
    down = shift < 0 if margin is None else bool(lower)
    # Against a margin, patients without the event are what is compared where fewer are better.
    rates = (1 - p1, 1 - p2) if down and margin is not None else (p1, p2)
    trial = sequential_proportions(design, *rates, ratio=ratio, margin=margin)
    null = 0.0 if margin is None else margin if down else -margin
    if down and margin is not None:
        trial = replace(trial, effect_at=tuple(-one for one in trial.effect_at))
    effects = null + np.linspace(-0.3, 1.6, 25) * (shift - null)
    steps = (
        Step("two_rates", {"p1": p1, "p2": p2, "difference": shift}),
        *((Step("lower_better"),) if shift < 0 and margin is None else ()),
        *(() if margin is None else (Step("margin_difference", {"margin": margin}),)),
        Step("fixed_patients", {"n": trial.fixed.patients}),
        *bounds_steps(design),
        Step(
            "inflation_patients",
            {"inflation": design.inflation, "n": patients_of_both(trial.n, ratio)},
        ),
        Step("ratio", {"ratio": ratio}),
    )
    made = sequential_synopsis(
        basis, "sequential", trial, "proportion", null, shift,
        tuple((float(e), float(design.drift * (e - null) / (shift - null))) for e in effects),
        steps,
        (Step("sequential_proportions"), futility_step(design), Step("difference_report")),
        (given("p1", p1, "proportion", basis.found), given("p2", p2, "proportion", basis.found)),
        ratio,
    )  # fmt: skip
    return replace(made, better="lower" if down else "higher", hypothesis=_hypothesis(margin))


def _hypothesis(margin: float | None) -> str:
    return "superiority" if margin is None else "noninferiority"


def bounds_steps(design: GroupSequential) -> tuple[Step, ...]:
    """The family of the bounds, and futility on either side."""
    facts: dict[str, float | int | str] = {
        "stages": design.stages,
        "alpha": design.alpha,
        "parameter": design.parameter or 0.0,
    }
    wedge = (Step("wedge", {"beta": 1 - design.power}),) if design.has_wedge else ()
    return (Step(f"bounds_{design.kind}", facts), *wedge)


def futility_step(design: GroupSequential) -> Step:
    """Whether the trial stops for futility, and whether it must."""
    if not np.isfinite(design.futility[:-1]).any():
        return Step("no_futility")
    return Step("binding_futility" if design.binding else "nonbinding_futility")


def sequential_synopsis(
    basis: Basis,
    kind: str,
    trial: SequentialTrial,
    scale: Unit,
    null: float,
    alternative: float,
    drifts: tuple[tuple[float, float], ...],
    steps: tuple[Step, ...],
    analysis: tuple[Step, ...],
    assumptions: tuple[Assumption, ...],
    ratio: float,
) -> Synopsis:
    """A trial with several analyses, from its numbers."""
    design = trial.design
    at0, at1 = design.stopping(0.0), design.stopping(design.drift)
    unit = trial.fixed.events if trial.events_at else trial.fixed.n
    size = unit or 0.0
    n1 = whole(trial.n * ratio / (1 + ratio))
    n2 = whole(trial.n / (1 + ratio))
    looks = tuple(
        Look(
            k + 1,
            information=rate,
            n=patients_of_both(trial.n_at[k], ratio),
            events=trial.events_at[k] if trial.events_at else None,
            months=trial.months_at[k] if trial.months_at else None,
            efficacy_z=_finite(design.efficacy[k]),
            futility_z=_finite(design.futility[k]),
            efficacy_p=design.stage_levels[k],
            efficacy_effect=trial.effect_at[k],
            stop_efficacy0=float(at0.upper[k]),
            stop_futility0=float(at0.lower[k]),
            stop_efficacy1=float(at1.upper[k]),
            stop_futility1=float(at1.lower[k]),
        )
        for k, rate in enumerate(design.information_rates)
    )
    # Whole patients and events reach a little more than was asked for.
    most = trial.events_at[-1] if trial.events_at else trial.n
    drift1 = design.drift * ((whole(most) if trial.events_at else n1 + n2) / most) ** 0.5
    half = design.drift / 2
    middle = (null + alternative) / 2 if scale != "ratio" else float(np.sqrt(null * alternative))
    return Synopsis(
        kind=kind,
        method=design.kind,
        hypothesis="superiority",
        scale=scale,
        question=basis.question,
        alpha=design.alpha,
        power=design.power,
        sided=design.sided,
        patients=n1 + n2,
        per_arm=(("treatment", n1), ("control", n2)),
        events=whole(trial.events_at[-1]) if trial.events_at else None,
        months=trial.months_at[-1] if trial.months_at else None,
        expected_n0=trial.expected_n0,
        expected_n1=size * design.expected_size(drift1),
        steps=steps,
        looks=looks,
        operating=tuple(
            Operating(code, effect, design.power_at(drift), size * design.expected_size(drift),
                      float(found.upper[:-1].sum() + found.lower[:-1].sum()))
            for code, effect, drift in (("null", null, 0.0), ("middle", middle, half),
                                        ("alternative", alternative, drift1))
            for found in (design.stopping(drift),)
        ),
        curve=tuple(
            (effect, design.power_at(drift), size * design.expected_size(drift))
            for effect, drift in drifts
        ),
        assumptions=(*assumptions, *conventions(design.alpha, design.power)),
        analysis=analysis,
        why=basis.why,
        spirit=spirit_items(
            basis.why, interim=True, randomised=True, recruitment=bool(trial.months_at)
        ),
        reached=design.power_at(drift1),
    )  # fmt: skip


def patients_of_both(n: float, ratio: float) -> int:
    """Patients of two groups, each rounded up."""
    return whole(n * ratio / (1 + ratio)) + whole(n / (1 + ratio))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def multi_arm_synopsis(
    basis: Basis,
    arms: int,
    p1: float,
    p2: float,
    *,
    uninteresting: float | None = None,
    stages: int = 2,
    alpha: float = 0.025,
    power: float = 0.8,
    shape: str = "OF",
    futility: float | None = 0.0,
    ratio: float = 1.0,
    watch: Watch = SILENT,
) -> Synopsis:
    """Several treatments against one control on a response rate, in up to three stages.

    Rates are put on the scale of the design by the pooled standard deviation,
    ``(p1 - p2) / sqrt(p (1 - p))`` with p half-way.
    """
    check = Requirements()
    check.rate("p1", p1)
    check.rate("p2", p2)
    other = p2 if uninteresting is None else uninteresting
    if p1 < p2:
        check.need(
            p1 < other <= p2,
            "uninteresting",
            other,
            phrased("from above p1 ({p1:g}) to p2 ({p2:g})", p2=p2, p1=p1),
        )
    else:
        check.need(p1 != p2, "p1", p1, phrased("a rate other than p2 ({p2:g})", p2=p2))
        check.need(
            p2 <= other < p1,
            "uninteresting",
            other,
            phrased("from p2 ({p2:g}) to below p1 ({p1:g})", p2=p2, p1=p1),
        )
    check.done()
    middle = (p1 + p2) / 2
    sd = (middle * (1 - middle)) ** 0.5
    # A lower rate hoped for is the same trial with its signs turned.
    effect, weak = abs(p1 - p2) / sd, abs(other - p2) / sd
    design = multi_arm(
        arms, effect, uninteresting=weak, stages=stages, alpha=alpha,
        power=power, shape=shape, futility=futility, ratio=ratio, watch=watch,
    )  # fmt: skip
    n1, n2 = whole(design.n_per_arm), whole(design.n_per_arm * ratio)
    reached = power_at(design, n1, effect, weak)
    truths = [
        expected_sizes(design, n1, [first, *[others] * (arms - 1)])
        for first, others in ((0.0, 0.0), (effect, weak), (effect, effect))
    ]
    return _many(basis, design, p1, p2, n1, n2, shape, reached, truths)


def _many(
    basis: Basis,
    design: MultiArm,
    p1: float,
    p2: float,
    n1: int,
    n2: int,
    shape: str,
    reached: float,
    truths: Sequence[Expected],
) -> Synopsis:
    total = design.arms * n1 + n2
    null, one, every = truths
    looks = tuple(
        Look(
            k + 1,
            information=rate,
            n=rate * total,
            efficacy_z=design.efficacy[k],
            futility_z=_finite(design.futility[k]),
            stop_efficacy0=null.efficacy[k],
            stop_futility0=null.futility[k],
            stop_efficacy1=one.efficacy[k],
            stop_futility1=one.futility[k],
        )
        for k, rate in enumerate(design.information_rates)
    )
    rows = [
        Operating("null_any", 0.0, null.success, null.patients, _early(null)),
        Operating("one_good_picked", p1 - p2, reached, one.patients, _early(one)),
    ]
    if design.arms > 1:
        rows.append(Operating("alternative_any", p1 - p2, every.success, every.patients,
                              _early(every)))  # fmt: skip
    return Synopsis(
        kind="multi-arm",
        method=shape,
        hypothesis="superiority",
        scale="proportion",
        question=basis.question,
        alpha=design.alpha,
        power=design.power,
        sided=1,
        patients=total,
        per_arm=(("each_treatment", n1), ("control", n2)),
        events=None,
        months=None,
        expected_n0=null.patients,
        expected_n1=one.patients,
        steps=(
            Step("two_rates", {"p1": p1, "p2": p2, "difference": p1 - p2}),
            *((Step("lower_better"),) if p1 < p2 else ()),
            Step("multi_arm_error", {"arms": design.arms, "alpha": design.alpha,
                                     "pairwise": design.pairwise_alpha}),
            Step("multi_arm_power", {"power": reached, "n1": n1, "n2": n2, "n": total}),
            Step("multi_arm_expected", {"null": f"{null.patients:.1f}",
                                        "one": f"{one.patients:.1f}",
                                        "all": f"{every.patients:.1f}"}),
        ),
        looks=looks,
        operating=tuple(rows),
        curve=(),
        assumptions=(
            given("p1", p1, "proportion", basis.found),
            given("p2", p2, "proportion", basis.found),
            *conventions(design.alpha, design.power),
        ),
        analysis=(Step("multi_arm_analysis"), Step("binding_futility"), Step("difference_report")),
        why=basis.why,
        spirit=spirit_items(basis.why, interim=len(looks) > 1, randomised=True, recruitment=False),
        reached=reached,
        better="lower" if p1 < p2 else "higher",
    )  # fmt: skip


def _early(truth: Expected) -> float:
    """Chance that the trial ends before its last analysis."""
    return sum(truth.efficacy[:-1]) + sum(truth.futility[:-1])


def platform_synopsis(
    basis: Basis,
    rules: PlatformRules,
    p2: float,
    p1: float,
    *,
    simulated: RulesTruths | None = None,
) -> Synopsis:
    """Rules of a Bayesian platform; error rates and power only where they were ``simulated``."""
    check = Requirements()
    if check.rate("p1", p1) & check.rate("p2", p2):
        check.need(p1 != p2, "p1", p1, phrased("a rate other than p2 ({p2:g})", p2=p2))
    check.done()
    facts: dict[str, float | int | str] = {
        "arms": rules.arms,
        "burn_in": rules.burn_in,
        "batch": rules.batch,
        "n": rules.n_max,
    }
    share = rules.control_share or 1 / (rules.arms + 1)
    return Synopsis(
        kind="platform",
        method="response-adaptive",
        hypothesis="superiority",
        scale="proportion",
        question=basis.question,
        alpha=None if simulated is None else simulated.null["any"].mean,
        power=None if simulated is None else simulated.one_good["first"].mean,
        sided=1,
        patients=rules.n_max,
        per_arm=(),
        events=None,
        months=None,
        expected_n0=None if simulated is None else simulated.null["patients"].mean,
        expected_n1=None if simulated is None else simulated.one_good["patients"].mean,
        steps=(
            Step("two_rates", {"p1": p1, "p2": p2, "difference": p1 - p2}),
            *((Step("lower_better"),) if p1 < p2 else ()),
            Step("platform_course", facts),
            Step("platform_allocation", {"power": rules.power, "control": 100 * share,
                                         "least": 100 * rules.least_share}),
            Step("platform_stopping", {"drop": rules.drop_below, "graduate": rules.graduate_above,
                                       "margin": rules.margin}),
            Step("platform_simulate")
            if simulated is None
            else Step("platform_simulated", {"trials": simulated.trials, "seed": simulated.seed}),
        ),
        looks=(),
        operating=() if simulated is None else _platform_operating(simulated, rules, p1 - p2),
        curve=(),
        assumptions=(
            given("p1", p1, "proportion", basis.found),
            given("p2", p2, "proportion", basis.found),
        ),
        analysis=(Step("platform_analysis"), Step("bayesian_report")),
        why=basis.why,
        spirit=spirit_items(basis.why, interim=True, randomised=True, recruitment=False),
        better="lower" if p1 < p2 else "higher",
    )  # fmt: skip


def _platform_operating(
    simulated: RulesTruths, rules: PlatformRules, effect: float
) -> tuple[Operating, ...]:
    rows = [
        (simulated.null, "any", "null_any", 0.0),
        (simulated.one_good, "first", "one_good", effect),
    ]
    if rules.arms > 1:
        rows += [
            (simulated.one_good, "others", "one_good_other", effect),
            (simulated.all_good, "any", "alternative_any", effect),
            (simulated.all_good, "all", "alternative_all", effect),
        ]
    return tuple(
        Operating(
            code, shift, truth[name].mean, truth["patients"].mean, truth["early"].mean,
            mcse=truth[name].mcse,
        )
        for truth, name, code, shift in rows
    )  # fmt: skip
