"""Sizes for survival: events by Schoenfeld or Freedman, then patients for the events."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hilum.errors import phrased
from hilum.trials.fixed.course import Course, Hazard, event_probability
from hilum.trials.fixed.lakatos import lakatos
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import SampleSize, of_whole, sized
from hilum.trials.parameters import Requirements

Method = Literal["schoenfeld", "freedman", "lakatos"]
METHODS = ("schoenfeld", "freedman", "lakatos")


def required_events(
    hazard_ratio: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    null: float = 1.0,
    method: Literal["schoenfeld", "freedman"] = "schoenfeld",
) -> float:
    """Events of a log-rank test.

    Schoenfeld 1981: ``(z_a + z_b)^2 (1 + r)^2 / (r log(HR / null)^2)``. Freedman 1982:
    ``(z_a + z_b)^2 (1 + r HR)^2 / (r (1 - HR)^2)``.

    Parameters
    ----------
    hazard_ratio : float
        Treatment over control, as hoped for.
    ratio : float
        Treatment over control group.
    null : float
        1 for superiority; the margin, above the hazard ratio, for non-inferiority (Schoenfeld).
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("ratio", ratio)
    check.one_of("method", method, ("schoenfeld", "freedman"))
    if check.above_zero("hazard_ratio", hazard_ratio) & check.above_zero("null", null):
        if null == 1:
            check.need(
                hazard_ratio != 1, "hazard_ratio", hazard_ratio,
                "a ratio other than 1 for superiority",
            )  # fmt: skip
        else:
            check.need(
                hazard_ratio < null, "hazard_ratio", hazard_ratio,
                phrased("a ratio below the margin ({null:g})", null=null),
            )  # fmt: skip
            check.need(method == "schoenfeld", "method", method, "schoenfeld with a margin")
    check.done()
    za, zb = quantiles(alpha, power, sided)
    if method == "freedman":
        return (za + zb) ** 2 * (1 + ratio * hazard_ratio) ** 2 / (ratio * (1 - hazard_ratio) ** 2)
    return (za + zb) ** 2 * (1 + ratio) ** 2 / (ratio * float(np.log(hazard_ratio / null)) ** 2)


def survival(
    hazard_ratio: float,
    control: Hazard | float,
    course: Course,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    null: float = 1.0,
    method: Method = "schoenfeld",
) -> SampleSize:
    """Patients of a two-group trial under proportional hazards.

    Parameters
    ----------
    control : Hazard or float
        Control group's hazard, or its median in months (exponential).
    course : Course
        Accrual, follow-up and drop-out.
    null : float
        Hazard ratio of the null hypothesis; above 1 it is a margin of non-inferiority.

    Raises
    ------
    InputError
        A hazard ratio of 1 for superiority, negative accrual, median not above 0, and the like.
    """
    check = Requirements()
    course.require(check)
    if not isinstance(control, Hazard):
        check.above_zero("control_median", control, "months")
    check.one_of("method", method, METHODS)
    check.done()
    hazard = control if isinstance(control, Hazard) else Hazard.from_median(control)
    treated = hazard.scaled(hazard_ratio)
    if method == "lakatos":
        check.need(null == 1, "null", null, "1 with Lakatos' method")
        check.done()
        required_events(hazard_ratio, alpha=alpha, power=power, sided=sided, ratio=ratio)
        return lakatos(treated, hazard, course, alpha=alpha, power=power, sided=sided, ratio=ratio)
    events = required_events(
        hazard_ratio, alpha=alpha, power=power, sided=sided, ratio=ratio, null=null, method=method
    )
    share = ratio / (1 + ratio)
    chance = share * event_probability(treated, course)
    chance += (1 - share) * event_probability(hazard, course)
    ends = quantiles(alpha, power, sided)
    return sized(
        events / chance, events, ratio, alpha, power, sided, method, ends[0],
        of_whole(ends, events),
    )  # fmt: skip
