"""One figure a study, one study a cohort (``SELECTION.md``, section 2)."""

from __future__ import annotations

import math
import operator
import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.answers.candidates import Item, LeftOut
from hilum.answers.tables import criteria
from hilum.answers.thresholds import FOLLOWED, SE_MEDIAN, Z95
from hilum.evidence.codes import CohortBasis
from hilum.evidence.vocabulary import Measure

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from hilum.answers.question import Question
    from hilum.evidence import Result, Study

LAYERS = {layer: place for place, layer in enumerate(("same", "near", "mixed", "other"))}
"""Which primary site speaks first."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What one study reports: one figure, its arms put together.

    ``items`` are the arms that carry it. ``y`` and ``v`` are the log median and its variance;
    ``events`` of ``size`` patients stand for a share, a rate counting as fewer patients than
    were followed. ``n`` is None where no denominator is known.
    """

    items: tuple[Item, ...]
    value: float
    n: int | None
    y: float | None = None
    v: float | None = None
    events: int | None = None
    size: int | None = None

    @property
    def first(self) -> Item:
        """The arm that stands for it in words."""
        return self.items[0]

    @property
    def study_id(self) -> str:
        """Id of the study."""
        return self.first.study_id

    @property
    def assumed(self) -> bool:
        """Whether a denominator was taken from the arm."""
        return any(item.assumed for item in self.items)

    @property
    def row(self) -> Result:
        """The figure as printed, of the arm that stands for it."""
        return self.first.row


def one_per_arm(items: Sequence[Item]) -> tuple[list[Item], list[LeftOut]]:
    """The figure of an arm that speaks for it; arms inside another arm drop out.

    The patient's own site first, then the whole arm, then other subgroups; named criteria before
    none; then most patients.
    """
    groups: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        groups[item.study_id, item.row.arm_id].append(item)
    kept: list[Item] = []
    left: list[LeftOut] = []
    for group in groups.values():
        first, *others = sorted(group, key=_preference)
        kept.append(first)
        left += [LeftOut(item, "same_arm", first.row.result_id) for item in others]
    whole = {(item.study_id, item.row.arm_id) for item in kept}
    inner = [item for item in kept if (item.study_id, item.arm.part_of) in whole]
    left += [LeftOut(item, "part_of_another_arm", item.arm.part_of) for item in inner]
    return [item for item in kept if item not in inner], left


def _preference(item: Item) -> tuple[bool, int, bool, int, float, str]:
    judged = item.row.criteria_class
    return (
        item.n is None,
        LAYERS[item.layer] if item.subgroup else LAYERS["mixed"],
        item.subgroup,
        criteria()[judged].rank if judged is not None else 0,
        _fewest(item.n),
        item.row.source,
    )


def _fewest(n: int | None) -> float:
    """Sorts by most patients; a number that is not known last."""
    return math.inf if n is None else -n


def one_per_study(items: Sequence[Item]) -> list[Reported]:
    """The arms of each study put together, by study id."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[item.study_id].append(item)
    return [_together(groups[study]) for study in sorted(groups)]


def _together(group: Sequence[Item]) -> Reported:
    known = [(item, item.n) for item in group if item.n]
    use = tuple(item for item, _ in known) or tuple(group)
    n = sum(patients for _, patients in known) if known else None
    if use[0].row.measure is Measure.MEDIAN_MONTHS:
        y, v = _median(use)
        # One arm's median stays the printed number, to the last digit.
        alone = use[0].value if len(use) == 1 else None
        return Reported(use, math.exp(y) if alone is None else alone, n, y, v)
    if n is None:
        return Reported(use, use[0].figure, None)
    value = sum(patients * item.figure for item, patients in known) / n
    return Reported(use, value, n, events=sum(map(events_of, use)), size=sum(map(size_of, use)))


def _median(items: Sequence[Item]) -> tuple[float, float | None]:
    """Log median of the arms together with its variance; by inverse variance where all have one."""
    logs = [math.log(item.figure) for item in items]
    variances = [variance_of(item) for item in items]
    known = [variance for variance in variances if variance]
    if len(known) < len(items):
        return statistics.mean(logs), None
    weights = [1 / variance for variance in known]
    total = sum(weights)
    return sum(map(operator.mul, weights, logs)) / total, 1 / total


def variance_of(item: Item) -> float | None:
    """Variance of a log median: from its printed interval, else from n."""
    low, high = item.row.ci_low, item.row.ci_high
    if low and high:
        return ((math.log(high) - math.log(low)) / (2 * Z95)) ** 2
    return SE_MEDIAN**2 / item.n if item.n else None


def size_of(item: Item) -> int:
    """Patients that a figure amounts to: a rate's from its interval on log(-log), else of n."""
    n, low, high = item.n or 1, item.row.ci_low, item.row.ci_high
    if item.row.measure is not Measure.RATE_AT:
        return n
    share = item.figure / 100
    if low is not None and high is not None and 0 < low < high < 100 and 0 < share < 1:
        width = math.log(-math.log(low / 100)) - math.log(-math.log(high / 100))
        se = width / (2 * Z95)
        return max(1, min(round((1 - share) / (share * (se * math.log(share)) ** 2)), n))
    return round(n * FOLLOWED)


def events_of(item: Item) -> int:
    """Patients of :func:`size_of` with the event; survivors for a rate."""
    row = item.row
    printed = row.measure is Measure.PROPORTION and row.n is not None
    if printed and row.events is not None:
        return row.events
    return round(item.figure * size_of(item) / 100)


def cohort_key(study: Study, question: Question) -> tuple[str, str]:
    """What studies of the same patients share."""
    guessed = study.cohort_basis is CohortBasis.INFERRED
    if study.cohort_of and (question.switches.inferred_cohorts or not guessed):
        return "cohort", study.cohort_of
    return "study", study.study_id


def one_per_cohort(
    studies: Sequence[Reported], question: Question
) -> tuple[list[Reported], list[LeftOut]]:
    """One study a cohort: most patients in the figure, then the newest, then the first id."""
    groups: dict[Hashable, list[Reported]] = defaultdict(list)
    for one in studies:
        groups[cohort_key(one.first.study, question)].append(one)
    kept: list[Reported] = []
    left: list[LeftOut] = []
    for group in groups.values():
        first, *others = sorted(
            group,
            key=lambda one: (
                _fewest(one.n),
                -(one.first.study.year or 0),
                one.study_id,
            ),
        )
        kept.append(first)
        left += [LeftOut(one.first, "same_cohort", first.study_id) for one in others]
    return kept, left
