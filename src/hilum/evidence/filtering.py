"""Studies of some designs, years and tumour burdens: the record without the others.

What a study does not report decides nothing: such arms are named apart, so that nobody loses or
gains them in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hilum.evidence.records import Arm, Evidence, Study

Verdict = Literal["fits", "outside", "not_reported"]
Place = tuple[str, str]
"""Study and arm."""


@dataclass(frozen=True, slots=True)
class StudyFilter:
    """Which studies are asked for; what is None or empty asks nothing.

    Parameters
    ----------
    designs : tuple of str
        Codes of :class:`hilum.evidence.Design`.
    year_from, year_to : int or None
        Of the publication, both included.
    burden_from, burden_to : float or None
        Percent of an arm's patients with tumour in more than half of the liver, both included.
    with_unreported : bool
        Whether arms that a filter cannot decide stay in; else they are named apart.
    """

    designs: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    burden_from: float | None = None
    burden_to: float | None = None
    with_unreported: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many studies a filter lets through, keeps out, and cannot decide."""

    filter: str
    fits: int
    outside: int
    not_reported: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """The record of the arms that fit; the others, and why.

    ``tallies`` has one line a filter that asks something, each over all studies.
    """

    evidence: Evidence
    outside: frozenset[Place]
    undecided: frozenset[Place]
    tallies: tuple[Tally, ...]


def _design(asked: StudyFilter, study: Study, arm: Arm) -> Verdict | None:
    del arm
    if not asked.designs:
        return None
    return "fits" if study.design in asked.designs else "outside"


def _years(asked: StudyFilter, study: Study, arm: Arm) -> Verdict | None:
    del arm
    return _within(study.year, asked.year_from, asked.year_to)


def _burden(asked: StudyFilter, study: Study, arm: Arm) -> Verdict | None:
    del study
    return _within(arm.pct_burden_over_50, asked.burden_from, asked.burden_to)


def _within(value: float | None, low: float | None, high: float | None) -> Verdict | None:
    if low is None and high is None:
        return None
    if value is None:
        return "not_reported"
    fits = (low is None or value >= low) and (high is None or value <= high)
    return "fits" if fits else "outside"


FILTERS: Final[dict[str, Callable[[StudyFilter, Study, Arm], Verdict | None]]] = {
    "design": _design,
    "years": _years,
    "burden": _burden,
}
"""What each filter says of an arm; None where it asks nothing."""


def filtered(evidence: Evidence, asked: StudyFilter) -> Filtered:
    """The record of the arms that fit every filter.

    A comparison stays where both its arms do. Where nothing is asked the record is the same.
    """
    told: dict[str, dict[str, list[Verdict]]] = {}
    outside: set[Place] = set()
    undecided: set[Place] = set()
    for arm in evidence.arms:
        study, place = evidence.study[arm.study_id], (arm.study_id, arm.arm_id)
        said: dict[str, Verdict | None] = {
            name: one(asked, study, arm) for name, one in FILTERS.items()
        }
        for name, verdict in said.items():
            if verdict is not None:
                told.setdefault(name, {}).setdefault(arm.study_id, []).append(verdict)
        if "outside" in said.values():
            outside.add(place)
        elif "not_reported" in said.values():
            undecided.add(place)
    gone = outside if asked.with_unreported else outside | undecided
    tallies = tuple(_tally(name, told[name].values()) for name in FILTERS if name in told)
    kept = _without(evidence, gone) if gone else evidence
    return Filtered(kept, frozenset(outside), frozenset(undecided), tallies)


def _tally(name: str, studies: Iterable[list[Verdict]]) -> Tally:
    """A study counts by its best arm: it fits where one arm does."""
    order: tuple[Verdict, ...] = ("fits", "not_reported", "outside")
    best = [next(one for one in order if one in verdicts) for verdicts in studies]
    return Tally(name, best.count("fits"), best.count("outside"), best.count("not_reported"))


def _without(evidence: Evidence, gone: set[Place]) -> Evidence:
    arms = tuple(one for one in evidence.arms if (one.study_id, one.arm_id) not in gone)
    left = {one.study_id for one in arms}
    return replace(
        evidence,
        studies=tuple(one for one in evidence.studies if one.study_id in left),
        arms=arms,
        results=tuple(
            one
            for one in evidence.results
            if (one.study_id, one.arm_id) not in gone
            and (one.study_id, one.comparator_arm_id or "") not in gone
        ),
    )
