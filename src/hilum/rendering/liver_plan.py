"""What a plan leaves, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.rendering.liver_measure import measured_parts, notice_lines, notice_text
from hilum.rendering.sheet.liver import OPERATION_LABELS
from hilum.rendering.sheet.liver_amounts import amount, of_some

if TYPE_CHECKING:
    from hilum.analyses.liver_plan import (
        GrowthRow,
        LiverPlanAnswered,
        PlanRow,
        ThresholdRow,
    )
    from hilum.language import Words
    from hilum.rendering.liver_measure import Part

# What became of lesions, by the field that lists them.
FATES: Final = {
    "lesions_resected": "lesions resected: {numbers}",
    "lesions_ablated": "lesions ablated: {numbers}",
    "lesions_left": "lesions left: {numbers}",
    "lesions_margin_short": "lesions cleared, but within the margin of what stays: {numbers}",
}


def liver_plan_parts(answer: LiverPlanAnswered, words: Words) -> list[Part]:
    """The liver, then what the plan leaves of it."""
    lines = [_plan(answer.plan, words), *_around(answer.plan, words), _remnant(answer, words)]
    if answer.sflr_percent is not None:
        lines.append(
            words(
                "{percent} % of the standard liver volume (by {formula})",
                percent=f"{answer.sflr_percent:.1f}",
                formula=answer.sflr_formula.capitalize(),
            )
        )
    if answer.flr_body_weight_ratio is not None:
        percent = f"{answer.flr_body_weight_ratio:.2f}"
        lines.append(words("{percent} % of body weight", percent=percent))
    lines += [
        of_some(text, getattr(answer, field), words)
        for field, text in FATES.items()
        if getattr(answer, field)
    ]
    lines += [_threshold(one, words) for one in answer.thresholds if one.value is not None]
    if answer.growth is not None:
        lines += _growth(answer.growth, words)
    first, *rest = lines
    return [
        *measured_parts(answer, words),
        first,
        *(f"  {one}" for one in rest),
        *notice_lines(answer.notices, words),
    ]


def _plan(plan: PlanRow, words: Words) -> str:
    if plan.name in OPERATION_LABELS:
        name = words(OPERATION_LABELS[plan.name])
        return words(
            "Plan: {operation} ({segments})", operation=name, segments=", ".join(plan.segments)
        )
    if plan.segments:
        return of_some("Plan: segments {numbers}", plan.segments, words)
    return words("Plan: no whole segment")


def _around(plan: PlanRow, words: Words) -> list[str]:
    """Lesions that are wedged or ablated, and how far around them."""
    lines: list[str] = []
    if plan.wedge:
        lines.append(of_some("wedge of lesions {numbers}", plan.wedge, words))
    if plan.ablate:
        lines.append(of_some("ablation of lesions {numbers}", plan.ablate, words))
    if lines:
        lines.append(words("margin {mm} mm", mm=f"{plan.margin_mm:g}"))
    return lines


def _remnant(answer: LiverPlanAnswered, words: Words) -> str:
    low, high = answer.flr_percent_ct_range
    return words(
        "remnant {ml} mL, {percent} % of the functional liver ({low} to {high} with the outline "
        "one voxel in or out)",
        ml=f"{answer.flr_ml:.0f}",
        percent=f"{answer.flr_percent_ct:.1f}",
        low=f"{low:.1f}",
        high=f"{high:.1f}",
    )


def _threshold(one: ThresholdRow, words: Words) -> str:
    return words(
        "{value} beside {threshold} ({population}): probability of being below {p}",
        value=f"{one.value:.1f}",
        threshold=amount(one.threshold, one.units, words),
        population=words(one.population),
        p=f"{one.p_below:.3f}",
    )


def _growth(one: GrowthRow, words: Words) -> list[str]:
    line = words(
        "growth: {points} points of standardised remnant in {weeks} weeks, {rate} a week",
        # Not "-0.0", where there was none.
        points=f"{one.degree_of_hypertrophy + 0.0:.1f}",
        weeks=f"{one.weeks:g}",
        rate=f"{one.kinetic_growth_rate + 0.0:.2f}",
    )
    return [
        line,
        *(
            words("earlier label maps: {text}", text=notice_text(notice, words))
            for notice in one.notices
        ),
    ]


def messages() -> set[str]:
    """Ids that stand in tables."""
    return set(FATES.values())
