"""Synopses of trials with one group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.trials.fixed.sizes import whole
from hilum.trials.fixed.survival import Course, Hazard
from hilum.trials.single_arm.bayesian import find_predictive_design
from hilum.trials.single_arm.landmark import landmark, one_sample_logrank
from hilum.trials.single_arm.simon import TwoStage, simon
from hilum.trials.single_arm.stages import Stages, fleming, single_stage
from hilum.trials.synopsis.record import (
    Alternative,
    Assumption,
    Look,
    Operating,
    Pico,
    Step,
    Synopsis,
    WhyNow,
    spirit_items,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.fixed.sizes import SampleSize

Variant = Literal["optimal", "minimax"]


def conventions(alpha: float, power: float) -> tuple[Assumption, ...]:
    """Level and power as assumptions of every design."""
    return (
        Assumption("alpha", alpha, "number", "convention"),
        Assumption("power", power, "number", "convention"),
    )


def given(parameter: str, value: float, unit: str, found: Sequence[Assumption]) -> Assumption:
    """The assumption of a parameter: from evidence where it was taken from there."""
    for one in found:
        if one.parameter == parameter:
            return one
    return Assumption(parameter, value, unit, "given")  # pyright: ignore[reportArgumentType]


def simon_synopsis(
    question: Pico,
    p0: float,
    p1: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    variant: Variant = "optimal",
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """Simon's two-stage design (:func:`hilum.trials.single_arm.simon.simon`)."""
    all_designs = simon(p0, p1, alpha=alpha, power=power)
    one = all_designs.optimal if variant == "optimal" else all_designs.minimax
    stages = Stages((one.n1, one.n), (one.r1, one.r), (one.n1 + 1, one.r + 1), "simon")
    steps = (
        Step("rates", {"p0": p0, "p1": p1}),
        Step(f"simon_{variant}", {"alpha": alpha, "power": power}),
        Step("simon_stages", {"n1": one.n1, "r1": one.r1, "n": one.n, "r": one.r,
                              "n2": one.n - one.n1}),
        Step("exact_errors", {"alpha": one.alpha, "power": one.power}),
    )  # fmt: skip
    return _counted(
        question, "simon", variant, p0, p1, alpha, power, stages, steps, found, why,
        (Step("simon_decision", {"r": one.r, "n": one.n}), Step("exact_interval_after_stages")),
        tuple(_alternative(d.design, one, all_designs.optimal, all_designs.minimax)
              for d in all_designs.admissible),
    )  # fmt: skip


def _alternative(
    design: TwoStage, chosen: TwoStage, optimal: TwoStage, minimax: TwoStage
) -> Alternative:
    code = "optimal" if design == optimal else "minimax" if design == minimax else "admissible"
    label = f"{design.r1}/{design.n1}, {design.r}/{design.n}"
    return Alternative(code, label, design.n, design.expected_n0, design == chosen)


def stages_synopsis(
    question: Pico,
    p0: float,
    p1: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    method: Literal["single-stage", "fleming"] = "single-stage",
    stages: int = 2,
    n: Sequence[int] | None = None,
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """Exact single stage, or Fleming's procedure in several."""
    if method == "single-stage":
        design = single_stage(p0, p1, alpha=alpha, power=power)
        code = "single_stage_exact"
    else:
        design = fleming(p0, p1, alpha=alpha, power=power, stages=stages, n=n)
        code = "fleming_bounds"
    null, other = design.at(p0), design.at(p1)
    steps = (
        Step("rates", {"p0": p0, "p1": p1}),
        Step(code, {"alpha": alpha, "power": power, "n": design.n[-1], "r": design.futility[-1]}),
        Step("exact_errors", {"alpha": null.reject, "power": other.reject}),
    )
    return _counted(
        question, method, method, p0, p1, alpha, power, design, steps, found, why,
        (Step("simon_decision", {"r": design.futility[-1], "n": design.n[-1]}),
         Step("exact_interval" if len(design.n) == 1 else "exact_interval_after_stages")),
        (),
    )  # fmt: skip


def bayesian_synopsis(
    question: Pico,
    p0: float,
    p1: float,
    *,
    alpha: float = 0.1,
    power: float = 0.9,
    prior: BetaMixture | None = None,
    first: int = 10,
    cohort: int = 5,
    n_max: int | None = None,
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """Predictive-probability monitoring (:func:`find_predictive_design`)."""
    design = find_predictive_design(
        p0, p1, alpha=alpha, power=power, prior=prior, first=first, cohort=cohort, n_max=n_max
    )
    null, other = design.stages.at(p0), design.stages.at(p1)
    total = design.stages.n[-1]
    steps = (
        Step("rates", {"p0": p0, "p1": p1}),
        Step("bayesian_prior", {"mean": design.prior.mean, "sd": design.prior.sd}),
        Step("predictive_rule", {"theta_t": design.theta_t, "theta_l": design.theta_l,
                                 "p0": p0, "n": total, "first": first, "cohort": cohort}),
        Step("exact_errors", {"alpha": null.reject, "power": other.reject}),
    )  # fmt: skip
    return _counted(
        question, "bayesian", "predictive", p0, p1, alpha, power, design.stages, steps, found, why,
        (Step("bayesian_decision", {"theta_t": design.theta_t, "p0": p0,
                                    "r": design.stages.futility[-1], "n": total}),
         Step("bayesian_report")),
        (),
    )  # fmt: skip


def _counted(
    question: Pico,
    kind: str,
    method: str,
    p0: float,
    p1: float,
    alpha: float,
    power: float,
    design: Stages,
    steps: tuple[Step, ...],
    found: Sequence[Assumption],
    why: WhyNow | None,
    analysis: tuple[Step, ...],
    alternatives: tuple[Alternative, ...],
) -> Synopsis:
    """What all designs by a count of responders share."""
    null, other = design.at(p0), design.at(p1)
    looks = tuple(
        Look(
            k + 1,
            n=n,
            efficacy_count=high if high <= n else None,
            futility_count=low if low >= 0 else None,
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
    points = [(float(p), at.reject, at.expected_n) for p in rates for at in (design.at(float(p)),)]
    last = len(design.n) - 1
    middle = design.at((p0 + p1) / 2)
    return Synopsis(
        kind=kind,
        method=method,
        hypothesis="superiority",
        scale="proportion",
        question=question,
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
                at.p,
                at.reject,
                at.expected_n,
                float(at.efficacy[:last].sum() + at.futility[:last].sum()),
            )
            for code, at in (("null", null), ("middle", middle), ("alternative", other))
        ),
        curve=tuple(points),
        assumptions=(
            given("p0", p0, "proportion", found),
            given("p1", p1, "proportion", found),
            *conventions(alpha, power),
        ),
        analysis=analysis,
        alternatives=alternatives,
        why=why,
        spirit=spirit_items(interim=len(looks) > 1, randomised=False, recruitment=False),
    )


def landmark_synopsis(
    question: Pico,
    s0: float,
    s1: float,
    time: float,
    course: Course,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """Survival at a landmark by Kaplan-Meier."""
    size = landmark(s0, s1, time, course, alpha=alpha, power=power)

    def sized(s: float) -> float:
        return _landmark_power(size.n, s0, s, time, course, alpha)

    return _survival(
        question, "landmark", "kaplan-meier", "proportion", size, course, s0, s1, alpha, power,
        (
            Step("landmark_shares", {"s0": s0, "s1": s1, "time": time}),
            Step("landmark_formula", {"alpha": alpha, "power": power, "n": whole(size.n)}),
            course_step(course),
        ),
        (Step("landmark_analysis", {"time": time, "s0": s0}), Step("kaplan_meier_report")),
        tuple((s, sized(s), None)
              for s in np.linspace(s0, min(0.99, 2 * s1 - s0), 31).tolist()),
        (given("s0", s0, "proportion", found), given("s1", s1, "proportion", found)),
        why,
    )  # fmt: skip


def _landmark_power(
    n: float, s0: float, s: float, time: float, course: Course, alpha: float
) -> float:
    from scipy import special

    from hilum.trials.single_arm.landmark import standardised

    hazard = Hazard((0.0,), (-float(np.log(s)) / time,))
    shift, spread = standardised(s0, s, hazard, course, time, "arcsine")
    return float(special.ndtr(shift * (n / spread) ** 0.5 + special.ndtri(alpha)))


def logrank_synopsis(
    question: Pico,
    hazard_ratio: float,
    historical_median: float,
    course: Course,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """One-sample log-rank test against a known curve."""
    size = one_sample_logrank(hazard_ratio, historical_median, course, alpha=alpha, power=power)
    return _survival(
        question, "one-sample-logrank", "one-sample log-rank", "ratio", size, course, 1.0,
        hazard_ratio, alpha, power,
        (
            Step("historical_curve", {"median": historical_median, "hazard_ratio": hazard_ratio}),
            Step("logrank_formula", {"alpha": alpha, "power": power, "n": whole(size.n),
                                     "events": whole(size.events or 0)}),
            course_step(course),
        ),
        (Step("one_sample_analysis", {"median": historical_median}), Step("kaplan_meier_report")),
        (),
        (given("control_median", historical_median, "months", found),
         given("hazard_ratio", hazard_ratio, "ratio", found)),
        why,
    )  # fmt: skip


def course_step(course: Course) -> Step:
    """Accrual, follow-up and drop-out as a step of the derivation."""
    return Step(
        "course",
        {
            "accrual": course.accrual,
            "follow_up": course.follow_up,
            "drop_out": 100 * course.drop_out,
            "drop_out_time": course.drop_out_time,
        },
    )


def _survival(
    question: Pico,
    kind: str,
    method: str,
    scale: Literal["proportion", "ratio"],
    size: SampleSize,
    course: Course,
    null: float,
    alternative: float,
    alpha: float,
    power: float,
    steps: tuple[Step, ...],
    analysis: tuple[Step, ...],
    curve: tuple[tuple[float, float, float | None], ...],
    assumptions: tuple[Assumption, ...],
    why: WhyNow | None,
) -> Synopsis:
    patients = size.patients
    return Synopsis(
        kind=kind,
        method=method,
        hypothesis="superiority",
        scale=scale,
        question=question,
        alpha=alpha,
        power=power,
        sided=1,
        patients=patients,
        per_arm=(("treatment", patients),),
        events=whole(size.events or 0),
        months=course.total,
        expected_n0=None,
        expected_n1=None,
        steps=steps,
        looks=(),
        operating=(
            Operating("null", null, alpha, patients),
            Operating("alternative", alternative, power, patients),
        ),
        curve=curve,
        assumptions=(*assumptions, *course_assumptions(course), *conventions(alpha, power)),
        analysis=analysis,
        why=why,
        spirit=spirit_items(interim=False, randomised=False, recruitment=True),
    )


def course_assumptions(course: Course) -> tuple[Assumption, ...]:
    """The same as assumptions."""
    return (
        Assumption("accrual", course.accrual, "months", "given"),
        Assumption("follow_up", course.follow_up, "months", "given"),
        Assumption("drop_out", course.drop_out, "proportion", "given"),
    )
