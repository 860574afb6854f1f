"""What the synopses of several kinds of design share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.borrowing.assurance import Z95
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.synopsis.record import (
    Alternative,
    Assumption,
    Basis,
    Look,
    Operating,
    Source,
    Step,
    Synopsis,
    Unit,
    spirit_items,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.trials.fixed.course import Course

# Power that is short of what was asked by less than this is rounding.
ROUNDING = 1e-9
Curve = tuple[tuple[float, float, float | None], ...]


# Levels and powers that are usual; any other was chosen by the designers.
USUAL_LEVELS = (0.025, 0.05)
USUAL_POWERS = (0.8, 0.9)


def conventions(alpha: float, power: float) -> tuple[Assumption, ...]:
    """Level and power as assumptions of every design, each a convention where it is usual."""
    return (
        Assumption("alpha", alpha, "number", _source(alpha, USUAL_LEVELS)),
        Assumption("power", power, "number", _source(power, USUAL_POWERS)),
    )


def _source(value: float, usual: tuple[float, ...]) -> Source:
    return "convention" if value in usual else "given"


def wanted(
    alpha: float, power: float, effect_sd: float | None, assurance: float | None
) -> tuple[Assumption, ...]:
    """Level, and the power or the assurance that was asked for with what is believed."""
    level, usual = conventions(alpha, power)
    asked = (
        usual if assurance is None else Assumption("assurance", assurance, "proportion", "given")
    )
    if effect_sd is None:
        return level, asked
    return level, asked, Assumption("effect_sd", effect_sd, "number", "given")


def short_of(asked: float, reached: float) -> tuple[Step, ...]:
    """A sentence where a design has less power than was asked for."""
    if reached >= asked - ROUNDING:
        return ()
    return (Step("power_short", {"asked": asked, "reached": reached}),)


def assurance_step(hazard_ratio: float, effect_sd: float, assurance: float) -> Step:
    """What is believed of a hazard ratio, and the power expected over it."""
    low, high = (float(hazard_ratio * np.exp(side * Z95 * effect_sd)) for side in (-1, 1))
    return Step(
        "assurance_survival", {"assurance": assurance, "sd": effect_sd, "low": low, "high": high}
    )


def given(parameter: str, value: float, unit: Unit, found: Sequence[Assumption]) -> Assumption:
    """The assumption of a parameter: from evidence where it was taken from there."""
    for one in found:
        if one.parameter == parameter:
            return one
    return Assumption(parameter, value, unit, "given")


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


def patients_steps(size: SampleSize, course: Course) -> tuple[Step, Step]:
    """Patients of whom so many will have had the event, and how they come."""
    events = size.events or 0.0
    return (
        Step("events_to_patients", {"events": whole(events), "n": size.patients,
                                    "chance": events / size.n}),
        course_step(course),
    )  # fmt: skip


def course_assumptions(course: Course) -> tuple[Assumption, ...]:
    """The same as assumptions."""
    return (
        Assumption("accrual", course.accrual, "months", "given"),
        Assumption("follow_up", course.follow_up, "months", "given"),
        Assumption("drop_out", course.drop_out, "proportion", "given"),
    )


def true_ratios(hazard_ratio: float, points: int = 31) -> Array:
    """Hazard ratios of a picture, from well beyond the one hoped for to the wrong side of 1."""
    side = 1.0 if hazard_ratio < 1 else -1.0
    far = min(side * float(np.log(hazard_ratio)) * 1.6, -0.01)
    return np.exp(side * np.linspace(far, np.log(1.1), points))


def adaptive(
    basis: Basis,
    kind: str,
    method: str,
    *,
    alpha: float | None,
    power: float | None,
    patients: int,
    per_arm: tuple[tuple[str, int], ...],
    expected: tuple[float | None, float | None],
    steps: tuple[Step, ...],
    analysis: tuple[Step, ...],
    assumptions: tuple[Assumption, ...],
    scale: Unit = "proportion",
    looks: tuple[Look, ...] = (),
    operating: tuple[Operating, ...] = (),
    reached: float | None = None,
    lower: bool = False,
    interim: bool = True,
) -> Synopsis:
    """Synopsis of a randomised trial whose course depends on its interim results.

    Parameters
    ----------
    expected : (float or None, float or None)
        Patients under no effect and under the effect hoped for.
    lower : bool
        Whether a lower figure is better.
    interim : bool
        Whether there is an interim analysis.
    """
    return Synopsis(
        kind=kind,
        method=method,
        hypothesis="superiority",
        scale=scale,
        question=basis.question,
        alpha=alpha,
        power=power,
        sided=1,
        patients=patients,
        per_arm=per_arm,
        events=None,
        months=None,
        expected_n0=expected[0],
        expected_n1=expected[1],
        steps=steps,
        looks=looks,
        operating=operating,
        curve=(),
        assumptions=assumptions,
        analysis=analysis,
        why=basis.why,
        spirit=spirit_items(basis.why, interim=interim, randomised=True, recruitment=False),
        reached=reached,
        better="lower" if lower else "higher",
    )


def one_analysis(
    basis: Basis,
    kind: str,
    size: SampleSize,
    *,
    scale: Unit,
    steps: tuple[Step, ...],
    analysis: tuple[Step, ...],
    operating: tuple[Operating, ...],
    assumptions: tuple[Assumption, ...],
    method: str | None = None,
    hypothesis: str = "superiority",
    course: Course | None = None,
    curve: Curve = (),
    alternatives: tuple[Alternative, ...] = (),
    assurance: float | None = None,
    reached: float | None = None,
) -> Synopsis:
    """Synopsis of a trial with one analysis, from its size; one group where ``size.n2`` is 0."""
    arms = (("treatment", whole(size.n1)), ("control", whole(size.n2)))
    return Synopsis(
        kind=kind,
        method=method or size.method,
        hypothesis=hypothesis,
        scale=scale,
        question=basis.question,
        alpha=size.alpha,
        power=size.power,
        sided=size.sided,
        patients=size.patients,
        per_arm=arms if size.n2 else arms[:1],
        events=None if size.events is None else whole(size.events),
        months=course.total if course else None,
        expected_n0=None,
        expected_n1=None,
        steps=steps,
        looks=(),
        operating=operating,
        curve=curve,
        assumptions=assumptions,
        analysis=analysis,
        alternatives=alternatives,
        why=basis.why,
        spirit=spirit_items(
            basis.why, interim=False, randomised=size.n2 > 0, recruitment=course is not None
        ),
        assurance=assurance,
        reached=size.actual_power if reached is None else reached,
    )
