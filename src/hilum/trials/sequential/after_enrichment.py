"""Estimates and simultaneous limits after an enrichment trial.

Each stage's z of a population less what the true effect gives it is standard normal whatever was
selected before, so that its p value, adjusted for the larger of both where both have the stage,
is one of an intersection whose two parts hold at their true effects. The effects at which the
combination of the stages just comes to the bound are therefore one-sided limits that hold for both
populations together at the family-wise level (Posch et al. 2005, single-step; Wassmer & Brannath
2016, chapter 11). They may stop short of what the closed test rejects, never the reverse. Under
Simes' test they are those of Bonferroni's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.records import found
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.recursion import solve
from hilum.trials.sequential.subgroup_closed import INTERSECTIONS, TINY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.sequential.subgroup_closed import SubgroupClosed

FARTHEST = 40.0


@dataclass(frozen=True, slots=True)
class StageResult:
    """A stage's own patients of one population.

    Parameters
    ----------
    z : float
        In the direction hoped for.
    information : float
        Inverse variance of the effect's estimate.
    correlation : float or None
        Of the two populations' z in this stage; None where this one was pursued alone.
    """

    z: float
    information: float
    correlation: float | None


@dataclass(frozen=True, slots=True)
class AfterEnrichment:
    """Estimates of all patients and of the last stage, the latter's interval, and the limit."""

    naive: float
    last: float
    interval: tuple[float, float]
    lower: float


def combined(stages: Sequence[StageResult], closed: SubgroupClosed, effect: float) -> float:
    """Combination of the stages' adjusted scores, where the true effect is this."""
    test = found(INTERSECTIONS, closed.test, "test")
    used = closed.shares[: len(stages)]
    total = 0.0
    for one, share in zip(stages, used, strict=True):
        z = one.z - effect * one.information**0.5
        if one.correlation is not None:
            pair, tie = np.array([[z, -np.inf]]), np.array([one.correlation])
            p = float(test(pair, tie)[0])
            z = -float(special.ndtri(min(max(p, TINY), 1 - 1e-16)))
        total += share**0.5 * z
    return total / sum(used) ** 0.5


def after_enrichment(
    stages: Sequence[StageResult], closed: SubgroupClosed, *, level: float = 0.95
) -> AfterEnrichment:
    """What a population's stages say of its effect, after any number of them.

    Parameters
    ----------
    stages : sequence of StageResult
        All stages so far; the population was pursued in each.
    level : float
        Of the last stage's interval, two-sided.

    Raises
    ------
    InputError
        No stage, more than planned, information not above 0, a correlation outside 0 to 1.
    """
    check = Requirements()
    planned = len(closed.shares)
    check.need(1 <= len(stages) <= planned, "stages", len(stages), "one of the planned stages")
    for one in stages:
        check.above_zero("information", one.information)
        if one.correlation is not None:
            wanted = "a correlation from 0 to 1"
            check.need(0 <= one.correlation <= 1, "correlation", one.correlation, wanted)
    check.rate("level", level)
    check.done()
    bound = closed.efficacy[len(stages) - 1]
    information = sum(one.information for one in stages)
    naive = sum(one.z * one.information**0.5 for one in stages) / information
    end = stages[-1]
    last, far = end.z / end.information**0.5, float(special.ndtri((1 + level) / 2))
    half = far / end.information**0.5
    lower = -np.inf
    if np.isfinite(bound):
        # Far enough that every stage's score is beyond the bound on either side.
        width = FARTHEST / min(one.information for one in stages) ** 0.5
        centre = max(abs(one.z) / one.information**0.5 for one in stages)
        lower = solve(
            lambda effect: combined(stages, closed, effect) - bound, -centre - width, centre + width
        )
    return AfterEnrichment(naive, last, (last - half, last + half), lower)
