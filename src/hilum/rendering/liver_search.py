"""The plans that a search found, in a table and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.patient.liver.notices import GEOMETRY
from hilum.rendering.liver_measure import TextTable, listed, measured_parts, notice_lines
from hilum.rendering.sheet.liver import ONE_STAGE, OPERATION_LABELS
from hilum.rendering.sheet.liver_amounts import amount

if TYPE_CHECKING:
    from hilum.analyses.liver_search import FoundPlan, LiverSearchAnswered, NeededRow
    from hilum.language import Words
    from hilum.rendering.liver_measure import Part

HEADER: Final = (
    "resect",
    "wedge",
    "ablate",
    "Lesions left",
    "remnant mL",
    "% of functional liver",
    "% of standard volume",
)


def liver_search_parts(answer: LiverSearchAnswered, words: Words) -> list[Part]:
    """The liver, then the plans, what was assumed and what growth is missing."""
    header = tuple(words(one) for one in HEADER)
    return [
        *measured_parts(answer, words),
        words(GEOMETRY),
        TextTable(header, tuple(_row(one, words) for one in answer.plans)),
        _tried(answer, words),
        words(ONE_STAGE[answer.one_stage]),
        *(f"  {_needed(one, words)}" for one in answer.growth_needed),
        *notice_lines(answer.notices, words),
    ]


def _row(one: FoundPlan, words: Words) -> tuple[str, ...]:
    label = OPERATION_LABELS.get(one.name)
    return (
        words(label) if label else one.name or "–",
        listed(one.lesions_wedged),
        listed(one.lesions_ablated),
        listed(one.lesions_left),
        f"{one.flr_ml:.0f}",
        f"{one.flr_percent_ct:.1f}",
        "" if one.sflr_percent is None else f"{one.sflr_percent:.1f}",
    )


def _tried(answer: LiverSearchAnswered, words: Words) -> str:
    named = {
        "tried": answer.plans_tried,
        "margin": f"{answer.margin_mm:g}",
        "limit": f"{answer.ablation_limit_mm:g}",
    }
    if not answer.ablation_limit_rule:
        return words(
            "{tried} plans tried; margin {margin} mm; ablation up to {limit} mm (as given)", **named
        )
    return words(
        "{tried} plans tried; margin {margin} mm; ablation up to {limit} mm ({rule})",
        **named,
        rule=answer.ablation_limit_rule,
    )


def _needed(one: NeededRow, words: Words) -> str:
    growth = "∞" if one.growth_percent is None else f"{one.growth_percent:.0f}"
    return words(
        "To {cutoff}: {missing} mL more, {percent} % growth; {weeks} weeks at 2 % a week. "
        "Mean growth after embolisation {pve} %, after ALPPS {alpps} %.",
        cutoff=amount(one.percent_needed, one.units, words),
        missing=f"{one.missing_ml:.0f}",
        percent=growth,
        weeks=f"{one.weeks_at_2_percent_a_week:.1f}",
        pve=f"{one.mean_growth_percent_pve:g}",
        alpps=f"{one.mean_growth_percent_alpps:g}",
    )


def messages() -> set[str]:
    """Ids that stand in tables."""
    return set(HEADER)
