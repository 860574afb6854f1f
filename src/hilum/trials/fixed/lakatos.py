"""Weighted log-rank tests under any two survival curves (Lakatos 1988), one stratum or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable
from hilum.trials.fixed.course import Hazard, quadrature
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import of_whole, sized
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from hilum.trials.fixed.course import Course, Curve
    from hilum.trials.fixed.sizes import SampleSize


@dataclass(frozen=True, slots=True)
class Information:
    """What one patient adds to a weighted log-rank test, in expectation.

    ``events``, the numerator's mean ``shift`` (below 0 where the treatment is better) and its
    variance ``spread``; over n independent patients all three grow n-fold.
    """

    events: float
    shift: float
    spread: float


def information(
    treatment: Curve,
    control: Curve,
    course: Course,
    *,
    ratio: float = 1.0,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> Information:
    """Moments of the test from the numbers at risk over time.

    The Markov chain of Lakatos 1988, its intervals made infinitely short: numbers at risk follow
    from the curves, drop-out and staggered entry, and sums over intervals become integrals.

    Parameters
    ----------
    rho, gamma : float
        Weights ``S^rho (1 - S)^gamma`` of Fleming & Harrington, S the pooled survival; both 0 is
        the log-rank test. As drop-out is alike in both groups, S is the mean of their curves.
    """
    t, w = quadrature((treatment, control), course, None)
    share = ratio / (1 + ratio)
    seen = course.followed(t)
    first, second = share * treatment.survival(t), (1 - share) * control.survival(t)
    h1, h2 = treatment.at(t), control.at(t)
    deaths = w * seen * (h1 * first + h2 * second)
    # Where nobody is left no death is either; the ratios there only must not be 0 / 0.
    phi = first / np.maximum(second, 1e-300)
    theta = h1 / np.maximum(h2, 1e-300)
    drift = phi * theta / (1 + phi * theta) - phi / (1 + phi)
    pooled = first + second
    weight = pooled**rho * (1 - pooled) ** gamma
    return Information(
        float(deaths.sum()),
        float((deaths * weight * drift).sum()),
        float((deaths * weight**2 * phi / (1 + phi) ** 2).sum()),
    )


def size_of(
    one: Information, *, alpha: float, power: float, sided: int, ratio: float
) -> SampleSize:
    """Patients and events for a power, from what a patient adds.

    Raises
    ------
    NotEstimable
        Groups that do not differ in the mean over the trial.
    """
    if not one.spread > 0 or abs(one.shift) < 1e-9 * one.events:
        message = "the groups do not differ in the mean over the trial"
        raise NotEstimable(message)
    za, zb = quantiles(alpha, power, sided)
    n = (za + zb) ** 2 * one.spread / one.shift**2
    return sized(
        n, n * one.events, ratio, alpha, power, sided, "lakatos", za, of_whole((za, zb), n)
    )


def lakatos(
    treatment: Curve,
    control: Curve,
    course: Course,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> SampleSize:
    """Log-rank or Fleming-Harrington test under any two curves (:func:`information`).

    The groups may cross, start to differ late or stop to differ.

    Raises
    ------
    InputError
        Parameters that cannot be.
    NotEstimable
        Groups that do not differ in the mean over the trial.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("ratio", ratio)
    check.not_negative("rho", rho)
    check.not_negative("gamma", gamma)
    course.require(check)
    check.done()
    one = information(treatment, control, course, ratio=ratio, rho=rho, gamma=gamma)
    return size_of(one, alpha=alpha, power=power, sided=sided, ratio=ratio)


def changing_hazard(control: Hazard, ratios: tuple[tuple[float, float], ...]) -> Hazard:
    """Hazard of a treatment whose ratio to the control changes: ``(month, ratio from then on)``.

    Raises
    ------
    InputError
        No ratio from month 0 on, months that do not increase, ratios not above 0.
    """
    check = Requirements()
    months = [month for month, _ in ratios]
    check.need(
        len(months) > 0 and months[0] == 0 and months == sorted(set(months)),
        "hazard_ratios", " ".join(f"{month:g}" for month in months), "increasing months from 0 on",
    )  # fmt: skip
    for _, ratio in ratios:
        check.above_zero("hazard_ratio", ratio)
    check.done()
    starts = np.unique([*control.starts, *months])
    factor = np.array([ratio for _, ratio in ratios])[np.searchsorted(months, starts, "right") - 1]
    return Hazard(tuple(starts.tolist()), tuple((control.at(starts) * factor).tolist()))
