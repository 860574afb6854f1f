"""Changing the size at an interim analysis without raising the error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import phrased
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Reestimate:
    """The second stage after a look at the data.

    ``n2`` patients (or events) follow; ``zone`` says where the interim fell: ``unfavourable`` and
    ``favourable`` keep the planned ``n2``, ``promising`` raises it. ``conditional_power`` is that
    with the new ``n2``, ``planned_power`` that with the planned one.
    """

    n2: float
    zone: str
    conditional_power: float
    planned_power: float
    effect: float


def inverse_normal(z: Sequence[float], weights: Sequence[float]) -> float:
    """Combine independent stage-wise z statistics (Lehmacher & Wassmer 1999).

    ``sum sqrt(w) z / sqrt(sum w)`` with weights fixed in advance, whatever sizes the stages come
    to have (Cui, Hung & Wang 1999): its bounds are those of the planned design.

    Raises
    ------
    InputError
        As many weights as statistics, each above 0, are needed.
    """
    check = Requirements()
    check.need(
        len(z) == len(weights) > 0,
        "weights",
        len(weights),
        phrased("{number} weights", number=len(z)),
    )
    for weight in weights:
        check.above_zero("weights", weight)
    check.done()
    root = np.sqrt(np.asarray(weights, float))
    return float(root @ np.asarray(z, float) / np.sqrt((root**2).sum()))


def conditional_power(
    z1: float, critical: float, n1: float, n2: float, effect: float, weight1: float | None = None
) -> float:
    """Chance that the combined statistic passes ``critical``, given the first stage.

    Parameters
    ----------
    z1 : float
        Statistic of the first stage.
    critical : float
        Final bound of the planned design.
    n1, n2 : float
        Information of the stages in any unit (patients, events).
    effect : float
        Assumed drift of one unit of information: a stage of n has mean ``effect * sqrt(n)``.
    weight1 : float, optional
        Planned share of the first stage; ``n1 / (n1 + n2)`` when omitted.
    """
    share = n1 / (n1 + n2) if weight1 is None else weight1
    needed = (critical - share**0.5 * z1) / (1 - share) ** 0.5
    return float(special.ndtr(effect * n2**0.5 - needed))


def reestimate(
    z1: float,
    critical: float,
    n1: float,
    n2: float,
    n2_max: float,
    *,
    power: float = 0.9,
    effect: float | None = None,
    promising_from: float = 0.3,
) -> Reestimate:
    """Size of the second stage for a wanted conditional power (Mehta & Pocock 2011).

    The final statistic must be :func:`inverse_normal` with the planned shares; then the planned
    bound keeps the level whatever is decided here (Cui, Hung & Wang 1999).

    Parameters
    ----------
    n1, n2, n2_max : float
        First stage, planned and largest second stage, in patients or events.
    effect : float, optional
        As in :func:`conditional_power`; the observed one, ``z1 / sqrt(n1)``, when omitted.
    promising_from : float
        Conditional power below which nothing is added.

    Raises
    ------
    InputError
        Stages not above 0, a largest stage below the planned one, a power outside 0 to 1.
    """
    check = Requirements()
    check.above_zero("n1", n1)
    check.above_zero("n2", n2)
    check.rate("power", power)
    check.need(
        np.isfinite(n2_max) and n2_max >= n2,
        "n2_max",
        n2_max,
        phrased("at least n2 ({n2:g})", n2=n2),
    )
    check.need(0 <= promising_from < 1, "promising_from", promising_from, "from 0 to below 1")
    check.need(bool(np.isfinite(z1)), "z1", z1, "a finite number")
    check.done()
    drift = z1 / n1**0.5 if effect is None else effect
    share = n1 / (n1 + n2)

    def reached(size: float) -> float:
        return conditional_power(z1, critical, n1, size, drift, share)

    planned = reached(n2)
    if planned >= power:
        return Reestimate(n2, "favourable", planned, planned, drift)
    if planned < promising_from or drift <= 0:
        return Reestimate(n2, "unfavourable", planned, planned, drift)
    needed = (critical - share**0.5 * z1) / (1 - share) ** 0.5
    wanted = ((needed + float(special.ndtri(power))) / drift) ** 2
    size = min(max(wanted, n2), n2_max)
    return Reestimate(size, "promising", reached(size), planned, drift)
