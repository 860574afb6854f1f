"""The answers of two records side by side: only those whose rows moved are computed again.

A unit is a treatment for one kind of patient: its figures restrict each other. It rests on the rows
of every study that has an arm of the treatment; comparisons rest on every study that prints one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from hilum.answers import treatments
from hilum.literature.living.rows import Rows
from hilum.sheet.cells_part import answers_of
from hilum.sheet.certainty import appraisals_of, rate
from hilum.sheet.comparisons_part import compared_by_ratio
from hilum.sheet.sheet_cells import Unit

if TYPE_CHECKING:
    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Comparison
    from hilum.sheet.sheet_cells import Answer, AskedPart

Change = Literal["none", "interval", "certainty", "verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingShown:
    """An answer as it is told: its figure, how much is behind it, how certain, what it says.

    ``says`` is the side that a comparison clearly favours, or ``undecided``; None of a figure.
    """

    form: str
    unit: Unit
    value: float | None
    ci: tuple[float, float] | None
    range: tuple[float, float] | None
    k: int
    n: int | None
    level: str | None
    says: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMove:
    """One answer that is not as before.

    ``change`` is the most of: ``verdict`` (a figure where there was none or a range, or the other
    way; a comparison that is clear and was not, or favours the other side), ``certainty`` (its
    level), ``interval`` (its numbers), ``none`` (only what is behind it). ``site``, ``grade`` and
    ``line`` say of whom.
    """

    kind: Literal["figure", "comparison"]
    treatment: str
    comparator: str | None
    outcome: str
    measure: str
    time_months: float | None
    evidence_kind: str | None
    site: str
    grade: str
    line: str
    change: Change
    before: LivingShown | None
    after: LivingShown | None
    studies_added: tuple[str, ...]
    studies_removed: tuple[str, ...]

    @property
    def treatments(self) -> set[str]:
        """The one or two treatments that it is about."""
        return {self.treatment} | ({self.comparator} if self.comparator else set())


@dataclass(frozen=True)
class State:
    """One state of the record, its rows and what rests on which studies."""

    record: Evidence

    @cached_property
    def rows(self) -> Rows:
        """Rows by id."""
        return Rows.of(self.record)

    @cached_property
    def studies_of(self) -> dict[str, set[str]]:
        """Studies by the modality of any of their arms."""
        found: dict[str, set[str]] = {}
        for arm in self.record.arms:
            for part in arm.modality.split("+"):
                found.setdefault(part, set()).add(arm.study_id)
        return found

    def of_treatment(self, treatment: str) -> str:
        """Hash of all that the figures of a treatment rest on."""
        parts = treatments()[treatment].modalities
        return self.rows.hash_of(
            study for part in parts for study in self.studies_of.get(part, set())
        )

    @cached_property
    def of_comparisons(self) -> str:
        """Hash of all that the comparisons rest on."""
        return self.rows.hash_of(
            {one.study_id for one in self.record.results if one.comparator_arm_id is not None}
        )

    def figures(self, treatment: str, asked: AskedPart) -> dict[str, Answer]:
        """The figures of a treatment with their certainty, by outcome."""
        found = {treatment: answers_of(self.record, treatment, asked)}
        rated, _ = rate(found, (), self.record, appraisals_of(self.record))
        return rated[treatment]

    def compared(self, asked: AskedPart) -> list[Comparison]:
        """The comparisons with their certainty."""
        found = compared_by_ratio(self.record, asked)
        return rate({}, found, self.record, appraisals_of(self.record))[1]


def moved_figures(
    before: State, after: State, treatment: str, asked: AskedPart
) -> list[AnswerMove]:
    """Figures of a treatment that are not as before."""
    old, new = before.figures(treatment, asked), after.figures(treatment, asked)
    out: list[AnswerMove] = []
    for key, one in new.items():
        earlier, later = shown_figure(old[key]), shown_figure(one)
        behind = _behind(old[key]), _behind(one)
        if earlier == later and behind[0] == behind[1]:
            continue
        out.append(
            AnswerMove(
                kind="figure",
                treatment=treatment,
                comparator=None,
                outcome=key,
                measure=one.measure,
                time_months=one.time_months,
                evidence_kind=None,
                site=asked.site,
                grade=asked.grade,
                line=asked.line,
                change=change_of(earlier, later),
                before=earlier,
                after=later,
                studies_added=tuple(sorted(behind[1] - behind[0])),
                studies_removed=tuple(sorted(behind[0] - behind[1])),
            )
        )
    return out


Key = tuple[str, str, str, str, float | None, str]


def _key(one: Comparison) -> Key:
    return (
        *(one.treatment, one.comparator, one.outcome, one.measure),
        one.time_months,
        one.kind,
    )


def moved_comparisons(before: State, after: State, asked: AskedPart) -> list[AnswerMove]:
    """Comparisons that are not as before, also those that are gone or new."""
    old = {_key(one): one for one in before.compared(asked)}
    new = {_key(one): one for one in after.compared(asked)}
    out: list[AnswerMove] = []
    for key in dict.fromkeys((*old, *new)):
        first, second = old.get(key), new.get(key)
        earlier = None if first is None else shown_comparison(first)
        later = None if second is None else shown_comparison(second)
        was = {trial.study_id for trial in first.trials} if first else set[str]()
        now = {trial.study_id for trial in second.trials} if second else set[str]()
        if earlier == later and was == now:
            continue
        treatment, comparator, outcome, measure, time, kind = key
        out.append(
            AnswerMove(
                kind="comparison",
                treatment=treatment,
                comparator=comparator,
                outcome=outcome,
                measure=measure,
                time_months=time,
                evidence_kind=kind,
                site=asked.site,
                grade=asked.grade,
                line=asked.line,
                change=change_of(earlier, later),
                before=earlier,
                after=later,
                studies_added=tuple(sorted(now - was)),
                studies_removed=tuple(sorted(was - now)),
            )
        )
    return out


def change_of(before: LivingShown | None, after: LivingShown | None) -> Change:
    """The class of a change, the most that holds."""
    if _verdict(before) != _verdict(after):
        return "verdict"
    if before is None or after is None:
        return "none"
    if before.level != after.level:
        return "certainty"
    numbers = [(one.form, one.value, one.ci, one.range) for one in (before, after)]
    return "none" if numbers[0] == numbers[1] else "interval"


def _verdict(one: LivingShown | None) -> tuple[bool, str | None]:
    """What a reader would say: whether there is a figure, and whom it favours."""
    if one is None or one.form == "none":
        return False, None
    return one.value is not None, one.says


def shown_figure(one: Answer) -> LivingShown:
    """A figure as it is told."""
    return LivingShown(
        form=one.form,
        unit=one.unit,
        value=_rounded(one.value),
        ci=_pair(one.ci),
        range=_pair(one.range),
        k=one.k,
        n=one.n,
        level=None if one.certainty is None else one.certainty.level,
        says=None,
    )


def shown_comparison(one: Comparison) -> LivingShown:
    """A comparison as it is told."""
    says = None if one.value is None else one.better if one.clear else "undecided"
    return LivingShown(
        form=one.form,
        unit=one.unit,
        value=_rounded(one.value),
        ci=_pair(one.ci),
        range=None,
        k=one.k,
        n=one.n,
        level=None if one.certainty is None else one.certainty.level,
        says=says,
    )


def _behind(one: Answer) -> set[str]:
    return {figure.study_id for figure in one.studies}


def _rounded(value: float | None) -> float | None:
    """With the digits that two computers agree on."""
    return None if value is None else float(f"{value:.6g}")


def _pair(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if ends is None else (float(f"{ends[0]:.6g}"), float(f"{ends[1]:.6g}"))
