"""Synopses of trials with one group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.records import found
from hilum.trials.fixed.course import Course, Hazard
from hilum.trials.fixed.means import one_mean, one_mean_power
from hilum.trials.fixed.sizes import whole
from hilum.trials.single_arm.bayesian import find_posterior_design, find_predictive_design
from hilum.trials.single_arm.landmark import landmark, one_sample_logrank
from hilum.trials.single_arm.simon import TwoStage, simon
from hilum.trials.single_arm.stages import Stages, fleming, normal_stage, single_stage
from hilum.trials.synopsis.parts import (
    conventions,
    course_assumptions,
    course_step,
    given,
    one_analysis,
    short_of,
)
from hilum.trials.synopsis.record import (
    Alternative,
    Basis,
    Look,
    Operating,
    Step,
    Synopsis,
    spirit_items,
)
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.fixed.sizes import SampleSize
    from hilum.watch import Watch

Variant = Literal["optimal", "minimax"]


def simon_synopsis(
    basis: Basis,
    p0: float,
    p1: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    variant: Variant = "optimal",
    watch: Watch = SILENT,
) -> Synopsis:
    """Simon's two-stage design (:func:`hilum.trials.single_arm.simon.simon`).

    Where a lower rate is hoped for it is the design of the patients without the event.
    """
    all_designs = simon(*_counted_rates(p0, p1), alpha=alpha, power=power, watch=watch)
    one = all_designs.optimal if variant == "optimal" else all_designs.minimax
    stages = Stages((one.n1, one.n), (one.r1, one.r), (one.n1 + 1, one.r + 1), "simon")
    steps = (
        _rates(p0, p1),
        Step(f"simon_{variant}", {"alpha": alpha, "power": power}),
        _count_step("simon_stages", p0, p1, {"n1": one.n1, "r1": one.r1, "n": one.n, "r": one.r,
                                             "n2": one.n - one.n1}),
        Step("exact_errors", {"alpha": one.alpha, "power": one.power}),
    )  # fmt: skip
    return _counted(
        basis, "simon", variant, p0, p1, alpha, power, stages, steps,
        (_count_step("simon_decision", p0, p1, {"r": one.r, "n": one.n}),
         Step("exact_interval_after_stages")),
        tuple(_alternative(d.design, one, all_designs.optimal, all_designs.minimax, p1 < p0)
              for d in all_designs.admissible),
    )  # fmt: skip


def _counted_rates(p0: float, p1: float) -> tuple[float, float]:
    """The rates of what is counted: of patients without the event where a lower rate is hoped for.

    Their counts have the same errors, so that one method finds designs of either side.
    """
    return (1 - p0, 1 - p1) if p1 < p0 else (p0, p1)


def _rates(p0: float, p1: float) -> Step:
    """What would be uninteresting, and what is hoped for."""
    return Step("rates_lower" if p1 < p0 else "rates", {"p0": p0, "p1": p1})


def _count_step(code: str, p0: float, p1: float, facts: dict[str, float | int | str]) -> Step:
    """A sentence with counts; of events, which must be few, where a lower rate is hoped for.

    More than ``r`` of ``n`` patients without the event are at most ``n - r - 1`` with it, and at
    most ``r1`` of ``n1`` without it at least ``n1 - r1`` with it.
    """
    if p1 >= p0:
        return Step(code, facts)
    told = {**facts, "r": int(facts["n"]) - int(facts["r"]) - 1}
    if "r1" in facts:
        told["r1"] = int(facts["n1"]) - int(facts["r1"])
    return Step(f"{code}_lower", told)


def _alternative(
    design: TwoStage, chosen: TwoStage, optimal: TwoStage, minimax: TwoStage, lower: bool
) -> Alternative:
    code = "optimal" if design == optimal else "minimax" if design == minimax else "admissible"
    label = f"{design.r1}/{design.n1}, {design.r}/{design.n}"
    if lower:
        label = f"{design.n1 - design.r1}/{design.n1}, {design.n - design.r}/{design.n}"
    return Alternative(code, label, design.n, design.expected_n0, design == chosen)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a design by a count of responders is asked for."""

    p0: float
    p1: float
    alpha: float
    power: float
    stages: int
    n: Sequence[int] | None


@dataclass(frozen=True, slots=True)
class _Counting:
    """A method that counts responders: its kind of design, its sentence, and how it is found."""

    kind: str
    step: str
    design: Callable[[_Asked], Stages]


def _single(asked: _Asked) -> Stages:
    """One stage, with exact binomial errors."""
    return single_stage(asked.p0, asked.p1, alpha=asked.alpha, power=asked.power)


def _normal(asked: _Asked) -> Stages:
    """One stage, sized by the normal approximation."""
    return normal_stage(asked.p0, asked.p1, alpha=asked.alpha, power=asked.power)


def _fleming(asked: _Asked) -> Stages:
    """Fleming's procedure, its stages given by number or by size."""
    return fleming(
        asked.p0, asked.p1, alpha=asked.alpha, power=asked.power, stages=asked.stages, n=asked.n
    )


_COUNTING = {
    "single-stage": _Counting("single-stage", "single_stage_exact", _single),
    "single-stage-normal": _Counting("single-stage", "single_stage_normal", _normal),
    "fleming": _Counting("fleming", "fleming_bounds", _fleming),
}


def stages_synopsis(
    basis: Basis,
    p0: float,
    p1: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    method: Literal["single-stage", "single-stage-normal", "fleming"] = "single-stage",
    stages: int = 2,
    n: Sequence[int] | None = None,
) -> Synopsis:
    """Exact single stage, one sized by the normal approximation, or Fleming's procedure."""
    counting = found(_COUNTING, method, "method")
    q0, q1 = _counted_rates(p0, p1)
    design = counting.design(_Asked(q0, q1, alpha, power, stages, n))
    null, other = design.at(q0), design.at(q1)
    steps = (
        _rates(p0, p1),
        _count_step(counting.step, p0, p1, {"alpha": alpha, "power": power, "n": design.n[-1],
                                            "r": design.futility[-1]}),
        Step("exact_errors", {"alpha": null.reject, "power": other.reject}),
        *short_of(power, other.reject),
    )  # fmt: skip
    return _counted(
        basis, counting.kind, method, p0, p1, alpha, power, design, steps,
        (_count_step("simon_decision", p0, p1, {"r": design.futility[-1], "n": design.n[-1]}),
         Step("exact_interval" if len(design.n) == 1 else "exact_interval_after_stages")),
        (),
    )  # fmt: skip


def bayesian_synopsis(
    basis: Basis,
    p0: float,
    p1: float,
    *,
    alpha: float = 0.1,
    power: float = 0.9,
    prior: BetaMixture | None = None,
    by: Literal["predictive", "posterior"] = "predictive",
    first: int = 10,
    cohort: int = 5,
    n_max: int | None = None,
    watch: Watch = SILENT,
) -> Synopsis:
    """Monitoring by predictive or posterior probability (:func:`find_predictive_design`)."""
    find = find_predictive_design if by == "predictive" else find_posterior_design
    lower, (q0, q1) = p1 < p0, _counted_rates(p0, p1)
    design = find(
        q0, q1, alpha=alpha, power=power, prior=prior.mirrored() if prior and lower else prior,
        first=first, cohort=cohort, n_max=n_max, watch=watch,
    )  # fmt: skip
    null, other = design.stages.at(q0), design.stages.at(q1)
    total = design.stages.n[-1]
    believed = design.prior.mirrored() if lower else design.prior
    steps = (
        _rates(p0, p1),
        Step("bayesian_prior_lower" if lower else "bayesian_prior",
             {"mean": believed.mean, "sd": believed.sd, "shapes": believed.shapes()}),
        Step(f"{by}_rule_lower" if lower else f"{by}_rule",
             {"theta_t": design.theta_t, "theta_l": design.theta_l,
              "p0": p0, "p1": p1, "n": total, "first": first, "cohort": cohort}),
        Step("exact_errors", {"alpha": null.reject, "power": other.reject}),
    )  # fmt: skip
    return _counted(
        basis, "bayesian", by, p0, p1, alpha, power, design.stages, steps,
        (_count_step("bayesian_decision", p0, p1, {"theta_t": design.theta_t, "p0": p0,
                                                   "r": design.stages.futility[-1], "n": total}),
         Step("bayesian_waits"), Step("bayesian_report")),
        (),
    )  # fmt: skip


def _counted(
    basis: Basis,
    kind: str,
    method: str,
    p0: float,
    p1: float,
    alpha: float,
    power: float,
    design: Stages,
    steps: tuple[Step, ...],
    analysis: tuple[Step, ...],
    alternatives: tuple[Alternative, ...],
) -> Synopsis:
    """What all designs by a count of responders, or of events, share."""
    lower, (q0, q1) = p1 < p0, _counted_rates(p0, p1)
    null, other = design.at(q0), design.at(q1)
    looks = tuple(
        Look(
            k + 1,
            n=n,
            efficacy_count=None if high > n else n - high if lower else high,
            futility_count=None if low < 0 else n - low if lower else low,
            stop_efficacy0=float(null.efficacy[k]),
            stop_futility0=float(null.futility[k]),
            stop_efficacy1=float(other.efficacy[k]),
            stop_futility1=float(other.futility[k]),
        )
        for k, (n, low, high) in enumerate(
            zip(design.n, design.futility, design.efficacy, strict=True)
        )
    )
    rates = np.linspace(max(0.0, p0 - (p1 - p0)), min(1.0, p1 + (p1 - p0)), 41)
    if lower:
        rates = np.linspace(max(0.0, p1 - (p0 - p1)), min(1.0, p0 + (p0 - p1)), 41)
    points = [
        (float(p), at.reject, at.expected_n)
        for p in rates
        for at in (design.at(1 - float(p) if lower else float(p)),)
    ]
    last = len(design.n) - 1
    middle = design.at((q0 + q1) / 2)
    return Synopsis(
        kind=kind,
        method=method,
        hypothesis="superiority",
        scale="proportion",
        question=basis.question,
        alpha=alpha,
        power=power,
        sided=1,
        patients=design.n[-1],
        per_arm=(("treatment", design.n[-1]),),
        events=None,
        months=None,
        expected_n0=null.expected_n,
        expected_n1=other.expected_n,
        steps=steps,
        looks=looks,
        operating=tuple(
            Operating(
                code,
                p,
                at.reject,
                at.expected_n,
                float(at.efficacy[:last].sum() + at.futility[:last].sum()),
            )
            for code, p, at in (
                ("null", p0, null),
                ("middle", (p0 + p1) / 2, middle),
                ("alternative", p1, other),
            )
        ),
        curve=tuple(points),
        assumptions=(
            given("p0", p0, "proportion", basis.found),
            given("p1", p1, "proportion", basis.found),
            *conventions(alpha, power),
        ),
        analysis=analysis,
        alternatives=alternatives,
        why=basis.why,
        spirit=spirit_items(basis.why, interim=len(looks) > 1, randomised=False, recruitment=False),
        reached=other.reject,
        better="lower" if lower else "higher",
    )


def landmark_synopsis(
    basis: Basis,
    s0: float,
    s1: float,
    time: float,
    course: Course,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
) -> Synopsis:
    """Survival at a landmark by Kaplan-Meier."""
    size = landmark(s0, s1, time, course, alpha=alpha, power=power)
    return one_analysis(
        basis, "landmark", size, method="kaplan-meier", scale="proportion", course=course,
        steps=(
            Step("landmark_shares", {"s0": s0, "s1": s1, "time": time}),
            Step("landmark_formula", {"alpha": alpha, "power": power, "n": whole(size.n)}),
            course_step(course),
        ),
        analysis=(Step("landmark_analysis", {"time": time, "s0": s0}),
                  Step("kaplan_meier_report")),
        operating=_two_truths(s0, s1, size),
        curve=tuple((s, _landmark_power(size.n, s0, s, time, course, alpha), None)
                    for s in np.linspace(s0, min(0.99, 2 * s1 - s0), 31).tolist()),
        assumptions=(
            given("s0", s0, "proportion", basis.found), given("s1", s1, "proportion", basis.found),
            *course_assumptions(course), *conventions(alpha, power),
        ),
    )  # fmt: skip


def _two_truths(null: float, alternative: float, size: SampleSize) -> tuple[Operating, ...]:
    """Level as it was asked for, power as whole patients reach it."""
    return (
        Operating("null", null, size.alpha / size.sided, size.patients),
        Operating("alternative", alternative, size.actual_power or size.power, size.patients),
    )


def _landmark_power(
    n: float, s0: float, s: float, time: float, course: Course, alpha: float
) -> float:
    from scipy import special

    from hilum.trials.single_arm.landmark import standardised

    hazard = Hazard((0.0,), (-float(np.log(s)) / time,))
    shift, spread = standardised(s0, s, hazard, course, time, "arcsine")
    return float(special.ndtr(shift * (n / spread) ** 0.5 + special.ndtri(alpha)))


def logrank_synopsis(
    basis: Basis,
    hazard_ratio: float,
    historical_median: float,
    course: Course,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
) -> Synopsis:
    """One-sample log-rank test against a known curve."""
    size = one_sample_logrank(hazard_ratio, historical_median, course, alpha=alpha, power=power)
    good = hazard_ratio > 1
    made = one_analysis(
        basis, "one-sample-logrank", size, method="one-sample log-rank", scale="ratio",
        course=course,
        steps=(
            Step("historical_curve", {"median": historical_median, "hazard_ratio": hazard_ratio}),
            *((Step("event_good"),) if good else ()),
            Step("logrank_formula", {"alpha": alpha, "power": power, "n": whole(size.n),
                                     "events": whole(size.events or 0)}),
            course_step(course),
        ),
        analysis=(Step("one_sample_analysis", {"median": historical_median}),
                  Step("kaplan_meier_report")),
        operating=_two_truths(1.0, hazard_ratio, size),
        assumptions=(
            given("control_median", historical_median, "months", basis.found),
            given("hazard_ratio", hazard_ratio, "ratio", basis.found),
            *course_assumptions(course), *conventions(alpha, power),
        ),
    )  # fmt: skip
    return replace(made, better="higher" if good else "lower")


def one_mean_synopsis(
    basis: Basis,
    difference: float,
    sd: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
) -> Synopsis:
    """One mean, or the mean of paired differences, by the t test."""
    size = one_mean(difference, sd, alpha=alpha, power=power, sided=sided)
    return one_analysis(
        basis, "one-mean", size, scale="number",
        steps=(
            Step("one_mean", {"difference": difference, "sd": sd}),
            Step("one_t_formula", {"n": size.patients}),
        ),
        analysis=(Step("one_t_analysis"), Step("mean_report")),
        operating=_two_truths(0.0, difference, size),
        curve=tuple(
            (d, one_mean_power(whole(size.n), d, sd, alpha / sided), None)
            for d in np.linspace(-0.2 * difference, 1.6 * difference, 31).tolist()
        ),
        assumptions=(
            given("difference", difference, "number", basis.found),
            given("sd", sd, "number", basis.found), *conventions(alpha, power),
        ),
    )  # fmt: skip
