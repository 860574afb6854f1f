"""The figures of survival that make one curve: every time of every arm chosen, one population.

The rules are those of a cell (``SELECTION.md``), with two differences. The narrowest set around
the patient is chosen once, for all times together, so that one curve speaks of one kind of
patient; and a cohort gives, at each time, the study that has most patients then.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hilum.answers.candidates import Index, Item, LeftOut, candidates
from hilum.answers.question import Question, Switches
from hilum.answers.select import Width, narrowest
from hilum.answers.study import cohort_key, one_per_arm, one_per_cohort, one_per_study
from hilum.answers.survival_fit import CurveReport
from hilum.answers.tables import OutcomeAsked, outcomes
from hilum.evidence.vocabulary import OVERALL_SURVIVAL, Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ASKED = [one for one in outcomes().values() if one.outcome == OVERALL_SURVIVAL]
MEDIAN = next(one.key for one in _ASKED if one.months)
RATES = {one.time_months: one.key for one in _ASKED if one.time_months is not None}
MAIN = "main"
CURVES_BESIDE = frozenset(["special", "retreatment", "later_line", "counted_from_diagnosis"])
"""Reasons whose figures make a curve of their own beside the main one."""


@dataclass(frozen=True, slots=True)
class _AtTime(Question):
    """A question of survival at any time, not only those that the sheet prints."""

    months: float | None = None

    @property
    def asked(self) -> OutcomeAsked:
        """The outcome as a record."""
        if self.months is None:
            return outcomes()[MEDIAN]
        return replace(outcomes()[RATES[12.0]], time_months=self.months)


@dataclass(frozen=True, slots=True)
class CurveRows:
    """The figures of one curve.

    Attributes
    ----------
    selection : str
        :data:`MAIN`, or the code of the patients (``milan``), ``retreatment``, ``later_line`` or
        ``counted_from_diagnosis`` of a curve beside.
    items : tuple of Item
        All times; ``cohorts`` names the cohort of each.
    width, later_line
        As in a :class:`hilum.answers.Selection`.
    left_out : tuple of LeftOut
        Every other figure of overall survival that touches the question.
    """

    question: Question
    selection: str
    items: tuple[Item, ...]
    cohorts: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    width: Width
    later_line: bool

    @property
    def reports(self) -> tuple[CurveReport, ...]:
        """The figures as the fit reads them."""
        return tuple(
            _report(item, cohort) for item, cohort in zip(self.items, self.cohorts, strict=True)
        )

    def at(self, time: float | None) -> tuple[Item, ...]:
        """Those of one time, or of the median."""
        return tuple(item for item in self.items if time_of(item) == time)


def curve_rows(
    found: Index,
    treatment: str,
    site: str = "any",
    grade: str = "G1-2",
    line: str = "any",
    switches: Switches | None = None,
) -> tuple[CurveRows, ...]:
    """The main curve's figures first (perhaps none), then those of each curve beside."""
    question = Question(treatment, MEDIAN, site, grade, line, switches or Switches())
    fit: list[Item] = []
    left: list[LeftOut] = []
    for time in (None, *times(found)):
        some, others = candidates(found, _at(question, time))
        fit += some
        left += others
    later = False
    if not fit and question.of.later_line:
        # Nothing in this line: the later line speaks, and says so.
        fit = [one.item for one in left if one.reason == "later_line"]
        left = [one for one in left if one.reason != "later_line"]
        later = bool(fit)
    kept, more = _one_per_arm(fit, question)
    width, chosen = narrowest(kept, question)
    taken = {id(item) for item in chosen}
    more += [LeftOut(item, "wider_site") for item in kept if id(item) not in taken]
    items, cohorts, others = _one_per_cohort(chosen, question)
    main = CurveRows(question, MAIN, items, cohorts, (*left, *more, *others), width, later)
    return (main, *_beside(left, question))


def times(found: Index) -> tuple[float, ...]:
    """Every time at which the record holds a rate of overall survival."""
    return tuple(
        sorted(
            {
                key[2]
                for key, _ in found.rows
                if key[0] is OVERALL_SURVIVAL and key[1] is Measure.RATE_AT and key[2] is not None
            }
        )
    )


def _at(question: Question, time: float | None) -> Question:
    return _AtTime(
        question.treatment,
        question.outcome,
        question.site,
        question.grade,
        question.line,
        question.switches,
        time,
    )


def _beside(left: Sequence[LeftOut], question: Question) -> list[CurveRows]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for one in left:
        if one.reason in CURVES_BESIDE and one.item.value is not None:
            code = one.detail if one.reason == "special" and one.detail else one.reason
            groups[code].append(one.item)
    out: list[CurveRows] = []
    for code, group in sorted(groups.items()):
        kept, _ = _one_per_arm(group, question)
        items, cohorts, _ = _one_per_cohort(kept, question)
        out.append(CurveRows(question, code, items, cohorts, (), "all_sites", False))
    return out


def _one_per_arm(items: Iterable[Item], question: Question) -> tuple[list[Item], list[LeftOut]]:
    """One subgroup an arm for all its times, then one figure a time; no arm inside another."""
    arms: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        arms[item.study_id, item.row.arm_id].append(item)
    left: list[LeftOut] = []
    by_time: dict[float | None, list[Item]] = defaultdict(list)
    for (study, _), group in sorted(arms.items()):
        if any((study, item.arm.part_of) in arms for item in group):
            left += [LeftOut(item, "part_of_another_arm", item.arm.part_of) for item in group]
            continue
        first = min(group, key=lambda item: _preference(item, question))
        for item in group:
            if item.row.subgroup == first.row.subgroup:
                by_time[time_of(item)].append(item)
            else:
                left.append(LeftOut(item, "same_arm", first.row.result_id))
    kept: list[Item] = []
    for _, group in sorted(by_time.items(), key=lambda pair: pair[0] or 0.0):
        some, others = one_per_arm(group)
        kept += some
        left += others
    return kept, left


def _preference(item: Item, question: Question) -> tuple[bool, int, str]:
    """What can be weighted first; then the patient's own site, the whole arm, other subgroups."""
    row = item.row
    weighted = item.n is not None or (row.ci_low is not None and row.ci_high is not None)
    own = item.subgroup and item.layer == "same" and question.site != "any"
    return not weighted, 0 if own else 2 if item.subgroup else 1, row.subgroup or ""


def _one_per_cohort(
    items: Sequence[Item], question: Question
) -> tuple[tuple[Item, ...], tuple[str, ...], list[LeftOut]]:
    by_time: dict[float | None, list[Item]] = defaultdict(list)
    for item in items:
        by_time[time_of(item)].append(item)
    kept: list[Item] = []
    left: list[LeftOut] = []
    for _, group in sorted(by_time.items(), key=lambda pair: pair[0] or 0.0):
        studies, others = one_per_cohort(one_per_study(group), question)
        kept += [item for one in studies for item in one.items]
        left += others
    cohorts = tuple(":".join(cohort_key(item.study, question)) for item in kept)
    return tuple(kept), cohorts, left


def time_of(item: Item) -> float | None:
    """The time of a rate; ``None`` for a median."""
    return item.row.time_months if item.row.measure is Measure.RATE_AT else None


def _report(item: Item, cohort: str) -> CurveReport:
    row, time = item.row, time_of(item)
    scale = 1.0 if time is None else 100.0

    def scaled(number: float | None) -> float | None:
        return None if number is None else number / scale

    return CurveReport(
        result_id=row.result_id,
        study_id=item.study_id,
        cohort=cohort,
        arm_id=row.arm_id,
        subgroup=row.subgroup or "",
        time_months=time,
        value=(item.value or 0.0) / scale,
        low=scaled(row.ci_low),
        high=scaled(row.ci_high),
        n=None if item.n is None else float(item.n),
        assumed=item.assumed,
    )
