"""The arms of an outcome for a model of all treatments, chosen as the cells choose theirs.

One selection serves the kept posteriors (:mod:`hilum.answers.joint_rows`), ``hilum joint`` and the
ranking of trials (:mod:`hilum.answers.joint_evidence`): for each treatment the figures of its cell
for patients of every site and line, grade 1-2 and grade 3 alike; carcinomas are another disease.
What no cell asks for (controls, combinations) passes the same checks and keeps its own name; a
control whose drug had failed before stands beside the other arms of its trial, never alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from hilum.answers.candidates import LeftOut, index, item_of, why_not
from hilum.answers.fits import given
from hilum.answers.pool import usable
from hilum.answers.question import Question, Switches
from hilum.answers.select import select
from hilum.answers.study import one_per_arm, one_per_cohort, one_per_study
from hilum.answers.tables import OutcomeAsked, further_outcomes, outcomes, treatments
from hilum.evidence import named_at_once
from hilum.evidence.codes import ReferenceArm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.answers.candidates import Index, Item
    from hilum.answers.study import Reported
    from hilum.evidence import Arm, Evidence, Outcome, Population, Result

GRADES: Final = ("G1-2", "G3_NET")
STAND_IN: Final = "observation"
"""The treatment by whose rules an arm of no treatment of the board is read: a drug, any line."""
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Open(Question):
    """A question of an outcome that no cell has."""

    def __post_init__(self) -> None:
        """The outcome is of the second table."""

    @property
    def asked(self) -> OutcomeAsked:
        """The outcome as a record."""
        return (outcomes() | further_outcomes())[self.outcome]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One figure a study and treatment, and every other figure with its reason."""

    arms: dict[Place, Reported]
    left_out: tuple[LeftOut, ...]


def question_of(treatment: str, key: str, grade: str, switches: Switches) -> Question:
    """A question of any outcome, of patients of every site and line."""
    return _Open(treatment, key, "any", grade, "any", switches)


def key_of(outcome: Outcome, time_months: float | None = None) -> str:
    """The key of an outcome: as a share, else as a median, or as a rate at a time."""
    known = outcomes() | further_outcomes()
    return next(
        key
        for key, one in known.items()
        if one.outcome is outcome and one.time_months == time_months
    )


def name_of(arm: Arm) -> str:
    """The treatment an arm holds; combinations and what is no treatment keep their own name."""
    parts = given(arm)
    return _names().get(parts[0], parts[0]) if len(parts) == 1 else "+".join(parts)


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, one in treatments().items():
        for modality in one.modalities:
            found.setdefault(modality, name)
    return found


@lru_cache(maxsize=16)
def of_population(evidence: Evidence, population: Population) -> Index:
    """The record of one population: one study a cohort is chosen within it."""
    studies = tuple(one for one in evidence.studies if one.population is population)
    own = {one.study_id for one in studies}
    return index(
        replace(
            evidence,
            studies=studies,
            arms=tuple(one for one in evidence.arms if one.study_id in own),
            results=tuple(one for one in evidence.results if one.study_id in own),
        )
    )


def chosen_arms(
    found: Index, key: str, *, switches: Switches | None = None, company: bool = False
) -> Chosen:
    """The figures of an outcome, by study and treatment.

    Parameters
    ----------
    found : Index
        The record, or that of one population (:func:`of_population`).
    key : str
        Of an outcome.
    company : bool
        Also arms of no treatment of the board, which link those of trials: controls,
        combinations.
    """
    switches = switches or Switches()
    arms: dict[Place, Reported] = {}
    seen: dict[str, LeftOut] = {}
    for name in treatments():
        for grade in GRADES:
            question = question_of(name, key, grade, switches)
            selection = select(question, found)
            for one in usable(selection.studies, question.asked):
                arms.setdefault((one.study_id, name), one)
            _note(seen, selection.left_out)
            _note(seen, _too_small(selection.studies, question.asked))
    if company:
        _company(found, key, switches, arms, seen)
    used = {item.row.result_id for one in arms.values() for item in one.items}
    left = tuple(one for name, one in seen.items() if name not in used)
    return Chosen(dict(sorted(arms.items())), left)


def _note(seen: dict[str, LeftOut], left: Iterable[LeftOut]) -> None:
    for one in left:
        seen.setdefault(one.item.row.result_id, one)


def _too_small(studies: Iterable[Reported], asked: OutcomeAsked) -> list[LeftOut]:
    """Studies that a cell shows and does not weight: no denominator, no spread, or too small."""
    whole = list(studies)
    fit = {id(one) for one in usable(whole, asked)}
    return [
        LeftOut(item, "not_weighted") for one in whole if id(one) not in fit for item in one.items
    ]


def _company(
    found: Index,
    key: str,
    switches: Switches,
    arms: dict[Place, Reported],
    seen: dict[str, LeftOut],
) -> None:
    for name, rows in _rows_beside(found, key, switches).items():
        for grade in GRADES:
            question = question_of(STAND_IN, key, grade, switches)
            fit: list[Item] = []
            for row in rows:
                item = item_of(found.evidence, row, question)
                reason = together_or_why_not(item, question)
                if reason is None:
                    fit.append(item)
                else:
                    _note(seen, [LeftOut(item, *reason)])
            kept, left = one_per_arm(fit)
            studies, more = one_per_cohort(one_per_study(kept), question)
            for one in usable(studies, question.asked):
                arms.setdefault((one.study_id, name), one)
            _note(seen, [*left, *more, *_too_small(studies, question.asked)])
    _with_others(arms, seen)


def _with_others(arms: dict[Place, Reported], seen: dict[str, LeftOut]) -> None:
    """Take away, in place, controls after failure that stand alone."""
    for place, one in list(arms.items()):
        others = [study for study, _ in arms if study == place[0]]
        if one.first.arm.reference_arm is ReferenceArm.YES and len(others) == 1:
            del arms[place]
            _note(seen, [LeftOut(item, "control_arm") for item in one.items])


def together_or_why_not(item: Item, question: Question) -> tuple[str, str | None] | None:
    """The reason that keeps an arm's figure out, its treatment apart."""
    if named_at_once(item.arm.modality):
        return "not_separable", None
    return why_not(item, question, together=True)


def _rows_beside(found: Index, key: str, switches: Switches) -> dict[str, list[Result]]:
    """Figures of the arms that are of no treatment of the board, by name."""
    asked = question_of(STAND_IN, key, GRADES[0], switches).asked
    wanted = (asked.outcome, asked.measure, asked.time_months)
    modalities = tuple(sorted({one for at, one in found.rows if at == wanted}))
    out: dict[str, list[Result]] = {}
    for row in found.of(wanted, modalities):
        arm = found.evidence.arm[row.study_id, row.arm_id]
        name = name_of(arm)
        if name not in treatments() or arm.reference_arm is ReferenceArm.YES:
            out.setdefault(name, []).append(row)
    return out
