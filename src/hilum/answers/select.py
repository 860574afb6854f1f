"""The figures that answer a question: the narrowest set around the patient that carries one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.answers.candidates import Index, Item, LeftOut, candidates, index
from hilum.answers.study import Reported, one_per_arm, one_per_cohort, one_per_study
from hilum.answers.thresholds import ENOUGH_PATIENTS, MIN_STUDIES, TRIAL_ARM
from hilum.evidence.vocabulary import Design

if TYPE_CHECKING:
    from hilum.answers.question import Question
    from hilum.evidence import Evidence

Width = Literal["all_sites", "this_site", "neighbouring_site", "mixed_sites"]
BESIDE = frozenset(
    [
        "special",
        "criteria",
        "procedures_or_lesions",
        "retreatment",
        "later_line",
        "wider_site",
        "counted_from_diagnosis",
        "severity_not_stated",
    ]
)
"""Reasons that keep a figure beside the answer, with its own range, instead of out of sight."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What answers a question: one figure a study, and every other figure with its reason.

    ``items`` are the arms chosen, before those of one study are put together and one study a
    cohort is kept; ``later_line``: nothing speaks of the line asked, so a later one does.
    """

    question: Question
    studies: tuple[Reported, ...]
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]
    width: Width
    later_line: bool

    @property
    def beside(self) -> tuple[LeftOut, ...]:
        """Figures that stand beside the answer."""
        return tuple(
            one for one in self.left_out if one.reason in BESIDE and one.item.value is not None
        )


def select(question: Question, evidence: Evidence | Index) -> Selection:
    """Choose the figures that answer a question.

    Parameters
    ----------
    question : Question
    evidence : Evidence or Index
        The record; its index is made once and kept.
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    fit, left = candidates(found, question)
    later = False
    if not fit and question.of.later_line:
        # Nothing in this line: the later line speaks, and says so.
        fit = [one.item for one in left if one.reason == "later_line"]
        left = [one for one in left if one.reason != "later_line"]
        later = bool(fit)
    fit, more = one_per_arm(fit)
    left += more
    width, chosen = narrowest(fit, question)
    taken = {id(item) for item in chosen}
    left += [LeftOut(item, "wider_site") for item in fit if id(item) not in taken]
    studies, more = one_per_cohort(one_per_study(chosen), question)
    left += more
    return Selection(question, tuple(studies), tuple(chosen), tuple(left), width, later)


def narrowest(items: list[Item], question: Question) -> tuple[Width, list[Item]]:
    """The narrowest set around the patient's primary site that can carry a figure."""
    # Of a patient whose site is not known every site is the patient's.
    if question.asked.group == "harm" or question.of.kind == "local" or question.site == "any":
        return "all_sites", items
    sets: tuple[tuple[Width, tuple[str, ...]], ...] = (
        ("this_site", ("same",)),
        ("neighbouring_site", ("same", "near")),
    )
    for width, layers in sets:
        chosen = [item for item in items if item.layer in layers]
        if chosen and (_enough(chosen) or any(map(_trial_arm, chosen))):
            return width, chosen
    return "mixed_sites", items


def _enough(items: list[Item]) -> bool:
    patients = sum(item.n for item in items if item.n is not None)
    return len({item.study_id for item in items}) >= MIN_STUDIES and patients >= ENOUGH_PATIENTS


def _trial_arm(item: Item) -> bool:
    return item.study.design is Design.RCT and item.n is not None and item.n >= TRIAL_ARM
