"""Synopses of group sequential trials of two groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.borrowing.assurance import normal_points
from hilum.trials.fixed.sizes import whole
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

if TYPE_CHECKING:
    from hilum.trials.fixed.course import Course
    from hilum.trials.sequential.design import GroupSequential


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
            efficacy_z=bound_or_none(design.efficacy[k]),
            futility_z=bound_or_none(design.futility[k]),
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
        expected_of="events" if trial.events_at else "patients",
    )  # fmt: skip


def patients_of_both(n: float, ratio: float) -> int:
    """Patients of two groups, each rounded up."""
    return whole(n * ratio / (1 + ratio)) + whole(n / (1 + ratio))


def bound_or_none(value: float) -> float | None:
    """A bound; None where there is none."""
    return value if np.isfinite(value) else None
