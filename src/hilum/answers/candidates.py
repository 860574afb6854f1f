"""Every figure that touches a question, with the first reason that keeps it out, if any.

The order of the reasons is the order of the checks (``SELECTION.md``, section 1).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from hilum.answers.derived import with_derived
from hilum.answers.fits import given, grade_fits, mostly_other, stands
from hilum.answers.tables import criteria, subgroups, subsite
from hilum.evidence.codes import CriteriaClass, Line, NFrom, Origin, ReferenceArm, UnitOfN
from hilum.evidence.vocabulary import Design, FigureKind, Measure, Outcome, Population

if TYPE_CHECKING:
    from hilum.answers.question import Question
    from hilum.evidence import Arm, Evidence, Result, Study

Layer = Literal["same", "near", "mixed", "other"]
PROSPECTIVE = (Design.RCT, Design.CASE_SERIES_PROSPECTIVE)
Key = tuple[Outcome, Measure, float | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One figure as a question sees it.

    ``layer`` says how its primary site stands to the patient's; ``n`` is its denominator,
    ``assumed`` where that is the arm's or the study's; ``value`` is percent or months.
    """

    row: Result
    arm: Arm
    study: Study
    layer: Layer
    n: int | None
    assumed: bool
    value: float | None

    @property
    def study_id(self) -> str:
        """Id of its study."""
        return self.study.study_id

    @property
    def figure(self) -> float:
        """Its value, which every figure that answers has.

        Raises
        ------
        ValueError
            A figure without one: :func:`why_not` keeps it out of every answer.
        """
        if self.value is None:
            message = "a figure without a value answers nothing"
            raise ValueError(message)
        return self.value

    @property
    def subgroup(self) -> bool:
        """Whether it is a part of its arm."""
        return self.row.subgroup is not None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure that touches the question and is not in the answer.

    ``reason`` is a code (:data:`hilum.answers.reasons.REASONS`); ``detail`` names the selection,
    the class of criteria or the study that stands for it.
    """

    item: Item
    reason: str
    detail: str | None = None


@dataclass(frozen=True, eq=False)
class Index:
    """The figures of an evidence base by outcome and modality; made once, whatever is asked.

    Each group of ``rows`` stands in its fixed order.
    """

    evidence: Evidence
    rows: dict[tuple[Key, str], tuple[Result, ...]]

    def of(self, key: Key, modalities: tuple[str, ...]) -> list[Result]:
        """Figures of the arms that hold one of the modalities, each once, in a fixed order."""
        if len(modalities) == 1:
            return list(self.rows.get((key, modalities[0]), ()))
        found: dict[int, Result] = {}
        for modality in modalities:
            for row in self.rows.get((key, modality), ()):
                found[id(row)] = row
        return sorted(found.values(), key=in_order)


def in_order(row: Result) -> tuple[str, int]:
    """By study and by the serial number of the figure: never by the place in a table."""
    return row.study_id, int(row.result_id.rpartition("-")[2])


@lru_cache(maxsize=4)
def index(evidence: Evidence) -> Index:
    """Index of an evidence base; kept for the last few."""
    rows: dict[tuple[Key, str], list[Result]] = defaultdict(list)
    arms = evidence.arm
    for row in with_derived(sorted(evidence.results, key=in_order)):
        if row.comparator_arm_id is not None:
            continue
        time = row.time_months if row.measure is Measure.RATE_AT else None
        for part in dict.fromkeys(given(arms[row.study_id, row.arm_id])):
            rows[(row.outcome, row.measure, time), part].append(row)
    ordered = {key: tuple(sorted(group, key=in_order)) for key, group in rows.items()}
    return Index(evidence, ordered)


def candidates(found: Index, question: Question) -> tuple[list[Item], list[LeftOut]]:
    """Figures that may answer, and those that may not, each with its reason."""
    asked, treatment = question.asked, question.of
    fit: list[Item] = []
    left: list[LeftOut] = []
    key = (asked.outcome, asked.measure, asked.time_months)
    for row in found.of(key, treatment.modalities):
        item = item_of(found.evidence, row, question)
        reason = why_not(item, question)
        if reason is None:
            fit.append(item)
        else:
            left.append(LeftOut(item, *reason))
    return fit, left


def item_of(evidence: Evidence, row: Result, question: Question, arm_id: str | None = None) -> Item:
    """A figure as a question sees it; of another arm of the study where one is named."""
    study, arm = evidence.study[row.study_id], evidence.arm[row.study_id, arm_id or row.arm_id]
    # A harm is not asked by primary site.
    whole_harm = question.asked.group == "harm" and row.subgroup is None
    layer = "same" if whole_harm else stands(question.site, subsite(row.subgroup) or arm.site)
    n, assumed = row.n, False
    if n is None and question.switches.arm_n and row.n_from in (NFrom.ARM, NFrom.STUDY):
        n = arm.n if row.n_from is NFrom.ARM else study.n_patients
        assumed = True
    value = row.value
    if value is None and row.events is not None and n:
        value = 100 * row.events / n
    return Item(row, arm, study, layer, n, assumed, value)


def why_not(
    item: Item, question: Question, *, together: bool = False
) -> tuple[str, str | None] | None:
    """The first reason that keeps a figure out of an answer, with its detail; or ``None``.

    ``together``: an arm of a trial beside its other arms, where treatments given together and
    controls whose drug had failed before may answer too.
    """
    return (
        _whose(item, question, together=together)
        or _which_patients(item, question, together=together)
        or _how_counted(item, question)
        or _switched_off(item, question)
    )


def _whose(item: Item, question: Question, *, together: bool) -> tuple[str, str | None] | None:
    """Treatment, own figure, whole arm."""
    if len(given(item.arm)) > 1 and not together:
        return "combination", None
    if item.study.design is Design.POOLED_ANALYSIS:
        return "review", None
    if item.row.figure_kind is not FigureKind.ESTIMATE:
        return "not_main_figure", None
    known = subgroups().get(item.row.subgroup or "")
    graded = _graded(item, question)
    answers = item.row.subgroup is None or (
        known is not None and (known.is_ in ("site", "whole") or graded)
    )
    return None if answers else ("subgroup", None)


def _graded(item: Item, question: Question) -> bool:
    """Whether it is a subgroup of the patient's grade in an arm of another grade."""
    known = subgroups().get(item.row.subgroup or "")
    if known is None or known.is_ != "grade" or known.code != question.grade:
        return False
    return not grade_fits(question.grade, item.arm)


def _which_patients(
    item: Item, question: Question, *, together: bool
) -> tuple[str, str | None] | None:
    """Tumour, grade, primary site, line, selection."""
    arm, drug = item.arm, question.of.kind == "drug"
    if item.study.population is Population.MIXED_LIVER_METASTASES or arm.chosen.other_tumour:
        return "other_tumours", None
    if not grade_fits(question.grade, arm) and not _graded(item, question):
        return "other_grade", None
    if item.layer == "other" and (drug or item.subgroup):
        return "other_site", None
    if drug and item.layer == "mixed" and mostly_other(question.site, arm):
        return "mostly_other_site", None
    if arm.reference_arm is ReferenceArm.YES and not together:
        return "control_arm", None
    if arm.line is Line.RETREATMENT:
        return "retreatment", None
    first = question.line == "first" or not question.of.later_line
    if drug and arm.line is Line.LATER and first:
        return "later_line", None
    return ("special", arm.selection) if arm.chosen.beside else None


def _how_counted(item: Item, question: Question) -> tuple[str, str | None] | None:
    """Unit, severity, criteria, origin, a value."""
    row, asked = item.row, question.asked
    if row.unit_of_n is not UnitOfN.PATIENTS:
        return "procedures_or_lesions", row.unit_of_n
    if asked.severity is not None and row.severity is not asked.severity:
        return ("specific_harm", None) if row.severity else ("severity_not_stated", None)
    if asked.by_criteria:
        judged = row.criteria_class or CriteriaClass.NOT_STATED
        if question.of.kind not in criteria()[judged].main:
            return "criteria", judged
    if row.origin in (Origin.DIAGNOSIS, Origin.LIVER_METASTASES):
        return "counted_from_diagnosis", row.origin
    return None if item.value is not None else ("no_value", None)


def _switched_off(item: Item, question: Question) -> tuple[str, str | None] | None:
    """What the person who asks does not want in the answer."""
    row, on = item.row, question.switches
    judged = row.criteria_class or CriteriaClass.NOT_STATED
    by_criteria = question.asked.by_criteria
    if by_criteria and judged is CriteriaClass.NOT_STATED and not on.unstated_criteria:
        return "criteria", judged
    if by_criteria and on.recist_only and judged is not CriteriaClass.RECIST:
        return "criteria", judged
    if item.study.verify and not on.unverified:
        return "to_verify", None
    if on.prospective_only and item.study.design not in PROSPECTIVE:
        return "not_prospective", None
    return ("derived", None) if row.derived and not on.derived else None
