"""Group sequential trials in patients and events: a design's inflation put on a fixed size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.fixed.course import Course, Hazard, calendar_time, expected_events
from hilum.trials.fixed.proportions import (
    constrained_rates,
    noninferior_proportions,
    two_proportions,
)
from hilum.trials.fixed.survival import survival
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.design import GroupSequential, fixed_drift

if TYPE_CHECKING:
    from hilum.trials.fixed.sizes import SampleSize


@dataclass(frozen=True, slots=True)
class SequentialTrial:
    """A group sequential design with the numbers of a trial.

    Parameters
    ----------
    design : GroupSequential
    fixed : SampleSize
        The fixed trial with the same level and power.
    n : float
        Maximum number of patients, before rounding up.
    n_at, events_at, months_at : tuple of float, length K
        Patients entered, events and months since the first patient at each analysis; events and
        months only for survival.
    expected_n0, expected_n01, expected_n1 : float
        Expected patients (survival: expected events) under no effect, half of it, and the effect.
    effect_at : tuple of float, length K
        Smallest observed effect that crosses the efficacy bound: hazard ratio or difference.
    """

    design: GroupSequential
    fixed: SampleSize
    n: float
    n_at: tuple[float, ...]
    events_at: tuple[float, ...]
    months_at: tuple[float, ...]
    expected_n0: float
    expected_n01: float
    expected_n1: float
    effect_at: tuple[float, ...]


def sequential_survival(
    design: GroupSequential,
    hazard_ratio: float,
    control: Hazard | float,
    course: Course,
    *,
    ratio: float = 1.0,
    null: float = 1.0,
) -> SequentialTrial:
    """Events by Schoenfeld times the inflation; analyses when their events are expected.

    Raises
    ------
    InputError
        As :func:`hilum.trials.fixed.survival.survival`.
    """
    fixed = survival(
        hazard_ratio, control, course, alpha=design.alpha, power=design.power,
        sided=design.sided, ratio=ratio, null=null,
    )  # fmt: skip
    hazard = control if isinstance(control, Hazard) else Hazard.from_median(control)
    treated = hazard.scaled(hazard_ratio)
    n = fixed.n * design.inflation
    most = (fixed.events or 0.0) * design.inflation
    events = tuple(rate * most for rate in design.information_rates)
    months = tuple(calendar_time(e, n, treated, hazard, course, ratio) for e in events)
    entered = tuple(
        n * (min(1.0, month / course.accrual) if course.accrual else 1.0) for month in months
    )
    # At the bound, log(HR) is z / sqrt(d r / (1 + r)^2) from the null, towards the alternative.
    share = ratio / (1 + ratio) ** 2
    side = 1 if hazard_ratio > null else -1
    effects = tuple(
        null * float(np.exp(side * z / (e * share) ** 0.5))
        for z, e in zip(design.efficacy, events, strict=True)
    )
    return SequentialTrial(
        design, fixed, n, entered, events, months,
        *_expected(design, fixed.events or 0.0), effects,
    )  # fmt: skip


def sequential_proportions(
    design: GroupSequential,
    p1: float,
    p2: float,
    *,
    ratio: float = 1.0,
    margin: float | None = None,
) -> SequentialTrial:
    """Difference of two proportions by the normal approximation times the inflation.

    Parameters
    ----------
    margin : float, optional
        Of non-inferiority of a rate of success: ``H0: p1 - p2 <= -margin``, by the score test.

    Raises
    ------
    InputError
        As :func:`hilum.trials.fixed.proportions.two_proportions`, or ``noninferior_proportions``.
    """
    if margin is not None:
        return _noninferior(design, p1, p2, margin, ratio)
    fixed = two_proportions(
        p1, p2, alpha=design.alpha, power=design.power, sided=design.sided, ratio=ratio
    )
    n = fixed.n * design.inflation
    mean = (ratio * p1 + p2) / (1 + ratio)
    side = 1 if p1 > p2 else -1
    n_at = tuple(rate * n for rate in design.information_rates)
    effects = tuple(
        side * z * (mean * (1 - mean) * (1 + ratio) ** 2 / (ratio * size)) ** 0.5
        for z, size in zip(design.efficacy, n_at, strict=True)
    )
    return SequentialTrial(design, fixed, n, n_at, (), (), *_expected(design, fixed.n), effects)


def _noninferior(
    design: GroupSequential, p1: float, p2: float, margin: float, ratio: float
) -> SequentialTrial:
    """The same against a margin (Farrington & Manning 1990)."""
    fixed = noninferior_proportions(
        p1, p2, margin, alpha=design.alpha, power=design.power, ratio=ratio
    )
    n = fixed.n * design.inflation
    q1, q2 = constrained_rates(p1, p2, -margin, ratio)
    # Of the difference in a trial of one patient in all, at the margin.
    spread = ((q1 * (1 - q1) / ratio + q2 * (1 - q2)) * (1 + ratio)) ** 0.5
    n_at = tuple(rate * n for rate in design.information_rates)
    effects = tuple(
        z * spread / size**0.5 - margin for z, size in zip(design.efficacy, n_at, strict=True)
    )
    return SequentialTrial(design, fixed, n, n_at, (), (), *_expected(design, fixed.n), effects)


def sequential_means(
    design: GroupSequential, difference: float, sd: float, *, ratio: float = 1.0
) -> SequentialTrial:
    """Difference of two means with a known standard deviation.

    Raises
    ------
    InputError
        No difference, a standard deviation or ratio not above 0.
    """
    check = Requirements()
    check.above_zero("sd", sd)
    check.above_zero("ratio", ratio)
    check.need(
        difference != 0 and bool(np.isfinite(difference)),
        "difference", difference, "a difference other than 0",
    )  # fmt: skip
    check.done()
    from hilum.trials.fixed.sizes import SampleSize

    side = 1 if difference > 0 else -1
    drift = fixed_drift(design.alpha, design.power, design.sided)
    total = (drift * sd / difference) ** 2 * (1 + ratio) ** 2 / ratio
    n1 = total * ratio / (1 + ratio)
    fixed = SampleSize(total, n1, total - n1, design.alpha, design.power, design.sided, "z test")
    n = total * design.inflation
    n_at = tuple(rate * n for rate in design.information_rates)
    effects = tuple(
        side * z * sd * ((1 + ratio) ** 2 / (ratio * size)) ** 0.5
        for z, size in zip(design.efficacy, n_at, strict=True)
    )
    return SequentialTrial(design, fixed, n, n_at, (), (), *_expected(design, total), effects)


def events_by(
    trial: SequentialTrial, treated: Hazard, control: Hazard, course: Course, month: float
) -> float:
    """Events expected by a month of a survival trial with equal groups."""
    return expected_events(trial.n, treated, control, course, 1.0, month)


def _expected(design: GroupSequential, size: float) -> tuple[float, float, float]:
    return (
        size * design.expected_size_h0,
        size * design.expected_size_h01,
        size * design.expected_size_h1,
    )
