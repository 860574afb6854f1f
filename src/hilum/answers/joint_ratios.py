"""Hazard ratios of two-arm studies for the joint model, where their arms' medians do not serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.answers.candidates import in_order, item_of
from hilum.answers.joint_select import GRADES, STAND_IN, name_of, question_of, together_or_why_not
from hilum.evidence import LeftOut, Measure

if TYPE_CHECKING:
    from hilum.answers.candidates import Index, Item
    from hilum.answers.question import Switches
    from hilum.evidence import Result


@dataclass(frozen=True, slots=True)
class Ratio:
    """A printed hazard ratio of two treatments: log ratio and its variance."""

    item: Item
    treatment: str
    other: str
    y: float
    v: float


def chosen_ratios(found: Index, key: str, switches: Switches) -> tuple[list[Ratio], list[LeftOut]]:
    """One ratio a study and pair of treatments, by the checks that arms pass; the others."""
    from hilum.synthesis import log_effect_from_interval

    asked = question_of(STAND_IN, key, GRADES[0], switches).asked
    ratios: dict[tuple[str, str, str], Ratio] = {}
    left: list[LeftOut] = []
    rows = found.evidence.by_outcome.get(asked.outcome, ())
    for row in sorted(rows, key=in_order):
        if row.measure is not Measure.HAZARD_RATIO or row.comparator_arm_id is None:
            continue
        reason = _why_not(found, row, key, switches)
        if reason is not None:
            left.append(LeftOut(row, *reason))
            continue
        arms = found.evidence.arm
        names = (
            name_of(arms[row.study_id, row.arm_id]),
            name_of(arms[row.study_id, row.comparator_arm_id]),
        )
        place = (row.study_id, *names)
        if place in ratios:
            left.append(LeftOut(row, "same_arm", ratios[place].item.row.label))
            continue
        question = question_of(STAND_IN, key, GRADES[0], switches)
        effect = log_effect_from_interval(row.value or 0.0, row.ci_low or 0.0, row.ci_high or 0.0)
        ratios[place] = Ratio(item_of(found.evidence, row, question), *names, *effect)
    return list(ratios.values()), left


def _why_not(
    found: Index, row: Result, key: str, switches: Switches
) -> tuple[str, str | None] | None:
    """The first reason against either arm, in every grade that the model speaks of."""
    if not (row.value and row.ci_low and row.ci_high):
        return ("subgroup", None) if row.subgroup else ("no_interval", None)
    reason: tuple[str, str | None] | None = None
    for grade in GRADES:
        question = question_of(STAND_IN, key, grade, switches)
        both = [
            together_or_why_not(item_of(found.evidence, row, question, arm), question)
            for arm in (row.arm_id, row.comparator_arm_id)
        ]
        against = next((one for one in both if one is not None), None)
        if against is None:
            return None
        reason = reason or against
    return reason
