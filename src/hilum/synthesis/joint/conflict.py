"""What each kind of evidence says alone, and how far two kinds differ.

A joint posterior can hide a conflict: where trials and series of the same treatments disagree, the
spread between studies grows until both fit. So each kind is fitted alone, with the same priors, and
what they say is set side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.synthesis.joint.data import COMPARATIVE, DESIGNS, RANDOMISED, SINGLE
from hilum.synthesis.joint.gross import is_gross
from hilum.synthesis.joint.paths import edges, path
from hilum.synthesis.joint.posterior import treatment_index
from hilum.synthesis.joint.precision import spoken
from hilum.synthesis.joint.record import JointFit

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies

ARMS: Final = {RANDOMISED: "randomised_arms", COMPARATIVE: "comparative_arms", SINGLE: "single_arm"}
KINDS: Final = (RANDOMISED, COMPARATIVE, SINGLE)


@dataclass(frozen=True, slots=True)
class Side:
    """What one kind of evidence says alone: mean and standard deviation on the log scale.

    ``studies`` hold the treatment (or one of both); ``ci`` is the central 95 % interval;
    ``error`` and ``ci_error`` are Monte-Carlo standard errors of the mean and of both limits.
    """

    kind: str
    studies: int
    value: float
    se: float
    ci: tuple[float, float]
    error: float = float("nan")
    ci_error: tuple[float, float] = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two kinds of evidence on one thing.

    ``comparator`` is None for a treatment's level (log odds, log hazard), else the contrast's.
    ``gap`` is the first side less the second, ``se`` its standard error, ``z`` the gap in
    standard errors, ``p`` twice the smaller probability that either side is the higher. Both sides
    hold the prior, which draws them together: a gap is rather too small than too large.
    """

    treatment: str
    comparator: str | None
    first: Side
    second: Side
    gap: float
    se: float
    z: float
    p: float

    @property
    def gross(self) -> bool:
        """Whether the two are too far apart (:mod:`hilum.synthesis.joint.gross`)."""
        return is_gross(self.z)


def conflict_of(
    treatment: str, comparator: str | None, first: tuple[Side, Array], second: tuple[Side, Array]
) -> Conflict:
    """Two sides by their independent draws."""
    one, other = first[0], second[0]
    gap, se = one.value - other.value, float(np.hypot(one.se, other.se))
    # Every draw of one side against every draw of the other.
    ordered = np.sort(second[1])
    above = float(np.searchsorted(ordered, first[1]).mean() / len(ordered))
    return Conflict(treatment, comparator, one, other, gap, se, gap / se, 2 * min(above, 1 - above))


def of_pair(fit: JointFit, treatment: str, comparator: str) -> tuple[Conflict, ...]:
    """Kinds of evidence on one contrast, each against each; empty where one alone carries it.

    Trials and other comparisons speak where a path of such comparisons joins the two, series
    where each has one.
    """
    a, b = treatment_index(fit, treatment), treatment_index(fit, comparator)
    sides: list[tuple[Side, Array]] = []
    for kind in KINDS:
        part = fit.parts.get(DESIGNS[kind])
        if isinstance(part, JointFit) and _joined(fit.studies, kind, a, b):
            eta = part.draws["alpha"]
            held = _holding(fit.studies, kind, a) | _holding(fit.studies, kind, b)
            sides.append(_side(kind, len(held), eta[..., a] - eta[..., b]))
    return tuple(conflict_of(treatment, comparator, *both) for both in combinations(sides, 2))


def of_treatment(fit: JointFit, treatment: str) -> tuple[Conflict, ...]:
    """Kinds of evidence on one treatment's level in a typical study, by the arms that hold it."""
    place = treatment_index(fit, treatment)
    sides: list[tuple[Side, Array]] = []
    for kind in KINDS:
        part = fit.parts.get(ARMS[kind])
        held = _holding(fit.studies, kind, place, arms=True)
        if isinstance(part, JointFit) and held:
            sides.append(_side(kind, len(held), part.draws["alpha"][..., place]))
    return tuple(conflict_of(treatment, None, *both) for both in combinations(sides, 2))


def _side(kind: int, studies: int, draws: Array) -> tuple[Side, Array]:
    said = spoken(draws)
    side = Side(
        DESIGNS[kind], studies, said.value, said.se, said.ci, said.error, said.ci_error
    )  # fmt: skip
    return side, draws.ravel()


def _joined(studies: Studies, kind: int, a: int, b: int) -> bool:
    if kind == SINGLE:
        return bool(_holding(studies, kind, a)) and bool(_holding(studies, kind, b))
    return bool(path(edges(studies, (kind,)), a, b))


def _holding(studies: Studies, kind: int, treatment: int, *, arms: bool = False) -> set[int]:
    """Studies of a kind that hold a treatment; with ``arms`` in an arm, not in a contrast."""
    places = (
        studies.study[studies.treatment == treatment].tolist()
        if arms
        else studies.studies_of(treatment)
    )
    return {int(s) for s in places if studies.design[s] == kind}
