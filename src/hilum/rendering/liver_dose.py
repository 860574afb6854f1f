"""A planned radioembolisation in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.labels import unit_label
from hilum.rendering.liver_measure import measured_parts, notice_lines
from hilum.rendering.sheet.liver import METHODS, PRODUCTS

if TYPE_CHECKING:
    from hilum.analyses.liver_dose import LiverDoseAnswered
    from hilum.language import Words
    from hilum.patient.doses import Doses, LungLimit
    from hilum.rendering.liver_measure import Part


def liver_dose_parts(answer: LiverDoseAnswered, words: Words) -> list[Part]:
    """The liver, then activity, mean doses and the limits on the lungs."""
    one = answer.doses
    lines = [_session(one, words)]
    if one.tumour_gy is not None and one.normal_gy is not None and one.tn_ratio is not None:
        lines.append(
            "  "
            + words(
                "partition model: tumour {tumour} Gy, normal liver {normal} Gy at a ratio of "
                "{ratio}",
                tumour=f"{one.tumour_gy:.0f}",
                normal=f"{one.normal_gy:.0f}",
                ratio=f"{one.tn_ratio:g}",
            )
        )
    lines += [f"  {_limit(limit, words)}" for limit in one.limits]
    return [*measured_parts(answer, words), *lines, *notice_lines(answer.notices, words)]


def _session(one: Doses, words: Words) -> str:
    return words(
        "{product} ({method}): {activity} GBq to {target} mL: mean {mean} Gy, lungs {lungs} Gy",
        product=words(PRODUCTS[one.product]),
        method=words(METHODS[one.method]),
        activity=f"{one.activity_gbq:.2f}",
        target=f"{one.target_ml:.0f}",
        mean=f"{one.target_gy:.0f}",
        lungs=f"{one.lung_gy:.1f}",
    )


def _limit(one: LungLimit, words: Words) -> str:
    from hilum.patient.labels import attribute_label
    from hilum.patient.tables import read_tables

    named = {
        "rule": one.rule_id,
        "what": attribute_label(read_tables().attributes[one.attribute], words.language),
        "value": f"{one.value:.3g}",
        "limit": f"{one.threshold} {unit_label(one.unit, words.language)}",
        "source": one.source,
    }
    if one.exceeded:
        return words("{rule}: {what} {value}, limit {limit}: EXCEEDED ({source})", **named)
    return words("{rule}: {what} {value}, limit {limit}: not exceeded ({source})", **named)


def messages() -> set[str]:
    """Ids that stand in tables: those of the sheet, which its own catalogue holds."""
    return set()
